"""No funder ever reads a word about anybody, wherever it looks and whatever it opens.

Every field that could say who somebody is holds a string of its own (`canaries`); then a funder
asks for everything it can think of (`crawl`), and none of them is to be found: not in a page, a
file, a message, an error or a line of the log.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.households.models import Parent
from repit.domain.notices import outbox
from repit.domain.people.models import Membership, Person
from repit.domain.releases.models import Release
from repit.integrations import pdf
from repit.integrations.pdf import Document, Text
from repit.integrations.workbook import Row, Sheet, Workbook
from repit.integrations.workbook import write as write_workbook
from repit.web.outbox.letters import compose
from tests.cast import NOON
from tests.journeys.canaries import (
    SECRET,
    Planted,
    declared_for_nothing,
    plant,
    tables_of,
    text_columns,
    undeclared,
)
from tests.journeys.crawl import Crawl, readings
from tests.journeys.neighbourhood import a_neighbourhood, a_word_everywhere, close_the_books
from tests.journeys.two_sides import Visitor, everybody

CANARY = "xqzj00000"
FILES = {
    "application/json",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/html",
}


@dataclass(frozen=True)
class Scene:
    """A town in which every word about somebody is a canary."""

    visitors: dict[str, Visitor]
    planted: Planted
    addresses: list[str]
    """Where the funders are written to."""
    released: list[str]
    """Drafted, attacked and approved over the canaries: for the first funder, for the second."""

    def crawled(self, app: Flask, name: str) -> Crawl:
        crawl = Crawl(self.visitors[name])
        crawl.everywhere(app)
        return crawl

    def told(self, crawl: Crawl) -> dict[str, set[str]]:
        """Return the columns that an answer gave away, by address."""
        found = {address: self.planted.found_in(read) for address, read in crawl.read.items()}
        return {address: columns for address, columns in found.items() if columns}


@pytest.fixture
def scene(app: Flask, db: Session, engine: Engine) -> Scene:
    visitors = everybody(app, db, engine)
    neighbourhood = a_neighbourhood(db, engine, visitors)
    a_word_everywhere(db, engine)
    readers = select(Membership.person_id).where(Membership.role == "funder")
    addresses = db.scalars(select(Person.email).where(Person.id.in_(readers))).all()
    db.rollback()
    planted = plant(
        engine,
        {
            "person": Person.id.in_(readers),
            "parent.town": Parent.town == "Lens",
            "parent.priority_area": Parent.priority_area.is_(None),
        },
    )
    close_the_books(db, neighbourhood.programme_id, now=clock.now())
    released = neighbourhood.release(db, engine, now=clock.now())
    named = {one.name: one for one in visitors}
    return Scene(named, planted, [one for one in addresses if one], released)


def test_every_column_with_words_is_declared(engine: Engine) -> None:
    assert undeclared() == set()
    assert declared_for_nothing() == set()
    assert {name.partition(".")[0] for name in text_columns()} <= tables_of(engine)


def test_the_crawl_reads_what_is_inside_files() -> None:
    document = Document(title="Essai", sender="Lens", blocks=(Text(f"Une ligne, {CANARY}."),))
    paper = pdf.write(document, now=NOON)
    sheet = Sheet("Un", (Row(("a", CANARY)),), widths=(9, 9))
    book = write_workbook(Workbook("Essai", "Lens", "fr", NOON, (sheet,)))
    packed = io.BytesIO()
    with ZipFile(packed, "w") as parts:
        parts.writestr("paper.pdf", paper)

    for content in (paper, book, packed.getvalue()):
        assert CANARY not in content.decode("latin-1")
        assert Planted({CANARY: "here"}).found_in("\n".join(readings(content))) == {"here"}


def test_no_funder_reads_a_word_of_it(app: Flask, db: Session, scene: Scene) -> None:
    assert scene.planted.without_rows == set()
    assert set(scene.planted.columns.values()) == SECRET
    the_operator_reads_them(scene)
    what_is_frozen_holds_none(db, scene)
    for name in ("funder one", "funder two", "nobody"):
        nothing_is_read(app, scene, name)
    no_message_says_any(app, db, scene)


def the_operator_reads_them(scene: Scene) -> None:
    """Those who work with people find every word: the crawl would see it if a funder did."""
    crawl = Crawl(scene.visitors["Odile"])
    for address in ("/porteur/parents/", "/porteur/parents/?format=csv", "/porteur/orientations/"):
        crawl.ask(address)
    told = scene.told(crawl)
    assert {"parent.first_name", "parent.number", "referral.organisation"} <= set().union(
        *told.values()
    )
    assert set(told) == set(crawl.read)


def what_is_frozen_holds_none(db: Session, scene: Scene) -> None:
    frozen = db.scalars(select(Release.content).where(Release.public_id.in_(scene.released))).all()
    db.rollback()
    assert len(frozen) == len(scene.released)
    for content in frozen:
        assert content
        assert b"households_reached" in content
        assert scene.planted.found_in(content.decode()) == set()


def nothing_is_read(app: Flask, scene: Scene, name: str) -> None:
    with lines_of_the_log() as logged:
        crawl = scene.crawled(app, name)
    assert scene.told(crawl) == {}, name
    assert scene.planted.found_in("\n".join(logged)) == set(), name
    if name == "nobody":
        return
    assert crawl.kinds >= FILES
    assert crawl.statuses >= {200, 404, 405, 422}
    read = {one for one in scene.released if f"/financeur/publications/{one}" in crawl.read}
    assert read == {scene.released[name == "funder two"]}


def no_message_says_any(app: Flask, db: Session, scene: Scene) -> None:
    nobody = scene.visitors["nobody"]
    token = Crawl(nobody).token()
    for address in scene.addresses:
        nobody.client.post("/entrer", data={"csrf_token": token, "email": address})
    with unit_of_work(db):
        due = outbox.claim(db, now=clock.now(), limit=500)
    told = [one for one in due if one.to_address in scene.addresses]
    with app.app_context():
        letters = [compose(one, now=clock.now()) for one in told]

    assert {one.kind for one in told} >= {"release_approved", "sign_in"}
    assert {one.to_address for one in letters} == set(scene.addresses)
    for one in letters:
        assert scene.planted.found_in(f"{one.subject}\n{one.body}\n{one.attached}") == set()


@contextmanager
def lines_of_the_log() -> Iterator[list[str]]:
    """Collect what is logged meanwhile, at the levels at which an installation logs."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    collector = Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(collector)
