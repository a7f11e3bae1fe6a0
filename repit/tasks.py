"""Everything a worker can do, and what it does by itself: the table from names to functions.

A task is safe to run again, because a worker may die at any moment. Tasks that need a secret
or the outside world are made here from the settings.
"""

from collections.abc import Mapping
from datetime import timedelta

from repit.db.unit_of_work import unit_of_work
from repit.domain.jobs import service as jobs
from repit.domain.jobs.worker import JobContext, Periodic, Task
from repit.settings import Settings

KEPT_AFTER = timedelta(days=7)


def tasks(settings: Settings) -> Mapping[str, Task]:
    """Return what can be asked of a worker of this installation."""
    return {
        "tidy_jobs": tidy_jobs,
    }


PERIODIC = (Periodic("tidy_jobs", every=timedelta(days=1)),)
"""Work that nobody asks for."""


def tidy_jobs(context: JobContext) -> dict[str, int]:
    """Forget the finished rows of periodic work; what somebody asked for is kept."""
    kinds = [one.kind for one in PERIODIC]
    with unit_of_work(context.db):
        forgotten = jobs.forget_done(context.db, kinds=kinds, before=context.now - KEPT_AFTER)
    return {"forgotten": forgotten}
