"""`flask --app wsgi worker`: issue vouchers, send notices, expire what is over, for ever."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

import click
from flask import Flask

from repit.domain import clock
from repit.domain.jobs.worker import Worker
from repit.settings import Settings
from repit.tasks import PERIODIC, tasks
from repit.web import database


def register(app: Flask, settings: Settings) -> None:
    """Add the command to the application."""

    @app.cli.command("worker")
    @click.option("--until-empty", is_flag=True, help="Stop when nothing is due.")
    def worker(*, until_empty: bool) -> None:
        """Do the work that pages leave for later, until stopped (Ctrl-C, TERM)."""
        one = Worker(
            engine=database.extension.engine,
            tasks=tasks(settings),
            clock=clock.now,
            periodic=PERIODIC,
        )
        with _stopped_by_signals() as stop:
            click.echo("The worker is ready.")
            ran = one.run(stop, until_empty=until_empty)
        click.echo(f"{ran} job(s) run.")


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """A worker told to stop ends its current step and gives its job back."""
    stop = Event()

    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
