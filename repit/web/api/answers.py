"""What the API answers when all went well. The same facts always give the same bytes."""

from datetime import UTC, datetime
from typing import Any

import orjson

from repit.domain.money import Cents
from repit.domain.providers.standing import Standing
from repit.domain.redemptions.looking import Seen
from repit.domain.redemptions.redeem import Receipt
from repit.domain.redemptions.reverse import TakenBack
from repit.domain.redemptions.takings import Expected, Taken

# Whole seconds and a Z: PostgreSQL keeps microseconds that SQLite does not.
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def dumped(answer: dict[str, Any]) -> bytes:
    """Return an answer as JSON bytes."""
    return orjson.dumps(answer, option=_OPTIONS)


def receipt(taken: Receipt) -> bytes:
    """Return the answer to a redemption, the same for ever."""
    return dumped(
        {
            "id": taken.id,
            "vouchers": taken.vouchers,
            "amount_cents": taken.amount,
            "paid_by_on": taken.paid_by_on,
            "undo_until": _utc(taken.undo_until),
        }
    )


def reversal(back: TakenBack) -> bytes:
    """Return the answer to a reversal, the same for ever."""
    return dumped(
        {
            "id": back.redemption_id,
            "vouchers": back.vouchers,
            "amount_cents": back.amount,
            "reversed_at": _utc(back.at),
        }
    )


def seen(what: Seen) -> bytes:
    """Return what a code is worth to this provider today."""
    categories = [
        {
            "category": category,
            "unit": None if tariff is None else unit(per_hour=tariff.per_hour),
            "unit_cents": None if tariff is None else tariff.unit_price,
            "family_share_cents": None if tariff is None else tariff.family_share,
        }
        for category, tariff in what.categories.items()
    ]
    return dumped(
        {
            "first_name": what.first_name,
            "vouchers": what.vouchers,
            "face_cents": what.face,
            "amount_cents": what.amount,
            "last_day": what.last_day,
            "today": what.today,
            "categories": categories,
        }
    )


def taken(one: Taken) -> bytes:
    """Return one redemption as it stands."""
    return dumped(_taken(one))


def account(
    standing: Standing,
    *,
    owed: Cents,
    expected: list[Expected],
    redemptions: list[Taken],
    next_page: str | None,
) -> bytes:
    """Return what a provider may do, what it is owed, and what it took last."""
    return dumped(
        {
            "provider": {"id": standing.provider_public_id, "name": standing.provider_name},
            "state": _state(standing),
            "owed_cents": owed,
            "expected": [
                {
                    "paid_by_on": one.paid_by_on,
                    "amount_cents": one.amount,
                    "redemptions": one.redemptions,
                }
                for one in expected
            ],
            "accreditations": [
                {
                    "category": one.category,
                    "first_day": one.first_day,
                    "last_day": one.last_day,
                    "withdrawn_on": one.withdrawn_on,
                }
                for one in standing.accreditations
            ],
            "tariffs": [
                {
                    "category": one.category,
                    "unit": unit(per_hour=one.per_hour),
                    "unit_cents": one.unit_price,
                    "family_share_cents": one.family_share,
                    "first_day": one.first_day,
                    "last_day": one.last_day,
                }
                for one in standing.tariffs
            ],
            "redemptions": [_taken(one) for one in redemptions],
            "next": next_page,
        }
    )


def unit(*, per_hour: bool) -> str:
    """Return what an agreed price counts."""
    return "hour" if per_hour else "session"


def _state(standing: Standing) -> str:
    if standing.suspended:
        return "suspended"
    return "active" if standing.locked_at is None else "device_locked"


def _taken(one: Taken) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state,
        "category": one.category,
        "service_on": one.service_on,
        "minutes": one.minutes,
        "sessions": one.sessions,
        "vouchers": one.vouchers,
        "amount_cents": one.amount,
        "family_share_cents": one.family_share,
        "received_at": _utc(one.received_at),
        "paid_by_on": one.paid_by_on,
        "undo_until": _utc(one.undo_until),
        "reversed_at": None if one.reversed_at is None else _utc(one.reversed_at),
        "paid_on": one.paid_on,
    }


def _utc(moment: datetime) -> datetime:
    """Return the moment in UTC: a driver may give it in the server's zone."""
    return moment.astimezone(UTC)
