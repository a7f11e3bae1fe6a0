"""The preview of a scale announces what the rules compute, whatever the families and the money."""

from collections import Counter
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.entitlements import scales
from repit.domain.entitlements.models import Entitlement
from repit.domain.entitlements.queries import scale
from repit.domain.entitlements.rules import Condition, Effect, FamilyFacts, Rule, compute
from repit.domain.entitlements.scales import Draft
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.periods import PeriodKind
from repit.domain.reports.scale_preview import preview
from tests.cast import NOON, OPERATOR, TODAY, a_fund, a_funder, a_parent, a_programme

FACE = 1_000
THRESHOLDS = {Condition.CHILD_UNDER: 12, Condition.CHILDREN_AT_LEAST: 2}

rules = st.lists(
    st.builds(
        lambda condition, effect, vouchers: Rule(
            condition.value, condition, effect, vouchers, THRESHOLDS.get(condition)
        ),
        st.sampled_from(list(Condition)),
        st.sampled_from(list(Effect)),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)
families = st.lists(
    st.builds(
        FamilyFacts,
        isolated=st.booleans(),
        child_ages=st.lists(st.integers(0, 17), max_size=3).map(lambda ages: tuple(sorted(ages))),
        priority_area=st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def enters(db: Session, programme_id: int, family: FamilyFacts) -> int:
    area = "QN05901M" if family.priority_area else None
    parent_id = a_parent(db, "Amina", priority_area=area)
    with unit_of_work(db):
        home = db.get_one(Parent, parent_id).household_id
        for age in family.child_ages:
            born_on = date(TODAY.year - age, 1, 1)
            child = Child(
                public_id=ids.public_id(), first_name="Lina", born_on=born_on, created_at=NOON
            )
            db.add(child)
            db.flush()
            db.add(ChildHome(child_id=child.id, household_id=home))
        if family.isolated:
            first_day = date(2020, 1, 1)
            db.add(
                Situation(parent_id=parent_id, kind="alone", first_day=first_day, created_at=NOON)
            )
        db.add(_right(parent_id, programme_id))
    return parent_id


def _right(parent_id: int, programme_id: int) -> Entitlement:
    values: dict[str, Any] = {"state": "granted", "requested_on": TODAY, "first_day": TODAY}
    return Entitlement(parent_id=parent_id, programme_id=programme_id, **values)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules=rules, families=families, cap=st.none() | st.integers(1, 20), paid=st.integers(0, 60))
def test_the_preview_totals_are_what_the_rules_compute(
    db: Session, rules: list[Rule], families: list[FamilyFacts], cap: int | None, paid: int
) -> None:
    with unit_of_work(db):
        db.execute(delete(Entitlement))
    programme_id = a_programme(db, face_cents=FACE)
    funder_id = a_funder(db, ids.public_id())
    a_fund(db, programme_id, cents=paid * FACE, funder_id=funder_id)
    expected = {
        enters(db, programme_id, family): compute(rules, cap, family) for family in families
    }
    draft = Draft("Essai", PeriodKind.YEAR, cap, TODAY, tuple(rules))
    with unit_of_work(db):
        public_id = scales.start(db, programme_id, draft, actor=OPERATOR, now=NOON)

    shown = preview(db, scale(db, public_id), NOON)

    owed = sum(computed.vouchers for computed in expected.values())
    assert {one.person.parent_id: one.person.computed for one in shown.parents} == expected
    assert shown.vouchers == min(owed, paid)
    assert shown.cost == owed * FACE
    assert sum(one.waits for one in shown.waiting) == max(0, owed - paid)
    assert dict(shown.distribution) == Counter(one.vouchers for one in expected.values())
    assert sum(fund.promised for fund in shown.funds) == shown.promised
    assert all(one.now + one.waits == one.vouchers for one in shown.parents)
