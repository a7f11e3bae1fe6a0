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

    def say(to: int | Office, name: str) -> None:
        key = f"{dedupe}:{name}"
        tell(db, kind, to, facts=facts, dedupe=key, now=now, send_at=send_at)

    # By who has an address, not by what was new: said twice, it must not go to the office too.
    reached = [one for one in staff_of_provider(db, provider.id) if one.email is not None]
    for one in reached:
        say(one.id, str(one.id))
    if not reached:
        say(Office(provider.email), "office")
