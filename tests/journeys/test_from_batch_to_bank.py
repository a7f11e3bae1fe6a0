"""Real files both ways: two operators write orders, a bank reads them and answers with its own.

Whatever the bank sends first, and however often, every payout ends the same.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.domain.banking.models import BankLine
from repit.domain.ledger.queries import FundNumbers, fund_numbers
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements import attention
from repit.domain.settlements.models import Payout, PayoutBatch
from repit.domain.settlements.paydays import next_pay_day
from tests import cast
from tests.cast import NOON, AProvider, Town
from tests.domain.redemptions.taking import take
from tests.domain.settlements.paying import IBANS, an_account
from tests.integrations.bank_paper import OURS, Entry, camt, detail, pain_002, transfer
from tests.today import THE_DAY
from tests.visits import visit_as
from tests.web.operators.desk import Desk, words

LOTS = "/porteur/lots/"
SENDING = "/porteur/banque/releves/nouveau"
PAY_DAY = next_pay_day(THE_DAY + timedelta(days=1)).isoformat()
MARCH, JULY = date(2026, 4, 30), date(2026, 7, 31)
BOOKED = "2026-11-20"


@dataclass(frozen=True)
class Order:
    """One transfer as the bank reads it in our file."""

    end_to_end: str
    amount: str
    payee: str


@dataclass
class Bank:
    """Reads orders and answers them, with one statement number after another."""

    orders: dict[str, list[Order]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def receives(self, content: bytes) -> None:
        root = etree.fromstring(content)
        name = root.findtext(".//{*}MsgId") or ""
        self.names.append(name)
        self.orders[name] = [
            Order(
                one.findtext(".//{*}EndToEndId") or "",
                one.findtext(".//{*}InstdAmt") or "",
                one.findtext("{*}Cdtr/{*}Nm") or "",
            )
            for one in root.iterfind(".//{*}CdtTrfTxInf")
        ]

    def refuses_one(self, batch: int, payee: str) -> bytes:
        """The account of one payee is closed; the rest is taken."""
        name = self.names[batch]
        said = "".join(
            transfer(
                one.end_to_end, *(("RJCT", "AC04") if one.payee == payee else ("ACSP",)),
                amount=one.amount,
            )
            for one in self.orders[name]
        )  # fmt: skip
        return pain_002("PART", said, message=name)

    def refuses_all(self, batch: int) -> bytes:
        return pain_002("RJCT", message=self.names[batch])

    def gives_all_back(self, batch: int) -> bytes:
        """Books each transfer, and the same day each of them back: the file was refused late."""
        lines = []
        for n, one in enumerate(self.orders[self.names[batch]]):
            for side, returned in (("DBIT", None), ("CRDT", "AM05")):
                paper = detail(end_to_end=one.end_to_end, returned=returned)
                mine = f"B{batch}{side}{n}"
                lines.append(Entry(one.amount, side, BOOKED, mine, paper))
        return camt(*lines)

    def books(self, batch: int, *, but: str = "", whole: bool = False) -> bytes:
        """Books the rest: payment by payment, or as one sum that names the file."""
        kept = [one for one in self.orders[self.names[batch]] if one.payee != but]
        if whole:
            total = str(sum(Decimal(one.amount) for one in kept))
            paper = f"<Btch><MsgId>{self.names[batch]}</MsgId><NbOfTxs>{len(kept)}</NbOfTxs></Btch>"
            return camt(Entry(total, "DBIT", BOOKED, f"B{batch}W", paper))
        return camt(
            *(
                Entry(
                    one.amount, "DBIT", BOOKED, f"B{batch}S{n}", detail(end_to_end=one.end_to_end)
                )
                for n, one in enumerate(kept)
            )
        )


@dataclass
class Office:
    """A town's two operators, three providers with accounts, and the bank."""

    db: Session
    engine: Engine
    town: Town
    programme: str
    odile: Desk
    paul: Desk
    providers: dict[str, AProvider]
    codes: list[str]
    bank: Bank = field(default_factory=Bank)
    batches: list[str] = field(default_factory=list)
    """The pages of the batches that were sent."""

    def takes(self, name: str, vouchers: int, *, months: int) -> None:
        codes = [self.codes.pop(0) for _ in range(vouchers)]
        when = NOON + timedelta(days=30 * months)
        take(
            self.engine,
            self.providers[name],
            codes,
            next(cast.numbers),
            now=when,
            minutes=60 * vouchers,
            service_on=when.date(),
        )

    def sends_a_batch(self, until: date, euros: str) -> None:
        """Odile drafts, Paul approves, writes and sends; the bank reads the file."""
        path = self.odile.send(f"{LOTS}nouveau/{self.programme}", until=until.isoformat())
        assert "Le lot est préparé" in words(path)
        batch = path.request.path
        done = self.paul.send(f"{batch}/approuver", requested_on=PAY_DAY, amount=euros)
        assert "Le lot est approuvé" in words(done)
        self.paul.send(f"{batch}/fichier")
        self.bank.receives(self.paul.open(f"{batch}/fichier").data)
        assert "le fichier est à la banque" in words(self.paul.send(f"{batch}/envoye"))
        self.batches.append(batch)

    def imports(self, content: bytes, name: str = "banque.xml") -> TestResponse:
        page = self.odile.send(SENDING, file=(io.BytesIO(content), name), it_is_ours="y")
        page.request.environ["wsgi.input"].close()
        assert page.status_code == 200, words(page)
        return page

    def lines(self) -> list[str]:
        """The states of the bank's lines that were read."""
        self.db.rollback()
        return list(self.db.scalars(select(BankLine.state).distinct()))

    def standing(self) -> dict[tuple[int, str], tuple[str, int]]:
        """What became of each payout, by batch and provider."""
        self.db.rollback()
        rows = self.db.execute(
            select(PayoutBatch.number, Provider.name, Payout.state, Payout.amount_cents)
            .join(Payout, Payout.batch_id == PayoutBatch.id)
            .join(Provider, Provider.id == Payout.provider_id)
        )
        return {(number, name): (state, cents) for number, name, state, cents in rows}

    def numbers(self) -> FundNumbers:
        self.db.rollback()
        return fund_numbers(self.db, [self.town.fund_id])[self.town.fund_id]


@pytest.fixture
def office(app: Flask, db: Session, engine: Engine) -> Iterator[Office]:
    """Two batches are at the bank: three providers for March, two of them again for July."""
    town = cast.a_town(db)
    programme = db.get_one(Programme, town.programme_id).public_id
    names = ("Lavande", "Tilleul", "Pivoine")
    providers = {name: cast.a_provider(db, name) for name in names}
    for name, iban in zip(names, IBANS, strict=False):
        an_account(db, provider_id=providers[name].id, iban=iban, holder=name)
    an_account(db, programme_id=town.programme_id, iban=OURS, holder="CCAS de Lens")
    codes = cast.vouchers_for(db, town.amina, town.fund_id, vouchers=12)
    desks = [Desk(visit_as(app, cast.an_operator(db, who)), SENDING) for who in ("Odile", "Paul")]
    db.close()
    here = Office(db, engine, town, programme, desks[0], desks[1], providers, codes)
    for name, vouchers in zip(names, (3, 2, 1), strict=True):
        here.takes(name, vouchers, months=0)
    here.sends_a_batch(MARCH, "60")
    here.takes("Lavande", 1, months=3)
    here.takes("Tilleul", 2, months=3)
    here.sends_a_batch(JULY, "30")
    yield here
    checked = app.test_cli_runner().invoke(args=["check"])
    assert checked.exit_code == 0, checked.output


EXPECTED = {
    (1, "Lavande"): ("settled", 3_000),
    (1, "Tilleul"): ("rejected", 2_000),
    (1, "Pivoine"): ("settled", 1_000),
    (2, "Lavande"): ("rejected", 1_000),
    (2, "Tilleul"): ("rejected", 2_000),
}
ONE_REFUSED, REST_BOOKED, ALL_REFUSED = range(3)


def answers(bank: Bank, refusal: Callable[[Bank, int], bytes]) -> list[bytes]:
    """What the bank sends: a refusal of one, what it booked of the rest, a refusal of a file."""
    return [bank.refuses_one(0, "Tilleul"), bank.books(0, but="Tilleul"), refusal(bank, 1)]


@pytest.mark.parametrize(
    ("refusal", "order"),
    [
        *((Bank.refuses_all, order) for order in permutations(range(3))),
        (Bank.gives_all_back, (ONE_REFUSED, REST_BOOKED, ALL_REFUSED)),
        (Bank.gives_all_back, (ALL_REFUSED, REST_BOOKED, ONE_REFUSED)),
    ],
)
def test_every_order_and_every_repetition_ends_the_same(
    office: Office, refusal: Callable[[Bank, int], bytes], order: tuple[int, ...]
) -> None:
    files = answers(office.bank, refusal)

    for at in order:
        office.imports(files[at])
    assert office.standing() == EXPECTED
    for again in (files, files[::-1]):
        for content in again:
            assert "déjà là : rien n’a changé" in words(office.imports(content, "encore.xml"))
    for content in files[::-1]:
        office.imports(content + b"<!-- copie -->", "copie.xml")

    assert office.standing() == EXPECTED
    numbers = office.numbers()
    assert (numbers.paid, numbers.in_transit, numbers.due) == (4_000, 0, 5_000)
    assert office.lines() == ["matched"]
    for page in office.batches:
        assert "terminé" in words(office.odile.open(page))


def test_what_came_back_is_paid_again_and_its_reason_is_shown(office: Office) -> None:
    for content in answers(office.bank, Bank.refuses_all):
        office.imports(content)
    preview = words(office.odile.open(f"{LOTS}nouveau/{office.programme}"))
    assert "IBAN refusé" in preview
    assert "le compte est fermé (AC04)" in words(office.odile.open(office.batches[0]))

    office.sends_a_batch(JULY, "10")
    office.imports(office.bank.books(2, whole=True))

    assert office.standing() == EXPECTED | {(3, "Lavande"): ("settled", 1_000)}
    assert (office.numbers().paid, office.numbers().due) == (5_000, 4_000)
    assert office.lines() == ["matched"]


def test_the_bank_books_a_whole_file_before_it_says_what_it_refused_of_it(office: Office) -> None:
    """The sum leaves out what was refused; the refusal is read last."""
    office.imports(office.bank.books(0, but="Tilleul", whole=True))
    assert attention.waiting(office.db).doubts == 3
    office.imports(office.bank.refuses_one(0, "Tilleul"))

    first = {who: what for (batch, who), what in office.standing().items() if batch == 1}
    assert first == {who: what for (batch, who), what in EXPECTED.items() if batch == 1}
    assert attention.waiting(office.db).doubts == 0
