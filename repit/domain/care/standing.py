"""Which carers of a provider count on a day, and for those who do not, everything in the way.

`counting` decides with the same rules; this says why, for the operator's pages.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.care.details import CHECK_KINDS
from repit.domain.care.models import Carer, CarerAssignment
from repit.domain.care.papers import Paper, missing_on
from repit.domain.care.presets import PRESETS
from repit.domain.care.queries import SlotView, papers_of
from repit.domain.categories import Category
from repit.domain.households.folding import fold
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Provider


class WhyNot(StrEnum):
    """Why a carer does not count for a slot."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    ON_CALL = "on_call"
    GONE = "gone"
    SUSPENDED = "suspended"
    NOT_ACCREDITED = "not_accredited"
    PAPERS = "papers"
    VOLUNTEER = "volunteer"
    """The preset of the slot counts no volunteers."""


@dataclass(frozen=True)
class CarerOn:
    """A carer on a day: may be asked; counts when nothing is in the way."""

    id: int
    public_id: str
    name: str
    kind: str
    personal_cap: int | None
    why_not: tuple[WhyNot, ...]
    missing: tuple[str, ...]
    """The kinds of paper not covered on the day."""


@dataclass(frozen=True)
class Assigned:
    """A carer asked for a slot."""

    carer: CarerOn
    role: str
    state: str
    declined: bool = False
    """Withdrawn by the provider's own no."""

    @property
    def counts(self) -> bool:
        return not self.carer.why_not


def valid_carers(
    db: Session, provider_id: int, day: date, programme_id: int
) -> tuple[CarerOn, ...]:
    """Return those of a provider who would count on a day, if they came."""
    return tuple(one for one in carers_on(db, provider_id, day, programme_id) if not one.why_not)


def carers_on(db: Session, provider_id: int, day: date, programme_id: int) -> tuple[CarerOn, ...]:
    """Return everybody who works for a provider on a day, with what is in the way."""
    around = _provider_in_the_way(db, provider_id, day)
    required = _required(db, programme_id)
    rows = db.scalars(select(Carer).where(Carer.provider_id == provider_id)).all()
    papers = papers_of(db, [row.id for row in rows])
    found = [_on(row, papers[row.id], required, day, around) for row in rows]
    kept = [one for one in found if WhyNot.GONE not in one.why_not]
    return tuple(sorted(kept, key=lambda one: fold(one.name)))


def assigned(db: Session, slot: SlotView) -> tuple[Assigned, ...]:
    """Return who was asked for a slot, and why each does not count today, if they do not."""
    details = slot.details
    rows = db.execute(
        select(CarerAssignment, Carer)
        .join(Carer, Carer.id == CarerAssignment.carer_id)
        .where(CarerAssignment.slot_id == slot.id)
        .order_by(CarerAssignment.state, Carer.name, Carer.id)
    ).all()
    around = _provider_in_the_way(db, details.provider_id, details.day)
    required = _required(db, details.programme_id)
    papers = papers_of(db, [person.id for _, person in rows])
    counted = PRESETS[details.preset].volunteers_count
    return tuple(
        Assigned(
            _on(
                person,
                papers[person.id],
                required,
                details.day,
                (*_of_assignment(one, person, counted), *around),
            ),
            one.role,
            one.state,
            one.declined,
        )
        for one, person in rows
    )


def answerable(db: Session, slot: SlotView) -> tuple[Assigned, ...]:
    """Return the slot's provider's own carers of whom it may say whether they come.

    Whom the operator took off is no question any more, and is not shown.
    """
    own = set(db.scalars(select(Carer.id).where(Carer.provider_id == slot.details.provider_id)))
    found = [
        one
        for one in assigned(db, slot)
        if one.carer.id in own and (one.state != "withdrawn" or one.declined)
    ]
    # By name alone: nobody changes place under a finger that has just answered.
    return tuple(sorted(found, key=lambda one: (fold(one.carer.name), one.carer.id)))


def _required(db: Session, programme_id: int) -> Sequence[str]:
    kinds = db.scalars(select(Programme.carer_checks).where(Programme.id == programme_id)).one()
    return tuple(kind for kind in CHECK_KINDS if kind in kinds)


def _on(
    row: Carer,
    papers: Collection[Paper],
    required: Sequence[str],
    day: date,
    around: tuple[WhyNot, ...],
) -> CarerOn:
    missing = missing_on(papers, required, day)
    why = [*around]
    if row.left_on is not None and row.left_on <= day:
        why.append(WhyNot.GONE)
    if missing:
        why.append(WhyNot.PAPERS)
    return CarerOn(row.id, row.public_id, row.name, row.kind, row.personal_cap, tuple(why), missing)


def _of_assignment(one: CarerAssignment, person: Carer, counted: bool) -> tuple[WhyNot, ...]:  # noqa: FBT001
    if one.state != "confirmed":
        return (WhyNot(one.state),)
    if one.role == "on_call":
        return (WhyNot.ON_CALL,)
    return () if counted or person.kind != "volunteer" else (WhyNot.VOLUNTEER,)


def _provider_in_the_way(db: Session, provider_id: int, day: date) -> tuple[WhyNot, ...]:
    provider = db.get_one(Provider, provider_id)
    accredited = select(Accreditation).where(
        Accreditation.provider_id == provider_id,
        Accreditation.category == Category.WORKSHOP_CHILDCARE,
        Accreditation.first_day <= day,
        Accreditation.last_day >= day,
    )
    counts = any(
        right.withdrawn_on is None or right.withdrawn_on > day for right in db.scalars(accredited)
    )
    suspended = () if provider.state == "active" else (WhyNot.SUSPENDED,)
    return suspended if counts else (*suspended, WhyNot.NOT_ACCREDITED)
