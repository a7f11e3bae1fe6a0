"""Read a parent's own vouchers: how many can be spent today, and why the others cannot."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.categories import Category, from_bits
from repit.domain.clock import day_in
from repit.domain.codes import CodeVault
from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.vouchers.models import Voucher, VoucherState


class Place(StrEnum):
    """Where a voucher is for its parent today; only what is `ready` can be used."""

    READY = "ready"
    EARLY = "early"
    HELD = "held"
    BLOCKED = "blocked"
    REDEEMED = "redeemed"
    ENDED = "ended"


@dataclass(frozen=True)
class Pile:
    """Vouchers of one parent that are alike. `held_for` names a provider."""

    vouchers: int
    worth: Cents
    first_day: date
    last_day: date
    held_for: str | None = None


@dataclass
class Purse:
    """A parent's vouchers of one programme, and what stands in the way of more.

    `ready`: can be spent today, those that end first come first. `waiting`: granted for a
    running period and not issued, with the reason in `waits_for`.
    """

    public_id: str
    name: str
    programme_id: int
    face: Cents
    today: date
    right: str | None = None
    motive: str | None = None
    granted: int = 0
    waiting: int = 0
    waits_for: str | None = None
    ready: list[Pile] = field(default_factory=list)
    early: list[Pile] = field(default_factory=list)
    held: list[Pile] = field(default_factory=list)
    blocked: int = 0
    redeemed: int = 0
    ended: int = 0

    @property
    def spendable(self) -> int:
        """How many can be spent today."""
        return sum(pile.vouchers for pile in self.ready)

    @property
    def worth(self) -> Cents:
        """What these are worth."""
        return Cents(sum(pile.worth for pile in self.ready))

    def worth_of(self, vouchers: int) -> Cents:
        """Return what the first so many are worth, in the order they are spent."""
        worth = 0
        for pile in self.ready:
            taken = min(vouchers, pile.vouchers)
            worth += pile.worth * taken // pile.vouchers
            vouchers -= taken
        return Cents(worth)

    @property
    def next_to_end(self) -> Pile | None:
        """The vouchers that end first, all of that day together."""
        if not self.ready:
            return None
        first = self.ready[0]
        same = [pile for pile in self.ready if pile.last_day == first.last_day]
        return Pile(
            vouchers=sum(pile.vouchers for pile in same),
            worth=Cents(sum(pile.worth for pile in same)),
            first_day=first.first_day,
            last_day=first.last_day,
        )


@dataclass(frozen=True)
class Wallet:
    """What one parent has, the programme with most to spend first."""

    first_name: str
    suspended: bool
    purses: tuple[Purse, ...]

    @property
    def spendable(self) -> list[Purse]:
        """The purses with something to spend today."""
        return [purse for purse in self.purses if purse.spendable]

    @property
    def must_choose(self) -> bool:
        """Whether « my vouchers » may mean those of several programmes."""
        return len(self.spendable) > 1

    def purse(self, public_id: str | None) -> Purse | None:
        """Return the purse of a programme; without a name the first, which has most."""
        if public_id is None:
            return self.purses[0] if self.purses else None
        return next((one for one in self.purses if one.public_id == public_id), None)


@dataclass(frozen=True)
class PaperVoucher:
    """One voucher as it is printed."""

    code: str
    face: Cents
    categories: tuple[Category, ...]
    last_day: date


def wallet(db: Session, parent_id: int, *, now: datetime) -> Wallet:
    """Return everything one parent has, in two statements."""
    rows = db.execute(
        select(Parent.first_name, Parent.state, Programme, Entitlement, Allowance)
        .select_from(Parent)
        .outerjoin(Programme, _concerns(parent_id))
        .outerjoin(
            Entitlement,
            and_(Entitlement.parent_id == Parent.id, Entitlement.programme_id == Programme.id),
        )
        .outerjoin(
            Allowance,
            and_(Allowance.parent_id == Parent.id, Allowance.programme_id == Programme.id),
        )
        .where(Parent.id == parent_id)
        .order_by(Programme.name, Allowance.period_first_day)
    ).all()
    purses = _purses(rows, now)
    _fill(db, parent_id, purses)
    return Wallet(
        first_name=rows[0].first_name,
        suspended=rows[0].state == "suspended",
        purses=tuple(sorted(purses.values(), key=lambda one: -one.spendable)),
    )


def place_of(
    state: str, first_day: date, last_day: date, *, blocked: bool, held: bool, today: date
) -> Place:
    """Return where a voucher is, the reason a parent can act on first."""
    if state == VoucherState.REDEEMED:
        return Place.REDEEMED
    if state != VoucherState.ISSUED or last_day < today:
        return Place.ENDED
    if blocked:
        return Place.BLOCKED
    if held:
        return Place.HELD
    return Place.EARLY if first_day > today else Place.READY


def to_print(
    db: Session, parent_id: int, purse: Purse, *, most: int, vault: CodeVault
) -> list[PaperVoucher]:
    """Return the codes of vouchers that can be spent today, those that end first."""
    rows = db.scalars(
        select(Voucher)
        .where(
            Voucher.parent_id == parent_id,
            Voucher.programme_id == purse.programme_id,
            Voucher.state == VoucherState.ISSUED,
            Voucher.blocked_at.is_(None),
            Voucher.held_for_id.is_(None),
            Voucher.first_day <= purse.today,
            Voucher.last_day >= purse.today,
        )
        .order_by(Voucher.last_day, Voucher.id)
        .limit(most)
    )
    return [
        PaperVoucher(
            code=vault.open(row.code_sealed),
            face=Cents(row.face_cents),
            categories=tuple(from_bits(row.categories)),
            last_day=row.last_day,
        )
        for row in rows
    ]


def _concerns(parent_id: int) -> Any:
    """The programmes a parent asked for, or was given something by."""
    asked = select(Entitlement.programme_id).where(Entitlement.parent_id == parent_id)
    given = select(Allowance.programme_id).where(Allowance.parent_id == parent_id)
    return or_(Programme.id.in_(asked), Programme.id.in_(given))


def _purses(rows: Iterable[Any], now: datetime) -> dict[int, Purse]:
    found: dict[int, Purse] = {}
    for _name, _state, programme, right, allowance in rows:
        if programme is None:
            continue
        purse = found.get(programme.id)
        if purse is None:
            purse = found[programme.id] = Purse(
                public_id=programme.public_id,
                name=programme.name,
                programme_id=programme.id,
                face=Cents(programme.face_cents),
                today=day_in(programme.zone, now),
                right=right.state if right else None,
                motive=right.motive if right else None,
            )
        if allowance is not None and allowance.period_last_day >= purse.today:
            purse.granted += allowance.granted
            purse.waiting += allowance.granted - allowance.issued if allowance.waits_for else 0
            purse.waits_for = allowance.waits_for or purse.waits_for
    return found


def _fill(db: Session, parent_id: int, purses: dict[int, Purse]) -> None:
    alike = (
        Voucher.programme_id,
        Voucher.state,
        Voucher.first_day,
        Voucher.last_day,
        Voucher.blocked_at.is_not(None),
        Provider.name,
    )
    rows = db.execute(
        select(*alike, func.count(), func.sum(Voucher.face_cents))
        .outerjoin(Provider, Provider.id == Voucher.held_for_id)
        .where(Voucher.parent_id == parent_id)
        .group_by(*alike)
        .order_by(Voucher.last_day, Voucher.first_day)
    )
    for programme_id, state, first_day, last_day, blocked, held_for, count, worth in rows:
        pile = Pile(count, Cents(int(worth)), first_day, last_day, held_for)
        _put(purses[programme_id], state, pile, blocked=bool(blocked))


def _put(purse: Purse, state: str, pile: Pile, *, blocked: bool) -> None:
    held = pile.held_for is not None
    place = place_of(
        state, pile.first_day, pile.last_day, blocked=blocked, held=held, today=purse.today
    )
    match place:
        case Place.REDEEMED:
            purse.redeemed += pile.vouchers
        case Place.ENDED:
            purse.ended += pile.vouchers
        case Place.BLOCKED:
            purse.blocked += pile.vouchers
        case Place.HELD:
            purse.held.append(pile)
        case Place.EARLY:
            purse.early.append(pile)
        case Place.READY:
            purse.ready.append(pile)
