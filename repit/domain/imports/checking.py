"""Compare the rows of a file with one another and with the files that exist. Writes nothing.

An import opens files; it never changes one. A row that says what is already written is « the
same »; a row that says something else about a known parent is refused, with what differs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from repit.domain.households.folding import fold, name_key
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.households.rules import NewParent, same_family, same_town
from repit.domain.imports.columns import Columns
from repit.domain.imports.rows import Problem, ReadRow
from repit.domain.people.models import Person

T = TypeVar("T")

AT_ONCE = 500


class Verdict(StrEnum):
    NEW = "new"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class CheckedRow:
    """A row with its verdict. `known_as`: the number of the file that says the same."""

    number: int
    cells: tuple[str, ...]
    verdict: Verdict
    parent: NewParent | None = None
    problems: tuple[Problem, ...] = ()
    known_as: str | None = None


@dataclass(frozen=True)
class _Known:
    """A parent who exists, with all that a row could say about them."""

    number: str
    name_key: str
    said: dict[str, str]
    children: frozenset[tuple[str, date]]
    situations: frozenset[tuple[str, date]]
    eldest: str


def check(db: Session, columns: Columns, rows: Sequence[ReadRow]) -> list[CheckedRow]:
    """Return the verdict on each row."""
    rows = list(_refuse_repeated(columns, rows))
    good = [row.parent for row in rows if row.parent]
    known = _Index(_known_parents(db, good))
    return [_judge(row, known) for row in rows]


def in_batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Return the items, at most so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _judge(row: ReadRow, known: "_Index") -> CheckedRow:
    if row.parent is None:
        return _answer(row, Verdict.REFUSED, problems=tuple(row.problems))
    found, by = known.find(row.parent)
    if found is None:
        return _answer(row, Verdict.NEW, parent=row.parent)
    problems = tuple(_differences(row.parent, row.given, found, by))
    if problems:
        return _answer(row, Verdict.REFUSED, problems=problems)
    return _answer(row, Verdict.SAME, known_as=found.number)


def _answer(row: ReadRow, verdict: Verdict, **rest: Any) -> CheckedRow:
    return CheckedRow(row.number, row.cells, verdict, **rest)


def _refuse_repeated(columns: Columns, rows: Sequence[ReadRow]) -> Iterator[ReadRow]:
    """Refuse what an earlier row already says: the first one stays, whatever its fate."""
    seen: dict[tuple[str, Any], int] = {}
    for row in rows:
        if row.parent is None:
            yield row
            continue
        keys = list(_identities(row.parent))
        repeated = next(((column, seen[key]) for column, key in keys if key in seen), None)
        if repeated is None:
            seen.update({key: row.number for _, key in keys})
            yield row
        else:
            column = repeated[0] if repeated[0] in columns.places else None
            problem = Problem(column, "repeated", (str(repeated[1]),))
            yield replace(row, parent=None, problems=[problem])


def _identities(parent: NewParent) -> Iterator[tuple[str, tuple[str, Any]]]:
    details = parent.details
    if details.number:
        yield "number", ("number", details.number)
    if details.email:
        yield "email", ("email", details.email)
    yield "last_name", ("family", same_family(details, parent.children))


class _Index:
    """Finds a known parent by number, then e-mail, then name, postcode and eldest child."""

    def __init__(self, known: Iterable[_Known]) -> None:
        self.by: dict[str, dict[Any, _Known]] = {"number": {}, "email": {}, "family": {}}
        for one in known:
            self.by["number"][one.number] = one
            if one.said["email"]:
                self.by["email"][one.said["email"]] = one
            self.by["family"][one.name_key, one.said["postcode"], one.eldest] = one

    def find(self, parent: NewParent) -> tuple[_Known | None, str]:
        for column, (kind, key) in _identities(parent):
            if key in self.by[kind]:
                return self.by[kind][key], column
        return None, ""


def _differences(
    parent: NewParent, given: frozenset[str], known: _Known, by: str
) -> Iterator[Problem]:
    details = parent.details
    if name_key(details.first_name, details.last_name) != known.name_key:
        yield Problem(by, "somebody_else", (known.number,))
        return
    if not same_town(details.town, known.said["town"]):
        yield Problem("town", "differs", (known.number, known.said["town"]))
    for column in ("number", "email", "phone", "locale", "postcode", "priority_area"):
        told = getattr(details, column) or ""
        if column in given and told != known.said[column]:
            yield Problem(column, "differs", (known.number, known.said[column]))
    if "requested_on" in given and details.requested_on.isoformat() != known.said["requested_on"]:
        yield Problem("requested_on", "differs", (known.number, known.said["requested_on"]))
    yield from _family_differences(parent, given, known)


def _family_differences(
    parent: NewParent, given: frozenset[str], known: _Known
) -> Iterator[Problem]:
    column = next((key for key in sorted(given) if key.startswith("child")), None)
    told = {(fold(child.first_name), child.born_on) for child in parent.children}
    if told - known.children:
        yield Problem(column, "other_children", (known.number,))
    situation = parent.situation
    if situation is None:
        return
    dated = "situation_since" in given or "requested_on" in given
    same_kind = any(kind == situation.kind for kind, _ in known.situations)
    if not same_kind or (dated and (situation.kind, situation.first_day) not in known.situations):
        yield Problem("situation", "other_situation", (known.number,))


def _known_parents(db: Session, parents: Sequence[NewParent]) -> list[_Known]:
    """Return everybody a row may mean, from few statements whatever the number of rows."""
    sought = (
        (Parent.number, {p.details.number for p in parents if p.details.number}),
        (Person.email, {p.details.email for p in parents if p.details.email}),
        (Parent.name_key, {name_key(p.details.first_name, p.details.last_name) for p in parents}),
    )
    found: dict[int, tuple[Parent, Person | None]] = {}
    for column, values in sought:
        for some in in_batches(sorted(values), AT_ONCE):
            found.update(_rows(db, column.in_(some)))
    children = _children(db, {parent.household_id for parent, _ in found.values()})
    situations = _situations(db, set(found))
    return [
        _known(parent, person, children.get(parent.household_id, []), situations.get(key, set()))
        for key, (parent, person) in found.items()
    ]


def _rows(db: Session, condition: ColumnElement[bool]) -> dict[int, tuple[Parent, Person | None]]:
    query = select(Parent, Person).outerjoin(Person, Person.id == Parent.person_id)
    return {parent.id: (parent, person) for parent, person in db.execute(query.where(condition))}


def _children(db: Session, household_ids: set[int]) -> dict[int, list[tuple[str, date]]]:
    homes: dict[int, list[tuple[str, date]]] = {}
    for some in in_batches(sorted(household_ids), AT_ONCE):
        query = (
            select(ChildHome.household_id, Child.first_name, Child.born_on)
            .join(Child, Child.id == ChildHome.child_id)
            .where(ChildHome.household_id.in_(some))
        )
        for household_id, first_name, born_on in db.execute(query):
            homes.setdefault(household_id, []).append((fold(first_name), born_on))
    return homes


def _situations(db: Session, parent_ids: set[int]) -> dict[int, set[tuple[str, date]]]:
    written: dict[int, set[tuple[str, date]]] = {}
    for some in in_batches(sorted(parent_ids), AT_ONCE):
        query = select(Situation.parent_id, Situation.kind, Situation.first_day)
        for parent_id, kind, first_day in db.execute(query.where(Situation.parent_id.in_(some))):
            written.setdefault(parent_id, set()).add((kind, first_day))
    return written


def _known(
    parent: Parent,
    person: Person | None,
    children: list[tuple[str, date]],
    situations: set[tuple[str, date]],
) -> _Known:
    return _Known(
        number=parent.number,
        name_key=parent.name_key,
        said={
            "number": parent.number,
            "town": parent.town,
            "postcode": parent.postcode,
            "priority_area": parent.priority_area or "",
            "requested_on": parent.requested_on.isoformat(),
            "email": (person and person.email) or "",
            "phone": (person and person.phone) or "",
            "locale": person.locale if person else "fr",
        },
        children=frozenset(children),
        situations=frozenset(situations),
        eldest=min((born.isoformat() for _, born in children), default=""),
    )
