"""Amina's and Bruno's phones in front of an evening in eighteen days, with care beside it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.bookings.models import Booking
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Child, Parent
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import Workshop, WorkshopSession
from tests import cast
from tests.domain.bookings import workshop
from tests.today import THE_DAY
from tests.visits import visit_as
from tests.web.providers.stage import token_in

DAY = THE_DAY + timedelta(days=18)  # a Wednesday
TOKEN = re.compile(r'(name="(?:csrf_token|request_id)"[^>]*value=")[^"]*')


@dataclass
class Evening:
    """Léo, who is four, is also Bruno's; Mia is six and Zoé sixteen, Amina's alone."""

    db: Session
    town: cast.Town
    place_id: int
    workshop_id: int
    session_id: int
    slot_id: int
    children: dict[str, int]
    phone: FlaskClient
    of_bruno: FlaskClient
    of_chloe: FlaskClient

    @property
    def session(self) -> str:
        """The address of the session's page."""
        return f"/ateliers/{self.db.get_one(WorkshopSession, self.session_id).public_id}"

    def key(self, name: str, slot_id: int | None = None) -> str:
        """Return how a child is ticked on the page."""
        child = self.db.get_one(Child, self.children[name]).public_id
        return f"{child}.{self.db.get_one(CareSlot, slot_id or self.slot_id).public_id}"

    def send(
        self, address: str, by: FlaskClient | None = None, *children: str, **answers: Any
    ) -> TestResponse:
        """Open a page, fill it in and send it, on Amina's phone unless another is given."""
        browser = by or self.phone
        page = browser.get(address)
        return browser.post(address, data=hidden_in(page) | {"children": list(children)} | answers)

    def book(self, *names: str, by: FlaskClient | None = None, **answers: Any) -> TestResponse:
        """Book the seat and places for these children."""
        ticked = [self.key(name) for name in names]
        return self.send(self.session, by, *ticked, **{"seat": "y", "act": "book"} | answers)

    def booked(self, *names: str, **answers: Any) -> str:
        """Book; return the booking's address."""
        answer = self.book(*names, **answers)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def press(self, address: str, by: FlaskClient | None = None, **fields: str) -> TestResponse:
        """Press a button that is alone in its form."""
        browser = by or self.phone
        token = token_in(browser.get("/mes-enfants/nouveau"))
        return browser.post(address, data={"csrf_token": token} | fields)

    def change(self, row: type[Any], key: int, **values: Any) -> None:
        with unit_of_work(self.db):
            found = self.db.get_one(row, key)
            for name, value in values.items():
                setattr(found, name, value)

    def fill(self) -> None:
        """Let strangers take every seat."""
        self.change(Workshop, self.workshop_id, max_people=1, min_people=1)
        self.change(WorkshopSession, self.session_id, max_people=1, min_people=1, seats_taken=0)
        assert self.book(by=self.of_chloe).status_code == 303

    def discreet(self, level: str) -> None:
        self.change(Parent, self.town.amina, discretion=level)

    def live(self) -> list[Booking]:
        """Return the bookings that stand."""
        self.db.rollback()
        return list(self.db.scalars(select(Booking).where(Booking.state == "confirmed")))

    def held(self) -> int:
        self.db.rollback()
        return len(self.db.scalars(select(Hold.id).where(Hold.state == "held")).all())


def an_evening(app: Flask, db: Session) -> Evening:
    town = cast.a_town(db)
    place_id = workshop.a_place(db)
    workshop_id = workshop.a_workshop(db, town.programme_id, place_id)
    session_id = workshop.a_session(db, workshop_id, day=DAY)
    slot_id = workshop.a_slot(
        db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=place_id,
        session_id=session_id,
        day=DAY,
    )
    people = {name: db.get_one(Parent, getattr(town, name)).person_id for name in PARENTS}
    return Evening(
        db=db,
        town=town,
        place_id=place_id,
        workshop_id=workshop_id,
        session_id=session_id,
        slot_id=slot_id,
        children={
            "Léo": workshop.a_child(db, town.amina, town.bruno),
            "Mia": workshop.a_child(db, town.amina, name="Mia", born_on=date(2020, 5, 1)),
            "Zoé": workshop.a_child(db, town.amina, name="Zoé", born_on=date(2010, 5, 1)),
        },
        phone=visit_as(app, people["amina"] or 0),
        of_bruno=visit_as(app, people["bruno"] or 0),
        of_chloe=visit_as(app, people["chloe"] or 0),
    )


PARENTS = ("amina", "bruno", "chloe")


def hidden_in(page: TestResponse) -> dict[str, Any]:
    """Return what the booking form carries along; a fresh request where the page has no form."""
    found = re.search(r'name="request_id"[^>]*value="([^"]+)"', page.text)
    number = found.group(1) if found else str(ids.request_id())
    return {"csrf_token": token_in(page), "request_id": number}


def without_tokens(page: TestResponse) -> str:
    """Return a page without what is drawn at random for each reading."""
    return TOKEN.sub(r"\1", page.text)
