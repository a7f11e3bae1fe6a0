"""Settle how the books are kept, and give the account of a year."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from stdnum.be import vat as bce
from stdnum.exceptions import ValidationError
from stdnum.fr import siren

from repit.domain.accounting.annual import YearAccount, frozen, year_account
from repit.domain.accounting.errors import (
    AccountGiven,
    AccountNumberTwice,
    NoLegalFrame,
    WrongIdentifierNumber,
    YearNotOver,
)
from repit.domain.accounting.models import AnnualAccount, Bookkeeping, ChartEntry
from repit.domain.accounting.queries import ONLY_ROW
from repit.domain.accounting.rules import FRAMES, ChartLine, Frame
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.ledger.models import AccountKind
from repit.domain.programmes.models import Programme
from repit.domain.programmes.profiles import PROFILES


def settle_books(
    db: Session,
    frame: Frame,
    identifier: str | None,
    chart: Mapping[AccountKind, ChartLine],
    *,
    confirmed: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down how the books are kept. What equals our proposal is not kept: it may improve.

    Args:
        identifier: SIREN or BCE number of the operator, as typed; None to leave it open.
        confirmed: the operator's accountant agreed with these accounts.

    Raises:
        WrongIdentifierNumber: its check digits disagree.
        AccountNumberTwice: two kinds of balance would share an account.
    """
    _refuse_shared_numbers(chart)
    row = db.get(Bookkeeping, ONLY_ROW, with_for_update=True)
    if row is None:
        row = Bookkeeping(id=ONLY_ROW)
        db.add(row)
    row.frame = frame
    row.identifier = checked(identifier) if identifier else None
    row.confirmed_at = now if confirmed else None
    row.confirmed_by = actor if confirmed else None
    db.flush()
    db.execute(delete(ChartEntry))
    own = {kind: line for kind, line in chart.items() if line != FRAMES[frame][kind]}
    db.add_all(
        ChartEntry(kind=kind, number=line.number, label=line.label) for kind, line in own.items()
    )
    db.flush()
    facts = {"frame": frame.value, "confirmed": confirmed, "own_accounts": len(own)}
    record(db, actor=actor, kind="books_settled", of=("bookkeeping", 1), now=now, facts=facts)


def _refuse_shared_numbers(chart: Mapping[AccountKind, ChartLine]) -> None:
    seen: set[str] = set()
    for line in chart.values():
        if line.number in seen:
            raise AccountNumberTwice(number=line.number)
        seen.add(line.number)


def checked(identifier: str) -> str:
    """Return the bare digits of a SIREN or of a BCE number.

    Raises:
        WrongIdentifierNumber: it is neither.
    """
    for register in (siren, bce):
        try:
            return str(register.validate(identifier))
        except ValidationError:
            continue
    raise WrongIdentifierNumber


def give_account(
    db: Session, programme_id: int, year: int, *, actor: Actor, now: datetime
) -> YearAccount:
    """Keep the account of a year as it stands, once the last day to claim is past.

    Raises:
        NoSuchObject: no such programme, or no voucher in that year.
        NoLegalFrame: nothing asks this programme for an account.
        YearNotOver: providers may still claim.
        AccountGiven: it was given already.
    """
    programme = db.get(Programme, programme_id, with_for_update=True)
    if programme is None:
        raise NoSuchObject
    if programme.profile is None:
        raise NoLegalFrame
    last_claim = PROFILES[programme.profile].last_claim(year)
    if day_in(programme.zone, now) <= last_claim:
        raise YearNotOver(last_claim=last_claim)
    if _given(db, programme_id, year):
        raise AccountGiven(year=year)
    account = year_account(db, programme_id, year)
    db.add(
        AnnualAccount(
            programme_id=programme_id,
            year=year,
            figures=frozen(account),
            given_by=actor,
            given_at=now,
        )
    )
    db.flush()
    of = ("programme", programme_id)
    record(db, actor=actor, kind="account_given", of=of, now=now, facts={"year": year})
    return account


def _given(db: Session, programme_id: int, year: int) -> bool:
    found = db.scalar(
        select(AnnualAccount.id).where(
            AnnualAccount.programme_id == programme_id, AnnualAccount.year == year
        )
    )
    return found is not None
