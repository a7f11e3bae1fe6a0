"""Write a booking that was decided on, with everything that belongs to it: all of it or nothing.

On PostgreSQL one statement writes the booking, the counters, the places, the holds, the event and
the message. SQLite, whose WITH cannot write, takes the same steps one after the other; so does an
offer, which is tried and may be taken back.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.stage import Stage
from repit.domain.bookings.statements import BOOK
from repit.domain.notices.service import tell_many
from repit.domain.vouchers import holds
from repit.domain.vouchers.holds import Wanted


@dataclass
class Draft:
    """A booking without a number yet, and what is written with it."""

    booking: Booking
    places: Sequence[ChildPlace]
    facts: dict[str, Any]
    """Of the event."""
    motive: str | None
    letter: dict[str, Any] | None = None
    """The message, see `telling.confirmation`."""

    @property
    def kind(self) -> str:
        """What is written into the history."""
        if self.booking.taken_at is not None:
            return "kept_to_pay"
        return "offered" if self.booking.state == "offered" else "booked"


def write(db: Session, stage: Stage, draft: Draft) -> None:
    """Write it and give the booking its number.

    Raises:
        NotEnoughToHold: the parent has too few vouchers that are good on the day.
        IntegrityError: the database has the last word about seats and places.
    """
    # What may be taken back by itself is written row by row: the session then forgets it as well.
    at_once = db.get_bind().dialect.name == "postgresql" and not db.in_nested_transaction()
    online = any(place.share_cents for place in draft.places)
    if at_once and not online:  # who pays first waits for Stripe anyway
        _write_at_once(db, stage, draft)
    else:
        _write_in_steps(db, stage, draft)


def add_places(db: Session, stage: Stage, booking: Booking, places: Sequence[ChildPlace]) -> None:
    """Write children's places of a booking that is written, and hold what pays for them.

    Raises:
        As `write`.
    """
    if not places:
        return
    for place in places:
        stage.slots[place.slot_id].places_taken += 1
    db.flush()
    rows = [
        {
            "public_id": place.public_id,
            "booking_id": booking.id,
            "child_id": place.child_id,
            "slot_id": place.slot_id,
            "vouchers": place.vouchers,
            "share_cents": place.share_cents,
        }
        for place in places
    ]
    made = db.execute(insert(ChildPlace).returning(ChildPlace.id, ChildPlace.slot_id), rows)
    _hold(db, stage, booking, [(row.id, row.slot_id) for row in made])


def _write_in_steps(db: Session, stage: Stage, draft: Draft) -> None:
    booking, session = draft.booking, stage.session
    if booking.seat and session is not None:
        session.seats_taken += 1
        session.over_capacity = session.seats_taken > session.max_people
    db.add(booking)
    db.flush()
    add_places(db, stage, booking, draft.places)
    record(
        db,
        actor=Actor(booking.made_by),
        kind=draft.kind,
        of=("booking", booking.id),
        now=booking.made_at,
        facts=draft.facts,
        motive=draft.motive,
        for_parent_id=booking.parent_id,
    )
    if draft.letter is not None:
        dedupe = draft.letter["dedupe"].format(id=booking.id)
        row = draft.letter | {"dedupe": dedupe, "booking_id": booking.id}
        tell_many(db, [row], now=booking.made_at)


def _hold(db: Session, stage: Stage, booking: Booking, places: Iterable[tuple[int, int]]) -> None:
    wanted = [
        Wanted(place_id, slot.provider_id, slot.day, slot.vouchers_per_child)
        for place_id, slot_id in places
        if (slot := stage.slots[slot_id]).vouchers_per_child
    ]
    holds.hold(db, booking.parent_id, booking.programme_id, wanted, now=booking.made_at)


def _write_at_once(db: Session, stage: Stage, draft: Draft) -> None:
    booking, wanted = draft.booking, sum(place.vouchers for place in draft.places)
    written = db.connection().exec_driver_sql(BOOK, _values(stage, draft)).one()
    booking.id = written.id
    make_transient_to_detached(booking)
    db.add(booking)
    _follow(stage, draft)
    if written.held < wanted:
        # Some were taken while we waited for them, or not all are for the same provider and day.
        places = select(ChildPlace.id, ChildPlace.slot_id).where(
            ChildPlace.booking_id == booking.id
        )
        rows = db.execute(places.order_by(ChildPlace.id)).all()
        _hold(db, stage, booking, [(row.id, row.slot_id) for row in rows])


def _follow(stage: Stage, draft: Draft) -> None:
    """Let the rows in memory say what the statement has just written."""
    session = stage.session
    if draft.booking.seat and session is not None:
        taken = session.seats_taken + 1
        set_committed_value(session, "seats_taken", taken)
        set_committed_value(session, "over_capacity", taken > session.max_people)
    for place in draft.places:
        slot = stage.slots[place.slot_id]
        set_committed_value(slot, "places_taken", slot.places_taken + 1)


def _values(stage: Stage, draft: Draft) -> dict[str, Any]:
    booking, places = draft.booking, draft.places
    return {
        "public_id": booking.public_id,
        "request_id": booking.request_id,
        "parent_id": booking.parent_id,
        "programme_id": booking.programme_id,
        "session_id": booking.session_id,
        "seat": booking.seat,
        "state": booking.state,
        "origin": booking.origin,
        "actor": booking.made_by,
        "now": booking.made_at,
        "expires_at": booking.expires_at,
        "place_public_ids": _array(place.public_id for place in places),
        "child_ids": _array(place.child_id for place in places),
        "slot_ids": _array(place.slot_id for place in places),
        "vouchers": _array(place.vouchers for place in places),
        "kind": draft.kind,
        "motive": draft.motive,
        "facts": json.dumps(draft.facts),
        **_held_values(stage, places),
        **_letter_values(draft.letter),
    }


def _held_values(stage: Stage, places: Sequence[ChildPlace]) -> dict[str, Any]:
    """Return what is to be held, when all of it is for one provider and one day."""
    wanted = Counter[tuple[Any, ...]]()
    for place in places:
        slot = stage.slots[place.slot_id]
        wanted[slot.provider_id, slot.day] += place.vouchers
    (provider_id, day), most = wanted.popitem() if len(wanted) == 1 else ((None, None), 0)
    return {"provider_id": provider_id, "day": day, "most": most}


def _letter_values(letter: dict[str, Any] | None) -> dict[str, Any]:
    found = letter or dict.fromkeys(("kind", "person_id", "to_address", "locale", "send_at"))
    return {
        "letter": letter is not None,
        "letter_kind": found["kind"] and str(found["kind"]),
        "person_id": found["person_id"],
        "to_address": found["to_address"],
        "locale": found["locale"],
        "letter_facts": json.dumps(letter["facts"]) if letter else None,
        "dedupe": letter["dedupe"] if letter else None,
        "send_at": found["send_at"],
    }


def _array(members: Iterable[object]) -> str:
    """Return an array as text: a tenth of the time that a driver needs to find out its type."""
    return f"{{{','.join(str(member) for member in members)}}}"
