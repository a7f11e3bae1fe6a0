"""Read schemes, funders and funds as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.programmes.models import Fund, Funder, Programme
from repit.domain.programmes.rules import Settings


@dataclass(frozen=True)
class ProgrammeView:
    id: int
    public_id: str
    settings: Settings
    closed_at: datetime | None
    created_at: datetime
    funds: int

    @property
    def name(self) -> str:
        return self.settings.name


@dataclass(frozen=True)
class FunderView:
    id: int
    public_id: str
    name: str
    long_name: str | None
    contact_email: str | None
    created_at: datetime
    funds: int


@dataclass(frozen=True)
class FundView:
    """A fund with its funder and its programme; `categories` are bits."""

    id: int
    public_id: str
    title: str
    categories: int
    only_isolated: bool
    only_priority_area: bool
    closed_at: datetime | None
    created_at: datetime
    programme_id: int
    programme_public_id: str
    programme_name: str
    funder_id: int
    funder_public_id: str
    funder_name: str


@dataclass(frozen=True)
class FundFilter:
    """Which funds are wanted; None: whatever they are. Programme and funder by public id."""

    text: str | None = None
    programme: str | None = None
    funder: str | None = None
    closed: bool | None = None


def programmes(
    db: Session, *, text: str | None = None, closed: bool | None = None, number: int | None = None
) -> Page[ProgrammeView]:
    """Return the programmes whose name has this text, latest first; all of them by default."""
    query = _programmes().order_by(Programme.first_day.desc(), Programme.id.desc())
    if text:
        query = query.where(_has(text, Programme.name))
    return cut(db, _closed(query, Programme.closed_at, closed), _programme, number=number)


def programme(db: Session, public_id: str) -> ProgrammeView:
    """Return one programme.

    Raises:
        NoSuchObject: no such programme.
    """
    row = db.execute(_programmes().where(Programme.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _programme(row)


def programme_by_id(db: Session, programme_id: int) -> ProgrammeView:
    """Return the programme of something that exists."""
    return _programme(db.execute(_programmes().where(Programme.id == programme_id)).one())


def programme_names(db: Session) -> list[tuple[str, str]]:
    """Return the public id and the name of every programme, latest first."""
    order = Programme.first_day.desc(), Programme.id.desc()
    rows = db.execute(select(Programme.public_id, Programme.name).order_by(*order))
    return [(public_id, name) for public_id, name in rows]


def funders(db: Session, *, text: str | None = None, number: int | None = None) -> Page[FunderView]:
    """Return the funders whose names have this text, by name; all of them by default."""
    query = _funders().order_by(Funder.name)
    if text:
        names = (Funder.name, Funder.long_name, Funder.contact_email)
        query = query.where(_has(text, *names))
    return cut(db, query, _funder, number=number)


def funder(db: Session, public_id: str) -> FunderView:
    """Return one funder.

    Raises:
        NoSuchObject: no such funder.
    """
    row = db.execute(_funders().where(Funder.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _funder(row)


def funds(
    db: Session, wanted: FundFilter = FundFilter(), *, number: int | None = None
) -> Page[FundView]:
    """Return funds by programme (latest first), funder and title; all of them by default."""
    query = _funds().order_by(
        Programme.first_day.desc(), Programme.name, Funder.name, Fund.title, Fund.id
    )
    if wanted.text:
        query = query.where(_has(wanted.text, Fund.title, Funder.name, Programme.name))
    if wanted.programme:
        query = query.where(Programme.public_id == wanted.programme)
    if wanted.funder:
        query = query.where(Funder.public_id == wanted.funder)
    return cut(db, _closed(query, Fund.closed_at, wanted.closed), _fund, number=number)


def fund(db: Session, public_id: str) -> FundView:
    """Return one fund.

    Raises:
        NoSuchObject: no such fund.
    """
    row = db.execute(_funds().where(Fund.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _fund(row)


def any_fund(db: Session, public_id: str) -> FundView:
    """Return one fund, or the one of the families, which has no funder: its name is empty.

    Raises:
        NoSuchObject: no such fund.
    """
    none = literal("")
    row = db.execute(
        select(Fund, Programme.public_id, Programme.name, none, none)
        .join(Programme, Programme.id == Fund.programme_id)
        .where(Fund.public_id == public_id, Fund.funder_id.is_(None))
    ).one_or_none()
    return fund(db, public_id) if row is None else _fund(row)


def numbers_of(db: Session, shown: Sequence[FundView]) -> dict[int, FundNumbers]:
    """Return the numbers of the funds shown, by fund id; nothing is asked when there is none."""
    return fund_numbers(db, [one.id for one in shown]) if shown else {}


def _has(text: str, *columns: Any) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _closed(query: Any, column: Any, closed: bool | None) -> Any:  # noqa: FBT001
    if closed is None:
        return query
    return query.where(column.is_not(None) if closed else column.is_(None))


LISTS = ("isolated_kinds", "carer_checks")


def _programmes() -> Select[Programme, int]:
    count = select(func.count()).where(Fund.programme_id == Programme.id).scalar_subquery()
    return select(Programme, count)


def _programme(row: Any) -> ProgrammeView:
    found, funds_count = row
    names = Settings.__dataclass_fields__
    values = {name: getattr(found, name) for name in names}
    return ProgrammeView(
        id=found.id,
        public_id=found.public_id,
        settings=Settings(**values | {name: tuple(values[name]) for name in LISTS}),
        closed_at=found.closed_at,
        created_at=found.created_at,
        funds=funds_count,
    )


def _funders() -> Select[Funder, int]:
    count = select(func.count()).where(Fund.funder_id == Funder.id).scalar_subquery()
    return select(Funder, count)


def _funder(row: Any) -> FunderView:
    found, funds_count = row
    return FunderView(
        id=found.id,
        public_id=found.public_id,
        name=found.name,
        long_name=found.long_name,
        contact_email=found.contact_email,
        created_at=found.created_at,
        funds=funds_count,
    )


def _funds() -> Select[Fund, str, str, str, str]:
    return (
        select(Fund, Programme.public_id, Programme.name, Funder.public_id, Funder.name)
        .join(Programme, Programme.id == Fund.programme_id)
        .join(Funder, Funder.id == Fund.funder_id)
    )


def _fund(row: Any) -> FundView:
    found, programme_public_id, programme_name, funder_public_id, funder_name = row
    return FundView(
        id=found.id,
        public_id=found.public_id,
        title=found.title,
        categories=found.categories,
        only_isolated=found.only_isolated,
        only_priority_area=found.only_priority_area,
        closed_at=found.closed_at,
        created_at=found.created_at,
        programme_id=found.programme_id,
        programme_public_id=programme_public_id,
        programme_name=programme_name,
        funder_id=found.funder_id,
        funder_public_id=funder_public_id,
        funder_name=funder_name,
    )
