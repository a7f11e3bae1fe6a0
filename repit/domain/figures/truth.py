"""What is true of one fund, or of a whole programme, in a period that is over: for releases alone.

Every function gives cells by coordinates; `releases` makes them `facts.Table`s. The period is a
quarter, a semester or a year, and closed: what is given then never changes, whoever asks when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.engine import take_time
from repit.domain.costs import queries as costs
from repit.domain.figures import definitions, delays, freezing, keeping, money, shares
from repit.domain.figures.activity import Fact
from repit.domain.figures.asked import Asked
from repit.domain.figures.errors import NotClosedYet
from repit.domain.figures.models import ALL_FUNDS, KeptFact
from repit.domain.figures.pieces import Calendar
from repit.domain.figures.reach import Counts, Scope, counted
from repit.domain.figures.rules import A_DAY, kind_of, midnight, months_of
from repit.domain.figures.shares import ALL, Cell, Cells
from repit.domain.periods import PeriodKind
from repit.domain.programmes.models import Fund, Programme

A_MOMENT = timedelta(microseconds=1)
__all__ = ["ALL", "Cell", "Cells", "Measure", "OfFund", "OfProgramme", "of_fund", "of_programme"]


@dataclass(frozen=True)
class Measure:
    """A median or a rate, and how many stand behind it."""

    value: float | None
    behind: int
    providers: int | None = None


@dataclass(frozen=True)
class OfFund:
    """Tables of one fund, by the catalogue's name. Parts are those with something in them.

    Keys of `tables`: households_reached (isolated, priority_area), households_by_town (town),
    parents_reached (declared), children_reached (age), vouchers_used (category, month as
    `2026-03`), respite_minutes (category). Of `statistics`: days_issue_to_use, providers_used,
    days_to_payment.
    """

    tables: Mapping[str, Cells]
    statistics: Mapping[str, Measure]
    money: Mapping[str, int]
    """Cents, under the names of `definitions.MONEY`."""


@dataclass(frozen=True)
class OfProgramme:
    """Tables of a whole programme, the same for each of its funders.

    Keys of `tables`: take_up (stage, isolated), participants (isolated), waiting_parties (outcome:
    served or left, in the period in which the wait ended), and without a dimension attendances,
    children_cared, care_minutes, refused_for_lack_of_care and no_shows. Of `statistics`:
    satisfaction_good, satisfaction_answers, response_rate, assisted_bookings, no_show_rate,
    waiting_days, `referrals` (share that worked of those that ended), `referrals.KIND`. Of
    `counts`: sessions_held, sessions_cancelled, staff_minutes, staff_costs_cents.
    """

    households: int
    """Reached in the period, whatever the fund."""
    tables: Mapping[str, Cells]
    statistics: Mapping[str, Measure]
    counts: Mapping[str, int]


def of_fund(db: Session, fund_id: int, first_day: date, last_day: date) -> OfFund:
    """Return what is true of a fund.

    Raises:
        NotClosedYet: the period's last day is not kept yet.
    """
    take_time(db.connection())  # a year of a large programme, in a job
    programme_id = db.scalars(select(Fund.programme_id).where(Fund.id == fund_id)).one()
    calendar = _closed(db, programme_id, first_day, last_day)
    reached = _reached(db, programme_id, fund_id, first_day, last_day)
    used = shares.used(db, calendar, fund_id, first_day, last_day)
    frozen = _frozen(db, programme_id, fund_id, first_day, last_day)
    asked = Asked(programme_id, first_day, last_day, fund_id=fund_id)
    moved = money.of_days(db, asked, calendar)
    return OfFund(
        tables={
            "households_reached": _by_isolated_and_area(reached),
            "households_by_town": _of_households(reached, "town"),
            "parents_reached": _of_parents(reached),
            "children_reached": _one_dimension(frozen, "children_reached"),
            "vouchers_used": used.vouchers,
            "respite_minutes": used.minutes,
        },
        statistics={
            "days_issue_to_use": Measure(
                delays.issue_to_use(db, calendar, fund_id, first_day, last_day),
                reached["", ""].households,
            ),
            "providers_used": Measure(used.providers, reached["", ""].households, used.providers),
            "days_to_payment": Measure(
                *delays.to_payment(db, calendar, fund_id, first_day, last_day)
            ),
        },
        money={one.key: moved[one.key] for one in definitions.MONEY},
    )


def of_programme(db: Session, programme_id: int, first_day: date, last_day: date) -> OfProgramme:
    """Return what is true of a programme.

    Raises:
        NotClosedYet: the period's last day is not kept yet.
    """
    take_time(db.connection())
    _closed(db, programme_id, first_day, last_day)
    frozen = _frozen(db, programme_id, ALL_FUNDS, first_day, last_day)
    reached = _reached(db, programme_id, None, first_day, last_day)
    spent = costs.spent(db, programme_id, first_day, last_day)
    whole = (
        "attendances",
        "children_cared",
        "care_minutes",
        "refused_for_lack_of_care",
        "no_shows",
    )
    return OfProgramme(
        households=reached["", ""].households,
        tables={
            "take_up": _take_up(frozen),
            "participants": _one_dimension(frozen, "participants"),
            "waiting_parties": _one_dimension(frozen, "waiting_parties"),
            **{name: {(): _cell(frozen.get((name, ""), Fact()))} for name in whole},
        },
        statistics=_statistics(frozen),
        counts={
            "sessions_held": frozen["sessions_held", ""].value,
            "sessions_cancelled": frozen["sessions_cancelled", ""].value,
            "staff_minutes": int(spent.minutes),
            "staff_costs_cents": int(spent.amount),
        },
    )


def _closed(db: Session, programme_id: int, first_day: date, last_day: date) -> Calendar:
    """Return the calendar, its present set at the period's end: nothing is read that came after."""
    zone = db.scalars(select(Programme.zone).where(Programme.id == programme_id)).one()
    until = keeping.kept_until(db, programme_id)
    if until is None or until < last_day or kind_of(first_day, last_day) not in freezing.FROZEN:
        raise NotClosedYet(last_day=last_day)
    ends_at = midnight(zone, last_day + A_DAY)
    return Calendar(programme_id, zone, None, last_day, ends_at - A_MOMENT)


def _reached(
    db: Session, programme_id: int, fund_id: int | None, first_day: date, last_day: date
) -> Counts:
    months = months_of(first_day, last_day)
    kept = (months[0].month.last_day, months[-1].month.last_day)
    return counted(db, Scope(programme_id, kept, fund_id=fund_id))


def _by_isolated_and_area(reached: Counts) -> Cells:
    cells: dict[tuple[str, ...], Cell] = {(ALL, ALL): _homes(reached["", ""].households)}
    for (dimension, part), count in reached.items():
        homes = _homes(count.households)
        if dimension == "isolated":
            cells[part, ALL] = homes
        elif dimension == "priority_area":
            cells[ALL, part] = homes
        elif dimension == "isolated*priority_area":
            isolated, area = part.split("*")
            cells[isolated, area] = homes
    return cells


def _homes(number: int) -> Cell:
    return Cell(number, number)


def _of_households(reached: Counts, dimension: str) -> Cells:
    cells: dict[tuple[str, ...], Cell] = {(ALL,): _homes(reached["", ""].households)}
    for (name, part), count in reached.items():
        if name == dimension:
            cells[part,] = _homes(count.households)
    return cells


def _of_parents(reached: Counts) -> Cells:
    whole = reached["", ""]
    cells: dict[tuple[str, ...], Cell] = {(ALL,): Cell(whole.parents, whole.households)}
    for (name, part), count in reached.items():
        if name == "declared":
            cells[part,] = Cell(count.parents, count.households)
    return cells


# -- what was frozen ------------------------------------------------------------------------------


Frozen = Mapping[tuple[str, str], Fact]


def _frozen(
    db: Session, programme_id: int, fund_id: int, first_day: date, last_day: date
) -> Frozen:
    kind = kind_of(first_day, last_day) or PeriodKind.YEAR
    rows = db.scalars(
        select(KeptFact).where(
            KeptFact.programme_id == programme_id,
            KeptFact.period == kind.value,
            KeptFact.first_day == first_day,
            KeptFact.fund_id == fund_id,
        )
    )
    found = {(row.name, row.part): Fact(row.value, row.households) for row in rows}
    if fund_id == ALL_FUNDS and not found:
        raise NotClosedYet(last_day=last_day)  # its days are closed; the same job freezes it next
    return found


def _cell(fact: Fact) -> Cell:
    return Cell(fact.value, fact.households)


def _one_dimension(frozen: Frozen, table: str) -> Cells:
    return {(part or ALL,): _cell(fact) for (name, part), fact in frozen.items() if name == table}


def _take_up(frozen: Frozen) -> Cells:
    cells: dict[tuple[str, ...], Cell] = {}
    for (name, part), fact in frozen.items():
        if name == "take_up":
            stage, _, isolated = part.partition("*")
            cells[stage or ALL, isolated or ALL] = _cell(fact)
    return cells


def _statistics(frozen: Frozen) -> dict[str, Measure]:
    def rate(part: str, whole: str, of: str = "") -> Measure:
        above, below = frozen.get((part, of), Fact()), frozen.get((whole, of), Fact())
        return Measure(above.value / below.value if below.value > 0 else None, below.households)

    answers = frozen.get(("satisfaction_answers", ""), Fact())
    waited = frozen.get((freezing.WAITED, ""), Fact())
    found = {
        "satisfaction_good": rate("satisfied", "satisfaction_answers"),
        "satisfaction_answers": Measure(answers.value, answers.households),
        "response_rate": rate("satisfaction_answers", "questionnaires"),
        "assisted_bookings": rate("assisted_bookings", "bookings"),
        "no_show_rate": rate("no_shows", "expected"),
        "waiting_days": Measure(waited.value if waited.households else None, waited.households),
        "referrals": rate("referrals_worked", "referrals_ended"),
    }
    for name, kind in frozen:
        if name == "referrals_ended" and kind:
            found[f"referrals.{kind}"] = rate("referrals_worked", "referrals_ended", kind)
    return found
