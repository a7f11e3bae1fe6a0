"""Which sheets somebody works on: sessions a facilitator leads, slots a provider keeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.attendance import rules
from repit.domain.attendance.errors import SheetClosed
from repit.domain.attendance.models import UnnamedArrival
from repit.domain.attendance.reading import Scope
from repit.domain.bookings.models import Booking
from repit.domain.bookings.redeeming import still_held
from repit.domain.care.models import Carer, CarerAssignment, CareSlot
from repit.domain.errors import NoSuchObject
from repit.domain.people.models import Membership
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Facilitator, Place, Workshop, WorkshopSession

OPEN_AFTER = timedelta(hours=24)
"""A sheet stays among those of today for so long, to be finished."""
MOST = 200


@dataclass(frozen=True)
class Meeting:
    """A session or a slot that has a sheet.

    `people`: seats taken, or children expected. `held`: of a slot, places whose vouchers wait.
    `asked`: of a slot, carers for whom nobody has answered yet.
    """

    public_id: str
    scope: Scope
    title: str
    theme: str | None
    place: str
    room: str | None
    address: str
    starts_at: datetime
    ends_at: datetime
    state: str
    people: int
    carers: tuple[str, ...] = ()
    held: int = 0
    asked: int = 0
    sheet_days: int = 0
    """So many days after the end may who led a session still open its sheet."""
    postponed: bool = False
    """Not on that day after all, and there is no other day yet: nobody comes."""

    def unnoted(self, now: datetime) -> int:
        """Return how many places nobody has noted although the care is over."""
        over = self.ends_at <= now and self.state != "cancelled"
        return self.held if over else 0

    def awaits_answer(self, now: datetime) -> bool:
        """Tell whether the provider is still to say who can come."""
        return bool(self.asked) and self.state != "cancelled" and self.starts_at > now

    def check_readable(self, now: datetime) -> None:
        """Refuse a sheet to who led a session long ago.

        Raises:
            SheetClosed: see its name.
        """
        if now > self.ends_at + timedelta(days=self.sheet_days):
            raise SheetClosed(self.sheet_days)

    @property
    def names_until(self) -> datetime:
        """The last moment at which a carer may read the children's names."""
        return self.ends_at + rules.NAMES_UNTIL

    def names_visible(self, now: datetime) -> bool:
        """Tell whether a carer may read the children's names now."""
        return rules.names_visible(self.starts_at, self.ends_at, now)


def sessions_led(
    db: Session, person_id: int, *, now: datetime, past: bool = False
) -> list[Meeting]:
    """Return the sessions somebody leads, those of today first; or those that are over.

    Over, but not so long ago that their sheets are closed.
    """
    found = _meetings(db, _sessions().where(_leads(person_id)), WorkshopSession, now, past)
    return [one for one in found if now <= one.ends_at + timedelta(days=one.sheet_days)]


def session_led(db: Session, person_id: int, public_id: str) -> Meeting:
    """Return one session somebody leads.

    Raises:
        NoSuchObject: there is no such session, or somebody else leads it.
    """
    return _one(db, _sessions().where(_leads(person_id), WorkshopSession.public_id == public_id))


def session(db: Session, public_id: str) -> Meeting:
    """Return one session, for the operator.

    Raises:
        NoSuchObject: there is no such session.
    """
    return _one(db, _sessions().where(WorkshopSession.public_id == public_id))


def keeps_children(db: Session, person_id: int, session_id: int | None) -> bool:
    """Tell whether somebody works for a provider who keeps children beside a session."""
    keepers = select(CareSlot.provider_id).where(
        CareSlot.session_id == session_id, CareSlot.state == "open"
    )
    works = (
        Membership.person_id == person_id,
        Membership.ended_at.is_(None),
        Membership.provider_id.in_(keepers),
    )
    return db.scalar(select(Membership.id).where(*works).limit(1)) is not None


def slots_of(db: Session, provider_id: int, *, now: datetime, past: bool = False) -> list[Meeting]:
    """Return the care slots of a provider, those of today first; or those that are over.

    A draft is among them as soon as somebody is asked for it.
    """
    query = _slots().where(CareSlot.provider_id == provider_id, _known_to_its_provider())
    return _meetings(db, query, CareSlot, now, past)


def slots_unnoted(db: Session, provider_id: int, *, now: datetime) -> list[Meeting]:
    """Return the slots that left the list of today with places nobody noted, the latest first."""
    query = _slots().where(
        CareSlot.provider_id == provider_id, CareSlot.state == "open", still_held() > 0
    )
    return _meetings(db, query, CareSlot, now, past=True)


def slot(db: Session, public_id: str, *, provider_id: int | None = None) -> Meeting:
    """Return one care slot: of this provider, or with None any, for the operator.

    Raises:
        NoSuchObject: there is no such slot, or another provider keeps it.
    """
    whose = (
        CareSlot.state != "draft"
        if provider_id is None
        else and_(CareSlot.provider_id == provider_id, _known_to_its_provider())
    )
    found = _one(db, _slots().where(CareSlot.public_id == public_id, whose))
    names = db.scalars(
        select(Carer.name)
        .join(CarerAssignment, CarerAssignment.carer_id == Carer.id)
        .where(CarerAssignment.slot_id == found.scope.slot_id, CarerAssignment.state == "confirmed")
        .order_by(Carer.name)
    )
    return Meeting(**{**vars(found), "carers": tuple(names)})


def _sessions() -> Any:
    seats = (
        select(func.count())
        .where(Booking.session_id == WorkshopSession.id, Booking.state == "confirmed", Booking.seat)
        .correlate(WorkshopSession)
        .scalar_subquery()
    )
    unnamed = (
        select(func.count())
        .where(
            UnnamedArrival.session_id == WorkshopSession.id, UnnamedArrival.annulled_at.is_(None)
        )
        .correlate(WorkshopSession)
        .scalar_subquery()
    )
    return (
        select(
            WorkshopSession.public_id,
            WorkshopSession.id.label("session_id"),
            Workshop.title,
            WorkshopSession.theme,
            Place,
            WorkshopSession.starts_at,
            WorkshopSession.ends_at,
            WorkshopSession.state,
            (seats + unnamed).label("people"),
            Programme.sheet_days,
            WorkshopSession.decision,
        )
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Programme, Programme.id == Workshop.programme_id)
        .join(Place, Place.id == WorkshopSession.place_id)
    )


def _slots() -> Any:
    return (
        select(
            CareSlot.public_id,
            CareSlot.id.label("slot_id"),
            func.coalesce(CareSlot.public_title, Workshop.public_title).label("title"),
            CareSlot.room,
            Place,
            CareSlot.starts_at,
            CareSlot.ends_at,
            CareSlot.state,
            CareSlot.places_taken.label("people"),
            still_held().label("held"),
            _asked().label("asked"),
            WorkshopSession.decision,
        )
        .join(Place, Place.id == CareSlot.place_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
    )


def _asked() -> Any:
    waits = CarerAssignment.slot_id == CareSlot.id, CarerAssignment.state == "asked"
    return select(func.count()).where(*waits).correlate(CareSlot).scalar_subquery()


def _known_to_its_provider() -> ColumnElement[bool]:
    """Return whether a slot is no draft, or its provider said or is to say who comes."""
    asked = (
        CarerAssignment.slot_id == CareSlot.id,
        or_(CarerAssignment.state != "withdrawn", CarerAssignment.declined),
    )
    return or_(CareSlot.state != "draft", select(CarerAssignment.id).where(*asked).exists())


def _leads(person_id: int) -> ColumnElement[bool]:
    """Return whether somebody leads the session, or all of its workshop, and it is no draft."""
    led = (
        select(Facilitator.id)
        .where(
            Facilitator.person_id == person_id,
            Facilitator.workshop_id == WorkshopSession.workshop_id,
            or_(Facilitator.session_id.is_(None), Facilitator.session_id == WorkshopSession.id),
        )
        .exists()
    )
    return and_(led, WorkshopSession.state != "draft")


def _meetings(
    db: Session,
    query: Select[Any],
    when: Any,
    now: datetime,
    past: bool,  # noqa: FBT001
) -> list[Meeting]:
    over = when.ends_at <= now - OPEN_AFTER
    order = when.starts_at.desc() if past else when.starts_at
    kept = query.where(over if past else ~over).order_by(order, when.id).limit(MOST)
    return [_meeting(row) for row in db.execute(kept).mappings()]


def _one(db: Session, query: Select[Any]) -> Meeting:
    row = db.execute(query).mappings().one_or_none()
    if row is None:
        raise NoSuchObject
    return _meeting(row)


def _meeting(row: RowMapping) -> Meeting:
    place = row["Place"]
    return Meeting(
        public_id=row["public_id"],
        scope=Scope(row.get("session_id"), row.get("slot_id")),
        title=row["title"] or "",
        theme=row.get("theme"),
        place=place.name,
        room=row.get("room"),
        address=f"{place.address}, {place.postcode} {place.town}",
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        state=row["state"],
        people=row["people"],
        held=row.get("held", 0),
        asked=row.get("asked", 0),
        sheet_days=row.get("sheet_days", 0),
        postponed=row["state"] == "open" and row["decision"] == "postpone",
    )
