"""A referral is noted once, followed, and counted in the period in which each thing is learnt."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.errors import DomainError, NoSuchObject
from repit.domain.referrals import queries, service
from repit.domain.referrals.errors import (
    ReferralAnnulled,
    ReferralBeforeSession,
    ReferralReused,
    ReferralToCome,
    ReferralTooOld,
    SessionDidNotTakePlace,
)
from repit.domain.referrals.models import Referral
from repit.domain.referrals.queries import ANNULLED, KindFigures, ReferralFilter
from repit.domain.referrals.rules import Kind, NewReferral, Outcome
from repit.domain.workshops.models import Facilitator, WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY
from tests.domain.bookings import workshop

FIRST_QUARTER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
SECOND_QUARTER = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
IN_MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def programme_id(db: Session) -> int:
    return cast.a_programme(db)


def a_referral(programme_id: int, **changes: object) -> NewReferral:
    usual = NewReferral(
        nonce=UUID(int=next(cast.numbers)),
        programme_id=programme_id,
        kind=Kind.PSYCHOLOGIST,
        organisation="Point écoute parents",
        on_day=TODAY,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def noted(db: Session, new: NewReferral, now: datetime = NOON) -> int:
    with unit_of_work(db):
        public_id = service.note(db, new, actor=OPERATOR, now=now)
        return db.scalars(select(Referral.id).where(Referral.public_id == public_id)).one()


def learnt(db: Session, referral_id: int, outcome: Outcome, now: datetime = NOON) -> None:
    with unit_of_work(db):
        service.say(db, referral_id, outcome, actor=OPERATOR, now=now)


def in_period(
    db: Session, programme_id: int, period: tuple[datetime, datetime]
) -> tuple[int, int, int, int]:
    """Return noted, ended, worked and households of the whole period, all kinds together."""
    found = queries.figures(db, programme_id, *period)
    assert [one.kind for one in found] == list(Kind)
    return (
        sum(one.noted for one in found),
        sum(one.ended for one in found),
        sum(one.worked for one in found),
        sum(one.households for one in found),
    )


def test_what_is_learnt_later_counts_in_the_period_in_which_it_is(
    db: Session, programme_id: int
) -> None:
    referral_id = noted(db, a_referral(programme_id))
    noted(db, a_referral(programme_id, kind=Kind.HOUSING, for_household=False))
    assert in_period(db, programme_id, FIRST_QUARTER) == (2, 0, 0, 0)

    learnt(db, referral_id, Outcome.WORKED, now=IN_MAY)

    assert in_period(db, programme_id, FIRST_QUARTER) == (2, 0, 0, 0)
    assert in_period(db, programme_id, SECOND_QUARTER) == (0, 1, 1, 1)
    both = queries.figures(db, programme_id, FIRST_QUARTER[0], SECOND_QUARTER[1])
    assert KindFigures(Kind.PSYCHOLOGIST, noted=1, ended=1, worked=1, households=1) in both
    assert KindFigures(Kind.HOUSING, noted=1, ended=0, worked=0, households=0) in both


def test_a_mistake_is_taken_off_where_it_is_found(db: Session, programme_id: int) -> None:
    referral_id = noted(db, a_referral(programme_id, outcome=Outcome.WORKED))
    with unit_of_work(db):
        service.annul(db, referral_id, motive="Saisie deux fois", actor=OPERATOR, now=IN_MAY)

    assert in_period(db, programme_id, FIRST_QUARTER) == (1, 1, 1, 1)
    assert in_period(db, programme_id, SECOND_QUARTER) == (-1, 0, 0, 0)
    with pytest.raises(ReferralAnnulled):
        learnt(db, referral_id, Outcome.DID_NOT_WORK)
    with pytest.raises(ReferralAnnulled), unit_of_work(db):
        service.annul(db, referral_id, motive="Encore", actor=OPERATOR, now=IN_MAY)


def test_what_worked_is_never_more_than_what_ended(db: Session, programme_id: int) -> None:
    """One ends well in March and badly in May; another is taken back, a third is a mistake."""
    first, second, third = (noted(db, a_referral(programme_id)) for _one in range(3))
    learnt(db, first, Outcome.WORKED)
    learnt(db, second, Outcome.WORKED)
    learnt(db, second, Outcome.NOT_KNOWN)
    learnt(db, third, Outcome.WORKED)
    with unit_of_work(db):
        service.annul(db, third, motive="Erreur", actor=OPERATOR, now=NOON)
    learnt(db, first, Outcome.DID_NOT_WORK, now=IN_MAY)
    learnt(db, second, Outcome.DID_NOT_WORK, now=IN_MAY)

    assert in_period(db, programme_id, FIRST_QUARTER) == (2, 1, 1, 1)
    assert in_period(db, programme_id, SECOND_QUARTER) == (0, 2, 0, 2)
    assert in_period(db, programme_id, (FIRST_QUARTER[0], SECOND_QUARTER[1])) == (2, 2, 0, 2)


def test_changing_ones_mind_is_counted_once(db: Session, programme_id: int) -> None:
    referral_id = noted(db, a_referral(programme_id))
    for outcome in (
        Outcome.WORKED,
        Outcome.WORKED,
        Outcome.DID_NOT_WORK,
        Outcome.NOT_KNOWN,
        Outcome.WORKED,
    ):
        learnt(db, referral_id, outcome)

    assert in_period(db, programme_id, FIRST_QUARTER) == (1, 1, 1, 1)
    [shown] = queries.referrals(db).items
    assert (shown.outcome, shown.followed_at) == (Outcome.WORKED, NOON)


def test_the_same_page_sent_twice_is_one_referral(db: Session, programme_id: int) -> None:
    new = a_referral(programme_id)
    assert noted(db, new) == noted(db, new, now=NOON + timedelta(minutes=1))
    with pytest.raises(ReferralReused):
        noted(db, replace(new, organisation="Un autre service"))
    assert queries.counts(db).noted == 1


@pytest.mark.parametrize(
    ("on_day", "refusal"),
    [
        (TODAY + timedelta(days=1), ReferralToCome),
        (TODAY - timedelta(days=367), ReferralTooOld),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    db: Session, programme_id: int, on_day: date, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        noted(db, a_referral(programme_id, on_day=on_day))
    assert queries.counts(db).noted == 0


def test_it_comes_from_a_session_that_took_place(db: Session, programme_id: int) -> None:
    workshop_id = workshop.a_workshop(db, programme_id, workshop.a_place(db))
    session_id = workshop.a_session(db, workshop_id, day=TODAY)
    elsewhere = workshop.a_workshop(db, cast.a_programme(db), workshop.a_place(db))
    strange = workshop.a_session(db, elsewhere, day=TODAY)

    noted(db, a_referral(programme_id, session_id=session_id))

    early = {"session_id": session_id, "on_day": TODAY - timedelta(days=1)}
    with pytest.raises(ReferralBeforeSession):
        noted(db, a_referral(programme_id, **early))
    with pytest.raises(NoSuchObject):
        noted(db, a_referral(programme_id, session_id=strange))
    with unit_of_work(db):
        row = db.get_one(WorkshopSession, session_id)
        row.state, row.cancelled_at = "cancelled", NOON
    with pytest.raises(SessionDidNotTakePlace):
        noted(db, a_referral(programme_id, session_id=session_id))


def test_a_facilitator_finds_theirs_and_those_of_their_sessions(
    db: Session, programme_id: int
) -> None:
    fanny, other = cast.a_person(db, "Fanny"), cast.a_person(db, "Gilles")
    workshop_id = workshop.a_workshop(db, programme_id, workshop.a_place(db))
    session_id = workshop.a_session(db, workshop_id, day=TODAY)
    with unit_of_work(db):
        db.add(Facilitator(workshop_id=workshop_id, person_id=fanny, since=NOON))
    noted(db, a_referral(programme_id, session_id=session_id, organisation="De sa séance"))
    noted(db, a_referral(programme_id, organisation="Du bureau"))
    with unit_of_work(db):
        own = a_referral(programme_id, organisation="La sienne")
        service.note(db, own, actor=actors.person(fanny), now=NOON)

    def of(person_id: int) -> set[str]:
        found = queries.referrals(db, ReferralFilter(person_id=person_id)).items
        return {one.organisation for one in found}

    assert of(fanny) == {"De sa séance", "La sienne"}
    assert of(other) == set()
    [office] = queries.referrals(db, ReferralFilter(text="bureau")).items
    with pytest.raises(NoSuchObject):
        queries.referral(db, office.public_id, person_id=fanny)
    assert [name for _id, _public, name in queries.programmes_led(db, fanny)] != []
    assert queries.programmes_led(db, other) == []


def test_the_list_is_filtered_by_how_it_went(db: Session, programme_id: int) -> None:
    worked = noted(db, a_referral(programme_id, organisation="Crèche", kind=Kind.CHILDCARE))
    learnt(db, worked, Outcome.WORKED)
    noted(db, a_referral(programme_id, organisation="PMI", kind=Kind.HEALTH))
    mistake = noted(db, a_referral(programme_id, organisation="Erreur"))
    with unit_of_work(db):
        service.annul(db, mistake, motive="Erreur", actor=OPERATOR, now=NOON)

    def shown(**wanted: object) -> list[str]:
        found = queries.referrals(db, ReferralFilter(**wanted))  # type: ignore[arg-type]
        return [one.organisation for one in found.items]

    assert shown() == ["Erreur", "PMI", "Crèche"]
    assert shown(outcome=Outcome.WORKED) == ["Crèche"]
    assert shown(outcome=Outcome.NOT_KNOWN) == ["PMI"]
    assert shown(outcome=ANNULLED) == ["Erreur"]
    assert shown(kind=Kind.HEALTH) == ["PMI"]
    assert shown(first_day=TODAY + timedelta(days=1)) == []
    assert queries.counts(db) == queries.Counts(noted=2, worked=1, not_known=1)


@pytest.mark.parametrize(
    "verb", ["UPDATE referral_news SET worked = 1", "DELETE FROM referral_news"]
)
def test_the_database_keeps_what_was_learnt(db: Session, programme_id: int, verb: str) -> None:
    noted(db, a_referral(programme_id))
    with pytest.raises(DatabaseError, match="refused"), unit_of_work(db):
        db.execute(text(verb))
