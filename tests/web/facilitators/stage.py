"""An evening that is going on right now, by the machine's clock, and everybody's phone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock, ids
from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.placing import Asked
from repit.domain.care import sheets
from repit.domain.care.models import CarerCheck, CareSlot
from repit.domain.care.sheets import NewPerson
from repit.domain.households.models import Child
from repit.domain.people.models import Membership
from repit.domain.presence.models import Attendance
from repit.domain.workshops import facilitators
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import OPERATOR
from tests.domain.bookings import workshop
from tests.visits import visit_as
from tests.web.providers.stage import in_days, today, works_for

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
JSON = {"Accept": "application/json"}


@dataclass
class Hall:
    """Amina is expected with Léo, who has a blocked person and a grandmother.

    Fanny leads the session, Rose keeps the children; it began forty minutes ago.
    """

    app: Flask
    db: Session
    session: str
    slot: str
    slot_id: int
    session_id: int
    booking: str
    leo: str
    leo_id: int
    grandmother: str
    amina: int
    fanny: FlaskClient
    rose: FlaskClient
    odile: FlaskClient
    programme_id: int
    roseraie: cast.AProvider

    @property
    def led(self) -> str:
        return f"/animateur/seances/{self.session}"

    @property
    def kept(self) -> str:
        return f"/prestataire/gardes/creneaux/{self.slot}"

    @property
    def operators(self) -> str:
        return f"/porteur/ateliers/seances/{self.session}/feuille"

    def tap(
        self, phone: FlaskClient, sheet: str, kind: str, /, *, script: bool = False, **fields: Any
    ) -> TestResponse:
        """Tap a button of a sheet, about Léo unless said otherwise."""
        found = TOKEN.search(phone.get("/entrer").text)
        assert found
        data = {
            "csrf_token": found.group(1),
            "nonce": str(ids.request_id()),
            "booking": self.booking,
            "place": self.leo,
            "kind": kind,
        } | fields
        return phone.post(f"{sheet}/noter", data=data, headers=JSON if script else {})

    def blocks(self, name: str) -> None:
        """Amina writes that somebody may never collect Léo."""
        self.db.rollback()
        leo = self.db.get_one(Child, self.leo_id).public_id
        with unit_of_work(self.db):
            sheets.add_person(
                self.db,
                self.amina,
                leo,
                NewPerson(name, "never"),
                actor=OPERATOR,
                now=clock.now(),
            )

    def fanny_keeps_too(self) -> None:
        """Let who leads the session work for those who keep its children."""
        fanny = cast.person_named(self.db, "Fanny Roy")
        self.db.rollback()
        with unit_of_work(self.db):
            self.db.add(
                Membership(
                    person_id=fanny,
                    role="provider",
                    provider_id=self.roseraie.id,
                    since=clock.now(),
                )
            )

    def log(self) -> list[tuple[str, str | None]]:
        self.db.rollback()
        rows = self.db.scalars(select(Attendance).order_by(Attendance.id))
        return [(row.kind, row.person_name) for row in rows]

    def move(self, by: timedelta) -> None:
        """Let the session and the care begin at another moment."""
        self.db.rollback()
        with unit_of_work(self.db):
            for row in (
                self.db.get_one(CareSlot, self.slot_id),
                self.db.get_one(WorkshopSession, self.session_id),
            ):
                row.starts_at, row.ends_at = row.starts_at + by, row.ends_at + by


def a_hall(app: Flask, db: Session) -> Hall:
    now = clock.now()
    going_on: dict[str, Any] = {
        "starts_at": now - timedelta(minutes=40),
        "ends_at": now + timedelta(minutes=80),
    }
    programme_id = cast.a_programme(db)
    fund_id = cast.a_fund(db, programme_id, funder_id=cast.a_funder(db))
    amina = cast.a_parent(db, "Amina", person_id=cast.a_person(db, "Amina Dupont"))
    cast.vouchers_for(db, amina, fund_id, vouchers=4, first_day=in_days(-60), last_day=in_days(200))
    roseraie = cast.a_provider(db, until=in_days(365))
    place_id = workshop.a_place(db)
    workshop_id = workshop.a_workshop(db, programme_id, place_id, min_people=1)
    session_id = workshop.a_session(db, workshop_id, day=today(), **going_on)
    slot_id = workshop.a_slot(
        db,
        roseraie.id,
        programme_id=programme_id,
        place_id=place_id,
        session_id=session_id,
        day=today(),
        **going_on,
    )
    born_on = date(today().year - 4, 1, 15)
    leo_id = workshop.a_child(db, amina, born_on=born_on)
    with unit_of_work(db):
        db.execute(update(CarerCheck).values(last_day=date(2199, 1, 1)))
        facilitators.add(
            db, workshop_id, name="Fanny Roy", email="fanny@exemple.test", actor=OPERATOR, now=now
        )
        leo = db.get_one(Child, leo_id).public_id
        grandmother = sheets.add_person(
            db, amina, leo, NewPerson("Zoé N’Diaye", "may", "Grand-mère"), actor=OPERATOR, now=now
        )
        sheets.add_person(
            db, amina, leo, NewPerson("Karim Éloïse-Petit", "never"), actor=OPERATOR, now=now
        )
    asked = Asked(
        request_id=UUID(int=next(cast.numbers)),
        parent_id=amina,
        session_id=session_id,
        seat=True,
        children=((leo_id, slot_id),),
    )
    booked = workshop.books(db, asked, now=now - timedelta(days=5))
    found = Hall(
        app=app,
        db=db,
        session=db.get_one(WorkshopSession, session_id).public_id,
        slot=db.get_one(CareSlot, slot_id).public_id,
        slot_id=slot_id,
        session_id=session_id,
        booking=booked.public_id,
        leo=_place(db, booked.id),
        leo_id=leo_id,
        grandmother=grandmother,
        amina=amina,
        fanny=visit_as(app, cast.person_named(db, "Fanny Roy")),
        rose=visit_as(app, works_for(db, roseraie, "Rose Martin")),
        odile=visit_as(app, cast.an_operator(db)),
        programme_id=programme_id,
        roseraie=roseraie,
    )
    db.rollback()
    return found


def another_facilitator(hall: Hall) -> FlaskClient:
    """Somebody who leads another workshop of the same place."""
    place_id = workshop.a_place(hall.db)
    other = workshop.a_workshop(hall.db, hall.programme_id, place_id)
    with unit_of_work(hall.db):
        facilitators.add(
            hall.db,
            other,
            name="Gilles Pic",
            email="gilles@exemple.test",
            actor=OPERATOR,
            now=clock.now(),
        )
    return visit_as(hall.app, cast.person_named(hall.db, "Gilles Pic"))


def _place(db: Session, booking_id: int) -> str:
    return db.scalars(select(ChildPlace.public_id).where(ChildPlace.booking_id == booking_id)).one()


def in_future(minutes: int) -> str:
    return (clock.now() + timedelta(minutes=minutes)).isoformat()
