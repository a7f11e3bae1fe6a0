"""The transfers behind a number of a fund, with the names of what each is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from repit.db.pages import Page, cut
from repit.domain.ledger.models import Transfer
from repit.domain.ledger.queries import behind
from repit.domain.money import Cents
from repit.domain.people.models import Person, acts
from repit.domain.programmes.models import Arrival
from repit.domain.providers.models import Provider
from repit.domain.redemptions.models import Redemption
from repit.domain.settlements.models import Payout, PayoutBatch
from repit.domain.vouchers.models import Voucher


@dataclass(frozen=True)
class MovementView:
    """One transfer as the operator reads it. `amount` is below zero when it takes away."""

    at: datetime
    kind: str
    amount: Cents
    actor: str
    who: str | None
    voucher: str | None
    """The voucher's name in URLs."""
    redemption_id: UUID | None
    provider: str | None
    provider_public_id: str | None
    arrival_id: int | None
    reference: str | None
    """Of the arrival, or of the payment to the provider."""
    payout: str | None
    batch: str | None
    """Public ids of the payment and of its batch; one noted by hand has no batch."""


def movements(
    db: Session, fund_id: int, number: str, *, page: int | None = None
) -> Page[MovementView]:
    """Return the transfers whose sum is a number of a fund, newest first, in two statements.

    Args:
        number: a key of `ledger.queries.BEHIND`.
        page: None for all of them.
    """
    return cut(db, _named(behind(fund_id, number)), _view, number=page)


def _named(query: Select[Transfer, bool]) -> Select[*tuple[Any, ...]]:
    provider = Provider.id == func.coalesce(Redemption.provider_id, Payout.provider_id)
    return (
        query.outerjoin(Voucher, Voucher.id == Transfer.voucher_id)
        .outerjoin(Redemption, Redemption.id == Transfer.redemption_id)
        .outerjoin(Arrival, Arrival.id == Transfer.arrival_id)
        .outerjoin(Payout, Payout.id == Transfer.payout_id)
        .outerjoin(PayoutBatch, PayoutBatch.id == Payout.batch_id)
        .outerjoin(Provider, provider)
        .outerjoin(Person, acts(Transfer.actor))
        .add_columns(
            Voucher.code_hash,
            func.coalesce(Arrival.reference, Payout.reference),
            Provider.name,
            Provider.public_id,
            Person.name,
            Payout.public_id,
            PayoutBatch.public_id,
        )
    )


def _view(row: Any) -> MovementView:
    transfer, adds, code_hash, reference, provider, provider_public_id, who, payout, batch = row
    return MovementView(
        at=transfer.at,
        kind=transfer.kind,
        amount=Cents(transfer.amount_cents if adds else -transfer.amount_cents),
        actor=transfer.actor,
        who=who,
        voucher=code_hash.hex() if code_hash else None,
        redemption_id=transfer.redemption_id,
        provider=provider,
        provider_public_id=provider_public_id,
        arrival_id=transfer.arrival_id,
        reference=reference,
        payout=payout,
        batch=batch,
    )
