"""A parent's vouchers and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption
from repit.domain.vouchers.models import Voucher, VoucherState

MOST_VOUCHERS = 2_000


@dataclass(frozen=True)
class VoucherLine:
    """A voucher in a list; `name` stands in its address."""

    name: str
    face_cents: int
    first_day: date
    last_day: date
    state: str
    blocked: bool
    held: bool
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
        if today < self.first_day:
            return "early"
        return "held" if self.held else "open"


@dataclass(frozen=True)
class Vouchers:
    """A parent's vouchers, latest first; `total` counts those beyond the list too."""

    lines: tuple[VoucherLine, ...]
    total: int

    def count(self, standing: str, today: date) -> int:
        return sum(line.standing(today) == standing for line in self.lines)


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
        held=voucher.held_for_id is not None,
        issued_at=voucher.issued_at,
        provider=provider,
        service_on=service_on,
    )
