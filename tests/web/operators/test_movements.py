"""The transfers behind each number of a fund are shown whatever their kind."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.accounting.rules import WRITTEN
from repit.domain.care.models import CareSlot
from repit.domain.family_shares.models import FamilyPayment
from repit.domain.ledger.models import Account, AccountKind, Transfer, TransferKind
from repit.domain.ledger.queries import BEHIND, behind
from repit.domain.programmes.models import Fund, Programme
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements.models import Payout
from repit.domain.settlements.outcomes import Result
from repit.web.operators.fund_money import KINDS, NUMBERS
from tests import cast
from tests.cast import NOON
from tests.domain.settlements.paying import Stage, a_stage, payout_of, says, sent, takes
from tests.visits import visit_as
from tests.web.operators.desk import Desk, words
from tests.web.parents.evening import Evening, an_evening
from tests.web.parents.test_paying_a_share import Stripe, to_stripe

_A = AccountKind
MOVES = {
    TransferKind.FUND: (_A.BANK, _A.AVAILABLE),
    TransferKind.ISSUE: (_A.AVAILABLE, _A.OUTSTANDING),
    TransferKind.REDEEM: (_A.OUTSTANDING, _A.PAYABLE),
    TransferKind.REVERSE: (_A.OWED_BACK, _A.OUTSTANDING),
    TransferKind.EXPIRE: (_A.OUTSTANDING, _A.AVAILABLE),
    TransferKind.CANCEL: (_A.OUTSTANDING, _A.AVAILABLE),
    TransferKind.BATCH: (_A.PAYABLE, _A.TRANSIT),
    TransferKind.SETTLE: (_A.TRANSIT, _A.BANK),
    TransferKind.REJECT: (_A.TRANSIT, _A.PAYABLE),
    TransferKind.BOUNCE: (_A.BANK, _A.TRANSIT),
    TransferKind.RECOVER: (_A.PAYABLE, _A.OWED_BACK),
    TransferKind.REPAY: (_A.BANK, _A.OWED_BACK),
    TransferKind.WRITE_OFF: (_A.LOSS, _A.OWED_BACK),
    TransferKind.RETURN: (_A.AVAILABLE, _A.BANK),
    TransferKind.DISPUTE: (_A.LOSS, _A.BANK),
    TransferKind.COVER: (_A.BANK, _A.LOSS),
    TransferKind.SHARE_IN: (_A.BANK, _A.FAMILY_SHARE),
    TransferKind.SHARE_DUE: (_A.FAMILY_SHARE, _A.PAYABLE),
    TransferKind.SHARE_UNDO: (_A.PAYABLE, _A.FAMILY_SHARE),
    TransferKind.SHARE_BACK: (_A.FAMILY_SHARE, _A.BANK),
}
PAGE = "/porteur/enveloppes/{fund}/mouvements/{name}"


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))[1:]


def test_every_kind_of_transfer_has_its_words() -> None:
    assert set(KINDS) == set(TransferKind)
    assert set(WRITTEN) == set(TransferKind)
    assert {number for number, _title, _meaning in NUMBERS.values()} == set(BEHIND)


@pytest.fixture
def every_kind(app: Flask, db: Session) -> str:
    """A fund whose ledger holds each kind of transfer, once more than its story wrote."""
    stripe = Stripe(app)
    evening: Evening = an_evening(app, db)
    evening.change(CareSlot, evening.slot_id, family_share_cents=200)
    evening.change(Programme, evening.town.programme_id, share_online=True)
    stripe.pays(to_stripe(evening, evening.booked("Léo")))
    stage = a_stage(db)
    takes(stage, stage.roseraie)
    batch_id = sent(stage)
    payout_id = payout_of(stage, batch_id, stage.roseraie).id
    with unit_of_work(db):
        plant(db, stage, payout_id)
        return db.get_one(Fund, stage.fund_id).public_id


def plant(db: Session, stage: Stage, payout_id: int) -> None:
    payment = db.scalars(select(FamilyPayment.id)).first()
    redemption = db.scalars(
        select(Redemption.id).where(Redemption.provider_id == stage.roseraie.id)
    ).one()
    voucher = db.scalars(
        select(Transfer.voucher_id).where(Transfer.voucher_id.is_not(None))
    ).first()
    for kind, (debited, credited) in MOVES.items():
        moves_voucher = kind in {"issue", "redeem", "reverse", "expire", "cancel"}
        db.add(
            Transfer(
                kind=kind,
                debit_id=account(db, stage.fund_id, debited),
                credit_id=account(db, stage.fund_id, credited),
                amount_cents=100,
                voucher_id=voucher if moves_voucher else None,
                round=7 if moves_voucher else None,
                redemption_id=redemption if moves_voucher or kind.startswith("share") else None,
                family_payment_id=payment if kind.startswith("share") else None,
                payout_id=payout_id if kind in {"batch", "settle", "reject", "bounce"} else None,
                actor="system",
                at=NOON,
            )
        )


def account(db: Session, fund_id: int, kind: AccountKind) -> int:
    of = select(Account.id).where(Account.fund_id == fund_id, Account.kind == kind)
    known = db.scalars(of.order_by(Account.id)).first()
    if known is not None:
        return known
    made = Account(kind=kind, fund_id=fund_id)
    db.add(made)
    db.flush()
    return made.id


def test_every_number_opens_onto_every_kind(app: Flask, db: Session, every_kind: str) -> None:
    assert set(MOVES) == set(TransferKind)
    desk = Desk(visit_as(app, cast.an_operator(db)), "/porteur/prestataires/nouveau")
    fund = db.scalars(select(Fund).where(Fund.public_id == every_kind)).one()
    seen: set[str] = set()
    for name, (number, _title, _meaning) in NUMBERS.items():
        wanted = {one.kind for one, _adds in db.execute(behind(fund.id, number))}
        address = PAGE.format(fund=every_kind, name=name)
        page = desk.open(address)
        assert page.status_code == 200, name
        rows = rows_of(desk.open(f"{address}?format=csv").data)
        assert {row[1] for row in rows} == {str(KINDS[kind]) for kind in wanted}
        assert all(row[1] in words(page) for row in rows[:20])
        seen |= wanted
    # What is recovered moves inside what is due, and does not change it.
    assert seen == set(TransferKind) - {TransferKind.RECOVER}


@pytest.mark.parametrize("result", [Result.REJECTED, Result.RETURNED])
def test_what_the_bank_refused_opens_onto_its_payment(
    app: Flask, db: Session, result: Result
) -> None:
    stage = a_stage(db)
    takes(stage, stage.roseraie)
    batch_id = sent(stage)
    payout: Payout = payout_of(stage, batch_id, stage.roseraie)
    if result == Result.RETURNED:
        says(stage, Result.SETTLED, payout)
    says(stage, result, payout, reason="AC04")
    fund = db.get_one(Fund, stage.fund_id).public_id
    name = payout_of(stage, batch_id, stage.roseraie).public_id
    desk = Desk(visit_as(app, cast.an_operator(db)), "/porteur/prestataires/nouveau")

    for number in ("du", "en-virement", "paye"):
        page = desk.open(PAGE.format(fund=fund, name=number))
        assert page.status_code == 200
        assert number == "paye" or "Virement refusé, dû à nouveau" in words(page)
    assert f"/virement/{name}" in desk.open(PAGE.format(fund=fund, name="en-virement")).text
