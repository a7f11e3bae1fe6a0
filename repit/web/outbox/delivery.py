"""Send what is due. Each letter leaves outside any transaction and is noted right after.

At least once: see `repit.domain.notices.outbox`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.notices import outbox
from repit.domain.notices.outbox import DueNotice
from repit.domain.notices.rules import Kind
from repit.domain.stays import sign_in
from repit.domain.stays.sign_in import Minted
from repit.integrations.mail import Courier, Letter, Line, MailTrouble, SmtpCourier
from repit.web.door import settings, sign_in_keys
from repit.web.outbox import bookings
from repit.web.outbox.letters import compose

BATCH = 20


@dataclass(frozen=True)
class Delivered:
    """What became of one run."""

    sent: int = 0
    put_off: int = 0
    failed: int = 0
    dropped: int = 0
    """No longer true when they were to leave."""


class DemoCourier:
    """Sends nothing: the letter stays in its row, for everybody to read in /dev/outbox."""

    @contextmanager
    def line(self) -> Iterator[Line]:
        """Return the courier itself."""
        yield self

    def send(self, letter: Letter) -> None:
        """Take the letter; there is nobody to hand it to."""


def can_send() -> bool:
    """Whether messages can leave; if not they wait, and the operator is told."""
    return courier() is not None


def courier() -> Courier | None:
    """Return the way out that the settings give."""
    given = settings()
    if given.smtp_url:
        return SmtpCourier(given.smtp_url, given.mail_from)
    return DemoCourier() if given.demo else None


def deliver_due(db: Session, *, most: int = 500) -> Delivered:
    """Send the messages that are due, at most so many; without a way out they wait."""
    way_out = courier()
    if way_out is None:
        return Delivered()
    outcomes: list[str] = []
    while len(outcomes) < most:
        with unit_of_work(db):
            due = outbox.claim(db, now=clock.now(), limit=min(BATCH, most - len(outcomes)))
        if not due:
            break
        with way_out.line() as line:
            outcomes += [_deliver(db, line, notice) for notice in due]
    return Delivered(
        sent=outcomes.count("sent"),
        put_off=outcomes.count("put_off"),
        failed=outcomes.count("failed"),
        dropped=outcomes.count("dropped"),
    )


def _deliver(db: Session, line: Line, notice: DueNotice) -> str:
    now = clock.now()
    minted = _mint(db, notice, now) if notice.kind == Kind.SIGN_IN else None
    if notice.kind == Kind.SIGN_IN and minted is None:
        with unit_of_work(db):
            outbox.give_up(db, notice, trouble="address_changed")
        return "failed"
    booking = bookings.booking_of(db, notice)
    if bookings.is_overtaken(notice, booking, now):
        with unit_of_work(db):
            outbox.drop(db, notice)
        return "dropped"
    letter = compose(notice, now=now, minted=minted, booking=booking)
    try:
        line.send(letter)
    except MailTrouble as trouble:
        return _note_trouble(db, notice, trouble, now)
    kept = None if settings().smtp_url else (letter.subject, letter.body)
    with unit_of_work(db):
        if notice.kind == Kind.HOW_WAS_IT:
            outbox.forget_fact(db, notice, "nonce")
        outbox.mark_sent(db, notice.id, now=now, kept=kept)
    return "sent"


def _mint(db: Session, notice: DueNotice, now: datetime) -> Minted | None:
    """Make the link and the code now: until the message leaves they exist nowhere."""
    if notice.person_id is None:
        return None
    with unit_of_work(db):
        return sign_in.mint_for_letter(
            db, notice.person_id, notice.to_address, keys=sign_in_keys(), now=now
        )


def _note_trouble(db: Session, notice: DueNotice, trouble: MailTrouble, now: datetime) -> str:
    with unit_of_work(db):
        if trouble.permanent:
            outbox.give_up(db, notice, trouble=trouble.what)
            return "failed"
        given_up = outbox.put_off(db, notice, trouble=trouble.what, now=now)
    return "failed" if given_up else "put_off"
