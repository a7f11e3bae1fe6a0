from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.care.models import CareSlot
from repit.domain.errors import NoSuchObject
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements.giving_up import discard
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.statements import (
    Statement,
    open_account,
    statement,
    statements,
)
from repit.domain.workshops.models import Workshop
from tests import cast
from tests.commands.work import work
from tests.domain.attendance.stage import a_scene
from tests.domain.settlements.paying import (
    LATER,
    PAUL,
    Stage,
    a_stage,
    approved,
    draft,
    payout_of,
    reverse,
    says,
    sent,
    takes,
)
from tests.web.operators.desk import counted

NEXT_WEEK = LATER + timedelta(days=7)


@pytest.fixture
def stage(db: Session) -> Stage:
    return a_stage(db)


def of(stage: Stage, batch_id: int) -> Statement:
    payout = payout_of(stage, batch_id, stage.roseraie)
    found = statement(stage.db, payout.public_id)
    stage.db.rollback()
    return found


def settled(stage: Stage, batch_id: int) -> None:
    payout = payout_of(stage, batch_id, stage.roseraie)
    says(stage, Result.SETTLED, payout, day=date(2026, 3, 18))


def test_a_statement_lists_what_its_transfer_pays(stage: Stage) -> None:
    takes(stage, stage.roseraie, vouchers=2)
    takes(stage, stage.roseraie, vouchers=1)
    takes(stage, stage.tilleul, vouchers=4)
    batch_id = sent(stage)
    settled(stage, batch_id)

    found = of(stage, batch_id)

    assert [(line.vouchers, line.amount) for line in found.paid] == [(2, 2_000), (1, 1_000)]
    assert (found.heading.amount, found.total_paid, found.vouchers) == (3_000, 3_000, 3)
    assert (found.heading.number, found.batch, found.heading.state) == (1, 1, "settled")
    assert (found.heading.day, found.iban_end) == (date(2026, 3, 18), "0189")
    assert {line.paid_by_on for line in found.paid} == {date(2026, 4, 13)}
    assert found.recovered == found.cancelled == []


def test_what_was_paid_and_taken_back_is_a_line_below_zero(stage: Stage) -> None:
    number = takes(stage, stage.roseraie)
    settled(stage, sent(stage))
    reverse(stage, number)
    takes(stage, stage.roseraie, vouchers=3)

    due, owed_back = open_account(stage.db, stage.roseraie.id)
    assert [line.amount for line in (*due, *owed_back)] == [3_000, -1_000]
    found = of(stage, sent(stage))

    assert [line.amount for line in found.recovered] == [-1_000]
    assert found.recovered[0].redemption_id == cast.redemption_id(number)
    assert found.recovered[0].reversed_at == LATER
    assert (found.total_paid, found.heading.amount) == (3_000, 2_000)
    assert open_account(stage.db, stage.roseraie.id) == ([], [])


def test_what_was_taken_back_unpaid_is_told_once_and_counts_nothing(stage: Stage) -> None:
    first = takes(stage, stage.roseraie)
    takes(stage, stage.roseraie)
    reverse(stage, first)
    found = of(stage, sent(stage))
    takes(stage, stage.roseraie)
    later = of(stage, sent(stage))

    assert [(line.redemption_id, line.amount) for line in found.cancelled] == [
        (cast.redemption_id(first), 0)
    ]
    assert found.heading.amount == 1_000
    assert later.cancelled == []


def test_a_refused_payout_keeps_its_statement_and_its_lines_are_due_again(stage: Stage) -> None:
    number = takes(stage, stage.roseraie)
    batch_id = sent(stage)
    payout = payout_of(stage, batch_id, stage.roseraie)
    says(stage, Result.REJECTED, payout, reason="AC04", day=date(2026, 3, 19))

    found = of(stage, batch_id)

    assert (found.heading.state, found.reason) == ("rejected", "AC04")
    assert [line.redemption_id for line in found.paid] == [cast.redemption_id(number)]
    due, _ = open_account(stage.db, stage.roseraie.id)
    assert [line.redemption_id for line in due] == [cast.redemption_id(number)]


def test_a_draft_has_no_statement_yet_and_its_lines_are_still_due(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    batch_id = draft(stage)
    payout = payout_of(stage, batch_id, stage.roseraie)

    with pytest.raises(NoSuchObject):
        statement(stage.db, payout.public_id)
    due, _ = open_account(stage.db, stage.roseraie.id)
    assert [line.amount for line in due] == [1_000]
    stage.db.rollback()
    approved(stage, batch_id)

    assert open_account(stage.db, stage.roseraie.id) == ([], [])
    assert of(stage, batch_id).heading.state == "approved"


def test_a_discarded_draft_never_becomes_a_statement(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    batch_id = draft(stage)
    with unit_of_work(stage.db):
        discard(stage.db, batch_id, motive="Trop tôt", actor=PAUL, now=LATER)

    assert statements(stage.db, provider_id=stage.roseraie.id).items == []


def test_a_provider_opens_its_own_and_nobody_elses(stage: Stage) -> None:
    takes(stage, stage.roseraie)
    payout = payout_of(stage, sent(stage), stage.roseraie)

    assert statement(stage.db, payout.public_id, provider_id=stage.roseraie.id)
    with pytest.raises(NoSuchObject):
        statement(stage.db, payout.public_id, provider_id=stage.tilleul.id)


def test_a_long_statement_asks_the_database_no_more(stage: Stage, engine: Engine) -> None:
    def cost(vouchers: int) -> int:
        for _ in range(vouchers):
            takes(stage, stage.roseraie)
        batch_id = sent(stage)
        with counted(engine) as asked:
            of(stage, batch_id)
        return len(asked) - 1  # the payout itself

    assert cost(1) == cost(8) <= 8


def test_a_line_names_what_it_was_booked_for(db: Session, engine: Engine) -> None:
    scene = a_scene(db)
    scene.note("arrived")
    slot = db.get_one(CareSlot, scene.evening.slot_id)
    provider_id, ends_at = slot.provider_id, slot.ends_at
    db.rollback()
    work(db, engine, "redeem_held", ends_at + timedelta(hours=13))

    due, _ = open_account(db, provider_id)

    title = db.scalars(select(Workshop.public_title)).one()
    assert {line.booking for line in due} == {title}
    assert len(due) == len(db.scalars(select(Redemption.id)).all()) > 0
