"""What a provider owes back: noted by one operator, confirmed by another, shown to both."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes import funds
from repit.domain.providers.models import Provider
from repit.domain.redemptions.reverse import reverse_by_operator
from repit.domain.settlements.by_hand import record_payout
from repit.domain.settlements.models import Repayment
from tests import cast
from tests.cast import OPERATOR, Town
from tests.domain.redemptions.taking import take
from tests.today import THE_DAY
from tests.visits import visit_as
from tests.web.operators.desk import Desk, words

CHOICE = re.compile(r'name="debts" value="([^"]+)"')


@pytest.fixture
def here(db: Session, engine: Engine, town: Town) -> str:
    """Roseraie was paid 20 €, which were reversed since; the fund is closed."""
    public_id = db.get_one(Provider, town.roseraie.id).public_id
    db.close()
    taken = take(engine, town.roseraie, town.codes[:2], minutes=120)
    now = clock.now()
    with unit_of_work(db):
        record_payout(
            db, town.roseraie.id, seen=taken.amount, paid_on=THE_DAY, reference="VIR 1",
            actor=OPERATOR, now=now,
        )  # fmt: skip
    with unit_of_work(db):
        reverse_by_operator(db, taken.id, motive="Erreur", actor=OPERATOR, now=now)
        funds.close_fund(db, town.fund_id, motive="Fin", actor=OPERATOR, now=now)
    return f"/porteur/a-rendre/{public_id}"


@pytest.fixture
def paul(app: Flask, db: Session) -> Desk:
    """A second operator, in another browser."""
    person_id = cast.an_operator(db, "Paul Second")
    db.close()
    return Desk(visit_as(app, person_id), "/porteur/prestataires/nouveau")


def numbers(db: Session, town: Town) -> tuple[int, int, int]:
    db.rollback()
    found = fund_numbers(db, [town.fund_id])[town.fund_id]
    return found.owed_back, found.paid, found.lost


def test_one_notes_what_was_repaid_and_another_confirms(
    desk: Desk, paul: Desk, db: Session, town: Town, here: str
) -> None:
    page = desk.open(here)
    assert "Une enveloppe est fermée" in words(page)
    [debt] = CHOICE.findall(page.text)
    typed = {"debts": debt, "way": "transfer", "received_on": THE_DAY.isoformat()}

    noted = desk.send(here, amount="20", reference="VIR RETOUR", **typed)
    assert "Une autre personne doit le confirmer" in words(noted)
    assert "Vous l’avez noté" in words(noted)
    assert numbers(db, town) == (2_000, 2_000, 0)
    assert "à confirmer" in words(paul.open("/porteur/a-rendre/"))
    assert "somme rendue ou abandonnée à confirmer" in words(paul.open("/porteur/"))
    name = db.scalars(select(Repayment.public_id)).one()
    db.rollback()

    mine = desk.send(f"{here}/{name}/confirmer")
    assert (mine.status_code, "Vous l’avez préparé vous-même" in words(mine)) == (409, True)
    assert "ce n’est plus à rendre" in words(paul.send(f"{here}/{name}/confirmer"))
    assert numbers(db, town) == (0, 0, 0)
    assert "Rien n’est à rendre" in words(desk.open("/porteur/a-rendre/"))
    assert "Somme à rendre confirmée" in words(desk.open(here.replace("a-rendre", "prestataires")))


def test_what_is_given_up_is_missing_from_its_fund(
    desk: Desk, paul: Desk, db: Session, town: Town, here: str
) -> None:
    [debt] = CHOICE.findall(desk.open(here).text)
    desk.send(here, debts=debt, way="written_off", amount="20", motive="Association dissoute")
    name = db.scalars(select(Repayment.public_id)).one()
    db.rollback()

    paul.send(f"{here}/{name}/confirmer")

    assert numbers(db, town) == (0, 2_000, 2_000)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"amount": "19"}, "Ce qui est coché fait 20,00 €, pas 19,00 €"),
        ({"amount": ""}, "Somme"),
        ({"reference": ""}, "Recopiez la référence"),
        ({"received_on": ""}, "Écrivez le jour"),
        ({"received_on": "2199-01-01"}, "n’est pas encore arrivé"),
        ({"received_on": "2020-01-01"}, "choisissez un jour à partir du"),
        ({"way": "written_off"}, "Écrivez pourquoi elle est abandonnée"),
        ({"way": ""}, "Que devient cette somme"),
        ({"debts": "not-a-redemption"}, "Cochez ce qui est rendu"),
    ],
)
def test_a_slip_notes_nothing(
    desk: Desk, db: Session, town: Town, here: str, typed: dict[str, str], told: str
) -> None:
    [debt] = CHOICE.findall(desk.open(here).text)
    form = {
        "debts": debt, "way": "transfer", "amount": "20", "reference": "VIR RETOUR",
        "received_on": THE_DAY.isoformat(),
    }  # fmt: skip

    page = desk.send(here, **form | typed)

    assert page.status_code == 422
    assert told in words(page)
    db.rollback()
    assert db.scalars(select(Repayment)).all() == []


def test_a_note_is_taken_back(desk: Desk, db: Session, town: Town, here: str) -> None:
    [debt] = CHOICE.findall(desk.open(here).text)
    desk.send(here, debts=debt, way="written_off", amount="20", motive="Erreur")
    name = db.scalars(select(Repayment.public_id)).one()
    db.rollback()

    page = desk.send(f"{here}/{name}/abandonner")

    assert "la somme reste à rendre" in words(page)
    assert "Note retirée" in words(page)
    assert CHOICE.findall(page.text) == [debt]
