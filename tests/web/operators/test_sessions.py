import csv
import io
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.models import Booking
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.waiting import wait
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.households.models import Parent
from repit.domain.people.models import Person
from repit.domain.workshops.models import Facilitator, WorkshopSession
from tests.cast import NOON, OPERATOR, Town, redemption_id
from tests.domain.bookings import workshop as stage
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import WEDNESDAY, Winter, a_winter, books

LIST = "/porteur/ateliers/seances/"


@pytest.fixture
def winter(db: Session, town: Town) -> Winter:
    return a_winter(db, town, min_people=2)


@pytest.fixture
def path(winter: Winter) -> str:
    return LIST + winter.session


def row(db: Session, winter: Winter) -> WorkshopSession:
    return db.get_one(WorkshopSession, winter.session_id)


def test_the_page_says_who_comes_and_what_is_short(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    leo = stage.a_child(db, town.amina)
    books(db, winter, town.amina, leo)

    page = words(desk.open(path))

    assert "Inscrits 1" in page
    assert "sous le minimum" in page
    assert "Enfants gardés 1" in page
    assert "Une décision est attendue" not in page  # it is not yet 48 h before


def test_a_theme_and_guests_are_noted(desk: Desk, db: Session, winter: Winter, path: str) -> None:
    page = words(desk.send(path + "/theme", theme="Le sommeil", guests="Une sage-femme"))

    assert "thème : rien, devenu Le sommeil" in page
    assert row(db, winter).guests == "Une sage-femme"


def test_a_session_moves_with_its_care_and_tells_those_who_come(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina)

    page = words(
        desk.send(
            path + "/deplacer", day="09/12/2026", starts="17:00", ends="19h", place=winter.place
        )
    )

    assert "La séance est déplacée" in page
    assert row(db, winter).starts_at == datetime(2026, 12, 9, 16, tzinfo=UTC)
    slot = db.get_one(CareSlot, winter.slot_id)
    assert (slot.day, slot.starts, slot.ends) == (date(2026, 12, 9), time(16, 45), time(19, 15))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"day": "2020-01-01"}, "Cette date est passée."),
        ({"day": "2027-03-28", "starts": "02:30"}, "cette heure n’existe pas"),
        ({"ends": "17:00"}, "finit avant de commencer"),
        ({"place": "nowhere"}, "Choisissez une réponse"),
    ],
)
def test_a_move_that_cannot_be_keeps_the_form_open(
    desk: Desk, db: Session, winter: Winter, path: str, changes: dict[str, str], said: str
) -> None:
    fields = {"day": "2026-12-09", "starts": "18:00", "ends": "20:00", "place": winter.place}
    page = desk.send(path + "/deplacer", **fields | changes)

    assert page.status_code == 422
    assert said in words(page)
    assert row(db, winter).day == WEDNESDAY


@pytest.mark.parametrize(("which", "hour"), [("first", 0), ("second", 1)])
def test_a_move_into_the_hour_that_comes_twice_asks_which(
    desk: Desk, db: Session, winter: Winter, path: str, which: str, hour: int
) -> None:
    when = {"day": "31/10/2027", "starts": "02:30", "ends": "04:00", "place": winter.place}

    asked = desk.send(path + "/deplacer", **when)
    assert asked.status_code == 422
    assert "cette heure vient deux fois" in words(asked)
    assert "Laquelle des deux heures" in words(asked)

    assert "La séance est déplacée" in words(desk.send(path + "/deplacer", which=which, **when))
    assert row(db, winter).starts_at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
    assert db.get_one(CareSlot, winter.slot_id).fold == hour


def test_a_move_that_would_put_a_carer_in_two_rooms_is_refused_whole(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    other = stage.a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=winter.place_id,
        day=date(2026, 12, 9),
        carers=0,
    )
    busy = db.scalars(
        select(CarerAssignment.carer_id).where(CarerAssignment.slot_id == winter.slot_id)
    ).first()
    db.rollback()
    with unit_of_work(db):
        db.add(CarerAssignment(slot_id=other, carer_id=busy, state="confirmed", changed_at=NOON))

    page = desk.send(
        path + "/deplacer", day="2026-12-09", starts="18:00", ends="20:00", place=winter.place
    )

    assert page.status_code == 422
    assert "garde déjà des enfants à ce moment" in words(page)
    assert row(db, winter).day == WEDNESDAY


def test_fewer_seats_than_booked_remove_nobody_and_say_so(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina)
    books(db, winter, town.chloe)

    above = desk.send(path + "/places", min_people="3", max_people="2")
    page = words(desk.send(path + "/places", min_people="1", max_people="1"))

    assert above.status_code == 422
    assert "Le minimum (3) dépasse le maximum (2)" in words(above)
    assert "Personne n’est retiré" in page
    assert "trop de monde" in page
    assert row(db, winter).over_capacity
    assert db.scalars(select(Booking.state)).all() == ["confirmed", "confirmed"]


def due(db: Session, winter: Winter) -> None:
    with unit_of_work(db):
        row(db, winter).decide_at = datetime(2026, 11, 20, tzinfo=UTC)


def test_under_the_minimum_somebody_decides_with_a_motive(
    desk: Desk, db: Session, winter: Winter, path: str
) -> None:
    due(db, winter)
    assert "Une décision est attendue" in words(desk.open(path))
    assert "1 séance" in words(desk.open(LIST + "?show=to_decide"))

    refused = desk.send(path + "/decider", decision="run", why="")
    page = words(desk.send(path + "/decider", decision="run", why="Groupe sensible"))

    assert refused.status_code == 422
    assert "C’est décidé : la séance a lieu" in page
    assert "Groupe sensible" in page
    assert "Une décision est attendue" not in page
    assert "Aucune séance ne correspond" in words(desk.open(LIST + "?show=to_decide"))


def test_a_session_is_cancelled_once_with_one_motive(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina)

    without = desk.send(path + "/annuler", motive=" ")
    page = words(desk.send(path + "/annuler", motive="Salle inondée"))
    twice = desk.send(path + "/annuler", motive="Encore")

    assert without.status_code == 422
    assert "Salle inondée" in page
    assert row(db, winter).state == "cancelled"
    assert db.get_one(CareSlot, winter.slot_id).state == "cancelled"
    assert db.scalars(select(Booking.state)).all() == ["cancelled"]
    assert twice.status_code == 422


def test_who_waits_is_shown_with_the_rank_and_why(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina)
    desk.send(path + "/places", min_people="1", max_people="1")
    wanted = Asked(
        request_id=redemption_id(77), parent_id=town.chloe, session_id=winter.session_id, seat=True
    )
    with unit_of_work(db):
        wait(db, wanted, actor=OPERATOR, now=NOON)

    page = words(desk.open(path))

    assert "En attente 1" in page
    assert "Chloé Dupont" in page
    assert "rien ne s’est encore libéré" in page


def test_a_draft_is_opened_with_its_care(desk: Desk, db: Session, town: Town) -> None:
    winter = a_winter(db, town, state="draft", slot={"state": "draft"})
    path = LIST + winter.session

    page = words(desk.send(path + "/ouvrir"))
    twice = words(desk.send(path + "/ouvrir"))

    assert "La séance est ouverte, avec ses gardes" in page
    assert db.get_one(CareSlot, winter.slot_id).state == "open"
    assert "déjà ouverte, ou annulée" in twice


def test_somebody_leads_one_session_only_and_is_taken_off_there(
    desk: Desk, db: Session, winter: Winter, path: str
) -> None:
    page = words(desk.send(path + "/animateurs", name="Sonia", email="sonia@exemple.test"))
    assert "Sonia anime cette séance" in page
    one = db.scalars(select(Facilitator)).one()
    assert one.session_id == winter.session_id
    number = one.id
    db.rollback()

    remove = f"/porteur/ateliers/{winter.workshop}/animateurs/{number}/retirer"
    back = desk.client.post(remove, data={"csrf_token": desk.token, "next": winter.session})

    assert back.headers["Location"].endswith(winter.session)
    assert not db.scalars(select(Facilitator)).all()


def test_a_parent_leads_only_when_that_is_meant(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    address = "amina@exemple.test"
    with unit_of_work(db):
        db.get_one(Person, db.get_one(Parent, town.amina).person_id).email = address

    for one in (path, f"/porteur/ateliers/{winter.workshop}"):
        asked = desk.send(one + "/animateurs", name="Amina", email=address.upper())
        assert asked.status_code == 422
        assert "Cette adresse est celle d’un parent" in words(asked)
        assert not db.scalars(select(Facilitator)).all()
        db.rollback()

    sent = desk.send(path + "/animateurs", name="Amina", email=address, parent_too="y")
    assert "Amina anime cette séance" in words(sent)


def test_the_list_shows_each_kind_and_exports_it(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    books(db, winter, town.amina)
    for show in ("", "to_decide", "over", "waiting", "draft", "past", "cancelled", "nonsense"):
        assert desk.open(f"{LIST}?show={show}").status_code == 200
    assert "Aucune séance ne correspond" in words(desk.open(LIST + "?show=past"))
    assert "Aucune séance ne correspond" in words(desk.open(LIST + "?q=zumba"))
    download = desk.open(LIST + "?format=csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(download), delimiter=";"))
    assert rows[1][:4] == ["Entreparent’aise", "2026-12-02", "18:00", "20:00"]


def test_two_thousand_sessions_cost_what_two_cost(
    desk: Desk, engine: Engine, db: Session, winter: Winter
) -> None:
    with counted(engine) as few:
        desk.open(LIST)
    for day in range(40):
        stage.a_session(db, winter.workshop_id, day=date(2026, 12, 3) + timedelta(days=day))
    with counted(engine) as many:
        page = desk.open(LIST)

    assert "41 séances" in words(page)
    assert len(many) == len(few) <= 4, many


@pytest.mark.parametrize(
    "act", ["", "/ouvrir", "/theme", "/deplacer", "/places", "/decider", "/annuler", "/animateurs"]
)
def test_a_stranger_changes_nothing(
    chloe: FlaskClient, db: Session, winter: Winter, path: str, act: str
) -> None:
    assert chloe.post(path + act, data={"motive": "X"}).status_code in {404, 405}
    assert row(db, winter).state == "open"


def test_a_form_from_another_site_changes_nothing(
    desk: Desk, db: Session, winter: Winter, path: str
) -> None:
    assert desk.send_without_token(path + "/annuler", motive="Faux").status_code == 422
    assert row(db, winter).state == "open"


def test_a_postponed_session_asks_for_its_date_first(
    desk: Desk, db: Session, winter: Winter, path: str
) -> None:
    with unit_of_work(db):
        row(db, winter).decision = "postpone"

    page = words(desk.open(path))

    assert "Séance reportée : donnez la nouvelle date" in page
    assert page.count("Déplacer la séance") == 1

    form = {"day": "09/12/2026", "starts": "17:00", "ends": "19h", "place": winter.place}
    assert "reportée : donnez" not in words(desk.send(path + "/deplacer", **form))


def test_the_operator_reads_why_the_other_parent_waits_and_the_parent_does_not(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    leo = stage.a_child(db, town.amina, town.bruno)
    books(db, winter, town.amina, leo)
    for number, parent_id in ((901, town.bruno), (902, town.chloe)):
        seat = Asked(redemption_id(number), parent_id, winter.session_id, seat=True)
        with unit_of_work(db):
            wait(db, seat, actor=OPERATOR, now=NOON)

    page = words(desk.open(path))

    assert page.count("viennent chacun leur tour") == 1
    assert page.count("rien ne s’est encore libéré") == 1
