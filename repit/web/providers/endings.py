"""Warn that a right to be paid is about to end: 60, 30 and 7 days before."""

from dataclasses import dataclass
from datetime import date, timedelta

from repit.domain.categories import Category
from repit.domain.providers.standing import Standing

STEPS = ((7, "bad"), (30, "warn"), (60, "brand"))


@dataclass(frozen=True)
class Ending:
    """The last day on which services of a category are paid, and how soon that is."""

    category: Category
    last_day: date
    days: int
    tone: str


def endings_of(standing: Standing | None, today: date) -> tuple[Ending, ...]:
    """Return what ends within 60 days and is not followed by a renewal, the soonest first."""
    if standing is None:
        return ()
    found = (_ending(standing, category, today) for category in standing.categories_on(today))
    return tuple(sorted((one for one in found if one), key=lambda ending: ending.days))


def tone_of(days: int) -> str | None:
    """Return how loud a warning is that many days before the end; None while it is far."""
    return next((tone for within, tone in STEPS if days <= within), None)


def _ending(standing: Standing, category: Category, today: date) -> Ending | None:
    furthest, _ = STEPS[-1]
    last = next(
        (
            today + timedelta(days=days)
            for days in range(furthest + 1)
            if not standing.accredited_on(category, today + timedelta(days=days + 1))
        ),
        None,
    )
    if last is None:
        return None
    days = (last - today).days
    return Ending(category, last, days, tone_of(days) or "brand")
