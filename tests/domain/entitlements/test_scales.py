from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.audit.queries import history
from repit.domain.entitlements import scales
from repit.domain.entitlements.errors import (
    IsolatedNotFavoured,
    NoPublishedScale,
    ScaleAlreadyPublished,
    ScaleCutsAPeriod,
    ScaleGivesNothing,
    ScaleStartsTooEarly,
)
from repit.domain.entitlements.models import Allowance
from repit.domain.entitlements.queries import ScaleView, scale, scale_in_force
from repit.domain.entitlements.queries import scales as all_scales
from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.entitlements.scales import Draft
from repit.domain.periods import PeriodKind
from tests.cast import NOON, OPERATOR, TODAY, a_parent, a_programme

BASE = Rule("de base", Condition.EVERY_PARENT, Effect.ADD, 6)
ISOLATED = Rule("parent isolé", Condition.ISOLATED, Effect.ADD, 6)
DRAFT = Draft("Barème", PeriodKind.YEAR, None, TODAY, (BASE, ISOLATED))


@pytest.fixture
def programme_id(db: Session) -> int:
    return a_programme(db)


def started(db: Session, programme_id: int, draft: Draft = DRAFT) -> ScaleView:
    with unit_of_work(db):
        public_id = scales.start(db, programme_id, draft, actor=OPERATOR, now=NOON)
    return scale(db, public_id)


def publish(db: Session, found: ScaleView) -> ScaleView:
    with unit_of_work(db):
        scales.publish(db, found.id, actor=OPERATOR, now=NOON)
    return scale(db, found.public_id)


def test_a_draft_keeps_its_rules_in_order(db: Session, programme_id: int) -> None:
    child = Rule("par enfant", Condition.CHILD_UNDER, Effect.ADD, 2, 12)
    found = started(db, programme_id, replace(DRAFT, rules=(child, BASE, ISOLATED), cap=20))
    assert found.rules == (child, BASE, ISOLATED)
    assert (found.cap, found.version, found.published_at) == (20, 1, None)


def test_a_scale_starts_with_a_whole_period(db: Session, programme_id: int) -> None:
    assert started(db, programme_id).first_day == date(2026, 1, 1)
    monthly = replace(DRAFT, period=PeriodKind.MONTH)
    assert started(db, programme_id, monthly).first_day == date(2026, 3, 1)


def test_a_draft_is_rewritten_and_thrown_away(db: Session, programme_id: int) -> None:
    found = started(db, programme_id)
    with unit_of_work(db):
        other = replace(DRAFT, rules=(BASE,))
        scales.rewrite(db, found.id, other, actor=OPERATOR, now=NOON)
    assert scale(db, found.public_id).rules == (BASE,)
    with unit_of_work(db):
        scales.drop(db, found.id, actor=OPERATOR, now=NOON)
    assert all_scales(db, programme_id) == []
    assert history(db, [("programme", programme_id)])[0].kind == "draft_dropped"


def test_a_published_scale_decides_and_never_changes(db: Session, programme_id: int) -> None:
    with pytest.raises(NoPublishedScale):
        scale_in_force(db, programme_id, TODAY)
    found = publish(db, started(db, programme_id))
    assert scale_in_force(db, programme_id, TODAY) == found
    changes: list[Callable[[], None]] = [
        lambda: scales.rewrite(db, found.id, DRAFT, actor=OPERATOR, now=NOON),
        lambda: scales.drop(db, found.id, actor=OPERATOR, now=NOON),
        lambda: scales.publish(db, found.id, actor=OPERATOR, now=NOON),
    ]
    for change in changes:
        with pytest.raises(ScaleAlreadyPublished), unit_of_work(db):
            change()


def test_a_scale_that_does_not_favour_isolated_parents_is_not_published(
    db: Session, programme_id: int
) -> None:
    capped = started(db, programme_id, replace(DRAFT, cap=6))
    with pytest.raises(IsolatedNotFavoured):
        publish(db, capped)
    empty = started(db, programme_id, replace(DRAFT, rules=(ISOLATED,)))
    with pytest.raises(ScaleGivesNothing):
        publish(db, empty)
    assert [one.published_at for one in all_scales(db, programme_id)] == [None, None]


def test_the_last_published_is_the_newest_version(db: Session, programme_id: int) -> None:
    first, second = started(db, programme_id), started(db, programme_id)
    publish(db, second)
    later = publish(db, first)
    assert later.version == 3
    assert scale_in_force(db, programme_id, TODAY).id == first.id


def test_a_newer_scale_waits_for_its_first_day(db: Session, programme_id: int) -> None:
    old = publish(db, started(db, programme_id))
    new = publish(db, started(db, programme_id, replace(DRAFT, first_day=date(2027, 1, 1))))
    assert scale_in_force(db, programme_id, date(2026, 12, 31)).id == old.id
    assert scale_in_force(db, programme_id, date(2027, 1, 1)).id == new.id


def test_a_newer_scale_never_begins_before_the_last(db: Session, programme_id: int) -> None:
    publish(db, started(db, programme_id))
    early = started(db, programme_id, replace(DRAFT, first_day=date(2025, 6, 1)))
    with pytest.raises(ScaleStartsTooEarly) as refusal:
        publish(db, early)
    assert refusal.value.first_day == date(2026, 1, 1)


def test_a_change_of_rhythm_never_cuts_a_period(db: Session, programme_id: int) -> None:
    publish(db, started(db, programme_id))
    monthly = replace(DRAFT, period=PeriodKind.MONTH)
    with pytest.raises(ScaleCutsAPeriod) as refusal:
        publish(db, started(db, programme_id, replace(monthly, first_day=date(2026, 6, 1))))
    assert refusal.value.last_day == date(2026, 12, 31)
    publish(db, started(db, programme_id, replace(monthly, first_day=date(2027, 1, 1))))


def test_a_change_of_rhythm_never_reissues_what_was_issued(db: Session, programme_id: int) -> None:
    yearly = publish(db, started(db, programme_id))
    allowance = Allowance(
        parent_id=a_parent(db, "Amina"),
        programme_id=programme_id,
        scale_id=yearly.id,
        period_first_day=date(2026, 1, 1),
        period_last_day=date(2026, 12, 31),
        granted=6,
        isolated=False,
        facts={},
        explanation=[],
    )
    with unit_of_work(db):
        db.add(allowance)
    monthly = replace(DRAFT, period=PeriodKind.MONTH, first_day=date(2026, 1, 1))
    with pytest.raises(ScaleCutsAPeriod):
        publish(db, started(db, programme_id, monthly))


def test_any_version_can_be_the_start_of_another(db: Session, programme_id: int) -> None:
    found = publish(db, started(db, programme_id, replace(DRAFT, cap=30)))
    with unit_of_work(db):
        public_id = scales.copy(db, found.id, title="Barème 2027", actor=OPERATOR, now=NOON)
    copied = scale(db, public_id)
    assert (copied.rules, copied.cap, copied.title) == (found.rules, 30, "Barème 2027")
    assert (copied.version, copied.published_at) == (2, None)
