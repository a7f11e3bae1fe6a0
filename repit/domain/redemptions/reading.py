"""What a code stands for: the facts the rules explain a refusal from. Core, read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, select
from sqlalchemy.engine import RowMapping

from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.redemptions.errors import PresentationExpired, UnknownCode
from repit.domain.redemptions.models import Redemption
from repit.domain.redemptions.rules import VoucherFacts
from repit.domain.vouchers.models import Hold, Presentation, Voucher, VoucherState


@dataclass(frozen=True)
class Claim:
    """The vouchers behind the codes, oldest last day first, and their programme's settings."""

    vouchers: list[VoucherFacts]
    hashes: list[bytes]
    fund_ids: list[int]
    booked: list[int]
    """Those that are held for a booking."""
    zone: str
    pair_limit: int | None
    provider_limit: int | None


@dataclass(frozen=True)
class ReceiptRow:
    provider_id: int
    fingerprint: bytes
    vouchers: int
    amount_cents: int
    paid_by_on: date
    undo_until: datetime


def claim(
    connection: Connection, hashes: Sequence[bytes], *, take: int | None, now: datetime
) -> Claim:
    """Return what these codes stand for: vouchers, or one presentation of some.

    Args:
        take: how many of a presentation's vouchers are wanted; None for all of them.

    Raises:
        UnknownCode: one of the codes is nobody's.
        PresentationExpired: the parent's code was shown too long ago, or used since.
    """
    rows = list(connection.execute(_vouchers().where(Voucher.code_hash.in_(hashes))).mappings())
    found = {row["code_hash"] for row in rows}
    for key in hashes:
        if key not in found:
            rows += _presented(connection, key, now)
    chosen = rows[:take]
    return Claim(
        vouchers=[_facts(row) for row in chosen],
        hashes=[row["code_hash"] for row in chosen],
        fund_ids=[row["fund_id"] for row in chosen],
        booked=[row["id"] for row in chosen if row["booked"]],
        zone=chosen[0]["zone"],
        pair_limit=chosen[0]["pair_month_vouchers"],
        provider_limit=chosen[0]["provider_month_vouchers"],
    )


def _presented(connection: Connection, key: bytes, now: datetime) -> Sequence[RowMapping]:
    shown = connection.execute(
        select(Presentation.id, Presentation.expires_at).where(Presentation.code_hash == key)
    ).one_or_none()
    if shown is None:
        raise UnknownCode
    rows = (
        connection.execute(_vouchers().where(Voucher.presentation_id == shown.id)).mappings().all()
    )
    # Its vouchers are gone when they were taken, or when the parent made a newer code.
    if shown.expires_at < now or not rows:
        raise PresentationExpired(at=shown.expires_at)
    return rows


def _vouchers() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Voucher.id,
            Voucher.code_hash,
            Voucher.parent_id,
            Voucher.programme_id,
            Voucher.fund_id,
            Voucher.face_cents,
            Voucher.categories,
            Voucher.first_day,
            Voucher.last_day,
            Voucher.grace_until,
            Voucher.state,
            Voucher.blocked_at,
            Voucher.held_for_id,
            Voucher.booked,
            Hold.service_on.label("booked_on"),
            Redemption.provider_id.label("spent_by_id"),
            Redemption.received_at.label("spent_at"),
            Programme.zone,
            Programme.profile,
            Programme.pair_month_vouchers,
            Programme.provider_month_vouchers,
        )
        .join(Programme, Programme.id == Voucher.programme_id)
        .outerjoin(Redemption, Redemption.id == Voucher.redemption_id)
        .outerjoin(Hold, and_(Hold.voucher_id == Voucher.id, Hold.state == "held"))
        .order_by(Voucher.last_day, Voucher.id)
    )


def _facts(row: RowMapping) -> VoucherFacts:
    return VoucherFacts(
        id=row["id"],
        parent_id=row["parent_id"],
        programme_id=row["programme_id"],
        face=Cents(row["face_cents"]),
        categories=row["categories"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        grace_until=row["grace_until"],
        state=VoucherState(row["state"]),
        blocked=row["blocked_at"] is not None,
        held_for_id=row["held_for_id"],
        booked_on=row["booked_on"],
        framed=row["profile"] is not None,
        spent_by_id=row["spent_by_id"],
        spent_at=row["spent_at"],
    )


def receipt_row(connection: Connection, redemption_id: UUID) -> ReceiptRow | None:
    """Return the stored answer of a redemption."""
    row = connection.execute(
        select(
            Redemption.provider_id,
            Redemption.fingerprint,
            Redemption.vouchers,
            Redemption.amount_cents,
            Redemption.paid_by_on,
            Redemption.undo_until,
        ).where(Redemption.id == redemption_id)
    ).one_or_none()
    return None if row is None else ReceiptRow(*row)
