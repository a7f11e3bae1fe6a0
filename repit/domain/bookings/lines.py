"""The lists in which one waits, for statements over sessions; decisions ask `Stage.line`."""

from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, literal, or_
from sqlalchemy.orm import aliased

from repit.domain.bookings import families
from repit.domain.bookings.models import Booking
from repit.domain.bookings.stage import COHORT
from repit.domain.workshops.models import Workshop, WorkshopSession


def line_for_a_seat() -> ColumnElement[str]:
    """Return the key of the list of a session joined with its workshop: the group's, or its own."""
    group = literal("group:") + cast(Workshop.id, String)
    return case((Workshop.format == COHORT, group), else_=line_of_its_own())


def line_of_its_own() -> ColumnElement[str]:
    """Return the key of the list of one session: a seat in an open group, or care alone."""
    return literal("session:") + cast(WorkshopSession.id, String)


def rest_of_group_is_full(parent_id: int, now: datetime) -> ColumnElement[bool]:
    """Return whether a fixed group cannot take this parent in another session it would need."""
    other, theirs = aliased(WorkshopSession), aliased(Booking)
    seated = exists().where(
        theirs.session_id == other.id,
        theirs.parent_id == parent_id,
        theirs.seat,
        theirs.state != "cancelled",
    )
    in_turn = and_(
        Workshop.parents_in_turn,
        families.other_parent_comes(parent_id, other.id),  # type: ignore[arg-type]
    )
    needed = exists().where(
        other.workshop_id == WorkshopSession.workshop_id,
        other.id != WorkshopSession.id,
        other.state == "open",
        other.starts_at > now,
        ~seated,
        or_(other.seats_taken >= other.max_people, in_turn),
    )
    return and_(Workshop.format == COHORT, needed)
