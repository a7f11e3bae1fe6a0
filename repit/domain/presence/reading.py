"""The notes of bookings, and which children of a booking came."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.presence import notes
from repit.domain.presence.models import Attendance
from repit.domain.presence.notes import Entry

Log = dict[tuple[int, int | None], list[Entry]]
"""By booking and child's place; None is the parent."""


def logs(db: Session, booking_ids: Collection[int]) -> Log:
    """Return the notes of some bookings, by person, in one statement."""
    found: Log = defaultdict(list)
    if not booking_ids:
        return found
    for row in db.scalars(select(Attendance).where(Attendance.booking_id.in_(booking_ids))):
        entry = Entry(
            id=row.id,
            kind=row.kind,
            at=row.at,
            received_at=row.received_at,
            device=row.device,
            actor=row.actor,
            offline=row.offline,
            forced=row.forced,
            motive=row.motive,
            person_name=row.person_name,
        )
        found[row.booking_id, row.child_place_id].append(entry)
    return found


def places_that_came(db: Session, booking_ids: Collection[int]) -> set[int]:
    """Return the children's places whose child was noted there, whether or not it has left.

    Who locked the booking sees what nobody adds to until the end: notes lock it too.
    """
    return {
        place_id
        for (_, place_id), log in logs(db, booking_ids).items()
        if place_id is not None and notes.state_of(log).came
    }
