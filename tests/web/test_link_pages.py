"""What a signed link opens, in a browser in which nobody is in."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.domain import clock
from repit.domain.audit.models import Event
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.households.models import Parent
from repit.domain.satisfaction.models import Answer
from repit.domain.workshops.models import WorkshopSession
from repit.web.links import Links, Purpose
from tests.domain.bookings import workshop
from tests.rows import everything
from tests.settings import settings_for
from tests.web.parents.evening import Evening, an_evening
from tests.web.providers.stage import token_in
from tests.web.test_weight import STATIC, fetch

LINKS = Links.of(settings_for(""))


@pytest.fixture
def evening(app: Flask, db: Session) -> Evening:
    return an_evening(app, db)


@pytest.fixture
def nobody(app: Flask) -> FlaskClient:
    return app.test_client()


def link(purpose: Purpose, name: str) -> str:
    return f"/r/{LINKS.token(purpose, name)}"


def press(browser: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Open the page and press its button, as one does without JavaScript."""
    token = token_in(browser.get(address))
    return browser.post(address.partition("?")[0], data={"csrf_token": token} | fields)


def booked(evening: Evening, *children: str) -> str:
    return evening.booked(*children).rsplit("/", 1)[1]


def an_offer(evening: Evening) -> str:
    evening.fill()
    evening.book("Mia", act="wait")
    [taken] = evening.live()
    evening.press(f"/mes-rendez-vous/{taken.public_id}/annuler", evening.of_chloe)
    evening.db.rollback()
    return evening.db.scalars(select(Booking.public_id).where(Booking.state == "offered")).one()


def test_one_child_then_all_is_given_back_by_a_link(evening: Evening, nobody: FlaskClient) -> None:
    address = link(Purpose.BOOKING, booked(evening, "Léo", "Mia"))
    page = nobody.get(address).text
    place = re.findall(r'href="([^"]+\?place=[^"]+)"', page)[0]
    assert "1 chèque vous est rendu." in nobody.get(place).text
    assert evening.held() == 2
    assert press(nobody, place, place=place.partition("place=")[2]).status_code == 303
    assert evening.held() == 1

    assert "1 chèque vous est rendu." in nobody.get(f"{address}?tout=1").text
    assert press(nobody, f"{address}?tout=1").status_code == 303
    assert "Ce rendez-vous est annulé." in nobody.get(address).text
    assert evening.live() == []
    actors = evening.db.scalars(select(Event.actor).where(Event.kind == "cancelled"))
    assert list(actors) == ["link"]


@pytest.mark.parametrize(
    ("act", "told"), [("accept", "la place est à vous"), ("decline", "la place est rendue")]
)
def test_an_offer_is_answered_by_a_link_once(
    evening: Evening, nobody: FlaskClient, act: str, told: str
) -> None:
    address = link(Purpose.OFFER, an_offer(evening))
    assert "Oui, je la prends" in nobody.get(address).text
    assert press(nobody, address, act=act).status_code == 303
    page = nobody.get(address).text
    assert told in page
    assert "Oui, je la prends" not in page
    other = "decline" if act == "accept" else "accept"
    token = token_in(nobody.get("/entrer"))
    nobody.post(address, data={"csrf_token": token, "act": other})
    assert "n’attend plus votre réponse" in nobody.get(address).text
    states = {"accept": "confirmed", "decline": "cancelled"}
    evening.db.rollback()
    public_id = LINKS.read(address.removeprefix("/r/"))
    assert public_id is not None
    row = evening.db.scalars(select(Booking).where(Booking.public_id == public_id.name)).one()
    assert row.state == states[act]


def test_an_offer_too_late_says_so_and_takes_nothing(evening: Evening, nobody: FlaskClient) -> None:
    name = an_offer(evening)
    row = evening.db.scalars(select(Booking).where(Booking.public_id == name)).one()
    evening.change(Booking, row.id, expires_at=row.made_at)
    assert "C’est trop tard pour répondre." in nobody.get(link(Purpose.OFFER, name)).text


def test_a_list_is_left_by_a_link(evening: Evening, nobody: FlaskClient) -> None:
    evening.fill()
    evening.book(act="wait")
    name = evening.db.scalars(select(WaitingParty.public_id)).one()
    address = link(Purpose.WAITING, name)
    assert "Vous êtes numéro 1." in nobody.get(address).text
    assert press(nobody, address).status_code == 303
    assert "Vous n’êtes plus sur cette liste d’attente." in nobody.get(address).text


def test_a_calendar_is_followed_by_a_link(evening: Evening, nobody: FlaskClient) -> None:
    booked(evening)
    parent = evening.db.get_one(Parent, evening.town.amina).public_id
    address = f"{link(Purpose.CALENDAR, parent)}/agenda.ics"
    feed = nobody.get(address)
    assert feed.content_type.startswith("text/calendar")
    assert len(Calendar.from_ical(feed.data).walk("VEVENT")) == 1
    evening.discreet("hidden")
    assert Calendar.from_ical(nobody.get(address).data).walk("VEVENT") == []


def test_the_link_of_the_other_parent_shows_what_is_theirs_alone(
    evening: Evening, nobody: FlaskClient
) -> None:
    parent = evening.db.get_one(Parent, evening.town.bruno).public_id
    address = f"{link(Purpose.CALENDAR, parent)}/agenda.ics"
    stamp = re.compile(rb"DTSTAMP:\w+")
    before = stamp.sub(b"", nobody.get(address).data)
    booked(evening, "Léo")
    assert stamp.sub(b"", nobody.get(address).data) == before


def over(evening: Evening, days: int = 1) -> str:
    """Let the session be over since some days; return the address of its questions."""
    ends_at = clock.now() - timedelta(days=days)
    starts_at = ends_at - timedelta(hours=2)
    evening.change(WorkshopSession, evening.session_id, ends_at=ends_at, starts_at=starts_at)
    public_id = evening.db.get_one(WorkshopSession, evening.session_id).public_id
    return LINKS.answer(public_id, "nonce").partition(settings_for("").public_url)[2]


def test_two_questions_are_answered_once(evening: Evening, nobody: FlaskClient) -> None:
    address = over(evening)
    assert "C’est anonyme." in nobody.get(address).text
    assert press(nobody, address, did_good="5").status_code == 422
    assert press(nobody, address, did_good="6", comes_again="1").status_code == 422
    assert press(nobody, address, did_good="5", comes_again="3").status_code == 303
    assert "Merci !" in nobody.get(address).text
    token = token_in(nobody.get("/entrer"))
    again = nobody.post(address, data={"csrf_token": token, "did_good": "1", "comes_again": "1"})
    assert "Merci !" in again.text
    evening.db.rollback()
    answers = [(one.did_good, one.comes_again) for one in evening.db.scalars(select(Answer))]
    assert answers == [(5, 3)]


@pytest.mark.parametrize(("days", "told"), [(-1, "pas encore finie"), (60, "plus répondre")])
def test_questions_have_their_time(
    evening: Evening, nobody: FlaskClient, days: int, told: str
) -> None:
    assert told in nobody.get(over(evening, days)).text


def wrong_links(evening: Evening) -> Iterator[str]:
    name = booked(evening)
    token = LINKS.token(Purpose.BOOKING, name)
    yield f"/r/{token[:-2]}"
    yield f"/r/o{token[1:]}"
    yield f"/r/{name}"
    for purpose in Purpose:
        yield link(purpose, "nobody-has-this-name")


def test_a_link_that_is_torn_of_another_kind_or_about_nothing_says_so(
    evening: Evening, nobody: FlaskClient
) -> None:
    token = token_in(nobody.get("/entrer"))
    for address in wrong_links(evening):
        shown = nobody.get(address)
        assert shown.status_code == 404, address
        assert "Ce lien ne mène nulle part." in shown.text
        assert nobody.get(f"{address}/agenda.ics").status_code == 404
        sent = nobody.post(address, data={"csrf_token": token, "did_good": "5", "comes_again": "3"})
        assert sent.status_code in {303, 404}, address
    assert len(evening.live()) == 1


def test_reading_changes_nothing_and_is_kept_nowhere(
    evening: Evening, nobody: FlaskClient, engine: Engine
) -> None:
    offer = an_offer(evening)
    parent = evening.db.get_one(Parent, evening.town.amina).public_id
    mine = booked_later(evening)
    addresses = [
        link(Purpose.OFFER, offer),
        link(Purpose.BOOKING, mine),
        f"{link(Purpose.BOOKING, mine)}?tout=1",
        f"{link(Purpose.CALENDAR, parent)}/agenda.ics",
        over(evening),
    ]
    before = everything(engine)
    for address in addresses:
        answer = nobody.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        if answer.content_type.startswith("text/html"):
            assert "<title>Rendez-vous" in answer.text or "<title>Deux questions" in answer.text
        assert nobody.post(address.partition("?")[0]).status_code in {405, 422}, address
    assert everything(engine) == before


def booked_later(evening: Evening) -> str:
    """Book Amina another session, alone; return the booking."""
    session_id = workshop.a_session(
        evening.db, evening.workshop_id, day=clock.now().date() + timedelta(days=30)
    )
    public_id = evening.db.get_one(WorkshopSession, session_id).public_id
    answer = evening.send(f"/ateliers/{public_id}", seat="y", act="book")
    return str(answer.location).rsplit("/", 1)[1]


def test_the_pages_are_light(evening: Evening, nobody: FlaskClient) -> None:
    for address in (link(Purpose.BOOKING, booked(evening, "Mia")), over(evening)):
        size, _ = fetch(nobody, address)
        files = set(STATIC.findall(nobody.get(address).text)) | {"/static/img/icons.svg"}
        assert size < 15_000
        assert size + sum(fetch(nobody, one)[0] for one in files) < 60_000
