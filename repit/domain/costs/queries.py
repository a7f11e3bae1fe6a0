"""Read staff time and costs: lines and sums. Minutes of all who worked; cents."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from repit.db.pages import Page, cut
from repit.domain.costs.models import CostLine
from repit.domain.costs.rules import FULL_TIME_YEAR, Kind
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents, Minutes
from repit.domain.people.models import Person, acts
from repit.domain.programmes.models import Programme


@dataclass(frozen=True)
class CostFilter:
    """What to keep of the list; None keeps all. Days are those the lines are about."""

    text: str | None = None
    programme: str | None = None
    """Public id."""
    kind: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class CostView:
    """One line. `cancelled`: another takes it back; `cancels`: it takes another back."""

    id: int
    public_id: str
    programme_name: str
    on_day: date
    whole_month: bool
    kind: Kind
    minutes: Minutes
    amount: Cents
    note: str | None
    typed_by: str | None
    """A person's name, or None for a command."""
    typed_at: datetime
    cancels: bool
    cancelled: bool


@dataclass(frozen=True)
class Spent:
    minutes: Minutes
    amount: Cents

    @property
    def posts(self) -> float:
        """The time as full-time posts of one year."""
        return self.minutes / FULL_TIME_YEAR


def lines(
    db: Session, wanted: CostFilter = CostFilter(), *, number: int | None = None
) -> Page[CostView]:
    """Return lines, the latest day first."""
    query = _lines().where(*_conditions(wanted))
    return cut(db, query.order_by(CostLine.on_day.desc(), CostLine.id.desc()), _view, number=number)


def line(db: Session, public_id: str) -> CostView:
    """Return one line.

    Raises:
        NoSuchObject: there is none.
    """
    row = db.execute(_lines().where(CostLine.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _view(row)


def by_kind(db: Session, wanted: CostFilter = CostFilter()) -> dict[Kind, Spent]:
    """Return the sums of the list by kind, those that say something, in one statement."""
    rows = db.execute(
        select(CostLine.kind, func.sum(CostLine.minutes), func.sum(CostLine.amount_cents))
        .join(Programme, Programme.id == CostLine.programme_id)
        .where(*_conditions(wanted))
        .group_by(CostLine.kind)
    )
    found = {
        Kind(kind): Spent(Minutes(int(minutes)), Cents(int(cents))) for kind, minutes, cents in rows
    }
    return {
        kind: found[kind]
        for kind in Kind
        if kind in found and (found[kind].minutes or found[kind].amount)
    }


def spent(db: Session, programme_id: int, first_day: date, last_day: date) -> Spent:
    """Return a programme's staff time and costs between two days, both included: one statement.

    By the day each line is about, not by the day on which it was typed: hours are written down
    after the month. Source: Gennevilliers (« 0.46 ETP 2024 », « un total de 17 385 € »).
    """
    minutes, cents = db.execute(
        select(
            func.coalesce(func.sum(CostLine.minutes), 0),
            func.coalesce(func.sum(CostLine.amount_cents), 0),
        ).where(CostLine.programme_id == programme_id, CostLine.on_day.between(first_day, last_day))
    ).one()
    return Spent(Minutes(int(minutes)), Cents(int(cents)))


def _conditions(wanted: CostFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        found.append(CostLine.note.icontains(wanted.text, autoescape=True))
    if wanted.programme:
        found.append(Programme.public_id == wanted.programme)
    if wanted.kind:
        found.append(CostLine.kind == wanted.kind)
    if wanted.first_day:
        found.append(CostLine.on_day >= wanted.first_day)
    if wanted.last_day:
        found.append(CostLine.on_day <= wanted.last_day)
    return found


_CANCELLING = aliased(CostLine)


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(CostLine, Programme.name, Person.name, _CANCELLING.id)
        .join(Programme, Programme.id == CostLine.programme_id)
        .outerjoin(Person, acts(CostLine.typed_by))
        .outerjoin(_CANCELLING, _CANCELLING.cancels_id == CostLine.id)
    )


def _view(row: Any) -> CostView:
    found, programme, typed_by, cancelling = row
    return CostView(
        id=found.id,
        public_id=found.public_id,
        programme_name=programme,
        on_day=found.on_day,
        whole_month=found.whole_month,
        kind=Kind(found.kind),
        minutes=Minutes(found.minutes),
        amount=Cents(found.amount_cents),
        note=found.note,
        typed_by=typed_by,
        typed_at=found.typed_at,
        cancels=found.cancels_id is not None,
        cancelled=cancelling is not None,
    )
