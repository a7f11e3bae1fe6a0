"""Providers with accounts, and every voucher of a town taken from them in turn, made in bulk."""

from datetime import timedelta
from uuid import UUID

from schwifty import IBAN
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from benchmarks.world import World
from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.ledger.models import Account, Transfer
from repit.domain.ledger.service import open_payable
from repit.domain.providers.models import Device, Provider
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements.models import BankAccount
from repit.domain.vouchers.models import Voucher
from tests.cast import NOON, TODAY
from tests.domain.settlements.paying import ODILE, PAUL

FACE = 1_000


def fill(here: World, providers: int) -> None:
    """Let each voucher be one redemption of 10 €, spread evenly over that many providers."""
    with Session(here.engine) as db:
        _take_all(db, here, _providers(db, here, providers))
    if here.engine.dialect.name == "postgresql":
        with here.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))


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
