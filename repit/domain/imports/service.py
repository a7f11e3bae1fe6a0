"""Receive a file, confirm it, or drop it. The work itself is a job: see `task`."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.households.models import ParentImport
from repit.domain.households.rules import today
from repit.domain.imports.checking import Verdict
from repit.domain.imports.errors import ImportOver, NothingToImport
from repit.domain.imports.finding import find
from repit.domain.imports.inspection import inspect
from repit.domain.imports.reading import Row
from repit.domain.jobs.service import enqueue

KIND = "import_parents"
LONGEST_NAME = 200


def receive(
    db: Session,
    actor: Actor,
    file_name: str,
    content: bytes,
    now: datetime,
    programme_id: int | None = None,
) -> str:
    """Keep a file that can be read, and what its dry run found; return its public id.

    Raises:
        Refused: the file as a whole cannot be read; see `errors`.
    """
    found = inspect(db, content, today(now))
    received = ParentImport(
        public_id=ids.public_id(),
        file_name=file_name[-LONGEST_NAME:],
        content=content,
        programme_id=programme_id,
        state="checked",
        rows_new=found.count(Verdict.NEW),
        rows_same=found.count(Verdict.SAME),
        rows_refused=found.count(Verdict.REFUSED),
        created_at=now,
    )
    db.add(received)
    db.flush()
    _record(db, actor, received, "checked", now)
    return received.public_id


def confirm(db: Session, actor: Actor, public_id: str, now: datetime) -> str:
    """Ask for the job that opens the new files; return the job's public id.

    Raises:
        NoSuchObject: no such import.
        ImportOver: it was already confirmed, dropped or undone.
        NothingToImport: no row of the file is new.
    """
    wanted = find(db, public_id)
    if wanted.state == "checked" and not wanted.rows_new:
        raise NothingToImport
    _leave(db, wanted, "checked", "running")
    job = enqueue(
        db,
        kind=KIND,
        facts={"import_id": wanted.id},
        actor=actor,
        now=now,
        dedupe=f"{KIND}:{wanted.id}",
    )
    wanted.job_public_id = job
    _record(db, actor, wanted, "confirmed", now)
    return job


def drop(db: Session, actor: Actor, public_id: str, now: datetime) -> None:
    """Forget a file: before it is confirmed, or its refused rows once it is done.

    Raises:
        NoSuchObject: no such import.
        ImportOver: it runs, or there is nothing left of it.
    """
    dropped = find(db, public_id)
    if dropped.state == "checked":
        _leave(db, dropped, "checked", "dropped")
        dropped.finished_at = now
    elif dropped.state != "done" or not dropped.content:
        raise ImportOver(dropped.state)
    dropped.content = b""
    _record(db, actor, dropped, "dropped", now)


def finish(
    db: Session, actor: Actor, import_id: int, *, opened: int, refused: bytes, now: datetime
) -> None:
    """Note that every new row is written; keep only what was refused.

    Raises:
        ImportOver: it does not run.
    """
    done = db.get_one(ParentImport, import_id, with_for_update=True)
    _leave(db, done, "running", "done")
    done.rows_refused += done.rows_new - opened
    done.rows_new = opened
    done.content = refused
    done.finished_at = now
    _record(db, actor, done, "finished", now)


def as_csv(rows: Iterable[Row], separator: str) -> bytes:
    """Return rows in the form `reading` takes them; for our own keeping, never to open in Excel.

    Empty lines stand for the rows left out, so that each row keeps the number it had.

    Raises:
        Nothing of its own.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator)
    written = 0
    for row in rows:
        text.write("\n" * (row.number - written - 1))
        writer.writerow(row.cells)
        written = row.number
    return text.getvalue().encode()


def _leave(db: Session, one: ParentImport, state: str, to: str) -> None:
    """Move on, unless somebody else did: of two who confirm at once, one is refused."""
    moved: Any = db.execute(
        update(ParentImport)
        .where(ParentImport.id == one.id, ParentImport.state == state)
        .values(state=to)
    )
    assert isinstance(moved, CursorResult)  # noqa: S101  (tells the type checker what DML returns)
    if moved.rowcount != 1:
        raise ImportOver(one.state)


def _record(db: Session, actor: Actor, one: ParentImport, kind: str, now: datetime) -> None:
    facts = {
        "file": one.file_name,
        "new": one.rows_new,
        "same": one.rows_same,
        "refused": one.rows_refused,
    }
    record(db, actor=actor, kind=kind, of=("parent_import", one.id), now=now, facts=facts)
