"""End a booking or one child's place on a locked stage: what it held becomes free, once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from repit.domain.bookings import shares
from repit.domain.bookings.errors import ChildCame
from repit.domain.bookings.fitting import fit_of
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.stage import Stage
from repit.domain.care.rules import Fit
from repit.domain.notices.models import Notice
from repit.domain.presence import reading as presence
from repit.domain.vouchers import holds


def end(
    db: Session,
    stage: Stage,
    booking: Booking,
    *,
    by: str,
    now: datetime,
    late: bool = False,
    keep_vouchers: bool = False,
) -> int:
    """Cancel a live booking; return how many vouchers are free again.

    Args:
        by: `parent`, `service`, `expired` or `declined`.
        late: after the programme's deadline.
        keep_vouchers: they stay promised, to be paid for the day that was kept free.

    Raises:
        ChildCame: a child was noted there.
    """
    places = live_places(db, booking.id)
    free = end_places(db, stage, places, now=now, by=by, keep_vouchers=keep_vouchers)
    if booking.seat and stage.session is not None:
        stage.session.seats_taken -= 1
        stage.session.over_capacity = stage.session.seats_taken > stage.session.max_people
    offered = booking.state == "offered"
    if offered:
        shares.close_pages(db, booking.id, now=now)
    booking.state, booking.expires_at = "cancelled", None
    booking.ended_at, booking.ended_by, booking.late = now, by, late
    booking.version += 1
    forget_reminders(db, [booking.id])
    handed_on = offered and by == "service" and _hand_on(db, booking)
    if booking.origin == "waiting" and not handed_on:
        _end_party(db, booking.id, "closed" if by == "service" else "left", now)
    db.flush()
    return free


def end_places(
    db: Session,
    stage: Stage,
    places: Sequence[ChildPlace],
    *,
    now: datetime,
    by: str,
    keep_vouchers: bool = False,
) -> int:
    """End some places; return how many vouchers are free again.

    Raises:
        ChildCame: a child was noted there: it stays on the sheet until it is handed over.
    """
    check_nobody_came(db, places)
    for place in places:
        place.ended_at = now
        slot = stage.slots[place.slot_id]
        slot.places_taken -= 1
    flagged = {place.slot_id for place in places if stage.slots[place.slot_id].over_capacity}
    db.flush()
    for slot_id in flagged:
        slot = stage.slots[slot_id]
        slot.over_capacity = fit_of(db, slot) is not Fit.FITS
    if keep_vouchers or not places:
        return 0
    free = holds.release(db, [place.id for place in places], now=now, restore=by == "service")
    for booking_id in {place.booking_id for place in places if place.share_cents}:
        shares.square(db, booking_id, now=now)
    return free


def check_nobody_came(db: Session, places: Sequence[ChildPlace]) -> None:
    """Refuse to end places whose children were noted there; their bookings are locked.

    Raises:
        ChildCame: how many came.
    """
    came = presence.places_that_came(db, {place.booking_id for place in places})
    if children := len(came & {place.id for place in places}):
        raise ChildCame(children)


def live_places(db: Session, booking_id: int) -> list[ChildPlace]:
    """Return the children's places of a booking that still count."""
    return list(
        db.scalars(
            select(ChildPlace)
            .where(ChildPlace.booking_id == booking_id, ChildPlace.ended_at.is_(None))
            .order_by(ChildPlace.id)
            .execution_options(populate_existing=True)
        )
    )


def forget_reminders(db: Session, booking_ids: Collection[int]) -> None:
    """Drop what was still to be sent about bookings that are over.

    Raises:
        Nothing of its own.
    """
    db.execute(
        delete(Notice)
        .where(Notice.booking_id.in_(booking_ids), Notice.state == "waiting")
        .execution_options(synchronize_session=False)
    )


def _hand_on(db: Session, lead: Booking) -> bool:
    """Let the next booking of a group's offer answer for those that are left, if any are."""
    heir = db.scalar(
        select(Booking)
        .where(Booking.lead_id == lead.id, Booking.state == "offered")
        .order_by(Booking.id)
        .limit(1)
        .with_for_update()
    )
    if heir is None:
        return False
    heir.lead_id, lead.lead_id = None, heir.id
    db.flush()
    for model, column, here in (
        (Booking, "lead_id", Booking.lead_id == lead.id),
        (WaitingParty, "booking_id", WaitingParty.booking_id == lead.id),
    ):
        db.execute(
            update(model)
            .where(here)
            .values({column: heir.id})
            .execution_options(synchronize_session="fetch")
        )
    return True


def _end_party(db: Session, booking_id: int, state: str, now: datetime) -> None:
    """An offer that nobody took ends the wait: who wants to can ask again."""
    db.execute(
        update(WaitingParty)
        .where(WaitingParty.booking_id == booking_id, WaitingParty.state == "offered")
        .values(state=state, ended_at=now)
        .execution_options(synchronize_session=False)
    )
