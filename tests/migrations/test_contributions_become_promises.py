"""What was written before 0003 is still there afterwards, under the same ids, and back again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

from repit.domain import checks
from repit.settings import ROOT
from tests.databases import Databases

THEN = "'2026-03-01 10:00:00+00:00'"
BEFORE = (
    f"""INSERT INTO funder (id, public_id, name, created_at) VALUES (1, 'f', 'DRDFE', {THEN})""",
    f"""INSERT INTO programme (id, public_id, name, zone, first_day, last_day, face_cents,
        categories, isolated_kinds, validity_months, grace_days, undo_hours, presentation_minutes,
        pays_within_days, created_at)
        VALUES (1, 'p', 'Répit', 'Europe/Paris', '2026-01-01', '2026-12-31', 1000, 1, '[]', 12, 60,
        48, 15, 30, {THEN})""",
    *(
        f"""INSERT INTO fund (id, public_id, programme_id, funder_id, title, categories,
            only_isolated, only_priority_area, created_at)
            VALUES ({n}, 'e{n}', 1, 1, 'Enveloppe {n}', 1, false, false, {THEN})"""
        for n in (1, 2)
    ),
    *(
        f"""INSERT INTO account (id, kind, fund_id, debits_cents, credits_cents)
            VALUES ({fund * 10 + n}, '{kind}', {fund}, {debits}, {credited})"""
        for fund, cents in ((1, 120_000), (2, 5_000))
        for n, (kind, debits, credited) in enumerate(
            (("bank", cents, 0), ("available", 0, cents), ("transit", 0, 0), ("loss", 0, 0))
        )
    ),
    *(
        f"""INSERT INTO contribution (id, fund_id, amount_cents, received_on, reference, note,
            created_at)
            VALUES ({key}, {fund}, {cents}, '{day}', 'VIR 1{key}', 'Note {key}', {THEN})"""
        for key, fund, cents, day in (
            (3, 1, 100_000, "2026-02-01"),
            (5, 1, 20_000, "2026-02-15"),
            (8, 2, 5_000, "2026-02-20"),
        )
    ),
    *(
        f"""INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, contribution_id, actor,
            at) VALUES ('fund', {fund}0, {fund}1, {cents}, {key}, 'command', {THEN})"""
        for key, fund, cents in ((3, 1, 100_000), (5, 1, 20_000), (8, 2, 5_000))
    ),
)
OLD = "SELECT id, fund_id, amount_cents, received_on, reference, note FROM {table} ORDER BY id"


@pytest.fixture
def connection(databases: Databases, tmp_path: Path) -> Iterator[Connection]:
    """A database of before, with three contributions to two funds."""
    engine: Engine = create_engine(databases.bare(tmp_path))
    with engine.connect() as connection:
        _to(connection, "0002")
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys = ON"))
            connection.commit()
        for statement in BEFORE:
            connection.execute(text(statement))
        connection.commit()
        yield connection
    engine.dispose()


def _to(connection: Connection, revision: str, *, up: bool = True) -> None:
    configuration = Config(toml_file=ROOT / "pyproject.toml")
    configuration.attributes["connection"] = connection
    (command.upgrade if up else command.downgrade)(configuration, revision)
    connection.commit()


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    rows = [tuple(map(str, row)) for row in connection.execute(text(sql))]
    connection.commit()
    return rows


def test_each_contribution_is_a_promise_and_its_arrival(connection: Connection) -> None:
    before = _rows(connection, OLD.format(table="contribution"))
    _to(connection, "0003")
    assert _rows(connection, OLD.format(table="arrival")) == before
    kept = _rows(
        connection,
        """SELECT c.id, c.fund_id, c.promised_cents, c.due_on, length(c.public_id), r.way,
                  r.returned_cents, t.amount_cents
             FROM contribution c JOIN arrival r ON r.contribution_id = c.id
             JOIN transfer t ON t.arrival_id = r.id ORDER BY c.id""",
    )
    assert kept == [
        ("3", "1", "100000", "2026-02-01", "22", "hand", "0", "100000"),
        ("5", "1", "20000", "2026-02-15", "22", "hand", "0", "20000"),
        ("8", "2", "5000", "2026-02-20", "22", "hand", "0", "5000"),
    ]
    _to(connection, "head")
    assert list(checks.drifts(connection)) == []


def test_what_arrived_is_still_guarded_and_numbered_on(connection: Connection) -> None:
    _to(connection, "0003")
    for attempt in (
        "UPDATE arrival SET amount_cents = 1",
        "DELETE FROM arrival",
        "DELETE FROM contribution WHERE id = 3",
        "UPDATE transfer SET arrival_id = 99",
        """INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, arrival_id, actor, at)
           SELECT kind, debit_id, credit_id, amount_cents, 99, actor, at FROM transfer LIMIT 1""",
    ):
        with pytest.raises(IntegrityError):
            connection.execute(text(attempt))
        connection.rollback()
    added = f"""INSERT INTO contribution (public_id, fund_id, promised_cents, created_at)
                VALUES ('new', 1, 1, {THEN}) RETURNING id"""
    assert connection.execute(text(added)).scalar_one() > 8


def test_the_way_back_gives_every_contribution_again(connection: Connection) -> None:
    before = _rows(connection, OLD.format(table="contribution"))
    _to(connection, "0003")
    # A line of the bank shared by two promises of one fund: both were « E1 ».
    for key in (20, 21):
        connection.execute(
            text(
                f"""INSERT INTO arrival (id, contribution_id, fund_id, amount_cents, received_on,
                    way, reference, created_at)
                    VALUES ({key}, 3, 1, 10, '2026-03-02', 'transfer', 'E1', {THEN})"""
            )
        )
    connection.commit()
    _to(connection, "0002", up=False)
    after = _rows(connection, OLD.format(table="contribution"))
    assert after[:3] == before
    assert [row[4] for row in after[3:]] == ["E1", "E1 #21"]
    with pytest.raises(IntegrityError):
        connection.execute(text("UPDATE contribution SET amount_cents = 1"))
    connection.rollback()
    _to(connection, "0003")
    assert len(_rows(connection, OLD.format(table="arrival"))) == 5
