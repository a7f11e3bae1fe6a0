"""Read referrals for the staff, and their figures for reports, as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from repit.db.pages import Page, cut
from repit.domain import actors
from repit.domain.errors import NoSuchObject
from repit.domain.people.models import Person, acts
from repit.domain.programmes.models import Programme
from repit.domain.referrals.models import Referral, ReferralNews
from repit.domain.referrals.rules import Kind, Outcome, outcome_of
from repit.domain.workshops.models import Facilitator, Workshop, WorkshopSession

ANNULLED = "annulled"
"""Asked for in place of an outcome: what was noted by mistake."""


@dataclass(frozen=True)
class ReferralFilter:
    """What to keep of the list; None keeps all. Days are those on which they were made."""

    text: str | None = None
    programme: str | None = None
    """Public id."""
    kind: str | None = None
    outcome: str | None = None
    """An `Outcome`, or `ANNULLED`; annulled ones stand in no other list but that of all."""
    first_day: date | None = None
    last_day: date | None = None
    person_id: int | None = None
    """Those of the sessions that this facilitator leads, and those they noted themselves."""


@dataclass(frozen=True)
class ReferralView:
    id: int
    public_id: str
    programme_name: str
    workshop_title: str | None
    session_public_id: str | None
    session_starts_at: datetime | None
    kind: Kind
    organisation: str
    on_day: date
    for_household: bool
    outcome: Outcome
    annulled: bool
    noted_by: str | None
    """A person's name, or None for a command."""
    noted_at: datetime
    followed_by: str | None
    followed_at: datetime | None
    """Who said last what became of it, and when; None: nobody since it was noted."""


@dataclass(frozen=True)
class Counts:
    """Of the list shown, annulled ones apart."""

    noted: int
    worked: int
    not_known: int


@dataclass(frozen=True)
class KindFigures:
    """What a period adds: `households` is how many of `ended` have a household behind them.

    `ended`: what became of them was said in the period, and not taken back in it; `worked` are
    some of these, so never more.
    """

    kind: Kind
    noted: int
    ended: int
    worked: int
    households: int


def referrals(
    db: Session, wanted: ReferralFilter = ReferralFilter(), *, number: int | None = None
) -> Page[ReferralView]:
    """Return referrals, the latest first."""
    query = _referrals().where(*_conditions(wanted))
    ordered = query.order_by(Referral.on_day.desc(), Referral.id.desc())
    return cut(db, ordered, _view, number=number)


def referral(db: Session, public_id: str, *, person_id: int | None = None) -> ReferralView:
    """Return one referral; for a facilitator, one of theirs.

    Raises:
        NoSuchObject: there is none, or it is not theirs.
    """
    conditions = [Referral.public_id == public_id]
    if person_id is not None:
        conditions.append(_is_theirs(person_id))
    row = db.execute(_referrals().where(*conditions)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _view(row)


def counts(db: Session, wanted: ReferralFilter = ReferralFilter()) -> Counts:
    """Return how many there are in the list, in one statement."""
    row = db.execute(
        select(
            func.count(),
            func.count(case((Referral.worked.is_(True), 1))),
            func.count(case((Referral.worked.is_(None), 1))),
        )
        .select_from(Referral)
        .join(Programme, Programme.id == Referral.programme_id)
        .where(Referral.annulled_at.is_(None), *_conditions(wanted))
    ).one()
    return Counts(*row)


def figures(db: Session, programme_id: int, since: datetime, until: datetime) -> list[KindFigures]:
    """Return what became known from `since` to before `until`, by kind: one statement.

    What is annulled later is taken off `noted` in the period in which it is, which may then be
    negative. An outcome counts as it was last said in the period; one that turns out otherwise
    later counts again where it does. Source: product.md, « referrals that worked ».
    """
    news = _news(programme_id, since, until).subquery()
    ended = and_(news.c.is_last, news.c.noted >= 0, news.c.says.is_not(None))
    rows = db.execute(
        select(
            news.c.kind,
            func.sum(news.c.noted),
            func.count(case((ended, 1))),
            func.count(case((and_(ended, news.c.says.is_(True)), 1))),
            func.count(case((and_(ended, news.c.for_household), 1))),
        ).group_by(news.c.kind)
    )
    found = {Kind(kind): tuple(map(int, sums)) for kind, *sums in rows}
    return [KindFigures(kind, *found.get(kind, (0, 0, 0, 0))) for kind in Kind]


def _news(programme_id: int, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Return all that was learnt in a period, and whether it is the last of its referral there."""
    last = func.max(ReferralNews.id).over(partition_by=ReferralNews.referral_id)
    return (
        select(
            Referral.kind,
            Referral.for_household,
            ReferralNews.noted,
            ReferralNews.says,
            (ReferralNews.id == last).label("is_last"),
        )
        .join(Referral, Referral.id == ReferralNews.referral_id)
        .where(
            Referral.programme_id == programme_id,
            ReferralNews.at >= since,
            ReferralNews.at < until,
        )
    )


def programmes_led(db: Session, person_id: int) -> Sequence[tuple[int, str, str]]:
    """Return id, public id and name of the open programmes whose workshops somebody leads."""
    return [
        (row.id, row.public_id, row.name)
        for row in db.execute(
            select(Programme.id, Programme.public_id, Programme.name)
            .join(Workshop, Workshop.programme_id == Programme.id)
            .join(Facilitator, Facilitator.workshop_id == Workshop.id)
            .where(Facilitator.person_id == person_id, Programme.closed_at.is_(None))
            .distinct()
            .order_by(Programme.name, Programme.id)
        )
    ]


def programme_of(db: Session, session_id: int | None) -> tuple[int, str, str]:
    """Return id, public id and name of a session's programme.

    Raises:
        NoSuchObject: there is no such session.
    """
    row = db.execute(
        select(Programme.id, Programme.public_id, Programme.name)
        .join(Workshop, Workshop.programme_id == Programme.id)
        .join(WorkshopSession, WorkshopSession.workshop_id == Workshop.id)
        .where(WorkshopSession.id == session_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    return row.id, row.public_id, row.name


def _conditions(wanted: ReferralFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = _outcome_is(wanted.outcome)
    if wanted.text:
        found.append(Referral.organisation.icontains(wanted.text, autoescape=True))
    if wanted.programme:
        found.append(Programme.public_id == wanted.programme)
    if wanted.kind:
        found.append(Referral.kind == wanted.kind)
    if wanted.first_day:
        found.append(Referral.on_day >= wanted.first_day)
    if wanted.last_day:
        found.append(Referral.on_day <= wanted.last_day)
    if wanted.person_id is not None:
        found.append(_is_theirs(wanted.person_id))
    return found


def _outcome_is(outcome: str | None) -> list[ColumnElement[bool]]:
    if outcome == ANNULLED:
        return [Referral.annulled_at.is_not(None)]
    if outcome:
        return [Referral.annulled_at.is_(None), Referral.worked.is_(Outcome(outcome).column)]
    return []


def _is_theirs(person_id: int) -> ColumnElement[bool]:
    led = (
        select(Facilitator.id)
        .join(WorkshopSession, WorkshopSession.workshop_id == Facilitator.workshop_id)
        .where(
            Facilitator.person_id == person_id,
            WorkshopSession.id == Referral.session_id,
            or_(Facilitator.session_id.is_(None), Facilitator.session_id == WorkshopSession.id),
        )
        .exists()
    )
    return or_(Referral.noted_by == actors.person(person_id), led)


_NOTER, _FOLLOWER = aliased(Person), aliased(Person)


def _referrals() -> Select[*tuple[Any, ...]]:
    last = (
        select(func.max(ReferralNews.id))
        .where(ReferralNews.referral_id == Referral.id, ReferralNews.noted == 0)
        .correlate(Referral)
        .scalar_subquery()
    )
    return (
        select(
            Referral,
            Programme.name,
            Workshop.title,
            WorkshopSession.public_id,
            WorkshopSession.starts_at,
            _NOTER.name,
            _FOLLOWER.name,
            ReferralNews.at,
        )
        .join(Programme, Programme.id == Referral.programme_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == Referral.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .outerjoin(_NOTER, acts(Referral.noted_by, _NOTER))
        .outerjoin(
            ReferralNews, and_(ReferralNews.referral_id == Referral.id, ReferralNews.id == last)
        )
        .outerjoin(_FOLLOWER, acts(ReferralNews.actor, _FOLLOWER))
    )


def _view(row: Any) -> ReferralView:
    found, programme, workshop, session, starts_at, noter, follower, followed_at = row
    return ReferralView(
        id=found.id,
        public_id=found.public_id,
        programme_name=programme,
        workshop_title=workshop,
        session_public_id=session,
        session_starts_at=starts_at,
        kind=Kind(found.kind),
        organisation=found.organisation,
        on_day=found.on_day,
        for_household=found.for_household,
        outcome=outcome_of(found.worked),
        annulled=found.annulled_at is not None,
        noted_by=noter,
        noted_at=found.noted_at,
        followed_by=follower,
        followed_at=followed_at,
    )
