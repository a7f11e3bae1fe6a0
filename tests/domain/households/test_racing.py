"""Several clerks write the same number or address at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.errors import TryAgain
from repit.domain.households import service
from repit.domain.households.errors import EmailTaken, NumberTaken
from repit.domain.households.models import Household, Parent
from repit.domain.households.rules import Details, NewParent
from repit.domain.people.models import Person
from tests.cast import NOON, OPERATOR, TODAY

pytestmark = pytest.mark.concurrency
CLERKS = 6


def all_at_once(engine: Engine, write: Callable[[Session, int], object]) -> list[str]:
    """Return what each clerk was answered; nobody may meet anything but a refusal."""
    start = Barrier(CLERKS)

    def clerk(number: int) -> str:
        with Session(engine) as db:
            start.wait()
            try:
                with unit_of_work(db):
                    write(db, number)
            except (NumberTaken, EmailTaken, TryAgain):
                return "refused"
            return "written"

    with ThreadPoolExecutor(CLERKS) as clerks:
        return sorted(clerks.map(clerk, range(CLERKS)))


ONE_OF_THEM = ["refused"] * (CLERKS - 1) + ["written"]


def details(number: int) -> Details:
    return Details(f"Prénom {number}", "Roux", "Lens", "62300", TODAY)


@pytest.mark.parametrize("same", [{"number": "D-1"}, {"email": "une@exemple.test"}])
def test_one_number_and_one_address_belong_to_one_parent(
    engine: Engine, db: Session, same: dict[str, str]
) -> None:
    def open_one(db: Session, number: int) -> None:
        new = NewParent(replace(details(number), **same))  # type: ignore[arg-type]
        service.open_files(db, OPERATOR, [new], NOON)

    answers = all_at_once(engine, open_one)

    assert answers == ONE_OF_THEM
    for table in (Parent, Household, Person):
        assert db.scalar(select(func.count()).select_from(table)) == 1


def test_numbers_given_by_us_never_meet(engine: Engine, db: Session) -> None:
    answers = all_at_once(
        engine,
        lambda db, number: service.open_files(db, OPERATOR, [NewParent(details(number))], NOON),
    )

    assert answers == ["written"] * CLERKS
    assert len(set(db.scalars(select(Parent.number)))) == CLERKS


def test_of_several_corrections_to_one_number_one_is_written(engine: Engine, db: Session) -> None:
    with unit_of_work(db):
        news = [NewParent(details(number)) for number in range(CLERKS)]
        opened = service.open_files(db, OPERATOR, news, NOON)

    def correct(db: Session, number: int) -> None:
        wanted = replace(details(number), number="D-1")
        service.update(db, OPERATOR, opened[number].public_id, wanted, NOON)

    assert all_at_once(engine, correct) == ONE_OF_THEM
