"""What of a provider's money is paid, and what it owes is taken from. Pure functions, cents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from repit.domain.money import Cents


@dataclass(frozen=True)
class DuePart:
    """One redemption's money on one payable account."""

    redemption_id: UUID
    account_id: int
    fund_id: int
    amount: Cents


@dataclass(frozen=True)
class Debt:
    """A redemption that was paid, then reversed: what its provider owes back, by fund."""

    redemption_id: UUID
    provider_id: int
    programme_id: int
    by_fund: Mapping[int, Cents]

    @property
    def amount(self) -> Cents:
        """What is owed in all."""
        return Cents(sum(self.by_fund.values()))


@dataclass(frozen=True)
class Taking:
    """What a provider's next payout leaves out, and what it recovers."""

    left_out: frozenset[UUID]
    recovered: tuple[Debt, ...]


def recovering(parts: Iterable[DuePart], debts: Sequence[Debt]) -> Taking:
    """Decide what is recovered from what is due, each fund from its own money.

    A debt is recovered whole or waits. While a fund is owed more than it owes, nothing of it is
    paid: paying would let the debt outlive the money that answers for it.
    """
    funds: dict[UUID, set[int]] = defaultdict(set)
    known = list(parts)
    for part in known:
        funds[part.redemption_id].add(part.fund_id)
    stopped: set[int] = set()
    while True:
        kept = [part for part in known if not funds[part.redemption_id] & stopped]
        taken = [debt for debt in debts if not stopped.intersection(debt.by_fund)]
        short = _short(kept, taken)
        if not short:
            paid = {part.redemption_id for part in kept}
            return Taking(frozenset(set(funds) - paid), tuple(taken))
        stopped |= short


def _short(parts: Iterable[DuePart], debts: Iterable[Debt]) -> set[int]:
    rest: dict[int, int] = defaultdict(int)
    for part in parts:
        rest[part.fund_id] += part.amount
    for debt in debts:
        for fund_id, amount in debt.by_fund.items():
            rest[fund_id] -= amount
    return {fund_id for fund_id, left in rest.items() if left < 0}


def shared_out(parts: Mapping[int, Cents], wanted: Cents) -> dict[int, Cents]:
    """Take an amount from several accounts, in the order of their ids.

    Args:
        parts: what each account may give; together at least what is wanted.
    """
    taken, left = {}, wanted
    for account_id, most in sorted(parts.items()):
        share = Cents(min(most, left))
        if share:
            taken[account_id] = share
        left = Cents(left - share)
    return taken
