"""A whole issue run: prepare, write batch after batch, prepare anew when the ground moved.

It owns its units of work, as a job's task does, because it must not hold one for long.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.codes import CodeVault
from repit.domain.entitlements.candidates import Entitled
from repit.domain.errors import TryAgain
from repit.domain.households.models import Parent
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import tell_many
from repit.domain.people.models import Person
from repit.domain.vouchers.issue import Prepared, batches, prepare, write_some

MOST_STARTS = 5


@dataclass(frozen=True)
class Outcome:
    """What one run did, and how many parents still wait when it ends."""

    vouchers: int
    parents: int
    waiting: int


def issue_period(
    db: Session,
    programme_id: int,
    day: date,
    *,
    vault: CodeVault,
    actor: Actor,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Outcome:
    """Issue what is missing for the period of a day. Running it twice changes nothing.

    Args:
        progress: told how many parents are done, of how many, between changes.

    Raises:
        NoPublishedScale, ProgrammeClosed, OutsideProgramme: nothing was issued.
        TryAgain: others kept issuing and spending meanwhile; what was written stays.
    """
    vouchers, served = 0, set[int]()
    for _ in range(MOST_STARTS):
        prepared = prepare(db, programme_id, day, now=now)
        try:
            for done, people in enumerate(batches(prepared)):
                progress(done, len(batches(prepared)))
                with unit_of_work(db):
                    vouchers += _write(db, prepared, people, vault, actor, now)
                served |= {share.parent_id for share in prepared.plan.shares}
        except (TryAgain, IntegrityError):
            continue
        outcome = Outcome(vouchers, len(served), len(prepared.plan.waiting))
        if outcome.vouchers:
            _note(db, prepared, outcome, actor, now)
        return outcome
    raise TryAgain


def _write(
    db: Session,
    prepared: Prepared,
    people: Sequence[Entitled],
    vault: CodeVault,
    actor: Actor,
    now: datetime,
) -> int:
    made = write_some(db, prepared, people, vault=vault, actor=actor, now=now)
    if made:
        _tell(db, prepared, people, now)
    return made


def _tell(db: Session, prepared: Prepared, people: Sequence[Entitled], now: datetime) -> None:
    """Tell those who were given something how many, once for each rise."""
    given: dict[int, int] = {}
    for share in prepared.plan.shares:
        given[share.parent_id] = given.get(share.parent_id, 0) + share.vouchers
    issued = {person.parent_id: person.issued for person in people}
    rows = db.execute(
        select(Parent.id, Person.id, Person.email, Person.locale)
        .join(Person, Person.id == Parent.person_id)
        .where(
            Parent.id.in_([parent_id for parent_id in issued if parent_id in given]),
            Person.email.is_not(None),
            Person.disabled_at.is_(None),
        )
    )
    first_day = prepared.period.first_day.isoformat()
    tell_many(
        db,
        [
            {
                "kind": Kind.VOUCHERS_ISSUED,
                "person_id": person_id,
                "to_address": email,
                "locale": locale,
                "facts": {
                    "vouchers": given[parent_id],
                    "last_day": prepared.sheet.last_day.isoformat(),
                },
                "dedupe": (
                    f"issued:{parent_id}:{prepared.programme_id}:{first_day}"
                    f":{issued[parent_id] + given[parent_id]}"
                ),
                "send_at": now,
            }
            for parent_id, person_id, email, locale in rows
        ],
        now=now,
    )


def _note(db: Session, prepared: Prepared, outcome: Outcome, actor: Actor, now: datetime) -> None:
    with unit_of_work(db):
        record(
            db,
            actor=actor,
            kind="vouchers_issued",
            of=("programme", prepared.programme_id),
            now=now,
            facts={
                "period": prepared.period.first_day.isoformat(),
                "vouchers": outcome.vouchers,
                "parents": outcome.parents,
                "waiting": outcome.waiting,
            },
        )
