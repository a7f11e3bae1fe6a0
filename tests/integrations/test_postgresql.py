"""How we speak with PostgreSQL."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, text

from repit.db.cursors import PlainCursor

ROW = "SELECT 1 AS one, 'two' AS two, DATE '2026-03-14' AS \"jour férié\""


@pytest.fixture
def connection(engine: Engine) -> Iterator[psycopg.Connection[object]]:
    if engine.dialect.name != "postgresql":
        pytest.skip("about PostgreSQL")
    pooled = engine.raw_connection()
    assert isinstance(pooled.driver_connection, psycopg.Connection)
    yield pooled.driver_connection
    pooled.close()


def test_columns_are_described_as_the_driver_does(
    connection: psycopg.Connection[object],
) -> None:
    plain = connection.cursor()
    assert isinstance(plain, PlainCursor)
    usual = psycopg.Cursor(connection)
    for cursor in (plain, usual):
        cursor.execute(ROW)

    assert usual.description is not None
    told = [(one.name, one.type_code) for one in usual.description]
    assert [(name, kind) for name, kind, *_ in plain.description] == told
    assert all(len(one) == 7 for one in plain.description)


def test_what_gives_no_rows_has_no_description(connection: psycopg.Connection[object]) -> None:
    cursor = connection.cursor()
    assert cursor.description is None
    cursor.execute("CREATE TEMPORARY TABLE nothing (n int)")
    assert cursor.description is None
    assert [one[0] for one in connection.execute("SELECT * FROM nothing").description or ()] == [
        "n"
    ]


def test_a_name_of_a_column_finds_its_value(
    engine: Engine, connection: psycopg.Connection[object]
) -> None:
    with engine.connect() as opened:
        row = opened.execute(text(ROW)).mappings().one()
    assert row["two"] == "two"
    assert row["jour férié"].isoformat() == "2026-03-14"
