"""Which redemption took what was held for a child's place, as long as nobody took it back."""

from sqlalchemy import ColumnElement, and_, exists, select

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
