"""Offer a place that came free to the party whose turn it is. The only way off the list.

Called after every way a place comes free, in the same change, after the release: a cancellation,
an offer that expired or was declined, more seats, a bigger room, a carer more. What is offered is
a booking that holds its places and its vouchers, so two offers can never be for one place.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import tentatively
from repit.domain import ids
from repit.domain.actors import COMMAND
from repit.domain.bookings import telling
from repit.domain.bookings.errors import AlreadyBooked, CareFull, NotOpenForBooking, SessionFull
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, WaitingChild, WaitingParty
from repit.domain.bookings.placing import Asked, place
from repit.domain.bookings.stage import Stage, lock
from repit.domain.bookings.windows import offer_until
from repit.domain.errors import DomainError
from repit.domain.households.models import Child, Parent

AT_A_TIME = 20
MOST_SKIPS = 1
"""A party that was passed over so often is passed over no more: it waits, and so do the others."""
WANTING = {"not_enough_to_hold": "vouchers", "child_not_of_age": "age"}


def promote(db: Session, waits_for: str, *, now: datetime, most: int = 1) -> int:
    """Lock what is waited for and offer up to `most` places; return how many were offered.

    Raises:
        Nothing of its own; nobody is promoted to what is over or cancelled.
    """
    kind, _, number = waits_for.partition(":")
    alone = kind == "slot"
    try:
        stage = lock(db, None, [int(number)]) if alone else lock(db, int(number))
    except NotOpenForBooking:
        return 0
    end_expired(db, stage, now=now)
    return _promote(db, stage, waits_for, now, most)


def promote_around(db: Session, stage: Stage, *, now: datetime, most: int = 4) -> int:
    """Offer what has just come free on a stage that is locked already; return how many.

    Raises:
        Nothing of its own.
    """
    if stage.session is not None:
        return _promote(db, stage, f"session:{stage.session.id}", now, most)
    return sum(_promote(db, stage, f"slot:{slot_id}", now, most) for slot_id in stage.slots)


def _promote(db: Session, stage: Stage, waits_for: str, now: datetime, most: int) -> int:
    offered = 0
    passed: list[WaitingParty] = []
    until = offer_until(stage.clock, now)
    for party in _line(db, stage, waits_for):
        if until is None:
            party.why = "too_late"
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


def _line(db: Session, stage: Stage, waits_for: str) -> Iterator[WaitingParty]:
    """Yield who waits, first come first, a page at a time, while there is something to give."""
    after = datetime.min.replace(tzinfo=UTC), 0
    while _has_seats(stage) or _has_rooms(stage):
        parties = _next(db, waits_for, after, seats=_has_seats(stage))
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
    if party.seat and not _has_seats(stage):
        party.why = "places"
        return False
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
    try:
        with tentatively(db):
            booking, _ = place(db, stage, asked, actor=COMMAND, now=now, expires_at=until)
    except DomainError as refusal:
        party.why = _why(refusal)
        if isinstance(refusal, AlreadyBooked) and party.seat and _is_seat(db, refusal.public_id):
            # They found another way in meanwhile: they wait no more.
            party.state, party.why, party.ended_at = "served", None, now
        return False
    party.state, party.booking_id, party.why = "offered", booking.id, None
    db.flush()
    telling.offered(db, stage, booking, now=now)
    return True


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
