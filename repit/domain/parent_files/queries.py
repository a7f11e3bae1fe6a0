"""The list of parents, as the operator searches and filters it. Two statements a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.entitlements.models import Allowance
from repit.domain.households.folding import fold
from repit.domain.households.models import ChildHome, Parent, Situation
from repit.domain.people.models import Person
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.models import Voucher, VoucherState

PAGE = 50
ISOLATED_BY_DEFAULT = frozenset({"alone", "partner_absent", "separated_same_roof"})
SORTS = ("name", "number", "town", "requested", "left")


@dataclass(frozen=True)
class ParentFilter:
    """What is asked of the list; the empty filter shows everybody."""

    words: str = ""
    town: str = ""
    isolated: bool = False
    has_vouchers: bool = False
    waiting: bool = False
    suspended: bool = False
    sort: str = "name"
    """One of `SORTS`, with a « - » in front for the other way round."""


@dataclass(frozen=True)
class ParentRow:
    """A line of the list."""

    public_id: str
    number: str
    first_name: str
    last_name: str
    town: str
    postcode: str
    requested_on: date
    state: str
    email: str | None
    phone: str | None
    isolated: bool
    children: int
    vouchers_left: int
    vouchers_waiting: int

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def isolated_kinds(db: Session) -> frozenset[str]:
    """Return the kinds of situation that some open programme counts as isolated."""
    kinds = db.scalars(select(Programme.isolated_kinds).where(Programme.closed_at.is_(None)))
    return frozenset(kind for one in kinds for kind in one) or ISOLATED_BY_DEFAULT


def towns(db: Session) -> list[str]:
    """Return the towns parents live in."""
    return list(db.scalars(select(Parent.town).distinct().order_by(Parent.town)))


def parents(
    db: Session,
    wanted: ParentFilter,
    *,
    today: date,
    kinds: Iterable[str],
    number: int | None = None,
) -> Page[ParentRow]:
    """Return one page of the list, or all of it.

    Args:
        kinds: the kinds of situation that count as isolated, see `isolated_kinds`.
        number: of the page, from 1; None for everybody.
    """
    query = _filtered(wanted, today, frozenset(kinds))
    return cut(db, query, lambda row: ParentRow(*row), number=number, length=PAGE)


def _filtered(wanted: ParentFilter, today: date, kinds: frozenset[str]) -> Select[*tuple[Any, ...]]:
    isolated, left, waiting = _isolated(today, kinds), _left(today), _waiting()
    query = (
        select(
            Parent.public_id,
            Parent.number,
            Parent.first_name,
            Parent.last_name,
            Parent.town,
            Parent.postcode,
            Parent.requested_on,
            Parent.state,
            Person.email,
            Person.phone,
            isolated.label("isolated"),
            _children().label("children"),
            left.label("vouchers_left"),
            waiting.label("vouchers_waiting"),
        )
        .outerjoin(Person, Person.id == Parent.person_id)
        .order_by(*_order(wanted.sort, left))
    )
    query = query.where(*(_says(word) for word in wanted.words.split()))
    conditions = {
        "town": Parent.town == wanted.town,
        "isolated": isolated,
        "has_vouchers": left > 0,
        "waiting": waiting > 0,
        "suspended": Parent.state == "suspended",
    }
    return query.where(*(c for name, c in conditions.items() if getattr(wanted, name)))


def _says(word: str) -> ColumnElement[bool]:
    """A word is looked for in the name, number and town, without accents; or in the e-mail."""
    bare = fold(word)
    in_email = Person.email.contains(word.lower(), autoescape=True)
    in_phone = Person.phone.contains(bare) if bare.isdigit() else None
    parts = [*(Parent.search_key.contains(part) for part in bare.split())]
    in_file = parts[0] if len(parts) == 1 else _all(parts)
    options = [one for one in (in_file, in_email, in_phone) if one is not None]
    return or_(*options)


def _all(parts: list[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """« d'Aguiar » and « P-000123 » are several words once folded."""
    if not parts:
        return None
    together = parts[0]
    for part in parts[1:]:
        together &= part
    return together


def _isolated(today: date, kinds: frozenset[str]) -> ColumnElement[bool]:
    return exists().where(
        Situation.parent_id == Parent.id,
        Situation.kind.in_(sorted(kinds)),
        Situation.first_day <= today,
        or_(Situation.last_day.is_(None), Situation.last_day >= today),
    )


def _children() -> ColumnElement[int]:
    at_home = ChildHome.household_id == Parent.household_id
    return select(func.count(ChildHome.id)).where(at_home).scalar_subquery()


def _left(today: date) -> ColumnElement[int]:
    """Vouchers this parent can still spend."""
    return (
        select(func.count(Voucher.id))
        .where(
            Voucher.parent_id == Parent.id,
            Voucher.state == VoucherState.ISSUED,
            Voucher.last_day >= today,
            Voucher.blocked_at.is_(None),
        )
        .scalar_subquery()
    )


def _waiting() -> ColumnElement[int]:
    missing = func.coalesce(func.sum(Allowance.granted - Allowance.issued), 0)
    waits = Allowance.parent_id == Parent.id, Allowance.waits_for.is_not(None)
    return select(missing).where(*waits).scalar_subquery()


def _order(sort: str, left: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
    columns: dict[str, ColumnElement[Any]] = {
        "name": Parent.name_key.expression,
        "number": Parent.number.expression,
        "town": Parent.town.expression,
        "requested": Parent.requested_on.expression,
        "left": left,
    }
    column = columns.get(sort.removeprefix("-"), columns["name"])
    first = column.desc() if sort.startswith("-") else column.asc()
    return first, Parent.name_key.asc(), Parent.id.asc()
