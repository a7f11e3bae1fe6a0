"""From the cells of one row to a parent, or to what is wrong with it, cell by cell."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from repit.domain.households import rules
from repit.domain.households.folding import fold
from repit.domain.households.rules import Details, NewChild, NewParent, NewSituation
from repit.domain.imports import cells
from repit.domain.imports.columns import MOST_CHILDREN, REQUIRED, Columns
from repit.domain.imports.reading import Row

T = TypeVar("T")

LONGEST = {"number": 24, "first_name": 80, "last_name": 80, "town": 80, "evidence": 200}
LONGEST_ANY = 2_000
FIRST_YEAR = 1990
"""No situation of today's parent began, and no request came, before this year."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell; `column` is None when it is the row as a whole."""

    column: str | None
    code: str
    facts: tuple[str, ...] = ()


@dataclass
class ReadRow:
    """A row, the parent it describes when it describes one, and its problems."""

    number: int
    cells: tuple[str, ...]
    parent: NewParent | None = None
    given: frozenset[str] = frozenset()
    """The columns whose cell says something."""
    problems: list[Problem] = field(default_factory=list)


class _Reader:
    """Reads the cells of one row and gathers what is wrong."""

    def __init__(self, columns: Columns, row: Row, today: date) -> None:
        self.columns, self.row, self.today = columns, row, today
        self.problems: list[Problem] = []

    def cell(self, key: str) -> str:
        place = self.columns.places.get(key)
        return self.row.cells[place] if place is not None and place < len(self.row.cells) else ""

    def wrong(self, key: str | None, code: str, *facts: str) -> None:
        self.problems.append(Problem(key, code, facts))

    def words(self, key: str) -> str:
        """Return a text of reasonable length, without control characters."""
        text = rules.words(self.cell(key))
        if not text and key in REQUIRED:
            self.wrong(key, "missing")
        elif len(text) > LONGEST.get(key, LONGEST_ANY):
            self.wrong(key, "too_long", str(LONGEST.get(key, LONGEST_ANY)))
        elif not text.isprintable():
            self.wrong(key, "odd_letters")
        elif text and key in {"first_name", "last_name", "town"} and not _has_letter(text):
            self.wrong(key, "no_letter")
        return text

    def checked(self, key: str, read: Callable[[str], T | None], code: str) -> T | None:
        """Return what the cell says, or note that it says nothing we understand."""
        cell = self.cell(key)
        if not cell:
            return None
        found = read(cell)
        if found is None:
            self.wrong(key, code)
        return found

    def day(self, key: str) -> date | None:
        found = self.checked(key, lambda cell: cells.day(cell, self.today), "not_a_day")
        if found and found > self.today:
            self.wrong(key, "in_the_future")
        elif found and found.year < FIRST_YEAR:
            self.wrong(key, "long_ago")
        return found


def read_row(columns: Columns, row: Row, today: date) -> ReadRow:
    """Return what one row says."""
    reader = _Reader(columns, row, today)
    details = _details(reader)
    parent = NewParent(details, _children(reader), _situation(reader, details.requested_on))
    if len(row.cells) > len(columns.headers):
        reader.wrong(None, "cell_too_many", row.cells[len(columns.headers)][:40])
    in_order = sorted(reader.problems, key=lambda one: columns.places.get(one.column or "", -1))
    return ReadRow(
        number=row.number,
        cells=row.cells,
        parent=None if in_order else parent,
        given=frozenset(key for key in columns.places if reader.cell(key)),
        problems=in_order,
    )


def _details(reader: _Reader) -> Details:
    return Details(
        first_name=reader.words("first_name"),
        last_name=reader.words("last_name"),
        town=reader.words("town"),
        postcode=_postcode(reader) or "",
        requested_on=reader.day("requested_on") or reader.today,
        email=reader.checked("email", rules.email, "not_an_email"),
        phone=reader.checked("phone", lambda c: rules.phone(cells.phone_digits(c)), "not_a_phone"),
        locale=reader.checked("locale", cells.language, "not_a_language") or "fr",
        priority_area=_priority_area(reader),
        number=rules.number(reader.words("number")) or None,
    )


def _postcode(reader: _Reader) -> str | None:
    if not reader.cell("postcode"):
        reader.wrong("postcode", "missing")
    return reader.checked(
        "postcode", lambda cell: rules.postcode(cells.whole_number(cell)), "not_a_postcode"
    )


def _priority_area(reader: _Reader) -> str | None:
    answer = cells.yes_or_no(reader.cell("priority_area"))
    if answer is not None:
        return rules.AREA_WITHOUT_CODE if answer else None
    return reader.checked("priority_area", rules.priority_area, "not_an_area")


def _situation(reader: _Reader, requested_on: date) -> NewSituation | None:
    kind = reader.checked("situation", cells.situation, "not_a_situation")
    since = reader.day("situation_since")
    evidence = reader.words("evidence")
    seen = cells.yes_or_no(evidence)
    if not reader.cell("situation"):
        for key in ("situation_since", "evidence"):
            if reader.cell(key) and cells.yes_or_no(reader.cell(key)) is not False:
                reader.wrong(key, "without_situation")
        return None
    if kind is None:
        return None
    return NewSituation(
        kind=kind,
        first_day=since or requested_on,
        evidence=evidence if seen is None else None,
        evidence_seen=seen is not False,
    )


def _children(reader: _Reader) -> tuple[NewChild, ...]:
    listed = _listed_children(reader) + _numbered_children(reader)
    for key, child in listed:
        born = key.replace("_name", "_born")
        if not _has_letter(child.first_name):
            reader.wrong(key, "no_letter")
        if len(child.first_name) > LONGEST["first_name"]:
            reader.wrong(key, "too_long", str(LONGEST["first_name"]))
        if child.born_on > reader.today:
            reader.wrong(born, "born_later", child.first_name)
        if rules.is_grown_up(child.born_on, reader.today):
            reader.wrong(born, "grown_up", child.first_name, str(rules.GROWN_UP_YEARS))
    children = [child for _, child in listed]
    names = [(fold(child.first_name), child.born_on) for child in children]
    if len(set(names)) < len(names):
        reader.wrong(listed[-1][0], "child_twice")
    return tuple(_with_support(reader, children))


def _listed_children(reader: _Reader) -> list[tuple[str, NewChild]]:
    cell = reader.cell("children")
    if len(cell) > LONGEST_ANY:
        reader.wrong("children", "too_long", str(LONGEST_ANY))
        return []
    if not cell or cells.yes_or_no(cell) is False:
        return []
    found = cells.children(cell, reader.today)
    if found is None:
        reader.wrong("children", "not_children")
        return []
    return [("children", NewChild(name, born)) for name, born in found]


def _numbered_children(reader: _Reader) -> list[tuple[str, NewChild]]:
    found = []
    for rank in range(1, MOST_CHILDREN + 1):
        name, born = f"child{rank}_name", f"child{rank}_born"
        if not reader.cell(name) and not reader.cell(born):
            continue
        for key in (name, born):
            if not reader.cell(key):
                reader.wrong(key if key in reader.columns.places else name, "child_half_told")
        born_on = reader.checked(born, lambda cell: cells.day(cell, reader.today), "not_a_day")
        support = reader.checked(f"child{rank}_support", cells.yes_or_no, "not_yes_or_no")
        if reader.cell(name) and born_on:
            child = NewChild(rules.words(reader.cell(name)), born_on, bool(support))
            found.append((name, child))
    return found


def _with_support(reader: _Reader, children: list[NewChild]) -> list[NewChild]:
    """Read « besoin de soutien »: yes for an only child, else the first names concerned."""
    cell = reader.cell("more_support")
    answer = cells.yes_or_no(cell)
    told = reader.cell("children") and not children  # the list itself is already a problem
    if answer is False or told:
        return children
    if answer is True and len(children) != 1:
        reader.wrong("more_support", "which_child" if children else "no_child")
        return children
    named = [fold(name) for name in cell.replace(" et ", ",").replace(";", ",").split(",")]
    known = {fold(child.first_name) for child in children}
    if answer is None and not set(named) <= known:
        reader.wrong("more_support", "unknown_child")
    return [
        replace(child, more_support=child.more_support or answer is True
                or fold(child.first_name) in named)
        for child in children
    ]  # fmt: skip


def _has_letter(text: str) -> bool:
    return any(symbol.isalpha() for symbol in text)
