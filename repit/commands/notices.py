"""`send-notices`; `sign-in EMAIL` and `add-operator EMAIL NAME`, to come in the first time."""

import click
from flask import Flask
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.actors import COMMAND
from repit.domain.people.queries import person_by_email
from repit.domain.people.rules import Role
from repit.domain.people.service import give_role, known_or_new
from repit.domain.reminders.afterwards import enqueue_questionnaires
from repit.domain.reminders.bookings import enqueue_booking_reminders
from repit.domain.reminders.deciding import enqueue_decisions
from repit.domain.reminders.expiry import enqueue_expiry_reminders
from repit.domain.reminders.receipts import enqueue_receipts
from repit.domain.stays import sign_in as door
from repit.settings import Settings
from repit.web import database
from repit.web.door import public_url_for, sign_in_keys
from repit.web.outbox.delivery import can_send, deliver_due

EVERYTHING = 1_000_000
ENQUEUES = (
    enqueue_receipts,
    enqueue_expiry_reminders,
    enqueue_booking_reminders,
    enqueue_questionnaires,
    enqueue_decisions,
)


def register(app: Flask, _settings: Settings) -> None:
    """Add the commands to the application."""

    @app.cli.command("send-notices")
    def send_notices() -> None:
        """Write the receipts and reminders that are missing, and send what waits."""
        if not can_send():
            raise click.ClickException("nothing is sent: set REPIT_SMTP_URL and REPIT_MAIL_FROM")
        db = database.session()
        write_what_is_missing(db)
        done = deliver_due(db, most=EVERYTHING)
        click.echo(f"{done.sent} sent, {done.put_off} to try again, {done.failed} given up.")

    @app.cli.command("sign-in")
    @click.argument("email")
    def sign_in(email: str) -> None:
        """Print a fresh link for somebody, good once and for a quarter of an hour."""
        click.echo(fresh_link(email))

    @app.cli.command("add-operator")
    @click.argument("email")
    @click.argument("name")
    def add_operator(email: str, name: str) -> None:
        """Let somebody run the scheme: NAME, who receives messages at EMAIL."""
        db, now = database.session(), clock.now()
        with unit_of_work(db):
            person_id = known_or_new(db, name=name, email=email, actor=COMMAND, now=now)
            give_role(db, person_id, Role.OPERATOR, actor=COMMAND, now=now)
        click.echo(f"{name} signs in at {public_url_for('account.enter')}")


def write_what_is_missing(db: Session) -> None:
    """Write the receipts and reminders that are due, a thousand at a time."""
    now, some = clock.now(), 1
    while some:
        with unit_of_work(db):
            some = sum(enqueue(db, now=now) for enqueue in ENQUEUES)


def fresh_link(email: str) -> str:
    """Return a one-time link for the person with this address."""
    db = database.session()
    person = person_by_email(db, email)
    if person is None or person.disabled_at is not None:
        raise click.ClickException(f"nobody can sign in as {email}")
    with unit_of_work(db):
        minted = door.mint(db, person.id, keys=sign_in_keys(), now=clock.now())
    return public_url_for("account.follow_link", token=minted.token)
