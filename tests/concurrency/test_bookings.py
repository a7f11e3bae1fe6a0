"""The races over bookings, a few runs each, and one that fails without the locks."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.bookings.book import Booked
from repit.domain.bookings.errors import SessionFull
from repit.domain.bookings.placing import Asked
from tests.concurrency.booking_races import RACES, engine_for, last_seats
from tests.concurrency.hall import Hall, Run
from tests.concurrency.together import Action, the_books_agree

pytestmark = pytest.mark.concurrency
RUNS = 20
"""Of each race in the suite; `python -m tests.concurrency.booking_races 1000` runs the rest."""
TEETH = 5


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    engine = engine_for(database_url)
    yield Hall(engine).open()
    engine.dispose()


@pytest.mark.parametrize("race", RACES)
def test_never_one_too_many(hall: Hall, race: str) -> None:
    for seed in range(RUNS):
        run = Run(hall, seed)
        RACES[race](run)
        run.end()
    the_books_agree(hall.engine)


def test_who_reads_then_writes_without_a_lock_is_seen(hall: Hall) -> None:
    def careless_runs() -> None:
        for seed in range(TEETH):
            run = Run(hall, seed)
            last_seats(run, lambda wish: careless(hall.engine, hall.programme_id, wish))
            run.end()

    with pytest.raises((AssertionError, DBAPIError)):
        careless_runs()


def careless(engine: Engine, programme_id: int, wish: Asked) -> Action:
    """Book as somebody would who trusts what they read."""

    def action() -> Booked:
        with Session(engine) as db:
            asked = {"session": wish.session_id, "parent": wish.parent_id}
            free = text("SELECT max_people - seats_taken FROM workshop_session WHERE id = :session")
            if db.connection().execute(free, asked).scalar_one() <= 0:
                raise SessionFull
            time.sleep(0.005)
            public_id = ids.public_id()
            values = asked | {"programme": programme_id, "key": public_id}
            db.connection().execute(
                text(
                    "INSERT INTO booking (public_id, request_id, parent_id, programme_id,"
                    " session_id, seat, state, origin, made_by, made_at)"
                    " SELECT :key, :request, :parent, :programme, :session, true, 'confirmed',"
                    " 'self', 'x', s.created_at FROM workshop_session s WHERE s.id = :session"
                ),
                values | {"request": _raw(engine, wish)},
            )
            taken = "UPDATE workshop_session SET seats_taken = seats_taken + 1 WHERE id = :session"
            db.connection().execute(text(taken), asked)
            db.commit()
        return Booked(0, public_id, "confirmed", 0)

    return action


def _raw(engine: Engine, wish: Asked) -> object:
    return wish.request_id if engine.dialect.name == "postgresql" else wish.request_id.hex
