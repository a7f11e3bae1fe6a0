"""The programme's monthly limits, counted where the database refuses one too many."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from repit.domain.redemptions.errors import PairLimitReached, ProviderLimitReached
from repit.domain.redemptions.reading import Claim

_COUNT = text(
    """
INSERT INTO limit_use (programme_id, provider_id, parent_id, pair_key, month_first_day, used,
                       ceiling)
VALUES (:programme_id, :provider_id, :parent_id, :pair_key, :month, :vouchers, :ceiling)
ON CONFLICT (programme_id, provider_id, pair_key, month_first_day) DO UPDATE
   SET used = limit_use.used + excluded.used, ceiling = excluded.ceiling
 WHERE limit_use.used + excluded.used <= excluded.ceiling
RETURNING used
"""
)

_GIVE_BACK = text(
    """
UPDATE limit_use SET used = used - :vouchers
 WHERE programme_id = :programme_id AND provider_id = :provider_id
   AND pair_key IN (0, :parent_id) AND month_first_day = :month AND used >= :vouchers
"""
)


def count(connection: Connection, claim: Claim, provider_id: int, service_on: date) -> None:
    """Count the vouchers against the limits that the programme sets, if it sets any.

    The month is that of the day of service. A limit set later starts counting then.

    Raises:
        PairLimitReached, ProviderLimitReached: one voucher too many this month.
    """
    first = claim.vouchers[0]
    values = {
        "programme_id": first.programme_id,
        "provider_id": provider_id,
        "month": service_on.replace(day=1),
        "vouchers": len(claim.vouchers),
    }
    pair, whole = claim.pair_limit, claim.provider_limit
    if whole is not None and not _counted(connection, values, None, whole):
        raise ProviderLimitReached(limit=whole)
    if pair is not None and not _counted(connection, values, first.parent_id, pair):
        raise PairLimitReached(limit=pair)


def _counted(
    connection: Connection, values: dict[str, Any], parent_id: int | None, ceiling: int
) -> bool:
    if values["vouchers"] > ceiling:
        return False
    row = connection.execute(
        _COUNT,
        values | {"parent_id": parent_id, "pair_key": parent_id or 0, "ceiling": ceiling},
    ).one_or_none()
    return row is not None


def give_back(
    connection: Connection,
    *,
    programme_id: int,
    provider_id: int,
    parent_id: int,
    service_on: date,
    vouchers: int,
) -> None:
    """Take a reversed redemption out of the counts, where it was counted."""
    connection.execute(
        _GIVE_BACK,
        {
            "programme_id": programme_id,
            "provider_id": provider_id,
            "parent_id": parent_id,
            "month": service_on.replace(day=1),
            "vouchers": vouchers,
        },
    )
