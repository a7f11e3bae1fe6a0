"""Which redemption took what was held for a child's place, as long as nobody took it back."""

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from repit.domain.bookings.models import ChildPlace
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.vouchers.holds import CATEGORY
from repit.domain.vouchers.models import Hold, Voucher


def live_taking() -> ColumnElement[bool]:
    """Return whether a redemption is the one that took a hold; for statements on both.

    A voucher that was given back may pay for something else later: then it is not this one.
    """
    spent_on = select(Voucher.redemption_id).where(Voucher.id == Hold.voucher_id)
    return and_(
        Hold.state == "redeemed",
        Redemption.id == spent_on.correlate(Hold).scalar_subquery(),
        Redemption.provider_id == Hold.provider_id,
        Redemption.service_on == Hold.service_on,
        Redemption.category == CATEGORY.value,
        ~exists().where(Reversal.redemption_id == Redemption.id),
    )


def taken_from(db: Session, booking_id: int, place_id: int | None = None) -> int:
    """Return how many vouchers were taken for the live places of a booking, all or one."""
    which = true() if place_id is None else ChildPlace.id == place_id
    query = (
        select(func.count())
        .select_from(Hold)
        .join(ChildPlace, ChildPlace.id == Hold.child_place_id)
        .join(Redemption, live_taking())
        .where(ChildPlace.booking_id == booking_id, ChildPlace.ended_at.is_(None), which)
    )
    return db.scalar(query) or 0
