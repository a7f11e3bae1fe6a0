"""Who gets vouchers from which fund when money is short. Pure: the preview and the job share it.

Isolated parents first, then those who never had anything in this programme, then the date of
request, then the number of the file. Earmarked money is used before free money. A parent is
given what there is and waits for the rest; nobody later in the order takes money this parent
could have used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from repit.domain.money import Cents

MONEY_SHORT = "money_short"
NO_FUND_FOR_THEM = "no_fund_for_them"


@dataclass(frozen=True)
class Candidate:
    """A parent who is still owed `vouchers` for the period."""

    parent_id: int
    vouchers: int
    isolated: bool
    priority_area: bool
    had_something: bool
    requested_on: date


@dataclass(frozen=True)
class Money:
    """A fund as the plan sees it."""

    fund_id: int
    available: Cents
    only_isolated: bool
    only_priority_area: bool

    def serves(self, candidate: Candidate) -> bool:
        """Tell whether the fund's restrictions let it pay for this parent."""
        if self.only_isolated and not candidate.isolated:
            return False
        return candidate.priority_area or not self.only_priority_area


@dataclass(frozen=True)
class Share:
    """Vouchers for one parent from one fund."""

    parent_id: int
    fund_id: int
    vouchers: int


@dataclass(frozen=True)
class Waits:
    parent_id: int
    vouchers: int
    reason: str


@dataclass(frozen=True)
class Plan:
    shares: list[Share]
    waiting: list[Waits]
    """In the order in which they will be served when money comes."""


def order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates in the order in which they are served."""
    return sorted(
        candidates,
        key=lambda c: (not c.isolated, c.had_something, c.requested_on, c.parent_id),
    )


def plan(candidates: Iterable[Candidate], funds: Sequence[Money], face: Cents) -> Plan:
    """Share the money out; see the module for the order. `face`: cents of one voucher."""
    earmarked_first = sorted(
        funds, key=lambda f: (-(f.only_isolated + f.only_priority_area), f.fund_id)
    )
    left = {fund.fund_id: fund.available // face for fund in funds}
    result = Plan([], [])
    for candidate in order(candidates):
        open_to_them = [fund for fund in earmarked_first if fund.serves(candidate)]
        missing = _serve(candidate, open_to_them, left, result.shares)
        if missing:
            reason = MONEY_SHORT if open_to_them else NO_FUND_FOR_THEM
            result.waiting.append(Waits(candidate.parent_id, missing, reason))
    return result


def _serve(
    candidate: Candidate, funds: Sequence[Money], left: dict[int, int], shares: list[Share]
) -> int:
    missing = candidate.vouchers
    for fund in funds:
        taken = min(missing, left[fund.fund_id])
        if taken:
            left[fund.fund_id] -= taken
            missing -= taken
            shares.append(Share(candidate.parent_id, fund.fund_id, taken))
    return missing
