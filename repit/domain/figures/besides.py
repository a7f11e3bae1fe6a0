"""What the live board says besides vouchers and money: workshops, care, waiting, delays."""

from collections import Counter
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.costs import queries as costs
from repit.domain.figures import delays, rules, tallies
from repit.domain.figures.activity import Days, happened, still_waiting
from repit.domain.figures.asked import Activity, Asked
from repit.domain.figures.pieces import Calendar
from repit.domain.figures.providers import minutes_by_provider
from repit.domain.workshops.models import Workshop, WorkshopSession


def read(db: Session, asked: Asked, calendar: Calendar) -> Activity:
    """Return it, from the rows of these days alone.

    Raises:
        Nothing of its own.
    """
    days = Days(
        asked.programme_id,
        asked.first_day,
        asked.last_day,
        rules.midnight(calendar.zone, asked.first_day),
        rules.midnight(calendar.zone, asked.last_day + rules.A_DAY),
    )
    found = happened(db, days, now=calendar.now)
    facts = found.facts
    spent = costs.spent(db, asked.programme_id, asked.first_day, asked.last_day)
    first, last = asked.first_day, asked.last_day
    return Activity(
        counts={
            **{name: fact.value for (name, part), fact in facts.items() if not part},
            "staff_minutes": int(spent.minutes),
            "staff_costs_cents": int(spent.amount),
        },
        medians={
            "days_issue_to_use": delays.issue_to_use(db, calendar, asked.fund_id, first, last),
            "days_to_payment": delays.to_payment(db, calendar, asked.fund_id, first, last)[0],
            "waiting_days": tallies.median(Counter(found.waited_days)),
        },
        waiting={
            "served": facts["waiting_parties", "served"].value,
            "left": facts["waiting_parties", "left"].value,
            "still": still_waiting(db, asked.programme_id) if last >= calendar.today else 0,
        },
        cancelled_sessions=_cancelled(db, asked.programme_id, first, last),
        referrals=found.referrals,
        minutes_by_provider=minutes_by_provider(db, calendar, asked.fund_id, first, last),
    )


def _cancelled(
    db: Session, programme_id: int, first_day: date, last_day: date
) -> tuple[tuple[date, str, str], ...]:
    rows = db.execute(
        select(WorkshopSession.day, Workshop.title, WorkshopSession.cancel_motive)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            Workshop.programme_id == programme_id,
            WorkshopSession.state == "cancelled",
            WorkshopSession.day.between(first_day, last_day),
        )
        .order_by(WorkshopSession.day, WorkshopSession.id)
    )
    return tuple((day, title, motive or "") for day, title, motive in rows)
