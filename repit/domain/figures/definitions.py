"""Every indicator, once: what its stored value is, who counts once, when it counts, from where.

The written definition that stands beside each number is made of these facts and of the sentence
in `web/words/indicators.py`. The list is that of the issue: `sources/002` to `004` and the
research on what funders ask for (reliability-domain, §4.6).
"""

from dataclasses import dataclass
from typing import Literal

QPV_GEOGRAPHY = 2024
"""Priority neighbourhoods as they are drawn since 1 January 2024 (ANCT; overseas since 2025)."""

Unit = Literal[
    "household",
    "parent",
    "child",
    "attendance",
    "booking",
    "party",
    "voucher",
    "cent",
    "minute",
    "day",
    "session",
    "answer",
    "provider",
    "referral",
    "share",
]
Times = Literal["once", "each"] | None
When = Literal["recorded", "session", "balance", "closed", "month"]
"""In which period something counts. `recorded`: in that in which it was written down, so that
what is over never changes. `session`: by the day of the session. `balance`: as it stands when the
last day ends. `closed`: when the questionnaire of a session closed. `month`: the one somebody
typed it for."""
Source = Literal[
    "ledger",
    "redemptions",
    "rights",
    "sessions",
    "attendance",
    "bookings",
    "answers",
    "payouts",
    "referrals",
    "costs",
]


@dataclass(frozen=True)
class Indicator:
    """How one figure is counted. Durations are minutes or whole days, shares from 0 to 1.

    `times`: `once` for who is counted once however often they come; None for what is no count: an
    amount, a duration, a rate, a median.
    """

    key: str
    unit: Unit
    times: Times
    when: When
    source: Source


def _money(key: str, when: When = "recorded") -> Indicator:
    return Indicator(key, "cent", None, when, "ledger")


MONEY = (
    _money("contributed"),
    _money("issued"),
    _money("used"),
    _money("lapsed"),
    _money("cancelled"),
    _money("due", "balance"),
    _money("paid"),
    _money("returned"),
    _money("available", "balance"),
)
REACH = (
    Indicator("households_reached", "household", "once", "recorded", "redemptions"),
    Indicator("households_by_town", "household", "once", "recorded", "redemptions"),
    Indicator("parents_reached", "parent", "once", "recorded", "redemptions"),
    Indicator("children_reached", "child", "once", "recorded", "redemptions"),
    Indicator("take_up", "household", "once", "recorded", "rights"),
)
USE = (
    Indicator("vouchers_issued", "voucher", "each", "recorded", "ledger"),
    Indicator("vouchers_used", "voucher", "each", "recorded", "redemptions"),
    Indicator("vouchers_lapsed", "voucher", "each", "recorded", "ledger"),
    Indicator("vouchers_cancelled", "voucher", "each", "recorded", "ledger"),
    Indicator("respite_minutes", "minute", None, "recorded", "redemptions"),
    Indicator("days_issue_to_use", "day", None, "recorded", "redemptions"),
    Indicator("providers_used", "provider", "once", "recorded", "redemptions"),
    Indicator("days_to_payment", "day", None, "recorded", "payouts"),
)
WORKSHOPS = (
    Indicator("sessions_held", "session", "each", "session", "sessions"),
    Indicator("sessions_cancelled", "session", "each", "session", "sessions"),
    Indicator("participants", "household", "once", "recorded", "attendance"),
    Indicator("attendances", "attendance", "each", "recorded", "attendance"),
    Indicator("children_cared", "child", "once", "recorded", "attendance"),
    Indicator("care_minutes", "minute", None, "recorded", "attendance"),
    Indicator("refused_for_lack_of_care", "party", "each", "recorded", "bookings"),
    Indicator("waiting_parties", "party", "each", "recorded", "bookings"),
    Indicator("waiting_days", "day", None, "recorded", "bookings"),
    Indicator("no_shows", "booking", "each", "recorded", "attendance"),
    Indicator("no_show_rate", "share", None, "recorded", "attendance"),
)
QUALITY = (
    Indicator("satisfaction_good", "share", None, "closed", "answers"),
    Indicator("satisfaction_answers", "answer", "each", "closed", "answers"),
    Indicator("response_rate", "share", None, "closed", "answers"),
    Indicator("referrals", "share", None, "recorded", "referrals"),
    Indicator("referrals_noted", "referral", "each", "recorded", "referrals"),
    Indicator("referrals_ended", "referral", "each", "recorded", "referrals"),
    Indicator("referrals_worked", "referral", "each", "recorded", "referrals"),
    Indicator("assisted_bookings", "share", None, "recorded", "bookings"),
    Indicator("staff_minutes", "minute", None, "month", "costs"),
    Indicator("staff_costs_cents", "cent", None, "month", "costs"),
)
INDICATORS: dict[str, Indicator] = {
    one.key: one for one in (*MONEY, *REACH, *USE, *WORKSHOPS, *QUALITY)
}
