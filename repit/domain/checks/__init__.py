"""Recompute everything that is stored twice, and name every disagreement.

The invariants are those of double entry, of this scheme's rules and of bookings; a query returns
one row per disagreement, and no row at all is the only good answer. Plain SQL on purpose: nothing
here shares code with what it checks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from repit.domain.checks.bookings import BOOKINGS
from repit.domain.checks.families import FAMILIES
from repit.domain.checks.figures import FIGURES
from repit.domain.checks.money import MONEY
from repit.domain.checks.money_in import MONEY_IN
from repit.domain.checks.online import ONLINE
from repit.domain.checks.releases import COMPUTED_RELEASES, RELEASES
from repit.domain.checks.repayments import REPAYMENTS

INVARIANTS = MONEY + MONEY_IN + REPAYMENTS + ONLINE + FAMILIES + BOOKINGS + FIGURES + RELEASES
COMPUTED = COMPUTED_RELEASES


@dataclass(frozen=True)
class Drift:
    """One disagreement: which invariant, and the row that shows it."""

    invariant: str
    row: dict[str, Any]


def drifts(connection: Connection, *, most: int = 20) -> Iterator[Drift]:
    """Yield the disagreements, at most so many of each invariant. None is the good answer."""
    for invariant in INVARIANTS:
        rows = connection.execute(text(invariant.sql)).mappings().fetchmany(most)
        for row in rows:
            yield Drift(invariant.name, dict(row))
    for computed in COMPUTED:
        for found in computed.rows(connection, most):
            yield Drift(computed.name, found)
