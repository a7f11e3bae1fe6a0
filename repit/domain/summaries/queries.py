"""Read the fields of a summary, what was typed into them, and the release that fills the rest."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.programmes.queries import FundView
from repit.domain.releases import published
from repit.domain.releases.published import Listed, Published
from repit.domain.summaries.models import SummaryAnswer, SummaryFields
from repit.domain.summaries.rules import Field

YEAR = "year"


def fields_of(db: Session, programme_id: int) -> tuple[Field, ...] | None:
    """Return a programme's own fields, or None while it has the default ones."""
    row = db.get(SummaryFields, programme_id)
    return None if row is None else tuple(Field(**one) for one in row.fields)


def answers(db: Session, fund_id: int, year: int) -> dict[str, str]:
    """Return what was typed by hand for a fund and a year, by the field's key."""
    rows = db.execute(
        select(SummaryAnswer.field, SummaryAnswer.said).where(
            SummaryAnswer.fund_id == fund_id, SummaryAnswer.year == year
        )
    )
    return {row.field: row.said for row in rows}


def years(first_day: date, today: date) -> list[int]:
    """Return the calendar years a programme may be summed up for, the latest first."""
    return list(range(today.year, first_day.year - 1, -1))


def year_releases(db: Session, funder_id: int, fund: str) -> dict[int, Listed]:
    """Return the approved releases of whole years of a fund, by year; `fund` is its public id."""
    listed = published.own_releases(db, funder_id, fund=fund)
    return {one.first_day.year: one for one in listed if one.kind == YEAR}


def release_of(db: Session, fund: FundView, year: int) -> Published | None:
    """Return what was published of a fund's whole year, or None before it is.

    Raises:
        ReleaseChanged: what is stored is not what was approved.
    """
    found = year_releases(db, fund.funder_id, fund.public_id).get(year)
    return published.own_release(db, fund.funder_id, found.public_id) if found else None
