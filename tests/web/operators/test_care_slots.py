import csv
import io
from datetime import date, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.care.models import Carer, CarerAssignment, CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider, Tariff
from repit.domain.workshops.models import Place, WorkshopSession
from tests.cast import NOON, Town
from tests.domain.bookings import workshop as stage
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import Winter, a_winter, books

LIST = "/porteur/gardes/"


@pytest.fixture
def winter(db: Session, town: Town) -> Winter:
    return a_winter(db, town)


@pytest.fixture
def path(winter: Winter) -> str:
    return LIST + winter.slot


def typed(db: Session, town: Town, **changes: str) -> dict[str, str]:
    fields = {
        "starts": "14:00",
        "ends": "16:30",
        "place": db.scalars(select(Place.public_id)).first() or "",
        "room": "Salle verte",
        "provider": db.get_one(Provider, town.roseraie.id).public_id,
        "room_places": "6",
        "youngest_months": "3",
        "oldest_years": "11",
        "preset": "prudent",
        "mixing": "per_band",
        "vouchers_per_child": "",
    }
    db.rollback()
    return fields | changes


def alone(db: Session, town: Town, **changes: str) -> dict[str, str]:
    programme = db.get_one(Programme, town.programme_id).public_id
    own = {"public_title": "Un après-midi", "programme": programme, "day": "09/12/2026"}
    return typed(db, town) | own | changes


def carer(db: Session, winter: Winter, place: int = 0) -> Carer:
    return db.scalars(
        select(Carer)
        .join(CarerAssignment, CarerAssignment.carer_id == Carer.id)
        .where(CarerAssignment.slot_id == winter.slot_id)
        .order_by(Carer.name)
    ).all()[place]


def test_beside_a_session_the_hours_and_the_price_are_suggested(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    new = f"{LIST}nouveau?seance={winter.session}"
    page = desk.open(new).text
    assert 'value="17:45"' in page
    assert 'value="20:15"' in page

    done = words(desk.send(new, **typed(db, town, starts="17:45", ends="20:15")))

    assert "La garde est notée, en brouillon" in done
    row = db.scalars(select(CareSlot).where(CareSlot.room == "Salle verte")).one()
    assert (row.session_id, row.day, row.vouchers_per_child) == (
        winter.session_id, date(2026, 12, 2), 5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends": "14:20"}, "moins qu’un chèque de"),
        ({"vouchers_per_child": "0"}, "Le tarif donne 5 chèques par enfant"),
    ],
)
def test_care_is_free_only_when_somebody_says_so(
    desk: Desk, db: Session, town: Town, winter: Winter, changes: dict[str, str], said: str
) -> None:
    del winter
    asked = desk.send(LIST + "nouveau", **alone(db, town, **changes))
    assert (asked.status_code, said in words(asked)) == (422, True)
    assert "gratuite, même si un tarif" in words(asked)

    assert "La garde est notée" in words(
        desk.send(LIST + "nouveau", **alone(db, town, **changes, free="y"))
    )
    assert "gratuite, malgré un tarif" in words(desk.open(LIST))


def test_repeating_asks_the_tariff_again_where_it_gave_the_price(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    stage.a_session(db, winter.workshop_id, day=date(2026, 12, 9))
    with unit_of_work(db):
        slot = db.get_one(CareSlot, winter.slot_id)
        slot.vouchers_per_child = 5
        later = slot.day
        row = db.scalars(
            select(Tariff).where(
                Tariff.provider_id == town.roseraie.id, Tariff.category == "workshop_childcare"
            )
        ).one()
        row.last_day = later
        db.add(
            Tariff(
                public_id=ids.public_id(),
                created_at=NOON,
                provider_id=town.roseraie.id,
                category=row.category,
                unit=row.unit,
                unit_cents=row.unit_cents * 2,
                family_share_cents=row.family_share_cents,
                first_day=later + timedelta(days=1),
            )
        )
    desk.send(path + "/repeter")
    copies = db.scalars(
        select(CareSlot.vouchers_per_child).where(
            CareSlot.day > later, CareSlot.session_id.is_not(None)
        )
    ).all()
    assert copies == [10]


def test_care_stands_alone_with_a_title_and_a_day(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    del winter
    without = desk.send(LIST + "nouveau", **alone(db, town, public_title="", day=""))
    done = words(desk.send(LIST + "nouveau", **alone(db, town)))

    assert without.status_code == 422
    assert words(without).count("Remplissez ce champ") >= 2
    assert "Un après-midi" in done
    assert "sans atelier" in words(desk.open(LIST + "?show=alone"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vouchers_per_child": "6"}, "5 chèques au plus, pas 6"),
        ({"day": "2020-01-01", "vouchers_per_child": "0"}, "est déjà passé"),
        ({"starts": "17:00"}, "finit avant de commencer"),
        ({"youngest_months": "150"}, "L’âge le plus petit dépasse"),
        ({"oldest_years": "40"}, "Écrivez un nombre de 0 à 18"),
        ({"preset": "be_atl_18"}, "Choisissez une réponse"),
        ({"programme": "nowhere"}, "Choisissez une réponse"),
        ({"provider": "nobody"}, "Choisissez une réponse"),
        ({"room_places": "0"}, "Écrivez un nombre de 1 à 200"),
    ],
)
def test_what_no_slot_can_be_is_said_beside_its_field(
    desk: Desk, db: Session, town: Town, winter: Winter, changes: dict[str, str], said: str
) -> None:
    del winter
    page = desk.send(LIST + "nouveau", **alone(db, town, **changes))

    assert page.status_code == 422
    assert said in words(page)
    assert 'value="Salle verte"' in page.text


def test_the_page_explains_what_the_slot_can_take(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina, stage.a_child(db, town.amina))

    page = words(desk.open(path))

    assert "Enfants inscrits 1" in page
    assert "il en faut 1 pour ces enfants" in page
    assert "CASF R227-15" in page
    assert "8 ans et demi 7" in page  # eight places in the room, one taken


def test_a_carer_who_withdraws_leaves_the_count_and_nobody_is_removed(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina, stage.a_child(db, town.amina))
    first, second = carer(db, winter), carer(db, winter, 1)
    acts = [f"{path}/intervenants/{one.public_id}/retirer" for one in (first, second)]
    db.rollback()

    after_one = words(desk.send(acts[0]))
    after_both = words(desk.send(acts[1]))

    assert "ne vient pas : les places sont recomptées" in after_one
    assert "Trop d’enfants" not in after_one
    assert "Il manque des adultes pour les enfants inscrits" in after_both
    slot = db.get_one(CareSlot, winter.slot_id)
    assert (slot.over_capacity, slot.places_taken) == (True, 1)
    assert "1 créneau" in words(desk.open(LIST + "?show=over"))


def test_a_carer_is_asked_and_confirmed_and_may_be_on_call(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    zoe = stage.a_carer(db, town.roseraie.id, "Zoé")
    public_id = db.get_one(Carer, zoe).public_id
    db.rollback()
    asked = words(desk.send(path + "/intervenants/", carer=public_id))
    twice = desk.send(path + "/intervenants/", carer=public_id)
    act = f"{path}/intervenants/{public_id}/"
    confirmed = words(desk.send(act + "confirmer"))
    on_call = words(desk.send(act + "en-renfort"))
    desk.send(act + "compter")

    assert "n’a pas encore répondu" in asked
    assert twice.status_code == 422
    assert "Zoé vient : les places sont recomptées" in confirmed
    assert "en renfort seulement" in on_call
    row = db.scalars(select(CarerAssignment).where(CarerAssignment.carer_id == zoe)).one()
    assert (row.state, row.role) == ("confirmed", "counts")


def test_a_carer_in_another_room_then_is_refused_with_the_hour(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    other = stage.a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=winter.place_id,
        day=date(2026, 12, 2),
        carers=1,
    )
    busy = db.scalars(
        select(Carer.public_id)
        .join(CarerAssignment, CarerAssignment.carer_id == Carer.id)
        .where(CarerAssignment.slot_id == other)
    ).one()
    db.rollback()

    page = desk.send(path + "/intervenants/", carer=busy)

    assert page.status_code == 422
    assert "garde déjà des enfants à ce moment" in words(page)


def test_who_lacks_a_paper_that_day_is_said_before_and_after_being_asked(
    desk: Desk, db: Session, town: Town, path: str
) -> None:
    zoe = stage.a_carer(db, town.roseraie.id, "Zoé")
    with unit_of_work(db):
        db.get_one(Programme, town.programme_id).carer_checks = ["honorability", "insurance"]
    public_id = db.get_one(Carer, zoe).public_id
    db.rollback()
    assert "Zoé (manque ce jour-là : Assurance)" in words(desk.open(path))

    desk.send(path + "/intervenants/", carer=public_id)
    page = words(desk.send(f"{path}/intervenants/{public_id}/confirmer"))

    assert "document manquant ce jour-là Assurance" in page
    assert "Intervenants qui comptent 0" in page


def test_once_booked_the_hours_stay_and_the_room_may_shrink_without_removing_anybody(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    children = [stage.a_child(db, town.amina, name=name) for name in ("Léo", "Mia")]
    books(db, winter, town.amina, *children)
    same = typed(db, town, starts="17:45", ends="20:15", vouchers_per_child="1")

    later = desk.send(path + "/modifier", **same | {"starts": "17:30"})
    page = words(desk.send(path + "/modifier", **same | {"room_places": "1"}))

    assert later.status_code == 422
    assert "Des places sont réservées (2)" in words(later)
    assert "Personne n’est retiré" in page
    slot = db.get_one(CareSlot, winter.slot_id)
    assert (slot.room_places, slot.places_taken, slot.over_capacity) == (1, 2, True)
    assert slot.starts == time(17, 45)


def test_a_slot_is_cancelled_with_a_motive_and_the_seat_stays(
    desk: Desk, db: Session, town: Town, winter: Winter, path: str
) -> None:
    books(db, winter, town.amina, stage.a_child(db, town.amina))
    without = desk.send(path + "/annuler", motive="")
    page = words(desk.send(path + "/annuler", motive="Intervenante malade"))

    assert without.status_code == 422
    assert "Intervenante malade" in page
    assert db.get_one(CareSlot, winter.slot_id).state == "cancelled"


def test_a_draft_is_opened_and_the_same_care_repeated(desk: Desk, db: Session, town: Town) -> None:
    winter = a_winter(db, town, slot={"state": "draft"})
    stage.a_session(db, winter.workshop_id, day=date(2026, 12, 9))
    path = LIST + winter.slot

    opened = words(desk.send(path + "/ouvrir"))
    repeated = words(desk.send(path + "/repeter"))
    again = words(desk.send(path + "/repeter"))

    assert "ouvert aux réservations" in opened
    assert "pour 1 autre séance" in repeated
    assert "ont déjà une garde" in again


def test_the_list_shows_each_kind_and_exports_it(desk: Desk, winter: Winter) -> None:
    del winter
    for show in ("", "alone", "over", "unstaffed", "draft", "past", "cancelled", "nonsense"):
        assert desk.open(f"{LIST}?show={show}").status_code == 200
    download = desk.open(LIST + "?format=csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(download), delimiter=";"))
    assert rows[1][:3] == ["Entreparent’aise", "2026-12-02 17:45", "2026-12-02 20:15"]


def test_the_list_costs_few_statements_however_long_it_is(
    desk: Desk, engine: Engine, db: Session, town: Town, winter: Winter
) -> None:
    with counted(engine) as few:
        desk.open(LIST)
    for day in range(3, 9):
        stage.a_slot(
            db,
            town.roseraie.id,
            programme_id=town.programme_id,
            place_id=winter.place_id,
            day=date(2026, 12, day),
        )
    with counted(engine) as many:
        page = desk.open(LIST)

    assert "7 créneaux" in words(page)
    assert len(many) == len(few) <= 4, many


ACTS = ["", "/modifier", "/ouvrir", "/repeter", "/annuler", "/intervenants/"]


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_finds_nothing(chloe: FlaskClient, path: str, act: str) -> None:
    assert chloe.get(path + act, follow_redirects=True).status_code in {404, 405}
    assert chloe.post(path + act, data={"motive": "X"}).status_code in {404, 405}


@pytest.mark.parametrize("act", ["", "/modifier"])
def test_a_slot_that_does_not_exist_is_not_found(desk: Desk, act: str) -> None:
    assert desk.open(LIST + "A" * 22 + act).status_code == 404


def test_care_beside_a_date_that_is_past_names_no_field_that_is_not_there(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    with unit_of_work(db):
        session = db.get_one(WorkshopSession, winter.session_id)
        session.day = session.day.replace(year=2020)

    page = desk.send(f"{LIST}nouveau?seance={winter.session}", **typed(db, town, free="y"))

    assert "passé" in words(page)
    assert "Jour :" not in words(page)
