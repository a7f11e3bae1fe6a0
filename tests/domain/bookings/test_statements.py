"""What one booking asks of the database: a statement more is a decision, not an accident."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.cancel import cancel
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import an_evening, asked, books

A_BOOKING = {"postgresql": 6, "sqlite": 14}
"""A seat, two children's places, two holds, the event and the message.

Three lock, two read, and one writes; SQLite, whose WITH cannot write, takes nine to write.
"""


@contextmanager
def heard(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements, without what opens and closes a transaction."""
    statements: list[str] = []

    def hear(*about: Any) -> None:
        if not about[2].startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            statements.append(about[2])

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def test_a_booking_asks_no_more_than_it_did(db: Session, engine: Engine) -> None:
    evening = an_evening(db)
    wish = asked(evening, evening.town.amina, evening.leo, evening.mia)
    db.rollback()

    with heard(engine) as statements:
        books(db, wish)

    assert len(statements) == A_BOOKING[engine.dialect.name], "\n".join(statements)


def test_more_children_ask_nothing_more(db: Session, engine: Engine) -> None:
    counts = []
    evening = an_evening(db)
    for children in ((evening.leo,), (evening.leo, evening.mia)):
        wish = asked(evening, evening.town.amina, *children)
        db.rollback()
        with heard(engine) as statements:
            done = books(db, wish)
        counts.append(len(statements))
        _end(db, done.public_id)

    assert counts[0] == counts[1]


def _end(db: Session, public_id: str) -> None:
    with unit_of_work(db):
        cancel(db, public_id, by="service", parent_id=None, actor=OPERATOR, now=NOON)
