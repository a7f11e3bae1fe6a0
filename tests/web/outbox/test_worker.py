"""From the desk to the letter box, by the worker alone."""

from datetime import timedelta
from threading import Event

from flask import Flask
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.codes import new_codes
from repit.domain.errors import DomainError
from repit.domain.jobs.worker import Worker
from repit.domain.notices.models import Notice
from repit.domain.people.models import SignInCount
from repit.domain.stays import sign_in
from repit.domain.vouchers.models import Voucher
from repit.tasks import PERIODIC, tasks
from repit.web.door import settings, sign_in_keys
from tests.cast import Town, a_town, an_operator
from tests.domain.redemptions.taking import take
from tests.web.outbox.conftest import LetterBox


def a_town_of_today(db: Session) -> Town:
    """The same town, with vouchers and prices that are good when the tests run."""
    town = a_town(db)
    with unit_of_work(db):
        today = clock.now().date()
        db.execute(
            update(Voucher).values(
                first_day=today - timedelta(days=30),
                last_day=today + timedelta(days=300),
                grace_until=today + timedelta(days=330),
            )
        )
    return town


def work(engine: Engine) -> None:
    worker = Worker(engine, tasks(settings()), clock.now, PERIODIC)
    worker.run(Event(), until_empty=True)


def test_a_redemption_reaches_both_letter_boxes(
    app: Flask, db: Session, engine: Engine, letter_box: LetterBox
) -> None:
    town, now = a_town_of_today(db), clock.now()
    take(engine, town.roseraie, town.codes[:1], now=now, service_on=now.date())

    work(engine)  # writes the receipts
    work(engine)  # sends what it wrote

    assert sorted(letter["Subject"] for letter in letter_box.received) == ["Votre reçu"] * 2
    work(engine)
    assert len(letter_box.received) == 2


def test_operators_are_told_once_of_a_locked_device(
    app: Flask, db: Session, engine: Engine, letter_box: LetterBox
) -> None:
    an_operator(db, "Odile")
    town, now = a_town_of_today(db), clock.now()
    for number, code in enumerate(new_codes(12), start=1):
        try:
            take(engine, town.roseraie, [code], number, now=now, service_on=now.date())
        except DomainError:
            continue

    work(engine)

    [letter] = letter_box.received
    assert letter["To"] == "odile@exemple.test"
    assert "logiciel" in letter.get_content()
    assert db.scalar(select(func.count()).select_from(Notice)) == 1


def test_who_knocked_yesterday_is_forgotten(app: Flask, db: Session, engine: Engine) -> None:
    for ago in (timedelta(days=2), timedelta()):
        with unit_of_work(db):
            sign_in.ask(
                db,
                email="amina@exemple.test",
                source="test",
                keys=sign_in_keys(),
                now=clock.now() - ago,
            )

    work(engine)

    db.rollback()
    assert db.scalar(select(func.count()).select_from(SignInCount)) == 2
