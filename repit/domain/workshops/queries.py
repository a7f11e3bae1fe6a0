"""Read places, workshops and who leads them, as frozen values. Sessions: `bookings.overview`."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.errors import NoSuchObject
from repit.domain.people.models import Person
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Facilitator, Place, Workshop, WorkshopSession
from repit.domain.workshops.rules import Outline, PlaceDetails


@dataclass(frozen=True)
class PlaceView:
    id: int
    public_id: str
    details: PlaceDetails
    workshops: int


@dataclass(frozen=True)
class WorkshopRow:
    """One line of the list. `to_come`: sessions that stand and have not begun."""

    public_id: str
    title: str
    public_title: str
    state: str
    programme_name: str
    place_name: str
    min_people: int
    max_people: int
    dates: int
    to_come: int
    next_at: datetime | None
    drafts: int
    """Of those to come, not open to parents yet."""


@dataclass(frozen=True)
class FacilitatorView:
    """`session_id` None: leads the whole workshop."""

    id: int
    session_id: int | None
    name: str
    email: str | None


@dataclass(frozen=True)
class WorkshopView:
    """One workshop in full, without its dates."""

    id: int
    public_id: str
    outline: Outline
    state: str
    programme_public_id: str
    programme_name: str
    place: PlaceDetails
    place_public_id: str
    facilitators: tuple[FacilitatorView, ...]


@dataclass(frozen=True)
class WorkshopFilter:
    """Which workshops are wanted; empty: whatever they are."""

    text: str | None = None
    state: str = ""
    programme: str = ""
    """By public id."""


def workshops(
    db: Session, wanted: WorkshopFilter, *, now: datetime, number: int | None
) -> Page[WorkshopRow]:
    """Return the workshops of the list in two statements: those with a date to come first."""
    dates = _dates(now)
    query = (
        select(
            Workshop,
            Programme.name,
            Place.name,
            dates.c.dates,
            dates.c.to_come,
            dates.c.next_at,
            dates.c.drafts,
        )
        .join(Programme, Programme.id == Workshop.programme_id)
        .join(Place, Place.id == Workshop.place_id)
        .outerjoin(dates, dates.c.workshop_id == Workshop.id)
        .order_by(dates.c.next_at.is_(None), dates.c.next_at, Workshop.id.desc())
    )
    return cut(db, _kept(query, wanted), _row, number=number)


def _dates(now: datetime) -> Any:
    to_come = WorkshopSession.starts_at > now
    return (
        select(
            WorkshopSession.workshop_id,
            func.count().label("dates"),
            func.sum(case((to_come, 1), else_=0)).label("to_come"),
            func.min(case((to_come, WorkshopSession.starts_at))).label("next_at"),
            func.sum(
                case((to_come & (WorkshopSession.state == "draft"), 1), else_=0),
            ).label("drafts"),
        )
        .where(WorkshopSession.state != "cancelled")
        .group_by(WorkshopSession.workshop_id)
        .subquery()
    )


def _kept(query: Select[Any], wanted: WorkshopFilter) -> Select[Any]:
    if wanted.text:
        words = f"%{_escaped(wanted.text)}%"
        names = Workshop.title, Workshop.public_title, Place.name
        query = query.where(or_(*(name.ilike(words, escape="\\") for name in names)))
    if wanted.state:
        query = query.where(Workshop.state == wanted.state)
    if wanted.programme:
        query = query.where(Programme.public_id == wanted.programme)
    return query


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(row: Any) -> WorkshopRow:
    workshop, programme_name, place_name, dates, to_come, next_at, drafts = row
    return WorkshopRow(
        public_id=workshop.public_id,
        title=workshop.title,
        public_title=workshop.public_title,
        state=workshop.state,
        programme_name=programme_name,
        place_name=place_name,
        min_people=workshop.min_people,
        max_people=workshop.max_people,
        dates=dates or 0,
        to_come=to_come or 0,
        next_at=next_at,
        drafts=drafts or 0,
    )


def workshop(db: Session, public_id: str) -> WorkshopView:
    """Return one workshop, in two statements.

    Raises:
        NoSuchObject: there is no such workshop.
    """
    found = db.execute(
        select(Workshop, Programme.public_id, Programme.name, Place)
        .join(Programme, Programme.id == Workshop.programme_id)
        .join(Place, Place.id == Workshop.place_id)
        .where(Workshop.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NoSuchObject
    row, programme_public_id, programme_name, place = found
    values = {name: getattr(row, name) for name in Outline.__dataclass_fields__}
    return WorkshopView(
        id=row.id,
        public_id=row.public_id,
        outline=Outline(**values | {"only_towns": tuple(row.only_towns)}),
        state=row.state,
        programme_public_id=programme_public_id,
        programme_name=programme_name,
        place=_details(place),
        place_public_id=place.public_id,
        facilitators=_facilitators(db, row.id),
    )


def _facilitators(db: Session, workshop_id: int) -> tuple[FacilitatorView, ...]:
    rows = db.execute(
        select(Facilitator.id, Facilitator.session_id, Person.name, Person.email)
        .join(Person, Person.id == Facilitator.person_id)
        .where(Facilitator.workshop_id == workshop_id)
        .order_by(Facilitator.session_key, Person.name, Facilitator.id)
    )
    return tuple(FacilitatorView(*row) for row in rows)


def places(db: Session) -> list[PlaceView]:
    """Return every place, by name, with how many workshops meet there."""
    met = func.count(Workshop.id)
    rows = db.execute(
        select(Place, met)
        .outerjoin(Workshop, Workshop.place_id == Place.id)
        .group_by(Place.id)
        .order_by(Place.name, Place.id)
    )
    return [PlaceView(row.id, row.public_id, _details(row), count) for row, count in rows]


def place(db: Session, public_id: str) -> PlaceView:
    """Return one place.

    Raises:
        NoSuchObject: there is no such place.
    """
    row = db.scalar(select(Place).where(Place.public_id == public_id))
    if row is None:
        raise NoSuchObject
    met = select(func.count()).where(Workshop.place_id == row.id)
    return PlaceView(row.id, row.public_id, _details(row), db.scalar(met) or 0)


def _details(place: Place) -> PlaceDetails:
    return PlaceDetails(**{n: getattr(place, n) for n in PlaceDetails.__dataclass_fields__})


@dataclass(frozen=True)
class SessionBrief:
    """Enough of a session to put care beside it."""

    id: int
    public_id: str
    programme_id: int
    place_id: int
    public_title: str
    day: date
    starts: time
    ends: time
    zone: str
    state: str


def session_brief(db: Session, public_id: str) -> SessionBrief:
    """Return what care beside a session starts from.

    Raises:
        NoSuchObject: there is no such session.
    """
    found = db.execute(
        select(WorkshopSession, Workshop.programme_id, Workshop.public_title)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(WorkshopSession.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NoSuchObject
    row, programme_id, title = found
    own = ("id", "public_id", "place_id", "day", "starts", "ends", "zone", "state")
    values = {name: getattr(row, name) for name in own}
    return SessionBrief(programme_id=programme_id, public_title=title, **values)
