"""What a worker does with Stripe: the network on one side, one change on the other, in turns."""

from collections import Counter
from typing import Any

from repit.db.unit_of_work import end_reading, unit_of_work
from repit.domain.cards import connect, events, refunds
from repit.domain.cards.errors import NotEnoughAtStripe, StripeRefused
from repit.domain.cards.gateway import Gateway
from repit.domain.jobs.worker import JobContext
from repit.domain.retrying import retrying


def send_refunds(context: JobContext, stripe: Gateway) -> dict[str, Any]:
    """Ask Stripe for every refund that waits; one without an answer is asked again by the next run.

    Raises:
        StripeUnreachable: the job is tried again after a pause.
    """
    done, refund = 0, refunds.to_send(context.db)
    while refund is not None:
        _send(context, stripe, refund)
        done += 1
        context.progress(done, done)
        refund = refunds.to_send(context.db, after=refund.id)
    return {"sent": done}


def _send(context: JobContext, stripe: Gateway, refund: refunds.ToSend) -> None:
    end_reading(context.db)  # nothing is read while the network answers
    try:
        sent = stripe.refund(
            refund.intent_id, refund.amount, name=refund.public_id, tries=refund.tries
        )
    except (StripeRefused, NotEnoughAtStripe) as refusal:
        reason = getattr(refusal, "reason", refusal.code)
        with unit_of_work(context.db):
            refunds.failed(context.db, refund.public_id, reason, now=context.now)
        return
    with unit_of_work(context.db):
        refunds.sent(context.db, refund.public_id, sent.id, sent.state, now=context.now)


def take_waiting_events(context: JobContext) -> dict[str, Any]:
    """Apply the events that came at the same moment as what they waited for."""
    taken = 0
    while retrying(lambda: _take_one(context)):
        taken += 1
        context.progress(taken, taken)
    return {"taken": taken}


def _take_one(context: JobContext) -> bool:
    with unit_of_work(context.db):
        return events.take_one_waiting(context.db, now=context.now)


def send_transfers(context: JobContext, stripe: Gateway) -> dict[str, Any]:
    """Send every payout that goes by Stripe; what our balance does not cover waits for a later run.

    Raises:
        StripeUnreachable: the job is tried again after a pause.
    """
    outcomes: Counter[str] = Counter()
    after = 0
    while (payout := _next_transfer(context, after)) is not None:
        outcomes[_transfer(context, stripe, payout)] += 1
        context.progress(outcomes.total(), outcomes.total())
        after = payout.id
    return dict(outcomes)


def _next_transfer(context: JobContext, after: int) -> connect.ToSend | None:
    with unit_of_work(context.db):
        return connect.next_to_send(context.db, after=after, now=context.now)


def _transfer(context: JobContext, stripe: Gateway, payout: connect.ToSend) -> str:
    db, actor, now = context.db, context.actor, context.now
    try:
        made = stripe.transfer(
            payout.account_id,
            payout.amount,
            group=payout.batch,
            name=payout.payout,
            tries=payout.tries,
        )
    except NotEnoughAtStripe:
        with unit_of_work(db):
            connect.short(db, payout.payout)
        return "short"
    except StripeRefused as refusal:
        with unit_of_work(db):
            connect.refused(db, payout.payout, refusal.reason, actor=actor, now=now)
        return "refused"
    with unit_of_work(db):
        connect.sent(db, payout.payout, made.id, actor=actor, now=now)
    return "sent"
