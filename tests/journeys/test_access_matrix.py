"""Route × role × owner: every address of the site, asked by everybody, for everything.

The table is `tests.journeys.access_table`: start there to add a room or an address. A route
that it does not cover fails here by its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.web.access import ANYONE, Guard
from tests.journeys.access_table import (
    ANSWERS,
    ASIDE,
    ENDS_THE_VISIT,
    MISSING,
    NOTHING_WITHOUT_A_TOKEN,
    OPENS,
    PLACES,
    QUERIES,
    ROOMS,
    SOFTWARE,
    WHOEVER_HOLDS_IT,
)
from tests.journeys.routes import Route, routes
from tests.journeys.two_sides import Visitor, everybody, made_up
from tests.rows import everything

TOKEN = re.compile(r'(name="csrf_token"[^>]*value=")([^"]+)')
NOWHERE = "/nulle-part"
WITH_FORMS = tuple(sorted(set(ROOMS.values()) - {ANYONE, SOFTWARE}))
ROLES = (*WITH_FORMS, SOFTWARE)
OUTSIDERS = (None, "choosing", *ROLES)
KEPT_REFUSALS = ("refusal",)  # the desk writes down what it refused
LONG_ENOUGH = 10
"""Shorter names are numbers, which a page may hold for another reason."""


@dataclass(frozen=True)
class Answer:
    """What a visitor was told, without what differs from one page to the next."""

    status: int
    location: str
    body: str
    said: tuple[str, ...]


@pytest.fixture
def visitors(app: Flask, db: Session, engine: Engine) -> list[Visitor]:
    found = everybody(app, db, engine)
    db.close()
    return found


def ask(visitor: Visitor, method: str, address: str, *, token: str = "") -> TestResponse:
    if method == "GET" or visitor.role == SOFTWARE:
        return visitor.client.open(address, method=method, buffered=True)
    data = {"csrf_token": token}
    return visitor.client.open(address, method=method, data=data, buffered=True)


def told(visitor: Visitor, method: str, address: str, *names: str, token: str = "") -> Answer:
    """Ask, and leave `names` and the address out of what is told."""
    answer = ask(visitor, method, address, token=token)
    with visitor.client.session_transaction() as session:
        said = session.pop("_flashes", [])
    path = address.partition("?")[0]
    apart = [path, *(name for name in names if len(name) >= LONG_ENOUGH)]

    def plain(text: str) -> str:
        for name in apart:
            text = text.replace(name, "·")
        return TOKEN.sub(r"\1·", text)

    location = plain(answer.headers.get("Location", ""))
    return Answer(answer.status_code, location, plain(answer.text), tuple(map(str, said)))


def token_of(visitor: Visitor) -> str:
    """Return the token that this visitor's browser would send."""
    if visitor.role == SOFTWARE:
        return ""
    found = TOKEN.search(visitor.client.get("/entrer").text)
    assert found
    return found.group(2)


def in_role(visitors: list[Visitor], role: str | None) -> Iterator[tuple[Visitor, str]]:
    found = [visitor for visitor in visitors if visitor.role == role]
    assert found, f"nobody comes as {role!r}"
    for visitor in found:
        yield visitor, token_of(visitor)


def test_every_route_is_declared(app: Flask) -> None:
    undeclared = [
        f"{route}: {what}"
        for route in routes(app)
        for what in (
            *([] if route.audience else [f"no room {route.room!r} in ROOMS"]),
            *(f"no {place!r} in PLACES" for place in route.places if place not in PLACES),
        )
    ]
    assert undeclared == []


def test_nothing_is_declared_that_is_not_there(app: Flask) -> None:
    every = routes(app)
    rooms, endpoints = {route.room for route in every}, {route.endpoint for route in every}
    places = {place for route in every for place in route.places}

    assert set(ROOMS) - rooms == set()
    assert set(PLACES) - places == set()
    assert {*QUERIES, *(endpoint for _method, endpoint in ANSWERS)} - endpoints == set()


def test_each_guard_asks_for_the_role_of_its_room(app: Flask) -> None:
    asked = {
        name: sorted(guard.roles)
        for name in app.blueprints
        for guard in app.before_request_funcs[name]
        if isinstance(guard, Guard)
    }
    assert asked == {name: [ROOMS[name]] for name in app.blueprints if ROOMS[name] != SOFTWARE}


@pytest.mark.parametrize("role", OUTSIDERS)
def test_who_has_no_business_here_learns_nothing(
    app: Flask, engine: Engine, visitors: list[Visitor], role: str | None
) -> None:
    wrong: list[str] = []
    before = everything(engine)

    for visitor, token in in_role(visitors, role):
        for route in routes(app):
            if route.audience in {ANYONE, role}:
                continue
            address = route.address(visitor)
            answer = told(visitor, route.method, address, token=token)
            if complaint := not_as_declared(visitor, route, answer, token):
                wrong.append(f"{visitor.name}, {route}: {complaint}")

    assert wrong == []
    assert everything(engine) == before


def not_as_declared(visitor: Visitor, route: Route, answer: Answer, token: str) -> str | None:
    """Say what is wrong with how an outsider was sent away."""
    if route.audience == SOFTWARE:
        return None if answer.status == 401 else f"{answer.status} without a token"
    if visitor.role in {None, SOFTWARE}:
        door = re.fullmatch(r"/entrer(\?next=·.*)?", answer.location)
        return None if answer.status == 303 and door else f"{answer.status} {answer.location}"
    if visitor.role == "choosing":
        return None if answer.location == "/entrer/role" else f"{answer.status} {answer.location}"
    query = route.address(visitor).partition("?")[2]  # the links to other languages keep it
    nothing = told(visitor, route.method, f"{NOWHERE}?{query}".rstrip("?"), token=token)
    assert nothing.status == 404
    return None if answer == nothing else f"{answer.status}, or other words than for no page"


@pytest.mark.parametrize("role", ROLES)
def test_what_somebody_else_has_is_not_there(
    app: Flask, engine: Engine, visitors: list[Visitor], role: str
) -> None:
    wrong: list[str] = []
    before = everything(engine)

    for visitor, token in in_role(visitors, role):
        for question in [*in_addresses(app, visitor), *in_queries(visitor)]:
            nobodys = question.asked(visitor, question.nobodys, token)
            if nobodys.status not in question.missing:
                wrong.append(f"{visitor.name}, {question}: {nobodys.status} for nobody’s")
            theirs = question.theirs and question.asked(visitor, question.theirs, token)
            if theirs and theirs != nobodys:
                wrong.append(f"{visitor.name}, {question}: {theirs.status} for theirs")

    assert wrong == []
    assert everything(engine) == before


@dataclass(frozen=True)
class Question:
    """One address with a gap, and what may stand in it: theirs, or something made up."""

    method: str
    address: str
    nobodys: str
    theirs: str | None
    missing: set[int]

    def asked(self, visitor: Visitor, name: str, token: str) -> Answer:
        return told(visitor, self.method, self.address.format(name), name, token=token)

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def in_addresses(app: Flask, visitor: Visitor) -> Iterator[Question]:
    """Ask for every thing an address names that is not the visitor's, one at a time."""
    for route in routes(app):
        if route.audience != visitor.role:
            continue
        for place in route.places:
            kind = route.kind(place)
            if kind is None or kind in WHOEVER_HOLDS_IT:
                continue
            # Everything is the operator's; but a child is not of any parent one names.
            all_ours = visitor.role == "operator" and place == route.places[0]
            yield Question(
                method=route.method,
                address=route.address(visitor, **{place: "{}"}),
                nobodys=made_up(kind, visitor.other.things[kind]),
                theirs=None if all_ours else visitor.other.things[kind],
                missing=MISSING.get((route.method, route.endpoint), {404}),
            )


def in_queries(visitor: Visitor) -> Iterator[Question]:
    """Ask for what is named after the question mark; it may be ignored, but never told."""
    for address, kind in ASIDE.get(visitor.role or "", ()):
        theirs = visitor.other.things[kind]
        nobodys = made_up(kind, theirs)
        yield Question("GET", address, nobodys, theirs, {200, 404})


@pytest.mark.parametrize("role", ROLES)
def test_everybody_comes_in_where_they_belong(
    app: Flask, visitors: list[Visitor], role: str
) -> None:
    wrong = [
        f"{visitor.name}, {route}: {status}"
        for visitor, _token in in_role(visitors, role)
        for route in routes(app)
        if route.method == "GET" and route.audience == role
        if (status := ask(visitor, "GET", route.address(visitor)).status_code)
        not in ANSWERS.get(("GET", route.endpoint), OPENS)
    ]
    assert wrong == []


@pytest.mark.parametrize("role", WITH_FORMS)
def test_a_change_without_its_token_changes_nothing(
    app: Flask, engine: Engine, visitors: list[Visitor], role: str
) -> None:
    before = everything(engine, but=KEPT_REFUSALS)
    wrong = [
        f"{visitor.name}, {route}: {answer.status}"
        for visitor, _token in in_role(visitors, role)
        for route in routes(app)
        if route.method != "GET" and route.audience == role
        if (answer := told(visitor, route.method, route.address(visitor))).status
        not in ANSWERS.get((route.method, route.endpoint), NOTHING_WITHOUT_A_TOKEN)
        or answer.location.startswith("/entrer")
    ]
    assert wrong == []
    assert everything(engine, but=KEPT_REFUSALS) == before


def test_open_pages_say_the_same_whatever_they_are_asked_about(
    app: Flask, engine: Engine, visitors: list[Visitor]
) -> None:
    before = everything(engine)
    wrong = [
        f"{visitor.name}, {route}: {complaint}"
        for visitor in visitors
        for route in routes(app)
        if route.audience == ANYONE and route.endpoint not in ENDS_THE_VISIT
        for complaint in tells_apart(visitor, route)
    ]
    assert wrong == []
    assert everything(engine) == before


def tells_apart(visitor: Visitor, route: Route) -> Iterator[str]:
    """Ask an open page about one's own, about somebody else’s and about nothing."""
    usual = OPENS if route.method == "GET" else NOTHING_WITHOUT_A_TOKEN
    mine = told(visitor, route.method, route.address(visitor), *visitor.own.things.values())
    if mine.status not in ANSWERS.get((route.method, route.endpoint), usual):
        yield f"{mine.status}"
    for place in route.places:
        kind = route.kind(place)
        if kind is None:
            continue
        theirs = visitor.other.things[kind]
        for name in (theirs, made_up(kind, theirs)):
            answer = told(visitor, route.method, route.address(visitor, **{place: name}), name)
            if answer != mine:
                yield f"{answer.status} and other words about {name}"
