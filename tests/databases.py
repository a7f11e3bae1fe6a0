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
from sqlalchemy import URL, create_engine, make_url

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

    def bare(self, folder: Path) -> str:
        """Return the address of a database without any table."""


def migrate(url: str) -> None:
    """Bring one database to the current shape."""
    configuration = Config(toml_file=ROOT / "pyproject.toml")
    engine = create_engine(url)
    with engine.begin() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
    engine.dispose()


class SQLiteFiles:
    """A migrated file that every test copies; one address leads to the copy of the moment."""

    def __init__(self, folder: Path) -> None:
        """Migrate the file that will be copied."""
        self.template = folder / "template.sqlite3"
        self.address = folder / "test.sqlite3"
        migrate(f"sqlite:///{self.template}")

    def fresh(self, folder: Path) -> str:
        """Make a copy in the test's folder and lead the address to it."""
        copy = folder / "test.sqlite3"
        shutil.copyfile(self.template, copy)
        self.address.unlink(missing_ok=True)
        self.address.symlink_to(copy)  # SQLite keeps its journals beside the real file
        return f"sqlite:///{self.address}"

    def bare(self, folder: Path) -> str:
        """Return the address of a file that does not exist yet."""
        return f"sqlite:///{folder / 'bare.sqlite3'}"


class PostgresDatabases:
    """Two databases per worker: one whose rows leave before each test, one without tables."""

    def __init__(self, owner: psycopg.Connection, server: URL, name: str) -> None:
        """Create and migrate the first; `owner` is a superuser's connection to the server."""
        self.owner = owner
        self.server = server
        self.name = name
        self.url = self._create(name)
        self.connection = psycopg.connect(_dsn(server.set(database=name)), autocommit=True)
        migrate(self.url)

    def fresh(self, folder: Path) -> str:
        """Empty the database and return its address."""
        self.connection.execute(EMPTY)
        return self.url

    def bare(self, folder: Path) -> str:
        """Return the address of a new database."""
        return self._create(f"{self.name}_bare")

    def drop(self) -> None:
        """Leave nothing behind on the server."""
        self.connection.close()
        self._drop(self.name)
        self._drop(f"{self.name}_bare")

    def _create(self, name: str) -> str:
        self._drop(name)
        self.owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.server.set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        self.owner.execute(drop)


@contextmanager
def postgres_databases(server_url: str, name: str) -> Iterator[PostgresDatabases]:
    """Create databases on a server, and drop them afterwards."""
    server = make_url(server_url)
    with psycopg.connect(_dsn(server), autocommit=True) as owner:
        databases = PostgresDatabases(owner, server, name)
        yield databases
        databases.drop()


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
