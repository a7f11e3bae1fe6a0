"""Odile books, changes and cancels for a parent who calls."""

import re
from dataclasses import dataclass
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.models import Event
from repit.domain.bookings.models import Booking, CareRefusal, ChildPlace, WaitingParty
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.households.models import Child, Parent
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import WorkshopSession
from tests.cast import Town
from tests.domain.bookings import workshop as stage
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import Winter, a_winter, books

REQUEST = re.compile(r'name="request_id"[^>]*value="([^"]+)"')


@dataclass
class Call:
    """Amina's file on Odile's screen, in front of Wednesday; Léo is Amina's."""

    desk: Desk
    db: Session
    file: str
    page: str
    leo: str

    def send(self, **fields: str) -> TestResponse:
        found = REQUEST.search(self.desk.open(self.page).text)
        assert found
        return self.desk.send(self.page, request_id=found[1], **fields)

    def booking(self) -> Booking:
        self.db.rollback()
        return self.db.scalars(select(Booking)).one()


@pytest.fixture
def winter(db: Session, town: Town) -> Winter:
    return a_winter(db, town)


@pytest.fixture
def call(desk: Desk, db: Session, town: Town, winter: Winter) -> Call:
    leo = db.get_one(Child, stage.a_child(db, town.amina)).public_id
    parent = db.get_one(Parent, town.amina).public_id
    db.rollback()
    file = f"/porteur/parents/{parent}/rendez-vous/"
    return Call(desk, db, file, f"{file}ateliers/{winter.session}", f"{leo}.{winter.slot}")


def fill(db: Session, winter: Winter, parent_id: int) -> None:
    """Let somebody else take the only seat."""
    books(db, winter, parent_id)
    with unit_of_work(db):
        row = db.get_one(WorkshopSession, winter.session_id)
        row.min_people, row.max_people = 1, 1


def test_the_file_leads_to_every_date(call: Call, winter: Winter) -> None:
    shown = call.desk.open(call.file.removesuffix("rendez-vous/").rstrip("/"))
    assert call.file in shown.text

    page = call.desk.open(call.file)

    assert "Aucun rendez-vous à venir" in words(page)
    assert f"ateliers/{winter.session}" in page.text


def test_from_a_session_one_chooses_the_parent_and_comes_to_its_form(
    call: Call, winter: Winter
) -> None:
    shown = call.desk.open(f"/porteur/ateliers/seances/{winter.session}")
    assert f"/porteur/parents/?seance={winter.session}" in shown.text

    parents = call.desk.open(f"/porteur/parents/?seance={winter.session}&q=Amina")

    assert "Choisissez le parent" in words(parents)
    assert f'href="{call.page}"' in parents.text
    assert call.desk.open("/porteur/parents/?seance=nowhere").status_code == 404


def test_a_seat_a_child_and_the_vouchers_are_booked_by_telephone(call: Call) -> None:
    page = call.send(seat="y", children=call.leo)

    assert "C’est réservé" in words(page)
    assert "le parent, Léo" in words(page)
    booked = call.booking()
    assert (booked.state, booked.origin, booked.seat) == ("confirmed", "phone", True)
    assert call.db.scalars(select(Hold.state)).all() == ["held"]


def test_the_same_form_sent_twice_books_once(call: Call) -> None:
    found = REQUEST.search(call.desk.open(call.page).text)
    assert found
    for _ in range(2):
        assert call.desk.send(call.page, request_id=found[1], seat="y").status_code == 200
    assert call.booking().seat


def test_a_parent_who_sees_nothing_on_screens_is_booked_and_listed(
    call: Call, db: Session, town: Town
) -> None:
    with unit_of_work(db):
        db.get_one(Parent, town.amina).discretion = "hidden"

    page = call.send(seat="y")

    assert "C’est réservé" in words(page)
    assert "Tout annuler" in words(page)


def test_above_the_maximum_only_with_a_motive_that_stays(
    call: Call, db: Session, town: Town, winter: Winter
) -> None:
    fill(db, winter, town.chloe)

    plain = call.send(seat="y")
    silent = call.send(seat="y", forced="y", motive=" ")
    forced = call.send(seat="y", forced="y", motive="Sortie d’hôpital")

    assert (plain.status_code, silent.status_code) == (409, 422)
    assert "Mettre sur la liste d’attente" in words(plain)
    assert "Écrivez pourquoi" in words(silent)
    assert "C’est réservé" in words(forced)
    assert db.get_one(WorkshopSession, winter.session_id).over_capacity
    motives = db.scalars(select(Event.motive).where(Event.kind == "booked")).all()
    assert "Sortie d’hôpital" in motives


def test_force_never_adds_a_child(call: Call, db: Session, winter: Winter) -> None:
    with unit_of_work(db):
        db.execute(update(CarerAssignment).values(state="asked"))

    page = call.send(seat="y", children=call.leo, forced="y", motive="Urgence")

    assert page.status_code == 409
    assert not db.scalars(select(Booking)).all()
    assert db.scalars(select(CareRefusal.slot_id)).all() == [winter.slot_id]


def test_who_finds_it_full_waits_and_leaves(
    call: Call, db: Session, town: Town, winter: Winter
) -> None:
    fill(db, winter, town.chloe)

    page = call.send(seat="y", act="wait")
    party = db.scalars(select(WaitingParty)).one().public_id
    db.rollback()
    gone = call.desk.send(f"{call.file}attente/{party}/quitter")

    assert "rang 1" in words(page)
    assert "n’est plus sur la liste" in words(gone)
    assert db.scalars(select(WaitingParty.state)).all() == ["left"]


def test_a_child_joins_later_and_is_given_back_alone(call: Call) -> None:
    call.send(seat="y")
    booked = call.booking().public_id
    call.db.rollback()
    assert "Un enfant peut encore s’ajouter" in words(call.desk.open(call.page))

    page = call.send(children=call.leo)
    assert "C’est réservé" in words(page)
    place = call.db.scalars(select(ChildPlace)).one()
    named, of = place.public_id, call.db.get_one(Booking, place.booking_id).public_id
    call.db.rollback()

    back = f"{call.file}{of}/annuler?place={named}"
    assert "revient au parent" in words(call.desk.open(back))
    done = call.desk.send(back)
    again = call.desk.send(back)

    assert "C’est annulé" in words(done)
    assert "C’est déjà annulé" in words(again)
    assert call.db.scalars(select(Hold.state)).all() == ["released"]
    state = select(Booking.state).where(Booking.public_id == booked)
    assert call.db.scalars(state).one() == "confirmed"


def test_all_of_it_is_given_back(call: Call) -> None:
    call.send(seat="y", children=call.leo)
    booked = call.booking().public_id
    call.db.rollback()

    page = call.desk.send(f"{call.file}{booked}/annuler")

    assert "1 chèque revient au parent" in words(page)
    assert call.booking().state == "cancelled"


def test_nothing_is_done_through_somebody_elses_file(
    call: Call, db: Session, town: Town, winter: Winter
) -> None:
    books(db, winter, town.chloe)
    booked = call.booking().public_id
    zoe = db.get_one(Child, stage.a_child(db, town.chloe, name="Zoé")).public_id
    db.rollback()

    assert call.desk.send(f"{call.file}{booked}/annuler").status_code == 404
    assert call.desk.send(f"{call.file}{booked}/repondre", act="decline").status_code == 404
    assert call.send(seat="y", children=f"{zoe}.{winter.slot}").status_code == 422
    assert call.booking().state == "confirmed"


def test_what_is_not_there_is_not_found(call: Call, chloe: FlaskClient) -> None:
    for path in ("ateliers/nulle-part", "gardes/nulle-part", "nulle-part/annuler"):
        assert call.desk.open(call.file + path).status_code == 404
        assert call.desk.send(call.file + path).status_code == 404
    assert chloe.get(call.file).status_code == 404
    assert chloe.post(call.page).status_code == 404


def test_care_that_stands_alone_is_booked_too(
    call: Call, db: Session, town: Town, winter: Winter
) -> None:
    slot_id = stage.a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=winter.place_id,
        day=date(2026, 12, 5),
        public_title="Un après-midi pour souffler",
    )
    slot = db.get_one(CareSlot, slot_id).public_id
    db.rollback()
    call.page = f"{call.file}gardes/{slot}"

    page = call.send(children=call.leo.partition(".")[0] + f".{slot}")

    assert "C’est réservé" in words(page)
    assert call.booking().session_id is None
    call.db.rollback()
    row = call.desk.open(call.file).text.partition(f'/gardes/{slot}"')[2]
    assert "Ajouter un enfant" in row.partition("</tr>")[0]


def test_who_is_chosen_is_shown_with_an_age_and_a_row_once_booked_is_not_booked_again(
    call: Call,
) -> None:
    assert re.search(r"Léo \d+ ans", words(call.desk.open(call.page)))
    address = call.page.removeprefix(call.file)
    assert f'{address}">Réserver<' in call.desk.open(call.file).text
    call.send(seat="y")
    assert f'{address}">Réserver<' not in call.desk.open(call.file).text


def test_the_page_costs_the_same_few_statements_however_many_dates(
    call: Call, engine: Engine, winter: Winter
) -> None:
    with counted(engine) as few:
        call.desk.open(call.file)
    for day in range(5):
        stage.a_session(call.db, winter.workshop_id, day=date(2026, 12, 10 + day))
    with counted(engine) as many:
        call.desk.open(call.file)

    assert len(many) == len(few) <= 10, many
