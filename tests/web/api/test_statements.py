"""How many statements a redemption takes, counted where every statement passes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from tests.cast import Town
from tests.web.api.software import Software


@contextmanager
def statements_of(engine: Engine) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(*about: object) -> None:
        if not str(about[2]).startswith("BEGIN"):
            heard.append(str(about[2]))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


@pytest.fixture
def warm(roseraie: Software, town: Town) -> Software:
    """Its standing is known, and its accounts are open."""
    assert roseraie.redeem(town.codes[:1]).status_code == 201
    return roseraie


def test_a_redemption_is_one_statement_or_four_on_sqlite(
    warm: Software, town: Town, engine: Engine
) -> None:
    with statements_of(engine) as heard:
        answer = warm.redeem(town.codes[1:2], 2)

    assert answer.status_code == 201
    assert len(heard) == (1 if engine.dialect.name == "postgresql" else 4)


def test_six_codes_take_no_more_statements_than_one(
    warm: Software, town: Town, engine: Engine
) -> None:
    with statements_of(engine) as heard:
        answer = warm.redeem(town.codes[1:7], 2, minutes=180)

    assert answer.get_json()["vouchers"] == 6
    assert len(heard) == (1 if engine.dialect.name == "postgresql" else 4)


def test_a_repeat_reads_the_provider_and_the_receipt_again(
    warm: Software, town: Town, engine: Engine
) -> None:
    with statements_of(engine) as heard:
        again = warm.redeem(town.codes[:1])

    assert again.status_code == 200
    assert len(heard) <= 7


def test_an_account_page_takes_few_statements_however_long(
    app: Flask, warm: Software, engine: Engine
) -> None:
    with statements_of(engine) as heard:
        warm.account()

    assert len([one for one in heard if one.startswith("SELECT")]) <= 4
