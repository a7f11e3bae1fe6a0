"""What reading one event comes to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.cards.models import EventState
from repit.domain.clock import day_in
from repit.domain.programmes.models import Fund, Programme

STRIPE = Actor("stripe")
"""Who moved the money, when it was an event that said so."""

Facts = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What an event did. `about`: Stripe's name for what it is about."""

    state: EventState
    about: str | None
    why: str | None = None
    appeared: str | None = None
    """A name that other events may wait for."""


News = Callable[[Session, str, Facts, datetime, datetime], Verdict]
"""Reads an event: its kind, its facts, when it happened, and now."""


def applied(about: str | None, *, appeared: str | None = None) -> Verdict:
    """Return that an event changed something."""
    return Verdict(EventState.APPLIED, about, appeared=appeared)


def idle(about: str | None) -> Verdict:
    """Return that an event told nothing new."""
    return Verdict(EventState.IDLE, about)


def waiting(about: str | None, why: str) -> Verdict:
    """Return that an event is about something we do not know, or not yet."""
    return Verdict(EventState.WAITING, about, why=why)


def contradicts(about: str | None, why: str) -> Verdict:
    """Return that an event disagrees with what we asked for."""
    return Verdict(EventState.CONTRADICTS, about, why=why)


def day_of(db: Session, fund_id: int, now: datetime) -> date:
    """Return today where a fund's programme is."""
    zones = select(Programme.zone).join(Fund, Fund.programme_id == Programme.id)
    return day_in(db.scalars(zones.where(Fund.id == fund_id)).one(), now)
