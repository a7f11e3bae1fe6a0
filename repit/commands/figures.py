"""Commands about figures: close days, count everything that is kept anew."""

from collections.abc import Callable

import click
from flask import Flask
from sqlalchemy import select

from repit.domain import clock
from repit.domain.figures import task
from repit.domain.programmes.models import Programme
from repit.settings import Settings
from repit.web import database


def register(app: Flask, _settings: Settings) -> None:
    """Add the commands to the application."""

    @app.cli.group("figures")
    def figures() -> None:
        """What is kept of days that are over."""

    @figures.command("keep")
    def keep() -> None:
        """Close every day that is over. The worker does it each night; safe to repeat."""
        _each("closed", task.keep)

    @figures.command("rebuild")
    def rebuild() -> None:
        """Count everything that is kept anew from the ledger. Safe to stop, and to run again.

        Where parents lived, and what was frozen of people, stays as it was kept.
        """
        _each("counted anew", task.rebuild)


def _each(done: str, work: Callable[..., int]) -> None:
    db = database.session()
    now = clock.now()
    programmes = db.execute(select(Programme.id, Programme.name).order_by(Programme.id)).all()
    for programme_id, name in programmes:
        days = work(db, programme_id, now=now)
        click.echo(f"{name}: {days} day(s) {done}.")
