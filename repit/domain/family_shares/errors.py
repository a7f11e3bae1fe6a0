"""Refusals met when a family's share is paid online. Amounts are cents."""

from dataclasses import dataclass
from datetime import datetime

from repit.domain.errors import Refused
from repit.domain.money import Cents


@dataclass(eq=False)
class ShareToPay(Refused):
    """The place is kept until then; it is the payment that makes it theirs."""

    share: Cents
    until: datetime
    code = "share_to_pay"


@dataclass(eq=False)
class NothingToPay(Refused):
    """Paid already, or the place is no longer kept."""

    code = "nothing_to_pay"


@dataclass(eq=False)
class RefundNotRefused(Refused):
    """It is on its way, or done: nothing is to be tried again."""

    code = "refund_not_refused"


@dataclass(eq=False)
class AmountDiffers(Refused):
    """What came is not what the page asked for: nothing is made of it, somebody looks."""

    asked: Cents
    came: Cents
    code = "share_amount_differs"
