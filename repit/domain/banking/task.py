"""The job that looks at the lines of a large file: in small changes, safe to run again."""

from typing import Any

from repit.db.unit_of_work import unit_of_work
from repit.domain.banking import matching, service
from repit.domain.jobs.worker import JobContext
from repit.domain.retrying import retrying

IN_ONE_CHANGE = 50


def match_bank_lines(context: JobContext) -> dict[str, Any]:
    """Look at every line that waits; one that is matched already is left alone."""
    waiting = service.lines_to_look_at(context.db, context.facts["statement_id"])
    matched = 0
    for start in range(0, len(waiting), IN_ONE_CHANGE):
        context.progress(start, len(waiting))
        part = waiting[start : start + IN_ONE_CHANGE]
        matched += retrying(lambda lines=part: _match(context, lines))  # type: ignore[misc]
    context.progress(len(waiting), len(waiting))
    return {"matched": matched, "left": len(waiting) - matched}


def _match(context: JobContext, lines: list[int]) -> int:
    with unit_of_work(context.db):
        return matching.match(context.db, lines, actor=context.actor, now=context.now)
