"""Read releases as the operator sees them, with what the audit found. Never for a funder."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from repit.db.pages import Page, cut
from repit.domain.clock import day_in
from repit.domain.errors import NoSuchObject
from repit.domain.figures.keeping import first_kept
from repit.domain.jobs.models import Job
from repit.domain.people.models import Person, acts
from repit.domain.programmes.models import Fund, Funder, Programme
from repit.domain.releases.approve import approved_since
from repit.domain.releases.asking import job_name
from repit.domain.releases.content import Content
from repit.domain.releases.models import IN_DRAFT, LATEST, Release, ReleaseFact, ReleaseState
from repit.domain.releases.rules import ReleasePeriod, number_text, periods_over
from repit.domain.releases.writing import read_content


@dataclass(frozen=True)
class ReleaseView:
    """A release in a list; `number` and what follows it are None until it is approved."""

    id: int
    public_id: str
    programme: str
    programme_public_id: str
    fund: str
    fund_public_id: str
    funder: str
    kind: str
    first_day: date
    last_day: date
    state: str
    drafted_by_name: str | None
    drafted_at: datetime
    number: str | None
    approved_by_name: str | None
    approved_at: datetime | None
    sha256: str | None
    """In hexadecimal."""


@dataclass(frozen=True)
class Draft:
    """What the operator decides on: None where the job has not come so far."""

    content: Content | None
    audit: dict[str, Any] | None
    since: tuple[str, ...]
    """Numbers of what was approved in the programme after it was attacked."""


@dataclass(frozen=True)
class Offered:
    """A period that is over, and the release the fund has of it already, if any."""

    period: ReleasePeriod
    release: ReleaseView | None


@dataclass(frozen=True)
class PublicPage:
    """Whether anybody may read the latest release of a programme, and which one it is."""

    programme: str
    programme_public_id: str
    shown: bool
    number: str | None


@dataclass(frozen=True)
class OnThePage:
    """What approving a draft does to the open public page of its programme."""

    becomes: bool
    """Whether anybody would read this draft there at once."""
    current: ReleaseView | None
    """What is read there now: replaced, or kept because it reaches further."""


@dataclass(frozen=True)
class ReleaseFilter:
    """Which releases are wanted; None: whatever they are. Programme and fund by public id."""

    programme: str | None = None
    fund: str | None = None


def releases(
    db: Session, wanted: ReleaseFilter = ReleaseFilter(), *, page: int | None = None
) -> Page[ReleaseView]:
    """Return releases that were not given up: what waits first, then the latest number."""
    waits = Release.state.in_(IN_DRAFT)
    order = (waits.desc(), Release.year.desc(), Release.serial.desc(), Release.id.desc())
    query = _releases().where(Release.state != ReleaseState.DISCARDED).order_by(*order)
    if wanted.programme:
        query = query.where(Programme.public_id == wanted.programme)
    if wanted.fund:
        query = query.where(Fund.public_id == wanted.fund)
    return cut(db, query, _view, number=page)


def release(db: Session, public_id: str) -> ReleaseView:
    """Return one release, also one that was given up.

    Raises:
        NoSuchObject: there is no such release.
    """
    row = db.execute(_releases().where(Release.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _view(row)


def draft(db: Session, release_id: int) -> Draft:
    """Return what a release says and what the audit found.

    Raises:
        ReleaseChanged: what it says is not what was hashed.
    """
    row = db.get_one(Release, release_id)
    audit = db.scalar(select(ReleaseFact.audit).where(ReleaseFact.release_id == release_id))
    content = None
    if row.sha256 is not None:
        content = read_content(row.content, row.sha256, number=_number(row) or "")
    waits = row.state == ReleaseState.DRAFTED
    return Draft(content, audit, approved_since(db, row) if waits else ())


def waiting(db: Session) -> int:
    """Return how many drafts wait for the operator: to approve, or to give up."""
    decided_on = (ReleaseState.DRAFTED, ReleaseState.BLOCKED)
    query = select(func.count()).select_from(Release).where(Release.state.in_(decided_on))
    return db.scalar(query) or 0


def job_of(db: Session, shown: ReleaseView) -> str | None:
    """Return the public id of the job that drafts a release."""
    name = job_name(shown.id, shown.drafted_at)
    return db.scalar(select(Job.public_id).where(Job.dedupe == name))


def offered(db: Session, fund: str, *, now: datetime) -> list[Offered]:
    """Return the periods of a fund that are over, latest first; `fund` is its public id.

    Raises:
        NoSuchObject: there is no such fund.
    """
    programme = db.scalars(
        select(Programme)
        .join(Fund, Fund.programme_id == Programme.id)
        .where(Fund.public_id == fund)
    ).one_or_none()
    if programme is None:
        raise NoSuchObject
    there = {
        (one.first_day, one.last_day): one for one in releases(db, ReleaseFilter(fund=fund)).items
    }
    since = first_kept(db, programme.id) or programme.first_day
    over = periods_over(since, day_in(programme.zone, now))
    return [Offered(one, there.get((one.first_day, one.last_day))) for one in over]


def public_pages(db: Session) -> list[PublicPage]:
    """Return every programme with an approved release, latest first, and its public page."""
    rows = db.execute(
        select(Release, Programme)
        .join(Programme, Programme.id == Release.programme_id)
        .where(Release.state == ReleaseState.APPROVED)
        .order_by(Programme.first_day.desc(), Programme.id.desc(), *LATEST)
    )
    found: dict[int, PublicPage] = {}
    for row, programme in rows:
        page = PublicPage(programme.name, programme.public_id, programme.publishes, _number(row))
        found.setdefault(programme.id, page)
    return list(found.values())


def on_the_page(db: Session, shown: ReleaseView) -> OnThePage | None:
    """Return what approving a draft changes for anybody; None while that page is closed."""
    programme = Programme.public_id == shown.programme_public_id
    if not db.scalar(select(Programme.publishes).where(programme)):
        return None
    latest = _releases().where(programme, Release.state == ReleaseState.APPROVED)
    row = db.execute(latest.order_by(*LATEST).limit(1)).one_or_none()
    current = _view(row) if row else None
    # Of two that reach as far, the last one approved is shown: see `LATEST`.
    return OnThePage(current is None or shown.last_day >= current.last_day, current)


def _releases() -> Select[Any, Any, Any, Any, Any, Any]:
    drafter, approver = aliased(Person), aliased(Person)
    return (
        select(Release, Programme, Fund, Funder.name, drafter.name, approver.name)
        .join(Programme, Programme.id == Release.programme_id)
        .join(Fund, Fund.id == Release.fund_id)
        .join(Funder, Funder.id == Fund.funder_id)
        .outerjoin(drafter, acts(Release.drafted_by, drafter))
        .outerjoin(approver, acts(Release.approved_by, approver))
    )


def _number(row: Release) -> str | None:
    if row.year is None or row.serial is None:
        return None
    return number_text(row.year, row.serial)


def _view(found: Any) -> ReleaseView:
    row, programme, fund, funder, drafter, approver = found
    return ReleaseView(
        id=row.id,
        public_id=row.public_id,
        programme=programme.name,
        programme_public_id=programme.public_id,
        fund=fund.title,
        fund_public_id=fund.public_id,
        funder=funder,
        kind=row.kind,
        first_day=row.first_day,
        last_day=row.last_day,
        state=row.state,
        drafted_by_name=drafter,
        drafted_at=row.drafted_at,
        number=_number(row),
        approved_by_name=approver,
        approved_at=row.approved_at,
        sha256=row.sha256.hex() if row.sha256 else None,
    )
