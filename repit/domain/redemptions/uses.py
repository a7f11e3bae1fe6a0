"""Read what a parent used, and what became of a code they show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from repit.db.pages import Page, cut
from repit.domain.categories import Category
from repit.domain.codes import CodeVault
from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.vouchers.models import Presentation, Voucher

PAGE = 20
NAME_LENGTH = 32
_Newer = aliased(Presentation)


@dataclass(frozen=True)
class Use:
    """Vouchers a parent used once. `family_share`: what they paid beside, in cents."""

    provider_name: str
    category: Category
    service_on: date
    minutes: int | None
    sessions: int | None
    vouchers: int
    amount: Cents
    family_share: Cents
    received_at: datetime
    reversed_at: datetime | None


@dataclass(frozen=True)
class Screen:
    """A code a parent shows. `left`: vouchers it still opens; `uses`: taken since it was made."""

    code: str
    vouchers: int
    left: int
    expires_at: datetime
    uses: tuple[Use, ...]

    @property
    def used(self) -> int:
        """How many vouchers were taken and not given back."""
        return sum(use.vouchers for use in self.uses if use.reversed_at is None)

    def state(self, now: datetime) -> str:
        """Return `used`, `reversed`, `replaced` by a newer code, `over`, or `open`."""
        if self.left < self.vouchers and self.uses:
            return "used" if self.used else "reversed"
        if self.left < self.vouchers:
            return "replaced"
        return "over" if now >= self.expires_at else "open"


def uses(
    db: Session, parent_id: int, *, number: int | None = None, length: int = PAGE
) -> Page[Use]:
    """Return one page of what a parent used, newest first, in two statements."""
    query = _uses().where(Redemption.parent_id == parent_id)
    return cut(db, query, _as_use, number=number, length=length)


def latest_uses(db: Session, parent_id: int, *, most: int) -> list[Use]:
    """Return the last uses of a parent, newest first."""
    rows = db.execute(_uses().where(Redemption.parent_id == parent_id).limit(most))
    return [_as_use(row) for row in rows]


def screen(db: Session, parent_id: int, name: str, *, vault: CodeVault) -> Screen | None:
    """Return a code of this parent's, in two statements; somebody else's is not there.

    Args:
        name: the look-up key of the code in hexadecimal, as it stands in an address.
    """
    if len(name) != NAME_LENGTH or any(sign not in "0123456789abcdef" for sign in name):
        return None
    left = select(func.count()).where(Voucher.presentation_id == Presentation.id)
    newer = select(func.min(_Newer.created_at)).where(
        _Newer.parent_id == parent_id, _Newer.id > Presentation.id
    )
    row = db.execute(
        select(Presentation, left.scalar_subquery(), newer.scalar_subquery()).where(
            Presentation.code_hash == bytes.fromhex(name), Presentation.parent_id == parent_id
        )
    ).one_or_none()
    if row is None:
        return None
    shown, still, replaced_at = row
    return Screen(
        code=vault.open(shown.code_sealed),
        vouchers=shown.vouchers,
        left=still,
        expires_at=shown.expires_at,
        uses=_uses_between(db, parent_id, shown.created_at, replaced_at or shown.expires_at),
    )


def _uses_between(db: Session, parent_id: int, start: datetime, end: datetime) -> tuple[Use, ...]:
    query = _uses().where(
        Redemption.parent_id == parent_id,
        Redemption.received_at >= start,
        Redemption.received_at <= end,
    )
    return tuple(_as_use(row) for row in db.execute(query))


def _uses() -> Select[*tuple[Any, ...]]:
    return (
        select(Redemption, Provider.name, Reversal.at)
        .join(Provider, Provider.id == Redemption.provider_id)
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .order_by(Redemption.received_at.desc(), Redemption.id.desc())
    )


def _as_use(row: Any) -> Use:
    taken, provider_name, reversed_at = row
    return Use(
        provider_name=provider_name,
        category=Category(taken.category),
        service_on=taken.service_on,
        minutes=taken.minutes,
        sessions=taken.sessions,
        vouchers=taken.vouchers,
        amount=Cents(taken.amount_cents),
        family_share=Cents(taken.family_share_cents),
        received_at=taken.received_at,
        reversed_at=reversed_at,
    )
