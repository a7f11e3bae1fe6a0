"""Offer a place that came free to the party whose turn it is. The only way off the list.

Called after every way a place comes free, in the same change, after the release: a cancellation,
an offer that expired or was declined, more seats, a bigger room, a carer more. What is offered is
a booking that holds its places and its vouchers, so two offers can never be for one place. To a
fixed group it is one for each of its sessions, all or none of them, and one answers for all.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import tentatively
from repit.domain import ids
from repit.domain.actors import COMMAND
from repit.domain.bookings import telling
from repit.domain.bookings.cohorts import Part, left_of, spread, tie
from repit.domain.bookings.errors import AlreadyBooked, CareFull, NotOpenForBooking, SessionFull
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, WaitingChild, WaitingParty
from repit.domain.bookings.placing import Asked, place
from repit.domain.bookings.precedence import MOST_SKIPS, TOO_LATE
from repit.domain.bookings.stage import Stage, lock, lock_group, lock_whole
from repit.domain.bookings.windows import offer_until
from repit.domain.errors import DomainError
from repit.domain.households.models import Child, Parent

AT_A_TIME = 20
WANTING = {"not_enough_to_hold": "vouchers", "child_not_of_age": "age"}


def promote(db: Session, waits_for: str, *, now: datetime, most: int = 1) -> int:
    """Lock what is waited for and offer up to `most` places; return how many were offered.

    Raises:
        Nothing of its own; nobody is promoted to what is over or cancelled.
    """
    kind, _, number = waits_for.partition(":")
    try:
        stage = _locked(db, kind, int(number))
    except NotOpenForBooking:
        return 0
    end_expired(db, stage, now=now)
    return _promote(db, stage, waits_for, now, most)


def _locked(db: Session, kind: str, number: int) -> Stage:
    if kind == "slot":
        return lock(db, None, [number])
    if kind == "session":
        return lock_whole(db, number)
    stages = lock_group(db, number)
    if not stages:
        raise NotOpenForBooking
    return stages[0]


def promote_around(db: Session, stage: Stage, *, now: datetime, most: int = 4) -> int:
    """Offer what has just come free on a stage that is locked already; return how many.

    Raises:
        Nothing of its own.
    """
    if stage.session is not None:
        own = f"session:{stage.session.id}"
        keys = (stage.line, own) if stage.group else (own,)
        return sum(_promote(db, stage, key, now, most) for key in keys)
    return sum(_promote(db, stage, f"slot:{slot_id}", now, most) for slot_id in stage.slots)


def _promote(db: Session, stage: Stage, waits_for: str, now: datetime, most: int) -> int:
    offered = 0
    passed: list[WaitingParty] = []
    stages = left_of(stage, now) if waits_for.startswith("group:") else [stage]
    if not stages:
        return 0
    until = offer_until(stages[0].clock, now)
    for party in _line(db, stages, waits_for):
        if until is None:
            _call(db, stage, party, now)
        elif _offer(db, stage, party, until, now):
            offered += 1
            _note_passed(passed)
            if offered == most:
                break
        elif party.why == "places":
            if _blocks(stage, party):
                break
            passed.append(party)
    db.flush()
    return offered


def _call(db: Session, stage: Stage, party: WaitingParty, now: datetime) -> None:
    """Say once that a place is free, when it is too late to keep it for one of them."""
    if party.why != TOO_LATE:
        telling.free_now(db, stage, party, now=now)
    party.why = TOO_LATE


def _line(db: Session, stages: Sequence[Stage], waits_for: str) -> Iterator[WaitingParty]:
    """Yield who waits, first come first, a page at a time, while there is something to give."""
    after = datetime.min.replace(tzinfo=UTC), 0
    while any(_has_seats(one) or _has_rooms(one) for one in stages):
        seats = any(map(_has_seats, stages))
        parties = _next(db, waits_for, after, seats=seats)
        _lock_families(db, parties)
        for party in parties:
            after = (party.asked_at, party.id)
            yield party
        if len(parties) < AT_A_TIME:
            return


def _has_seats(stage: Stage) -> bool:
    session = stage.session
    return session is None or session.seats_taken < session.max_people


def _has_rooms(stage: Stage) -> bool:
    return any(slot.places_taken < slot.room_places for slot in stage.slots.values())


def _note_passed(passed: list[WaitingParty]) -> None:
    """Somebody behind these was served before them: that happens to a party once."""
    for party in passed:
        party.skips += 1
    passed.clear()


def _next(
    db: Session, waits_for: str, after: tuple[datetime, int], *, seats: bool
) -> Sequence[WaitingParty]:
    """Return the next in line; without a free seat, only those who want none."""
    at, party_id = after
    later = (WaitingParty.asked_at > at) | (
        (WaitingParty.asked_at == at) & (WaitingParty.id > party_id)
    )
    fitting = later if seats else later & WaitingParty.seat.is_(False)
    return db.scalars(
        select(WaitingParty)
        .where(WaitingParty.waits_for == waits_for, WaitingParty.state == "waiting", fitting)
        .order_by(WaitingParty.asked_at, WaitingParty.id)
        .limit(AT_A_TIME)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _lock_families(db: Session, parties: Sequence[WaitingParty]) -> None:
    """Lock all who may be asked in one order: families wait for two sessions, in any order."""
    waiting = select(WaitingChild.child_id).where(
        WaitingChild.party_id.in_([party.id for party in parties])
    )
    parents = Parent.id.in_({party.parent_id for party in parties})
    for whom, which in ((Parent, parents), (Child, Child.id.in_(waiting))):
        rows = select(whom.id).where(which).order_by(whom.id)
        db.execute(rows.with_for_update(key_share=True)).all()


def _offer(db: Session, stage: Stage, party: WaitingParty, until: datetime, now: datetime) -> bool:
    parts = _parts(db, stage, party, now)
    if not parts:
        # They found another way in meanwhile: they wait no more.
        party.state, party.why, party.ended_at = "served", None, now
        return False
    if party.seat and not all(_has_seats(where) for _, where in parts):
        party.why = "places"
        return False
    try:
        with tentatively(db):
            bookings = [
                place(db, where, part, actor=COMMAND, now=now, expires_at=until)[0]
                for part, where in parts
            ]
    except DomainError as refusal:
        party.why = _why(refusal)
        if isinstance(refusal, AlreadyBooked) and party.seat and _is_seat(db, refusal.public_id):
            party.state, party.why, party.ended_at = "served", None, now
        return False
    lead = _lead(bookings, party)
    tie(bookings, lead)
    party.state, party.booking_id, party.why = "offered", lead.id, None
    db.flush()
    telling.offered(db, stage.part(lead.session_id), lead, now=now)
    return True


def _parts(db: Session, stage: Stage, party: WaitingParty, now: datetime) -> list[Part]:
    children = db.execute(
        select(WaitingChild.child_id, WaitingChild.slot_id).where(WaitingChild.party_id == party.id)
    )
    pairs = tuple((row.child_id, row.slot_id) for row in children)
    asked = Asked(
        request_id=ids.request_id(),
        parent_id=party.parent_id,
        session_id=party.session_id,
        seat=party.seat,
        children=pairs,
        without_care=party.without_care,
        origin="waiting",
    )
    return spread(db, stage, asked, now=now)


def _lead(bookings: Sequence[Booking], party: WaitingParty) -> Booking:
    """Return the booking that answers for all: of the session that was asked, or the first."""
    named = (one for one in bookings if one.session_id == party.session_id)
    return next(named, bookings[0])


def _is_seat(db: Session, public_id: str) -> bool:
    """Tell whether they have the seat; a place of the child alone is not what they wait for."""
    return bool(db.scalar(select(Booking.seat).where(Booking.public_id == public_id)))


def _why(refusal: DomainError) -> str:
    hidden = isinstance(refusal, SessionFull) and refusal.hidden
    if isinstance(refusal, CareFull):
        hidden = refusal.reason == "other"
    if isinstance(refusal, SessionFull | CareFull) and not hidden:
        return "places"
    return WANTING.get(refusal.code, "not_now")


def _blocks(stage: Stage, party: WaitingParty) -> bool:
    """Tell whether those behind this party have to wait with it."""
    strict = stage.workshop is not None and stage.workshop.promotion == "strict"
    return strict or party.skips >= MOST_SKIPS
