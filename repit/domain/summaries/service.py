"""Name the fields of a programme's summary, and keep what is typed into them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.programmes.models import Fund, Programme
from repit.domain.summaries.errors import SummaryYearUnknown
from repit.domain.summaries.models import SummaryAnswer, SummaryFields
from repit.domain.summaries.queries import years
from repit.domain.summaries.rules import Field, check, fresh_key


def name_fields(
    db: Session, programme_id: int, fields: Sequence[Field], *, actor: Actor, now: datetime
) -> None:
    """Give a programme its own fields, in this order; one without a key is new.

    Raises:
        SummaryEmpty, SummaryTooLong, SummaryFieldTwice, SummarySourceUnknown,
            SummaryOtherUnit: see `rules.check`.
    """
    check(fields)
    kept = [asdict(one) for one in _with_keys(db, programme_id, fields)]
    row = inserting(db, SummaryFields).values(
        programme_id=programme_id, fields=kept, changed_at=now
    )
    db.execute(
        row.on_conflict_do_update(
            index_elements=["programme_id"],
            set_={"fields": row.excluded.fields, "changed_at": row.excluded.changed_at},
        )
    )
    record(
        db,
        actor=actor,
        kind="summary_fields_named",
        of=("programme", programme_id),
        now=now,
        facts={"fields": len(kept)},
    )


def _with_keys(db: Session, programme_id: int, fields: Sequence[Field]) -> list[Field]:
    """A key that was ever typed under is never given again: its answers would turn up."""
    answered = select(SummaryAnswer.field).join(Fund).where(Fund.programme_id == programme_id)
    taken = {*db.scalars(answered.distinct()), *(one.key for one in fields)}
    found: list[Field] = []
    for one in fields:
        key = one.key or fresh_key(taken)
        taken.add(key)
        found.append(Field(key, one.label, one.source))
    return found


def answer(
    db: Session, fund_id: int, year: int, said: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """Keep what was typed for a fund and a year, by the field's key; an empty text forgets it.

    Raises:
        SummaryYearUnknown: the programme does not reach into that year.
    """
    fund = db.get_one(Fund, fund_id)
    programme = db.get_one(Programme, fund.programme_id)
    if year not in years(programme.first_day, day_in(programme.zone, now)):
        raise SummaryYearUnknown(year)
    for field, words in said.items():
        _keep(db, fund_id, year, field, words)
    record(
        db, actor=actor, kind="summary_answered", of=("fund", fund_id), now=now,
        facts={"year": year},
    )  # fmt: skip


def _keep(db: Session, fund_id: int, year: int, field: str, words: str) -> None:
    place = {"fund_id": fund_id, "year": year, "field": field}
    if not words:
        db.execute(delete(SummaryAnswer).filter_by(**place))
        return
    row = inserting(db, SummaryAnswer).values(**place, said=words)
    db.execute(
        row.on_conflict_do_update(index_elements=list(place), set_={"said": row.excluded.said})
    )
