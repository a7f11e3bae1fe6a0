"""Money of the story, in and out: promises that arrive, transfers by file, one that came back.

Odile drafts, Marc approves; the bank answers on the day it pays.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from schwifty import IBAN
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.demo import bank
from repit.demo.bank import Booked
from repit.demo.partners import Opened
from repit.domain.actors import Actor
from repit.domain.banking import service as banking
from repit.domain.banking.service import SentFile
from repit.domain.money import Cents
from repit.domain.programmes import contributions
from repit.domain.programmes.models import Contribution
from repit.domain.programmes.references import reference_of, spaced
from repit.domain.programmes.rules import Promise
from repit.domain.settlements import accounts, export
from repit.domain.settlements.approve import approve
from repit.domain.settlements.errors import NothingDue
from repit.domain.settlements.models import Payout, PayoutBatch
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.payees import Payee, checked_payee
from repit.domain.settlements.settle import settle
from repit.integrations import bank_files, sepa

HOLDER = "CCAS de Lens"
MOVED = 1_000
"""Account numbers of those who changed their bank."""
SHORT = Cents(5_000)
"""What one funder's last arrival lacks."""
CLOSED_ACCOUNT = "AC04"


@dataclass
class Treasury:
    """The state of the telling.

    `arriving`: what funders have sent and no statement has shown; `sent`: batches by the day on
    which the bank answers.
    """

    engine: Engine
    drafts: Actor
    approves: Actor
    programme_id: int
    providers: list[Opened]
    refused_in: date
    """The month of the one file of which the bank refuses a transfer."""
    arriving: list[Booked] = field(default_factory=list)
    sent: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))

    def open(self, now: datetime) -> None:
        """Say where money is paid from, and where each provider wants it."""
        with Session(self.engine) as db, unit_of_work(db):
            self._account(db, _payee(HOLDER, 0), now, programme_id=self.programme_id)
            for one in self.providers:
                self._account(db, _payee(one.name, one.id), now, provider_id=one.id)

    def promised(self, fund_id: int, funder: str, amount: Cents, now: datetime) -> None:
        """A funder promises a sum, and pays it by bank transfer with our reference."""
        promise = Promise(amount, due_on=now.date() + timedelta(days=30))
        with Session(self.engine) as db, unit_of_work(db):
            public_id = contributions.promise(db, fund_id, promise, actor=self.drafts, now=now)
            contribution_id = db.scalars(
                select(Contribution.id).where(Contribution.public_id == public_id)
            ).one()
        words = f"VIREMENT SUBVENTION {spaced(reference_of(contribution_id))}"
        self.arriving.append(Booked(amount, True, funder, words))  # noqa: FBT003

    def arrived(self, now: datetime) -> None:
        """The bank shows what funders sent; of the last one, fifty euros are missing."""
        *whole, last = self.arriving
        short = replace(last, amount=Cents(last.amount - SHORT))
        self._statement(now.date(), [*whole, short], now)
        self.arriving.clear()

    def last_morning(self, now: datetime) -> None:
        """A provider wrote that its account changes: it waits for the second person."""
        one = self.providers[0]
        moved = _payee(one.name, MOVED + one.id)
        with Session(self.engine) as db, unit_of_work(db):
            accounts.propose(db, moved, actor=self.drafts, now=now, provider_id=one.id)

    def month_end(self, now: datetime) -> None:
        """Draft, approve and send what is due; the bank answers some days later."""
        with Session(self.engine) as db:
            try:
                with unit_of_work(db):
                    public_id = settle(
                        db, self.programme_id, cut_off=now, actor=self.drafts, now=now
                    )
            except NothingDue:
                return
            batch_id = db.scalars(
                select(PayoutBatch.id).where(PayoutBatch.public_id == public_id)
            ).one()
            later = now + timedelta(hours=1)
            pays_on = next_pay_day(now.date() + timedelta(days=2))
            with unit_of_work(db):
                approve(db, batch_id, requested_on=pays_on, actor=self.approves, now=later)
            with unit_of_work(db):
                file = sepa.written(export.order_of(db, batch_id))
                export.keep_file(db, batch_id, file, actor=self.approves, now=later)
            with unit_of_work(db):
                export.mark_sent(db, batch_id, actor=self.approves, now=later)
        self.sent[pays_on].append(batch_id)

    def morning(self, day: date, now: datetime) -> None:
        """The bank's files of the day are taken in."""
        for batch_id in self.sent.pop(day, ()):
            self._answered(batch_id, day, now)

    def _answered(self, batch_id: int, day: date, now: datetime) -> None:
        with Session(self.engine) as db:
            batch = db.get_one(PayoutBatch, batch_id)
            message_id = batch.public_id
            payouts = db.scalars(
                select(Payout).where(Payout.batch_id == batch_id).order_by(Payout.id)
            ).all()
            paid = [
                Booked(Cents(one.amount_cents), False, one.payee_name or "", one.public_id)  # noqa: FBT003
                for one in payouts
            ]
        if (day.year, day.month) == (self.refused_in.year, self.refused_in.month):
            refused = paid.pop()
            answer = bank.report(message_id, refused.reference, CLOSED_ACCOUNT, now)
            self._take_in(f"rapport-{day:%Y-%m-%d}.xml", answer, now)
        self._statement(day, paid, now)

    def _statement(self, day: date, lines: Sequence[Booked], now: datetime) -> None:
        content = bank.statement(_payee(HOLDER, 0).iban, day, lines)
        self._take_in(f"releve-{day:%Y-%m-%d}.xml", content, now)

    def _take_in(self, name: str, content: bytes, now: datetime) -> None:
        sent = SentFile(name, hashlib.sha256(content).hexdigest())
        with Session(self.engine) as db, unit_of_work(db):
            banking.take_in(db, sent, bank_files.read(content), actor=self.drafts, now=now)

    def _account(
        self,
        db: Session,
        payee: Payee,
        now: datetime,
        *,
        provider_id: int | None = None,
        programme_id: int | None = None,
    ) -> None:
        public_id = accounts.propose(
            db,
            payee,
            actor=self.drafts,
            now=now,
            provider_id=provider_id,
            programme_id=programme_id,
        )
        accounts.confirm(
            db,
            actor=self.approves,
            now=now,
            public_id=public_id,
            provider_id=provider_id,
            programme_id=programme_id,
        )


def _payee(holder: str, number: int) -> Payee:
    """Return an account that looks like one and belongs to nobody."""
    made_up = IBAN.generate(
        "FR", bank_code="20041", branch_code="01005", account_code=f"{number:07d}R62"
    )
    return checked_payee(holder[:70], made_up.compact)
