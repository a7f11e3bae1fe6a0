"""The code a parent shows for the vouchers that are held for a booking."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings.errors import NothingHeld, UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.codes import CodeVault
from repit.domain.vouchers.models import Hold
from repit.domain.vouchers.present import Shown, show


def present_held(
    db: Session, public_id: str, *, parent_id: int, vault: CodeVault, now: datetime
) -> Shown:
    """Make a code for all vouchers held for a booking; only its provider can take them.

    Raises:
        UnknownBooking: there is none, or it is another parent's.
        NothingHeld: they were taken, or given back.
    """
    booking = db.scalar(
        select(Booking).where(Booking.public_id == public_id, Booking.parent_id == parent_id)
    )
    if booking is None:
        raise UnknownBooking
    held = db.scalars(
        select(Hold.voucher_id)
        .join(ChildPlace, ChildPlace.id == Hold.child_place_id)
        .where(ChildPlace.booking_id == booking.id, Hold.state == "held")
        .order_by(Hold.voucher_id)
    ).all()
    if not held:
        raise NothingHeld
    return show(db, parent_id, booking.programme_id, list(held), vault=vault, now=now)
