"""What the operator's lists show of sessions: how full, who waits, what is amiss."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.bookings.lines import line_for_a_seat, line_of_its_own
from repit.domain.bookings.models import WaitingParty
from repit.domain.bookings.precedence import TOO_LATE
from repit.domain.bookings.stage import COHORT
from repit.domain.care.models import CareSlot
from repit.domain.errors import NoSuchObject
from repit.domain.workshops.models import Place, Workshop, WorkshopSession


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
class SessionFilter:
    """What to keep of the list. `show` empty: what is to come and stands."""

    text: str = ""
    show: str = ""
    """Or `to_decide`, `to_call`, `over`, `waiting`, `draft`, `past`, `cancelled`."""
    workshop_id: int | None = None


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
        found.append(has_words(wanted.text, Workshop.title, Workshop.public_title, Place.name))
    return found


def has_words(text: str, *columns: Any) -> ColumnElement[bool]:
    """Return whether a typed text stands in one of the columns."""
    words = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(*(column.ilike(f"%{words}%", escape="\\") for column in columns))
