"""Read scales, rights and what each parent was given, with its explanation."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.db.pages import PAGE_LENGTH, Page, cut
from repit.domain.entitlements.errors import NoPublishedScale
from repit.domain.entitlements.models import Allowance, Entitlement, Scale, ScaleRule
from repit.domain.entitlements.rules import Condition, Effect, Line, Rule
from repit.domain.errors import NoSuchObject
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.periods import Period, PeriodKind, period_of
from repit.domain.programmes.models import Programme


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


@dataclass(frozen=True)
class RightView:
    """A parent's right to a programme, or their request. `ended`: an end was decided."""

    id: int
    programme_id: int
    programme_public_id: str
    programme_name: str
    state: str
    requested_on: date
    first_day: date
    last_day: date | None
    decided_at: datetime | None
    motive: str | None

    @property
    def holds(self) -> bool:
        """Whether it is granted or asked for, so that it cannot be asked for again."""
        return self.state in {"requested", "granted"}


@dataclass(frozen=True)
class RequestView:
    """A request as a line of the decisions page, with the parent who asks."""

    id: int
    parent_id: int
    parent_public_id: str
    number: str
    name: str
    town: str
    state: str
    requested_on: date
    decided_at: datetime | None
    motive: str | None


@dataclass(frozen=True)
class AllowanceView:
    """What a parent was given for one period, and the lines that add up to it."""

    id: int
    programme_id: int
    programme_name: str
    zone: str
    period: Period
    granted: int
    issued: int
    lines: tuple[Line, ...]
    scale_title: str
    scale_version: int
    waits_since: datetime | None
    waits_for: str | None


@dataclass(frozen=True)
class ToDecide:
    """A programme with requests that wait for a decision."""

    programme_public_id: str
    programme_name: str
    requests: int


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


def scale_of_row(db: Session, row: Scale) -> ScaleView:
    """Return a scale as a value, with its rules."""
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


def rights_of(db: Session, parent_id: int) -> list[RightView]:
    """Return a parent's rights and requests, latest programme first, in one statement."""
    rows = db.execute(
        select(Entitlement, Programme.public_id, Programme.name)
        .join(Programme, Programme.id == Entitlement.programme_id)
        .where(Entitlement.parent_id == parent_id)
        .order_by(Programme.first_day.desc(), Programme.id.desc())
    )
    return [
        RightView(
            id=row.id,
            programme_id=row.programme_id,
            programme_public_id=public_id,
            programme_name=name,
            state=row.state,
            requested_on=row.requested_on,
            first_day=row.first_day,
            last_day=row.last_day,
            decided_at=row.decided_at,
            motive=row.motive,
        )
        for row, public_id, name in rows
    ]


def requests(
    db: Session,
    programme_id: int,
    *,
    state: str | None = "requested",
    text: str | None = None,
    number: int | None = None,
    length: int = PAGE_LENGTH,
) -> Page[RequestView]:
    """Return requests and decisions of a programme, the oldest request first."""
    query = (
        select(Entitlement, Parent)
        .join(Parent, Parent.id == Entitlement.parent_id)
        .where(Entitlement.programme_id == programme_id)
        .order_by(Entitlement.requested_on, Entitlement.id)
    )
    if state:
        query = query.where(Entitlement.state == state)
    for word in fold(text or "").split():
        query = query.where(Parent.search_key.contains(word, autoescape=True))
    return cut(db, query, lambda row: _request(*row), number=number, length=length)


def _request(row: Entitlement, parent: Parent) -> RequestView:
    return RequestView(
        id=row.id,
        parent_id=parent.id,
        parent_public_id=parent.public_id,
        number=parent.number,
        name=f"{parent.first_name} {parent.last_name}",
        town=parent.town,
        state=row.state,
        requested_on=row.requested_on,
        decided_at=row.decided_at,
        motive=row.motive,
    )


def to_decide(db: Session) -> list[ToDecide]:
    """Return the programmes with requests that wait, in one statement."""
    rows = db.execute(
        select(Programme.public_id, Programme.name, func.count())
        .join(Entitlement, Entitlement.programme_id == Programme.id)
        .where(Entitlement.state == "requested")
        .group_by(Programme.id)
        .order_by(Programme.name)
    )
    return [ToDecide(*row) for row in rows]


def requests_waiting(db: Session, programme_id: int) -> int:
    """Return how many requests of a programme wait for a decision."""
    waiting = select(func.count()).where(
        Entitlement.programme_id == programme_id, Entitlement.state == "requested"
    )
    return db.scalar(waiting) or 0


def allowances_of(db: Session, parent_id: int) -> list[AllowanceView]:
    """Return what a parent was given for each period, latest first, in one statement."""
    rows = db.execute(
        select(Allowance, Programme.name, Programme.zone, Scale.title, Scale.version)
        .join(Programme, Programme.id == Allowance.programme_id)
        .join(Scale, Scale.id == Allowance.scale_id)
        .where(Allowance.parent_id == parent_id)
        .order_by(Allowance.period_first_day.desc(), Allowance.id.desc())
    )
    return [
        AllowanceView(
            id=row.id,
            programme_id=row.programme_id,
            programme_name=programme_name,
            zone=zone,
            period=Period(row.period_first_day, row.period_last_day),
            granted=row.granted,
            issued=row.issued,
            lines=tuple(Line(**line) for line in row.explanation),
            scale_title=scale_title,
            scale_version=version,
            waits_since=row.waits_since,
            waits_for=row.waits_for,
        )
        for row, programme_name, zone, scale_title, version in rows
    ]


def why(db: Session, parent_id: int, programme_id: int | None = None) -> list[AllowanceView]:
    """Return the latest explanation of each programme, or of one: why this many vouchers."""
    latest: dict[int, AllowanceView] = {}
    for allowance in allowances_of(db, parent_id):
        latest.setdefault(allowance.programme_id, allowance)
    if programme_id is not None:
        return [latest[programme_id]] if programme_id in latest else []
    return list(latest.values())
