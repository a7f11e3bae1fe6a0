"""What can be booked, as one parent may see it: sessions, their care, and care alone.

A session that is kept from a parent for a reason they must not learn is full, here as in the
decision: both ask `families.other_parent_comes`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings import families
from repit.domain.bookings.fitting import any_age
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.promote import MOST_SKIPS
from repit.domain.bookings.queries import Where, where_of, words_of
from repit.domain.care.counting import carers_counted, slot_facts
from repit.domain.care.models import CareSlot, ChildSheet
from repit.domain.care.rules import ChildFacts, Fit, fits, is_of_age
from repit.domain.households.models import Child, ChildHome, Parent
from repit.domain.money import Minutes
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.vouchers.holds import holdable
from repit.domain.workshops.models import Place, Workshop, WorkshopSession

MOST_SHOWN = 100


@dataclass(frozen=True)
class Filters:
    """What to keep; empty keeps everything. `month`: any day of it."""

    town: str = ""
    month: date | None = None
    with_care: bool = False


@dataclass(frozen=True)
class CareView:
    """Care at a time, without numbers of places."""

    id: int
    public_id: str
    title: str | None
    description: str | None
    day: date
    starts: time
    ends: time
    room: str
    provider: str
    youngest_months: int
    oldest_years: int
    vouchers_per_child: int
    minutes: Minutes


@dataclass(frozen=True)
class SessionView:
    """A session as one parent may see it. `title` and `description` are in their language."""

    id: int
    public_id: str
    workshop_public_id: str
    title: str
    description: str | None
    language: str
    """Of the title and the description."""
    theme: str | None
    guests: str | None
    charter: str | None
    audience: str
    cohort: bool
    with_children: bool
    day: date
    starts: time
    ends: time
    zone: str
    starts_at: datetime
    where: Where
    care: tuple[CareView, ...]
    full: bool
    booking: str | None
    """The parent's own live booking."""
    waiting: str | None
    """The parent's own place in the list."""
    not_eligible: str | None


@dataclass(frozen=True)
class ChildChoice:
    """A child that may be named for a slot. `trouble`: `age` or `full`, or None."""

    child_id: int
    public_id: str
    first_name: str
    slot_id: int
    trouble: str | None
    has_sheet: bool


@dataclass(frozen=True)
class Offerable:
    """One page on which everything is chosen: a session with its care, or care alone."""

    session: SessionView | None
    slots: tuple[CareView, ...]
    where: Where
    children: tuple[ChildChoice, ...]
    vouchers_left: int
    """Good on that day and free."""
    cancel_hours: int
    late_is_paid: bool
    booking: str | None
    waiting: str | None

    @property
    def main(self) -> SessionView | CareView:
        """What gives the page its title and its hour."""
        return self.session or self.slots[0]


def availability(
    db: Session, parent_id: int, *, locale: str, now: datetime, filters: Filters = Filters()
) -> list[SessionView]:
    """Return the sessions to come, as this parent may see them, in four statements."""
    parent = db.get_one(Parent, parent_id)
    rows = db.execute(
        _sessions(parent_id)
        .where(
            WorkshopSession.state == "open",
            Workshop.state == "open",
            WorkshopSession.starts_at > now,
            *_kept(filters),
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        .limit(MOST_SHOWN)
    ).all()
    care = _care_of(db, [row.WorkshopSession.id for row in rows])
    facts = families.eligibility(db, parent)
    return [_session_view(row, care, parent, facts, locale) for row in rows]


def care_alone(db: Session, *, now: datetime, filters: Filters = Filters()) -> list[CareView]:
    """Return the care slots to come that stand alone, in one statement."""
    query = _slots().where(
        CareSlot.session_id.is_(None), CareSlot.state == "open", CareSlot.starts_at > now
    )
    if filters.town:
        query = query.where(Place.town == filters.town)
    if filters.month:
        query = query.where(*_within(CareSlot.day, filters.month))
    rows = db.execute(query.order_by(CareSlot.starts_at, CareSlot.id).limit(MOST_SHOWN))
    return [_care_view(row) for row in rows]


def towns(db: Session, *, now: datetime) -> list[str]:
    """Return the towns in which something can be booked."""
    sessions = (
        select(Place.town)
        .join(WorkshopSession, WorkshopSession.place_id == Place.id)
        .where(WorkshopSession.state == "open", WorkshopSession.starts_at > now)
    )
    slots = (
        select(Place.town)
        .join(CareSlot, CareSlot.place_id == Place.id)
        .where(CareSlot.state == "open", CareSlot.starts_at > now)
    )
    return sorted(set(db.scalars(sessions.union(slots))))


def session_page(
    db: Session, parent_id: int, public_id: str, *, locale: str, now: datetime
) -> Offerable | None:
    """Return everything this parent chooses from on one session; None when there is none.

    Drafts do not exist for parents; a cancelled or past session does, and cannot be booked.
    """
    parent = db.get_one(Parent, parent_id)
    row = db.execute(
        _sessions(parent_id).where(
            WorkshopSession.public_id == public_id, WorkshopSession.state != "draft"
        )
    ).one_or_none()
    if row is None:
        return None
    care = _care_of(db, [row.WorkshopSession.id])
    view = _session_view(row, care, parent, families.eligibility(db, parent), locale)
    slots = db.scalars(
        select(CareSlot)
        .where(CareSlot.session_id == row.WorkshopSession.id, CareSlot.state == "open")
        .order_by(CareSlot.starts_at, CareSlot.id)
    ).all()
    programme: Programme = row.Programme
    return Offerable(
        session=view,
        slots=view.care,
        where=view.where,
        children=_choices(db, parent, slots),
        vouchers_left=holdable(db, parent_id, programme.id, view.day),
        cancel_hours=programme.cancel_hours,
        late_is_paid=programme.late_is_paid,
        booking=view.booking,
        waiting=view.waiting,
    )


def slot_page(db: Session, parent_id: int, public_id: str) -> Offerable | None:
    """Return everything this parent chooses from on care that stands alone."""
    parent = db.get_one(Parent, parent_id)
    row = db.execute(
        _slots().where(
            CareSlot.public_id == public_id,
            CareSlot.session_id.is_(None),
            CareSlot.state != "draft",
        )
    ).one_or_none()
    if row is None:
        return None
    slot: CareSlot = row.CareSlot
    programme = db.get_one(Programme, slot.programme_id)
    return Offerable(
        session=None,
        slots=(_care_view(row),),
        where=where_of(row.Place),
        children=_choices(db, parent, [slot]),
        vouchers_left=holdable(db, parent_id, programme.id, slot.day),
        cancel_hours=programme.cancel_hours,
        late_is_paid=programme.late_is_paid,
        booking=None,
        waiting=_own_wait(db, parent_id, f"slot:{slot.id}"),
    )


def _sessions(parent_id: int) -> Any:
    own = aliased(Booking)
    wait = aliased(WaitingParty)
    line = aliased(WaitingParty)
    turn = or_(
        line.skips >= MOST_SKIPS,
        and_(Workshop.promotion == "strict", or_(line.why.is_(None), line.why == "places")),
    )
    others_first = exists().where(
        line.session_id == WorkshopSession.id, line.state == "waiting", turn
    )
    in_turn = and_(
        Workshop.parents_in_turn,
        families.other_parent_comes(parent_id, WorkshopSession.id),  # type: ignore[arg-type]
    )
    full = or_(WorkshopSession.seats_taken >= WorkshopSession.max_people, in_turn, others_first)
    return (
        select(
            WorkshopSession,
            Workshop,
            Place,
            full.label("is_full"),
            Programme,
            own.public_id.label("own_booking"),
            wait.public_id.label("own_wait"),
        )
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Place, Place.id == WorkshopSession.place_id)
        .join(Programme, Programme.id == Workshop.programme_id)
        .outerjoin(
            own,
            and_(
                own.session_id == WorkshopSession.id,
                own.parent_id == parent_id,
                own.seat,
                own.state != "cancelled",
            ),
        )
        .outerjoin(
            wait,
            and_(
                wait.session_id == WorkshopSession.id,
                wait.parent_id == parent_id,
                wait.state.in_(("waiting", "offered")),
            ),
        )
    )


def _kept(filters: Filters) -> list[ColumnElement[bool]]:
    kept: list[ColumnElement[bool]] = []
    if filters.town:
        kept.append(Place.town == filters.town)
    if filters.month:
        kept += _within(WorkshopSession.day, filters.month)
    if filters.with_care:
        kept.append(
            exists().where(CareSlot.session_id == WorkshopSession.id, CareSlot.state == "open")
        )
    return kept


def _within(column: Any, day: date) -> list[ColumnElement[bool]]:
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return [column >= first, column < after]


def _slots() -> Any:
    return (
        select(CareSlot, Place, Provider.name.label("provider"))
        .join(Place, Place.id == CareSlot.place_id)
        .join(Provider, Provider.id == CareSlot.provider_id)
    )


def _care_of(db: Session, session_ids: Collection[int]) -> dict[int, list[CareView]]:
    found: dict[int, list[CareView]] = defaultdict(list)
    if session_ids:
        rows = db.execute(
            _slots()
            .where(CareSlot.session_id.in_(session_ids), CareSlot.state == "open")
            .order_by(CareSlot.starts_at, CareSlot.id)
        )
        for row in rows:
            found[row.CareSlot.session_id].append(_care_view(row))
    return found


def _care_view(row: Any) -> CareView:
    slot: CareSlot = row.CareSlot
    return CareView(
        id=slot.id,
        public_id=slot.public_id,
        title=slot.public_title,
        description=slot.description,
        day=slot.day,
        starts=slot.starts,
        ends=slot.ends,
        room=slot.room,
        provider=row.provider,
        youngest_months=slot.youngest_months,
        oldest_years=slot.oldest_years,
        vouchers_per_child=slot.vouchers_per_child,
        minutes=Minutes(int((slot.ends_at - slot.starts_at).total_seconds() // 60)),
    )


def _session_view(
    row: Any,
    care: dict[int, list[CareView]],
    parent: Parent,
    facts: families.Eligibility,
    locale: str,
) -> SessionView:
    session, workshop = row.WorkshopSession, row.Workshop
    title, description, language = words_of(workshop, locale)
    return SessionView(
        id=session.id,
        public_id=session.public_id,
        workshop_public_id=workshop.public_id,
        title=title,
        description=description,
        language=language,
        theme=session.theme,
        guests=session.guests,
        charter=workshop.charter,
        audience=workshop.audience,
        cohort=workshop.format == "cohort",
        with_children=workshop.with_children,
        day=session.day,
        starts=session.starts,
        ends=session.ends,
        zone=session.zone,
        starts_at=session.starts_at,
        where=where_of(row.Place),
        care=tuple(care.get(session.id, ())),
        full=bool(row.is_full),
        booking=row.own_booking,
        waiting=row.own_wait,
        not_eligible=facts.why_not(workshop, row.Programme, parent, session.day),
    )


def _choices(db: Session, parent: Parent, slots: Sequence[CareSlot]) -> tuple[ChildChoice, ...]:
    if not slots:
        return ()
    rows = db.execute(
        select(Child, ChildSheet.walking_since, ChildSheet.id.label("sheet"))
        .join(ChildHome, ChildHome.child_id == Child.id)
        .outerjoin(
            ChildSheet,
            and_(
                ChildSheet.child_id == Child.id,
                ChildSheet.household_id == parent.household_id,
            ),
        )
        .where(ChildHome.household_id == parent.household_id)
        .order_by(Child.born_on, Child.id)
    ).all()
    facts = {
        row.Child.id: ChildFacts(
            row.Child.born_on, row.walking_since, row.Child.care_weight, row.Child.dedicated_carer
        )
        for row in rows
    }
    slot_ids = [slot.id for slot in slots]
    there, carers = families.present(db, slot_ids), carers_counted(db, slot_ids)
    family = families.Family(parent, facts, {})
    busy = {place.child_id for place in families.elsewhere(db, family, slots) if not place.ours}
    return tuple(
        ChildChoice(
            child_id=row.Child.id,
            public_id=row.Child.public_id,
            first_name=row.Child.first_name,
            slot_id=slot.id,
            trouble=_trouble(slot, facts[row.Child.id], there, carers, busy=row.Child.id in busy),
            has_sheet=row.sheet is not None,
        )
        for slot in slots
        for row in rows
    )


def _trouble(
    slot: CareSlot, child: ChildFacts, there: Any, carers: Any, *, busy: bool
) -> str | None:
    if not is_of_age(child, slot_facts(slot)):
        return "age"
    fit = fits([*there[slot.id], child], carers.get(slot.id, []), any_age(slot))
    return "full" if busy or fit is not Fit.FITS else None


def _own_wait(db: Session, parent_id: int, waits_for: str) -> str | None:
    return db.scalar(
        select(WaitingParty.public_id).where(
            WaitingParty.parent_id == parent_id,
            WaitingParty.waits_for == waits_for,
            WaitingParty.state.in_(("waiting", "offered")),
        )
    )
