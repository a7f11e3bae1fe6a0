"""Shortages, refunds and news of Stripe that need a hand."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.programmes import funds
from repit.domain.programmes.models import Fund
from repit.web import online
from tests.cast import OPERATOR
from tests.domain.cards.scene import Scene
from tests.web.operators.desk import Desk, words

HOME, EVENTS = "/porteur/", "/porteur/en-ligne/"


@pytest.fixture
def scene(app: Flask, db: Session) -> Scene:
    scene = Scene(db, now=clock.now())
    app.extensions[online.NAME] = scene.stripe
    return scene


def page_of(scene: Scene) -> str:
    public_id = scene.db.get_one(Fund, scene.fund).public_id
    scene.db.rollback()
    return f"/porteur/enveloppes/{public_id}"


def short(scene: Scene) -> None:
    intent = scene.paid(scene.promise())
    scene.spend(60_000)
    scene.hear(*scene.town.dispute(intent))


def test_a_shortage_is_shown_and_covered(desk: Desk, scene: Scene) -> None:
    short(scene)
    page = page_of(scene)
    assert "600,00 € repris par la banque" in words(desk.open(HOME))
    assert "Combler ce qui manque" in words(desk.open(EVENTS))
    assert "Il manque 600,00 €" in words(desk.open(page))
    assert "argent repris" in words(desk.open(f"{page}/combler"))
    assert "Versement repris par la banque" in words(desk.open(f"{page}/mouvements/manque"))
    done = desk.send(f"{page}/combler", amount="600", motive="Fonds propres")
    assert "Le manque a diminué" in words(done)
    assert "Manque comblé" in words(desk.open(page))
    assert "repris par la banque" not in words(desk.open(HOME))
    scene.no_drift()


def test_no_more_is_covered_than_is_missing(desk: Desk, scene: Scene) -> None:
    short(scene)
    answer = desk.send(f"{page_of(scene)}/combler", amount="600,01", motive="Fonds propres")
    assert "Il manque seulement 600,00 €" in words(answer)
    assert scene.numbers().lost == 60_000


def test_what_is_left_goes_back_by_its_payment(desk: Desk, scene: Scene) -> None:
    scene.paid(scene.promise())
    page = page_of(scene)
    with unit_of_work(scene.db):
        funds.close_fund(scene.db, scene.fund, motive="fini", actor=OPERATOR, now=scene.now)
    assert "Rendre par le paiement d’origine" in words(desk.open(page))
    done = desk.send(f"{page}/remboursements", refund_motive="Fin du dispositif")
    assert "1 000,00 € repartent vers les paiements d’origine" in words(done)
    assert scene.numbers().returned == 100_000
    again = desk.send(f"{page}/remboursements", refund_motive="Fin du dispositif")
    assert "Rien de ce qui reste" in words(again)


def test_an_event_about_something_else_is_shown_until_somebody_looked(
    desk: Desk, scene: Scene
) -> None:
    [event] = scene.town.pay(scene.ask(scene.promise()))
    event["data"]["object"] |= {"client_reference_id": "vente-7", "metadata": {}}
    scene.hear(event)
    assert "nouvelle de Stripe à regarder" in words(desk.open(HOME))
    assert "Ce paiement n’est pas des nôtres" in words(desk.open(EVENTS))
    number = scene.events()[0].id
    scene.db.rollback()
    assert "la même raison tient toujours" in words(desk.send(f"{EVENTS}{number}/reprendre"))
    assert "n’est plus dans la liste" in words(desk.send(f"{EVENTS}{number}/vu"))
    assert "Rien à regarder" in words(desk.open(EVENTS))
