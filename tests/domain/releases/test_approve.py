"""A draft is approved once, by who has read it, beside all that was approved before."""

import pytest
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.errors import NoSuchObject
from repit.domain.notices.models import Notice
from repit.domain.people.models import Membership
from repit.domain.programmes.models import Funder
from repit.domain.releases import discard as discarding
from repit.domain.releases.approve import approve
from repit.domain.releases.errors import (
    DraftChanged,
    DraftOutdated,
    ReleaseBlocked,
    ReleaseChanged,
    WrongReleaseState,
)
from repit.domain.releases.models import Release, ReleaseFact
from tests import cast
from tests.domain.releases.releasing import (
    APRIL,
    BLOCKED,
    PAUL,
    Stage,
    a_draft,
    a_stage,
    an_approved,
    approved,
)


@pytest.fixture
def stage(db: Session) -> Stage:
    return a_stage(db)


def test_an_approved_release_has_a_number_and_a_day(db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id)

    assert approved(db, release_id) == "2026-001"

    row = db.get_one(Release, release_id, populate_existing=True)
    assert (row.state, row.approved_by, row.approved_at) == ("approved", PAUL, APRIL)
    assert list(checks.drifts(db.connection())) == []


def test_numbers_go_on_over_all_programmes(db: Session, stage: Stage) -> None:
    other = a_stage(db)
    an_approved(db, stage.programme_id, stage.fund_id)

    elsewhere = a_draft(db, other.programme_id, other.fund_id)

    assert approved(db, elsewhere) == "2026-002"


def test_the_funder_is_told_once_at_each_address(db: Session, stage: Stage) -> None:
    reader = cast.a_person(db, "Lise Lecture")
    with unit_of_work(db):
        db.add(
            Membership(person_id=reader, role="funder", funder_id=stage.funder_id, since=cast.NOON)
        )
        db.get_one(Funder, stage.funder_id).contact_email = "bureau@financeur.test"

    an_approved(db, stage.programme_id, stage.fund_id)

    told = db.scalars(select(Notice).order_by(Notice.to_address)).all()
    assert [one.to_address for one in told] == [
        "bureau@financeur.test",
        "lise.lecture@exemple.test",
    ]
    assert {one.facts["release"] for one in told} == {"2026-001"}


def test_what_was_approved_since_sends_the_draft_back(db: Session, stage: Stage) -> None:
    waits = a_draft(db, stage.programme_id, stage.fund_id)
    an_approved(db, stage.programme_id, stage.other_fund_id)

    with pytest.raises(DraftOutdated) as refused:
        approved(db, waits)

    assert refused.value.since == ("2026-001",)
    with unit_of_work(db):
        db.execute(update(Release).where(Release.id == waits).values(earlier=1))  # made again
    assert approved(db, waits) == "2026-002"


def test_a_release_of_another_programme_sends_nothing_back(db: Session, stage: Stage) -> None:
    waits = a_draft(db, stage.programme_id, stage.fund_id)
    other = a_stage(db)
    an_approved(db, other.programme_id, other.fund_id)

    assert approved(db, waits) == "2026-002"


def test_a_blocked_draft_is_not_approved(db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id, audit=BLOCKED)

    with pytest.raises(ReleaseBlocked) as refused:
        approved(db, release_id)

    assert refused.value.tables == ("children_reached",)


def test_what_was_made_again_must_be_read_again(db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id)

    with pytest.raises(DraftChanged), unit_of_work(db):
        approve(db, release_id, seen="00" * 32, actor=PAUL, now=APRIL)


def test_a_draft_that_somebody_touched_is_not_approved(db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id)
    with unit_of_work(db):
        db.execute(update(Release).values(content=b'{"households":12}'))

    with pytest.raises(ReleaseChanged):
        approved(db, release_id)


def test_approving_twice_is_refused(db: Session, stage: Stage) -> None:
    release_id = an_approved(db, stage.programme_id, stage.fund_id)

    with pytest.raises(WrongReleaseState):
        approved(db, release_id)


def test_what_does_not_exist_is_not_approved(db: Session) -> None:
    with pytest.raises(NoSuchObject), unit_of_work(db):
        approve(db, 99, seen="", actor=PAUL, now=APRIL)


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE release SET content = sha256",
        (
            "UPDATE release SET state = 'discarded', serial = NULL, year = NULL,"
            " approved_by = NULL, approved_at = NULL"
        ),
        "UPDATE release SET earlier = 3",
        "DELETE FROM release",
        "UPDATE release_fact SET facts = release_fact.facts",
        "DELETE FROM release_fact",
    ],
)
def test_the_database_refuses_any_change_once_approved(
    db: Session, engine: Engine, stage: Stage, attempt: str
) -> None:
    an_approved(db, stage.programme_id, stage.fund_id)

    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(attempt))


def test_a_given_up_draft_keeps_nothing_and_frees_its_period(db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id)
    with unit_of_work(db):
        discarding.discard(db, release_id, actor=PAUL, now=APRIL)

    row = db.get_one(Release, release_id, populate_existing=True)
    assert (row.state, row.content, row.sha256) == ("discarded", None, None)
    assert db.scalars(select(ReleaseFact)).all() == []
    assert approved(db, a_draft(db, stage.programme_id, stage.fund_id)) == "2026-001"


def test_an_approved_release_is_not_given_up(db: Session, stage: Stage) -> None:
    release_id = an_approved(db, stage.programme_id, stage.fund_id)

    with pytest.raises(WrongReleaseState), unit_of_work(db):
        discarding.discard(db, release_id, actor=PAUL, now=APRIL)


def test_two_live_releases_of_one_fund_and_period_cannot_be(db: Session, stage: Stage) -> None:
    a_draft(db, stage.programme_id, stage.fund_id)

    with pytest.raises(IntegrityError):
        a_draft(db, stage.programme_id, stage.fund_id)


def test_check_finds_what_was_changed_behind_our_back(db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id)
    with unit_of_work(db):
        db.execute(update(Release).values(content=b"{}"))
        db.execute(delete(ReleaseFact).where(ReleaseFact.release_id == release_id))

    found = {drift.invariant for drift in checks.drifts(db.connection())}

    assert found == {"R1", "R5"}
