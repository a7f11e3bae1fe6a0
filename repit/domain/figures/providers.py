"""Hours of respite by provider, for the operator's eyes alone."""

from collections import Counter
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.figures import tallies
from repit.domain.figures.pieces import Calendar
from repit.domain.providers.models import Provider


def minutes_by_provider(
    db: Session, calendar: Calendar, fund_id: int | None, first_day: date, last_day: date
) -> dict[str, int]:
    """Return the minutes of each provider's services by its name, the most first.

    Two providers of one name are told together.

    Raises:
        Nothing of its own.
    """
    found = tallies.read(db, calendar, tallies.PROVIDER, fund_id, first_day, last_day)
    minutes: Counter[str] = Counter()
    for provider_id, name in db.execute(
        select(Provider.id, Provider.name).where(Provider.id.in_(found))
    ):
        minutes[name] += found[provider_id]
    return {name: spent for name, spent in minutes.most_common() if spent}
