"""The money of a fund, or of all funds of a programme, over some days and at their end. Cents.

What families paid online is not a funder's money: its fund is left out unless it is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from repit.domain.figures.asked import Asked
from repit.domain.figures.models import KeptMoney
from repit.domain.figures.pieces import LONG_AGO, Calendar, covering
from repit.domain.figures.rules import A_DAY, midnight
from repit.domain.ledger.models import HELD, Account, AccountKind, Transfer, TransferKind
from repit.domain.programmes.models import Fund

BEFORE, DURING = 0, 1
_ADDS = {
    TransferKind.FUND: "contributed",
    TransferKind.COVER: "contributed",
    TransferKind.SHARE_IN: "contributed",
    TransferKind.ISSUE: "issued",
    TransferKind.REDEEM: "used",
    TransferKind.EXPIRE: "lapsed",
    TransferKind.CANCEL: "cancelled",
    TransferKind.SETTLE: "paid",
    TransferKind.RETURN: "returned",
    TransferKind.SHARE_BACK: "returned",
}
_TAKES = {
    TransferKind.DISPUTE: "contributed",
    TransferKind.REVERSE: "used",
    TransferKind.BOUNCE: "paid",
    TransferKind.REPAY: "paid",
}
_BALANCES = {
    AccountKind.AVAILABLE: "available",
    AccountKind.OUTSTANDING: "committed",
    AccountKind.FAMILY_SHARE: "committed",
    AccountKind.PAYABLE: "due",
    AccountKind.OWED_BACK: "due",
    AccountKind.TRANSIT: "in_transit",
    AccountKind.LOSS: "lost",
}
NAMES = (*dict.fromkeys(_ADDS.values()), *dict.fromkeys(_BALANCES.values()))


@dataclass(frozen=True)
class Moved:
    """Transfers of one kind between two kinds of accounts, together."""

    when: int
    kind: str
    debit_kind: str
    credit_kind: str
    cents: int


def of_days(db: Session, asked: Asked, calendar: Calendar) -> dict[str, int]:
    """Return what moved in these days, and what stands at their end; one statement.

    Balances: available, committed, due, in_transit and lost. As in `ledger.queries`, what was
    funded from the beginning is available + committed + due + in transit + paid + returned - lost.

    Raises:
        Nothing of its own.
    """
    found: dict[str, int] = defaultdict(int, dict.fromkeys(NAMES, 0))
    for moved in _moved(db, asked, calendar):
        _balance(found, moved)
        if moved.when == DURING:
            _amount(found, moved)
    return dict(found)


def _amount(found: dict[str, int], moved: Moved) -> None:
    kind = TransferKind(moved.kind)
    if _ADDS.get(kind) == "returned" and moved.debit_kind == AccountKind.BANK:
        found["returned"] -= moved.cents  # the bank of who was to have it refused it
        return
    if name := _ADDS.get(kind):
        found[name] += moved.cents
    if name := _TAKES.get(kind):
        found[name] -= moved.cents
    if kind == TransferKind.REVERSE and moved.credit_kind == AccountKind.AVAILABLE:
        found["lapsed"] += moved.cents  # taken back after its voucher's time was over


def _balance(found: dict[str, int], moved: Moved) -> None:
    for side, sign in ((moved.credit_kind, 1), (moved.debit_kind, -1)):
        kind = AccountKind(side)
        if name := _BALANCES.get(kind):
            found[name] += (-sign if kind == AccountKind.LOSS else sign) * moved.cents


assert AccountKind.OWED_BACK in HELD  # noqa: S101  (in `due` as in the ledger: less what is owed)


def _moved(db: Session, asked: Asked, calendar: Calendar) -> Iterable[Moved]:
    kept = KeptMoney.__table__.c
    parts = [
        _kept(asked, when, covering(kept, first, last, calendar.kept_until))
        for when, first, last in (
            (BEFORE, LONG_AGO, asked.first_day - A_DAY),
            (DURING, asked.first_day, asked.last_day),
        )
    ]
    live = calendar.live(LONG_AGO, asked.last_day)
    if live is not None:
        began = midnight(calendar.zone, asked.first_day)
        between = [Transfer.at >= live.starts_at]
        if live.ends_at is not None:
            between.append(Transfer.at < live.ends_at)
        parts.append(_live(asked, began, between))
    return [Moved(*row) for row in db.execute(union_all(*parts))]


def _funds(asked: Asked) -> ColumnElement[bool]:
    if asked.fund_id is not None:
        return Fund.id == asked.fund_id
    return Fund.funder_id.is_not(None)


def _kept(asked: Asked, when: int, days: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    kept = KeptMoney.__table__.c
    named = (kept.kind, kept.debit_kind, kept.credit_kind)
    return (
        select(literal(when).label("when_moved"), *named, _whole(func.sum(kept.cents)))
        .join(Fund, Fund.id == kept.fund_id)
        .where(kept.programme_id == asked.programme_id, _funds(asked), days)
        .group_by(*named)
    )


def _live(asked: Asked, began: Any, between: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    debited, credited = aliased(Account), aliased(Account)
    rows = (
        select(
            case((Transfer.at >= began, DURING), else_=BEFORE).label("when_moved"),
            Transfer.kind.label("kind"),
            debited.kind.label("debit_kind"),
            credited.kind.label("credit_kind"),
            Transfer.amount_cents.label("cents"),
        )
        .select_from(Transfer)
        .join(debited, debited.id == Transfer.debit_id)
        .join(credited, credited.id == Transfer.credit_id)
        .join(Fund, Fund.id == debited.fund_id)
        .where(Fund.programme_id == asked.programme_id, _funds(asked), *between)
        .subquery()
    )
    named = (rows.c.when_moved, rows.c.kind, rows.c.debit_kind, rows.c.credit_kind)
    return select(*named, _whole(func.sum(rows.c.cents))).group_by(*named)


def _whole(amount: Any) -> Any:
    return cast(amount, Transfer.id.type).label("cents")  # PostgreSQL adds them up to a decimal
