"""A parent's vouchers and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.vouchers.models import Voucher, VoucherState

MOST_VOUCHERS = 2_000
MOST_USES = 50


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
