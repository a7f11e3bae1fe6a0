"""Read carers with their papers, and slots, as frozen values. Who is booked: `bookings`."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.care.details import CHECK_KINDS, CarerDetails, SlotDetails
from repit.domain.care.models import Carer, CarerAssignment, CarerCheck, CareSlot
from repit.domain.care.papers import Paper, PaperState, PaperView, standing
from repit.domain.errors import NoSuchObject
from repit.domain.households.folding import fold
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.workshops.models import Place, Workshop, WorkshopSession


@dataclass(frozen=True)
class CarerRow:
    """One line of the list. `papers`: those that an open programme asks for."""

    id: int
    public_id: str
    name: str
    kind: str
    personal_cap: int | None
    left_on: date | None
    provider_public_id: str
    provider_name: str
    papers: tuple[PaperView, ...]

    def worst(self) -> PaperState:
        """Return the state of the paper that needs somebody most."""
        order = list(PaperState)
        states = [paper.state for paper in self.papers]
        return max(states, key=order.index, default=PaperState.VALID)


@dataclass(frozen=True)
class CheckView:
    id: int
    kind: str
    first_day: date
    last_day: date
    seen_on: date
    seen_by: str


@dataclass(frozen=True)
class CarerView:
    """One carer in full."""

    row: CarerRow
    checks: tuple[CheckView, ...]

    @property
    def details(self) -> CarerDetails:
        return CarerDetails(self.row.name, self.row.kind, self.row.personal_cap)


@dataclass(frozen=True)
class SlotView:
    """One care slot in full. `session_title`: the public title of its workshop."""

    id: int
    public_id: str
    details: SlotDetails
    starts_at: datetime
    ends_at: datetime
    places_taken: int
    over_capacity: bool
    state: str
    cancel_motive: str | None
    provider_public_id: str
    provider_name: str
    place_public_id: str
    place_name: str
    programme_public_id: str
    session_public_id: str | None
    session_title: str | None

    @property
    def title(self) -> str:
        return self.details.public_title or self.session_title or ""


@dataclass(frozen=True)
class CarerFilter:
    text: str = ""
    provider: str = ""
    """By public id."""
    papers: str = ""
    """A `PaperState` the worst paper has, `wanting` for any that somebody must see to, or empty."""
    gone: bool = False
    """Those who left, instead of those who are there."""


def carers(db: Session, wanted: CarerFilter, *, today: date) -> list[CarerRow]:
    """Return carers by name, in three statements whatever their number."""
    return [row for row in _rows(db, today) if _keeps(wanted, row, today)]


def carer(db: Session, public_id: str, *, today: date) -> CarerView:
    """Return one carer.

    Raises:
        NoSuchObject: there is no such carer.
    """
    row = next(iter(_rows(db, today, public_id=public_id)), None)
    if row is None:
        raise NoSuchObject
    checks = db.scalars(
        select(CarerCheck)
        .where(CarerCheck.carer_id == row.id)
        .order_by(CarerCheck.last_day.desc(), CarerCheck.id.desc())
    )
    names = CheckView.__dataclass_fields__
    return CarerView(row, tuple(CheckView(**{n: getattr(one, n) for n in names}) for one in checks))


def required_checks(db: Session) -> tuple[str, ...]:
    """Return the papers that some open programme asks for."""
    asked: set[str] = set()
    for kinds in db.scalars(select(Programme.carer_checks).where(Programme.closed_at.is_(None))):
        asked.update(kinds)
    return tuple(kind for kind in CHECK_KINDS if kind in asked)


def slot(db: Session, public_id: str) -> SlotView:
    """Return one care slot.

    Raises:
        NoSuchObject: there is no such slot.
    """
    found = db.execute(
        select(
            CareSlot,
            Provider.public_id,
            Provider.name,
            Place.public_id,
            Place.name,
            Programme.public_id,
            WorkshopSession.public_id,
            Workshop.public_title,
        )
        .join(Provider, Provider.id == CareSlot.provider_id)
        .join(Place, Place.id == CareSlot.place_id)
        .join(Programme, Programme.id == CareSlot.programme_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(CareSlot.public_id == public_id)
    ).one_or_none()
    if found is None:
        raise NoSuchObject
    row, *names = found
    values = {name: getattr(row, name) for name in SlotDetails.__dataclass_fields__}
    return SlotView(
        row.id,
        row.public_id,
        SlotDetails(**values),
        row.starts_at,
        row.ends_at,
        row.places_taken,
        row.over_capacity,
        row.state,
        row.cancel_motive,
        *names,
    )


def slots_to_count(
    db: Session,
    *,
    now: datetime,
    carer_id: int | None = None,
    provider_id: int | None = None,
    programme_id: int | None = None,
) -> list[int]:
    """Return the open slots to come whose places may change with a carer or their papers."""
    query = select(CareSlot.id).where(CareSlot.state == "open", CareSlot.ends_at > now)
    if carer_id is not None:
        confirmed = CarerAssignment.carer_id == carer_id, CarerAssignment.state == "confirmed"
        query = query.join(CarerAssignment, CarerAssignment.slot_id == CareSlot.id).where(
            *confirmed
        )
    if provider_id is not None:
        query = query.where(CareSlot.provider_id == provider_id)
    if programme_id is not None:
        query = query.where(CareSlot.programme_id == programme_id)
    return list(db.scalars(query.order_by(CareSlot.session_id, CareSlot.id)))


def _rows(db: Session, today: date, *, public_id: str | None = None) -> list[CarerRow]:
    query = select(Carer, Provider.public_id, Provider.name).join(
        Provider, Provider.id == Carer.provider_id
    )
    if public_id is not None:
        query = query.where(Carer.public_id == public_id)
    rows = db.execute(query).all()
    required = required_checks(db)
    papers = papers_of(db, None if public_id is None else [row.id for row, *_ in rows])
    found = [
        CarerRow(
            id=row.id,
            public_id=row.public_id,
            name=row.name,
            kind=row.kind,
            personal_cap=row.personal_cap,
            left_on=row.left_on,
            provider_public_id=provider_public_id,
            provider_name=provider_name,
            papers=tuple(standing(papers[row.id], kind, today) for kind in required),
        )
        for row, provider_public_id, provider_name in rows
    ]
    return sorted(found, key=lambda row: (fold(row.name), row.id))


def _keeps(wanted: CarerFilter, row: CarerRow, today: date) -> bool:
    gone = row.left_on is not None and row.left_on <= today
    if gone is not wanted.gone:
        return False
    if wanted.provider and row.provider_public_id != wanted.provider:
        return False
    worst = row.worst()
    if wanted.papers == "wanting" and worst is PaperState.VALID:
        return False
    if wanted.papers not in {"", "wanting", worst}:
        return False
    searched = fold(f"{row.name} {row.provider_name}")
    return all(word in searched for word in fold(wanted.text).split())


def papers_of(db: Session, carer_ids: Collection[int] | None) -> dict[int, list[Paper]]:
    """Return the papers by carer; of everybody when no ids are given."""
    found: dict[int, list[Paper]] = defaultdict(list)
    columns: Any = CarerCheck.carer_id, CarerCheck.kind, CarerCheck.first_day, CarerCheck.last_day
    query = select(*columns)
    if carer_ids is not None:
        query = query.where(CarerCheck.carer_id.in_(carer_ids))
    for carer_id, *paper in db.execute(query):
        found[carer_id].append(Paper(*paper))
    return found
