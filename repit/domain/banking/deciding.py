"""What a person decides of a line: what it is, that it is nothing, or that it was wrong.

Amounts are cents.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.banking import matching
from repit.domain.banking.errors import (
    ArrivalDiffers,
    LineDone,
    LineNew,
    LinePaidOut,
    MoreThanTheLine,
    NothingChosen,
    NotMoneyIn,
    RestNeedsMotive,
)
from repit.domain.banking.models import BankLine, BankMatch
from repit.domain.banking.rules import How, LineState, Share, Why
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.programmes import contributions
from repit.domain.programmes.models import Arrival
from repit.domain.programmes.rules import Reason, TakenBack, Way

ZONE = "Europe/Paris"
"""Of the day on which a slip is taken back; banks of both countries close by it."""


def match_by_hand(
    db: Session,
    line_id: int,
    shares: Sequence[Share],
    *,
    rest_motive: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Say of which contributions a line is money; what is left of it needs a motive.

    Raises:
        NoSuchObject: no such line or contribution.
        LineDone, NotMoneyIn: it is not to be matched.
        NothingChosen, MoreThanTheLine, RestNeedsMotive: the shares cannot be these.
        Refused: a contribution takes nothing; see `contributions.arrive`.
    """
    line = _waiting(db, line_id)
    chosen = sum(share.amount for share in shares)
    if not shares or any(share.amount <= 0 for share in shares):
        raise NothingChosen
    if chosen > line.amount_cents:
        raise MoreThanTheLine(chosen_cents=chosen, line_cents=line.amount_cents)
    if chosen < line.amount_cents and not rest_motive:
        raise RestNeedsMotive(rest_cents=line.amount_cents - chosen)
    for share in sorted(shares, key=lambda one: one.contribution_id):
        matching.enter(db, line, share, How.HAND, actor=actor, now=now)
    motive = rest_motive if chosen < line.amount_cents else None
    _settle(db, line, LineState.MATCHED, Why.HAND, actor, now, motive)


def link_entered(
    db: Session, line_id: int, arrival_id: int, *, actor: Actor, now: datetime
) -> None:
    """Say that a line is money already typed by hand: it counts once.

    Raises:
        NoSuchObject: no such line, or no such sum typed by hand.
        LineDone, NotMoneyIn: it is not to be matched.
        ArrivalDiffers: taken back since, or another line's already.
    """
    line = _waiting(db, line_id)
    arrival = db.get(Arrival, arrival_id, with_for_update=True, populate_existing=True)
    same = arrival is not None and arrival.amount_cents == line.amount_cents
    if arrival is None or not same or arrival.way != Way.HAND:
        raise NoSuchObject  # nobody proposes it for this line
    linked = select(BankMatch.id).where(
        BankMatch.arrival_id == arrival_id, BankMatch.ended_at.is_(None)
    )
    if arrival.returned_cents or db.scalar(linked) is not None:
        raise ArrivalDiffers(amount_cents=arrival.amount_cents, received_on=arrival.received_on)
    db.add(BankMatch(line_id=line.id, arrival_id=arrival_id, how=How.ENTERED, matched_at=now))
    _settle(db, line, LineState.MATCHED, Why.ENTERED, actor, now)


def set_aside(
    db: Session, line_ids: Sequence[int], *, motive: str, actor: Actor, now: datetime
) -> int:
    """Say that lines are no money of this application; return how many were.

    Raises:
        NothingChosen: none.
        LineDone: one of them was matched or set aside meanwhile; none is set aside then.
    """
    if not line_ids:
        raise NothingChosen
    for line_id in sorted(set(line_ids)):
        line = _line(db, line_id)
        if line.state != LineState.NEW:
            raise LineDone
        why = Why(line.why) if line.why else Why.NO_REFERENCE
        _settle(db, line, LineState.SET_ASIDE, why, actor, now, motive)
    return len(set(line_ids))


def take_back(db: Session, line_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Undo what was decided of a line: it waits again, and is not matched by itself any more.

    Money that it brought is taken back as a slip; what had been typed by hand stays.

    Raises:
        NoSuchObject: no such line.
        LineNew: nothing was decided.
        LinePaidOut: it is a payment of ours.
        ArrivalSpent: its money is promised in vouchers already.
    """
    line = _line(db, line_id)
    if line.state == LineState.NEW:
        raise LineNew
    if line.why == Why.PAYOUT:
        raise LinePaidOut
    day = day_in(ZONE, now)
    live = select(BankMatch).where(BankMatch.line_id == line.id, BankMatch.ended_at.is_(None))
    for found in db.scalars(live.order_by(BankMatch.arrival_id)).all():
        found.ended_at = now
        if found.how == How.ENTERED:
            continue
        slip = TakenBack(Reason.MISTAKE, returned_on=day, motive=motive)
        contributions.take_back(db, found.arrival_id, slip, actor=actor, now=now)
    line.state, line.why, line.motive = LineState.NEW, Why.TAKEN_BACK, None
    db.flush()
    facts = {"amount_cents": line.amount_cents}
    of = ("bank_line", line.id)
    record(db, actor=actor, kind="taken_back", of=of, now=now, motive=motive, facts=facts)


def _settle(
    db: Session,
    line: BankLine,
    state: LineState,
    why: Why,
    actor: Actor,
    now: datetime,
    motive: str | None = None,
) -> None:
    matching.settle_line(db, line, state, why, actor=actor, now=now, motive=motive)


def _waiting(db: Session, line_id: int) -> BankLine:
    """Return money that came in and of which nothing was decided, locked."""
    line = _line(db, line_id)
    if line.state != LineState.NEW:
        raise LineDone
    if not line.credit:
        raise NotMoneyIn
    return line


def _line(db: Session, line_id: int) -> BankLine:
    line = db.get(BankLine, line_id, with_for_update=True, populate_existing=True)
    if line is None:
        raise NoSuchObject
    return line
