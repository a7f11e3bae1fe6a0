"""What did not leave, why, and once more."""

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.notices import outbox
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import tell
from repit.domain.people.models import Person
from repit.tasks import PERIODIC
from repit.web.operators import messages, work
from tests.cast import Town, a_parent, a_person, vouchers_for
from tests.web.operators.desk import Desk, words

PAGE = "/porteur/messages/"
FACTS = {"vouchers": 2, "last_day": "2026-12-31"}


def a_failed_message(db: Session) -> tuple[int, int]:
    """Return the message and whom it should have reached."""
    person = a_person(db, "Denise", email="denise@exmple.test")
    with unit_of_work(db):
        tell(db, Kind.VOUCHERS_ISSUED, person, facts=FACTS, dedupe="x", now=clock.now())
    with unit_of_work(db):
        [due] = outbox.claim(db, now=clock.now(), limit=1)
        outbox.give_up(db, due, trouble="550 no such user")
    return due.id, person


def test_a_failed_message_is_shown_with_its_reason(desk: Desk, db: Session) -> None:
    a_failed_message(db)

    page = words(desk.open(PAGE))

    assert "denise@exmple.test" in page
    assert "550 no such user" in page
    assert "Nouveaux chèques" in page


def test_it_leaves_again_for_the_address_of_today(desk: Desk, db: Session) -> None:
    message, person = a_failed_message(db)
    with unit_of_work(db):
        db.execute(update(Person).where(Person.id == person).values(email="denise@exemple.test"))

    answer = desk.send(f"{PAGE}{message}/renvoyer")

    assert "Le message repart" in words(answer)
    [notice] = db.scalars(select(Notice))
    assert (notice.state, notice.attempts) == ("waiting", 0)
    assert notice.to_address == "denise@exemple.test"
    assert desk.send(f"{PAGE}{message}/renvoyer").status_code == 404


def test_without_a_mail_server_the_operator_is_told(desk: Desk, town: Town, db: Session) -> None:
    vouchers_for(db, a_parent(db, "Denise"), town.fund_id)

    page = words(desk.open(PAGE))

    assert "le serveur de courrier n’est pas réglé" in page
    assert "Parents sans e-mail 1" in page


def test_a_stranger_learns_nothing(chloe: FlaskClient) -> None:
    assert chloe.get(PAGE).status_code == 404


def test_every_message_and_every_work_has_a_name_in_words() -> None:
    assert {kind.value for kind in Kind} <= set(messages.KINDS)
    assert {one.kind for one in PERIODIC} <= set(work.KINDS)
