"""A receipt for both sides of each redemption and each reversal.

Redeeming writes no message: the redemption's own row is its outbox, read here a little later.
Money in cents.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, exists, literal, null, or_, select
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import tell_many
from repit.domain.people.models import Person
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption, Reversal, share_online, worth

LOOKS_BACK = timedelta(days=7)
AT_ONCE = 1_000
_PARENTS = {Kind.REDEEMED_PARENT, Kind.REVERSED_PARENT}
_REVERSALS = {Kind.REVERSED_PARENT, Kind.REVERSED_PROVIDER}
_FACTS: dict[Kind, tuple[str, ...]] = {
    Kind.REDEEMED_PARENT: (
        "vouchers",
        "family_share_cents",
        "share_online_cents",
        "provider",
        "service_on",
    ),
    Kind.REDEEMED_PROVIDER: ("vouchers", "amount_cents", "service_on", "paid_by_on"),
    Kind.REVERSED_PARENT: ("vouchers", "provider", "service_on"),
    Kind.REVERSED_PROVIDER: ("vouchers", "amount_cents", "service_on"),
}
"""What each side is told; the provider never learns anything of the parent."""


def enqueue_receipts(db: Session, *, now: datetime) -> int:
    """Write the receipts of the last seven days that are missing, a thousand of each kind.

    Asked twice it writes nothing twice; asked until it returns 0 it has written them all.

    Raises:
        Nothing of its own; a parent without an address gets none.
    """
    return sum(_enqueue(db, kind, now) for kind in _FACTS)


def _enqueue(db: Session, kind: Kind, now: datetime) -> int:
    rows = db.execute(_missing(kind, now - LOOKS_BACK)).mappings()
    return tell_many(db, [_as_notice(kind, row, now) for row in rows], now=now)


def _missing(kind: Kind, since: datetime) -> Select[*tuple[Any, ...]]:
    told = exists().where(Notice.redemption_id == Redemption.id, Notice.kind == kind)
    query = (
        select(
            Redemption.id,
            Redemption.vouchers,
            worth().label("amount_cents"),
            share_online().label("share_online_cents"),
            Redemption.family_share_cents,
            Redemption.service_on,
            Redemption.paid_by_on,
            Provider.name.label("provider"),
            *_reader(kind),
        )
        .select_from(Redemption)
        .join(Provider, Provider.id == Redemption.provider_id)
        .where(~told)
        .limit(AT_ONCE)
    )
    if kind in _PARENTS:
        query = (
            query.join(Parent, Parent.id == Redemption.parent_id)
            .join(Person, Person.id == Parent.person_id)
            .where(Person.email.is_not(None), Person.disabled_at.is_(None), _may_be_told())
        )
    if kind not in _REVERSALS:
        return query.where(Redemption.received_at >= since).order_by(Redemption.received_at)
    reversed_since = query.join(Reversal, Reversal.redemption_id == Redemption.id)
    return reversed_since.where(Reversal.at >= since).order_by(Reversal.at)


def _may_be_told() -> ColumnElement[bool]:
    """What paid for care tells of a booking: some parents want nothing sent about those."""
    of_a_booking = Redemption.category == Category.WORKSHOP_CHILDCARE
    return or_(Parent.discretion == "normal", ~of_a_booking)


def _reader(kind: Kind) -> tuple[Any, ...]:
    if kind in _PARENTS:
        return Person.id.label("person_id"), Person.email.label("to_address"), Person.locale
    return (
        null().label("person_id"),
        Provider.email.label("to_address"),
        literal("fr").label("locale"),
    )


def _as_notice(kind: Kind, row: RowMapping, now: datetime) -> dict[str, Any]:
    event, _, side = kind.partition("_")
    return {
        "kind": kind,
        "person_id": row["person_id"],
        "to_address": row["to_address"],
        "locale": row["locale"],
        "facts": {name: _plain(row[name]) for name in _FACTS[kind]},
        "dedupe": f"{event}:{row['id']}:{side}",
        "send_at": now,
        "redemption_id": row["id"],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
