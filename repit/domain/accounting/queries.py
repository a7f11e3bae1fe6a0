"""The accountant's chart, and the trial balance of a programme. Amounts are cents.

A balance is debits less credits, as in the accountant's books: what we hold is above zero, what we
owe or have promised below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from repit.domain.accounting.models import AnnualAccount, Bookkeeping, ChartEntry
from repit.domain.accounting.rules import FRAMES, ChartLine, Frame
from repit.domain.ledger.models import Account, AccountKind, Transfer
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.programmes.models import Fund
from repit.domain.providers.models import Provider

ONLY_ROW = 1


@dataclass(frozen=True)
class Books:
    """How the books are kept. `confirmed_at` is None until the accountant agreed."""

    frame: Frame
    identifier: str | None
    chart: dict[AccountKind, ChartLine]
    changed: frozenset[AccountKind]
    """The kinds whose account is not the one we propose."""
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Party:
    """Whose part of an account it is: a fund's, or a provider's. `key` never changes."""

    key: str
    name: str
    public_id: str


@dataclass(frozen=True)
class BalanceLine:
    """One part of one account over a period."""

    kind: AccountKind
    party: Party
    opening: Cents
    debits: Cents
    credits: Cents

    @property
    def closing(self) -> Cents:
        """The balance on the evening of the last day."""
        return Cents(self.opening + self.debits - self.credits)


@dataclass(frozen=True)
class AccountBalance:
    """One account over a period: the sum of its parts."""

    kind: AccountKind
    account: ChartLine
    lines: Sequence[BalanceLine]

    @property
    def opening(self) -> Cents:
        """The balance before the first day."""
        return Cents(sum(line.opening for line in self.lines))

    @property
    def debits(self) -> Cents:
        """What was debited during the period."""
        return Cents(sum(line.debits for line in self.lines))

    @property
    def credits(self) -> Cents:
        """What was credited during the period."""
        return Cents(sum(line.credits for line in self.lines))

    @property
    def closing(self) -> Cents:
        """The balance on the evening of the last day."""
        return Cents(sum(line.closing for line in self.lines))


def books(db: Session) -> Books:
    """Return how the books are kept: our proposal for an association until somebody chose."""
    row = db.get(Bookkeeping, ONLY_ROW)
    frame = Frame(row.frame) if row else Frame.ASSOCIATION
    own = {
        AccountKind(entry.kind): ChartLine(entry.number, entry.label)
        for entry in db.scalars(select(ChartEntry))
    }
    return Books(
        frame=frame,
        identifier=row.identifier if row else None,
        chart=FRAMES[frame] | own,
        changed=frozenset(own),
        confirmed_at=row.confirmed_at if row else None,
    )


@dataclass(frozen=True)
class GivenAccount:
    """A year's account as it was given; `annual.thawed` reads its figures."""

    figures: dict[str, Any]
    given_by: str
    given_at: datetime


def given_accounts(db: Session, programme_id: int) -> dict[int, GivenAccount]:
    """Return the accounts given for a programme, by year."""
    rows = db.scalars(select(AnnualAccount).where(AnnualAccount.programme_id == programme_id))
    return {row.year: GivenAccount(row.figures, row.given_by, row.given_at) for row in rows}


def bounds(zone: str, period: Period) -> tuple[datetime, datetime]:
    """Return the moments between which a period lies in a zone: the second is not part of it."""
    return _midnight(zone, period.first_day), _midnight(zone, period.last_day + timedelta(days=1))


def _midnight(zone: str, day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def trial_balance(
    db: Session, programme_id: int, zone: str, period: Period, chart: dict[AccountKind, ChartLine]
) -> list[AccountBalance]:
    """Return every account that ever moved, by number. Debits and credits add up to the same."""
    lines = balance_lines(db, programme_id, zone, period)
    found = [
        AccountBalance(kind, chart[kind], [line for line in lines if line.kind == kind])
        for kind in {line.kind for line in lines}
    ]
    return sorted(found, key=lambda one: one.account.number)


def balance_lines(db: Session, programme_id: int, zone: str, period: Period) -> list[BalanceLine]:
    """Return the parts of every account that moved until the last day, in one statement."""
    start, end = bounds(zone, period)
    sides = union_all(
        _side(Transfer.debit_id, programme_id, start, end, debited=True),
        _side(Transfer.credit_id, programme_id, start, end, debited=False),
    ).subquery()
    party_id = func.coalesce(Account.provider_id, Account.fund_id)
    rows = db.execute(
        select(
            Account.kind,
            Account.provider_id.is_not(None),
            party_id,
            func.min(func.coalesce(Provider.name, Fund.title)),
            func.min(func.coalesce(Provider.public_id, Fund.public_id)),
            func.sum(sides.c.opening),
            func.sum(sides.c.debits),
            func.sum(sides.c.credits),
        )
        .select_from(sides)
        .join(Account, Account.id == sides.c.account_id)
        .join(Fund, Fund.id == Account.fund_id)
        .outerjoin(Provider, Provider.id == Account.provider_id)
        .group_by(Account.kind, Account.provider_id.is_not(None), party_id)
        .order_by(Account.kind, party_id)
    )
    return [_line(row) for row in rows]


def _side(
    account_id: Any, programme_id: int, start: datetime, end: datetime, *, debited: bool
) -> Select[*tuple[Any, ...]]:
    """Sum one side of the transfers by account: what came before, and what came within."""
    before, within = Transfer.at < start, Transfer.at >= start
    amount = func.sum(Transfer.amount_cents)
    opened = func.coalesce(amount.filter(before), 0)
    moved = func.coalesce(amount.filter(within), 0)
    return (
        select(
            account_id.label("account_id"),
            (opened if debited else -opened).label("opening"),
            (moved if debited else literal(0)).label("debits"),
            (literal(0) if debited else moved).label("credits"),
        )
        .join(Account, Account.id == account_id)
        .join(Fund, Fund.id == Account.fund_id)
        .where(Fund.programme_id == programme_id, Transfer.at < end)
        .group_by(account_id)
    )


def _line(row: Any) -> BalanceLine:
    kind, of_provider, party_id, name, public_id, opening, debits, credited = row
    return BalanceLine(
        kind=AccountKind(kind),
        party=party(party_id, name, public_id, of_provider=of_provider),
        opening=Cents(int(opening)),
        debits=Cents(int(debits)),
        credits=Cents(int(credited)),
    )


def party(party_id: int, name: str, public_id: str, *, of_provider: bool) -> Party:
    """Return a part of an account under its name in files: « P000012 », « E000003 »."""
    return Party(f"{'P' if of_provider else 'E'}{party_id:06d}", name, public_id)


def total(balances: Iterable[AccountBalance]) -> tuple[Cents, Cents, Cents, Cents]:
    """Return opening, debits, credits and closing of all accounts: 0, equal, equal, 0."""
    found = list(balances)
    return (
        Cents(sum(one.opening for one in found)),
        Cents(sum(one.debits for one in found)),
        Cents(sum(one.credits for one in found)),
        Cents(sum(one.closing for one in found)),
    )
