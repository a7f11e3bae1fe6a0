"""The days of the law that near or have passed, for the operator's list of things to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.accounting.annual import of_year
from repit.domain.accounting.models import AnnualAccount
from repit.domain.clock import day_in
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.programmes.profiles import PROFILES
from repit.domain.vouchers.models import Voucher, VoucherState

NEAR = timedelta(days=31)
NOTHING = Cents(0)


class Step(StrEnum):
    USE = "use"
    CLAIM = "claim"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Deadline:
    """One day of the law of one year. Vouchers and cents: what would lapse; 0 for an account."""

    programme: str
    programme_public_id: str
    year: int
    step: Step
    day: date
    passed: bool
    vouchers: int = 0
    amount: Cents = NOTHING


def deadlines(db: Session, *, now: datetime) -> list[Deadline]:
    """Return what nears or has passed, the earliest first.

    One statement, and one more for each year whose account is not given.
    """
    rows = db.execute(
        select(Programme, AnnualAccount.year)
        .outerjoin(AnnualAccount, AnnualAccount.programme_id == Programme.id)
        .where(Programme.profile.is_not(None))
    ).all()
    programmes = {programme.id: programme for programme, _year in rows}
    given = {(programme.id, year) for programme, year in rows}
    found: list[Deadline] = []
    for programme in programmes.values():
        today = day_in(programme.zone, now)
        for year in _years(programme, today):
            if (programme.id, year) not in given:
                found += _of_year(db, programme, year, today)
    return sorted(found, key=lambda one: (one.day, one.programme))


def _years(programme: Programme, today: date) -> Iterable[int]:
    """Vouchers begin to serve while the programme issues, never later than today."""
    return range(programme.first_day.year, min(programme.last_day.year, today.year) + 1)


def _of_year(db: Session, programme: Programme, year: int, today: date) -> list[Deadline]:
    frame = PROFILES[programme.profile or ""]
    last_use, last_claim = frame.last_use(year), frame.last_claim(year)
    due = frame.account_due(year)
    if today > last_claim:
        if not _any(db, programme.id, year):
            return []
        return [_deadline(programme, year, Step.ACCOUNT, due, passed=today > due)]
    step, day = (Step.USE, last_use) if today <= last_use else (Step.CLAIM, last_claim)
    if day - today > NEAR and step is Step.USE:
        return []
    vouchers, cents = _still_out(db, programme.id, last_claim, year)
    if not vouchers:
        return []
    return [_deadline(programme, year, step, day, vouchers=vouchers, amount=Cents(cents))]


def _deadline(
    programme: Programme,
    year: int,
    step: Step,
    day: date,
    *,
    passed: bool = False,
    vouchers: int = 0,
    amount: Cents = NOTHING,
) -> Deadline:
    return Deadline(programme.name, programme.public_id, year, step, day, passed, vouchers, amount)


def _any(db: Session, programme_id: int, year: int) -> bool:
    """Tell whether a voucher of that year exists: a year without any asks for no account."""
    return bool(db.scalar(select(select(Voucher.id).where(of_year(programme_id, year)).exists())))


def _still_out(db: Session, programme_id: int, last_claim: date, year: int) -> tuple[int, int]:
    row = db.execute(
        select(func.count(), func.coalesce(func.sum(Voucher.face_cents), 0)).where(
            Voucher.state == VoucherState.ISSUED,
            Voucher.grace_until == last_claim,
            of_year(programme_id, year),
        )
    ).one()
    return row[0], int(row[1])
