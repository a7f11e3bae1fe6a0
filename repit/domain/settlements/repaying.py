"""Settle what a provider owes back and no payout takes: it paid it back, or it is given up.

One person says so, another confirms it, and only then money moves: bank or loss → owed back.
Meanwhile no payout recovers it. Amounts are cents.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.errors import DayToCome, DayTooEarly, NoSuchObject
from repit.domain.ledger.models import AccountKind, TransferKind
from repit.domain.ledger.service import Posting, accounts_of, post
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements import moving
from repit.domain.settlements.by_hand import lock_providers
from repit.domain.settlements.composing import debts
from repit.domain.settlements.errors import (
    DebtGone,
    OtherAmount,
    ReferenceUsed,
    RepaymentDecided,
    SamePerson,
)
from repit.domain.settlements.four_eyes import in_person
from repit.domain.settlements.models import Recovery, Repayment
from repit.domain.settlements.rules import Debt


class Way(StrEnum):
    TRANSFER = "transfer"
    """The provider sent the money to our bank."""
    WRITTEN_OFF = "written_off"
    """Nobody waits for it any more: the fund is short of it."""


@dataclass(frozen=True)
class Said:
    """What somebody says became of a debt. `seen`: the amount on the page, in cents.

    A transfer has its day and the reference of its line; a loss has a motive.
    """

    way: Way
    redemptions: frozenset[UUID]
    seen: Cents
    received_on: date | None = None
    reference: str | None = None
    motive: str | None = None


def ask(db: Session, provider_id: int, said: Said, *, actor: Actor, now: datetime) -> str:
    """Note that a provider paid back, or will not; return the repayment's public id.

    Raises:
        NobodyInParticular: whoever acts is not a person.
        DebtGone: some of it is not owed back, or a payout or somebody else has it.
        OtherAmount: it is another amount than was seen.
        ReferenceUsed: the same line was noted before.
        DayToCome: the money is said to have come on a day that is not over yet.
        DayTooEarly: it is said to have come before the services it gives back were given.
    """
    in_person(actor)
    lock_providers(db, [provider_id])
    owed = [
        one
        for one in debts(db, provider_ids=[provider_id])
        if one.redemption_id in said.redemptions
    ]
    amount = Cents(sum(one.amount for one in owed))
    if len(owed) != len(said.redemptions) or not owed:
        raise DebtGone
    if amount != said.seen:
        raise OtherAmount(seen_cents=said.seen, owed_cents=amount)
    _refuse_received_on(db, said, now)
    _refuse_reference(db, provider_id, said.reference)
    repayment = Repayment(
        public_id=ids.public_id(),
        provider_id=provider_id,
        way=said.way,
        state="asked",
        amount_cents=amount,
        received_on=said.received_on,
        reference=said.reference,
        motive=said.motive,
        asked_by=actor,
        asked_at=now,
    )
    db.add(repayment)
    db.flush()
    _reserve(db, repayment, owed)
    _record(db, repayment, "repayment_asked", actor, now)
    return repayment.public_id


def confirm(db: Session, public_id: str, *, provider_id: int, actor: Actor, now: datetime) -> None:
    """Move the money of a repayment that another person noted.

    Raises:
        NoSuchObject: this provider has none of that name.
        NobodyInParticular: whoever acts is not a person.
        SamePerson: whoever noted it does not confirm it.
        RepaymentDecided: somebody confirmed or discarded it.
        DebtGone: what is given up is no longer owed: its payment came back meanwhile.
    """
    in_person(actor)
    repayment = _waiting(db, public_id, provider_id)
    if repayment.asked_by == actor:
        raise SamePerson
    owed = _live(db, [repayment.id])
    if repayment.way == Way.WRITTEN_OFF and not moving.all_paid(db, owed):
        raise DebtGone
    _post(db, repayment, owed, actor=actor, now=now)
    db.execute(
        update(Recovery)
        .where(Recovery.repayment_id == repayment.id, Recovery.ended_at.is_(None))
        .values(moved_at=now)
        .execution_options(synchronize_session=False)
    )
    repayment.state, repayment.decided_by, repayment.decided_at = "done", actor, now
    db.flush()
    _record(db, repayment, "repayment_confirmed", actor, now)


def discard(db: Session, public_id: str, *, provider_id: int, actor: Actor, now: datetime) -> None:
    """Take back what was noted and nobody confirmed: all of it is owed as before.

    Raises:
        NoSuchObject: this provider has none of that name.
        RepaymentDecided: somebody confirmed or discarded it.
    """
    repayment = _waiting(db, public_id, provider_id)
    owed = _live(db, [repayment.id])
    _end(db, repayment, now)
    repayment.state = "discarded"
    db.flush()
    # What its own payment paid may have come back meanwhile: one meets the other.
    moving.cancel_out(db, owed, actor=actor, now=now)
    _record(db, repayment, "repayment_discarded", actor, now)


def undo_losses(
    db: Session, redemption_ids: Collection[UUID], *, actor: Actor, now: datetime
) -> None:
    """Take back the losses of redemptions whose payment came back: the money is there after all.

    Raises:
        Nothing of its own.
    """
    found = db.execute(
        select(Recovery.redemption_id, Repayment.id)
        .join(Repayment, Repayment.id == Recovery.repayment_id)
        .where(
            Recovery.redemption_id.in_(list(redemption_ids)),
            Recovery.ended_at.is_(None),
            Recovery.moved_at.is_not(None),
            Repayment.way == Way.WRITTEN_OFF,
        )
    ).all()
    by_repayment: dict[int, list[UUID]] = defaultdict(list)
    for redemption_id, repayment_id in found:
        by_repayment[repayment_id].append(redemption_id)
    for repayment_id, redemptions in by_repayment.items():
        moving.undo_write_off(db, redemptions, actor=actor, now=now)
        db.execute(
            update(Recovery)
            .where(
                Recovery.repayment_id == repayment_id,
                Recovery.redemption_id.in_(redemptions),
                Recovery.ended_at.is_(None),
            )
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )
        repayment = db.get_one(Repayment, repayment_id)
        repayment.ended_at = now
        db.flush()
        _record(db, repayment, "loss_undone", actor, now)


def _reserve(db: Session, repayment: Repayment, owed: Sequence[Debt]) -> None:
    """Keep these debts from every payout; whoever was faster has them."""
    rows = [
        {
            "redemption_id": one.redemption_id,
            "repayment_id": repayment.id,
            "amount_cents": one.amount,
        }
        for one in sorted(owed, key=lambda one: one.redemption_id)
    ]
    db.execute(inserting(db, Recovery).on_conflict_do_nothing(), rows)
    if len(_live(db, [repayment.id])) != len(rows):
        raise DebtGone


def _live(db: Session, repayment_ids: Sequence[int]) -> list[UUID]:
    return list(
        db.scalars(
            select(Recovery.redemption_id)
            .where(Recovery.repayment_id.in_(repayment_ids), Recovery.ended_at.is_(None))
            .order_by(Recovery.redemption_id)
        )
    )


def _post(
    db: Session, repayment: Repayment, redemptions: Sequence[UUID], *, actor: Actor, now: datetime
) -> None:
    kind, source = (
        (TransferKind.REPAY, AccountKind.BANK)
        if repayment.way == Way.TRANSFER
        else (TransferKind.WRITE_OFF, AccountKind.LOSS)
    )
    owed = moving.passed_to_providers(db, redemptions)
    accounts = accounts_of(db, {fund for _, fund, _ in owed})
    post(
        db,
        [
            Posting(
                kind=kind,
                debit_id=accounts[fund, source, 0, 0],
                credit_id=accounts[fund, AccountKind.OWED_BACK, repayment.provider_id, 0],
                amount=amount,
                redemption_id=redemption,
            )
            for redemption, fund, amount in owed
        ],
        actor=actor,
        now=now,
    )


def _end(db: Session, repayment: Repayment, now: datetime) -> None:
    db.execute(
        update(Recovery)
        .where(Recovery.repayment_id == repayment.id, Recovery.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    repayment.ended_at = now


def _waiting(db: Session, public_id: str, provider_id: int) -> Repayment:
    lock_providers(db, [provider_id])
    found = db.scalars(
        select(Repayment)
        .where(Repayment.public_id == public_id, Repayment.provider_id == provider_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NoSuchObject
    if found.state != "asked":
        raise RepaymentDecided
    return found


def _refuse_received_on(db: Session, said: Said, now: datetime) -> None:
    if said.received_on is None:
        return
    services = db.execute(
        select(Redemption.service_on, Programme.zone)
        .join(Programme, Programme.id == Redemption.programme_id)
        .where(Redemption.id.in_(said.redemptions))
    ).all()
    if said.received_on > max(day_in(zone, now) for _, zone in services):
        raise DayToCome(day=said.received_on)
    first_day = max(day for day, _ in services)
    if said.received_on < first_day:
        raise DayTooEarly(day=said.received_on, first_day=first_day)


def _refuse_reference(db: Session, provider_id: int, reference: str | None) -> None:
    if reference is None:
        return
    used = db.scalar(
        select(Repayment.id).where(
            Repayment.provider_id == provider_id,
            Repayment.reference == reference,
            Repayment.state != "discarded",
        )
    )
    if used is not None:
        raise ReferenceUsed(reference=reference)


def _record(db: Session, repayment: Repayment, kind: str, actor: Actor, now: datetime) -> None:
    facts = {"amount_cents": repayment.amount_cents, "way": repayment.way}
    if repayment.reference:
        facts["reference"] = repayment.reference
    of = ("provider", repayment.provider_id)
    record(db, actor=actor, kind=kind, of=of, now=now, motive=repayment.motive, facts=facts)
