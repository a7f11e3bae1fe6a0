"""What a funder, or anybody, may read: approved releases, as they were frozen. Nothing else.

No column here is about a person, and the truth behind a release is not looked at: see
`tests/architecture/test_what_funders_reach.py`.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from repit.domain.errors import NoSuchObject
from repit.domain.programmes.models import Fund, Programme
from repit.domain.releases.content import Content
from repit.domain.releases.errors import ReleaseChanged
from repit.domain.releases.models import LATEST, Release, ReleaseState
from repit.domain.releases.rules import number_text
from repit.domain.releases.writing import read_content

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Listed:
    """One line of a funder's list."""

    public_id: str
    number: str
    fund: str
    fund_public_id: str
    programme: str
    kind: str
    first_day: date
    last_day: date
    approved_at: datetime


@dataclass(frozen=True)
class Published:
    """A release, frozen: its number, its SHA-256 in hexadecimal, and what it says."""

    public_id: str
    number: str
    sha256: str
    approved_at: datetime
    content: Content


def own_releases(db: Session, funder_id: int, *, fund: str | None = None) -> list[Listed]:
    """Return the releases of a funder, the latest period first; `fund` is a public id."""
    query = (
        _approved(Release, Fund, Programme)
        .where(Fund.funder_id == funder_id)
        .order_by(Release.last_day.desc(), Release.first_day.desc(), Release.id.desc())
    )
    if fund:
        query = query.where(Fund.public_id == fund)
    return [_listed(*row) for row in db.execute(query)]


def own_release(db: Session, funder_id: int, public_id: str) -> Published:
    """Return one release of this funder.

    Raises:
        NoSuchObject: no such release, or another funder's, or a draft.
        ReleaseChanged: what is stored is not what was approved.
    """
    query = _approved(Release).where(Fund.funder_id == funder_id, Release.public_id == public_id)
    return _published(db, query)


def latest_public(db: Session, programme: str) -> Published:
    """Return the latest release of a programme that shows it to anybody.

    Args:
        programme: its public id.

    Raises:
        NoSuchObject: no such programme, it shows nothing, or nothing is approved yet.
        ReleaseChanged: what is stored is not what was approved.
    """
    query = (
        _approved(Release)
        .where(Programme.public_id == programme, Programme.publishes)
        .order_by(*LATEST)
        .limit(1)
    )
    return _published(db, query)


def _approved(*wanted: Any) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*wanted)
    return (
        query.join_from(Release, Fund, Fund.id == Release.fund_id)
        .join(Programme, Programme.id == Release.programme_id)
        .where(Release.state == ReleaseState.APPROVED)
    )


def _listed(row: Release, fund: Fund, programme: Programme) -> Listed:
    number, approved_at = _frozen(row)
    return Listed(
        public_id=row.public_id,
        number=number,
        fund=fund.title,
        fund_public_id=fund.public_id,
        programme=programme.name,
        kind=row.kind,
        first_day=row.first_day,
        last_day=row.last_day,
        approved_at=approved_at,
    )


def _published(db: Session, query: Select[*tuple[Any, ...]]) -> Published:
    row: Release | None = db.scalars(query).one_or_none()
    if row is None:
        raise NoSuchObject
    number, approved_at = _frozen(row)
    try:
        content = read_content(row.content, row.sha256, number=number)
    except ReleaseChanged:
        log.critical("release %s is not what was approved", number)
        raise
    assert row.sha256 is not None  # noqa: S101  (read_content refused it otherwise)
    return Published(row.public_id, number, row.sha256.hex(), approved_at, content)


def _frozen(row: Release) -> tuple[str, datetime]:
    """Return the number and the moment of an approval; the database keeps both beside it."""
    assert row.year is not None  # noqa: S101
    assert row.serial is not None  # noqa: S101
    assert row.approved_at is not None  # noqa: S101
    return number_text(row.year, row.serial), row.approved_at
