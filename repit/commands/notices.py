"""`send-notices`, and `sign-in EMAIL`, which lets one in without a letter box."""

import click
from flask import Flask

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.people.queries import person_by_email
from repit.domain.stays import sign_in as door
from repit.settings import Settings
from repit.web import database
from repit.web.door import public_url_for, sign_in_keys
from repit.web.outbox.delivery import can_send, deliver_due

EVERYTHING = 1_000_000


def register(app: Flask, _settings: Settings) -> None:
    """Add the commands to the application."""

    @app.cli.command("send-notices")
    def send_notices() -> None:
        """Write the receipts and reminders that are missing, and send what waits."""
        if not can_send():
            raise click.ClickException("nothing is sent: set REPIT_SMTP_URL and REPIT_MAIL_FROM")
        done = deliver_due(database.session(), most=EVERYTHING)
        click.echo(f"{done.sent} sent, {done.put_off} to try again, {done.failed} given up.")

    @app.cli.command("sign-in")
    @click.argument("email")
    def sign_in(email: str) -> None:
        """Print a fresh link for somebody, good once and for a quarter of an hour."""
        click.echo(fresh_link(email))


def fresh_link(email: str) -> str:
    """Return a one-time link for the person with this address."""
    db = database.session()
    person = person_by_email(db, email)
    if person is None or person.disabled_at is not None:
        raise click.ClickException(f"nobody can sign in as {email}")
    with unit_of_work(db):
        minted = door.mint(db, person.id, keys=sign_in_keys(), now=clock.now())
    return public_url_for("account.follow_link", token=minted.token)
