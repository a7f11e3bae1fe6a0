"""A funder pays its contribution online; another's, or without a key, is not there."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.cards.models import OnlinePayment
from repit.domain.programmes.models import Fund
from repit.integrations.stripe_stand_in.client import UNREACHABLE
from repit.web import online
from repit.web.links import Links, Purpose
from tests.applications import application
from tests.cast import a_funder, an_operator
from tests.domain.cards.scene import Scene
from tests.settings import settings_for
from tests.visits import visit_as
from tests.web.funders.test_funds import bare, reader
from tests.web.operators.desk import TOKEN


@pytest.fixture
def scene(app: Flask, db: Session) -> Scene:
    scene = Scene(db, now=clock.now())
    app.extensions[online.NAME] = scene.stripe
    return scene


def token_of(page: str) -> str:
    found = TOKEN.search(page)
    assert found
    return found.group(1)


def ask(browser: FlaskClient, address: str, way: str = "card") -> Any:
    token = token_of(browser.get(address).text)
    return browser.post(address, data={"csrf_token": token, "way": way}, follow_redirects=True)


def test_a_funder_asks_for_a_page_and_sees_that_it_paid(
    app: Flask, db: Session, scene: Scene
) -> None:
    gift, browser = scene.promise(120_050), reader(app, db, scene.funder)
    address = f"/financeur/versements/{gift}"
    page = ask(browser, address)
    assert "Votre page de paiement de 1 200,50 € est prête" in bare(page.text)
    payment = db.scalars(select(OnlinePayment)).one()
    assert f'href="/dev/checkout/{payment.session_id}"' in page.text
    db.rollback()
    scene.hear(*scene.town.pay(str(payment.session_id)))
    assert "Il ne manque plus rien" in bare(browser.get(address).text)
    scene.no_drift()


def test_the_way_to_pay_stands_on_the_funds_page(app: Flask, db: Session, scene: Scene) -> None:
    gift, browser = scene.promise(), reader(app, db, scene.funder)
    fund = db.get_one(Fund, scene.fund).public_id
    db.rollback()
    page = browser.get(f"/financeur/enveloppes/{fund}")
    assert f"/financeur/versements/{gift}" in page.text


def test_the_contribution_of_another_is_not_there(app: Flask, db: Session, scene: Scene) -> None:
    gift = scene.promise()
    stranger = reader(app, db, a_funder(db, "La CAF"), "Zoé Ailleurs")
    assert stranger.get(f"/financeur/versements/{gift}").status_code == 404


def test_a_stripe_that_does_not_answer_is_said_and_nothing_is_lost(
    app: Flask, db: Session, scene: Scene
) -> None:
    gift, browser = scene.promise(), reader(app, db, scene.funder)
    scene.line.troubles[:] = [UNREACHABLE] * 3
    page = ask(browser, f"/financeur/versements/{gift}")
    assert page.status_code == 422
    assert "Stripe ne répond pas" in bare(page.text)
    assert "est prête" in bare(ask(browser, f"/financeur/versements/{gift}").text)


def test_whoever_holds_the_call_for_funds_pays_without_an_account(
    app: Flask, client: FlaskClient, db: Session, scene: Scene
) -> None:
    gift = scene.promise()
    operator = visit_as(app, an_operator(db))
    call = operator.get(f"/porteur/versements/{gift}/appel").text
    address = links_of(app).payment(gift)
    assert address in call
    path = "/payer/" + address.rpartition("/")[2]
    assert "est prête" in bare(ask(client, path, "sepa_debit").text)
    assert client.get(f"{path}x").status_code == 404
    assert client.get(f"/payer/{links_of(app).token(Purpose.BOOKING, gift)}").status_code == 404


def links_of(app: Flask) -> Links:
    return Links.of(app.extensions["repit.settings"])


def test_without_a_key_nothing_is_paid_online(app: Flask, db: Session) -> None:
    scene = Scene(db, now=clock.now())
    gift, browser = scene.promise(), reader(app, db, scene.funder)
    assert browser.get(f"/financeur/versements/{gift}").status_code == 404
    fund = db.get_one(Fund, scene.fund).public_id
    db.rollback()
    assert "/financeur/versements/" not in browser.get(f"/financeur/enveloppes/{fund}").text


@pytest.mark.usefixtures("machine_clock")  # Stripe's library looks at its own
def test_in_the_demo_a_payment_is_clicked_through(
    database_url: str, tmp_path: Path, db: Session
) -> None:
    shelf = tmp_path / "stripe.json"
    app = application(settings_for(database_url, demo=True, stripe_stand_in=shelf))
    scene = Scene(db, now=clock.now())
    gift, browser = scene.promise(), reader(app, db, scene.funder)
    ask(browser, f"/financeur/versements/{gift}", "sepa_debit")
    db.rollback()
    session = db.scalars(select(OnlinePayment.session_id)).one()
    db.rollback()
    page = f"/dev/checkout/{session}"
    for act, funded, short in (
        ("payer", 0, 0),
        ("reussir", 100_000, 0),
        ("contester", 0, 0),
        ("gagner", 100_000, 0),
    ):
        token = token_of(browser.get(page).text)
        answer = browser.post(f"{page}/{act}", data={"csrf_token": token})
        assert answer.status_code == 303
        numbers = scene.numbers()
        assert (numbers.funded, numbers.lost) == (funded, short), act
    scene.no_drift()


def test_a_checkout_that_nobody_opened_is_not_there(database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, demo=True, stripe_stand_in=tmp_path / "stripe.json")
    browser = application(settings).test_client()
    assert browser.get("/dev/checkout/cs_test_1").status_code == 404
    assert browser.get("/dev/connect/acct_1").status_code == 404
