"""Find what each new line of the bank is, by itself and without guessing.

Money in is a contribution's when our reference stands in it, whole and with its check digits;
what is not sure waits on the page with the reason. What went out, or came back, is a payment of
ours: `payments` knows.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.banking import payments, repayments
from repit.domain.banking.models import BankLine, BankMatch, BankStatement
from repit.domain.banking.rules import OF_A_PAYMENT, How, LineState, Share, Why
from repit.domain.errors import Refused
from repit.domain.money import Cents
from repit.domain.programmes import contributions, references
from repit.domain.programmes.models import Arrival, Contribution
from repit.domain.programmes.rules import Received, Way, plain_reference

NEAR = timedelta(days=10)
"""The same sum typed so near to the line is taken for the same money until somebody looks."""
LONGEST_REFERENCE = 80
CSV = "csv"


def match(db: Session, line_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Look at these lines, those that are still new; return how many were matched.

    Raises:
        Nothing of its own: a line that cannot be matched keeps the reason.
    """
    found = sum(_match_one(db, line_id, actor=actor, now=now) for line_id in sorted(line_ids))
    _explain(db, actor=actor, now=now)
    return found


def enter(
    db: Session, line: BankLine, share: Share, how: How, *, actor: Actor, now: datetime
) -> int:
    """Count a part of a line as money that arrived; return the arrival's id.

    Raises:
        Refused: the contribution takes nothing; see `contributions.arrive`.
    """
    received = Received(
        amount=share.amount,
        received_on=line.booked_on,
        reference=reference_of(line),
        note=line.counterparty,
        way=Way.TRANSFER,
    )
    arrival_id = contributions.arrive(db, share.contribution_id, received, actor=actor, now=now)
    db.add(BankMatch(line_id=line.id, arrival_id=arrival_id, how=how, matched_at=now))
    db.flush()
    return arrival_id


def settle_line(
    db: Session,
    line: BankLine,
    state: LineState,
    why: Why,
    *,
    actor: Actor,
    now: datetime,
    motive: str | None = None,
) -> None:
    """Note what a line was found to be, with its history."""
    line.state, line.why, line.motive = state, why, motive
    db.flush()
    facts = {"amount_cents": line.amount_cents}
    of = ("bank_line", line.id)
    record(db, actor=actor, kind=state, of=of, now=now, motive=motive, facts=facts)


def reference_of(line: BankLine) -> str:
    """Return the name under which its arrivals remember a line."""
    name = line.bank_reference or line.end_to_end_id or line.identity[:16]
    return name[:LONGEST_REFERENCE]


def _match_one(db: Session, line_id: int, *, actor: Actor, now: datetime) -> bool:
    line = db.get_one(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line.state != LineState.NEW or line.why == Why.TAKEN_BACK:
        return False
    of_payment = payments.follow(db, line, actor=actor, now=now)
    if of_payment is Why.PAYOUT:
        settle_line(db, line, LineState.MATCHED, Why.PAYOUT, actor=actor, now=now)
        return True
    found = of_payment or _contribution_of(db, line)
    if isinstance(found, Why):
        return _without_promise(db, line, found, actor=actor, now=now)
    try:
        share = Share(found, Cents(line.amount_cents))
        enter(db, line, share, How.REFERENCE, actor=actor, now=now)
    except Refused as refusal:
        line.why = Why(refusal.code)
        db.flush()
        return False
    settle_line(db, line, LineState.MATCHED, Why.REFERENCE, actor=actor, now=now)
    return True


def _without_promise(db: Session, line: BankLine, why: Why, *, actor: Actor, now: datetime) -> bool:
    unsaid = why in {Why.NO_REFERENCE, Why.FOREIGN_REFERENCE}
    if unsaid and repayments.of(db, line) is not None:
        settle_line(db, line, LineState.MATCHED, Why.REPAYMENT, actor=actor, now=now)
        return True
    line.why = why
    db.flush()
    return False


def _explain(db: Session, *, actor: Actor, now: datetime) -> None:
    """Match what waited for another word of the bank, which has come since.

    A line that somebody looks at meanwhile is left to them.
    """
    waiting = select(BankLine).where(
        BankLine.state == LineState.NEW, BankLine.why.in_(OF_A_PAYMENT)
    )
    waiting = waiting.order_by(BankLine.id).with_for_update(skip_locked=True)
    for line in db.scalars(waiting.execution_options(populate_existing=True)).all():
        why = payments.standing(db, line)
        if why is Why.PAYOUT:
            settle_line(db, line, LineState.MATCHED, why, actor=actor, now=now)
        line.why = why
    db.flush()


def _contribution_of(db: Session, line: BankLine) -> int | Why:
    """Return the one contribution a line is for, or why there is not one."""
    if not line.credit:
        return Why.WENT_OUT
    if line.reason_code:
        return Why.SENT_BACK
    texts = (line.structured_reference, line.remittance, line.end_to_end_id)
    named = references.found_in(*texts)
    known = sorted(db.scalars(select(Contribution.id).where(Contribution.id.in_(named))))
    if len(known) > 1:
        return Why.SEVERAL
    if not known:
        return _without_contribution(line, texts, named)
    if _seems_entered(db, line, known[0]):
        return Why.SEEMS_ENTERED
    return known[0]


def _without_contribution(line: BankLine, texts: tuple[str | None, ...], named: list[int]) -> Why:
    if named:
        return Why.UNKNOWN_REFERENCE
    if references.misspelt_in(*texts):
        return Why.MISSPELT
    if references.foreign_in(*texts):
        return Why.FOREIGN_REFERENCE
    return Why.WHOLE_BATCH if line.identity.startswith("W") else Why.NO_REFERENCE


def _seems_entered(db: Session, line: BankLine, contribution_id: int) -> bool:
    """Say whether the same sum is there: typed by hand, or read in a file of another kind."""
    other = aliased(BankLine)
    of_promise = Arrival.contribution_id == contribution_id
    same_day = other.booked_on == line.booked_on
    by_hand: ColumnElement[bool] = and_(other.id.is_(None), Arrival.way == Way.HAND)
    around = Arrival.received_on.between(line.booked_on - NEAR, line.booked_on + NEAR)
    near = and_(by_hand, around)
    query = (
        select(Arrival.id)
        .outerjoin(
            BankMatch, and_(BankMatch.arrival_id == Arrival.id, BankMatch.ended_at.is_(None))
        )
        .outerjoin(other, other.id == BankMatch.line_id)
        .outerjoin(BankStatement, BankStatement.id == other.statement_id)
        .where(
            Arrival.amount_cents == line.amount_cents,
            Arrival.returned_cents == 0,
            or_(
                and_(of_promise, or_(near, and_(same_day, *_elsewhere(db, line, other)))),
                and_(by_hand, _same_line_in_its_fund(line, contribution_id)),
            ),
        )
        .limit(1)
    )
    return db.scalar(query) is not None


def _same_line_in_its_fund(line: BankLine, contribution_id: int) -> ColumnElement[bool]:
    """Somebody typed this very line for another promise of the same fund."""
    fund = select(Contribution.fund_id).where(Contribution.id == contribution_id)
    return and_(
        Arrival.fund_id == fund.scalar_subquery(),
        Arrival.reference == plain_reference(reference_of(line)),
    )


def _elsewhere(db: Session, line: BankLine, other: type[BankLine]) -> list[ColumnElement[bool]]:
    """Two kinds of files name a line alike only where the bank gives it a reference in both."""
    kind = db.scalars(select(BankStatement.kind).where(BankStatement.id == line.statement_id)).one()
    different = BankStatement.kind != kind
    if kind == CSV or line.bank_reference is None:
        return [different]
    return [different, or_(BankStatement.kind == CSV, other.bank_reference.is_(None))]
