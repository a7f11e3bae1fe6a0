"""Releases of made-up figures, and two operators who decide on them, in the words of the tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, ids
from repit.domain.actors import Actor
from repit.domain.figures.models import KeptDay
from repit.domain.programmes.models import Programme
from repit.domain.releases.approve import approve
from repit.domain.releases.content import Amount, Content, Part, ShownCell, ShownTable
from repit.domain.releases.facts import Fact, Facts, Table
from repit.domain.releases.models import Release, ReleaseFact, ReleaseState
from repit.domain.releases.writing import content_bytes, digest, facts_bytes
from tests import cast

APRIL = datetime(2026, 4, 2, 9, tzinfo=UTC)
"""The first quarter of 2026 is over."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ODILE, PAUL = actors.person(9_001), actors.person(9_002)
Q1 = (date(2026, 1, 1), date(2026, 3, 31))
NO_FINDING: dict[str, Any] = {
    "guarded": [],
    "blocks": [],
    "coarsened": [],
    "hidden": [],
    "programs": 0,
    "instead": None,
}
BLOCKED = NO_FINDING | {
    "blocks": [
        {
            "why": "narrow",
            "where": {
                "kind": "cell",
                "name": "children_reached",
                "scope": "fund:1",
                "first_day": "2026-01-01",
                "last_day": "2026-03-31",
                "at": ["0-2"],
            },
        }
    ]
}


@dataclass(frozen=True)
class Stage:
    """A programme with two funders, each with a fund; its figures are kept until a day."""

    programme_id: int
    funder_id: int
    fund_id: int
    other_funder_id: int
    other_fund_id: int


def a_stage(db: Session, *, kept_until: date = date(2026, 4, 1), **programme: Any) -> Stage:
    programme_id = cast.a_programme(db, **programme)
    one, other = (cast.a_funder(db, f"Financeur {next(cast.numbers)}") for _ in range(2))
    stage = Stage(
        programme_id,
        one,
        cast.a_fund(db, programme_id, funder_id=one),
        other,
        cast.a_fund(db, programme_id, funder_id=other),
    )
    with unit_of_work(db):
        first = db.get_one(Programme, programme_id).first_day
        db.add_all(
            _kept(programme_id, day, LONG_AGO + timedelta(days=place))
            for place, day in enumerate((first, kept_until))
        )
    return stage


def _kept(programme_id: int, day: date, starts_at: datetime) -> KeptDay:
    """Close a day in which nothing moved: its moments are of another time."""
    return KeptDay(
        programme_id=programme_id,
        day=day,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=1),
        closed_at=APRIL,
        counted=True,
    )


def some_facts(fund_id: int, households: int = 47) -> Facts:
    table = Table("households_reached", f"fund:{fund_id}", *Q1, (), {(): Fact(47, households)})
    return Facts(households=households, tables=(table,), money={"contributed": 100_000})


def a_content(**changes: Any) -> Content:
    whole = ShownTable("households_reached", (), (ShownCell((), 45),), 5)
    parts = ShownTable(
        "households_by_town",
        ("town",),
        (
            ShownCell((Part((), whole=True),), 45),
            ShownCell((Part(("Lens",)),), 30),
            ShownCell((Part(("+",)),), None),
        ),
        5,
        ("town",),
    )
    values: dict[str, Any] = {
        "operator": "CCAS de Lens",
        "funder": "DRDFE",
        "fund": "Parents isolés",
        "programme": "Chèques répit",
        "period_kind": "quarter",
        "first_day": Q1[0],
        "last_day": Q1[1],
        "zone": "Europe/Paris",
        "counted_at": APRIL,
        "face_cents": 1_000,
        "small": False,
        "money": (Amount("contributed", 100_000), Amount("used", 45_000)),
        "counts": (),
        "tables": (whole, parts),
        "statistics": (),
    }
    return Content(**values | changes)


def a_draft(
    db: Session,
    programme_id: int,
    fund_id: int,
    *,
    audit: dict[str, Any] = NO_FINDING,
    content: Content | None = None,
    **changes: Any,
) -> int:
    """Write a draft as its job would leave it; return its id."""
    stored = content_bytes(content or a_content())
    row = Release(
        **{
            "public_id": ids.public_id(),
            "programme_id": programme_id,
            "fund_id": fund_id,
            "kind": "quarter",
            "first_day": Q1[0],
            "last_day": Q1[1],
            "state": ReleaseState.BLOCKED if audit["blocks"] else ReleaseState.DRAFTED,
            "drafted_by": ODILE,
            "drafted_at": APRIL,
            "content": stored,
            "sha256": digest(stored),
        }
        | changes
    )
    with unit_of_work(db):
        db.add(row)
        db.flush()
        truth = facts_bytes(some_facts(fund_id))
        db.add(ReleaseFact(release_id=row.id, facts=truth, audit=audit))
        return row.id


def seen(db: Session, release_id: int) -> str:
    """Return the SHA-256 that an operator would have read."""
    found = db.scalars(select(Release.sha256).where(Release.id == release_id)).one()
    db.rollback()
    return found.hex() if found else ""


def approved(db: Session, release_id: int, *, actor: Actor = PAUL, now: datetime = APRIL) -> str:
    digest_seen = seen(db, release_id)
    with unit_of_work(db):
        return approve(db, release_id, seen=digest_seen, actor=actor, now=now)


def an_approved(db: Session, programme_id: int, fund_id: int, **changes: Any) -> int:
    """Draft and approve a release; return its id."""
    release_id = a_draft(db, programme_id, fund_id, **changes)
    approved(db, release_id)
    return release_id
