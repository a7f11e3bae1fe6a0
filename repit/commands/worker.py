"""`flask --app wsgi worker`: issue vouchers, send notices, offer places, end what is over."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType

import click
from flask import Flask

from repit.domain import clock
from repit.domain.jobs.worker import HERE, Task, Worker
from repit.settings import Settings
from repit.tasks import PERIODIC, URGENT, tasks
from repit.web import database


def register(app: Flask, settings: Settings) -> None:
    """Add the command to the application."""

    @app.cli.command("worker")
    @click.option("--until-empty", is_flag=True, help="Stop when nothing is due.")
    def worker(*, until_empty: bool) -> None:
        """Do the work that pages leave for later, until stopped (Ctrl-C, TERM)."""
        urgent, patient = lanes(settings)
        with _stopped_by_signals() as stop:
            click.echo("The worker is ready.")
            if until_empty:
                ran = urgent.run(stop, until_empty=True) + patient.run(stop, until_empty=True)
            else:
                ran = side_by_side(app, urgent, patient, stop)
        click.echo(f"{ran} job(s) run.")


def lanes(settings: Settings) -> tuple[Worker, Worker]:
    """Return the worker of what cannot wait, and the worker of everything else."""
    known = tasks(settings)
    patient = frozenset(known) - URGENT
    return (_lane("urgent", URGENT, known), _lane("patient", patient, known))


def _lane(name: str, kinds: frozenset[str], known: Mapping[str, Task]) -> Worker:
    return Worker(
        engine=database.extension.engine,
        tasks=known,
        clock=clock.now,
        periodic=[one for one in PERIODIC if one.kind in kinds],
        kinds=kinds,
        name=f"{HERE}:{name}",
    )


def side_by_side(app: Flask, urgent: Worker, patient: Worker, stop: Event) -> int:
    """Run both lanes until asked to stop; a lane that breaks stops the other too."""
    ran: list[int] = []

    def work(one: Worker) -> None:
        try:
            with app.app_context():
                ran.append(one.run(stop))
        finally:
            stop.set()

    beside = Thread(target=work, args=(urgent,), name="urgent")
    beside.start()
    try:
        work(patient)
    finally:
        beside.join()
    return sum(ran)


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
