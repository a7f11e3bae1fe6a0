from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.care.models import Carer, CarerCheck, CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from tests.cast import Town
from tests.domain.bookings import workshop as stage
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import Winter, a_winter, books

LIST = "/porteur/intervenants/"
PAPER = {
    "kind": "honorability",
    "first_day": "2026-06-01",
    "last_day": "2027-05-31",
    "seen_on": "2026-11-20",
}


@pytest.fixture
def winter(db: Session, town: Town) -> Winter:
    return a_winter(db, town)


@pytest.fixture
def path(db: Session, town: Town) -> str:
    zoe = stage.a_carer(db, town.roseraie.id, "Zoé Lambert")
    public_id = db.get_one(Carer, zoe).public_id
    db.rollback()
    return LIST + public_id


def test_a_carer_is_noted_for_a_provider_and_then_the_papers(
    desk: Desk, db: Session, town: Town
) -> None:
    provider = db.get_one(Provider, town.roseraie.id).public_id
    db.rollback()
    page = words(
        desk.send(
            LIST + "nouveau",
            name="Fatou Ndiaye",
            provider=provider,
            kind="childminder",
            personal_cap="4",
        )
    )

    assert "Notez maintenant les documents" in page
    assert "Attestation d’honorabilité pas vu" in page
    row = db.scalars(select(Carer)).one()
    assert (row.kind, row.personal_cap) == ("childminder", 4)


def test_a_paper_counts_until_its_last_day_and_may_be_taken_back(
    desk: Desk, db: Session, path: str
) -> None:
    page = words(desk.send(path + "/documents", **PAPER))
    assert "jusqu’au 31/05/2027" in page
    number = db.scalars(select(CarerCheck.id).order_by(CarerCheck.id.desc())).first()
    db.rollback()

    gone = words(desk.send(f"{path}/documents/{number}/retirer"))

    assert "Ce document ne compte plus" in gone
    assert "finit le 31/12/2026" in gone  # the one that is left
    assert desk.send(f"{path}/documents/987654/retirer").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_day": "2026-05-31"}, "vient avant le premier"),
        ({"seen_on": "2026-11-22"}, "vu après aujourd’hui"),
        ({"kind": "diploma"}, "Choisissez une réponse"),
        ({"first_day": ""}, "Remplissez ce champ"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_with_what_was_typed(
    desk: Desk, path: str, changes: dict[str, str], said: str
) -> None:
    page = desk.send(path + "/documents", **PAPER | changes)

    assert page.status_code == 422
    assert said in words(page)


def test_the_list_shows_papers_that_lapse_and_filters_by_the_worst(
    desk: Desk, db: Session, town: Town, path: str
) -> None:
    del path
    with unit_of_work(db):
        db.get_one(Programme, town.programme_id).carer_checks = ["honorability", "insurance"]

    page = words(desk.open(LIST + "?papers=missing"))

    assert "Zoé Lambert" in page
    assert "Assurance pas vu" in page
    assert "Attestation d’honorabilité finit le 31/12/2026" in page
    assert "Aucun intervenant ne correspond" in words(desk.open(LIST + "?papers=valid"))


def test_a_smaller_cap_flags_the_slot_and_a_departure_too(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    children = [stage.a_child(db, town.amina, name=name) for name in ("Léo", "Mia", "Noé")]
    books(db, winter, town.amina, *children)
    rows = db.scalars(select(Carer).order_by(Carer.name)).all()
    people = [(row.public_id, row.name) for row in rows]
    provider = db.get_one(Provider, town.roseraie.id).public_id
    db.rollback()

    def caps(place: int, cap: str) -> None:
        public_id, name = people[place]
        fields = {"name": name, "provider": provider, "kind": "animator", "personal_cap": cap}
        assert desk.send(f"{LIST}{public_id}/modifier", **fields).status_code == 200

    caps(0, "1")
    caps(1, "1")
    assert db.get_one(CareSlot, winter.slot_id).over_capacity
    db.rollback()
    caps(1, "3")
    assert not db.get_one(CareSlot, winter.slot_id).over_capacity
    db.rollback()
    page = words(desk.send(f"{LIST}{people[1][0]}/depart", left_on="2026-12-01"))

    assert "ne compte plus à partir du 1" in page
    assert db.get_one(CareSlot, winter.slot_id).over_capacity
    db.rollback()
    desk.send(f"{LIST}{people[1][0]}/retour")
    assert not db.get_one(CareSlot, winter.slot_id).over_capacity


def test_the_list_costs_the_same_few_statements_however_long_it_is(
    desk: Desk, engine: Engine, db: Session, town: Town, path: str
) -> None:
    del path
    with counted(engine) as few:
        desk.open(LIST)
    for number in range(5):
        stage.a_carer(db, town.roseraie.id, f"Carine {number}")
    with counted(engine) as many:
        page = desk.open(LIST + "?format=csv")

    assert len(many) == len(few) <= 4, many
    assert page.data.decode("utf-8-sig").count("Carine") == 5


ACTS = ["", "/modifier", "/documents", "/documents/1/retirer", "/depart", "/retour"]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_finds_nothing(chloe: FlaskClient, db: Session, path: str, act: str) -> None:
    assert chloe.get(path + act, follow_redirects=True).status_code in {404, 405}
    assert chloe.post(path + act, data={"left_on": "2026-12-01"}).status_code in {404, 405}
    assert db.scalars(select(Carer.left_on)).all() == [None]


def test_a_departure_needs_a_day(desk: Desk, db: Session, path: str) -> None:
    assert desk.send(path + "/depart", left_on="bientôt").status_code == 422
    assert desk.send(path + "/depart", left_on="2026-12-24").status_code == 200
    assert db.scalars(select(Carer.left_on)).one() == date(2026, 12, 24)
