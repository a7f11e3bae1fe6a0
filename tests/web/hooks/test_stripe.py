"""The door Stripe knocks at: signed or nothing, once, and never too big."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.web import online
from repit.web.hooks.stripe import LONGEST_EVENT
from tests.domain.cards.scene import Event, Scene

DOOR = "/hooks/stripe"


@pytest.fixture
def scene(app: Flask, db: Session) -> Iterator[Scene]:
    scene = Scene(db, now=clock.now())
    app.extensions[online.NAME] = scene.stripe
    yield scene
    scene.no_drift()


def knock(client: FlaskClient, scene: Scene, event: Event, **late: int) -> tuple[int, object]:
    sent = scene.town.signed(event, at=scene.now + timedelta(**late))
    headers = {"Stripe-Signature": sent.signature, "Content-Type": "application/json"}
    answer = client.post(DOOR, data=sent.body, headers=headers)
    return answer.status_code, answer.json


def paid(scene: Scene) -> Event:
    [event] = scene.town.pay(scene.ask(scene.promise()))
    scene.db.rollback()
    return event


def test_an_event_is_taken_in_once(client: FlaskClient, scene: Scene) -> None:
    event = paid(scene)
    assert knock(client, scene, event) == (200, {"state": "applied", "first": True})
    assert knock(client, scene, event) == (200, {"state": "applied", "first": False})
    assert scene.numbers().available == 100_000


def test_a_forged_event_changes_nothing(client: FlaskClient, scene: Scene) -> None:
    event = paid(scene)
    sent = scene.town.signed(event)
    for headers in ({}, {"Stripe-Signature": sent.signature + "0"}):
        assert client.post(DOOR, data=sent.body, headers=headers).status_code == 400
    assert (scene.numbers().funded, scene.events()) == (0, [])


def test_a_recorded_delivery_is_not_played_again(client: FlaskClient, scene: Scene) -> None:
    event = paid(scene)
    assert knock(client, scene, event, hours=-1) == (400, {"refused": "signed_too_long_ago"})
    assert scene.events() == []


def test_an_event_three_days_old_signed_now_is_not_lost(client: FlaskClient, scene: Scene) -> None:
    event = paid(scene)
    event["created"] -= 3 * 24 * 3600
    assert knock(client, scene, event)[0] == 200
    assert scene.numbers().available == 100_000


def test_a_body_too_big_is_not_read(client: FlaskClient, scene: Scene) -> None:
    body = b" " * (LONGEST_EVENT + 1)
    headers = {"Stripe-Signature": scene.town.signed({}).signature}
    assert client.post(DOOR, data=body, headers=headers).status_code == 413
    chunked = {"Transfer-Encoding": "chunked"}
    answer = client.post(DOOR, data=body, headers=headers | chunked, content_length=None)
    assert answer.status_code in {400, 413}


def test_nothing_but_a_post_opens_the_door(client: FlaskClient, scene: Scene) -> None:
    assert client.get(DOOR).status_code == 405
    assert scene.events() == []


def test_somebody_elses_page_cannot_knock(client: FlaskClient, scene: Scene) -> None:
    sent = scene.town.signed(paid(scene))
    headers = {"Stripe-Signature": sent.signature, "Sec-Fetch-Site": "cross-site"}
    assert client.post(DOOR, data=sent.body, headers=headers).status_code == 403


def test_without_a_key_nothing_is_there(client: FlaskClient) -> None:
    assert client.post(DOOR, data=b"{}").status_code == 404
