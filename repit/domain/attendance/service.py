"""Note who came and with whom a child left. A log: nothing in it ever changes.

Sent twice is noted once: the phone made the nonce before it sent. What a phone noted without
network is kept even when another phone said something else; `rules.conflicts` finds the two.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from repit.domain.actors import Actor, person_id_of
from repit.domain.attendance import reading, rules
from repit.domain.attendance.errors import (
    LooksLikeBlocked,
    MayNeverCollect,
    NoteReused,
    NotExpected,
    OnlyByAPerson,
    ReasonMissing,
)
from repit.domain.attendance.likeness import same_name
from repit.domain.attendance.reading import ANYWHERE, About, Scope
from repit.domain.attendance.rules import HandOver, Taken
from repit.domain.audit.service import record
from repit.domain.presence import notes
from repit.domain.presence import reading as presence
from repit.domain.presence.models import Attendance
from repit.domain.presence.notes import State

REFUSED_EVENT, CLEARED_EVENT = "hand_over_refused", "hand_over_cleared"


@dataclass(frozen=True)
class Noted:
    """What somebody noted about one person, as their browser sent it.

    `child_place_public_id` None: about the parent. `at`: when it happened, by the clock of the
    device; `offline`: it had no network then. `motive`: one of `rules.REASONS` for `excused`, in
    words when `forced`. A child that left with neither a collector nor a name left with the
    parent who booked.
    """

    nonce: UUID
    booking_public_id: str
    child_place_public_id: str | None
    kind: str
    at: datetime
    device: str
    offline: bool = False
    forced: bool = False
    motive: str | None = None
    person_name: str | None = None
    collector_public_id: str | None = None
    cleared: bool = False
    """The operator was asked about a name that looks like a blocked one."""
    timed: bool = True
    """Whether the device said `at` and its clock is right; else a repeat may say another."""


@dataclass(frozen=True)
class Kept:
    """The answer, the same for the same nonce."""

    kind: str
    at: datetime
    person_name: str | None
    state: State
    replayed: bool = False


def note(
    db: Session, noted: Noted, *, actor: Actor, now: datetime, within: Scope = ANYWHERE
) -> Kept:
    """Add a note to the log of a person; the same nonce again gives the same answer.

    Args:
        within: the session or slot whose sheet it was noted on.

    Raises:
        UnknownBooking: there is no such booking or place there.
        NoteReused: the nonce was used with other content.
        MayNeverCollect, LooksLikeBlocked: the person is blocked, or may be; the entry point
            keeps it with `keep_refusal`.
        Refused: see `errors`; nothing is noted.
    """
    about = reading.locked(db, noted.booking_public_id, noted.child_place_public_id, within)
    earlier = _earlier(db, noted.nonce)
    if earlier is not None:
        return _again(db, earlier, noted, about)
    rules.check_moment(noted.at, now)
    _check(db, noted, about, actor)
    taken = _taken(db, noted, about)
    row = _row(noted, about, taken, actor=actor, now=now, kind=noted.kind)
    _add(db, row)
    if taken is not None and taken.cleared:
        _record(db, CLEARED_EVENT, row, about, actor, now)
    return Kept(row.kind, row.at, row.person_name, _state(db, about))


def keep_refusal(
    db: Session,
    noted: Noted,
    refusal: MayNeverCollect | LooksLikeBlocked,
    *,
    actor: Actor,
    now: datetime,
    within: Scope = ANYWHERE,
) -> None:
    """Write down that somebody blocked asked for a child, in a change of its own.

    Raises:
        UnknownBooking: there is no such booking or place there.
    """
    about = reading.locked(db, noted.booking_public_id, noted.child_place_public_id, within)
    if _earlier(db, noted.nonce) is None:
        name = Taken(refusal.name, noted.collector_public_id, noted.forced)
        row = _row(noted, about, name, actor=actor, now=now, kind=notes.REFUSED)
        _add(db, row)
        _record(db, REFUSED_EVENT, row, about, actor, now)


def _check(db: Session, noted: Noted, about: About, actor: Actor) -> None:
    if noted.kind not in rules.KINDS or not _expected(db, noted, about):
        raise NotExpected
    if noted.kind == notes.NO_SHOW and person_id_of(actor) is None:
        raise OnlyByAPerson
    if noted.kind == notes.EXCUSED and noted.motive not in rules.REASONS:
        raise ReasonMissing
    rules.check_since(noted.kind, noted.at, about.starts_at, about.no_show_minutes)
    if not noted.offline:
        rules.check_follows(noted.kind, _state(db, about))


def _expected(db: Session, noted: Noted, about: About) -> bool:
    """Tell whether this may be noted; who came is handed over, whatever became of the booking."""
    return about.expected_at(noted.at, offline=noted.offline) or _state(db, about).came


def _taken(db: Session, noted: Noted, about: About) -> Taken | None:
    """Return with whom a child leaves; who brought it is only a name."""
    if noted.kind != notes.LEFT or about.place_id is None:
        return Taken(noted.person_name) if noted.person_name else None
    asked = HandOver(
        noted.collector_public_id, noted.person_name, noted.forced, noted.motive, noted.cleared
    )
    return rules.check_hand_over(reading.lists(db, about), asked)


def _row(
    noted: Noted, about: About, taken: Taken | None, *, actor: Actor, now: datetime, kind: str
) -> Attendance:
    return Attendance(
        nonce=noted.nonce,
        booking_id=about.booking_id,
        child_place_id=about.place_id,
        kind=kind,
        at=noted.at,
        received_at=now,
        device=noted.device,
        actor=actor,
        offline=noted.offline,
        forced=taken.forced if taken else False,
        motive=noted.motive,
        person_name=taken.name if taken else None,
        collector_id=about.collector_ids.get(taken.collector or "") if taken else None,
    )


def _add(db: Session, row: Attendance) -> None:
    db.add(row)
    try:
        db.flush()
    except IntegrityError as trouble:
        if "nonce" not in str(trouble.orig):
            raise
        raise NoteReused from trouble  # about somebody else, at this very moment


def _record(
    db: Session, kind: str, row: Attendance, about: About, actor: Actor, now: datetime
) -> None:
    facts = {"first_name": about.first_name, "name": row.person_name}
    of = ("attendance", row.id)
    record(db, actor=actor, kind=kind, of=of, now=now, motive=row.motive, facts=facts)


def _earlier(db: Session, nonce: UUID) -> Attendance | None:
    return db.scalar(select(Attendance).where(Attendance.nonce == nonce))


def _again(db: Session, earlier: Attendance, noted: Noted, about: About) -> Kept:
    """Return the first answer again.

    Raises:
        NoteReused: the content is not the same.
        MayNeverCollect: that was the first answer.
    """
    refused = earlier.kind == notes.REFUSED
    same = (
        (earlier.booking_id, earlier.child_place_id) == (about.booking_id, about.place_id)
        and (noted.kind == notes.LEFT if refused else noted.kind == earlier.kind)
        and noted.motive == earlier.motive
        and (noted.at == earlier.at or not noted.timed)
        and _same_person(earlier, noted, about)
    )
    if not same:
        raise NoteReused
    if refused:
        raise MayNeverCollect(earlier.person_name or "", about.first_name)
    return Kept(earlier.kind, earlier.at, earlier.person_name, _state(db, about), replayed=True)


def _same_person(earlier: Attendance, noted: Noted, about: About) -> bool:
    """Tell whether a repeat names whom the first one named, however it named them."""
    if noted.collector_public_id is not None:
        return earlier.collector_id == about.collector_ids.get(noted.collector_public_id)
    if noted.person_name is not None:
        return same_name(noted.person_name, earlier.person_name or "")
    by_default = about.parent_name if noted.kind == notes.LEFT and about.place_id else None
    return earlier.person_name == by_default


def _state(db: Session, about: About) -> State:
    log = presence.logs(db, [about.booking_id]).get((about.booking_id, about.place_id), [])
    return notes.state_of(log)
