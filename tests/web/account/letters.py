"""What a person finds in their letter box."""

import re
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.domain.notices.models import Notice
from repit.web.outbox.delivery import deliver_due

AMINA = "amina@exemple.test"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Received:
    subject: str
    body: str

    @property
    def path(self) -> str:
        """The path of the link."""
        found = re.search(r"https?://[^/\s]+(/entrer/lien/\S+)", self.body)
        assert found
        return found.group(1)

    @property
    def code(self) -> str:
        found = re.search(r"^(\d{6})$", self.body, re.MULTILINE)
        assert found
        return found.group(1)


def token_of(client: FlaskClient, path: str) -> str:
    """Return the token of the form on a page."""
    found = TOKEN.search(client.get(path).text)
    assert found, path
    return found.group(1)


def submit(client: FlaskClient, path: str, page: str | None = None, **fields: str) -> TestResponse:
    """Send the form that stands on a page."""
    token = token_of(client, page or path)
    return client.post(path, data={"csrf_token": token, **fields})


def ask(client: FlaskClient, db: Session, email: str = AMINA) -> Received:
    """Ask for a message and open it."""
    assert submit(client, "/entrer", email=email).status_code == 303
    return last_letter(client.application, db, email)


def last_letter(app: Flask, db: Session, email: str) -> Received:
    with app.app_context():
        deliver_due(db)
    row = db.scalars(
        select(Notice).where(Notice.to_address == email).order_by(Notice.id.desc()).limit(1)
    ).one()
    assert row.subject
    assert row.body
    return Received(row.subject, row.body)
