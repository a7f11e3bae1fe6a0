"""What the operator's lists show of sessions and care slots: how full, who waits, what is amiss."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.bookings.lines import line_for_a_seat, line_of_its_own
from repit.domain.bookings.models import WaitingParty
from repit.domain.bookings.precedence import TOO_LATE
from repit.domain.bookings.redeeming import still_held
from repit.domain.bookings.stage import COHORT
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.care.prices import agreed_on
from repit.domain.errors import NoSuchObject
from repit.domain.providers.models import Provider, Tariff
from repit.domain.workshops.models import Place, Workshop, WorkshopSession

LEFT_AFTER = timedelta(hours=36)
"""After the end of care: by then the nightly job has ended every hold that somebody noted."""


@dataclass(frozen=True)
class SessionRow:
    """A session of a list. Care numbers are of the slots that stand beside it, together."""

    id: int
    public_id: str
    workshop_id: int
    workshop_public_id: str
    workshop_title: str
    public_title: str
    workshop_state: str
    place_public_id: str
    place_name: str
    day: date
    starts: time
    ends: time
    zone: str
    starts_at: datetime
    ends_at: datetime
    decide_at: datetime
    theme: str | None
    guests: str | None
    min_people: int
    max_people: int
    seats_taken: int
    over_capacity: bool
    decision: str | None
    decided_at: datetime | None
    state: str
    cancel_motive: str | None
    cohort: bool
    """A fixed group: the same people at every date, and one list for all of them."""
    care_slots: int
    care_taken: int
    care_room: int
    care_over: int
    waiting: int

    @property
    def short(self) -> bool:
        """Whether fewer come than it takes."""
        return self.seats_taken < self.min_people

    @property
    def lines(self) -> tuple[str, ...]:
        """The lists of those who wait for it."""
        own = f"session:{self.id}"
        return (f"group:{self.workshop_id}", own) if self.cohort else (own,)

    def to_decide(self, now: datetime) -> bool:
        """Tell whether somebody must say what becomes of it; the twin of `_to_decide`."""
        due = self.decide_at <= now < self.starts_at
        return self.state == "open" and self.short and self.decision is None and due

    def to_move(self, now: datetime) -> bool:
        """Tell whether it was postponed and has no new date; the twin of `to_move` below."""
        return self.state == "open" and self.decision == "postpone" and now < self.ends_at


@dataclass(frozen=True)
class SlotRow:
    """A care slot of a list. `session_title` None: it stands alone."""

    id: int
    public_id: str
    public_title: str | None
    session_public_id: str | None
    session_title: str | None
    provider_name: str
    place_name: str
    room: str
    starts_at: datetime
    ends_at: datetime
    room_places: int
    places_taken: int
    over_capacity: bool
    vouchers_per_child: int
    state: str
    confirmed: int
    asked: int
    waiting: int
    has_tariff: bool

    @property
    def free_with_tariff(self) -> bool:
        """Nobody pays for it although the provider has a price: perhaps a slip."""
        return self.has_tariff and not self.vouchers_per_child

    @property
    def title(self) -> str:
        return self.public_title or self.session_title or ""


@dataclass(frozen=True)
class SessionFilter:
    """What to keep of the list. `show` empty: what is to come and stands."""

    text: str = ""
    show: str = ""
    """Or `to_decide`, `to_call`, `over`, `waiting`, `draft`, `past`, `cancelled`."""
    workshop_id: int | None = None


@dataclass(frozen=True)
class SlotFilter:
    """What to keep of the list. `show` empty: what is to come and stands."""

    text: str = ""
    show: str = ""
    """Or `alone`, `over`, `unstaffed`, `draft`, `past`, `cancelled`."""
    session_id: int | None = None


def sessions(
    db: Session, wanted: SessionFilter, *, now: datetime, number: int | None
) -> Page[SessionRow]:
    """Return the sessions of a list, in two statements; those to come first come first."""
    backwards = wanted.show in {"past", "cancelled"}
    starts = WorkshopSession.starts_at
    order = starts.desc() if backwards else starts
    query = _sessions().where(*_sessions_kept(wanted, now)).order_by(order, WorkshopSession.id)
    return cut(db, query, _session, number=number)


def sessions_of(db: Session, workshop_id: int) -> list[SessionRow]:
    """Return every date of a workshop in order, in one statement."""
    query = _sessions().where(WorkshopSession.workshop_id == workshop_id)
    return [_session(row) for row in db.execute(query.order_by(WorkshopSession.starts_at))]


def session(db: Session, public_id: str) -> SessionRow:
    """Return one session.

    Raises:
        NoSuchObject: there is no such session.
    """
    row = db.execute(_sessions().where(WorkshopSession.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _session(row)


def slots(db: Session, wanted: SlotFilter, *, now: datetime, number: int | None) -> Page[SlotRow]:
    """Return the care slots of a list, in two statements."""
    backwards = wanted.show in {"past", "cancelled"}
    order = CareSlot.starts_at.desc() if backwards else CareSlot.starts_at
    query = _slots().where(*_slots_kept(wanted, now)).order_by(order, CareSlot.id)
    return cut(db, query, lambda row: SlotRow(*row), number=number)


def slots_beside(db: Session, session_id: int) -> list[SlotRow]:
    """Return the slots beside one session, in one statement."""
    query = _slots().where(CareSlot.session_id == session_id)
    return [SlotRow(*row) for row in db.execute(query.order_by(CareSlot.starts_at, CareSlot.id))]


def _waits_here() -> ColumnElement[bool]:
    return WaitingParty.waits_for.in_((line_for_a_seat(), line_of_its_own()))


def _sessions() -> Select[Any]:
    own = CareSlot.session_id == WorkshopSession.id, CareSlot.state != "cancelled"

    def care(what: Any) -> Any:
        return select(what).where(*own).correlate(WorkshopSession).scalar_subquery()

    waiting = (
        select(func.count())
        .where(_waits_here(), WaitingParty.state == "waiting")
        .correlate(WorkshopSession, Workshop)
        .scalar_subquery()
    )
    return (
        select(
            WorkshopSession,
            Workshop.public_id,
            Workshop.title,
            Workshop.public_title,
            Workshop.state,
            Place.public_id,
            Place.name,
            Workshop.format == COHORT,
            care(func.count()),
            care(func.coalesce(func.sum(CareSlot.places_taken), 0)),
            care(func.coalesce(func.sum(CareSlot.room_places), 0)),
            care(func.coalesce(func.sum(case((CareSlot.over_capacity, 1), else_=0)), 0)),
            waiting,
        )
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Place, Place.id == WorkshopSession.place_id)
    )


_OWN = (
    "id", "public_id", "workshop_id", "day", "starts", "ends", "zone", "starts_at", "ends_at",
    "decide_at", "theme", "guests", "min_people", "max_people", "seats_taken", "over_capacity",
    "decision", "decided_at", "state", "cancel_motive",
)  # fmt: skip
_BESIDE = (
    "workshop_public_id", "workshop_title", "public_title", "workshop_state", "place_public_id",
    "place_name", "cohort", "care_slots", "care_taken", "care_room", "care_over", "waiting",
)  # fmt: skip


def _session(row: Any) -> SessionRow:
    own, *beside = row
    values = {name: getattr(own, name) for name in _OWN}
    return SessionRow(**values, **dict(zip(_BESIDE, beside, strict=True)))


def to_decide(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a session that somebody must decide on; see `SessionRow`."""
    return and_(
        WorkshopSession.state == "open",
        WorkshopSession.decide_at <= now,
        WorkshopSession.starts_at > now,
        WorkshopSession.seats_taken < WorkshopSession.min_people,
        WorkshopSession.decision.is_(None),
    )


def to_move(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a session that was postponed and has no new date yet."""
    return and_(
        WorkshopSession.state == "open",
        WorkshopSession.decision == "postpone",
        WorkshopSession.ends_at > now,
    )


def to_call(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a session with a free place and a line, too late for an offer."""
    called = select(WaitingParty.id).where(
        _waits_here(), WaitingParty.state == "waiting", WaitingParty.why == TOO_LATE
    )
    return and_(
        WorkshopSession.state == "open",
        WorkshopSession.starts_at > now,
        WorkshopSession.seats_taken < WorkshopSession.max_people,
        called.exists(),
    )


def session_shows(now: datetime) -> dict[str, tuple[Any, ...]]:
    """Return the conditions of each kind of list of sessions; the empty name: what is to come."""
    stands, to_come = WorkshopSession.state != "cancelled", WorkshopSession.ends_at > now
    waiting = select(WaitingParty.id).where(_waits_here(), WaitingParty.state == "waiting")
    return {
        "": (stands, to_come),
        "to_decide": (or_(to_decide(now), to_move(now)),),
        "over": (stands, to_come, WorkshopSession.over_capacity),
        "to_call": (to_call(now),),
        "waiting": (stands, to_come, waiting.exists()),
        "draft": (to_come, WorkshopSession.state == "draft"),
        "past": (stands, ~to_come),
        "cancelled": (WorkshopSession.state == "cancelled",),
    }


def _sessions_kept(wanted: SessionFilter, now: datetime) -> list[ColumnElement[bool]]:
    found = list(session_shows(now)[wanted.show])
    if wanted.workshop_id is not None:
        found.append(WorkshopSession.workshop_id == wanted.workshop_id)
    if wanted.text:
        found.append(_has(wanted.text, Workshop.title, Workshop.public_title, Place.name))
    return found


def _slots() -> Any:
    def carers(state: str) -> Any:
        mine = CarerAssignment.slot_id == CareSlot.id, CarerAssignment.state == state
        return select(func.count()).where(*mine).correlate(CareSlot).scalar_subquery()

    waits = WaitingParty.slot_id == CareSlot.id, WaitingParty.state == "waiting"
    return (
        select(
            CareSlot.id,
            CareSlot.public_id,
            CareSlot.public_title,
            WorkshopSession.public_id,
            Workshop.title,
            Provider.name,
            Place.name,
            CareSlot.room,
            CareSlot.starts_at,
            CareSlot.ends_at,
            CareSlot.room_places,
            CareSlot.places_taken,
            CareSlot.over_capacity,
            CareSlot.vouchers_per_child,
            CareSlot.state,
            carers("confirmed"),
            carers("asked"),
            select(func.count()).where(*waits).correlate(CareSlot).scalar_subquery(),
            exists()
            .where(*agreed_on(CareSlot.provider_id, CareSlot.day), Tariff.unit_cents > 0)
            .correlate(CareSlot),
        )
        .join(Provider, Provider.id == CareSlot.provider_id)
        .join(Place, Place.id == CareSlot.place_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
    )


def slot_shows(now: datetime) -> dict[str, tuple[Any, ...]]:
    """Return the conditions of each kind of list of slots; the empty name: what is to come."""
    stands, to_come = CareSlot.state != "cancelled", CareSlot.ends_at > now
    confirmed = select(CarerAssignment.id).where(
        CarerAssignment.slot_id == CareSlot.id, CarerAssignment.state == "confirmed"
    )
    return {
        "": (stands, to_come),
        "alone": (stands, to_come, CareSlot.session_id.is_(None)),
        "over": (stands, to_come, CareSlot.over_capacity),
        "unstaffed": (stands, to_come, ~confirmed.exists()),
        "unnoted": (stands, CareSlot.ends_at <= now - LEFT_AFTER, still_held() > 0),
        "draft": (to_come, CareSlot.state == "draft"),
        "past": (stands, ~to_come),
        "cancelled": (CareSlot.state == "cancelled",),
    }


def _slots_kept(wanted: SlotFilter, now: datetime) -> list[ColumnElement[bool]]:
    found = list(slot_shows(now)[wanted.show])
    if wanted.session_id is not None:
        found.append(CareSlot.session_id == wanted.session_id)
    if wanted.text:
        names = CareSlot.public_title, Workshop.title, Provider.name, Place.name, CareSlot.room
        found.append(_has(wanted.text, *names))
    return found


def _has(text: str, *columns: Any) -> ColumnElement[bool]:
    words = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(*(column.ilike(f"%{words}%", escape="\\") for column in columns))
