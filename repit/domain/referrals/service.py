"""Note a referral, what became of it, and that it was a mistake.

Each act writes one row of news, so that a period's figures are sums over its moments: what is
learnt later counts in the period in which it was learnt, and quarters add up to the year.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Programme
from repit.domain.referrals.errors import (
    ReferralAnnulled,
    ReferralBeforeSession,
    ReferralReused,
    SessionDidNotTakePlace,
)
from repit.domain.referrals.models import Referral, ReferralNews
from repit.domain.referrals.rules import NewReferral, Outcome, check_day, outcome_of, step
from repit.domain.workshops.models import Workshop, WorkshopSession


def note(db: Session, new: NewReferral, *, actor: Actor, now: datetime) -> str:
    """Note a referral and return its public id; the same page sent twice notes it once.

    Raises:
        NoSuchObject: no such programme, or the session is not one of its sessions.
        ReferralToCome, ReferralTooOld: see `rules.check_day`.
        SessionDidNotTakePlace, ReferralBeforeSession: it cannot come from that session.
        ReferralReused: the page was sent before, with other answers.
    """
    programme = db.get(Programme, new.programme_id)
    if programme is None:
        raise NoSuchObject
    check_day(new.on_day, day_in(programme.zone, now))
    if new.session_id is not None:
        _check_session(db, new.session_id, new.programme_id, new.on_day)
    columns = _columns(new)
    made = db.scalar(
        inserting(db, Referral)
        .values(public_id=ids.public_id(), noted_by=actor, noted_at=now)
        .values(worked=new.outcome.column)
        .values(**columns)
        .on_conflict_do_nothing(index_elements=["nonce"])
        .returning(Referral.id)
    )
    if made is None:
        return _noted_before(db, columns)
    worked = step(Outcome.NOT_KNOWN, new.outcome)
    _tell(db, made, actor, now, noted=1, worked=worked, says=new.outcome)
    facts = {"referral_kind": new.kind.value, "outcome": new.outcome.value}
    record(db, actor=actor, kind="referral_noted", of=("referral", made), now=now, facts=facts)
    return db.get_one(Referral, made).public_id


def say(db: Session, referral_id: int, outcome: Outcome, *, actor: Actor, now: datetime) -> None:
    """Note what became of a referral; the same again changes nothing.

    Raises:
        NoSuchObject: no such referral.
        ReferralAnnulled: it was noted by mistake.
    """
    referral = _locked(db, referral_id)
    if referral.annulled_at is not None:
        raise ReferralAnnulled
    before = outcome_of(referral.worked)
    if before is outcome:
        return
    referral.worked = outcome.column
    _tell(db, referral_id, actor, now, noted=0, worked=step(before, outcome), says=outcome)
    facts = {"outcome": [before.value, outcome.value]}
    record(
        db,
        actor=actor,
        kind="referral_followed",
        of=("referral", referral_id),
        now=now,
        facts=facts,
    )


def annul(db: Session, referral_id: int, *, motive: str, actor: Actor, now: datetime) -> None:
    """Count a referral no more: it was noted by mistake. It stays in the list, struck out.

    Raises:
        NoSuchObject: no such referral.
        ReferralAnnulled: it is annulled already.
    """
    referral = _locked(db, referral_id)
    if referral.annulled_at is not None:
        raise ReferralAnnulled
    referral.annulled_at = now
    known = outcome_of(referral.worked)
    worked = step(known, Outcome.NOT_KNOWN)
    _tell(db, referral_id, actor, now, noted=-1, worked=worked, says=known)
    of = ("referral", referral_id)
    record(db, actor=actor, kind="referral_annulled", of=of, now=now, motive=motive)


def _check_session(db: Session, session_id: int, programme_id: int, on_day: date) -> None:
    row = db.execute(
        select(WorkshopSession.state, WorkshopSession.day)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(WorkshopSession.id == session_id, Workshop.programme_id == programme_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    if row.state != "open":
        raise SessionDidNotTakePlace
    if on_day < row.day:
        raise ReferralBeforeSession(row.day)


def _columns(new: NewReferral) -> dict[str, object]:
    return {
        "nonce": new.nonce,
        "programme_id": new.programme_id,
        "session_id": new.session_id,
        "kind": new.kind.value,
        "organisation": new.organisation,
        "on_day": new.on_day,
        "for_household": new.for_household,
    }


def _noted_before(db: Session, columns: dict[str, object]) -> str:
    known = db.scalars(select(Referral).where(Referral.nonce == columns["nonce"])).one()
    if any(getattr(known, name) != value for name, value in columns.items()):
        raise ReferralReused
    return known.public_id


def _locked(db: Session, referral_id: int) -> Referral:
    referral = db.get(Referral, referral_id, with_for_update=True, populate_existing=True)
    if referral is None:
        raise NoSuchObject
    return referral


def _tell(
    db: Session,
    referral_id: int,
    actor: Actor,
    now: datetime,
    *,
    noted: int,
    worked: int,
    says: Outcome,
) -> None:
    news = ReferralNews(
        referral_id=referral_id, at=now, actor=actor, noted=noted, worked=worked, says=says.column
    )
    db.add(news)
    db.flush()
