"""Lines of the bank that are payments of ours: what went out, and what came back of it.

One line is the debit of a payment, and one its return. Another one, one of another amount or one of
a payment that was refused is not taken for it: it waits on the page until somebody looked.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.banking.models import BankLine
from repit.domain.banking.queries import LineView
from repit.domain.banking.rules import LineState, Why
from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.settlements import following
from repit.domain.settlements.doubts import left_open
from repit.domain.settlements.models import Payout, PayoutBatch, PayoutOutcome
from repit.domain.settlements.outcomes import Outcome, Result


def outcome_of(line: BankLine) -> Outcome | None:
    """Return what a line says of a payment, if it names one: it was paid, or it came back."""
    if line.end_to_end_id is None and line.message_id is None:
        return None
    return Outcome(
        Result.RETURNED if line.credit else Result.SETTLED,
        end_to_end_id=line.end_to_end_id,
        message_id=line.message_id,
        reason=line.reason_code,
        amount=Cents(line.amount_cents),
        day=line.booked_on,
        # One name of the bank on two sums is two things that it says.
        bank_reference=f"{line.bank_reference or line.identity[:32]} {line.amount_cents}",
    )


def follow(db: Session, line: BankLine, *, actor: Actor, now: datetime) -> Why | None:
    """Hand a line to the payments, if it names one; say what it is then.

    Returns:
        PAYOUT; one of `OF_A_PAYMENT` when it cannot be that payment; None when it names none.

    Raises:
        Nothing of its own.
    """
    if line.credit and line.reason_code is None:
        return None  # a funder may write anything as its own reference
    outcome = outcome_of(line)
    if outcome is None or not follow_outcome(db, outcome, actor=actor, now=now):
        return None
    return standing(db, line)


def standing(db: Session, line: BankLine) -> Why:
    """Say what a line that was followed before is now: what came since may explain it."""
    outcome = outcome_of(line)
    doubt = left_open(db, outcome) if outcome else None
    if doubt is not None:
        return Why(doubt)
    return Why.BOOKED_ALREADY if _booked_already(db, line) else Why.PAYOUT


def follow_outcome(db: Session, outcome: Outcome, *, actor: Actor, now: datetime) -> bool:
    """Hand what the bank says to the payments; say whether it is about one of ours.

    Raises:
        Nothing of its own: what cannot be true is kept with the payout, and shown there.
    """
    followed = following.follow(db, outcome, actor=actor, now=now)
    return followed.effect is not following.Effect.UNKNOWN


@dataclass(frozen=True)
class PaymentView:
    """The payment of ours that a line names, or the batch when it is the sum of one."""

    batch: str
    """Public id."""
    payout: str | None
    """Public id."""
    provider: str | None
    amount: Cents


def named_by(db: Session, line: LineView) -> PaymentView | None:
    """Return the payment of ours that a line is about, if it names one."""
    if line.credit and line.reason_code is None:
        return None
    if line.end_to_end_id is None:
        return _batch_named_by(db, line)
    row = db.execute(
        select(PayoutBatch.public_id, Payout.public_id, Provider.name, Payout.amount_cents)
        .select_from(Payout)
        .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .join(Provider, Provider.id == Payout.provider_id)
        .where(Payout.public_id == line.end_to_end_id)
    ).one_or_none()
    return row and PaymentView(row[0], row[1], row[2], Cents(row[3]))


def _batch_named_by(db: Session, line: LineView) -> PaymentView | None:
    found = db.scalars(
        select(PayoutBatch).where(PayoutBatch.public_id == line.message_id)
    ).one_or_none()
    if found is None:
        return None
    return PaymentView(found.public_id, None, None, Cents(found.amount_cents))


def shown_as_lines() -> ColumnElement[bool]:
    """Tell whether a doubt is a line that waits, or of which somebody said why it is nothing."""
    return _has_its_line(LineState.NEW, LineState.SET_ASIDE)


def set_aside() -> ColumnElement[bool]:
    """Tell whether a doubt is a line of which somebody said why it is nothing."""
    return _has_its_line(LineState.SET_ASIDE)


def _has_its_line(*states: LineState) -> ColumnElement[bool]:
    """Tell whether what the bank said is a line in one of these states.

    On `PayoutOutcome`, `Payout` and `PayoutBatch`.
    """
    names_it = or_(
        BankLine.end_to_end_id == Payout.public_id,
        and_(BankLine.end_to_end_id.is_(None), BankLine.message_id == PayoutBatch.public_id),
    )
    return (
        select(BankLine.id)
        .where(
            names_it,
            BankLine.state.in_(states),
            BankLine.amount_cents == PayoutOutcome.amount_cents,
            BankLine.booked_on == PayoutOutcome.day,
            BankLine.credit == (PayoutOutcome.result == Result.RETURNED),
        )
        .correlate(PayoutOutcome, Payout, PayoutBatch)
        .exists()
    )


def _booked_already(db: Session, line: BankLine) -> bool:
    """Say whether another line is this payment's already, alone or in the sum of its file.

    The bank's own name on both is the same movement, read in another file.
    """
    of_it = select(Payout.public_id, PayoutBatch.public_id).join(
        PayoutBatch, PayoutBatch.id == Payout.batch_id
    )
    if line.end_to_end_id is not None:
        of_it = of_it.where(Payout.public_id == line.end_to_end_id)
    else:
        of_it = of_it.where(PayoutBatch.public_id == line.message_id)
    rows = db.execute(of_it).all()
    named = or_(
        BankLine.end_to_end_id.in_([payout for payout, _ in rows]),
        and_(
            BankLine.end_to_end_id.is_(None),
            BankLine.message_id.in_({batch for _, batch in rows}),
        ),
    )
    same_movement = and_(
        BankLine.bank_reference.is_not(None), BankLine.bank_reference == line.bank_reference
    )
    others = select(BankLine.id).where(
        named,
        BankLine.id != line.id,
        BankLine.credit == line.credit,
        BankLine.state == LineState.MATCHED,
        BankLine.why == Why.PAYOUT,
        ~func.coalesce(same_movement, false()),
    )
    return db.scalar(others.limit(1)) is not None
