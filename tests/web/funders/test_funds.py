"""A funder sees its own money to the cent, and nobody."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.households.models import Parent
from repit.domain.people.models import Membership
from repit.domain.programmes.models import Fund
from repit.domain.programmes.references import spaced
from tests.cast import NOON, Town, a_funder, a_parent, a_person, a_town, vouchers_for
from tests.domain.banking.desk import a_line, a_promise
from tests.domain.redemptions.taking import take
from tests.visits import visit_as

CANARIES = ("Zzamina", "Zzdupont", "ZZ-1", "zzamina", "Zzville")
OTHER_DOORS = (
    "/porteur/",
    "/porteur/parents/",
    "/prestataire",
    "/mes-cheques/",
    "/porteur/enveloppes/",
)


@pytest.fixture
def town(db: Session) -> Town:
    town = a_town(db)
    with unit_of_work(db):
        amina = db.get_one(Parent, town.amina)
        amina.first_name, amina.last_name, amina.number = "Zzamina", "Zzdupont", "ZZ-1"
        amina.town = "Zzville"
    return town


def reader(app: Flask, db: Session, funder_id: int, name: str = "Lise Lecture") -> FlaskClient:
    person_id = a_person(db, name)
    with unit_of_work(db):
        db.add(Membership(person_id=person_id, role="funder", funder_id=funder_id, since=NOON))
    return visit_as(app, person_id)


def address_of(db: Session, fund_id: int) -> str:
    public_id = db.get_one(Fund, fund_id).public_id
    db.rollback()
    return f"/financeur/enveloppes/{public_id}"


def bare(page: str) -> str:
    """Return the words of a page, with ordinary spaces."""
    words = re.sub(r"<[^>]+>", " ", page).replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\s+", " ", words)


def test_the_money_is_exact_to_the_cent(
    app: Flask, db: Session, engine: Engine, town: Town
) -> None:
    take(engine, town.roseraie, town.codes[:3], minutes=120)
    visit = reader(app, db, town.funder_id)

    words = bare(visit.get(address_of(db, town.fund_id)).text)

    for amount in ("1 000,00 €", "900,00 €", "70,00 €", "30,00 €"):
        assert amount in words


def test_nobody_is_counted_outside_of_a_release(app: Flask, db: Session, town: Town) -> None:
    for number in range(10):
        vouchers_for(db, a_parent(db, f"Parent {number}"), town.fund_id)
    visit = reader(app, db, town.funder_id)

    words = bare(visit.get(address_of(db, town.fund_id)).text)

    assert "Foyers" not in words
    assert "Aucune publication pour cette enveloppe" in words


def test_another_funders_fund_is_as_unknown_as_a_made_up_one(
    app: Flask, db: Session, town: Town
) -> None:
    stranger = reader(app, db, a_funder(db, "Un autre financeur"))

    answer = stranger.get(address_of(db, town.fund_id))

    assert answer.status_code == 404
    made_up = stranger.get("/financeur/enveloppes/AAAAAAAAAAAAAAAAAAAAAA")
    assert bare(answer.text) == bare(made_up.text)


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_no_other_audience_opens_to_a_funder(
    app: Flask, db: Session, town: Town, door: str
) -> None:
    assert reader(app, db, town.funder_id).get(door).status_code == 404


def test_nothing_a_funder_can_reach_names_anybody(
    app: Flask, db: Session, engine: Engine, town: Town
) -> None:
    take(engine, town.roseraie, town.codes[:1])
    visit = reader(app, db, town.funder_id)

    seen = crawl(visit, "/financeur/")

    assert address_of(db, town.fund_id) + "?csv=1" in seen
    for address, text in seen.items():
        assert not [canary for canary in CANARIES if canary in text], address
        assert not [code for code in town.codes if code in text], address


def crawl(visit: FlaskClient, start: str) -> dict[str, str]:
    """Follow every link of the funder's part of the site; return the texts by address."""
    seen: dict[str, str] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen[address] = visit.get(address).text
        waiting += [
            link.replace("&amp;", "&")
            for link in re.findall(r'href="(/financeur[^"#]*)', seen[address])
        ]
    return seen


def test_the_file_has_what_the_page_shows(app: Flask, db: Session, town: Town) -> None:
    visit = reader(app, db, town.funder_id)

    answer = visit.get(address_of(db, town.fund_id) + "?csv=1")

    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Versé;1000,00;")
    assert [line for line in lines if "oyers" in line] == []


def test_a_funder_sees_what_it_promised_and_what_is_missing(
    app: Flask, db: Session, town: Town
) -> None:
    promised = a_promise(db, 125_000, fund_id=town.fund_id)
    a_line(db, promised.reference, "1200.00")
    fund = db.get_one(Fund, town.fund_id).public_id
    page = reader(app, db, town.funder_id).get(f"/financeur/enveloppes/{fund}")
    text = re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", page.text))
    assert spaced(promised.reference) in text
    assert "1 250,00 € 1 200,00 € 50,00 €" in text
    stranger = reader(app, db, a_funder(db, "Autre"), "Zoé Ailleurs")
    assert stranger.get(f"/financeur/enveloppes/{fund}").status_code == 404
