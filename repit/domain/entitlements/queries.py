"""Read scales: the drafts, the published one in force, and its versions."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.entitlements.errors import NoPublishedScale
from repit.domain.entitlements.models import Scale, ScaleRule
from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.errors import NoSuchObject
from repit.domain.periods import Period, PeriodKind, period_of


@dataclass(frozen=True)
class ScaleView:
    """A scale with its rules in order. `first_day` is the first day of one of its periods."""

    id: int
    public_id: str
    programme_id: int
    version: int
    title: str
    period: PeriodKind
    cap: int | None
    first_day: date
    published_at: datetime | None
    rules: tuple[Rule, ...]

    def period_on(self, day: date) -> Period:
        """Return the period in which a day lies."""
        return period_of(self.period, day)


def scales(db: Session, programme_id: int) -> list[ScaleView]:
    """Return every version, newest first, in two statements."""
    rows = db.scalars(
        select(Scale).where(Scale.programme_id == programme_id).order_by(Scale.version.desc())
    ).all()
    return _views(db, rows)


def scale(db: Session, public_id: str) -> ScaleView:
    """Return one scale.

    Raises:
        NoSuchObject: no such scale.
    """
    row = db.scalars(select(Scale).where(Scale.public_id == public_id)).one_or_none()
    if row is None:
        raise NoSuchObject
    return _views(db, [row])[0]


def scale_in_force(db: Session, programme_id: int, day: date) -> ScaleView:
    """Return the published scale that the period of this day follows.

    Raises:
        NoPublishedScale: no scale is published for that day.
    """
    row = db.scalars(
        select(Scale)
        .where(
            Scale.programme_id == programme_id,
            Scale.published_at.is_not(None),
            Scale.first_day <= day,
        )
        .order_by(Scale.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NoPublishedScale
    return _views(db, [row])[0]


def _views(db: Session, rows: Iterable[Scale]) -> list[ScaleView]:
    kept = list(rows)
    rules = _rules(db, [row.id for row in kept])
    return [
        ScaleView(
            id=row.id,
            public_id=row.public_id,
            programme_id=row.programme_id,
            version=row.version,
            title=row.title,
            period=PeriodKind(row.period),
            cap=row.cap,
            first_day=row.first_day,
            published_at=row.published_at,
            rules=tuple(rules[row.id]),
        )
        for row in kept
    ]


def _rules(db: Session, scale_ids: list[int]) -> dict[int, list[Rule]]:
    found: dict[int, list[Rule]] = defaultdict(list)
    rows = db.scalars(
        select(ScaleRule).where(ScaleRule.scale_id.in_(scale_ids)).order_by(ScaleRule.position)
    )
    for row in rows:
        found[row.scale_id].append(
            Rule(
                label=row.label,
                condition=Condition(row.condition),
                effect=Effect(row.effect),
                vouchers=row.vouchers,
                threshold=row.threshold,
            )
        )
    return found
