"""Everything a worker can do, and what it does by itself: the table from names to functions.

A task is safe to run again, because a worker may die at any moment. Those that need a secret
or the outside world find it in the application's settings.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from repit.db.unit_of_work import unit_of_work
from repit.domain.attendance import forgotten
from repit.domain.banking.task import match_bank_lines
from repit.domain.bookings import offers, shares, waiting
from repit.domain.cards import connect_queries
from repit.domain.cards import queries as cards
from repit.domain.cards.family_task import (
    close_payment_page,
    send_share_refunds,
    square_shares,
)
from repit.domain.cards.gateway import Gateway
from repit.domain.cards.task import send_refunds, send_transfers, take_waiting_events
from repit.domain.codes import CodeVault
from repit.domain.family_shares import refunds as share_refunds
from repit.domain.figures import keeping
from repit.domain.figures.task import keep_all
from repit.domain.imports.task import import_parents
from repit.domain.jobs import service as jobs
from repit.domain.jobs.worker import JobContext, Periodic, Task
from repit.domain.notices import queries as notices
from repit.domain.releases import drafting
from repit.domain.releases.asking import KIND as DRAFT_RELEASE
from repit.domain.reminders import queries as reminders
from repit.domain.reminders.afterwards import enqueue_questionnaires
from repit.domain.reminders.bookings import enqueue_booking_reminders
from repit.domain.reminders.deciding import enqueue_decisions
from repit.domain.reminders.expiry import enqueue_expiry_reminders
from repit.domain.reminders.receipts import enqueue_receipts
from repit.domain.retrying import retrying
from repit.domain.settlements.task import settle_in_parts
from repit.domain.stays import sign_in
from repit.domain.vouchers import run
from repit.domain.vouchers.expire import expire_some
from repit.integrations.online_payments import open_gateway
from repit.settings import Settings
from repit.web.outbox import delivery

KEPT_AFTER = timedelta(days=7)


def tasks(settings: Settings) -> Mapping[str, Task]:
    """Return what can be asked of a worker of this installation."""
    return {
        DRAFT_RELEASE: _drafting_for(settings),
        "expire_offers": expire_offers,
        "expire_vouchers": expire_vouchers,
        "import_parents": import_parents,
        "issue_vouchers": _issuing_for(settings),
        "keep_figures": keep_figures,
        "match_bank_lines": match_bank_lines,
        "promote_waiting": promote_waiting,
        "redeem_held": redeem_held,
        "send_notices": send_notices,
        "settle": settle_in_parts,
        "square_shares": square_shares,
        "take_waiting_events": take_waiting_events,
        "tidy_jobs": tidy_jobs,
        "tidy_sign_ins": tidy_sign_ins,
        "write_booking_reminders": write_booking_reminders,
        "write_receipts": write_receipts,
        "write_reminders": write_reminders,
        **_with_stripe(settings),
    }


def _with_stripe(settings: Settings) -> dict[str, Task]:
    """Return what is asked of Stripe; without a key it is nothing."""

    def asking(task: Callable[[JobContext, Gateway], dict[str, Any]]) -> Task:
        def ask(context: JobContext) -> dict[str, Any]:
            stripe = open_gateway(settings)
            return task(context, stripe) if stripe else {}

        return ask

    return {
        "close_payment_page": asking(close_payment_page),
        "send_refunds": asking(send_refunds),
        "send_share_refunds": asking(send_share_refunds),
        "send_transfers": asking(send_transfers),
    }


def _issuing_for(settings: Settings) -> Task:
    vault = CodeVault.from_text(settings.code_key)

    def issue_vouchers(context: JobContext) -> dict[str, Any]:
        """Issue what is missing for the period of `day`; twice is once."""
        outcome = run.issue_period(
            context.db,
            context.facts["programme_id"],
            date.fromisoformat(context.facts["day"]),
            vault=vault,
            actor=context.actor,
            now=context.now,
            progress=context.progress,
        )
        return asdict(outcome)

    return issue_vouchers


def _drafting_for(settings: Settings) -> Task:
    """Return the task that drafts a release of this installation: minutes at worst."""
    instance = drafting.Instance.of(settings.operator_name, settings.code_key)
    return lambda context: drafting.draft_release(context, instance)


PERIODIC = (
    Periodic(
        "send_notices",
        every=timedelta(seconds=2),
        wanted=lambda db, now: delivery.can_send() and notices.something_is_due(db, now),
    ),
    Periodic(
        "write_receipts",
        every=timedelta(seconds=30),
        wanted=lambda db, _now: reminders.receipts_are_missing(db),
    ),
    Periodic("expire_offers", every=timedelta(seconds=30), wanted=offers.some_ran_out),
    Periodic(
        "promote_waiting",
        every=timedelta(minutes=2),
        wanted=lambda db, _now: waiting.somebody_waits(db),
    ),
    Periodic("send_refunds", every=timedelta(minutes=10), wanted=cards.refunds_are_asked),
    Periodic("send_transfers", every=timedelta(minutes=15), wanted=connect_queries.some_wait),
    Periodic(
        "square_shares",
        every=timedelta(minutes=2),
        wanted=lambda db, _now: bool(shares.unsquared(db, limit=1)),
    ),
    Periodic(
        "send_share_refunds",
        every=timedelta(minutes=1),
        wanted=lambda db, _now: share_refunds.some_wait(db),
    ),
    Periodic("take_waiting_events", every=timedelta(minutes=1), wanted=cards.some_can_be_applied),
    Periodic("redeem_held", every=timedelta(hours=1)),
    Periodic(
        "keep_figures",
        every=timedelta(hours=1),
        wanted=lambda db, now: keeping.is_behind(db, now=now),
    ),
    Periodic("write_booking_reminders", every=timedelta(minutes=10)),
    Periodic("write_reminders", every=timedelta(days=1)),
    Periodic("expire_vouchers", every=timedelta(days=1)),
    Periodic("tidy_jobs", every=timedelta(days=1)),
    Periodic("tidy_sign_ins", every=timedelta(days=1)),
)
"""Work that nobody asks for."""
URGENT = frozenset({"send_notices"})
"""Somebody waits for a link to come in: never behind an import of five thousand rows."""


def send_notices(context: JobContext) -> dict[str, Any]:
    """Send the messages that are due."""
    return asdict(delivery.deliver_due(context.db))


def write_receipts(context: JobContext) -> dict[str, Any]:
    """Tell both sides of each redemption and reversal."""
    return {"written": _until_none(context, enqueue_receipts)}


def write_reminders(context: JobContext) -> dict[str, Any]:
    """Tell parents whose vouchers end in six and in three weeks, and any receipt left over."""
    reminded = _until_none(context, enqueue_expiry_reminders)
    return {"written": reminded + _until_none(context, enqueue_receipts)}


def _until_none(context: JobContext, enqueue: Callable[..., int]) -> int:
    written = 0
    while True:
        with unit_of_work(context.db):
            some = enqueue(context.db, now=context.now)
        if not some:
            return written
        written += some
        context.progress(written, written)


def write_booking_reminders(context: JobContext) -> dict[str, Any]:
    """Tell parents what is near and ask how it was; ask facilitators about too small sessions."""
    kinds = (enqueue_booking_reminders, enqueue_questionnaires, enqueue_decisions)
    return {"written": sum(_until_none(context, enqueue) for enqueue in kinds)}


def expire_offers(context: JobContext) -> dict[str, Any]:
    """End the offers whose time is over, each in a change of its own, and ask the next in line."""
    expired = 0
    while retrying(lambda: _expire_one(context)):
        expired += 1
        context.progress(expired, expired)
    return {"expired": expired}


def _expire_one(context: JobContext) -> bool:
    with unit_of_work(context.db):
        return offers.expire_one(context.db, now=context.now)


def promote_waiting(context: JobContext) -> dict[str, Any]:
    """Walk through the lists, one change each, and offer what came free without a booking."""
    with unit_of_work(context.db):
        closed = waiting.close_past(context.db, now=context.now)
    lists, after = 0, _promote_next(context, "")
    while after is not None:
        lists += 1
        context.progress(lists, lists)
        after = _promote_next(context, after)
    return {"lists": lists, "closed": closed}


def _promote_next(context: JobContext, after: str) -> str | None:
    def promote() -> str | None:
        with unit_of_work(context.db):
            return offers.promote_next(context.db, after=after, now=context.now)

    return retrying(promote)


def redeem_held(context: JobContext) -> dict[str, Any]:
    """Take or give back the vouchers of care that is long over, one place at a time."""
    outcomes: Counter[str] = Counter()
    looked = _end_next(context, 0)
    while looked is not None:
        outcomes[looked.outcome] += 1
        context.progress(outcomes.total(), outcomes.total())
        looked = _end_next(context, looked.child_place_id)
    return dict(outcomes)


def _end_next(context: JobContext, after: int) -> forgotten.Looked | None:
    def end() -> forgotten.Looked | None:
        with unit_of_work(context.db):
            return forgotten.end_next(context.db, after=after, now=context.now)

    return retrying(end)


def keep_figures(context: JobContext) -> dict[str, Any]:
    """Close the days that are over, so that no page reads them again."""
    return {"closed": keep_all(context.db, now=context.now, progress=context.progress)}


def tidy_sign_ins(context: JobContext) -> dict[str, Any]:
    """Forget yesterday's sign-in attempts."""
    with unit_of_work(context.db):
        sign_in.forget_old(context.db, now=context.now)
    return {}


def expire_vouchers(context: JobContext) -> dict[str, Any]:
    """Give the value of what nobody can claim any more back to the funds."""
    expired = 0
    while True:
        with unit_of_work(context.db):
            some = expire_some(context.db, actor=context.actor, now=context.now)
        if not some:
            return {"expired": expired}
        expired += some
        context.progress(expired, expired)


def tidy_jobs(context: JobContext) -> dict[str, Any]:
    """Forget the finished rows of periodic work; what somebody asked for is kept."""
    kinds = [one.kind for one in PERIODIC]
    with unit_of_work(context.db):
        forgotten = jobs.forget_done(context.db, kinds=kinds, before=context.now - KEPT_AFTER)
    return {"forgotten": forgotten}
