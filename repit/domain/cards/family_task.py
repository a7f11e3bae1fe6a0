"""What a worker does for families' shares: square them, send what goes back, close pages."""

from typing import Any

from repit.db.unit_of_work import end_reading, unit_of_work
from repit.domain.bookings import shares
from repit.domain.cards.errors import NotEnoughAtStripe, StripeRefused
from repit.domain.cards.gateway import Gateway
from repit.domain.family_shares import refunds
from repit.domain.jobs.worker import JobContext
from repit.domain.retrying import retrying


def square_shares(context: JobContext) -> dict[str, Any]:
    """Pass on and give back what nobody did in the same change; one booking is one change."""
    squared, after = 0, 0
    while found := shares.unsquared(context.db, after=after):
        for booking_id in found:
            _square(context, booking_id)
            squared, after = squared + 1, booking_id
            context.progress(squared, squared)
    return {"squared": squared}


def _square(context: JobContext, booking_id: int) -> None:
    def square() -> None:
        with unit_of_work(context.db):
            shares.square(context.db, booking_id, now=context.now)

    retrying(square)


def send_share_refunds(context: JobContext, stripe: Gateway) -> dict[str, Any]:
    """Ask Stripe for every refund to a family that waits; none without an answer is lost.

    Raises:
        StripeUnreachable: the job is tried again after a pause.
    """
    sent = 0
    for public_id in refunds.waiting(context.db):
        sent += _send(context, stripe, public_id)
        context.progress(sent, sent)
    return {"sent": sent}


def _send(context: JobContext, stripe: Gateway, public_id: str) -> int:
    with unit_of_work(context.db):
        asked = refunds.start(context.db, public_id, actor=context.actor, now=context.now)
    if asked is None:
        return 0
    try:
        done = stripe.refund(asked.intent_id, asked.amount, name=public_id, tries=asked.tries)
    except (StripeRefused, NotEnoughAtStripe) as refusal:
        reason = getattr(refusal, "reason", refusal.code)
        with unit_of_work(context.db):
            refunds.refuse(
                context.db, public_id, reason=reason, actor=context.actor, now=context.now
            )
        return 0
    with unit_of_work(context.db):
        if done.state in {"failed", "canceled"}:
            refunds.refuse(
                context.db, public_id, reason=done.state, actor=context.actor, now=context.now
            )
        else:
            refunds.finish(context.db, public_id, stripe_refund_id=done.id, now=context.now)
    return 1


def close_payment_page(context: JobContext, stripe: Gateway) -> dict[str, Any]:
    """Close a page at Stripe of which the booking is over; one that is over stays as it is.

    Raises:
        StripeUnreachable: the job is tried again after a pause.
    """
    end_reading(context.db)
    stripe.close_checkout(context.facts["session"])
    return {}
