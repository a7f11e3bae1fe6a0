"""Read bank files, their lines and what each was found to be, as frozen values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.banking.models import BankLine, BankMatch, BankStatement
from repit.domain.banking.rules import How, LineState, Why
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.people.models import Person, acts
from repit.domain.programmes import contribution_queries, references
from repit.domain.programmes.contribution_queries import ContributionView
from repit.domain.programmes.models import Arrival, Contribution, Fund, Funder
from repit.domain.programmes.rules import Way

MOST_SUGGESTED = 20


@dataclass(frozen=True)
class StatementView:
    """A file that was taken in. `waiting`: its lines of which nothing is decided."""

    id: int
    public_id: str
    kind: str
    file_name: str
    account: str | None
    lines_new: int
    lines_known: int
    lines_pending: int
    waiting: int
    imported_at: datetime
    imported_by: str | None
    job_public_id: str | None


@dataclass(frozen=True)
class LineView:
    """A movement of an account of ours; `amount` is above zero."""

    id: int
    public_id: str
    account: str
    amount: Cents
    credit: bool
    booked_on: date
    counterparty: str | None
    remittance: str | None
    structured_reference: str | None
    end_to_end_id: str | None
    message_id: str | None
    bank_reference: str | None
    reason_code: str | None
    state: LineState
    why: Why | None
    motive: str | None
    statement_public_id: str
    file_name: str

    @property
    def said(self) -> str:
        """What was written on it, the reference first."""
        return " · ".join(filter(None, (self.structured_reference, self.remittance)))


@dataclass(frozen=True)
class MatchView:
    """A part of a line that is money of a contribution."""

    arrival_id: int
    amount: Cents
    how: How
    matched_at: datetime
    contribution_public_id: str
    fund_public_id: str
    fund_title: str
    funder_name: str


@dataclass(frozen=True)
class EnteredView:
    """Money typed by hand that may be a line."""

    arrival_id: int
    amount: Cents
    received_on: date
    reference: str
    fund_title: str
    funder_name: str


@dataclass(frozen=True)
class LineFilter:
    """Which lines are wanted; None: whatever they are."""

    state: str | None = None
    credit: bool | None = None
    statement: str | None = None
    """Public id."""
    text: str | None = None


@dataclass(frozen=True)
class Waiting:
    """How much of what came in, and of what went out, waits to be understood."""

    money_in: int
    money_in_cents: Cents
    money_out: int


def statements(db: Session, *, number: int | None = None) -> Page[StatementView]:
    """Return the files taken in, latest first."""
    return cut(db, _statements().order_by(BankStatement.id.desc()), _statement, number=number)


def statement(db: Session, public_id: str) -> StatementView:
    """Return one file.

    Raises:
        NoSuchObject: no such file.
    """
    row = db.execute(_statements().where(BankStatement.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _statement(row)


def lines(
    db: Session, wanted: LineFilter = LineFilter(), *, number: int | None = None
) -> Page[LineView]:
    """Return lines, latest booking day first."""
    query = _lines().where(*_conditions(wanted))
    return cut(
        db, query.order_by(BankLine.booked_on.desc(), BankLine.id.desc()), _line, number=number
    )


def line(db: Session, public_id: str) -> LineView:
    """Return one line.

    Raises:
        NoSuchObject: no such line.
    """
    row = db.execute(_lines().where(BankLine.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _line(row)


def ids_of(db: Session, public_ids: Iterable[str]) -> list[int]:
    """Return the rows of lines named by their public ids; unknown names are left out."""
    return list(db.scalars(select(BankLine.id).where(BankLine.public_id.in_(set(public_ids)))))


def matches(db: Session, line_ids: Iterable[int]) -> dict[int, list[MatchView]]:
    """Return what lines were found to be, by line."""
    rows = db.execute(
        select(
            BankMatch, Arrival.amount_cents, Contribution.public_id, Fund.public_id, Fund.title,
            Funder.name,
        )
        .join(Arrival, Arrival.id == BankMatch.arrival_id)
        .join(Contribution, Contribution.id == Arrival.contribution_id)
        .join(Fund, Fund.id == Arrival.fund_id)
        .join(Funder, Funder.id == Fund.funder_id)
        .where(BankMatch.line_id.in_(set(line_ids)), BankMatch.ended_at.is_(None))
        .order_by(BankMatch.id)
    )  # fmt: skip
    found: dict[int, list[MatchView]] = {}
    for row, amount, contribution, fund, title, funder in rows:
        view = MatchView(
            row.arrival_id, Cents(amount), How(row.how), row.matched_at, contribution, fund,
            title, funder,
        )  # fmt: skip
        found.setdefault(row.line_id, []).append(view)
    return found


def waiting(db: Session) -> Waiting:
    """Return how much waits, in one statement."""
    money_in, cents, money_out = db.execute(
        select(
            func.count().filter(BankLine.credit),
            func.coalesce(func.sum(BankLine.amount_cents).filter(BankLine.credit), 0),
            func.count().filter(~BankLine.credit),
        ).where(BankLine.state == LineState.NEW)
    ).one()
    return Waiting(money_in, Cents(int(cents)), money_out)


def suggested(db: Session, wanted: LineView, text: str | None = None) -> list[ContributionView]:
    """Return promises a line may keep: those it names, of its sum, of its sender, then others.

    One that is kept already comes only when it is named or looked for.

    Args:
        text: what somebody looks for instead.
    """
    open_ones = contribution_queries.contributions(
        db, contribution_queries.ContributionFilter(text=text, open_only=True)
    ).items
    if text:
        return open_ones[:MOST_SUGGESTED]
    named = set(
        references.found_in(wanted.structured_reference, wanted.remittance, wanted.end_to_end_id)
    )
    sender = (wanted.counterparty or "").casefold()

    def likely(one: ContributionView) -> tuple[bool, bool, bool]:
        name = one.funder_name.casefold()
        alike = bool(sender) and (sender in name or name in sender)
        return one.id not in named, one.missing != wanted.amount, not alike

    waiting = [one for one in open_ones if one.missing or one.id in named]
    return sorted(waiting, key=likely)[:MOST_SUGGESTED]


def entered(db: Session, wanted: LineView) -> list[EnteredView]:
    """Return money of the same sum typed by hand that is no line's yet, nearest day first."""
    rows = db.execute(
        select(Arrival, Fund.title, Funder.name)
        .join(Fund, Fund.id == Arrival.fund_id)
        .join(Funder, Funder.id == Fund.funder_id)
        .outerjoin(
            BankMatch, and_(BankMatch.arrival_id == Arrival.id, BankMatch.ended_at.is_(None))
        )
        .where(
            Arrival.way == Way.HAND,
            Arrival.amount_cents == wanted.amount,
            Arrival.returned_cents == 0,
            BankMatch.id.is_(None),
        )
    )
    found = [
        EnteredView(one.id, Cents(one.amount_cents), one.received_on, one.reference, title, funder)
        for one, title, funder in rows
    ]
    found.sort(key=lambda one: abs(one.received_on - wanted.booked_on))
    return found[:MOST_SUGGESTED]


def _conditions(wanted: LineFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(BankLine.state == wanted.state)
    if wanted.credit is not None:
        found.append(BankLine.credit == wanted.credit)
    if wanted.statement:
        found.append(BankStatement.public_id == wanted.statement)
    if wanted.text:
        columns = (
            BankLine.counterparty, BankLine.remittance, BankLine.structured_reference,
            BankLine.bank_reference, BankLine.end_to_end_id,
        )  # fmt: skip
        found.append(or_(*(one.icontains(wanted.text, autoescape=True) for one in columns)))
    return found


def _statements() -> Select[*tuple[Any, ...]]:
    waits = (
        select(func.count())
        .where(BankLine.statement_id == BankStatement.id, BankLine.state == LineState.NEW)
        .scalar_subquery()
    )
    return select(BankStatement, waits, Person.name).outerjoin(
        Person, acts(BankStatement.imported_by)
    )


def _statement(row: Any) -> StatementView:
    found, waits, who = row
    return StatementView(
        id=found.id,
        public_id=found.public_id,
        kind=found.kind,
        file_name=found.file_name,
        account=found.account,
        lines_new=found.lines_new,
        lines_known=found.lines_known,
        lines_pending=found.lines_pending,
        waiting=waits,
        imported_at=found.imported_at,
        imported_by=who,
        job_public_id=found.job_public_id,
    )


def _lines() -> Select[BankLine, str, str]:
    return select(BankLine, BankStatement.public_id, BankStatement.file_name).join(
        BankStatement, BankStatement.id == BankLine.statement_id
    )


def _line(row: Any) -> LineView:
    found, statement_public_id, file_name = row
    return LineView(
        id=found.id,
        public_id=found.public_id,
        account=found.account,
        amount=Cents(found.amount_cents),
        credit=found.credit,
        booked_on=found.booked_on,
        counterparty=found.counterparty,
        remittance=found.remittance,
        structured_reference=found.structured_reference,
        end_to_end_id=found.end_to_end_id,
        message_id=found.message_id,
        bank_reference=found.bank_reference,
        reason_code=found.reason_code,
        state=LineState(found.state),
        why=Why(found.why) if found.why else None,
        motive=found.motive,
        statement_public_id=statement_public_id,
        file_name=file_name,
    )
