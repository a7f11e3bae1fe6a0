"""Vouchers held for a child's care come first: a parent never pays the same care twice."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from repit.domain.errors import DomainError
from repit.domain.providers.standing import Standing
from repit.domain.redemptions import reading
from repit.domain.redemptions.errors import HeldWaits
from repit.domain.redemptions.redeem import Asked
from repit.domain.redemptions.rules import VoucherFacts
from repit.domain.vouchers.holds import CATEGORY
from repit.domain.vouchers.models import Hold, Voucher


def check_held_first(
    connection: Connection, asked: Asked, *, standing: Standing, now: datetime
) -> None:
    """Refuse ordinary vouchers for childcare while this provider holds others for that day.

    Raises:
        HeldWaits: so many wait; they are taken, or released, first.
    """
    if asked.service.category != CATEGORY or reading.receipt_row(connection, asked.id):
        return  # a repeat is answered as it was the first time
    try:
        claim = reading.claim(connection, asked.hashes, take=asked.take, now=now)
    except DomainError:
        return  # said by who takes, in its turn
    day = asked.service.service_on
    if waits := held_beside(connection, claim.vouchers, standing.provider_id, day):
        raise HeldWaits(vouchers=waits, service_on=day)


def held_beside(
    connection: Connection, brought: Sequence[VoucherFacts], provider_id: int, day: date
) -> int:
    """Return how many other vouchers of these parents a provider holds for a day.

    None while only held ones are brought: those are what is to be taken.
    """
    ordinary = {one.parent_id for one in brought if one.booked_on is None}
    if not ordinary:
        return 0
    return _held(connection, ordinary, [one.id for one in brought], provider_id, day)


def _held(
    connection: Connection,
    parent_ids: Collection[int],
    brought: Collection[int],
    provider_id: int,
    day: date,
) -> int:
    waiting = (
        select(func.count())
        .select_from(Hold)
        .join(Voucher, Voucher.id == Hold.voucher_id)
        .where(
            Hold.state == "held",
            Hold.provider_id == provider_id,
            Hold.service_on == day,
            Voucher.parent_id.in_(parent_ids),
            Voucher.id.not_in(brought),
        )
    )
    return connection.scalar(waiting) or 0
