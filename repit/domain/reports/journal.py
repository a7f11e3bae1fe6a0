"""Everything that happened, with the names of what it happened to. Three statements a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from repit.domain.audit import queries
from repit.domain.audit.queries import Happened, JournalFilter
from repit.domain.entitlements.models import Scale
from repit.domain.households.models import Parent, ParentImport
from repit.domain.people.models import Person
from repit.domain.programmes.models import Fund, Funder, Programme
from repit.domain.providers.models import Provider
from repit.domain.vouchers.models import Voucher

REFERENCE_LENGTH = 8


@dataclass(frozen=True)
class JournalLine:
    """One event; `address` is what the object's page is called, `name` what people call it."""

    event: Happened
    name: str | None
    address: str | None


def journal(
    db: Session, wanted: JournalFilter, *, before_id: int | None = None, limit: int = 50
) -> list[JournalLine]:
    """Return a page of the journal, newest first."""
    events = queries.journal(db, wanted, before_id=before_id, limit=limit)
    names = _names(db, events)
    return [
        JournalLine(event, *names.get((event.object_kind, event.object_id), (None, None)))
        for event in events
    ]


def _names(
    db: Session, events: Iterable[Happened]
) -> dict[tuple[str, int], tuple[str | None, str | None]]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        if event.object_kind in _OBJECTS or event.object_kind == "voucher":
            wanted[event.object_kind].add(event.object_id)
    parts = [_one_kind(kind, wanted[kind]) for kind in _OBJECTS if kind in wanted]
    found = {}
    if parts:
        for kind, key, name, address in db.execute(union_all(*parts)):
            found[kind, key] = (name, address)
    if "voucher" in wanted:
        found |= _vouchers(db, wanted["voucher"])
    return found


def _one_kind(kind: str, keys: set[int]) -> Select[*tuple[Any, ...]]:
    table, name, address = _OBJECTS[kind]
    return select(literal(kind), table.id, cast(name, String), cast(address, String)).where(
        table.id.in_(keys)
    )


def _vouchers(db: Session, keys: set[int]) -> dict[tuple[str, int], tuple[str, str]]:
    rows = db.execute(select(Voucher.id, Voucher.code_hash).where(Voucher.id.in_(keys)))
    return {
        ("voucher", key): (code_hash.hex()[:REFERENCE_LENGTH].upper(), code_hash.hex())
        for key, code_hash in rows
    }


_OBJECTS: dict[str, tuple[Any, Any, Any]] = {
    "fund": (Fund, Fund.title, Fund.public_id),
    "funder": (Funder, Funder.name, Funder.public_id),
    "parent": (Parent, Parent.first_name + " " + Parent.last_name, Parent.public_id),
    "parent_import": (ParentImport, ParentImport.file_name, ParentImport.public_id),
    "person": (Person, Person.name, Person.public_id),
    "programme": (Programme, Programme.name, Programme.public_id),
    "provider": (Provider, Provider.name, Provider.public_id),
    "scale": (Scale, Scale.title, Scale.public_id),
}
