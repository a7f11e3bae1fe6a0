"""Accounts, roles, and what must always remain."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.audit.queries import history
from repit.domain.errors import NoSuchObject
from repit.domain.people import queries, service
from repit.domain.people.errors import EmailTaken, LastOperator
from repit.domain.people.models import Person
from repit.domain.people.rules import Role
from tests.cast import NOON, a_provider, an_operator

BY = actors.COMMAND


def register(db: Session, name: str = "Odile", email: str = "odile@exemple.test") -> int:
    with unit_of_work(db):
        return service.register(db, name=name, email=email, actor=BY, now=NOON)


def test_an_address_belongs_to_one_account_whatever_its_capitals(db: Session) -> None:
    register(db)

    with pytest.raises(EmailTaken):
        register(db, "Omar", " Odile@Exemple.test")


def test_a_known_address_is_found_again(db: Session) -> None:
    odile = register(db)
    with unit_of_work(db):
        found = service.known_or_new(db, name="O.", email="ODILE@exemple.test", actor=BY, now=NOON)
        new = service.known_or_new(db, name="Omar", email="omar@exemple.test", actor=BY, now=NOON)

    assert found == odile
    assert new != odile


def test_a_role_given_twice_is_given_once(db: Session) -> None:
    odile, roseraie = register(db), a_provider(db)
    for _ in range(2):
        with unit_of_work(db):
            service.give_role(db, odile, Role.PROVIDER, provider_id=roseraie.id, actor=BY, now=NOON)

    assert [one.id for one in queries.staff_of_provider(db, roseraie.id)] == [odile]
    kinds = [happened.kind for happened in history(db, [("person", odile)])]
    assert kinds == ["role_given", "registered"]


def test_a_role_ends_and_may_begin_again(db: Session) -> None:
    odile, roseraie = register(db), a_provider(db)
    place = {"provider_id": roseraie.id, "actor": BY, "now": NOON}
    with unit_of_work(db):
        service.give_role(db, odile, Role.PROVIDER, **place)  # type: ignore[arg-type]
    with unit_of_work(db):
        service.end_role(db, odile, Role.PROVIDER, **place)  # type: ignore[arg-type]
    assert queries.staff_of_provider(db, roseraie.id) == []
    with pytest.raises(NoSuchObject), unit_of_work(db):
        service.end_role(db, odile, Role.PROVIDER, **place)  # type: ignore[arg-type]
    with unit_of_work(db):
        service.give_role(db, odile, Role.PROVIDER, **place)  # type: ignore[arg-type]
    assert len(queries.staff_of_provider(db, roseraie.id)) == 1


def test_the_last_operator_stays(db: Session) -> None:
    odile, omar = an_operator(db, "Odile"), an_operator(db, "Omar")
    with unit_of_work(db):
        service.disable(db, omar, motive="départ", actor=BY, now=NOON)

    with pytest.raises(LastOperator), unit_of_work(db):
        service.disable(db, odile, motive="départ", actor=BY, now=NOON)
    with pytest.raises(LastOperator), unit_of_work(db):
        service.end_role(db, odile, Role.OPERATOR, actor=BY, now=NOON)


@pytest.mark.concurrency
def test_two_operators_who_leave_at_once_do_not_both_leave(db: Session, engine: Engine) -> None:
    leaving = [an_operator(db, "Odile"), an_operator(db, "Omar")]
    db.rollback()
    start, refused = Barrier(2), []

    def leave(person_id: int) -> None:
        with Session(engine) as own:
            start.wait()
            try:
                with unit_of_work(own):
                    service.disable(own, person_id, motive="départ", actor=BY, now=NOON)
            except LastOperator:
                refused.append(person_id)

    threads = [Thread(target=leave, args=(person_id,)) for person_id in leaving]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.rollback()
    assert len(refused) == 1
    assert [one.id for one in queries.operators(db)] == refused


def test_a_new_address_is_checked_and_told_in_the_history(db: Session) -> None:
    odile = register(db)
    register(db, "Omar", "omar@exemple.test")

    with pytest.raises(EmailTaken), unit_of_work(db):
        service.change_email(db, odile, "omar@exemple.test", actor=BY, now=NOON)
    with unit_of_work(db):
        service.change_email(db, odile, "Odile@ville.test", actor=BY, now=NOON)

    assert db.scalar(select(Person.email).where(Person.id == odile)) == "odile@ville.test"
    assert history(db, [("person", odile)])[0].kind == "email_changed"


def test_a_closed_account_opens_again(db: Session) -> None:
    an_operator(db)
    odile = register(db)
    with unit_of_work(db):
        service.disable(db, odile, motive="congé", actor=BY, now=NOON)
    with unit_of_work(db):
        service.enable(db, odile, motive="retour", actor=BY, now=NOON)

    found = queries.person(db, odile)
    assert found is not None
    assert found.disabled_at is None
    assert [h.motive for h in history(db, [("person", odile)])][:2] == ["retour", "congé"]
