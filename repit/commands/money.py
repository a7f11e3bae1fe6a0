"""Commands about vouchers and money: issue, expire, check the books."""

import json
from datetime import date, datetime

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks, clock
from repit.domain.actors import COMMAND
from repit.domain.codes import CodeVault
from repit.domain.programmes.models import Programme
from repit.domain.vouchers import run
from repit.domain.vouchers.expire import expire_some
from repit.settings import Settings
from repit.web import database


def register(app: Flask, settings: Settings) -> None:
    """Add the commands to the application."""

    @app.cli.command("issue-vouchers")
    @click.argument("programme")
    @click.option("--day", help="Any day of the period, YYYY-MM-DD; today if not given.")
    def issue_vouchers(programme: str, day: str | None) -> None:
        """Issue what is missing for a period of the programme of this name. Safe to repeat."""
        now = clock.now()
        db = database.session()
        found = db.scalar(select(Programme).where(Programme.name == programme))
        if found is None:
            raise click.ClickException(f"No programme is called {programme!r}.")
        outcome = run.issue_period(
            db,
            found.id,
            date.fromisoformat(day) if day else clock.day_in(found.zone, now),
            vault=CodeVault.from_text(settings.code_key),
            actor=COMMAND,
            now=now,
        )
        click.echo(
            f"{outcome.vouchers} vouchers for {outcome.parents} parents;"
            f" {outcome.waiting} parents wait."
        )

    @app.cli.command("expire-vouchers")
    def expire_vouchers() -> None:
        """Give back to the funds what nobody can claim any more."""
        count = expire_all(database.session(), clock.now())
        click.echo(f"{count} vouchers expired.")

    @app.cli.command("check")
    @click.pass_context
    def check(context: click.Context) -> None:
        """Recompute every balance and rule; one JSON line per disagreement, then exit 1."""
        with database.extension.engine.connect() as connection:
            found = list(checks.drifts(connection))
        for drift in found:
            click.echo(json.dumps({"invariant": drift.invariant} | drift.row, default=str))
        if found:
            context.exit(1)
        invariants = len(checks.INVARIANTS) + len(checks.COMPUTED)
        click.echo(json.dumps({"invariants": invariants, "drifts": 0}))


def expire_all(db: Session, now: datetime) -> int:
    """Expire everything that is over, a few hundred at a time; return how many."""
    count = 0
    while True:
        with unit_of_work(db):
            some = expire_some(db, actor=COMMAND, now=now)
        if not some:
            return count
        count += some
