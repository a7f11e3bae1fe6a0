"""Refusals met when money is paid online. Amounts are cents."""

from dataclasses import dataclass

from repit.domain.errors import Busy, NotFound, Refused


@dataclass(eq=False)
class NothingPaidOnline(NotFound):
    """This installation has no key: nothing is paid online, and nothing says that it could be."""

    code = "nothing_paid_online"


@dataclass(eq=False)
class StripeUnreachable(Busy):
    """No answer came. It may have been done: asking again under the same key finds out."""

    code = "stripe_unreachable"


@dataclass(eq=False)
class StripeRefused(Refused):
    """Stripe will not do it, now or later; `reason` is its code, such as `amount_too_large`."""

    reason: str
    code = "stripe_refused"


@dataclass(eq=False)
class NotEnoughAtStripe(Refused):
    """The balance at Stripe does not cover it; asking again works once money has come."""

    code = "not_enough_at_stripe"


@dataclass(eq=False)
class EventRefused(Refused):
    """What claims to come from Stripe does not, or was signed too long ago, or is no event."""

    reason: str
    code = "event_refused"


@dataclass(eq=False)
class NothingMissing(Refused):
    """All of the contribution has arrived, or nothing is expected of it any more."""

    code = "nothing_missing"


@dataclass(eq=False)
class TooLittleOnline(Refused):
    """Stripe takes no payment below this."""

    least_cents: int
    code = "too_little_online"


@dataclass(eq=False)
class NothingToRefund(Refused):
    """Nothing left in the fund came by a payment that can be given back online."""

    code = "nothing_to_refund"
