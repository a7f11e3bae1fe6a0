"""Place a party on a locked stage: its seat, the children's places, the vouchers that pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.bookings import families, telling
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
from repit.domain.bookings.share_facts import Pays, shares_online
from repit.domain.bookings.stage import Stage
from repit.domain.bookings.surroundings import Surroundings, look_around
from repit.domain.bookings.windows import pay_until
from repit.domain.bookings.writing import Draft, add_places, write
from repit.domain.care.counting import carers_counted, slot_facts
from repit.domain.care.models import CareSlot
from repit.domain.care.rules import Fit, fits, is_of_age

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
    pays: Pays = Pays.ON_THE_SPOT

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

    @property
    def child_ids(self) -> frozenset[int]:
        """The children in question, each once."""
        return frozenset(child_id for child_id, _ in self.children)


@dataclass(frozen=True)
class Choice:
    """Which children get in, and whether care was missing."""

    children: tuple[tuple[int, int], ...]
    missing: CareFull | None = None


def place(
    db: Session,
    stage: Stage,
    asked: Asked,
    *,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None,
) -> tuple[Booking, Choice]:
    """Lock the family and place it on a locked stage, for offers.

    Args:
        expires_at: until when it is only an offer; None: it is confirmed.

    Raises:
        As `book`.
    """
    met = meet(db, stage, asked)
    return take(db, stage, asked, met, actor=actor, now=now, expires_at=expires_at)


def meet(db: Session, stage: Stage, asked: Asked) -> Surroundings:
    """Lock the family that asks, then read what its request meets on a locked stage."""
    family = families.lock_home(db, asked.parent_id, asked.child_ids)
    return look_around(db, stage, family, asked.slot_ids, asked.request_id)


def take(  # noqa: PLR0913  (the decision's whole input, once)
    db: Session,
    stage: Stage,
    asked: Asked,
    met: Surroundings,
    *,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    confirmed: bool = False,
) -> tuple[Booking, Choice]:
    """Take the seat, the places and the vouchers, once stage and family are locked.

    Args:
        confirmed: the parent is told so, in the same change; not while a share is to be paid.

    Raises:
        As `book`.
    """
    check_open(stage, asked, now)
    _check_party(db, stage, asked, met)
    choice = _choose(db, stage, asked, met)
    shares = {} if asked.pays is Pays.ON_THE_SPOT else shares_online(stage)
    places = _places(stage, choice, shares)
    to_pay = asked.pays is Pays.ONLINE and any(one.share_cents for one in places)
    draft = Draft(
        booking=_booking(stage, asked, actor, now, expires_at),
        places=places,
        facts={"children": len(choice.children), "seat": asked.seat, "forced": asked.forced},
        motive=asked.motive,
    )
    if to_pay:
        keep_to_pay(draft.booking, stage, now)
    elif confirmed and met.family.reader is not None:
        draft.letter = telling.confirmation(db, stage, met.family.reader, draft.booking, now=now)
    write(db, stage, draft)
    if choice.missing is not None:
        slot = stage.slots[choice.missing.slot_id]
        db.add(refusal_row(slot, asked, choice.missing, now, came_without=True))
    return draft.booking, choice


def join(db: Session, stage: Stage, booking: Booking, asked: Asked, *, now: datetime) -> Choice:
    """Take places and vouchers for more children of a booking that stands, on its locked stage.

    Raises:
        SessionFull: what is free is kept for those who wait.
        Refused: as `book`, but for the seat: this is about the children alone.
    """
    met = meet(db, stage, asked)
    if met.line_first:
        raise SessionFull
    check_open(stage, asked, now)
    _check_party(db, stage, asked, met)
    choice = _choose(db, stage, asked, met)
    add_places(db, stage, booking, _places(stage, choice, {}))
    return choice


def keep_to_pay(booking: Booking, stage: Stage, now: datetime) -> None:
    """Keep a booking for the time to pay its share, once, and never for less than it had left.

    Raises:
        Nothing of its own.
    """
    booking.state, booking.taken_at = "offered", now
    booking.expires_at = max(booking.expires_at or now, pay_until(stage.clock, now))


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
    if stage.session is not None and stage.session.decision == "postpone":
        raise NotOpenForBooking  # nobody comes at the old date, and there is no new one yet


def _check_party(db: Session, stage: Stage, asked: Asked, met: Surroundings) -> None:
    family = met.family
    if family.children.keys() != asked.child_ids:
        raise NothingAsked
    if family.parent.state != "active":
        raise NotOpenForBooking
    seats = met.seats if asked.seat else None
    if seats is not None and seats.own is not None:
        raise AlreadyBooked(seats.own) if seats.in_this else TwoAtOnce(seats.own)
    if not asked.forced:
        check_eligible(db, stage, family)
    if seats is not None:
        _check_seat(stage, seats, forced=asked.forced)


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


def _choose(db: Session, stage: Stage, asked: Asked, met: Surroundings) -> Choice:
    missing = _missing(db, stage, asked, met)
    if missing is None:
        return Choice(asked.children)
    if asked.without_care and asked.seat:
        return Choice((), missing)
    raise missing


def _missing(db: Session, stage: Stage, asked: Asked, met: Surroundings) -> CareFull | None:
    """Return the first slot in which the children named for it do not all fit."""
    if not asked.children:
        return None
    family, there = met.family, met.rooms.there
    carers = carers_counted(db, asked.slot_ids)
    kept_out = _kept_out(asked, met)
    for slot_id in asked.slot_ids:
        slot = stage.slots[slot_id]
        coming = [child_id for child_id, where in asked.children if where == slot_id]
        everyone = there[slot_id] + [family.children[child_id] for child_id in coming]
        _check_ages(slot, coming, family)
        # Those who are there may stay when the ages of a slot are changed under them.
        fit = fits(everyone, carers.get(slot_id, []), any_age(slot))
        if fit is not Fit.FITS or kept_out:
            reason = "other" if fit is Fit.FITS else fit.value
            return CareFull(slot_id, len(coming), reason)
    return None


def _kept_out(asked: Asked, met: Surroundings) -> bool:
    """Tell whether a child of this home has a place at that time through its other home.

    Raises:
        AlreadyBooked, TwoAtOnce: this home booked it itself, and may know.
    """
    kept_out = False
    for place in met.rooms.elsewhere:
        if not place.ours:
            kept_out = True
        elif place.child_id not in asked.child_ids:
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


def _booking(
    stage: Stage, asked: Asked, actor: Actor, now: datetime, expires_at: datetime | None
) -> Booking:
    return Booking(
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
        ended_at=None,
        ended_by=None,
        late=False,
        version=0,
        lead_id=None,
        taken_at=None,
    )


def _places(stage: Stage, choice: Choice, shares: Mapping[int, int]) -> list[ChildPlace]:
    return [
        ChildPlace(
            public_id=ids.public_id(),
            child_id=child_id,
            slot_id=slot_id,
            vouchers=stage.slots[slot_id].vouchers_per_child,
            share_cents=shares.get(slot_id, 0),
        )
        for child_id, slot_id in choice.children
    ]


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
