"""Messages to a provider: to everybody who works for it, or to its office."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from repit.domain.notices.rules import Kind
from repit.domain.notices.service import Office, tell
from repit.domain.people.queries import staff_of_provider
from repit.domain.providers.models import Provider


def tell_provider(
    db: Session,
    kind: Kind,
    provider: Provider,
    *,
    facts: dict[str, Any],
    dedupe: str,
    now: datetime,
    send_at: datetime | None = None,
) -> None:
    """Tell everybody who works for a provider, or its office when nobody has an account.

    Raises:
        Nothing of its own.
    """

    def say(to: int | Office, name: str) -> bool:
        key = f"{dedupe}:{name}"
        return tell(db, kind, to, facts=facts, dedupe=key, now=now, send_at=send_at)

    told = [say(one.id, str(one.id)) for one in staff_of_provider(db, provider.id)]
    if not any(told):
        say(Office(provider.email), "office")
