"""What a provider is told of its money: a change of account, a payment made, one refused."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.audit.models import Event
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import Office, tell, tell_many, tell_operators
from repit.domain.people.queries import staff_of_provider
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.providers.telling import tell_provider
from repit.domain.settlements.models import BankAccount, Payout
from repit.domain.settlements.payees import shown_iban

STILL_WARNED = timedelta(days=60)
"""An address that was replaced so recently is told too: it may have been replaced by a thief."""


def tell_of_account(db: Session, account: BankAccount, kind: str, *, now: datetime) -> None:
    """Tell at once whoever could be reached before that an account was proposed, confirmed, ended.

    Raises:
        Nothing of its own.
    """
    facts = {"iban": shown_iban(account.iban), "holder": account.holder}
    dedupe = f"{kind}:{account.id}"
    if account.provider_id is None:
        programme = db.get_one(Programme, account.programme_id).name
        facts |= {"provider": programme}
        tell_operators(db, Kind(kind), facts=facts, dedupe=dedupe, now=now)
        return
    provider = db.get_one(Provider, account.provider_id)
    facts |= {"provider": provider.name}
    if account.counts_at is not None:
        facts |= {"counts_at": account.counts_at.isoformat()}
    told = set()
    for one in staff_of_provider(db, provider.id):
        told.add(one.email)
        tell(db, Kind(kind), one.id, facts=facts, dedupe=f"{dedupe}:{one.id}", now=now)
    for address in {provider.email, *_addresses_before(db, provider.id, now)} - told:
        tell(db, Kind(kind), Office(address), facts=facts, dedupe=f"{dedupe}:{address}", now=now)


def tell_rejected(db: Session, payout: Payout, *, now: datetime) -> None:
    """Tell a provider that its payment did not arrive, and the operators why.

    Raises:
        Nothing of its own.
    """
    provider = db.get_one(Provider, payout.provider_id)
    facts = {
        "provider": provider.name,
        "amount_cents": payout.amount_cents,
        "reason": payout.reason or "",
    }
    dedupe = f"{Kind.PAYOUT_REJECTED}:{payout.id}"
    tell_provider(db, Kind.PAYOUT_REJECTED, provider, facts=facts, dedupe=dedupe, now=now)
    kind = Kind.PAYOUT_CAME_BACK
    tell_operators(db, kind, facts=facts, dedupe=f"{kind}:{payout.id}", now=now)


def tell_paid(db: Session, payout_ids: list[int], *, now: datetime) -> None:
    """Tell providers that the bank paid them, at their office, in one statement.

    Raises:
        Nothing of its own.
    """
    rows = db.execute(
        select(Payout, Provider.email, Provider.name)
        .join(Provider, Provider.id == Payout.provider_id)
        .where(Payout.id.in_(payout_ids))
        .order_by(Payout.id)
    )
    tell_many(
        db,
        [
            {
                "kind": Kind.PAYOUT_PAID,
                "person_id": None,
                "to_address": email,
                "locale": "fr",
                "facts": {
                    "provider": name,
                    "amount_cents": payout.amount_cents,
                    "paid_on": payout.paid_on.isoformat() if payout.paid_on else None,
                    "reference": payout.reference,
                },
                "dedupe": f"{Kind.PAYOUT_PAID}:{payout.id}",
                "send_at": now,
            }
            for payout, email, name in rows
        ],
        now=now,
    )


def _addresses_before(db: Session, provider_id: int, now: datetime) -> set[str]:
    changes = db.scalars(
        select(Event).where(
            Event.object_kind == "provider",
            Event.object_id == provider_id,
            Event.kind == "changed",
            Event.at > now - STILL_WARNED,
        )
    )
    return {event.facts["email"][0] for event in changes if event.facts.get("email")}
