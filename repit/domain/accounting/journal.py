"""Every movement of a programme as entries of a journal, one balanced piece after another.

What moved in one change, for one reason, between the same two accounts is one piece: the vouchers
of a redemption, those of one run of issuing for one fund. Pieces are numbered by journal and
calendar year, without gaps, in the order in which they happened; the same piece has the same
number in every file. They are read as they are written out: memory does not grow with them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from repit.domain.accounting.queries import Party, balance_lines, bounds, party
from repit.domain.accounting.rules import OPENING, WRITTEN, ChartLine, Journal
from repit.domain.clock import day_in
from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.money import Cents
from repit.domain.periods import Period
from repit.domain.programmes.models import Arrival, Fund
from repit.domain.providers.models import Provider
from repit.domain.settlements.models import Payout

ROWS_AT_ONCE = 1_000
Chart = dict[AccountKind, ChartLine]


@dataclass(frozen=True)
class Entry:
    """One line of a piece: something debited, or something credited. The other amount is 0."""

    journal: Journal
    number: str
    day: date
    account: ChartLine
    party: Party
    reference: str
    reference_day: date
    label: str
    debit: Cents
    credit: Cents


def entries(
    db: Session, programme_id: int, zone: str, period: Period, chart: Chart
) -> Iterator[Entry]:
    """Yield the entries of a period, in at most three statements whatever its length.

    A period that starts with a calendar year starts with what each account held before.
    """
    if (period.first_day.month, period.first_day.day) == (1, 1):
        yield from _opening(db, programme_id, zone, period, chart)
    numbers = _numbers_before(db, programme_id, zone, period)
    pieces = _pieces(programme_id, zone, period)
    for row in db.execute(pieces.execution_options(yield_per=ROWS_AT_ONCE)):
        yield from _piece(row, zone, chart, numbers)


def _opening(
    db: Session, programme_id: int, zone: str, period: Period, chart: Chart
) -> Iterator[Entry]:
    number = f"{OPENING.code}-{period.first_day.year}-{1:06d}"
    for line in balance_lines(db, programme_id, zone, period):
        if line.opening:
            yield Entry(
                journal=OPENING,
                number=number,
                day=period.first_day,
                account=chart[line.kind],
                party=line.party,
                reference=number,
                reference_day=period.first_day,
                label=OPENING.label,
                debit=Cents(max(line.opening, 0)),
                credit=Cents(max(-line.opening, 0)),
            )


def _numbers_before(
    db: Session, programme_id: int, zone: str, period: Period
) -> Counter[tuple[str, int]]:
    """Count the pieces of the same year before the period, by journal."""
    year = period.first_day.year
    earlier = Period(date(year, 1, 1), period.first_day)
    since, _ = bounds(zone, earlier)
    start, _ = bounds(zone, period)
    numbers: Counter[tuple[str, int]] = Counter()
    if since == start:
        return numbers
    pieces = _grouped(programme_id).where(Transfer.at >= since, Transfer.at < start).subquery()
    rows = db.execute(select(pieces.c.kind, func.count()).group_by(pieces.c.kind))
    for kind, count in rows:
        journal, _words = WRITTEN[TransferKind(kind)]
        numbers[journal.code, year] += count
    return numbers


_debited, _credited = aliased(Account), aliased(Account)


def _grouped(programme_id: int) -> Select[*tuple[Any, ...]]:
    same = (
        Transfer.at,
        Transfer.kind,
        Transfer.redemption_id,
        Transfer.arrival_id,
        Transfer.payout_id,
        _debited.fund_id,
    )
    sides = (
        _debited.kind.label("debited"),
        _debited.provider_id.label("debited_provider"),
        _credited.kind.label("credited"),
        _credited.provider_id.label("credited_provider"),
    )
    return (
        select(
            *same,
            *sides,
            func.sum(Transfer.amount_cents).label("amount"),
            func.count(Transfer.voucher_id).label("vouchers"),
            func.min(Transfer.id).label("first_id"),
        )
        .join(_debited, _debited.id == Transfer.debit_id)
        .join(_credited, _credited.id == Transfer.credit_id)
        .join(Fund, Fund.id == _debited.fund_id)
        .where(Fund.programme_id == programme_id)
        .group_by(*same, _debited.kind, _debited.provider_id, _credited.kind, _credited.provider_id)
    )


def _pieces(programme_id: int, zone: str, period: Period) -> Select[*tuple[Any, ...]]:
    start, end = bounds(zone, period)
    piece = _grouped(programme_id).where(Transfer.at >= start, Transfer.at < end).subquery()
    provider_id = func.coalesce(piece.c.debited_provider, piece.c.credited_provider)
    return (
        select(
            piece,
            Fund.title.label("fund_title"),
            Fund.public_id.label("fund_public_id"),
            Provider.name.label("provider_name"),
            Provider.public_id.label("provider_public_id"),
            Arrival.reference.label("arrival_reference"),
            Arrival.received_on,
            func.coalesce(Payout.reference, Payout.public_id).label("payout_reference"),
            Payout.paid_on,
        )
        .join(Fund, Fund.id == piece.c.fund_id)
        .outerjoin(Provider, Provider.id == provider_id)
        .outerjoin(Arrival, Arrival.id == piece.c.arrival_id)
        .outerjoin(Payout, Payout.id == piece.c.payout_id)
        .order_by(piece.c.at, piece.c.first_id)
    )


def _piece(row: Any, zone: str, chart: Chart, numbers: Counter[tuple[str, int]]) -> Iterator[Entry]:
    journal, words = WRITTEN[TransferKind(row.kind)]
    day = day_in(zone, row.at)
    numbers[journal.code, day.year] += 1
    number = f"{journal.code}-{day.year}-{numbers[journal.code, day.year]:06d}"
    sides = (
        (row.debited, row.debited_provider, row.amount, 0),
        (row.credited, row.credited_provider, 0, row.amount),
    )
    for kind, provider_id, debit, credit in sides:
        yield Entry(
            journal=journal,
            number=number,
            day=day,
            account=chart[AccountKind(kind)],
            party=_party(row, provider_id),
            reference=_reference(row, number),
            reference_day=row.received_on or row.paid_on or day,
            label=_label(row, words),
            debit=Cents(int(debit)),
            credit=Cents(int(credit)),
        )


def _party(row: Any, provider_id: int | None) -> Party:
    if provider_id is None:
        return party(row.fund_id, row.fund_title, row.fund_public_id, of_provider=False)
    return party(provider_id, row.provider_name, row.provider_public_id, of_provider=True)


def _reference(row: Any, number: str) -> str:
    if row.redemption_id:
        return str(row.redemption_id)
    return row.arrival_reference or row.payout_reference or number


def _label(row: Any, words: str) -> str:
    count = f" ({row.vouchers} chèque{'s' if row.vouchers > 1 else ''})" if row.vouchers else ""
    return f"{words}{count}, {row.provider_name or row.fund_title}"
