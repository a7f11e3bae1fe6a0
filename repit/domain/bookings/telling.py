"""Messages about bookings: one per booking, kind and version, and none to who wants none.

They carry the neutral title and never anybody else's name. At night they wait for the morning.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from repit.domain.bookings.families import Reader
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.stage import Stage
from repit.domain.care.models import CareSlot
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.notices.rules import Kind, outside_quiet_hours
from repit.domain.notices.service import tell_many
from repit.domain.people.models import Person
from repit.domain.workshops.models import Place, Workshop, WorkshopSession

What = WorkshopSession | CareSlot


def booked(db: Session, stage: Stage, booking: Booking, *, now: datetime) -> None:
    """Confirm a booking."""
    _about(db, Kind.BOOKED, stage, booking, now)


def confirmation(
    db: Session, stage: Stage, reader: Reader, booking: Booking, *, now: datetime
) -> dict[str, Any]:
    """Return the message that confirms a booking which is about to be written.

    It lacks `booking_id`, and `dedupe` has `{id}` for it: the booking has no number yet.
    """
    clock = stage.clock
    return {
        "kind": Kind.BOOKED,
        "person_id": reader.person_id,
        "to_address": reader.email,
        "locale": reader.locale,
        "facts": facts_of(db, clock, reader.locale) | {"booking": booking.public_id},
        "dedupe": _dedupe("{id}", Kind.BOOKED, booking.version),
        "send_at": outside_quiet_hours(now, clock.zone),
    }


def offered(db: Session, stage: Stage, booking: Booking, *, now: datetime) -> None:
    """Offer a place that came free, and say until when."""
    until = booking.expires_at.isoformat() if booking.expires_at else None
    _about(db, Kind.PLACE_OFFERED, stage, booking, now, until=until)


def offer_over(db: Session, stage: Stage, booking: Booking, *, now: datetime) -> None:
    """Say that an offer has run out, so that nobody comes for it."""
    unpaid = booking.taken_at is not None
    _about(db, Kind.OFFER_OVER, stage, booking, now, unpaid=unpaid)


def cancelled(
    db: Session,
    stage: Stage,
    booking: Booking,
    given_back: int,
    kept: int,
    share: Cents,
    *,
    now: datetime,
) -> None:
    """Confirm to the parent what was cancelled and what came back."""
    back = {"vouchers": given_back, "kept": kept, "share_cents": share}
    _about(db, Kind.BOOKING_CANCELLED, stage, booking, now, **back)


def share_given_back(
    db: Session, stage: Stage, booking: Booking, *, amount: Cents, why: str, now: datetime
) -> None:
    """Tell a parent that money came too late, or twice, and goes back."""
    _about(db, Kind.SHARE_BACK, stage, booking, now, share_cents=amount, why=why)


def called_off(
    db: Session, stage: Stage, booking: Booking, *, given_back: int, share: Cents, now: datetime
) -> None:
    """Tell a parent that the service cancelled; never used for anything else."""
    back = {"vouchers": given_back, "share_cents": share}
    _about(db, Kind.CALLED_OFF, stage, booking, now, **back)


def care_called_off(
    db: Session, stage: Stage, booking: Booking, *, given_back: int, share: Cents, now: datetime
) -> None:
    """Tell a parent that the care is cancelled; their own seat stays theirs."""
    back = {"vouchers": given_back, "share_cents": share}
    _about(db, Kind.CARE_CALLED_OFF, stage, booking, now, **back)


def postponed(db: Session, stage: Stage, booking: Booking, *, now: datetime) -> None:
    """Tell a parent that it is not on that day; the new day follows by `moved`."""
    _about(db, Kind.POSTPONED, stage, booking, now, moved_to=stage.clock.version)


def moved(db: Session, stage: Stage, booking: Booking, *, now: datetime) -> None:
    """Tell a parent of another day, hour or place."""
    _about(db, Kind.BOOKING_MOVED, stage, booking, now, moved_to=stage.clock.version)


def waits(db: Session, stage: Stage, party: WaitingParty, *, now: datetime) -> None:
    """Confirm a place in the list."""
    _to_party(db, Kind.WAITING, stage, party, now, {"party": party.public_id})


def wait_postponed(db: Session, stage: Stage, party: WaitingParty, *, now: datetime) -> None:
    """Tell a party that what it waits for is not on that day."""
    of_version = f"{Kind.POSTPONED}:{stage.clock.id}.{stage.clock.version}"
    _to_party(db, Kind.POSTPONED, stage, party, now, {"party": party.public_id}, once=of_version)


def wait_moved(db: Session, stage: Stage, party: WaitingParty, *, now: datetime) -> None:
    """Tell a party of another day, hour or place of what it waits for."""
    of_version = f"{Kind.WAITING_MOVED}:{stage.clock.id}.{stage.clock.version}"
    facts = {"party": party.public_id}
    _to_party(db, Kind.WAITING_MOVED, stage, party, now, facts, once=of_version)


def no_longer_waits(db: Session, stage: Stage, party: WaitingParty, *, now: datetime) -> None:
    """Tell a party that what it waited for will not be."""
    _to_party(db, Kind.CALLED_OFF, stage, party, now, {"vouchers": 0, "share_cents": 0})


def free_now(db: Session, stage: Stage, party: WaitingParty, *, now: datetime) -> None:
    """Tell who waits that a place is free, too late to keep it: the first to book has it.

    At night, when the message would leave after the start, nobody is told.
    """
    clock = stage.clock
    if outside_quiet_hours(now, clock.zone) >= clock.starts_at:
        return
    about = "session" if stage.session is not None else "slot"
    facts = {about: clock.public_id}
    _to_party(db, Kind.PLACE_FREE_NOW, stage, party, now, facts)


def waited_in_vain(db: Session, what: What, party: WaitingParty, *, now: datetime) -> None:
    """Tell a party that it has begun, and no place came free for them."""
    dedupe = f"party:{party.id}:{Kind.WAITED_IN_VAIN}"
    _send(db, Kind.WAITED_IN_VAIN, what, party.parent_id, {}, dedupe=dedupe, now=now)


def facts_of(db: Session, what: What, locale: str) -> dict[str, Any]:
    """Return what a message says about a session or a slot, in the reader's language."""
    where = db.get_one(Place, what.place_id)
    return {
        "title": _title(db, what, locale),
        "session_day": what.day.isoformat(),
        "starts": what.starts.strftime("%H:%M"),
        "ends": what.ends.strftime("%H:%M"),
        "zone": what.zone,
        "place": where.name,
        "address": f"{where.address}, {where.postcode} {where.town}",
    }


def _about(
    db: Session, kind: Kind, stage: Stage, booking: Booking, now: datetime, **more: Any
) -> None:
    _send(
        db,
        kind,
        stage.clock,
        booking.parent_id,
        more | {"booking": booking.public_id},
        dedupe=_dedupe(booking.id, kind, booking.version, more.get("moved_to", 0)),
        now=now,
        # What says that it is over must not go away with it.
        booking_id=booking.id if booking.state == "confirmed" else None,
    )


def _dedupe(booking_id: int | str, kind: Kind, version: int, moved_to: int = 0) -> str:
    return f"booking:{booking_id}:{kind}:{version}.{moved_to}"


def _to_party(
    db: Session,
    kind: Kind,
    stage: Stage,
    party: WaitingParty,
    now: datetime,
    more: dict[str, Any],
    *,
    once: str = "",
) -> None:
    dedupe = f"party:{party.id}:{once or kind}"
    _send(db, kind, stage.clock, party.parent_id, more, dedupe=dedupe, now=now)


def _send(  # noqa: PLR0913  (every fact has its name)
    db: Session,
    kind: Kind,
    what: What,
    parent_id: int,
    facts: dict[str, Any],
    *,
    dedupe: str,
    now: datetime,
    booking_id: int | None = None,
) -> None:
    """Tell a parent who has an address and wants to be told."""
    whom = {"parent_id": parent_id, "place_id": what.place_id}
    reader = db.execute(_READER, whom).one_or_none()
    if reader is None:
        return
    row = {
        "kind": kind,
        "person_id": reader.id,
        "to_address": reader.email,
        "locale": reader.locale,
        "facts": facts_of(db, what, reader.locale) | facts,
        "dedupe": dedupe,
        "send_at": outside_quiet_hours(now, what.zone),
        "booking_id": booking_id,
    }
    tell_many(db, [row], now=now)


_READER = (
    select(Person.id, Person.email, Person.locale, Place)
    .join(Parent, Parent.person_id == Person.id)
    .join(Place, Place.id == bindparam("place_id"))  # `facts_of` finds it at hand
    .where(
        Parent.id == bindparam("parent_id"),
        Parent.discretion == "normal",
        Person.email.is_not(None),
        Person.disabled_at.is_(None),
    )
)


def _title(db: Session, what: What, locale: str) -> str:
    if isinstance(what, CareSlot):
        return what.public_title or ""
    workshop = db.get_one(Workshop, what.workshop_id)
    words: dict[str, str] = workshop.translations.get(locale) or {}
    return words.get("public_title") or workshop.public_title
