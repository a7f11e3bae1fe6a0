"""Staff time and costs: typed line by line, taken back by a line, never edited."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.costs import queries, service
from repit.domain.costs.errors import (
    CostBelowZero,
    CostCancelled,
    CostReused,
    CostSaysNothing,
    CostToCome,
    CostTooHigh,
    CostTooOld,
    TimeOfNobody,
    TimeTooLong,
)
from repit.domain.costs.models import CostLine
from repit.domain.costs.queries import CostFilter, Spent
from repit.domain.costs.rules import FULL_TIME_YEAR, MOST_MONEY, Kind, NewCost
from repit.domain.errors import DomainError
from repit.domain.money import Cents, Minutes
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY

YEAR = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def programme_id(db: Session) -> int:
    return cast.a_programme(db)


def a_cost(programme_id: int, **changes: object) -> NewCost:
    usual = NewCost(
        nonce=UUID(int=next(cast.numbers)),
        programme_id=programme_id,
        kind=Kind.PURCHASES,
        on_day=TODAY,
        amount=Cents(12_50),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def typed(db: Session, new: NewCost) -> int:
    with unit_of_work(db):
        public_id = service.add(db, new, actor=OPERATOR, now=NOON)
        return db.scalars(select(CostLine.id).where(CostLine.public_id == public_id)).one()


def test_a_month_and_a_day_add_up(db: Session, programme_id: int) -> None:
    month = {"on_day": date(2026, 2, 17), "whole_month": True, "kind": Kind.TEAM}
    typed(db, a_cost(programme_id, minutes=Minutes(44_353), amount=Cents(0), **month))
    typed(db, a_cost(programme_id, kind=Kind.SUPPLIER, amount=Cents(17_385_00)))
    typed(db, a_cost(programme_id, amount=Cents(4_504_00)))

    year = queries.spent(db, programme_id, *YEAR)
    assert year == Spent(Minutes(44_353), Cents(21_889_00))
    assert round(year.posts, 2) == 0.46
    assert queries.spent(db, programme_id, date(2026, 2, 1), date(2026, 2, 1)).minutes == 44_353
    assert queries.spent(db, programme_id, date(2026, 2, 2), date(2026, 2, 28)).minutes == 0
    assert list(queries.by_kind(db)) == [Kind.TEAM, Kind.SUPPLIER, Kind.PURCHASES]


def test_a_line_is_taken_back_by_another_once(db: Session, programme_id: int) -> None:
    wrong = typed(db, a_cost(programme_id, amount=Cents(1_250_00)))
    right = typed(db, a_cost(programme_id, amount=Cents(125_00)))
    with unit_of_work(db):
        back = service.cancel(db, wrong, motive="Zéro de trop", actor=OPERATOR, now=NOON)

    assert queries.spent(db, programme_id, *YEAR).amount == 125_00
    lines = {one.id: one for one in queries.lines(db).items}
    assert lines[wrong].cancelled
    assert not lines[right].cancelled
    cancelling = queries.line(db, back)
    assert (cancelling.cancels, cancelling.amount, cancelling.on_day) == (True, -1_250_00, TODAY)
    for again in (wrong, cancelling.id):
        with pytest.raises(CostCancelled), unit_of_work(db):
            service.cancel(db, again, motive="Encore", actor=OPERATOR, now=NOON)


def test_the_same_page_sent_twice_is_one_line(db: Session, programme_id: int) -> None:
    new = a_cost(programme_id)
    assert typed(db, new) == typed(db, new)
    with pytest.raises(CostReused):
        typed(db, replace(new, amount=Cents(1)))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"on_day": TODAY + timedelta(days=1)}, CostToCome),
        ({"on_day": date(2026, 4, 2), "whole_month": True}, CostToCome),
        ({"on_day": date(2022, 12, 31)}, CostTooOld),
        ({"amount": Cents(-1)}, CostBelowZero),
        ({"minutes": Minutes(-1), "kind": Kind.TEAM}, CostBelowZero),
        ({"amount": Cents(0)}, CostSaysNothing),
        ({"minutes": Minutes(60)}, TimeOfNobody),
        ({"minutes": Minutes(FULL_TIME_YEAR + 1), "kind": Kind.TEAM}, TimeTooLong),
        ({"amount": Cents(MOST_MONEY + 1)}, CostTooHigh),
    ],
)
def test_what_cannot_be_a_cost_is_refused(
    db: Session, programme_id: int, changes: dict[str, object], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        typed(db, a_cost(programme_id, **changes))
    assert queries.lines(db).total == 0


def test_the_month_that_runs_may_be_typed(db: Session, programme_id: int) -> None:
    ends = {"on_day": date(2026, 3, 31), "whole_month": True}
    typed(db, a_cost(programme_id, **ends))
    assert queries.lines(db).items[0].on_day == date(2026, 3, 1)


def test_the_list_is_filtered(db: Session, programme_id: int) -> None:
    typed(db, a_cost(programme_id, note="Repas du 14 février", on_day=date(2026, 2, 14)))
    typed(db, a_cost(programme_id, kind=Kind.ROOM, note="Salle"))

    def found(**wanted: object) -> list[str | None]:
        shown = queries.lines(db, CostFilter(**wanted))  # type: ignore[arg-type]
        return [one.note for one in shown.items]

    assert found() == ["Salle", "Repas du 14 février"]
    assert found(text="repas") == ["Repas du 14 février"]
    assert found(kind=Kind.ROOM) == ["Salle"]
    assert found(last_day=date(2026, 2, 28)) == ["Repas du 14 février"]
    assert found(programme="another") == []


@pytest.mark.parametrize("verb", ["UPDATE cost_line SET amount_cents = 1", "DELETE FROM cost_line"])
def test_the_database_keeps_every_line(db: Session, programme_id: int, verb: str) -> None:
    typed(db, a_cost(programme_id))
    with pytest.raises(DatabaseError, match="refused"), unit_of_work(db):
        db.execute(text(verb))
