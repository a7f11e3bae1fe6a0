"""Hours of respite by provider, for the operator's eyes alone."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.figures.moves import moves
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
    stretch = calendar.stretch(first_day, last_day)
    rows = moves(calendar.programme_id, stretch.starts_at, stretch.ends_at, stretch.months)
    minutes = func.sum(rows.c.respite_minutes)
    query = (
        select(Provider.name, minutes)
        .join(Provider, Provider.id == rows.c.provider_id)
        .group_by(Provider.name)
        .having(minutes != 0)
        .order_by(minutes.desc(), Provider.name)
    )
    if fund_id is not None:
        query = query.where(rows.c.fund_id == fund_id)
    return {name: int(spent) for name, spent in db.execute(query)}
