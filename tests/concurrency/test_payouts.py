"""Two operators, or a bank heard twice at once: one batch, one approval, one file, one effect."""

from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.ledger.models import Transfer
from repit.domain.redemptions.errors import BeingPaid
from repit.domain.redemptions.reverse import reverse_by_operator
from repit.domain.settlements import export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.errors import BatchInDraft, NothingDue, WrongBatchState
from repit.domain.settlements.following import Effect, follow
from repit.domain.settlements.models import BatchFile, PayoutBatch, PayoutOutcome
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.settle import settle
from repit.integrations import sepa
from tests.cast import redemption_id
from tests.concurrency.together import Action, changing, the_books_agree, together, won
from tests.domain.settlements.paying import (
    LATER,
    ODILE,
    PAUL,
    PAY_DAY,
    Stage,
    a_stage,
    approved,
    batch,
    draft,
    sent,
    takes,
)

pytestmark = pytest.mark.concurrency
ROUNDS = 4


@pytest.fixture
def stage(db: Session) -> Stage:
    found = a_stage(db)
    takes(found, found.roseraie)
    takes(found, found.tilleul)
    db.rollback()
    return found


def drafting(engine: Engine, stage: Stage, actor: Actor) -> Action:
    return changing(
        engine,
        lambda db: settle(db, stage.programme_id, cut_off=LATER, actor=actor, now=LATER),
    )


def test_two_operators_draft_together(db: Session, engine: Engine, stage: Stage) -> None:
    answers = together(*(drafting(engine, stage, actor) for actor in (ODILE, PAUL)))

    assert won(answers).count(True) == 1
    assert [type(one) for one in answers].count(BatchInDraft) == 1
    assert db.scalars(select(PayoutBatch.payouts)).all() == [2]
    the_books_agree(engine)


def test_two_operators_approve_together(db: Session, engine: Engine, stage: Stage) -> None:
    batch_id = draft(stage)
    actors = (PAUL, Actor("person:9003"))
    answers = together(
        *(
            changing(
                engine,
                partial(approve, batch_id=batch_id, requested_on=PAY_DAY, actor=actor, now=LATER),
            )
            for actor in actors
        )
    )

    assert won(answers).count(True) == 1
    assert [type(one) for one in answers].count(WrongBatchState) == 1
    moved = select(func.sum(Transfer.amount_cents)).where(Transfer.kind == "batch")
    assert db.scalar(moved) == 2_000
    the_books_agree(engine)


def test_two_operators_write_the_file_together(db: Session, engine: Engine, stage: Stage) -> None:
    batch_id = draft(stage)
    approved(stage, batch_id)
    order = export.order_of(db, batch_id)
    db.rollback()

    def writing(actor: Actor) -> Action:
        return changing(
            engine,
            lambda db: (
                export.keep_file(db, batch_id, sepa.written(order), actor=actor, now=LATER).content
            ),
        )

    answers = together(writing(ODILE), writing(PAUL), writing(ODILE))

    assert len(set(answers)) == 1
    assert db.scalar(select(func.count()).select_from(BatchFile)) == 1
    the_books_agree(engine)


def test_the_bank_is_heard_twice_at_once(db: Session, engine: Engine, stage: Stage) -> None:
    batch_id = sent(stage)
    outcome = Outcome(Result.SETTLED, message_id=batch(stage, batch_id).public_id)
    db.rollback()
    hearing = changing(engine, lambda db: follow(db, outcome, actor=PAUL, now=LATER).effect)

    answers = together(hearing, hearing, hearing)

    assert sorted(map(str, answers)) == [Effect.APPLIED, Effect.REPEATED, Effect.REPEATED]
    assert db.scalar(select(func.count()).select_from(PayoutOutcome)) == 2
    the_books_agree(engine)


def test_settled_and_rejected_at_once_one_is_true(db: Session, engine: Engine) -> None:
    for trial in range(1, ROUNDS + 1):
        stage = a_stage(db, vouchers=1)
        takes(stage, stage.roseraie)
        batch_id = sent(stage)
        name = batch(stage, batch_id).public_id
        db.rollback()
        answers = together(
            *(
                changing(
                    engine,
                    partial(follow, outcome=Outcome(said, message_id=name), actor=PAUL, now=LATER),
                )
                for said in (Result.SETTLED, Result.REJECTED)
            ),
            trial=trial,
        )

        effects = [getattr(one, "effect", None) for one in answers]
        assert effects.count(Effect.APPLIED) == 1
        the_books_agree(engine)


def test_drafted_or_taken_back_never_both(db: Session, engine: Engine) -> None:
    for trial in range(1, ROUNDS + 1):
        stage = a_stage(db, vouchers=1)
        number = takes(stage, stage.roseraie)
        db.rollback()
        reversing = partial(
            reverse_by_operator,
            redemption_id=redemption_id(number),
            motive="Erreur",
            actor=ODILE,
            now=LATER,
        )
        drafted, back = together(
            drafting(engine, stage, ODILE), changing(engine, reversing), trial=trial
        )

        assert sorted(won([drafted, back])) == [False, True]
        assert isinstance(back, BeingPaid) or isinstance(drafted, NothingDue)
        the_books_agree(engine)
