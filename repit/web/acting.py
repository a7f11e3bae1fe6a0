"""What every act behind a page needs: a checked form, one unit of work, and the day it is."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from flask_babel import get_timezone
from sqlalchemy.orm import Session
from wtforms import Form

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.errors import Refused
from repit.domain.retrying import retrying
from repit.web import database
from repit.web.forms import refuse
from repit.web.wording import word

T = TypeVar("T")
Beside = str | Callable[[Refused], str | None] | None
"""The field beside which a refusal is said: always the same, or one that depends on it."""
Change = Callable[[Session], T]
"""A service with its arguments, waiting for its session."""


def make(change: Change[T]) -> T:
    """Make one change, whole or not at all; try again when the database was busy."""
    db = database.session()

    def once() -> T:
        with unit_of_work(db):
            return change(db)

    return retrying(once)


def made(form: Form, change: Change[object], *, beside: Beside) -> bool:
    """Check the form and make the change; put a refusal beside a field, or above them all.

    Returns whether the change was made; if not, the form holds every reason.
    """
    if not form.validate():
        return False
    try:
        make(change)
    except Refused as refusal:
        field = beside(refusal) if callable(beside) else beside
        refuse(form, field, str(word(refusal)))
        return False
    return True


def complaint(form: Form) -> str:
    """Return the first reason why a form was refused, for a button without fields."""
    reasons: Any = next(iter(form.errors.values()))
    return str(reasons[0])


def today() -> date:
    """Return the calendar day where the reader is."""
    return clock.day_in(str(get_timezone() or "Europe/Paris"), clock.now())
