"""What the page of one parent shows beside the household: rights, vouchers, uses."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.vouchers.models import Voucher, VoucherState

MOST_VOUCHERS = 2_000
MOST_USES = 50


@dataclass(frozen=True)
class Gift:
    """The allowance of one period, with the lines that add up to it."""

    first_day: date
    last_day: date
    granted: int
    issued: int
    isolated: bool
    lines: tuple[tuple[str, str, int], ...]
    """Label, condition, vouchers."""
    waits_for: str | None

    @property
    def missing(self) -> int:
        return self.granted - self.issued


@dataclass(frozen=True)
class Right:
    """The decision for one programme, and what it gave, latest period first."""

    programme_public_id: str
    programme: str
    state: str
    requested_on: date
    first_day: date
    last_day: date | None
    decided_at: datetime | None
    motive: str | None
    gifts: tuple[Gift, ...]


@dataclass(frozen=True)
class VoucherLine:
    """A voucher in a list; `name` stands in its address."""

    name: str
    face_cents: int
    first_day: date
    last_day: date
    state: str
    blocked: bool
    issued_at: datetime
    provider: str | None
    """Who took it."""
    service_on: date | None

    def standing(self, today: date) -> str:
        """Return its state as a person sees it: an open one may be blocked, early or late."""
        if self.state != VoucherState.ISSUED:
            return self.state
        if self.blocked:
            return "blocked"
        if today > self.last_day:
            return "lapsed"
        return "early" if today < self.first_day else "open"


@dataclass(frozen=True)
class Vouchers:
    """A parent's vouchers, latest first; `total` counts those beyond the list too."""

    lines: tuple[VoucherLine, ...]
    total: int

    def count(self, standing: str, today: date) -> int:
        return sum(line.standing(today) == standing for line in self.lines)


@dataclass(frozen=True)
class Use:
    """A redemption, perhaps taken back."""

    service_on: date
    received_at: datetime
    provider_public_id: str
    provider: str
    category: str
    vouchers: int
    amount_cents: int
    family_share_cents: int
    reversed_at: datetime | None
    reversal_motive: str | None


def rights(db: Session, parent_id: int) -> list[Right]:
    """Return the decisions about a parent, in two statements."""
    gifts: dict[int, list[Gift]] = {}
    given = select(Allowance).where(Allowance.parent_id == parent_id)
    for row in db.scalars(given.order_by(Allowance.period_first_day.desc())):
        gifts.setdefault(row.programme_id, []).append(_gift(row))
    decisions = db.execute(
        select(Entitlement, Programme.public_id, Programme.name)
        .join(Programme, Programme.id == Entitlement.programme_id)
        .where(Entitlement.parent_id == parent_id)
        .order_by(Entitlement.first_day.desc())
    )
    return [
        Right(
            programme_public_id=public_id,
            programme=name,
            state=decision.state,
            requested_on=decision.requested_on,
            first_day=decision.first_day,
            last_day=decision.last_day,
            decided_at=decision.decided_at,
            motive=decision.motive,
            gifts=tuple(gifts.get(decision.programme_id, [])),
        )
        for decision, public_id, name in decisions
    ]


def _gift(row: Allowance) -> Gift:
    lines = tuple((one["label"], one["condition"], one["vouchers"]) for one in row.explanation)
    return Gift(
        first_day=row.period_first_day,
        last_day=row.period_last_day,
        granted=row.granted,
        issued=row.issued,
        isolated=row.isolated,
        lines=lines,
        waits_for=row.waits_for,
    )


def vouchers(db: Session, parent_id: int) -> Vouchers:
    """Return a parent's latest vouchers and who took them, in one statement."""
    rows = db.execute(
        select(
            Voucher,
            Provider.name,
            Redemption.service_on,
            func.count().over(),
        )
        .outerjoin(Redemption, Redemption.id == Voucher.redemption_id)
        .outerjoin(Provider, Provider.id == Redemption.provider_id)
        .where(Voucher.parent_id == parent_id)
        .order_by(Voucher.id.desc())
        .limit(MOST_VOUCHERS)
    ).all()
    lines = tuple(_line(voucher, name, day) for voucher, name, day, _ in rows)
    return Vouchers(lines, rows[0][3] if rows else 0)


def _line(voucher: Voucher, provider: str | None, service_on: date | None) -> VoucherLine:
    return VoucherLine(
        name=voucher.code_hash.hex(),
        face_cents=voucher.face_cents,
        first_day=voucher.first_day,
        last_day=voucher.last_day,
        state=voucher.state,
        blocked=voucher.blocked_at is not None,
        issued_at=voucher.issued_at,
        provider=provider,
        service_on=service_on,
    )


def uses(db: Session, parent_id: int) -> list[Use]:
    """Return a parent's latest redemptions, taken back or not, in one statement."""
    columns: tuple[Any, ...] = (
        Redemption.service_on,
        Redemption.received_at,
        Provider.public_id,
        Provider.name,
        Redemption.category,
        Redemption.vouchers,
        Redemption.amount_cents,
        Redemption.family_share_cents,
        Reversal.at,
        Reversal.motive,
    )
    rows = db.execute(
        select(*columns)
        .join(Provider, Provider.id == Redemption.provider_id)
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .where(Redemption.parent_id == parent_id)
        .order_by(Redemption.received_at.desc())
        .limit(MOST_USES)
    )
    return [Use(*row) for row in rows]
