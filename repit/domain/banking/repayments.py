"""Money in that is no funder's: a provider gave back what it owed, and somebody noted it before."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.banking.models import BankLine
from repit.domain.banking.queries import LineView
from repit.domain.banking.rules import LineState, Why
from repit.domain.providers.models import Provider
from repit.domain.settlements.models import Repayment
from repit.domain.settlements.repaying import Way

FEWEST_CHARACTERS = 4
"""A shorter reference stands in many texts: the line is left to somebody."""
_NOISE = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True)
class RepaymentView:
    """What a provider gave back, both names as its page has them."""

    provider: str
    provider_public_id: str


def of(db: Session, line: BankLine) -> int | None:
    """Return the repayment that a line is: confirmed, its sum, its reference, no other line's."""
    noted = db.execute(
        select(Repayment.id, Repayment.reference).where(
            Repayment.state == "done",
            Repayment.way == Way.TRANSFER,
            Repayment.amount_cents == line.amount_cents,
        )
    ).all()
    found = [(one, reference) for one, reference in noted if reference and says(line, reference)]
    if len(found) != 1:
        return None
    [(repayment_id, reference)] = found
    others = select(BankLine).where(
        BankLine.state == LineState.MATCHED,
        BankLine.why == Why.REPAYMENT,
        BankLine.amount_cents == line.amount_cents,
        BankLine.id != line.id,
    )
    taken = any(says(other, reference) for other in db.scalars(others))
    return None if taken else repayment_id


def named_by(db: Session, line: LineView) -> RepaymentView | None:
    """Return the repayment that a matched line is, for its page."""
    if line.why is not Why.REPAYMENT:
        return None
    rows = db.execute(
        select(Repayment.reference, Provider.name, Provider.public_id)
        .join(Provider, Provider.id == Repayment.provider_id)
        .where(Repayment.way == Way.TRANSFER, Repayment.amount_cents == line.amount)
        .order_by(Repayment.id)
    )
    found = [(name, public_id) for written, name, public_id in rows if says(line, written or "")]
    return RepaymentView(*found[0]) if found else None


def says(line: BankLine | LineView, reference: str) -> bool:
    """Tell whether a reference stands in a line, whole, whatever its spaces and capitals."""
    plain = _NOISE.sub("", reference.upper())
    if len(plain) < FEWEST_CHARACTERS:
        return False
    spaced = "[^A-Z0-9]*".join(plain)
    whole = re.compile(rf"(?<![A-Z0-9]){spaced}(?![A-Z0-9])")
    texts = (line.structured_reference, line.remittance, line.end_to_end_id, line.bank_reference)
    return any(whole.search((text or "").upper()) for text in texts)
