"""What each accreditation is worth on a day, and what a provider holds in all."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.providers.models import Accreditation, Provider

LAPSES_SOON = timedelta(days=60)


class RightState(StrEnum):
    """What an accreditation is worth on a day."""

    VALID = "valid"
    LAPSING = "lapsing"
    """Valid, for less than sixty days more, and nothing follows it."""
    TO_COME = "to_come"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class RightView:
    """An accreditation as it stands on the day it was read for."""

    public_id: str
    category: Category
    number: str
    authority: str | None
    first_day: date
    last_day: date
    withdrawn_on: date | None
    state: RightState


def all_rights(
    db: Session, today: date, *, provider_id: int | None = None, only_active: bool = False
) -> dict[int, list[RightView]]:
    """Return accreditations by provider, newest first, in one statement."""
    query = select(Accreditation).order_by(Accreditation.first_day.desc(), Accreditation.id.desc())
    if provider_id is not None:
        query = query.where(Accreditation.provider_id == provider_id)
    if only_active:
        query = query.join(Provider, Provider.id == Accreditation.provider_id).where(
            Provider.state == "active"
        )
    rows: dict[int, list[Accreditation]] = defaultdict(list)
    for row in db.scalars(query):
        rows[row.provider_id].append(row)
    rights = {owner: [_right(one, given, today) for one in given] for owner, given in rows.items()}
    return defaultdict(list, rights)


def own_rights(db: Session, provider_id: int, today: date) -> tuple[RightView, ...]:
    """Return one provider's accreditations, category by category, newest first."""
    found = all_rights(db, today, provider_id=provider_id)[provider_id]
    return tuple(sorted(found, key=lambda right: list(Category).index(right.category)))


def _right(row: Accreditation, all_of_them: list[Accreditation], today: date) -> RightView:
    return RightView(
        public_id=row.public_id,
        category=Category(row.category),
        number=row.number,
        authority=row.authority,
        first_day=row.first_day,
        last_day=row.last_day,
        withdrawn_on=row.withdrawn_on,
        state=_state(row, all_of_them, today),
    )


def _state(row: Accreditation, all_of_them: list[Accreditation], today: date) -> RightState:
    if row.withdrawn_on is not None and row.withdrawn_on <= today:
        return RightState.WITHDRAWN
    if today < row.first_day:
        return RightState.TO_COME
    if row.last_day < today:
        return RightState.LAPSED
    end = row.withdrawn_on or row.last_day
    followed = any(
        other.category == row.category and other.last_day > row.last_day and other is not row
        for other in all_of_them
        if other.withdrawn_on is None
    )
    return RightState.VALID if followed or end - today > LAPSES_SOON else RightState.LAPSING


_BEST = list(RightState)


def best_per_category(rights: list[RightView]) -> tuple[RightView, ...]:
    """Return, for each category, the accreditation that counts most."""
    best: dict[Category, RightView] = {}
    for right in rights:
        held = best.get(right.category)
        if held is None or _BEST.index(right.state) < _BEST.index(held.state):
            best[right.category] = right
    return tuple(best[category] for category in Category if category in best)
