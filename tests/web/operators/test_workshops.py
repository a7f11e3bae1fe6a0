import csv
import io
from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Facilitator, Place, Workshop, WorkshopSession
from tests.cast import Town
from tests.domain.bookings import workshop as stage
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import Winter, a_winter

LIST = "/porteur/ateliers/"
PLACES = LIST + "lieux/"
HOUSE = {
    "name": "Maison des familles",
    "address": "3 rue du Parc",
    "postcode": "31700",
    "town": "Blagnac",
    "step_free": "y",
}


@pytest.fixture
def winter(db: Session, town: Town) -> Winter:
    return a_winter(db, town)


def typed(db: Session, town: Town, **changes: str) -> dict[str, str]:
    place = db.scalars(select(Place)).first() or db.get_one(Place, stage.a_place(db))
    fields = {
        "title": "Entreparent’aise",
        "public_title": "Le mercredi des familles",
        "programme": db.get_one(Programme, town.programme_id).public_id,
        "place": place.public_id,
        "starts": "18h",
        "ends": "20:00",
        "min_people": "3",
        "max_people": "12",
        "format": "open",
        "audience": "everyone",
        "parents_in_turn": "y",
        "promotion": "fit",
        "only_towns": "Lens, Liévin ; Lens",
        "child_under_years": "20",
        "public_title_ar": "أربعاء العائلات",
    }
    db.rollback()
    return fields | changes


def test_without_a_place_one_is_asked_for_first(desk: Desk, town: Town) -> None:
    del town
    page = words(desk.client.get(LIST + "nouveau", follow_redirects=True))
    assert "Notez d’abord le lieu" in page

    assert "Maison des familles" in words(desk.send(PLACES + "nouveau", **HOUSE))


def test_a_workshop_is_noted_and_leads_to_its_dates(desk: Desk, db: Session, town: Town) -> None:
    page = words(desk.send(LIST + "nouveau", **typed(db, town)))

    assert "Ajouter des dates" in page
    row = db.scalars(select(Workshop)).one()
    assert (row.starts, row.ends, row.zone, row.state) == (
        time(18), time(20), "Europe/Paris", "draft",
    )  # fmt: skip
    assert row.only_towns == ["Lens", "Liévin"]
    assert row.translations == {"ar": {"public_title": "أربعاء العائلات"}}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"min_people": "13"}, "Le minimum (13) dépasse le maximum (12)"),
        ({"min_people": "0"}, "Écrivez un nombre de 1 à 500"),
        ({"ends": "18:00"}, "finit avant de commencer"),
        ({"starts": "25h"}, "Écrivez une heure, par exemple 18:30"),
        ({"public_title": " "}, "Remplissez ce champ"),
        ({"audience": "martians"}, "Choisissez une réponse de la liste"),
        ({"place": "nowhere"}, "Choisissez une réponse de la liste"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    desk: Desk, db: Session, town: Town, changes: dict[str, str], said: str
) -> None:
    page = desk.send(LIST + "nouveau", **typed(db, town, **changes))

    assert page.status_code == 422
    assert said in words(page)
    assert 'value="أربعاء العائلات"' in page.text
    assert db.scalar(select(func.count()).select_from(Workshop)) == 0


def test_a_change_keeps_what_the_form_showed(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    path = LIST + winter.workshop
    page = words(desk.send(path + "/modifier", **typed(db, town, max_people="8")))

    assert "L’atelier est à jour" in page
    assert "maximum : 12, devenu 8" in page
    assert db.get_one(WorkshopSession, winter.session_id).max_people == 12
    again = desk.open(path + "/modifier").text
    assert 'value="Lens, Liévin"' in again
    assert 'value="18:00"' in again


def test_a_rhythm_proposes_dates_and_each_is_edited_before_all_are_kept(
    desk: Desk, db: Session, winter: Winter
) -> None:
    path = f"{LIST}{winter.workshop}/dates"
    page = desk.send(path, act="propose", rhythm="2-months", first_day="2027-01-06", count="3").text
    assert [f'value="{day}"' in page for day in ("2027-01-06", "2027-03-03", "2027-05-05")] == [
        True, True, True,
    ]  # fmt: skip
    lines = {
        "rows-0-day": "2027-01-06", "rows-0-starts": "18:00", "rows-0-ends": "20:00",
        "rows-1-day": "10/03/2027", "rows-1-starts": "18h30", "rows-1-ends": "20:30",
        "rows-1-theme": "Le sommeil",
    }  # fmt: skip
    three = desk.send(path, act="add", **lines).text
    assert 'name="rows-2-day"' in three
    assert 'value="Le sommeil"' in three
    two = desk.send(path, act="remove-0", **lines).text
    assert 'value="2027-01-06"' not in two

    page_after = words(desk.send(path, act="save", **lines))

    assert "2 dates sont ajoutées, en brouillon" in page_after
    kept = db.execute(
        select(WorkshopSession.day, WorkshopSession.starts, WorkshopSession.theme)
        .where(WorkshopSession.state == "draft")
        .order_by(WorkshopSession.day)
    )
    assert kept.all() == [
        (date(2027, 1, 6), time(18), None),
        (date(2027, 3, 10), time(18, 30), "Le sommeil"),
    ]


def test_the_wrong_line_is_named_and_the_others_stay(
    desk: Desk, db: Session, winter: Winter
) -> None:
    good = {"rows-0-day": "2027-01-06", "rows-0-starts": "18:00", "rows-0-ends": "20:00"}
    path = f"{LIST}{winter.workshop}/dates"

    for wrong, said in (
        (("2020-01-01", "18:00", "20:00"), "est déjà passé"),
        (("2027-03-28", "02:30", "04:00"), "cette heure n’existe pas"),
        (("2027-03-28", "20:00", "18:00"), "finit avant de commencer"),
        (("2027-01-06", "18:00", "19:00"), "commence déjà à cette heure"),
        (("2026-12-02", "18:00", "19:00"), "commence déjà à cette heure"),
        (("demain", "18:00", "19:00"), "Écrivez une date"),
    ):
        second = dict(zip(("rows-1-day", "rows-1-starts", "rows-1-ends"), wrong, strict=True))
        page = desk.send(path, act="save", **good, **second, **{"rows-1-theme": "Gardé"})
        assert page.status_code == 422, wrong
        assert "Date 2, " in words(page), wrong
        assert said in words(page), wrong
        assert 'value="Gardé"' in page.text
        assert 'value="2027-01-06"' in page.text
    assert db.scalar(select(func.count()).select_from(WorkshopSession)) == 1


def test_too_many_dates_and_a_list_of_none_are_refused(desk: Desk, winter: Winter) -> None:
    path = f"{LIST}{winter.workshop}/dates"
    many = desk.send(path, act="propose", rhythm="week", first_day="2027-01-06", until="2030-01-01")
    none = desk.send(path, act="save")

    assert (many.status_code, none.status_code) == (422, 422)
    assert "plus de 60 dates" in words(many)
    assert "Ajoutez au moins une date" in words(none)


def test_a_workshop_starts_again_next_year_on_the_same_weekdays(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    path = f"{LIST}{winter.workshop}/reprendre?annee=2027"
    page = desk.open(path).text
    assert 'value="2027-12-01"' in page  # also a Wednesday

    programme = db.get_one(Programme, town.programme_id).public_id
    db.rollback()
    done = desk.send(
        path,
        act="save",
        title="Entreparent’aise 2027",
        programme=programme,
        **{"rows-0-day": "2027-12-08", "rows-0-starts": "18:00", "rows-0-ends": "20:00"},
    )

    assert "1 date est ajoutée" in words(done)
    new = db.scalars(select(Workshop).where(Workshop.title == "Entreparent’aise 2027")).one()
    days = db.scalars(
        select(WorkshopSession.day).where(WorkshopSession.workshop_id == new.id)
    ).all()
    assert (new.state, days) == ("draft", [date(2027, 12, 8)])


def test_what_is_taken_at_the_new_hours_is_said(
    desk: Desk, db: Session, town: Town, winter: Winter
) -> None:
    other = stage.a_workshop(db, town.programme_id, winter.place_id, title="Massage")
    stage.a_session(db, other, day=date(2027, 12, 1))
    stage.a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=winter.place_id,
        day=date(2027, 12, 1),
    )
    path = f"{LIST}{winter.workshop}/reprendre"

    page = words(desk.open(path + "?annee=2027"))

    assert "Déjà pris à une de ces heures" in page
    assert "Massage" in page
    assert "La Roseraie" in page
    assert "Déjà pris" not in words(desk.open(path + "?annee=2028"))
    assert "Déjà des séances de cet atelier" in words(desk.open(path + "?annee=2026"))


@pytest.mark.parametrize(("ticked", "said"), [("y", "Les gardes suivent"), ("", "Aucune garde")])
def test_a_workshop_starts_again_with_its_care_and_carers_to_be_asked(
    desk: Desk, db: Session, town: Town, winter: Winter, ticked: str, said: str
) -> None:
    programme = db.get_one(Programme, town.programme_id).public_id
    db.rollback()
    rows = {
        f"rows-{n}-{name}": value
        for n, day in enumerate(("2026-12-09", "2026-12-16"))
        for name, value in (("day", day), ("starts", "18:30"), ("ends", "20:30"))
    }
    kept = {"with_care": ticked} if ticked else {}
    done = desk.send(
        f"{LIST}{winter.workshop}/reprendre?annee=2026",
        act="save",
        title="Encore",
        programme=programme,
        **rows,
        **kept,
    )

    assert said in words(done)
    slots = db.scalars(select(CareSlot).where(CareSlot.id != winter.slot_id)).all()
    assert len(slots) == (2 if ticked else 0)
    old = db.get_one(CareSlot, winter.slot_id)
    for slot in slots:
        assert (slot.state, slot.room, slot.provider_id) == ("draft", old.room, old.provider_id)
        asked = select(CarerAssignment.state).where(CarerAssignment.slot_id == slot.id)
        assert set(db.scalars(asked)) == {"asked"}


def test_drafts_are_opened_together_with_their_care_and_closing_needs_a_motive(
    desk: Desk, db: Session, town: Town
) -> None:
    winter = a_winter(db, town, state="draft", slot={"state": "draft"})
    path = LIST + winter.workshop

    done = words(desk.send(path + "/ouvrir-les-seances"))
    refused = desk.send(path + "/fermer", motive="")
    closed = words(desk.send(path + "/fermer", motive="Fin du financement"))

    assert "Toutes les séances à venir sont ouvertes" in done
    assert db.get_one(WorkshopSession, winter.session_id).state == "open"
    assert refused.status_code == 422
    assert "Fin du financement" in closed
    assert "Plus aucune réservation n’est prise" in closed


def test_a_facilitator_is_added_and_removed(desk: Desk, db: Session, winter: Winter) -> None:
    path = LIST + winter.workshop
    page = words(desk.send(path + "/animateurs", name="Sonia Diallo", email="sonia@exemple.test"))
    assert "Sonia Diallo anime cet atelier" in page
    row = db.scalars(select(Facilitator.id)).one()

    gone = words(desk.send(f"{path}/animateurs/{row}/retirer"))

    assert "Cette personne n’anime plus" in gone
    assert db.scalars(select(Facilitator.id)).all() == []


def test_the_list_filters_and_exports_what_it_shows(desk: Desk, winter: Winter) -> None:
    del winter
    assert "1 atelier" in words(desk.open(LIST))
    assert "Aucun atelier ne correspond" in words(desk.open(LIST + "?state=closed"))
    assert "1 atelier" in words(desk.open(LIST + "?state=nonsense"))
    download = desk.open(LIST + "?q=entreparent&format=csv").data.decode("utf-8-sig")
    assert [row[0] for row in csv.reader(io.StringIO(download), delimiter=";")] == [
        "Titre", "Entreparent’aise",
    ]  # fmt: skip


def test_lists_cost_the_same_few_statements_however_long_they_are(
    desk: Desk, engine: Engine, db: Session, town: Town, winter: Winter
) -> None:
    for path in (LIST, LIST + "seances/", PLACES):
        with counted(engine) as few:
            desk.open(path)
        for _ in range(3):
            other = stage.a_workshop(db, town.programme_id, winter.place_id)
            stage.a_session(db, other, day=date(2026, 12, 9))
        with counted(engine) as many:
            desk.open(path)
        assert len(many) == len(few) <= 4, (path, many)


def test_a_place_that_is_changed_keeps_its_history(desk: Desk, winter: Winter) -> None:
    path = PLACES + winter.place
    desk.send(path, **HOUSE | {"access": "Bus 17"})

    assert "commune : Lens, devenu Blagnac" in words(desk.open(path))


STRANGERS = [
    "", "nouveau", "{w}", "{w}/modifier", "{w}/dates", "{w}/reprendre", "{w}/ouvrir",
    "{w}/fermer", "{w}/ouvrir-les-seances", "{w}/animateurs", "lieux/", "lieux/nouveau",
    "lieux/{p}", "seances/", "seances/{s}",
]  # fmt: skip


@pytest.mark.parametrize("path", STRANGERS)
def test_a_stranger_finds_nothing_and_a_passer_by_is_asked_to_come_in(
    chloe: FlaskClient, client: FlaskClient, winter: Winter, path: str
) -> None:
    address = LIST + path.format(w=winter.workshop, p=winter.place, s=winter.session)

    for one in (chloe.get(address, follow_redirects=True), chloe.post(address)):
        assert one.status_code in {404, 405}
    assert client.get(address).status_code in {303, 405}
