from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from repit.domain.ledger.queries import owed_to
from tests.cast import NOON, Town, a_provider, redemption_id
from tests.web.api.software import REDEMPTIONS, Software


def test_a_redemption_answers_what_will_be_paid_and_when(roseraie: Software, town: Town) -> None:
    answer = roseraie.redeem(town.codes[:2])

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{REDEMPTIONS}/{redemption_id(1)}"
    assert answer.get_json() == {
        "id": str(redemption_id(1)),
        "vouchers": 2,
        "amount_cents": 2_000,
        "paid_by_on": "2026-04-13",
        "undo_until": "2026-03-16T12:00:00Z",
    }


def test_the_same_request_again_gets_the_same_bytes_for_ever(
    roseraie: Software, town: Town, move_to: Callable[[datetime], None]
) -> None:
    first = roseraie.redeem(town.codes[:1])
    roseraie.undo()
    move_to(NOON + timedelta(days=4000))
    again = roseraie.redeem(town.codes[:1])

    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert again.data == first.data
    assert roseraie.account()["owed_cents"] == 0


def test_a_repeat_may_be_written_otherwise(roseraie: Software, town: Town) -> None:
    code = town.codes[0]
    first = roseraie.redeem([code])
    url = f"HTTPS://REPIT.EXEMPLE/V/{code}"
    spaced = f"{code[:4].lower()}-{code[4:8]} {code[8:]}"

    assert roseraie.redeem([url]).data == first.data
    assert roseraie.redeem([spaced], minutes=60.0).data == first.data


@pytest.mark.parametrize(
    "changes",
    [{"minutes": 61}, {"service_on": "2026-03-13"}, {"category": "home_help"},
     {"family_share_cents": 1}, {"minutes": None, "sessions": 1}],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_the_same_id_with_other_content_is_refused(
    roseraie: Software, town: Town, changes: dict[str, Any]
) -> None:
    roseraie.redeem(town.codes[:1])
    answer = roseraie.redeem(town.codes[:1], **changes)

    assert (answer.status_code, answer.json and answer.json["code"]) == (422, "replay_mismatch")


def test_nothing_is_half_taken(roseraie: Software, town: Town) -> None:
    roseraie.redeem(town.codes[:1])
    answer = roseraie.redeem([town.codes[1], town.codes[0], town.codes[2]], 2, minutes=120)

    assert (answer.status_code, answer.json and answer.json["code"]) == (409, "voucher_spent")
    assert roseraie.account()["owed_cents"] == 1_000
    assert roseraie.redeem(town.codes[1:3], 3, minutes=120).status_code == 201


def test_my_own_voucher_says_when_i_used_it_and_another_s_does_not(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    roseraie.redeem(town.codes[:1])
    mine = roseraie.redeem(town.codes[:1], 2).get_json()
    tilleul = a_provider(db, "Le Tilleul")
    theirs = Software(app, tilleul.token).redeem(town.codes[:1], 3).get_json()

    assert mine["code"] == theirs["code"] == "voucher_spent"
    assert mine["used_at"] == "2026-03-14T12:00:00Z"
    assert "used_at" not in theirs
    assert "Roseraie" not in str(theirs)


def test_somebody_else_s_id_is_refused_without_telling_anything(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    roseraie.redeem(town.codes[:1])
    tilleul = a_provider(db, "Le Tilleul")
    answer = Software(app, tilleul.token).redeem(town.codes[1:2])

    assert (answer.status_code, answer.json and answer.json["code"]) == (422, "replay_mismatch")
    assert owed_to(db, [tilleul.id]).get(tilleul.id, 0) == 0
