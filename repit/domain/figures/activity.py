"""What a programme did besides vouchers between two moments: workshops, care, waiting, quality.

Read from the rows of that time alone, so that it costs no more as history grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.attendance.models import UnnamedArrival
from repit.domain.bookings.models import Booking, CareRefusal, WaitingParty
from repit.domain.entitlements.models import Allowance
from repit.domain.figures.notes import noted
from repit.domain.households.models import Parent
from repit.domain.referrals import queries as referrals
from repit.domain.satisfaction import queries as satisfaction
from repit.domain.workshops.models import Workshop, WorkshopSession

WAITED = {"served": "served", "left": "left", "closed": "left"}
"""Of a waiting party that waits no more; `closed`: its session came without it."""


@dataclass(frozen=True)
class Days:
    """Some days of a programme, and the moments at which they begin and end."""

    programme_id: int
    first_day: date
    last_day: date
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Fact:
    value: int = 0
    households: int = 0


Facts = dict[tuple[str, str], Fact]
"""By name and part; the part of a whole is empty."""


@dataclass(frozen=True)
class Happened:
    facts: Facts
    waited_days: list[int] = field(default_factory=list)
    """Of parties that were served."""
    referrals: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


def happened(db: Session, days: Days, *, now: datetime) -> Happened:
    """Return what happened in these days, in ten statements.

    Raises:
        Nothing of its own.
    """
    facts: Facts = {}
    _sessions(db, days, facts, now)
    _attendance(db, days, facts)
    _refused(db, days, facts)
    waited = _waiting(db, days, facts)
    _bookings(db, days, facts)
    _answers(db, days, facts)
    return Happened(facts, waited, _referrals(db, days, facts))


def _within(column: Any, days: Days) -> ColumnElement[bool]:
    return and_(column >= days.starts_at, column < days.ends_at)


def _sessions(db: Session, days: Days, facts: Facts, now: datetime) -> None:
    """By the day of the session; one that was put off is neither held nor cancelled."""
    held = and_(
        WorkshopSession.state == "open",
        WorkshopSession.ends_at <= now,
        WorkshopSession.decision.is_distinct_from("postpone"),
    )
    row = db.execute(
        select(
            func.count(case((held, 1))),
            func.count(case((WorkshopSession.state == "cancelled", 1))),
        )
        .select_from(WorkshopSession)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            Workshop.programme_id == days.programme_id,
            WorkshopSession.day.between(days.first_day, days.last_day),
        )
    ).one()
    facts["sessions_held", ""], facts["sessions_cancelled", ""] = Fact(row[0]), Fact(row[1])


def _attendance(db: Session, days: Days, facts: Facts) -> None:
    sheets = noted(db, days.programme_id, days.starts_at, days.ends_at)
    unnamed = _unnamed(db, days)
    behind = {name: len(homes) for name, homes in sheets.behind.items()}
    facts["attendances", ""] = Fact(sheets.attendances + unnamed, behind.get("attendances", 0))
    facts["care_minutes", ""] = Fact(sheets.care_minutes, behind.get("care_minutes", 0))
    facts["no_shows", ""] = Fact(sheets.no_shows, behind.get("no_shows", 0))
    facts["expected", ""] = Fact(sheets.expected, behind.get("expected", 0))
    children = len(sheets.children)
    facts["children_cared", ""] = Fact(children, behind.get("children_cared", 0))
    came = sheets.participants
    isolated = came & isolated_households(db, days)
    for part, some in (("", came), ("yes", isolated), ("no", came - isolated)):
        facts["participants", part] = Fact(len(some), len(some))


def _unnamed(db: Session, days: Days) -> int:
    """Return adults without a file who came, less those taken back: nobody else is known."""
    came = func.count(case((_within(UnnamedArrival.at, days), 1)))
    taken_back = func.count(case((_within(UnnamedArrival.annulled_at, days), 1)))
    row = db.execute(
        select(came, taken_back)
        .select_from(UnnamedArrival)
        .join(WorkshopSession, WorkshopSession.id == UnnamedArrival.session_id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            Workshop.programme_id == days.programme_id,
            or_(_within(UnnamedArrival.at, days), _within(UnnamedArrival.annulled_at, days)),
        )
    ).one()
    return int(row[0]) - int(row[1])


def isolated_households(db: Session, days: Days) -> set[int]:
    """Return the households that an allowance of these days saw as isolated.

    Raises:
        Nothing of its own.
    """
    return set(
        db.scalars(
            select(Parent.household_id)
            .join(Allowance, Allowance.parent_id == Parent.id)
            .where(
                Allowance.programme_id == days.programme_id,
                Allowance.isolated,
                Allowance.period_first_day <= days.last_day,
                Allowance.period_last_day >= days.first_day,
            )
        )
    )


def _refused(db: Session, days: Days, facts: Facts) -> None:
    row = db.execute(
        select(func.count(), func.count(Parent.household_id.distinct()))
        .select_from(CareRefusal)
        .join(Parent, Parent.id == CareRefusal.parent_id)
        .where(CareRefusal.programme_id == days.programme_id, _within(CareRefusal.at, days))
    ).one()
    facts["refused_for_lack_of_care", ""] = Fact(*row)


def _waiting(db: Session, days: Days, facts: Facts) -> list[int]:
    """Count who stopped waiting, by how it ended; return how many days who was served waited.

    When it ends is when its outcome is known: who still waits counts later, once.
    """
    rows = db.execute(
        select(
            WaitingParty.state, WaitingParty.asked_at, WaitingParty.ended_at, Parent.household_id
        )
        .join(Parent, Parent.id == WaitingParty.parent_id)
        .where(
            WaitingParty.programme_id == days.programme_id,
            WaitingParty.state.in_(WAITED),
            _within(WaitingParty.ended_at, days),
        )
    ).all()
    for part in ("", *dict.fromkeys(WAITED.values())):
        some = [row for row in rows if part in ("", WAITED[row.state])]
        homes = {row.household_id for row in some}
        facts["waiting_parties", part] = Fact(len(some), len(homes))
    return [
        (row.ended_at - row.asked_at).days
        for row in rows
        if row.ended_at is not None and WAITED[row.state] == "served"
    ]


def still_waiting(db: Session, programme_id: int) -> int:
    """Return how many parties wait now.

    Raises:
        Nothing of its own.
    """
    return (
        db.scalar(
            select(func.count()).where(
                WaitingParty.programme_id == programme_id,
                WaitingParty.state.in_(("waiting", "offered")),
            )
        )
        or 0
    )


def _bookings(db: Session, days: Days, facts: Facts) -> None:
    """Bookings by the moment they were made; assisted: by telephone, or by staff for the parent."""
    assisted = or_(
        Booking.origin == "phone",
        and_(Booking.origin == "self", Booking.made_by != "person:" + _person_of_parent()),
    )
    row = db.execute(
        select(
            func.count(),
            func.count(Parent.household_id.distinct()),
            func.count(case((assisted, 1))),
            func.count(case((assisted, Parent.household_id)).distinct()),
        )
        .select_from(Booking)
        .join(Parent, Parent.id == Booking.parent_id)
        .where(
            Booking.programme_id == days.programme_id,
            Booking.origin.in_(("self", "phone")),
            _within(Booking.made_at, days),
        )
    ).one()
    facts["bookings", ""], facts["assisted_bookings", ""] = Fact(*row[:2]), Fact(*row[2:])


def _person_of_parent() -> ColumnElement[str]:
    return func.coalesce(cast(Parent.person_id, String), "")


def _answers(db: Session, days: Days, facts: Facts) -> None:
    found = satisfaction.responses(db, days.programme_id, days.starts_at, days.ends_at)
    facts["satisfaction_answers", ""] = Fact(found.answered, found.answered)
    facts["questionnaires", ""] = Fact(found.asked, found.answered)
    facts["satisfied", ""] = Fact(found.good, found.answered)


def _referrals(db: Session, days: Days, facts: Facts) -> dict[str, tuple[int, int, int]]:
    kinds = referrals.figures(db, days.programme_id, days.starts_at, days.ends_at)
    for part, some in (("", kinds), *((one.kind.value, [one]) for one in kinds)):
        behind = sum(one.households for one in some)
        facts["referrals", part] = Fact(sum(one.noted for one in some), behind)
        facts["referrals_ended", part] = Fact(sum(one.ended for one in some), behind)
        facts["referrals_worked", part] = Fact(sum(one.worked for one in some), behind)
    return {
        one.kind.value: (one.noted, one.ended, one.worked)
        for one in kinds
        if one.noted or one.ended
    }
