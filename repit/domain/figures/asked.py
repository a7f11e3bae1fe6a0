"""What somebody asks of the figures, and the shape of the answer. Pure values.

Keys are those of `definitions`; amounts under the names of `definitions.MONEY` are cents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Figures = Mapping[str, int]
"""By key: households_reached, parents_reached, vouchers_issued, issued, vouchers_used, used,
vouchers_lapsed, lapsed, vouchers_cancelled, cancelled, respite_minutes, respite_sessions."""
Parts = Mapping[str, Figures]
"""By part of a dimension."""


@dataclass(frozen=True)
class Asked:
    """A programme's days, both included, and what to look at alone.

    A category leaves out what has none: vouchers issued, lapsed and cancelled are then 0.
    """

    programme_id: int
    first_day: date
    last_day: date
    fund_id: int | None = None
    category: str | None = None
    town: str | None = None
    isolated: bool | None = None


@dataclass(frozen=True)
class Board:
    """Exact, up to the moment of reading. Every sum adds up to `totals`; households do not.

    `money`: contributed, paid, returned over the days, and due and available at their end (or
    now); not divided by category, town or isolated. `kept_until`: the last day that is closed;
    what came later was counted from the rows themselves.
    """

    asked: Asked
    totals: Figures
    money: Figures
    by_month: Mapping[date, Figures]
    """By first day of the calendar month, every month of the period, also the empty ones."""
    by_category: Parts
    by_town: Parts
    by_isolated: Parts
    """`yes` and `no`."""
    by_priority_area: Parts
    """`yes` and `no`."""
    by_area: Parts
    """By code of the priority neighbourhood: households and parents reached, and no sums."""
    by_fund: Mapping[int, Figures]
    kept_until: date | None
    towns: tuple[str, ...] = ()
    """All towns of the period, for a filter: whatever town was asked."""


@dataclass(frozen=True)
class Activity:
    """What a programme did besides vouchers, in a period. Not divided by fund.

    `counts`: sessions_held, sessions_cancelled, participants, attendances, children_cared,
    care_minutes, refused_for_lack_of_care, waiting_parties, no_shows, bookings,
    assisted_bookings, satisfaction_answers, questionnaires, referrals, referrals_ended,
    referrals_worked, staff_minutes, staff_costs_cents, satisfied,
    expected. `medians`: days_issue_to_use, days_to_payment, waiting_days; None when there is
    nothing to measure. Rates are ratios of two counts.
    """

    counts: Figures
    medians: Mapping[str, float | None]
    waiting: Figures
    """By outcome: `served`, `left`, `still`."""
    cancelled_sessions: tuple[tuple[date, str, str], ...] = ()
    """Day, workshop and motive: for the operator's eyes alone."""
    referrals: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    """By kind: noted, those whose outcome was said in the period, and those of them that worked."""
    minutes_by_provider: Mapping[str, int] = field(default_factory=dict)
    """Respite minutes by the provider's name: for the operator's eyes alone."""
