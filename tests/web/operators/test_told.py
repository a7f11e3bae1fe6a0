"""What parents say of a workshop, as its operator reads it: never one of them."""

from datetime import timedelta

from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.satisfaction.service import Answers, answer
from repit.domain.workshops.models import WorkshopSession
from tests.cast import Town
from tests.web.operators.desk import Desk, words
from tests.web.operators.winter import a_winter


def test_the_operator_reads_answers_from_eleven_on(desk: Desk, db: Session, town: Town) -> None:
    winter = a_winter(db, town)
    address = f"/porteur/ateliers/{winter.workshop}"
    ends_at = clock.now() - timedelta(days=30)
    with unit_of_work(db):
        session = db.get_one(WorkshopSession, winter.session_id)
        session.starts_at, session.ends_at = ends_at - timedelta(hours=2), ends_at
        public_id = session.public_id
    for number in range(11):
        told = words(desk.open(address))
        assert "Les réponses se lisent à partir de onze" in told
        assert "Reviendraient" not in told
        with unit_of_work(db):
            answers = Answers(5 if number else 1, 3)
            answer(db, f"link {number}", public_id, answers, now=ends_at + timedelta(days=1))
    told = words(desk.open(address))
    assert "11 réponses, sans aucun nom." in told
    assert "91 %" in told
