"""Every refusal of the desk as a problem: its status, its facts, its words."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.errors import DomainError, NoSuchObject, TryAgain
from repit.domain.providers.models import Tariff
from repit.domain.redemptions import errors
from repit.domain.vouchers import present, service
from repit.web.api.kinds import KINDS
from repit.web.api.operations import OPERATIONS
from tests.cast import (
    NOON,
    OPERATOR,
    TODAY,
    VAULT,
    Town,
    a_fund,
    a_programme,
    a_provider,
    a_voucher,
    voucher_id_of,
    vouchers_for,
)
from tests.web.api.software import Software


def refused(answer: Any) -> tuple[int, str, dict[str, Any]]:
    body = answer.get_json()
    assert len(body["detail"]) > 10
    assert len(body["next_step"]) > 10
    usual = {"type", "title", "status", "detail", "code", "next_step"}
    return body["status"], body["code"], {k: v for k, v in body.items() if k not in usual}


def test_codes_that_cannot_be_codes(roseraie: Software, town: Town) -> None:
    slip = town.codes[0][:-1] + ("0" if town.codes[0][-1] != "0" else "1")
    assert refused(roseraie.redeem([slip])) == (422, "mistyped_code", {})
    for text in ("hello", "ÉÉÉÉ-ÉÉÉÉ-ÉÉÉÉ", "a\0b", "\ud800" * 12, "https://x.test/V/", " " * 12):
        assert refused(roseraie.redeem([text])) == (422, "not_a_code", {})
    assert roseraie.look("hello").status_code == 422
    assert roseraie.look("%00").status_code == 422


def test_a_voucher_in_the_wrong_state(
    app: Flask, db: Session, roseraie: Software, town: Town, move_to: Callable[[datetime], None]
) -> None:
    tilleul = a_provider(db, "Le Tilleul")
    with unit_of_work(db):
        blocked, held = (voucher_id_of(db, code) for code in town.codes[:2])
        service.block(db, blocked, motive="perdu", actor=OPERATOR, now=NOON)
        service.hold(db, held, provider_id=tilleul.id, motive="réservé", actor=OPERATOR, now=NOON)
    later = a_voucher(db, town.amina, town.fund_id, first_day=date(2026, 4, 1))

    for send in (roseraie.look, lambda code: roseraie.redeem([code])):
        assert refused(send(town.codes[0])) == (409, "voucher_blocked", {})
        assert refused(send(town.codes[1])) == (409, "held_for_another", {})
        soon = (409, "voucher_not_yet_valid", {"first_day": "2026-04-01"})
        assert refused(send(later)) == soon
    move_to(datetime(2027, 3, 2, 12, tzinfo=NOON.tzinfo))
    over = {"last_day": "2026-12-31", "grace_until": "2027-03-01"}
    assert refused(roseraie.look(town.codes[2])) == (409, "voucher_expired", over)
    assert refused(roseraie.redeem(town.codes[2:3])) == (409, "voucher_expired", over)


def test_days_on_which_the_service_cannot_be_paid(
    roseraie: Software, town: Town, move_to: Callable[[datetime], None]
) -> None:
    code = town.codes[:1]
    tomorrow = roseraie.redeem(code, service_on="2026-03-15")
    assert refused(tomorrow) == (422, "service_in_future", {"today": "2026-03-14"})
    before = roseraie.redeem(code, service_on="2025-12-31")
    assert refused(before) == (409, "voucher_not_yet_valid", {"first_day": "2026-01-01"})
    long_ago = refused(roseraie.redeem(code, service_on="0001-01-01"))
    assert long_ago[:2] == (409, "accreditation_not_valid")
    assert refused(roseraie.redeem(code, service_on="9999-12-31"))[0] in {409, 422}


def test_a_service_after_the_last_day_is_refused_in_the_grace_period(
    app: Flask, db: Session, town: Town, move_to: Callable[[datetime], None]
) -> None:
    jasmin = a_provider(db, "Le Jasmin", until=date(2027, 12, 31))
    move_to(datetime(2027, 1, 10, 12, tzinfo=NOON.tzinfo))
    over = {"last_day": "2026-12-31", "grace_until": "2027-03-01"}
    late = Software(app, jasmin.token).redeem(town.codes[:1], service_on="2027-01-02")
    assert refused(late) == (409, "service_after_last_day", over)
    claimed = Software(app, jasmin.token).redeem(town.codes[:1], service_on="2026-12-30")
    assert claimed.status_code == 201


def test_what_the_provider_may_not_be_paid_for(
    app: Flask, db: Session, roseraie: Software, town: Town
) -> None:
    sureau = Software(app, town.sureau.token)
    on = {"category": "babysitting", "service_on": "2026-03-14"}
    lapsed = refused(sureau.redeem(town.codes[:1]))
    assert lapsed == (409, "accreditation_not_valid", on)
    assert sureau.redeem(town.codes[:1], service_on="2026-03-13").status_code == 201

    nobody = Software(app, a_provider(db, "Personne", categories=()).token)
    assert refused(nobody.redeem(town.codes[1:2], 5))[:2] == (409, "not_accredited")
    assert refused(nobody.look(town.codes[1])) == (409, "not_accredited", {})
    with unit_of_work(db):
        db.execute(update(Tariff).where(Tariff.category == "well_being").values(unit="session"))
        db.execute(
            update(Tariff).where(Tariff.category == "home_help").values(last_day=TODAY - DAY)
        )
    app.extensions["repit.desk"]._standings.clear()  # noqa: SLF001  (half a minute later)
    code = town.codes[1:2]
    assert refused(roseraie.redeem(code, 6, category="home_help"))[:2] == (409, "no_tariff")
    per_session = roseraie.redeem(code, 6, category="well_being")
    assert refused(per_session) == (422, "counts_sessions", {"category": "well_being"})
    per_hour = roseraie.redeem(code, 6, minutes=None, sessions=1)
    assert refused(per_hour) == (422, "counts_hours", {"category": "babysitting"})


DAY = timedelta(days=1)


def test_more_money_than_the_service_costs(roseraie: Software, town: Town) -> None:
    too_many = roseraie.redeem(town.codes[:3])
    facts = {"cost_cents": 2_000, "asked_cents": 3_000, "most_vouchers": 2}
    assert refused(too_many) == (422, "more_than_it_costs", facts)
    share = refused(roseraie.redeem(town.codes[:1], family_share_cents=101))
    assert share == (422, "family_share_too_high", {"asked_cents": 101, "most_cents": 100})


def test_vouchers_that_do_not_go_together(db: Session, roseraie: Software, town: Town) -> None:
    chloe = a_voucher(db, town.chloe, town.fund_id)
    both = roseraie.redeem([town.codes[0], chloe])
    assert refused(both) == (422, "different_parents", {})
    only_help = a_fund(db, town.programme_id, funder_id=town.funder_id, categories=2)
    help_only = a_voucher(db, town.amina, only_help)
    facts = {"category": "babysitting", "covered": ["home_help"]}
    assert refused(roseraie.redeem([help_only])) == (409, "category_not_covered", facts)


def test_the_month_s_limits(app: Flask, db: Session, roseraie: Software, town: Town) -> None:
    limited = a_programme(db, pair_month_vouchers=1, provider_month_vouchers=2)
    fund = a_fund(db, limited, funder_id=town.funder_id)
    amina = vouchers_for(db, town.amina, fund, vouchers=2)
    bruno = vouchers_for(db, town.bruno, fund, vouchers=2)
    assert roseraie.redeem(amina[:1], 1).status_code == 201
    assert refused(roseraie.redeem(amina[1:], 2)) == (409, "pair_limit_reached", {"limit": 1})
    assert roseraie.redeem(bruno[:1], 3).status_code == 201
    assert refused(roseraie.redeem(bruno[1:], 4)) == (409, "provider_limit_reached", {"limit": 2})


def test_a_code_shown_too_long_ago(
    db: Session, roseraie: Software, town: Town, move_to: Callable[[datetime], None]
) -> None:
    with unit_of_work(db):
        shown = present.present(
            db, town.amina, town.programme_id, vouchers=2, vault=VAULT, now=NOON
        )
    assert roseraie.look(shown.code).get_json()["vouchers"] == 2
    move_to(NOON + timedelta(minutes=16))
    facts = {"expired_at": "2026-03-14T12:15:00Z"}
    assert refused(roseraie.redeem([shown.code])) == (409, "presentation_expired", facts)
    assert refused(roseraie.look(shown.code)) == (409, "presentation_expired", facts)


def test_every_refusal_of_the_desk_has_a_status_and_a_place_in_the_document() -> None:
    found = {
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, DomainError) and hasattr(one, "code")
    } | {TryAgain, NoSuchObject}
    assert found <= set(KINDS)
    described = {one for operation in OPERATIONS for one in operation.refusals}
    # The operator's alone, the body's own check comes first, and what no operation raises.
    assert found - described == {errors.AlreadyReversed, NoSuchObject}


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_a_problem_speaks_the_language_asked_for(app: Flask, town: Town, language: str) -> None:
    answer = Software(app, town.roseraie.token, f"{language},de;q=0.1").redeem(["hello"])
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    body = Software(app, town.roseraie.token, "de").redeem(["hello"])
    assert body.headers["Content-Language"] == "fr"
