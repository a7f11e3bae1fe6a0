"""Messages leave by SMTP, once, in the reader's language, and say nothing on the outside."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.app import create_app
from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.actors import COMMAND
from repit.domain.notices import queries
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import Office, tell
from repit.domain.people import service as people
from repit.domain.people.models import SignIn
from repit.domain.stays import sign_in
from repit.web import database
from repit.web.door import sign_in_keys
from repit.web.outbox.delivery import can_send, deliver_due
from repit.web.outbox.letters import TO_THE_OPERATOR
from tests.cast import a_person
from tests.settings import settings_for
from tests.web.outbox.conftest import FROM, LetterBox

FACTS = {
    "vouchers": 2,
    "family_share_cents": 150,
    "amount_cents": 2_000,
    "provider": "La Roseraie",
    "device": "Firefox sur Android",
    "service_on": "2026-03-14",
    "paid_on": "2026-03-18",
    "reference": "LOT 7 DECOMPTE 12",
    "paid_by_on": "2026-04-13",
    "last_day": "2026-12-31",
    "title": "Un temps pour soi",
    "session_day": "2026-12-09",
    "starts": "18:00",
    "ends": "20:00",
    "zone": "Europe/Paris",
    "place": "Espace Famille",
    "address": "2 rue des Lilas, 62300 Lens",
    "until": "2026-11-23T14:30:00+00:00",
    "kept": 1,
    "share_cents": 400,
    "why": "late_payment",
    "unpaid": True,
    "people": 1,
    "least": 3,
    "release": "2026-003",
    "fund": "Parents isolés",
    "period_kind": "quarter",
    "first_day": "2026-07-01",
    "session": "AbCd_-1234567890123456",
    "nonce": "AbCd_-1234567890123457",
    "party": "AbCd_-1234567890123458",
}
NOT_OUTSIDE = re.compile(r"r[ée]pit|isol|respite|€|EUR|\d", re.IGNORECASE)


def say(db: Session, kind: Kind, to: str = "amina@exemple.test", locale: str = "fr") -> None:
    with unit_of_work(db):
        told = tell(
            db, kind, Office(to, locale), facts=FACTS, dedupe=f"{kind}:{to}", now=clock.now()
        )
    assert told


def make_due(db: Session) -> None:
    """Let the pause after a failure pass."""
    with unit_of_work(db):
        db.execute(update(Notice).values(send_at=clock.now() - timedelta(seconds=1)))


def test_a_sign_in_message_opens_the_door(db: Session, letter_box: LetterBox) -> None:
    person = a_person(db, "Amina", email="amina@exemple.test")
    with unit_of_work(db):
        sign_in.ask(
            db, email="amina@exemple.test", source="test", keys=sign_in_keys(), now=clock.now()
        )

    assert deliver_due(db).sent == 1

    [message] = letter_box.received
    link = re.search(r"https://cheques\.ville\.test/entrer/lien/(\S+)", message.get_content())
    assert link
    with unit_of_work(db):
        assert sign_in.use_link(db, link.group(1), now=clock.now()) == person
    [notice] = db.scalars(select(Notice))
    assert (notice.state, notice.subject, notice.body, notice.facts) == ("sent", None, None, {})


@pytest.mark.parametrize("locale", ["fr", "nl", "en", "ar"])
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.SIGN_IN])
def test_every_message_is_neutral_on_the_outside(
    db: Session, letter_box: LetterBox, kind: Kind, locale: str
) -> None:
    say(db, kind, locale=locale)

    assert deliver_due(db).sent == 1

    [message] = letter_box.received
    outside = [message["Subject"], message["From"]]
    assert not any(NOT_OUTSIDE.search(str(text)) for text in outside), outside
    assert message["From"] == FROM
    assert message["Auto-Submitted"] == "auto-generated"
    body = message.get_content()
    assert ("03 21 00 00 00" in body) == (kind not in TO_THE_OPERATOR)
    assert message["Content-Language"] == locale
    assert "%(" not in body
    assert "{{" not in body


def test_a_receipt_says_what_was_taken(db: Session, letter_box: LetterBox) -> None:
    say(db, Kind.REDEEMED_PARENT)

    deliver_due(db)

    body = letter_box.received[0].get_content()
    assert "2 chèques chez La Roseraie, le 14 mars 2026" in body
    assert "1,50" in body
    assert "https://cheques.ville.test/mes-cheques" in body


def test_nothing_is_sent_twice(db: Session, letter_box: LetterBox) -> None:
    say(db, Kind.VOUCHERS_ISSUED)

    assert (deliver_due(db).sent, deliver_due(db).sent) == (1, 0)
    make_due(db)
    assert deliver_due(db).sent == 0
    assert len(letter_box.received) == 1


def test_a_busy_server_is_asked_again_with_the_same_letter(
    db: Session, letter_box: LetterBox
) -> None:
    say(db, Kind.VOUCHERS_ISSUED)
    letter_box.answers["amina@exemple.test"] = "451 try later"

    assert deliver_due(db).put_off == 1
    [waiting] = queries.outbox(db)
    assert waiting.state == "waiting"
    assert "451" in str(waiting.trouble)
    letter_box.answers.clear()
    make_due(db)

    assert deliver_due(db).sent == 1
    assert letter_box.received[0]["Message-ID"] == f"<vouchers_issued-{waiting.id}@ville.test>"


def test_a_lost_answer_means_the_same_letter_again_never_none(
    db: Session, letter_box: LetterBox
) -> None:
    say(db, Kind.VOUCHERS_ISSUED)
    letter_box.hangs_up = True
    assert deliver_due(db).put_off == 1
    letter_box.hangs_up = False
    make_due(db)

    assert deliver_due(db).sent == 1
    assert len(letter_box.received) == 2
    assert len({letter["Message-ID"] for letter in letter_box.received}) == 1


def test_an_address_that_does_not_exist_is_given_up_at_once(
    db: Session, letter_box: LetterBox
) -> None:
    say(db, Kind.VOUCHERS_ISSUED)
    say(db, Kind.VOUCHERS_ISSUED, to="bruno@exemple.test")
    letter_box.answers["amina@exemple.test"] = "550 no such user"

    done = deliver_due(db)

    assert (done.sent, done.failed) == (1, 1)
    [failed] = queries.failed(db)
    assert failed.to_address == "amina@exemple.test"
    assert str(failed.trouble).startswith("550")


def test_a_server_that_is_away_loses_nothing(db: Session, database_url: str) -> None:
    say(db, Kind.VOUCHERS_ISSUED)
    away = settings_for(database_url, smtp_url="smtp://127.0.0.1:1", mail_from=FROM)

    with create_app(away).app_context():
        assert deliver_due(db).put_off == 1
    assert queries.counts(db, clock.now()).waiting == 1


def test_a_new_try_of_a_sign_in_message_brings_new_secrets(
    db: Session, letter_box: LetterBox
) -> None:
    a_person(db, "Amina", email="amina@exemple.test")
    with unit_of_work(db):
        sign_in.ask(
            db, email="amina@exemple.test", source="test", keys=sign_in_keys(), now=clock.now()
        )
    letter_box.answers["amina@exemple.test"] = "451 try later"
    deliver_due(db)
    letter_box.answers.clear()
    make_due(db)

    assert deliver_due(db).sent == 1
    assert len(set(db.scalars(select(SignIn.token_hash)))) == 2


def test_a_letter_box_that_changed_hands_gets_no_link(db: Session, letter_box: LetterBox) -> None:
    person = a_person(db, "Amina", email="amina@exemple.test")
    with unit_of_work(db):
        sign_in.ask(
            db, email="amina@exemple.test", source="test", keys=sign_in_keys(), now=clock.now()
        )
    with unit_of_work(db):
        people.change_email(db, person, "autre@exemple.test", actor=COMMAND, now=clock.now())

    assert deliver_due(db).failed == 1
    assert letter_box.received == []
    assert db.scalars(select(SignIn)).all() == []


def test_without_a_way_out_messages_wait(database_url: str) -> None:
    app = create_app(settings_for(database_url))
    with app.app_context():
        db = database.session()
        say(db, Kind.VOUCHERS_ISSUED)

        assert not can_send()
        assert deliver_due(db).sent == 0
        assert queries.counts(db, clock.now()).waiting == 1
        db.close()
        database.extension.engine.dispose()


def test_the_command_says_what_it_did(app: Flask, db: Session, letter_box: LetterBox) -> None:
    say(db, Kind.VOUCHERS_ISSUED)

    said = app.test_cli_runner().invoke(args=["send-notices"])

    assert said.exit_code == 0
    assert said.output == "1 sent, 0 to try again, 0 given up.\n"
