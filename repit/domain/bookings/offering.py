"""What can be booked, as one parent may see it: sessions, their care, and care alone.

A session that is kept from a parent for a reason they must not learn is full, here as in the
decision: both ask `families.other_parent_comes`.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings import families
from repit.domain.bookings.care_shown import STAFFED, CareView, care_view, slots_shown
from repit.domain.bookings.choosing import choices
from repit.domain.bookings.lines import line_for_a_seat, rest_of_group_is_full
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.offered import Filters, Offerable, SessionView
from repit.domain.bookings.precedence import MOST_SKIPS, TOO_LATE
from repit.domain.bookings.queries import Dated, where_of, words_of
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Parent
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.vouchers.holds import holdable
from repit.domain.workshops.models import Place, Workshop, WorkshopSession

MOST_SHOWN = 100
EVERYTHING = Filters()


def availability(
    db: Session, parent_id: int, *, locale: str, now: datetime, filters: Filters = EVERYTHING
) -> list[SessionView]:
    """Return the sessions to come, as this parent may see them, in two statements."""
    parent, facts = families.parent_with_facts(db, parent_id)
    shown = (
        select(WorkshopSession.id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Place, Place.id == WorkshopSession.place_id)
        .where(
            WorkshopSession.state == "open",
            WorkshopSession.decision.is_distinct_from("postpone"),
            Workshop.state == "open",
            WorkshopSession.starts_at > now,
            *_kept(filters),
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        .limit(MOST_SHOWN)
        .subquery()
    )
    # Joined, not IN: everything else is then read of those alone.
    rows, slots = _with_care(
        db, _sessions(parent_id, now).join(shown, shown.c.id == WorkshopSession.id)
    )
    return [_session_view(row, slots, parent, facts, locale) for row in rows]


def care_alone(db: Session, *, now: datetime, filters: Filters = EVERYTHING) -> list[CareView]:
    """Return the care slots to come that stand alone, in one statement."""
    query = slots_shown().where(
        CareSlot.session_id.is_(None), CareSlot.state == "open", CareSlot.starts_at > now
    )
    if filters.town:
        query = query.where(Place.town == filters.town)
    if filters.month:
        query = query.where(*_within(CareSlot.day, filters.month))
    rows = db.execute(query.order_by(CareSlot.starts_at, CareSlot.id).limit(MOST_SHOWN))
    return [care_view(row.CareSlot, row.Place, row.provider, row.staffed) for row in rows]


def towns(db: Session, *, now: datetime) -> list[str]:
    """Return the towns in which something can be booked."""
    # One look into each index for a place, however many sessions it has.
    there = or_(*(_first_of(what, now).is_not(None) for what in (WorkshopSession, CareSlot)))
    return sorted(set(db.scalars(select(Place.town).where(there))))


def _first_of(what: type[WorkshopSession | CareSlot], now: datetime) -> ColumnElement[int | None]:
    """Return one of those to come in a place; an EXISTS would read all of them, to hash them."""
    to_come = what.place_id == Place.id, what.state == "open", what.starts_at > now
    return select(what.id).where(*to_come).limit(1).correlate(Place).scalar_subquery()


def session_page(
    db: Session, parent_id: int, public_id: str, *, locale: str, now: datetime
) -> Offerable | None:
    """Return everything this parent chooses from on one session; None when there is none.

    Drafts do not exist for parents; a cancelled or past session does, and cannot be booked.
    """
    parent, facts = families.parent_with_facts(db, parent_id)
    which = WorkshopSession.public_id == public_id, WorkshopSession.state != "draft"
    rows, care = _with_care(db, _sessions(parent_id, now).where(*which))
    if not rows:
        return None
    [row] = rows
    view = _session_view(row, care, parent, facts, locale)
    slots = [one.CareSlot for one in care[view.id]]
    programme: Programme = row.Programme
    return Offerable(
        session=view,
        slots=view.care,
        where=view.where,
        children=choices(db, parent, slots),
        vouchers_left=holdable(db, parent_id, programme.id, view.day),
        cancel_hours=programme.cancel_hours,
        late_is_paid=programme.late_is_paid,
        booking=view.booking,
        waiting=view.waiting,
        together=_group(db, row.Workshop.id, now) if view.cohort else (),
    )


def _group(db: Session, workshop_id: int, now: datetime) -> tuple[Dated, ...]:
    rows = db.scalars(
        select(WorkshopSession)
        .where(
            WorkshopSession.workshop_id == workshop_id,
            WorkshopSession.state == "open",
            WorkshopSession.starts_at > now,
        )
        .order_by(WorkshopSession.starts_at)
    )
    return tuple(Dated(one.public_id, one.day, one.starts, one.ends, one.starts_at) for one in rows)


def slot_page(db: Session, parent_id: int, public_id: str) -> Offerable | None:
    """Return everything this parent chooses from on care that stands alone."""
    parent = db.get_one(Parent, parent_id)
    row = db.execute(
        slots_shown().where(
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
        slots=(care_view(slot, row.Place, row.provider, row.staffed),),
        where=where_of(row.Place),
        children=choices(db, parent, [slot]),
        vouchers_left=holdable(db, parent_id, programme.id, slot.day),
        cancel_hours=programme.cancel_hours,
        late_is_paid=programme.late_is_paid,
        booking=None,
        waiting=_own_wait(db, parent_id, f"slot:{slot.id}"),
    )


def _with_care(db: Session, which: Any) -> tuple[list[Any], dict[int, list[Any]]]:
    """Return the sessions, soonest first, and the open slots beside each, in one statement."""
    rows = db.execute(
        which.add_columns(CareSlot, _CARE_PLACE, Provider.name.label("provider"), STAFFED)
        .outerjoin(
            CareSlot, and_(CareSlot.session_id == WorkshopSession.id, CareSlot.state == "open")
        )
        .outerjoin(_CARE_PLACE, _CARE_PLACE.id == CareSlot.place_id)
        .outerjoin(Provider, Provider.id == CareSlot.provider_id)
        .order_by(WorkshopSession.starts_at, WorkshopSession.id, CareSlot.starts_at, CareSlot.id)
    ).all()
    sessions: dict[int, Any] = {}
    care: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        sessions.setdefault(row.WorkshopSession.id, row)
        if row.CareSlot is not None:
            care[row.WorkshopSession.id].append(row)
    return list(sessions.values()), care


_OWN, _WAIT, _LINE = aliased(Booking), aliased(WaitingParty), aliased(WaitingParty)
_CARE_PLACE = aliased(Place, name="care_place")


def _sessions(parent_id: int, now: datetime) -> Any:
    own, wait, line = _OWN, _WAIT, _LINE
    turn = or_(
        line.skips >= MOST_SKIPS,
        and_(line.why == TOO_LATE, line.seat),
        and_(Workshop.promotion == "strict", or_(line.why.is_(None), line.why == "places")),
    )
    they_wait = exists().where(line.waits_for == line_for_a_seat(), line.state == "waiting", turn)
    others_first = and_(they_wait, wait.why.is_distinct_from(TOO_LATE))
    in_turn = and_(
        Workshop.parents_in_turn,
        families.other_parent_comes(parent_id, WorkshopSession.id),  # type: ignore[arg-type]
    )
    full = or_(
        WorkshopSession.seats_taken >= WorkshopSession.max_people,
        in_turn,
        others_first,
        rest_of_group_is_full(parent_id, now),
    )
    return (
        select(
            WorkshopSession,
            Workshop,
            Place,
            full.label("is_full"),
            Programme,
            own.public_id.label("own_booking"),
            own.expires_at.label("own_until"),
            own.taken_at.label("own_taken"),
            wait.public_id.label("own_wait"),
            func.coalesce(wait.why == TOO_LATE, literal(value=False)).label("called"),
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
                wait.waits_for == line_for_a_seat(),
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


def _session_view(
    row: Any,
    care: dict[int, list[Any]],
    parent: Parent,
    facts: families.Eligibility,
    locale: str,
) -> SessionView:
    session, workshop = row.WorkshopSession, row.Workshop
    shown = parent.discretion != "hidden"  # nothing of theirs stands on a screen
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
        care=tuple(
            care_view(one.CareSlot, one.care_place, one.provider, one.staffed)
            for one in care[session.id]
        ),
        full=bool(row.is_full),
        booking=row.own_booking if shown else None,
        waiting=row.own_wait if shown else None,
        not_eligible=facts.why_not(workshop, row.Programme, parent, session.day),
        offered_until=row.own_until if shown else None,
        to_pay=shown and row.own_taken is not None,
        called=shown and row.called,
        state="postponed" if session.decision == "postpone" else session.state,
    )


def _own_wait(db: Session, parent_id: int, waits_for: str) -> str | None:
    return db.scalar(
        select(WaitingParty.public_id).where(
            WaitingParty.parent_id == parent_id,
            WaitingParty.waits_for == waits_for,
            WaitingParty.state.in_(("waiting", "offered")),
        )
    )
