"""Commands for the installation itself: bring the database to shape, keep a copy of it."""

import sqlite3
from pathlib import Path

import click
from flask import Flask

from repit.settings import ROOT, Settings
from repit.web import database


def register(app: Flask, settings: Settings) -> None:
    """Add the commands to the application."""

    @app.cli.command("migrate")
    def migrate() -> None:
        """Bring the database to the current shape."""
        bring_to_shape()
        click.echo("The database is up to date.")

    @app.cli.command("backup")
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    def backup(file: Path) -> None:
        """Write a consistent copy of the SQLite database to FILE, while it is being used."""
        if database.extension.engine.dialect.name != "sqlite":
            raise click.ClickException(
                "This installation uses PostgreSQL: keep copies with pg_dump or pgBackRest."
            )
        if file.exists():
            raise click.ClickException(f"{file} exists already; choose another name.")
        size = copy_sqlite(Path(str(database.extension.engine.url.database)), file)
        click.echo(f"{file}: {size} bytes, checked.")


def bring_to_shape() -> None:
    """Run the migrations that are missing, on the application's own engine."""
    from alembic import command  # noqa: PLC0415  (with mako, eight megabytes: never to serve)
    from alembic.config import Config  # noqa: PLC0415

    config = Config(toml_file=ROOT / "pyproject.toml")
    with database.extension.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def copy_sqlite(source: Path, target: Path) -> int:
    """Copy a database in use, and prove that the copy is whole; return its size in bytes.

    A plain copy of the file can lose what is still in the write-ahead log.

    Raises:
        ClickException: the copy does not pass SQLite's own check; it is removed.
    """
    with sqlite3.connect(source) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()
    with sqlite3.connect(target) as copy:
        [verdict] = copy.execute("PRAGMA integrity_check").fetchone()
    copy.close()
    if verdict != "ok":
        target.unlink()
        raise click.ClickException(f"The copy is damaged: {verdict}")
    return target.stat().st_size
