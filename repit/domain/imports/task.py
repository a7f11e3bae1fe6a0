"""The job that opens the files of an import: in small changes, safe to run again.

A row already written reads as « the same » the second time, so a worker that dies in the
middle leaves nothing to repair: the next one opens what is still new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements import service as entitlements
from repit.domain.households.models import Parent, ParentImport
from repit.domain.households.rules import today
from repit.domain.households.service import open_files
from repit.domain.imports import service
from repit.domain.imports.checking import Verdict, in_batches
from repit.domain.imports.inspection import Inspection, inspect, still_new
from repit.domain.imports.reading import Row
from repit.domain.imports.rows import ReadRow
from repit.domain.jobs.worker import JobContext
from repit.domain.retrying import retrying

IN_ONE_CHANGE = 100


@dataclass(frozen=True)
class _Confirmed:
    id: int
    content: bytes
    programme_id: int | None
    planned: int
    day: date


def import_parents(context: JobContext) -> dict[str, Any]:
    """Open every file that is still to open, then say what came of it."""
    confirmed = _confirmed(context.db, context.facts["import_id"])
    if confirmed is None:
        return {"already": "finished"}
    found = inspect(context.db, confirmed.content, confirmed.day)
    verdicts = {row.number: row.verdict for row in found.rows}
    to_open = [row for row in found.read if verdicts[row.number] is Verdict.NEW]
    done = max(confirmed.planned - len(to_open), 0)
    for batch in in_batches(to_open, IN_ONE_CHANGE):
        context.progress(done, done + len(to_open))
        retrying(lambda rows=batch: _open(context, confirmed, found, rows))  # type: ignore[misc]
        done += len(batch)
        to_open = to_open[len(batch) :]
    context.progress(done, done)
    return retrying(lambda: _finish(context, confirmed))


def _confirmed(db: Session, import_id: int) -> _Confirmed | None:
    one = db.get_one(ParentImport, import_id)
    if one.state != "running":
        return None
    day = today(one.created_at)
    return _Confirmed(one.id, one.content, one.programme_id, one.rows_new, day)


def _open(
    context: JobContext, confirmed: _Confirmed, found: Inspection, rows: Sequence[ReadRow]
) -> None:
    db, now = context.db, context.now
    with unit_of_work(db):
        news = [row.parent for row in still_new(db, found.columns, rows) if row.parent]
        opened = open_files(db, context.actor, news, now, import_id=confirmed.id)
        if confirmed.programme_id is None:
            return
        for one, new in zip(opened, news, strict=True):
            entitlements.request(
                db,
                one.parent_id,
                confirmed.programme_id,
                requested_on=new.details.requested_on,
                actor=context.actor,
                now=now,
            )


def _finish(context: JobContext, confirmed: _Confirmed) -> dict[str, Any]:
    db = context.db
    after = inspect(db, confirmed.content, confirmed.day)
    refused = [Row(row.number, row.cells) for row in after.rows if row.verdict is Verdict.REFUSED]
    headers = Row(after.table.header.number, after.columns.headers)
    kept = service.as_csv([headers, *refused], after.table.separator)
    with unit_of_work(db):
        mine = select(func.count()).where(Parent.import_id == confirmed.id)
        opened = db.scalar(mine) or 0
        service.finish(
            db,
            context.actor,
            confirmed.id,
            opened=opened,
            refused=kept if refused else b"",
            now=context.now,
        )
    return {"opened": opened, "refused": len(refused)}
