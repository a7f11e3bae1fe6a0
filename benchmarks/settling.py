"""A batch from draft to file, against the same sums in raw SQL and lxml's validation of the file.

    python -m benchmarks.settling [--redemptions 100000] [--providers 2000] [--postgres URL]

Each redemption is one voucher of 10 €, spread evenly. Without a URL: a SQLite file.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from lxml import etree
from schwifty import IBAN
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.world import World, world
from repit.db.unit_of_work import unit_of_work
from repit.domain import checks, ids
from repit.domain.ledger.models import Account, Transfer
from repit.domain.ledger.service import open_payable
from repit.domain.providers.models import Device, Provider
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements import export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.following import follow
from repit.domain.settlements.models import BankAccount, PayoutBatch
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.preview import what_would_be_paid
from repit.domain.settlements.settle import AT_ONCE, add_payouts, finish, start
from repit.domain.vouchers.models import Voucher
from repit.integrations import sepa
from tests.cast import NOON, TODAY
from tests.domain.settlements.paying import ODILE, PAUL

LATER = NOON + timedelta(days=3)
FACE = 1_000
AGGREGATION = """
SELECT r.provider_id, sum(r.amount_cents), count(*) FROM redemption r
  LEFT JOIN reversal x ON x.redemption_id = r.id
  LEFT JOIN payout_redemption p ON p.redemption_id = r.id AND p.ended_at IS NULL
 WHERE x.id IS NULL AND p.id IS NULL AND r.undo_until <= :cut_off GROUP BY r.provider_id
"""


@dataclass(frozen=True)
class Timed:
    """Seconds, and the process's largest memory so far in MB."""

    seconds: float
    memory: float


def timed(what: str, do: Callable[[], object]) -> Timed:
    started = time.perf_counter()
    do()
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:<34} {seconds:8.2f} s   {memory:7.0f} MB", flush=True)
    return Timed(seconds, memory)


def measure(here: World, providers: int) -> None:
    with Session(here.engine) as db:
        _take_all(db, here, _providers(db, here, providers))
        db.rollback()
        programme_id = here.town.programme_id
        raw = timed("the sums in raw SQL", lambda: _aggregate(here.engine))
        timed("what would be paid (page)", lambda: _preview(db, programme_id))
        batch: list[int] = []
        drafted = timed("draft, 100 providers at a time", lambda: batch.append(_draft(db, here)))
        approved = timed("approve", lambda: _approve(db, batch[0]))
        order = export.order_of(db, batch[0])
        db.rollback()
        files: list[export.Written] = []
        made = timed("make and check the file", lambda: files.append(sepa.written(order)))
        valid = timed("lxml alone: parse and validate", lambda: _validate(files[0].content))
        timed("keep the file", lambda: _keep(db, batch[0], files[0]))
        timed("hear that all of it is settled", lambda: _settled(db, batch[0]))
        with here.engine.connect() as connection:
            # These providers were made without an accreditation: that much is known.
            drifts = [one for one in checks.drifts(connection) if one.invariant != "I14"]
            assert drifts == [], drifts[:3]
    print(f"draft / raw sums     {drafted.seconds / raw.seconds:8.1f}")
    print(f"file / validation    {made.seconds / valid.seconds:8.1f}")
    print(
        f"memory grew by       {made.memory - raw.memory:8.0f} MB, of it {approved.memory - raw.memory:.0f} before the file"
    )


def _providers(db: Session, here: World, count: int) -> list[tuple[int, int]]:
    """Return provider and device ids; each provider has accounts in the ledger and at a bank."""
    with unit_of_work(db):
        rows = [
            {
                "public_id": ids.public_id(), "name": f"Prestataire payé {n}",
                "identifier_kind": "siret", "identifier": f"9{n:013d}", "town": "Lens",
                "postcode": "62300", "email": f"p{n}@exemple.test", "state": "active",
                "created_at": NOON,
            }
            for n in range(count)
        ]  # fmt: skip
        found = list(db.scalars(insert(Provider).returning(Provider.id), rows))
        devices = list(
            db.scalars(
                insert(Device).returning(Device.id),
                [
                    {"public_id": ids.public_id(), "provider_id": one, "kind": "api", "name": "x",
                     "token_hash": ids.fingerprint(ids.secret_token()), "created_at": NOON}
                    for one in found
                ],
            )
        )  # fmt: skip
        for one in found:
            open_payable(db.connection(), one, [here.fund_id])
        db.execute(insert(BankAccount), [_account(one) for one in found])
        db.execute(insert(BankAccount), [_account(None, here.town.programme_id)])
    return list(zip(found, devices, strict=True))


def _account(provider_id: int | None, programme_id: int | None = None) -> dict[str, object]:
    number = f"{provider_id or 0:011d}"
    return {
        "public_id": ids.public_id(), "provider_id": provider_id, "programme_id": programme_id,
        "holder": "Association Éclaircie",
        "iban": str(IBAN.generate("FR", bank_code="30006", branch_code="00001", account_code=number)),
        "proposed_by": ODILE, "proposed_at": NOON, "confirmed_by": PAUL, "confirmed_at": NOON,
        "counts_at": NOON,
    }  # fmt: skip


def _take_all(db: Session, here: World, providers: list[tuple[int, int]]) -> None:
    """Let every voucher be taken, by the providers in turn, as the desk would write it."""
    vouchers = db.execute(
        select(Voucher.id, Voucher.parent_id).where(Voucher.fund_id == here.fund_id)
    ).all()
    accounts = {
        (kind, provider or 0, stripe): key
        for key, kind, provider, stripe in db.execute(
            select(Account.id, Account.kind, Account.provider_id, Account.stripe).where(
                Account.fund_id == here.fund_id
            )
        )
    }
    redemptions, transfers, sums = [], [], dict[int, list[int]]()
    for n, (voucher_id, parent_id) in enumerate(vouchers):
        provider_id, device_id = providers[n % len(providers)]
        key = UUID(int=n + 1)
        redemptions.append(
            {
                "id": key, "programme_id": here.town.programme_id, "provider_id": provider_id,
                "device_id": device_id, "parent_id": parent_id, "category": "babysitting",
                "service_on": TODAY, "minutes": 60, "sessions": None, "vouchers": 1,
                "amount_cents": FACE, "family_share_cents": 0, "fingerprint": b"x" * 16,
                "received_at": NOON, "paid_by_on": TODAY, "undo_until": NOON + timedelta(hours=48),
            }
        )  # fmt: skip
        debit = accounts["outstanding", 0, parent_id % 8]
        credit = accounts["payable", provider_id, parent_id % 8]
        transfers.append(
            {
                "kind": "redeem", "debit_id": debit, "credit_id": credit, "amount_cents": FACE,
                "voucher_id": voucher_id, "round": 0, "redemption_id": key, "actor": "command",
                "at": NOON,
            }
        )  # fmt: skip
        sums.setdefault(debit, [0, 0])[0] += FACE
        sums.setdefault(credit, [0, 0])[1] += FACE
    with unit_of_work(db):
        db.execute(insert(Redemption), redemptions)
        db.execute(insert(Transfer), transfers)
        connection = db.connection()
        connection.execute(
            text(
                "UPDATE account SET debits_cents = debits_cents + :d, credits_cents = credits_cents + :c WHERE id = :id"
            ),
            [{"id": key, "d": debits, "c": credited} for key, (debits, credited) in sums.items()],
        )
        connection.execute(
            text(
                "UPDATE voucher SET state = 'redeemed', redemption_id = (SELECT redemption_id"
                " FROM transfer WHERE transfer.voucher_id = voucher.id AND kind = 'redeem')"
                " WHERE fund_id = :fund"
            ),
            {"fund": here.fund_id},
        )


def _aggregate(engine: Engine) -> None:
    with engine.connect() as connection:
        cut_off = LATER if engine.dialect.name == "postgresql" else str(LATER)[:19]
        assert connection.execute(text(AGGREGATION), {"cut_off": cut_off}).all()


def _preview(db: Session, programme_id: int) -> None:
    assert what_would_be_paid(db, programme_id, cut_off=LATER, now=LATER)
    db.rollback()


def _draft(db: Session, here: World) -> int:
    with unit_of_work(db):
        batch_id = start(db, here.town.programme_id, cut_off=LATER, actor=ODILE, now=LATER).id
    seen = what_would_be_paid(db, here.town.programme_id, cut_off=LATER, now=LATER)
    found = [one.provider_id for one in seen if one.is_paid]
    for first in range(0, len(found), AT_ONCE):
        with unit_of_work(db):
            add_payouts(db, batch_id, found[first : first + AT_ONCE], now=LATER)
    with unit_of_work(db):
        finish(db, batch_id, now=LATER)
    return batch_id


def _approve(db: Session, batch_id: int) -> None:
    with unit_of_work(db):
        day = next_pay_day(LATER.date())
        approve(db, batch_id, requested_on=day, actor=PAUL, now=LATER)


def _validate(content: bytes) -> None:
    assert sepa._schema().validate(etree.fromstring(content))  # noqa: SLF001


def _keep(db: Session, batch_id: int, written: export.Written) -> None:
    with unit_of_work(db):
        export.keep_file(db, batch_id, written, actor=PAUL, now=LATER)


def _settled(db: Session, batch_id: int) -> None:
    with unit_of_work(db):
        name = db.get_one(PayoutBatch, batch_id).public_id
        follow(db, Outcome(Result.SETTLED, message_id=name), actor=PAUL, now=LATER)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--redemptions", type=int, default=100_000)
    asked.add_argument("--providers", type=int, default=2_000)
    asked.add_argument("--postgres", metavar="URL")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.postgres or f"sqlite:///{Path(folder, 'settling.db')}"
        with world(url, codes=given.redemptions) as here:
            measure(here, given.providers)


if __name__ == "__main__":
    main()
