"""Write scales: drafts are rewritten freely, a published one never again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.entitlements.errors import (
    ScaleAlreadyPublished,
    ScaleCutsAPeriod,
    ScaleStartsTooEarly,
)
from repit.domain.entitlements.models import Allowance, Scale, ScaleRule
from repit.domain.entitlements.queries import ScaleView, scale_of_row
from repit.domain.entitlements.rules import Rule, check_favours_isolated
from repit.domain.errors import NoSuchObject
from repit.domain.periods import PeriodKind, period_of
from repit.domain.programmes.errors import ProgrammeClosed
from repit.domain.programmes.models import Programme


@dataclass(frozen=True)
class Draft:
    """What an operator writes. `first_day` may be any day of the first period."""

    title: str
    period: PeriodKind
    cap: int | None
    first_day: date
    rules: tuple[Rule, ...]


def start(db: Session, programme_id: int, draft: Draft, *, actor: Actor, now: datetime) -> str:
    """Begin a new version and return its public id.

    Raises:
        NoSuchObject: no such programme.
        ProgrammeClosed: nothing new starts in it.
    """
    _open_programme(db, programme_id)
    scale = Scale(
        public_id=ids.public_id(),
        programme_id=programme_id,
        version=_next_version(db, programme_id),
        created_at=now,
    )
    _write(db, scale, draft)
    facts = {"version": scale.version}
    record(db, actor=actor, kind="created", of=("scale", scale.id), now=now, facts=facts)
    return scale.public_id


def rewrite(db: Session, scale_id: int, draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Replace what a draft says.

    Raises:
        NoSuchObject: no such scale.
        ScaleAlreadyPublished: it is no draft any more.
    """
    scale = _draft(db, scale_id)
    db.execute(delete(ScaleRule).where(ScaleRule.scale_id == scale_id))
    _write(db, scale, draft)
    record(db, actor=actor, kind="changed", of=("scale", scale_id), now=now)


def drop(db: Session, scale_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away.

    Raises:
        NoSuchObject: no such scale.
        ScaleAlreadyPublished: it is no draft any more.
    """
    scale = _draft(db, scale_id)
    db.execute(delete(ScaleRule).where(ScaleRule.scale_id == scale_id))
    facts = {"version": scale.version, "title": scale.title}
    of = ("programme", scale.programme_id)
    record(db, actor=actor, kind="draft_dropped", of=of, now=now, facts=facts)
    db.delete(scale)
    db.flush()


def publish(db: Session, scale_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a draft decide from its first day on. It becomes the newest version.

    Raises:
        NoSuchObject: no such scale.
        ScaleAlreadyPublished: it is published.
        ProgrammeClosed: nothing new starts in the programme.
        ScaleGivesNothing, IsolatedNotFavoured: its rules do not favour isolated parents.
        ScaleStartsTooEarly, ScaleCutsAPeriod: a period would follow two scales.
    """
    scale = _draft(db, scale_id)
    _open_programme(db, scale.programme_id)
    view = scale_of_row(db, scale)
    check_favours_isolated(view.rules, view.cap)
    _check_days(db, view)
    if _next_version(db, scale.programme_id) != scale.version + 1:
        scale.version = _next_version(db, scale.programme_id)
    scale.published_at = now
    db.flush()
    facts = {"version": scale.version, "first_day": scale.first_day.isoformat()}
    for of in (("scale", scale.id), ("programme", scale.programme_id)):
        record(db, actor=actor, kind="published", of=of, now=now, facts=facts)


def copy(db: Session, scale_id: int, *, title: str, actor: Actor, now: datetime) -> str:
    """Begin a new version from any other; return its public id.

    Raises:
        NoSuchObject: no such scale.
        ProgrammeClosed: nothing new starts in the programme.
    """
    row = db.get(Scale, scale_id)
    if row is None:
        raise NoSuchObject
    view = scale_of_row(db, row)
    draft = Draft(title, view.period, view.cap, view.first_day, view.rules)
    return start(db, view.programme_id, draft, actor=actor, now=now)


def _check_days(db: Session, scale: ScaleView) -> None:
    """Periods of all published scales follow one another without a gap or an overlap."""
    before = db.scalars(
        select(Scale)
        .where(Scale.programme_id == scale.programme_id, Scale.published_at.is_not(None))
        .order_by(Scale.version.desc())
        .limit(1)
    ).one_or_none()
    if before is None:
        return
    if scale.first_day < before.first_day:
        raise ScaleStartsTooEarly(first_day=before.first_day)
    running = period_of(PeriodKind(before.period), scale.first_day)
    if running.first_day != scale.first_day:
        raise ScaleCutsAPeriod(running.first_day, running.last_day)
    issued = db.execute(
        select(Allowance.period_first_day, Allowance.period_last_day)
        .where(
            Allowance.programme_id == scale.programme_id,
            Allowance.period_last_day >= scale.first_day,
        )
        .distinct()
    )
    for first_day, last_day in issued:
        if period_of(scale.period, first_day).last_day != last_day:
            raise ScaleCutsAPeriod(first_day, last_day)


def _write(db: Session, scale: Scale, draft: Draft) -> None:
    scale.title = draft.title
    scale.period = draft.period
    scale.cap = draft.cap
    scale.first_day = period_of(draft.period, draft.first_day).first_day
    db.add(scale)
    db.flush()
    db.add_all(
        ScaleRule(
            scale_id=scale.id,
            position=position,
            label=rule.label,
            condition=rule.condition,
            threshold=rule.threshold,
            effect=rule.effect,
            vouchers=rule.vouchers,
        )
        for position, rule in enumerate(draft.rules)
    )
    db.flush()


def _next_version(db: Session, programme_id: int) -> int:
    newest = select(func.max(Scale.version)).where(Scale.programme_id == programme_id)
    return (db.scalar(newest) or 0) + 1


def _open_programme(db: Session, programme_id: int) -> None:
    """Two operators who write scales of one programme wait for one another."""
    programme = db.get(Programme, programme_id, with_for_update=True)
    if programme is None:
        raise NoSuchObject
    if programme.closed_at is not None:
        raise ProgrammeClosed


def _draft(db: Session, scale_id: int) -> Scale:
    scale = db.get(Scale, scale_id, with_for_update=True)
    if scale is None:
        raise NoSuchObject
    if scale.published_at is not None:
        raise ScaleAlreadyPublished
    return scale
