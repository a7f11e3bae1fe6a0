"""Read imports, and the parents an undone one kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.errors import NoSuchObject
from repit.domain.households.models import Parent, ParentImport
from repit.domain.imports.undo import touched_since
from repit.domain.programmes.models import Programme


@dataclass(frozen=True)
class ImportView:
    """One import. `content`: the file, or only its refused rows once it is done."""

    id: int
    public_id: str
    file_name: str
    state: str
    programme: str | None
    job_public_id: str | None
    rows_new: int
    rows_same: int
    rows_refused: int
    created_at: datetime
    finished_at: datetime | None
    content: bytes = b""


@dataclass(frozen=True)
class Kept:
    """A parent that undoing left in place, and why."""

    public_id: str
    number: str
    name: str
    reasons: tuple[str, ...]


_COLUMNS = (
    ParentImport.id,
    ParentImport.public_id,
    ParentImport.file_name,
    ParentImport.state,
    Programme.name,
    ParentImport.job_public_id,
    ParentImport.rows_new,
    ParentImport.rows_same,
    ParentImport.rows_refused,
    ParentImport.created_at,
    ParentImport.finished_at,
)


def imports(db: Session, number: int | None = None) -> Page[ImportView]:
    """Return the imports, latest first, without their files."""
    query = (
        select(*_COLUMNS)
        .outerjoin(Programme, Programme.id == ParentImport.programme_id)
        .order_by(ParentImport.id.desc())
    )
    return cut(db, query, lambda row: ImportView(*row), number=number)


def one_import(db: Session, public_id: str) -> ImportView:
    """Return one import with its file.

    Raises:
        NoSuchObject: no such import.
    """
    row = db.execute(
        select(*_COLUMNS, ParentImport.content)
        .outerjoin(Programme, Programme.id == ParentImport.programme_id)
        .where(ParentImport.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    return ImportView(*row)


def still_there(db: Session, import_id: int) -> int:
    """Return how many parents of an import have a file now."""
    mine = select(func.count()).where(Parent.import_id == import_id)
    return db.scalar(mine) or 0


def kept(db: Session, import_id: int) -> list[Kept]:
    """Return the parents undoing an import leaves in place, by number."""
    one = db.get_one(ParentImport, import_id)
    why: dict[int, list[str]] = {}
    for reason, parent_ids in touched_since(db, one).items():
        for parent_id in parent_ids:
            why.setdefault(parent_id, []).append(reason)
    rows = db.execute(
        select(Parent.id, Parent.public_id, Parent.number, Parent.first_name, Parent.last_name)
        .where(Parent.import_id == import_id)
        .order_by(Parent.number)
    )
    return [
        Kept(public_id, number, f"{first_name} {last_name}", tuple(why[parent_id]))
        for parent_id, public_id, number, first_name, last_name in rows
        if parent_id in why
    ]
