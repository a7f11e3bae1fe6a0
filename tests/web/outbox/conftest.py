"""A real SMTP server in this process, and an application that sends through it."""

from asyncio import Transport
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from repit.web import database
from tests.applications import application
from tests.browser.server import free_port
from tests.settings import settings_for

FROM = "ne-pas-repondre@ville.test"


@dataclass
class LetterBox:
    """Keeps what arrives, and answers what a test tells it to."""

    answers: dict[str, str] = field(default_factory=dict)
    received: list[EmailMessage] = field(default_factory=list)
    port: int = 0
    hangs_up: bool = False
    """Whether the line breaks after a letter was taken and before that is said."""

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        if self.hangs_up:
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return "250 OK"


@pytest.fixture(scope="session")
def server() -> Iterator[LetterBox]:
    box = LetterBox(port=free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def letter_box(server: LetterBox) -> LetterBox:
    """An empty letter box."""
    server.answers.clear()
    server.received.clear()
    server.hangs_up = False
    return server


@pytest.fixture
def app(database_url: str, letter_box: LetterBox) -> Iterator[Flask]:
    app = application(
        settings_for(
            database_url,
            public_url="https://cheques.ville.test",
            smtp_url=f"smtp://127.0.0.1:{letter_box.port}",
            mail_from=FROM,
            operator_phone="03 21 00 00 00",
        )
    )
    with app.app_context():
        yield app
        database.session().close()
