"""Read who is paid at Stripe, and how each payout fares there. Amounts are cents."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.cards.models import ConnectAccount, ConnectTransfer
from repit.domain.money import Cents
from repit.domain.providers.models import Provider
from repit.domain.settlements.models import Payout, PayoutState, PayoutWay

WAITS = (PayoutState.APPROVED, PayoutState.SENT)


@dataclass(frozen=True)
class AccountView:
    """A provider's account at Stripe; `wanting` in Stripe's own codes."""

    public_id: str
    account_id: str | None
    can_be_paid: bool
    wanting: tuple[str, ...]
    chosen_at: datetime


@dataclass(frozen=True)
class TransferView:
    """One payout that goes by Stripe. `state` is None until it was asked for."""

    payout: str
    provider: str
    amount: Cents
    state: str | None
    reason: str | None
    transfer_id: str | None
    sent_at: datetime | None


def account_of(db: Session, provider_id: int) -> AccountView | None:
    """Return a provider's account at Stripe, if it chose to be paid there."""
    row = db.scalars(
        select(ConnectAccount).where(
            ConnectAccount.provider_id == provider_id, ConnectAccount.ended_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    return AccountView(
        row.public_id, row.account_id, row.can_be_paid, tuple(row.wanting), row.chosen_at
    )


def transfers_of(db: Session, batch_id: int) -> list[TransferView]:
    """Return the payouts of a batch that go by Stripe, those that wait first."""
    rows = db.execute(
        select(Payout, Provider.name, ConnectTransfer)
        .join(Provider, Provider.id == Payout.provider_id)
        .outerjoin(ConnectTransfer, ConnectTransfer.payout_id == Payout.id)
        .where(Payout.batch_id == batch_id, Payout.way == PayoutWay.STRIPE)
        .order_by(ConnectTransfer.sent_at.is_not(None), Provider.name)
    )
    return [
        TransferView(
            payout.public_id,
            name,
            Cents(payout.amount_cents),
            transfer.state if transfer else None,
            transfer.reason if transfer else None,
            transfer.transfer_id if transfer else None,
            transfer.sent_at if transfer else None,
        )
        for payout, name, transfer in rows
    ]


def some_wait(db: Session, _now: datetime) -> bool:
    """Whether a payout waits to be sent, or for our balance to cover it."""
    query = (
        select(func.count())
        .select_from(Payout)
        .outerjoin(ConnectTransfer, ConnectTransfer.payout_id == Payout.id)
        .where(
            Payout.way == PayoutWay.STRIPE,
            Payout.state.in_(WAITS),
            ConnectTransfer.id.is_(None) | ConnectTransfer.state.in_(["asked", "short"]),
        )
    )
    return bool(db.scalar(query))
