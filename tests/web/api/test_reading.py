"""Look, read again, take back: everything but the taking."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from tests.cast import NOON, Town, a_provider, redemption_id, vouchers_for
from tests.web.api.software import Software


def test_a_look_shows_the_value_and_no_more_than_a_first_name(
    roseraie: Software, town: Town
) -> None:
    seen = roseraie.look(town.codes[0]).get_json()

    assert (seen["first_name"], seen["vouchers"], seen["amount_cents"]) == ("Amina", 1, 1_000)
    assert (seen["last_day"], seen["today"]) == ("2026-12-31", "2026-03-14")
    assert seen["categories"][0] == {
        "category": "babysitting",
        "unit": "hour",
        "unit_cents": 2_000,
        "family_share_cents": 100,
    }
    assert roseraie.account()["owed_cents"] == 0


def test_a_look_takes_a_code_however_it_was_read(roseraie: Software, town: Town) -> None:
    code = town.codes[0]
    first = roseraie.look(code).data
    for text in (code.lower(), f"{code[:4]}-{code[4:8]}-{code[8:]}", f"{code[:4]}%20{code[4:]}",
                 f"HTTPS:%2F%2FREPIT.EXEMPLE%2FV%2F{code}"):  # fmt: skip
        assert roseraie.look(text).data == first


def test_a_redemption_can_be_read_again_by_its_provider_alone(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    roseraie.redeem(town.codes[:1], family_share_cents=50)
    found = roseraie.redemption(redemption_id(1)).get_json()

    assert (found["state"], found["minutes"], found["sessions"]) == ("live", 60, None)
    assert (found["amount_cents"], found["family_share_cents"]) == (1_000, 50)
    tilleul = Software(app, a_provider(db, "Le Tilleul").token)
    foreign = tilleul.redemption(redemption_id(1))
    nobody_s = tilleul.redemption(redemption_id(2))
    assert foreign.status_code == 404
    assert foreign.data == nobody_s.data == tilleul.redemption("not-a-uuid").data


def test_an_undo_gives_the_vouchers_back_once(roseraie: Software, town: Town) -> None:
    roseraie.redeem(town.codes[:2])
    first, again = roseraie.undo(), roseraie.undo()

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert again.get_json() == {
        "id": str(redemption_id(1)),
        "vouchers": 2,
        "amount_cents": 2_000,
        "reversed_at": "2026-03-14T12:00:00Z",
    }
    assert roseraie.redemption(redemption_id(1)).get_json()["state"] == "reversed"
    assert roseraie.account()["owed_cents"] == 0
    assert roseraie.redeem(town.codes[:2], 2).status_code == 201


def test_an_undo_is_refused_to_others_and_after_its_time(
    app: Flask, db: Session, roseraie: Software, town: Town, move_to: Callable[[datetime], None]
) -> None:
    roseraie.redeem(town.codes[:1])
    tilleul = Software(app, a_provider(db, "Le Tilleul").token)
    assert tilleul.undo().get_json()["code"] == "unknown_redemption"
    move_to(NOON + timedelta(hours=48, seconds=1))
    late = roseraie.undo()

    assert late.status_code == 409
    assert late.get_json()["code"] == "undo_window_over"
    assert late.get_json()["undo_until"] == "2026-03-16T12:00:00Z"


def test_an_undo_takes_no_content_but_an_empty_object(roseraie: Software, town: Town) -> None:
    roseraie.redeem(town.codes[:1])
    odd = roseraie.undo(data='{"motive": "x"}', content_type="application/json")
    assert (odd.status_code, odd.get_json()["errors"][0]["pointer"]) == (422, "/motive")
    assert roseraie.undo(data="{}", content_type="application/json").status_code == 201


def test_the_account_shows_what_is_owed_and_when(roseraie: Software, town: Town) -> None:
    roseraie.redeem(town.codes[:1])
    roseraie.redeem(town.codes[1:3], 2)
    account = roseraie.account()

    assert account["provider"]["name"] == "La Roseraie"
    assert account["owed_cents"] == 3_000
    assert account["expected"] == [
        {"paid_by_on": "2026-04-13", "amount_cents": 3_000, "redemptions": 2}
    ]
    assert {right["category"] for right in account["accreditations"]} == {
        "babysitting", "home_help", "well_being", "workshop_childcare",
    }  # fmt: skip
    assert account["tariffs"][0]["unit_cents"] == 2_000
    assert [one["vouchers"] for one in account["redemptions"]] == [2, 1]


def test_the_account_s_redemptions_come_in_pages(
    db: Session, roseraie: Software, town: Town, move_to: Callable[[datetime], None]
) -> None:
    codes = vouchers_for(db, town.bruno, town.fund_id, vouchers=25)
    for number, code in enumerate(codes):
        move_to(NOON + timedelta(minutes=number // 2))
        roseraie.redeem([code], number + 1)

    first = roseraie.account()
    second = roseraie.get(first["next"]).get_json()
    numbers = [one["id"] for page in (first, second) for one in page["redemptions"]]
    assert (len(first["redemptions"]), second["next"]) == (20, None)
    assert sorted(numbers) == [str(redemption_id(number)) for number in range(1, 26)]
    assert (
        roseraie.get(f"/api/v1/account?before={redemption_id(99)}").get_json()["redemptions"] == []
    )
    assert roseraie.get("/api/v1/account?before=x").status_code == 422
