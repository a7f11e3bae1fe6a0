"""Who may speak to the API, and what a device that guesses codes meets."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.codes import new_codes
from repit.domain.ids import fingerprint
from repit.domain.providers import devices, service
from repit.domain.providers.queries import locked_device_count
from repit.domain.vouchers import service as vouchers
from tests.cast import NOON, OPERATOR, Town, redemption_id, voucher_id_of
from tests.web.api.software import Software

PATHS = [
    ("GET", "/api/v1/account"),
    ("GET", "/api/v1/vouchers/0000-0000-0000"),
    ("GET", f"/api/v1/redemptions/{redemption_id(1)}"),
    ("POST", f"/api/v1/redemptions/{redemption_id(1)}/reversal"),
    ("POST", "/api/v1/redemptions"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_missing_unknown_and_revoked_tokens_are_answered_alike(
    app: Flask, db: Session, town: Town, method: str, path: str
) -> None:
    with unit_of_work(db):
        gone = devices.issue_api_token(db, town.roseraie.id, name="x", actor=OPERATOR, now=NOON)
    with unit_of_work(db):
        devices.revoke(db, town.roseraie.id, gone.public_id, actor=OPERATOR, now=NOON)
    missing, unknown, revoked = (
        Software(app, token).open(method, path) for token in (None, "nobody-has-this", gone.token)
    )

    assert missing.status_code == 401
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="repit"'
    assert missing.data == unknown.data == revoked.data
    assert missing.headers == unknown.headers == revoked.headers


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", "Basic abc", "\xe9", "bearer\tx", "Bearer x y"]
)
def test_a_header_that_is_no_token_is_answered_alike(roseraie: Software, sent: str) -> None:
    answer = roseraie.open("GET", "/api/v1/account", headers={"Authorization": sent})
    assert (answer.status_code, answer.json and answer.json["code"]) == (401, "token_not_valid")


def test_the_scheme_may_be_written_in_any_case(roseraie: Software) -> None:
    sent = {"Authorization": f"bEaReR  {roseraie.token} "}
    assert roseraie.open("GET", "/api/v1/account", headers=sent).status_code == 200


def test_a_browser_s_cookie_opens_nothing(client: FlaskClient, town: Town) -> None:
    client.set_cookie("repit", "anything")
    assert client.get("/api/v1/account").status_code == 401


def test_unknown_cancelled_and_foreign_codes_are_answered_alike(
    db: Session, roseraie: Software, town: Town
) -> None:
    with unit_of_work(db):
        gone = voucher_id_of(db, town.codes[0])
        vouchers.cancel(db, gone, motive="perdu", actor=OPERATOR, now=NOON)
    [nobody_s] = new_codes(1)

    cancelled, unknown = roseraie.look(town.codes[0]), roseraie.look(nobody_s)
    assert (unknown.status_code, unknown.json and unknown.json["code"]) == (404, "unknown_code")
    assert cancelled.data == unknown.data
    assert roseraie.redeem([town.codes[0]]).data == roseraie.redeem([nobody_s]).data
    assert roseraie.redeem([nobody_s, town.codes[1]]).data == unknown.data


def test_the_tenth_wrong_code_in_an_hour_locks_the_device_and_says_so(
    db: Session, roseraie: Software, town: Town
) -> None:
    wrong = [roseraie.look(code) for code in new_codes(9)]
    assert {answer.status_code for answer in wrong} == {404}
    [tenth] = new_codes(1)
    locking = roseraie.redeem([tenth])

    assert (locking.status_code, locking.json and locking.json["code"]) == (403, "device_locked")
    assert locking.json
    assert "porteur" in locking.json["next_step"]
    assert roseraie.look(town.codes[0]).status_code == 403
    assert roseraie.redeem(town.codes[:1]).status_code == 403
    assert roseraie.account()["state"] == "device_locked"
    assert locked_device_count(db) == 1


def test_fifty_wrong_codes_in_a_day_lock_the_device_however_slowly(
    roseraie: Software, move_to: Callable[[datetime], None]
) -> None:
    statuses = []
    for number, code in enumerate(new_codes(50)):
        move_to(NOON + timedelta(minutes=10 * number))
        statuses.append(roseraie.look(code).status_code)

    assert statuses == [404] * 49 + [403]


def test_right_codes_and_slips_of_the_finger_never_count(roseraie: Software, town: Town) -> None:
    code = town.codes[0]
    slip = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(15):
        assert roseraie.look(slip).status_code == 422
        assert roseraie.look(code).status_code == 200
        assert roseraie.redeem([slip], 7).status_code == 422
    assert roseraie.redeem([code]).status_code == 201


def test_another_device_of_the_provider_is_not_locked_until_it_guesses_too(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    with unit_of_work(db):
        other = devices.issue_api_token(db, town.roseraie.id, name="x", actor=OPERATOR, now=NOON)
    *wrong, one_more = new_codes(11)
    for code in wrong:
        roseraie.look(code)
    assert Software(app, other.token).look(town.codes[0]).status_code == 200
    assert Software(app, other.token).look(one_more).status_code == 403


def test_what_is_known_of_a_device_is_never_too_old_to_look(
    db: Session, roseraie: Software, town: Town
) -> None:
    assert roseraie.look(town.codes[0]).status_code == 200
    with unit_of_work(db):
        service.suspend(db, town.roseraie.id, motive="contrôle", actor=OPERATOR, now=NOON)

    suspended = roseraie.look(town.codes[0])
    assert (suspended.status_code, "Amina" in suspended.text) == (403, False)
    assert roseraie.account()["state"] == "suspended"


def test_a_token_revoked_a_moment_ago_shows_nothing(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    with unit_of_work(db):
        gone = devices.issue_api_token(db, town.roseraie.id, name="x", actor=OPERATOR, now=NOON)
    theirs = Software(app, gone.token)
    assert theirs.look(town.codes[0]).status_code == 200
    with unit_of_work(db):
        devices.revoke(db, town.roseraie.id, gone.public_id, actor=OPERATOR, now=NOON)

    answers = [theirs.look(town.codes[0]), theirs.open("GET", "/api/v1/account")]
    assert {answer.status_code for answer in answers} == {401}
    assert not any("Amina" in answer.text for answer in answers)
    assert roseraie.look(town.codes[0]).status_code == 200


def test_a_suspended_provider_still_sees_what_it_is_owed(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    roseraie.redeem(town.codes[:1])
    with unit_of_work(db):
        service.suspend(db, town.roseraie.id, motive="contrôle", actor=OPERATOR, now=NOON)
    at_another_worker = Software(app, town.roseraie.token)
    app.extensions["repit.desk"].forget(fingerprint(town.roseraie.token))

    refused = at_another_worker.redeem(town.codes[1:2], 2)
    assert (refused.status_code, refused.json and refused.json["code"]) == (
        403,
        "provider_suspended",
    )
    account = at_another_worker.account()
    assert (account["state"], account["owed_cents"]) == ("suspended", 1_000)
