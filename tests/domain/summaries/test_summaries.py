"""Fields that are named, and what was typed into them, stay."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.summaries import queries, service
from repit.domain.summaries.errors import SummaryFieldTwice, SummaryYearUnknown
from repit.domain.summaries.rules import Field
from tests.cast import NOON, OPERATOR, Town, a_town

YEAR = NOON.year


@pytest.fixture
def town(db: Session) -> Town:
    return a_town(db)


def names(db: Session, town: Town, *fields: Field) -> tuple[Field, ...]:
    with unit_of_work(db):
        service.name_fields(db, town.programme_id, fields, actor=OPERATOR, now=NOON)
    return queries.fields_of(db, town.programme_id) or ()


def answers(db: Session, town: Town, **said: str) -> dict[str, str]:
    with unit_of_work(db):
        service.answer(db, town.fund_id, YEAR, said, actor=OPERATOR, now=NOON)
    return queries.answers(db, town.fund_id, YEAR)


def test_a_programme_has_no_fields_of_its_own_at_first(db: Session, town: Town) -> None:
    assert queries.fields_of(db, town.programme_id) is None


def test_fields_keep_their_order_and_get_keys(db: Session, town: Town) -> None:
    first = names(db, town, Field("actions", "Actions"), Field("", "Séances", "sessions_held"))

    assert first == (Field("actions", "Actions"), Field("n1", "Séances", "sessions_held"))
    assert names(db, town, first[1], first[0]) == (first[1], first[0])


def test_what_was_typed_follows_a_field_that_is_renamed(db: Session, town: Town) -> None:
    names(db, town, Field("actions", "Actions"))
    answers(db, town, actions="12")

    names(db, town, Field("actions", "Nombre d’actions"))

    assert queries.answers(db, town.fund_id, YEAR) == {"actions": "12"}


def test_the_key_of_a_field_that_went_is_not_given_to_another(db: Session, town: Town) -> None:
    names(db, town, Field("", "Bénévoles"))
    answers(db, town, n1="5")
    names(db, town, Field("", "Salariés"))

    (field,) = queries.fields_of(db, town.programme_id) or ()
    assert field.key == "n2"


def test_an_answer_is_changed_and_taken_away(db: Session, town: Town) -> None:
    assert answers(db, town, actions="12", commune="Lille") == {"actions": "12", "commune": "Lille"}
    assert answers(db, town, actions="13", commune="") == {"actions": "13"}
    assert queries.answers(db, town.fund_id, YEAR - 1) == {}


def test_a_year_the_programme_does_not_reach_is_refused(db: Session, town: Town) -> None:
    with pytest.raises(SummaryYearUnknown), unit_of_work(db):
        service.answer(db, town.fund_id, 1999, {"actions": "1"}, actor=OPERATOR, now=NOON)


def test_refused_fields_change_nothing(db: Session, town: Town) -> None:
    kept = names(db, town, Field("actions", "Actions"))

    with pytest.raises(SummaryFieldTwice):
        names(db, town, Field("", "A"), Field("", "a"))

    assert queries.fields_of(db, town.programme_id) == kept


def test_years_run_from_the_programmes_first_day_to_today() -> None:
    assert queries.years(date(2024, 9, 1), date(2026, 2, 1)) == [2026, 2025, 2024]
