"""Thirty-two clients that present the same vouchers over a line that loses answers."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from repit.domain import checks
from repit.domain.errors import Busy, DomainError
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.models import Redemption
from repit.domain.redemptions.redeem import Receipt
from repit.domain.vouchers.models import Voucher, VoucherState
from tests.cast import NOON, AProvider
from tests.domain.redemptions.taking import a_service

CLIENTS = 32
LOST_ANSWERS = 0.25
FACE = 1_000


@dataclass(frozen=True)
class Presentation:
    """One client's wish to take one voucher, under one id."""

    id: UUID
    code: str
    provider: AProvider


@dataclass
class Answers:
    """What the clients were told in the end."""

    receipts: dict[UUID, set[tuple[object, ...]]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


def four_times_each(codes: Sequence[str], one: AProvider, other: AProvider) -> list[Presentation]:
    """Present each code under one id twice, again under another id, and at another provider."""
    wishes = []
    for number, code in enumerate(codes):
        first, second, third = (UUID(int=4 * number + place + 1) for place in range(3))
        wishes += [
            Presentation(first, code, one),
            Presentation(second, code, other),
            Presentation(first, code, one),
            Presentation(third, code, one),
        ]
    return wishes


def present_all(desk: Desk, wishes: Sequence[Presentation]) -> Answers:
    """Let the clients present everything at once, those of one voucher side by side."""
    answers = Answers()
    dice = random.Random(1500)  # noqa: S311  (always the same answers are lost)
    lost = [[dice.random() < LOST_ANSWERS for _ in range(3)] for _ in wishes]
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda wish, losses: _present(desk, wish, losses, answers), wishes, lost))
    return answers


def _present(desk: Desk, wish: Presentation, lost: list[bool], answers: Answers) -> None:
    """Ask until an answer arrives; the line loses some after the work was done."""
    for answer_lost in [*lost, False]:
        try:
            told: Receipt | str = desk.redeem(
                wish.provider.device_id, Brought(wish.id, [wish.code], a_service()), now=NOON
            )
        except Busy:
            continue
        except DomainError as refusal:
            told = refusal.code
        except SQLAlchemyError as fault:
            told = f"fault: {type(fault).__name__}"
        if not answer_lost:
            _keep(answers, wish, told)
            return


def _keep(answers: Answers, wish: Presentation, told: Receipt | str) -> None:
    with answers.lock:
        if isinstance(told, Receipt):
            said = (told.vouchers, told.amount, told.paid_by_on, told.undo_until)
            answers.receipts.setdefault(wish.id, set()).add(said)
        elif told.startswith("fault"):
            answers.faults.append(told)
        else:
            answers.refusals.append(told)


def assert_exactly_once(
    engine: Engine, fund_id: int, wishes: Sequence[Presentation], answers: Answers
) -> None:
    """Fail unless every voucher was taken once, and every answer given is true for ever."""
    vouchers = len({wish.code for wish in wishes})
    assert not answers.faults, answers.faults[:3]
    assert set(answers.refusals) <= {"voucher_spent", "voucher_spent_here"}
    with Session(engine) as db:
        _assert_taken_once(db, vouchers)
        _assert_acknowledged(db, answers)
        _assert_to_the_cent(db, fund_id, wishes, vouchers)
        assert not list(checks.drifts(db.connection()))


def _assert_taken_once(db: Session, vouchers: int) -> None:
    states = db.execute(select(Voucher.state, func.count()).group_by(Voucher.state)).all()
    assert [tuple(row) for row in states] == [(VoucherState.REDEEMED, vouchers)]
    assert db.scalar(select(func.count(Redemption.id))) == vouchers
    assert db.scalar(select(func.count(Voucher.redemption_id.distinct()))) == vouchers
    moved = select(func.count(), func.count(Transfer.voucher_id.distinct()))
    taken = db.execute(moved.where(Transfer.kind == TransferKind.REDEEM)).one()
    assert tuple(taken) == (vouchers, vouchers)


def _assert_acknowledged(db: Session, answers: Answers) -> None:
    """Every receipt a client holds is in the books, and all copies of it are the same."""
    kept = {
        row.id: (row.vouchers, row.amount_cents, row.paid_by_on, row.undo_until)
        for row in db.scalars(select(Redemption))
    }
    assert answers.receipts
    for key, said in answers.receipts.items():
        assert said == {kept[key]}


def _assert_to_the_cent(
    db: Session, fund_id: int, wishes: Sequence[Presentation], vouchers: int
) -> None:
    numbers = fund_numbers(db, [fund_id])[fund_id]
    assert (numbers.committed, numbers.due) == (0, vouchers * FACE)
    providers = {wish.provider.id for wish in wishes}
    assert sum(owed_to(db, providers).values()) == vouchers * FACE
