"""An empty, migrated database for every test, made once per worker and emptied in milliseconds.

The shape comes from the migrations, never from the models: the triggers and the constraints
that guard money live there, and a test must meet them.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import create_engine, make_url

from repit.settings import ROOT

# Replica mode lets the append-only triggers and the foreign keys sleep while all rows leave.
# It needs a superuser, which an application never is.
EMPTY = """
DO $$
DECLARE found record;
BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL synchronous_commit = off;
    SET LOCAL lock_timeout = '10s';
    FOR found IN
        SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP
        EXECUTE format('DELETE FROM %I', found.tablename);
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


class Databases(Protocol):
    """Gives each test the address of a database that holds no row."""

    def fresh(self, folder: Path) -> str:
        """Return the address of an empty database; `folder` belongs to the test."""


def migrate(url: str) -> None:
    """Bring one database to the current shape."""
    configuration = Config(toml_file=ROOT / "pyproject.toml")
    engine = create_engine(url)
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
    engine.dispose()


class SQLiteFiles:
    """A migrated file that every test copies."""

    def __init__(self, folder: Path) -> None:
        """Migrate the file that will be copied."""
        self.template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}")

    def fresh(self, folder: Path) -> str:
        """Return the address of a copy."""
        copy = folder / "test.sqlite3"
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"


class PostgresDatabase:
    """One database per worker, whose rows leave before each test."""

    def __init__(self, url: str, connection: psycopg.Connection) -> None:
        """Migrate the database at `url`; `connection` is a superuser's."""
        self.url = url
        self.connection = connection
        migrate(url)

    def fresh(self, folder: Path) -> str:
        """Empty the database and return its address."""
        self.connection.execute(EMPTY)
        return self.url


@contextmanager
def postgres_database(server_url: str, name: str) -> Iterator[PostgresDatabase]:
    """Create a database on a server, and drop it afterwards."""
    server = make_url(server_url)
    address = server.set(database=name).render_as_string(hide_password=False)
    dsn = server.set(drivername="postgresql")
    with psycopg.connect(dsn.render_as_string(hide_password=False), autocommit=True) as owner:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        owner.execute(drop)
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        own_dsn = dsn.set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(own_dsn, autocommit=True) as connection:
            yield PostgresDatabase(address, connection)
        owner.execute(drop)
