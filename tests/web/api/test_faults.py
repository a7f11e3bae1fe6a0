"""When we are at fault: the answer helps, and the log holds no code."""

import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from tests.cast import Town
from tests.web.api.software import Software


class Broken(Exception):
    """Something that nobody expected."""


@pytest.fixture
def quiet(app: Flask) -> Iterator[None]:
    """Answer a bug as in production, instead of raising it into the test."""
    app.testing = False
    yield
    app.testing = True


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_about: object) -> None:
        raise error

    return fail


@pytest.mark.usefixtures("quiet")
def test_a_bug_gives_a_reference_and_the_log_no_code(
    roseraie: Software, town: Town, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    fail = failing(Broken())
    event.listen(engine, "before_cursor_execute", fail)
    try:
        with caplog.at_level(logging.ERROR):
            looked, taken = roseraie.look(town.codes[0]), roseraie.redeem(town.codes[:1])
    finally:
        event.remove(engine, "before_cursor_execute", fail)

    for answer in (looked, taken):
        assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
        assert answer.get_json()["reference"] in caplog.text
        assert answer.get_json()["reference"] in answer.get_json()["detail"]
    assert "/api/v1/vouchers/<path:code>" in caplog.text
    assert town.codes[0] not in caplog.text
    assert roseraie.redeem(town.codes[:1]).status_code == 201


def test_a_database_that_is_away_asks_for_patience(
    roseraie: Software, town: Town, engine: Engine
) -> None:
    roseraie.account()
    fail = failing(OperationalError("SELECT", {}, Exception("server closed the connection")))
    event.listen(engine, "before_cursor_execute", fail)
    try:
        answer = roseraie.redeem(town.codes[:1])
    finally:
        event.remove(engine, "before_cursor_execute", fail)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "2"
    assert roseraie.redeem(town.codes[:1]).status_code == 201


def test_connections_that_the_server_cut_are_left_behind(
    roseraie: Software, town: Town, engine: Engine
) -> None:
    roseraie.redeem(town.codes[:1])
    cut_where_vouchers_are_taken(engine)

    answers = [roseraie.redeem(town.codes[1:2], 2) for _ in range(3)]

    statuses = [answer.status_code for answer in answers]
    if engine.dialect.name == "postgresql":
        assert statuses == [503, 201, 200]
    else:
        assert statuses == [201, 200, 200]
    assert answers[1].data == answers[2].data


def cut_where_vouchers_are_taken(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        engine.dispose()
        return
    with engine.connect() as connection:
        cut = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND query LIKE '%WITH asked AS%'"
            )
        ).all()
        assert cut
