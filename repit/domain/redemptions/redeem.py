"""Take vouchers, exactly once. Runs on a Core connection, because this is the hot path.

`take_at_once` is the whole redemption in one statement (four on SQLite); it answers None when
anything stands against it. `take_or_explain` then finds the reason, or tries again with what it
learnt: a presentation instead of vouchers, a limit to count, an account to open, a hold to end.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from repit.db.one_statement import OneStatement, Row
from repit.domain import actors
from repit.domain.clock import day_in
from repit.domain.errors import TryAgain
from repit.domain.ledger.service import open_payable
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing
from repit.domain.redemptions import limits, reading, statements
from repit.domain.redemptions.errors import ReplayMismatch
from repit.domain.redemptions.rules import Service, check_vouchers, cost_of
from repit.domain.vouchers import holds

USUAL_ZONE = "Europe/Paris"
MOST_CODES = 50


@dataclass(frozen=True)
class Asked:
    """One request to redeem. The client made `id` before it sent.

    `hashes` are the look-up keys of the codes, of vouchers or of a presentation. `take` is
    how many of a presentation's vouchers to take; None for all.
    """

    id: UUID
    hashes: tuple[bytes, ...]
    service: Service
    take: int | None = None

    def fingerprint(self, provider_id: int) -> bytes:
        """Return what must be the same for a repeat to be the same request (16 bytes)."""
        service = self.service
        content = [
            provider_id,
            sorted(key.hex() for key in self.hashes),
            service.category,
            service.service_on.isoformat(),
            service.minutes,
            service.sessions,
            service.family_share,
            self.take,
        ]
        return hashlib.sha256(json.dumps(content).encode()).digest()[:16]


@dataclass(frozen=True)
class Receipt:
    """The answer to a redemption, the same for ever. `replayed`: it had been given before."""

    id: UUID
    vouchers: int
    amount: Cents
    paid_by_on: date
    undo_until: datetime
    replayed: bool = False


def take_at_once(
    connection: Connection | OneStatement, asked: Asked, *, standing: Standing, now: datetime
) -> Receipt | None:
    """Take the vouchers if nothing stands against it; otherwise change nothing, answer None.

    Raises:
        Refused: the provider's own accreditation, tariff or unit forbids it.
        IntegrityError: the id is being used at this very moment; explain afterwards.
    """
    cost = cost_of(standing, asked.service)
    if asked.take is not None and asked.take < len(asked.hashes):
        return None  # which of them is for the reader of the vouchers to say
    return _take(connection, asked, asked.hashes, standing, cost, USUAL_ZONE, now)


def take_or_explain(
    connection: Connection, asked: Asked, *, standing: Standing, now: datetime
) -> Receipt:
    """Give the first answer again, or the reason for refusal, or take after all.

    Raises:
        ReplayMismatch: the id was used with other content, or by another provider.
        Refused, NotFound: the first rule that says no, see `rules`.
        TryAgain: something changed between reading and writing, twice.
    """
    if (earlier := replay(connection, asked, standing)) is not None:
        return earlier
    cost = cost_of(standing, asked.service)
    claim = reading.claim(connection, asked.hashes, take=asked.take, now=now)
    today = day_in(claim.zone, now)
    check_vouchers(claim.vouchers, asked.service, standing=standing, cost=cost, today=today)
    open_payable(connection, standing.provider_id, claim.fund_ids)
    if claim.booked:
        holds.end_taken(connection, claim.booked, today=today, now=now)
    limits.count(connection, claim, standing.provider_id, asked.service.service_on)
    taken = _take(
        connection, asked, claim.hashes, standing, cost, claim.zone, now, looked_into=True
    )
    if taken is None:
        raise TryAgain
    return taken


def replay(connection: Connection, asked: Asked, standing: Standing) -> Receipt | None:
    """Return the receipt given earlier for this id, None if there was none.

    Raises:
        ReplayMismatch: the id was used with other content, or by another provider.
    """
    earlier = reading.receipt_row(connection, asked.id)
    if earlier is None:
        return None
    if (earlier.provider_id, earlier.fingerprint) != (
        standing.provider_id,
        asked.fingerprint(standing.provider_id),
    ):
        raise ReplayMismatch
    return Receipt(
        id=asked.id,
        vouchers=earlier.vouchers,
        amount=Cents(earlier.amount_cents),
        paid_by_on=earlier.paid_by_on,
        undo_until=earlier.undo_until,
        replayed=True,
    )


def _take(  # noqa: PLR0913  (the decision's whole input, once)
    connection: Connection | OneStatement,
    asked: Asked,
    hashes: Sequence[bytes],
    standing: Standing,
    cost: Cents,
    zone: str,
    now: datetime,
    *,
    looked_into: bool = False,
) -> Receipt | None:
    service = asked.service
    values: dict[str, Any] = {
        "id": asked.id,
        "count": len(hashes),
        "own_parents": list(standing.own_parent_ids),
        "provider_id": standing.provider_id,
        "device_id": standing.device_id,
        "revision": standing.revision,
        "category": service.category.value,
        "category_bit": service.category.bit,
        "service_on": service.service_on,
        "minutes": service.minutes,
        "sessions": service.sessions,
        "family_share": service.family_share,
        "cost": cost,
        "zone": zone,
        "today": day_in(zone, now),
        "now": now,
        "looked_into": looked_into,
        "fingerprint": asked.fingerprint(standing.provider_id),
        "actor": actors.device(standing.device_id),
    }
    row = _run(connection, hashes, values)
    if not row:
        return None
    vouchers, amount, paid_by_on, undo_until = row
    return Receipt(asked.id, vouchers, Cents(amount), paid_by_on, undo_until)


def _run(
    connection: Connection | OneStatement, hashes: Sequence[bytes], values: dict[str, Any]
) -> Row | None:
    if isinstance(connection, Connection) and connection.dialect.name == "sqlite":
        return _take_on_sqlite(connection, hashes, values)
    values |= {
        "hashes": _as_postgresql(rf'"\\x{key.hex()}"' for key in hashes),
        "own_parents": _as_postgresql(str(key) for key in values["own_parents"]),
    }
    if isinstance(connection, OneStatement):
        return connection.row(statements.POSTGRESQL, values)
    return tuple(connection.exec_driver_sql(statements.POSTGRESQL, values).one_or_none() or ())


def _as_postgresql(members: Iterable[str]) -> str:
    """Return an array as text: a tenth of the time that a driver needs to find out its type."""
    return f"{{{','.join(members)}}}"


def _take_on_sqlite(
    connection: Connection, hashes: Sequence[bytes], values: dict[str, Any]
) -> Row | None:
    make, take, move, balance = statements.sqlite(len(hashes))
    bound = {name: _as_sqlite(value) for name, value in values.items()} | {
        f"hash{place}": key for place, key in enumerate(hashes)
    }
    made = connection.exec_driver_sql(make, bound).one_or_none()
    if made is None:
        return None
    for statement in (take, move, balance):
        connection.exec_driver_sql(statement, bound)
    vouchers, amount, paid_by_on, undo_until = made
    return (
        vouchers,
        amount,
        date.fromisoformat(paid_by_on),
        datetime.fromisoformat(undo_until + "+00:00"),
    )


def _as_sqlite(value: object) -> object:
    """Return a value as SQLAlchemy's own types store it there."""
    match value:
        case UUID():
            return value.hex
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        case date():
            return value.isoformat()
        case list():
            return json.dumps(value) if not any(isinstance(v, bytes) for v in value) else None
        case _:
            return value


def is_repeat(trouble: IntegrityError) -> bool:
    """Tell whether the database refused because the redemption's id exists already."""
    text = str(trouble.orig)
    return "pk_redemption" in text or "redemption.id" in text
