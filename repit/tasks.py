"""Everything a worker can do, and what it does by itself: the table from names to functions.

A task is safe to run again, because a worker may die at any moment. Those that need a secret
or the outside world find it in the application's settings.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from repit.db.unit_of_work import unit_of_work
from repit.domain.codes import CodeVault
from repit.domain.imports.task import import_parents
from repit.domain.jobs import service as jobs
from repit.domain.jobs.worker import JobContext, Periodic, Task
from repit.domain.notices import queries as notices
from repit.domain.reminders import queries as reminders
from repit.domain.reminders.expiry import enqueue_expiry_reminders
from repit.domain.reminders.receipts import enqueue_receipts
from repit.domain.stays import sign_in
from repit.domain.vouchers import run
from repit.domain.vouchers.expire import expire_some
from repit.settings import Settings
from repit.web.outbox import delivery

KEPT_AFTER = timedelta(days=7)


def tasks(settings: Settings) -> Mapping[str, Task]:
    """Return what can be asked of a worker of this installation."""
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

    return {
        "expire_vouchers": expire_vouchers,
        "import_parents": import_parents,
        "issue_vouchers": issue_vouchers,
        "send_notices": send_notices,
        "tidy_jobs": tidy_jobs,
        "tidy_sign_ins": tidy_sign_ins,
        "write_receipts": write_receipts,
        "write_reminders": write_reminders,
    }


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
