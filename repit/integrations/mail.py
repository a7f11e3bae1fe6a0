"""Letters leave through SMTP, plain text only. `Courier` is what the rest of the code knows."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 20
PERMANENT = range(500, 600)
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Attachment:
    """A file that comes with a letter; its name stands on locked screens too."""

    name: str
    content: bytes
    content_type: str
    """Such as `text/calendar`, without parameters; text is UTF-8."""


@dataclass(frozen=True)
class Letter:
    """One message to one address. The same `reference` is the same letter, sent again."""

    to_address: str
    subject: str
    body: str
    reference: str
    locale: str
    written_at: datetime
    attached: Attachment | None = None


@dataclass(eq=False)
class MailTrouble(Exception):
    """A letter did not leave. `permanent` when the address itself was refused."""

    what: str
    permanent: bool = False


class Line(Protocol):
    """An open way out."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over.

        Raises:
            MailTrouble: it was not taken.
        """


class Courier(Protocol):
    """Opens a way out for a batch of letters."""

    def line(self) -> AbstractContextManager[Line]:
        """Open a line, and close it afterwards."""


@dataclass(frozen=True)
class SmtpCourier:
    """Sends through one SMTP server: `smtp://user:password@host:587?tls` or `smtps://…`."""

    url: str
    sender: str

    @contextmanager
    def line(self) -> Iterator[Line]:
        """Connect for a batch; a server that cannot be reached is the trouble of each letter."""
        line = _SmtpLine(self)
        try:
            yield line
        finally:
            line.close()

    def connect(self) -> smtplib.SMTP:
        """Return a connection, encrypted and signed in as the address says."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if parts.scheme == "smtp" and "tls" in parse_qs(parts.query, keep_blank_values=True):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server


class _SmtpLine:
    def __init__(self, courier: SmtpCourier) -> None:
        self._courier = courier
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        try:
            self._server = self._server or self._courier.connect()
            self._server.send_message(as_message(letter, self._courier.sender))
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise MailTrouble(f"{code} {_text(words)}", permanent=code in PERMANENT) from refused
        except (smtplib.SMTPException, OSError) as trouble:
            self.close()  # the next letter starts on a fresh connection
            raise MailTrouble(f"{type(trouble).__name__}: {trouble}") from trouble

    def close(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (smtplib.SMTPException, OSError):
            server.close()


def as_message(letter: Letter, sender: str) -> EmailMessage:
    """Return the letter as it travels: nothing in its headers says what it is about."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to_address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.reference}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    if letter.attached is not None:
        _attach(message, letter.attached)
    message["Content-Language"] = letter.locale  # what sets the content clears it
    return message


def _attach(message: EmailMessage, file: Attachment) -> None:
    main, _, kind = file.content_type.partition("/")
    message.add_attachment(
        file.content,
        maintype=main,
        subtype=kind,
        filename=file.name,
        params={"charset": "utf-8"} if main == "text" else None,
    )


def _text(words: object) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)
