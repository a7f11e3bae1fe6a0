"""Place a party on a locked stage: its seat, the children's places, the vouchers that pay."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings import families
from repit.domain.bookings.errors import (
    AlreadyBooked,
    CareFull,
    ChildNotOfAge,
    NotEligible,
    NothingAsked,
    NotOpenForBooking,
    SessionFull,
    TwoAtOnce,
)
from repit.domain.bookings.families import Family, Seats
from repit.domain.bookings.fitting import any_age
from repit.domain.bookings.models import Booking, CareRefusal, ChildPlace
from repit.domain.bookings.stage import Stage
from repit.domain.care.counting import carers_counted, slot_facts
from repit.domain.care.models import CareSlot
from repit.domain.care.rules import Fit, fits, is_of_age
from repit.domain.vouchers import holds
from repit.domain.vouchers.holds import Wanted

MOST_CHILDREN = 12


@dataclass(frozen=True)
class Asked:
    """What one party asks for. `children` are pairs of a child and the slot it goes to.

    `without_care`: the parent comes even when there is no place for the children.
    `forced`: somebody of the staff takes the parent above the maximum or past the conditions; it
    is written down with the `motive`, and never adds a child.
    """

    request_id: UUID
    parent_id: int
    session_id: int | None
    seat: bool
    children: tuple[tuple[int, int], ...] = ()
    without_care: bool = False
    origin: str = "self"
    forced: bool = False
    motive: str | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody can mean.

        Raises:
            NothingAsked: nobody comes, or one child is named twice, or there are too many; or
                it is about several slots that stand alone, which begin and end apart.
        """
        twice = len(set(self.children)) != len(self.children)
        apart = self.session_id is None and (self.seat or len(self.slot_ids) != 1)
        nobody = not (self.seat or self.children)
        if nobody or twice or apart or len(self.children) > MOST_CHILDREN:
            raise NothingAsked

    @property
    def slot_ids(self) -> tuple[int, ...]:
        """The slots in question, each once."""
        return tuple(sorted({slot_id for _, slot_id in self.children}))


@dataclass
class Choice:
    """Which children get in, and whether care was missing."""

    children: tuple[tuple[int, int], ...]
    missing: CareFull | None = None
    taken: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def place(
    db: Session,
    stage: Stage,
    asked: Asked,
    *,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None,
) -> tuple[Booking, Choice]:
    """Take the seat, the places and the vouchers on a locked stage; for `book` and for offers.

    Args:
        expires_at: until when it is only an offer; None: it is confirmed.

    Raises:
        As `book`.
    """
    check_open(stage, asked, now)
    family = families.family(db, asked.parent_id, {child_id for child_id, _ in asked.children})
    _check_party(db, stage, asked, family)
    choice = _choose(db, stage, asked, family)
    booking = _write(db, stage, asked, choice, actor, now, expires_at)
    _hold(db, stage, booking, choice, now)
    kind = "offered" if expires_at else "booked"
    facts = {"children": len(choice.children), "seat": asked.seat, "forced": asked.forced}
    of = ("booking", booking.id)
    record(
        db,
        actor=actor,
        kind=kind,
        of=of,
        now=now,
        facts=facts,
        motive=asked.motive,
        for_parent_id=asked.parent_id,
    )
    return booking, choice


def join(db: Session, stage: Stage, booking: Booking, asked: Asked, *, now: datetime) -> Choice:
    """Take places and vouchers for more children of a booking that stands, on its locked stage.

    Raises:
        As `book`, but for the seat: this is about the children alone.
    """
    check_open(stage, asked, now)
    family = families.family(db, asked.parent_id, {child_id for child_id, _ in asked.children})
    if family.parent.state != "active":
        raise NotOpenForBooking
    choice = _choose(db, stage, asked, family)
    for slot_id, children in choice.taken.items():
        stage.slots[slot_id].places_taken += children
    db.flush()
    _hold(db, stage, booking, choice, now)
    return choice


def check_open(stage: Stage, asked: Asked, now: datetime) -> None:
    """Refuse what cannot be booked any more, or yet.

    Raises:
        NotOpenForBooking: see its name. Who walks in may come until the end.
    """
    slots = [stage.slots[slot_id] for slot_id in asked.slot_ids]
    parts = [one for one in (stage.session, *slots) if one is not None]
    walks_in = asked.origin == "walk_in"
    ends = [part.ends_at if walks_in else part.starts_at for part in parts]
    if any(part.state != "open" for part in parts) or any(end <= now for end in ends):
        raise NotOpenForBooking
    if stage.workshop is not None and stage.workshop.state != "open":
        raise NotOpenForBooking


def _check_party(db: Session, stage: Stage, asked: Asked, family: Family) -> None:
    if family.parent.state != "active":
        raise NotOpenForBooking
    seats = _seats(db, stage, asked)
    if seats is not None and seats.own is not None:
        raise AlreadyBooked(seats.own) if seats.in_this else TwoAtOnce(seats.own)
    if not asked.forced:
        check_eligible(db, stage, family)
    if seats is not None:
        _check_seat(stage, seats, forced=asked.forced)


def _seats(db: Session, stage: Stage, asked: Asked) -> Seats | None:
    if stage.session is None or not asked.seat:
        return None
    return families.seats(db, asked.parent_id, stage.session)


def check_eligible(db: Session, stage: Stage, family: Family) -> None:
    """Refuse who does not meet the workshop's published conditions.

    Raises:
        NotEligible: says which.
    """
    if stage.workshop is None:
        return
    facts = families.eligibility_for(db, stage.workshop, family.parent)
    why = facts.why_not(stage.workshop, stage.programme, family.parent, stage.clock.day)
    if why is not None:
        raise NotEligible(why)


def _check_seat(stage: Stage, seats: Seats, *, forced: bool) -> None:
    if stage.session is None or stage.workshop is None:
        return
    full = stage.session.seats_taken >= stage.session.max_people and not forced
    hidden = seats.other_parent_comes and stage.workshop.parents_in_turn
    if full or hidden:
        raise SessionFull(hidden=not full)


def _choose(db: Session, stage: Stage, asked: Asked, family: Family) -> Choice:
    missing = _missing(db, stage, asked, family)
    if missing is None:
        choice = Choice(asked.children)
    elif asked.without_care and asked.seat:
        choice = Choice((), missing)
    else:
        raise missing
    for _, slot_id in choice.children:
        choice.taken[slot_id] += 1
    return choice


def _missing(db: Session, stage: Stage, asked: Asked, family: Family) -> CareFull | None:
    """Return the first slot in which the children named for it do not all fit."""
    if not asked.children:
        return None
    slots = [stage.slots[slot_id] for slot_id in asked.slot_ids]
    there = families.present(db, asked.slot_ids)
    carers = carers_counted(db, asked.slot_ids)
    kept_out = _kept_out(db, asked, family, slots)
    for slot in slots:
        coming = [child_id for child_id, slot_id in asked.children if slot_id == slot.id]
        everyone = there[slot.id] + [family.children[child_id] for child_id in coming]
        _check_ages(slot, coming, family)
        # Those who are there may stay when the ages of a slot are changed under them.
        fit = fits(everyone, carers.get(slot.id, []), any_age(slot))
        if fit is not Fit.FITS or kept_out:
            reason = "other" if fit is Fit.FITS else fit.value
            return CareFull(slot.id, len(coming), reason)
    return None


def _kept_out(db: Session, asked: Asked, family: Family, slots: Sequence[CareSlot]) -> bool:
    """Tell whether a child of this home has a place at that time through its other home.

    Raises:
        AlreadyBooked, TwoAtOnce: this home booked it itself, and may know.
    """
    kept_out = False
    for place in families.elsewhere(db, family, slots):
        if not place.ours:
            kept_out = True
        elif place.child_id not in family.children:
            continue
        elif (place.child_id, place.slot_id) in asked.children:
            raise AlreadyBooked(place.public_id)
        else:
            raise TwoAtOnce(place.public_id)
    return kept_out


def _check_ages(slot: CareSlot, coming: Sequence[int], family: Family) -> None:
    facts = slot_facts(slot)
    for child_id in coming:
        if not is_of_age(family.children[child_id], facts):
            raise ChildNotOfAge(slot.id, len(coming), family.names[child_id])


def _write(
    db: Session,
    stage: Stage,
    asked: Asked,
    choice: Choice,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None,
) -> Booking:
    booking = Booking(
        public_id=ids.public_id(),
        request_id=asked.request_id,
        parent_id=asked.parent_id,
        programme_id=stage.programme.id,
        session_id=asked.session_id,
        seat=asked.seat,
        state="offered" if expires_at else "confirmed",
        origin=asked.origin,
        made_by=actor,
        made_at=now,
        expires_at=expires_at,
    )
    db.add(booking)
    if asked.seat and stage.session is not None:
        stage.session.seats_taken += 1
        stage.session.over_capacity = stage.session.seats_taken > stage.session.max_people
    for slot_id, children in choice.taken.items():
        stage.slots[slot_id].places_taken += children
    if choice.missing is not None:
        slot = stage.slots[choice.missing.slot_id]
        db.add(refusal_row(slot, asked, choice.missing, now, came_without=True))
    db.flush()
    return booking


def _hold(db: Session, stage: Stage, booking: Booking, choice: Choice, now: datetime) -> None:
    if not choice.children:
        return
    rows = [
        {
            "public_id": ids.public_id(),
            "booking_id": booking.id,
            "child_id": child_id,
            "slot_id": slot_id,
            "vouchers": stage.slots[slot_id].vouchers_per_child,
        }
        for child_id, slot_id in choice.children
    ]
    places = db.execute(insert(ChildPlace).returning(ChildPlace.id, ChildPlace.slot_id), rows)
    wanted = [
        Wanted(place.id, slot.provider_id, slot.day, slot.vouchers_per_child)
        for place in places
        if (slot := stage.slots[place.slot_id]).vouchers_per_child
    ]
    holds.hold(db, booking.parent_id, booking.programme_id, wanted, now=now)


def refusal_row(
    slot: CareSlot, asked: Asked, refusal: CareFull, now: datetime, *, came_without: bool
) -> CareRefusal:
    return CareRefusal(
        at=now,
        programme_id=slot.programme_id,
        parent_id=asked.parent_id,
        session_id=slot.session_id,
        slot_id=slot.id,
        children=refusal.children,
        reason=refusal.reason,
        came_without=came_without,
    )
