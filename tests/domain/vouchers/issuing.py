"""What an issue run needs on the stage: a scale, rights, situations."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.entitlements.models import Entitlement, Scale, ScaleRule
from repit.domain.households.models import Situation
from repit.domain.vouchers.run import Outcome, issue_period
from tests.cast import NOON, OPERATOR, TODAY, VAULT

SPRING = date(2026, 3, 14)
AUTUMN = date(2026, 9, 14)


def a_scale(db: Session, programme_id: int) -> None:
    """6 for every parent and 6 more for an isolated one, by semester."""
    with unit_of_work(db):
        scale = Scale(
            public_id=ids.public_id(),
            programme_id=programme_id,
            version=1,
            title="Barème 2026",
            period="semester",
            first_day=date(2026, 1, 1),
            published_at=NOON,
            created_at=NOON,
        )
        db.add(scale)
        db.flush()
        for position, (label, condition) in enumerate(
            [("base", "every_parent"), ("parent isolé", "isolated")]
        ):
            db.add(
                ScaleRule(
                    scale_id=scale.id,
                    position=position,
                    label=label,
                    condition=condition,
                    effect="add",
                    vouchers=6,
                )
            )


def entitle(db: Session, parent_id: int, programme_id: int, requested_on: date = TODAY) -> None:
    with unit_of_work(db):
        db.add(
            Entitlement(
                parent_id=parent_id,
                programme_id=programme_id,
                state="granted",
                requested_on=requested_on,
                first_day=date(2026, 1, 1),
            )
        )


def alone(db: Session, parent_id: int) -> None:
    with unit_of_work(db):
        db.add(
            Situation(
                parent_id=parent_id, kind="alone", first_day=date(2025, 1, 1), created_at=NOON
            )
        )


def run(db: Session, programme_id: int, now: datetime = NOON, day: date = SPRING) -> Outcome:
    return issue_period(db, programme_id, day, vault=VAULT, actor=OPERATOR, now=now)
