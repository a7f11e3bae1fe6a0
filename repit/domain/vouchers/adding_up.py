"""What became of each allowance's vouchers, so that a page can add up to « à utiliser »."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.clock import day_in
from repit.domain.entitlements.queries import AllowanceView, allowances_of
from repit.domain.vouchers.models import Voucher
from repit.domain.vouchers.wallet import Place, place_of


@dataclass(frozen=True)
class Given:
    """One allowance, and how many of its vouchers are in each place today.

    `granted` is the sum of `not_issued` and of all places. `running`: its period lasts, or
    something of it may still be used.
    """

    allowance: AllowanceView
    not_issued: int
    ready: int
    early: int
    held: int
    blocked: int
    redeemed: int
    ended: int
    running: bool

    @property
    def all_ready(self) -> bool:
        """Whether what was granted is just what can be used, so that no more need be said."""
        return self.ready == self.allowance.granted


@dataclass(frozen=True)
class Sum:
    """What can be used today of one programme: `parts`, one of each allowance, add up to it."""

    programme_name: str
    parts: tuple[int, ...]

    @property
    def vouchers(self) -> int:
        """The number the parent reads on « Mes chèques »."""
        return sum(self.parts)


def adding_up(db: Session, parent_id: int, *, now: datetime) -> list[Given]:
    """Return every allowance of a parent, latest period first, in two statements."""
    allowances = allowances_of(db, parent_id)
    zones = {one.id: one.zone for one in allowances}
    places = _places(db, parent_id, zones, now)
    return [_given(one, places[one.id], now) for one in allowances]


def sums(given: Iterable[Given]) -> list[Sum]:
    """Return the sum of each programme, oldest allowance first: it is used first."""
    parts: dict[int, list[int]] = defaultdict(list)
    names: dict[int, str] = {}
    for one in given:
        if one.ready:
            names[one.allowance.programme_id] = one.allowance.programme_name
            parts[one.allowance.programme_id].insert(0, one.ready)
    found = [Sum(name, tuple(parts[programme_id])) for programme_id, name in names.items()]
    return sorted(found, key=lambda one: -one.vouchers)


def _given(allowance: AllowanceView, places: Counter[Place], now: datetime) -> Given:
    alive = any(places[place] for place in (Place.READY, Place.EARLY, Place.HELD, Place.BLOCKED))
    return Given(
        allowance=allowance,
        not_issued=allowance.granted - allowance.issued,
        **{place.value: places[place] for place in Place},
        running=alive or allowance.period.last_day >= day_in(allowance.zone, now),
    )


def _places(
    db: Session, parent_id: int, zones: dict[int, str], now: datetime
) -> dict[int, Counter[Place]]:
    alike = (
        Voucher.allowance_id,
        Voucher.state,
        Voucher.first_day,
        Voucher.last_day,
        Voucher.blocked_at.is_not(None),
        Voucher.held_for_id.is_not(None),
    )
    rows = db.execute(
        select(*alike, func.count()).where(Voucher.parent_id == parent_id).group_by(*alike)
    )
    found: dict[int, Counter[Place]] = defaultdict(Counter)
    for allowance_id, state, first_day, last_day, blocked, held, count in rows:
        place = place_of(
            state,
            first_day,
            last_day,
            blocked=bool(blocked),
            held=bool(held),
            today=day_in(zones[allowance_id], now),
        )
        found[allowance_id][place] += count
    return found
