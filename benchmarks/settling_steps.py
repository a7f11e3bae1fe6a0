"""One batch from draft to settled, in a process of its own: `python -m benchmarks.settling_steps URL`.

A process of its own, because its largest memory is then what settling took and nothing else.
Prints one JSON object: seconds by step, and the memory in MB before the first and at the end.
"""

import contextlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lxml import etree
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements import export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.following import follow
from repit.domain.settlements.models import PayoutBatch
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.preview import what_would_be_paid
from repit.domain.settlements.settle import AT_ONCE, add_payouts, finish, start
from repit.integrations import sepa
from tests.cast import NOON
from tests.domain.settlements.paying import ODILE, PAUL

LATER = NOON + timedelta(days=3)
RAW_RUNS = 3
AGGREGATION = """
SELECT r.provider_id, sum(r.amount_cents), count(*) FROM redemption r
  LEFT JOIN reversal x ON x.redemption_id = r.id
  LEFT JOIN payout_redemption p ON p.redemption_id = r.id AND p.ended_at IS NULL
 WHERE x.id IS NULL AND p.id IS NULL AND r.undo_until <= :cut_off GROUP BY r.provider_id
"""
PAYOUTS = """
INSERT INTO payout (public_id, provider_id, batch_id, way, state, amount_cents, payee_name, iban,
                    cut_off_at, created_at)
SELECT 'RAW' || r.provider_id, r.provider_id, :batch, 'file', 'drafted', sum(r.amount_cents),
       'Association Éclaircie', 'FR7630006000011234567890189', max(r.undo_until), max(r.undo_until)
  FROM redemption r
  LEFT JOIN reversal x ON x.redemption_id = r.id
  LEFT JOIN payout_redemption p ON p.redemption_id = r.id AND p.ended_at IS NULL
 WHERE x.id IS NULL AND p.id IS NULL GROUP BY r.provider_id
"""
LINKS = """
INSERT INTO payout_redemption (redemption_id, payout_id)
SELECT r.id, (SELECT o.id FROM payout o WHERE o.batch_id = :batch
                 AND o.provider_id = r.provider_id)
  FROM redemption r
  LEFT JOIN reversal x ON x.redemption_id = r.id
  LEFT JOIN payout_redemption p ON p.redemption_id = r.id AND p.ended_at IS NULL
 WHERE x.id IS NULL AND p.id IS NULL
"""


class NotKept(Exception):
    """Takes a change back."""


class Steps:
    """What each step took, by name."""

    def __init__(self, url: str) -> None:
        """Open the database that was filled."""
        self.engine: Engine = create_engine(url)
        prepare(self.engine)
        self.seconds: dict[str, float] = {}

    def timed(self, name: str, do: Callable[[], object]) -> object:
        started = time.perf_counter()
        made = do()
        self.seconds[name] = time.perf_counter() - started
        return made

    def run(self) -> dict[str, float]:
        """Settle everything that is due; return what is printed."""
        with Session(self.engine) as db:
            programme_id = db.scalars(select(Redemption.programme_id).limit(1)).one()
            db.rollback()
            before = peak()
            raw = [_seconds(lambda: _aggregate(self.engine)) for _ in range(RAW_RUNS)]
            self.seconds["raw"] = statistics.median(raw)
            self.seconds["raw rows"] = _seconds_of_rows(db, programme_id)
            self.timed("preview", lambda: _preview(db, programme_id))
            batch = int(str(self.timed("draft", lambda: _draft(db, programme_id))))
            self.timed("approve", lambda: _approve(db, batch))
            order = export.order_of(db, batch)
            db.rollback()
            written = self.timed("file", lambda: sepa.written(order))
            assert isinstance(written, export.Written)
            self.timed("validation", lambda: _validate(written.content))
            self.timed("keep", lambda: _keep(db, batch, written))
            self.timed("settled", lambda: _settled(db, batch))
            largest = peak()
            with self.engine.connect() as connection:
                # These providers were made without an accreditation: that much is known.
                drifts = [one for one in checks.drifts(connection) if one.invariant != "I14"]
                assert drifts == [], drifts[:3]
        return self.seconds | {"before MB": before, "peak MB": largest}


def peak() -> float:
    """Return the largest memory of this program in MB; `getrusage` would count its parent's."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("Linux alone tells the largest memory of a process")


def _seconds(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _seconds_of_rows(db: Session, programme_id: int) -> float:
    """Write the rows of the same draft in two raw statements, and take them back."""
    seconds = 0.0
    with contextlib.suppress(NotKept), unit_of_work(db):
        if db.connection().dialect.name == "postgresql":
            db.execute(text("SET LOCAL statement_timeout = 0"))  # ours go in parts, this does not
        batch = start(db, programme_id, cut_off=LATER, actor=ODILE, now=LATER).id
        seconds = _seconds(
            lambda: [db.execute(text(one), {"batch": batch}) for one in (PAYOUTS, LINKS)]
        )
        raise NotKept
    return seconds


def _aggregate(engine: Engine) -> None:
    with engine.connect() as connection:
        cut_off = LATER if engine.dialect.name == "postgresql" else str(LATER)[:19]
        assert connection.execute(text(AGGREGATION), {"cut_off": cut_off}).all()


def _preview(db: Session, programme_id: int) -> None:
    assert what_would_be_paid(db, programme_id, cut_off=LATER, now=LATER)
    db.rollback()


def _draft(db: Session, programme_id: int) -> int:
    with unit_of_work(db):
        batch_id = start(db, programme_id, cut_off=LATER, actor=ODILE, now=LATER).id
    seen = what_would_be_paid(db, programme_id, cut_off=LATER, now=LATER)
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


if __name__ == "__main__":
    print(json.dumps(Steps(sys.argv[1]).run()))
