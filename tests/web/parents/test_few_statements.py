"""What parents do about workshops asks the database little, however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, event

from tests.domain.bookings import workshop
from tests.web.parents.evening import DAY, Evening, hidden_in
from tests.web.parents.stage import statements

LIST, BOOKING = 4, {"postgresql": 8, "sqlite": 16}
"""Statements at most, who is visiting included."""


def _more_sessions(evening: Evening, count: int) -> None:
    for number in range(count):
        session_id = workshop.a_session(
            evening.db, evening.workshop_id, day=DAY + timedelta(days=7 * number + 7)
        )
        workshop.a_slot(
            evening.db,
            evening.town.roseraie.id,
            programme_id=evening.town.programme_id,
            place_id=evening.place_id,
            session_id=session_id,
            day=DAY + timedelta(days=7 * number + 7),
            carers=0,
        )


def test_the_list_sends_as_few_for_many_sessions_as_for_one(
    evening: Evening, engine: Engine
) -> None:
    with statements(engine) as for_one:
        assert evening.phone.get("/ateliers").status_code == 200
    _more_sessions(evening, 12)
    with statements(engine) as for_many:
        page = evening.phone.get("/ateliers")

    assert page.text.count('<a class="card card--plain"') == 13
    assert len(for_one) == len(for_many) <= LIST, for_many


def test_a_seat_two_children_and_their_vouchers_are_booked_in_few(
    evening: Evening, engine: Engine
) -> None:
    address = evening.session
    page = evening.phone.get(address)
    answers = hidden_in(page) | {"seat": "y", "act": "book"}
    answers["children"] = [evening.key("Léo"), evening.key("Mia")]

    with statements(engine) as seen:
        answer = evening.phone.post(address, data=answers)

    assert answer.status_code == 303, answer.text
    assert evening.held() == 2
    assert len(seen) == BOOKING[engine.dialect.name], seen


@contextmanager
def _transactions(engine: Engine) -> Iterator[list[str]]:
    """Note how each transaction begins and ends."""
    seen: list[str] = []
    kinds = ("begin", "commit", "rollback")
    listeners = {kind: (lambda _connection, kind=kind: seen.append(kind)) for kind in kinds}
    for kind, listener in listeners.items():
        event.listen(engine, kind, listener)
    yield seen
    for kind, listener in listeners.items():
        event.remove(engine, kind, listener)


def test_a_page_that_only_reads_lets_the_database_keep_its_plans(
    evening: Evening, engine: Engine
) -> None:
    with _transactions(engine) as seen:
        assert evening.phone.get("/ateliers").status_code == 200

    assert seen == ["begin", "commit"]


def test_who_asks_is_read_in_the_change_that_books_them(evening: Evening, engine: Engine) -> None:
    address = evening.session
    answers = hidden_in(evening.phone.get(address)) | {"seat": "y", "act": "book"}

    with _transactions(engine) as seen:
        assert evening.phone.post(address, data=answers).status_code == 303

    once, twice = ["begin", "commit"], ["begin", "commit"] * 2
    assert seen == (once if engine.dialect.name == "postgresql" else twice)
