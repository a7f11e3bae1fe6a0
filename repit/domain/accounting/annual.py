"""The account of one year of a programme that stands in a legal frame (CGCT R1611-10).

A voucher belongs to the year in which it began to serve. What becomes of it is read from its
transfers, so that the lines add up to what was issued, to the cent:
issued = paid + to pay + exchanged + lapsed + remaining. Amounts in cents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from repit.domain.errors import NoSuchObject
from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.money import Cents
from repit.domain.programmes.models import Fund, Funder
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import PayoutRedemption, Redemption, Reversal
from repit.domain.vouchers.models import Voucher


@dataclass(frozen=True)
class Part:
    """So many vouchers, worth so much."""

    vouchers: int
    amount: Cents

    def __add__(self, other: "Part") -> "Part":
        return Part(self.vouchers + other.vouchers, Cents(self.amount + other.amount))

    def __sub__(self, other: "Part") -> "Part":
        return Part(self.vouchers - other.vouchers, Cents(self.amount - other.amount))


NOTHING = Part(0, Cents(0))


@dataclass(frozen=True)
class FundYear:
    """One fund's vouchers of the year. `to_give_back` is what was issued and not paid for."""

    title: str
    public_id: str
    funder: str
    issued: Part
    used: Part
    paid: Part
    exchanged: Part
    lapsed: Part

    @property
    def to_pay(self) -> Part:
        """Claimed and not yet paid."""
        return self.used - self.paid

    @property
    def remaining(self) -> Part:
        """Neither used, exchanged nor lapsed."""
        return self.issued - self.used - self.exchanged - self.lapsed

    @property
    def difference(self) -> Part:
        """Issued and not paid to a provider: the funder's again once nothing remains."""
        return self.issued - self.paid


@dataclass(frozen=True)
class PaidProvider:
    """A provider that was paid for vouchers of the year."""

    name: str
    public_id: str
    identifier: str
    identifier_kind: str
    paid: Part
    first_on: date
    last_on: date


@dataclass(frozen=True)
class YearAccount:
    """The account of a year, fund by fund, with its total and the providers paid."""

    year: int
    funds: Sequence[FundYear]
    rejected: Part
    """Wrongly accepted: taken back from a provider by the operator, paid or not."""
    providers: Sequence[PaidProvider]

    @property
    def total(self) -> FundYear:
        """All funds together."""
        names = ("issued", "used", "paid", "exchanged", "lapsed")
        sums = {name: _sum(getattr(one, name) for one in self.funds) for name in names}
        return FundYear(title="", public_id="", funder="", **sums)


def year_account(db: Session, programme_id: int, year: int) -> YearAccount:
    """Compute the account of a year as it stands now, in four statements.

    Raises:
        NoSuchObject: no voucher of this programme began to serve in that year.
    """
    moved = _moved(db, programme_id, year)
    if not moved:
        raise NoSuchObject
    paid = _paid(db, programme_id, year)
    rows = db.execute(
        select(Fund.id, Fund.title, Fund.public_id, Funder.name)
        .join(Funder, Funder.id == Fund.funder_id)
        .where(Fund.id.in_(moved))
        .order_by(Funder.name, Fund.title)
    )
    return YearAccount(
        year=year,
        funds=[
            _fund_year(title, public_id, funder, moved[fund_id], paid.get(fund_id, NOTHING))
            for fund_id, title, public_id, funder in rows
        ],
        rejected=_rejected(db, programme_id, year),
        providers=_providers(db, programme_id, year),
    )


def years(db: Session, programme_id: int) -> list[int]:
    """Return the years in which vouchers of a programme began to serve, latest first."""
    year = func.extract("year", Voucher.first_day)
    found = select(year).where(Voucher.programme_id == programme_id).distinct()
    return sorted((int(one) for one in db.scalars(found)), reverse=True)


def frozen(account: YearAccount) -> dict[str, Any]:
    """Return an account as plain values, to be kept as it was given."""
    found = asdict(account)
    for one in found["providers"]:
        one |= {"first_on": one["first_on"].isoformat(), "last_on": one["last_on"].isoformat()}
    return found


def thawed(figures: dict[str, Any]) -> YearAccount:
    """Return a kept account as it was given."""
    parts = ("issued", "used", "paid", "exchanged", "lapsed")
    return YearAccount(
        year=figures["year"],
        funds=[
            FundYear(**one | {name: Part(**one[name]) for name in parts})
            for one in figures["funds"]
        ],
        rejected=Part(**figures["rejected"]),
        providers=[
            PaidProvider(
                **one
                | {
                    "paid": Part(**one["paid"]),
                    "first_on": date.fromisoformat(one["first_on"]),
                    "last_on": date.fromisoformat(one["last_on"]),
                }
            )
            for one in figures["providers"]
        ],
    )


def of_year(programme_id: int, year: int) -> ColumnElement[bool]:
    """Return the condition that a voucher is of a programme's year."""
    return and_(
        Voucher.programme_id == programme_id,
        Voucher.first_day.between(date(year, 1, 1), date(year, 12, 31)),
    )


TOO_LATE = "too late"
"""A redemption taken back when the voucher had lapsed: its money went straight to the fund."""


def _moved(db: Session, programme_id: int, year: int) -> dict[int, dict[str, Part]]:
    lapsed = and_(Transfer.kind == TransferKind.REVERSE, Account.kind == AccountKind.AVAILABLE)
    what = case((lapsed, TOO_LATE), else_=Transfer.kind)
    rows = db.execute(
        select(Voucher.fund_id, what, func.count(), func.sum(Transfer.amount_cents))
        .join(Transfer, Transfer.voucher_id == Voucher.id)
        .join(Account, Account.id == Transfer.credit_id)
        .where(of_year(programme_id, year))
        .group_by(Voucher.fund_id, what)
    )
    moved: dict[int, dict[str, Part]] = {}
    for fund_id, kind, vouchers, cents in rows:
        moved.setdefault(fund_id, {})[kind] = Part(vouchers, Cents(int(cents)))
    return moved


def _fund_year(
    title: str, public_id: str, funder: str, moved: dict[str, Part], paid: Part
) -> FundYear:
    def of(kind: str) -> Part:
        return moved.get(kind, NOTHING)

    return FundYear(
        title=title,
        public_id=public_id,
        funder=funder,
        issued=of(TransferKind.ISSUE),
        used=of(TransferKind.REDEEM) - of(TransferKind.REVERSE) - of(TOO_LATE),
        paid=paid,
        exchanged=of(TransferKind.CANCEL),
        lapsed=of(TransferKind.EXPIRE) + of(TOO_LATE),
    )


_SETTLED = and_(PayoutRedemption.ended_at.is_(None), PayoutRedemption.paid_on.is_not(None))


def _paid(db: Session, programme_id: int, year: int) -> dict[int, Part]:
    rows = db.execute(
        select(Voucher.fund_id, func.count(), func.sum(Voucher.face_cents))
        .join(PayoutRedemption, PayoutRedemption.redemption_id == Voucher.redemption_id)
        .where(of_year(programme_id, year), _SETTLED)
        .group_by(Voucher.fund_id)
    )
    return {fund_id: Part(count, Cents(int(cents))) for fund_id, count, cents in rows}


def _rejected(db: Session, programme_id: int, year: int) -> Part:
    """Count what the operator took back; a provider's own slip, undone at once, is none of it."""
    row = db.execute(
        select(func.count(), func.coalesce(func.sum(Transfer.amount_cents), 0))
        .join(Voucher, Voucher.id == Transfer.voucher_id)
        .join(Reversal, Reversal.redemption_id == Transfer.redemption_id)
        .where(
            of_year(programme_id, year),
            Transfer.kind == TransferKind.REVERSE,
            Reversal.motive != "undo",
        )
    ).one()
    return Part(row[0], Cents(int(row[1])))


def _providers(db: Session, programme_id: int, year: int) -> list[PaidProvider]:
    who = (Provider.name, Provider.public_id, Provider.identifier, Provider.identifier_kind)
    rows = db.execute(
        select(
            *who,
            func.count(),
            func.sum(Voucher.face_cents),
            func.min(PayoutRedemption.paid_on),
            func.max(PayoutRedemption.paid_on),
        )
        .select_from(Voucher)
        .join(Redemption, Redemption.id == Voucher.redemption_id)
        .join(PayoutRedemption, PayoutRedemption.redemption_id == Redemption.id)
        .join(Provider, Provider.id == Redemption.provider_id)
        .where(of_year(programme_id, year), _SETTLED)
        .group_by(Provider.id, *who)
        .order_by(Provider.name, Provider.id)
    )
    return [_paid_provider(row) for row in rows]


def _paid_provider(row: Any) -> PaidProvider:
    name, public_id, number, kind, count, cents, first_on, last_on = row
    paid = Part(count, Cents(int(cents)))
    return PaidProvider(name, public_id, number, kind, paid, first_on, last_on)


def _sum(parts: Iterable[Part]) -> Part:
    return sum(parts, NOTHING)
