"""Who asks: the parent, their home, and the children they name; locked after the slots."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, cast, exists, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.errors import NothingAsked
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.bookings.stage import Stage
from repit.domain.care.models import CareSlot, ChildSheet
from repit.domain.care.rules import ChildFacts, age_in_years
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.programmes.models import Programme
from repit.domain.workshops.models import Workshop, WorkshopSession


@dataclass(frozen=True)
class Family:
    """A parent and the children they name, as the rules see them."""

    parent: Parent
    children: dict[int, ChildFacts]
    names: dict[int, str]


@dataclass(frozen=True)
class Elsewhere:
    """A live place of a child at the same time; `ours` when this home booked it."""

    child_id: int
    slot_id: int
    public_id: str
    ours: bool


def family(db: Session, parent_id: int, child_ids: Collection[int]) -> Family:
    """Lock the parent and the children, who must live in the parent's home.

    Raises:
        NothingAsked: a child that this home does not have.
    """
    parent = db.scalars(
        select(Parent)
        .where(Parent.id == parent_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if not child_ids:
        return Family(parent, {}, {})
    rows = db.execute(
        select(Child, ChildSheet.walking_since)
        .join(ChildHome, ChildHome.child_id == Child.id)
        .outerjoin(
            ChildSheet,
            and_(
                ChildSheet.child_id == Child.id,
                ChildSheet.household_id == parent.household_id,
            ),
        )
        .where(ChildHome.household_id == parent.household_id, Child.id.in_(child_ids))
        .order_by(Child.id)
        .with_for_update(of=Child, key_share=True)
    ).all()
    if len(rows) != len(set(child_ids)):
        raise NothingAsked
    facts = {
        child.id: ChildFacts(child.born_on, walking, child.care_weight, child.dedicated_carer)
        for child, walking in rows
    }
    return Family(parent, facts, {child.id: child.first_name for child, _ in rows})


def present(db: Session, slot_ids: Collection[int]) -> dict[int, list[ChildFacts]]:
    """Return the children who have a place in each slot, offers included."""
    found: dict[int, list[ChildFacts]] = {slot_id: [] for slot_id in slot_ids}
    rows = db.execute(
        select(
            ChildPlace.slot_id,
            Child.born_on,
            ChildSheet.walking_since,
            Child.care_weight,
            Child.dedicated_carer,
        )
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .join(Parent, Parent.id == Booking.parent_id)
        .join(Child, Child.id == ChildPlace.child_id)
        .outerjoin(
            ChildSheet,
            and_(
                ChildSheet.child_id == Child.id,
                ChildSheet.household_id == Parent.household_id,
            ),
        )
        .where(ChildPlace.slot_id.in_(slot_ids), ChildPlace.ended_at.is_(None))
    )
    for row in rows:
        facts = ChildFacts(row.born_on, row.walking_since, row.care_weight, row.dedicated_carer)
        found[row.slot_id].append(facts)
    return found


def elsewhere(db: Session, family: Family, slots: Sequence[CareSlot]) -> list[Elsewhere]:
    """Return the places these children have in, or at the same time as, these slots."""
    if not family.children or not slots:
        return []
    other, home = aliased(CareSlot), aliased(Parent)
    clash = or_(
        *(and_(other.starts_at < one.ends_at, other.ends_at > one.starts_at) for one in slots)
    )
    rows = db.execute(
        select(ChildPlace.child_id, ChildPlace.slot_id, Booking.public_id, home.household_id)
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .join(home, home.id == Booking.parent_id)
        .join(other, other.id == ChildPlace.slot_id)
        .where(ChildPlace.child_id.in_(family.children), ChildPlace.ended_at.is_(None), clash)
    )
    ours = family.parent.household_id
    return [
        Elsewhere(row.child_id, row.slot_id, row.public_id, ours=row.household_id == ours)
        for row in rows
    ]


def seat_at_that_time(db: Session, parent_id: int, session: WorkshopSession) -> Booking | None:
    """Return the seat this parent has in, or at the same time as, a session."""
    return db.scalar(
        select(Booking)
        .join(WorkshopSession, WorkshopSession.id == Booking.session_id)
        .where(
            Booking.parent_id == parent_id,
            Booking.seat,
            Booking.state != "cancelled",
            WorkshopSession.starts_at < session.ends_at,
            WorkshopSession.ends_at > session.starts_at,
        )
        .limit(1)
    )


def other_parent_comes(parent_id: int, session_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether the other parent of one of their children has a seat in a session.

    Also somebody who shares the parent's home. For the decision and for what a parent is shown
    alike, so that the one never betrays the other.
    """
    me, other = aliased(Parent), aliased(Parent)
    mine, theirs = aliased(ChildHome), aliased(ChildHome)
    share_a_child = exists().where(
        mine.household_id == me.household_id,
        theirs.child_id == mine.child_id,
        theirs.household_id == other.household_id,
    )
    return exists().where(
        Booking.session_id == session_id,
        Booking.seat,
        Booking.state != "cancelled",
        Booking.parent_id == other.id,
        other.id != me.id,
        me.id == parent_id,
        or_(other.household_id == me.household_id, share_a_child),
    )


def in_turn(db: Session, parent_id: int, stage: Stage) -> bool:
    """Tell whether the workshop keeps this parent out because the other one comes."""
    if stage.session is None or stage.workshop is None or not stage.workshop.parents_in_turn:
        return False
    session_id = select(WorkshopSession.id).where(WorkshopSession.id == stage.session.id)
    return bool(db.scalar(select(other_parent_comes(parent_id, session_id.scalar_subquery()))))


@dataclass(frozen=True)
class Eligibility:
    """What a workshop's published conditions look at, for one parent; read once for many dates."""

    births: tuple[date, ...]
    situations: tuple[tuple[str, date, date | None], ...]
    """Kind and days, both included."""

    def why_not(
        self, workshop: Workshop, programme: Programme, parent: Parent, day: date
    ) -> str | None:
        """Return the first condition that is not met on that day."""
        if workshop.audience != "everyone" and workshop.audience != _SEXES.get(parent.declared):
            return "audience"
        if workshop.only_towns and parent.town not in workshop.only_towns:
            return "town"
        if workshop.only_isolated and not self._isolated(programme, day):
            return "isolated"
        young = workshop.child_under_years
        if young is not None and not any(age_in_years(one, day) < young for one in self.births):
            return "child"
        return None

    def _isolated(self, programme: Programme, day: date) -> bool:
        return any(
            kind in programme.isolated_kinds and first <= day and (last is None or day <= last)
            for kind, first, last in self.situations
        )


_SEXES = {"woman": "women", "man": "men", None: None}


def eligibility(db: Session, parent: Parent) -> Eligibility:
    """Return what the conditions look at, in one statement."""
    births = (
        select(
            literal("born").label("kind"),
            Child.born_on.label("day"),
            cast(null(), Date).label("last_day"),
        )
        .join(ChildHome, ChildHome.child_id == Child.id)
        .where(ChildHome.household_id == parent.household_id)
    )
    situations = select(Situation.kind, Situation.first_day, Situation.last_day).where(
        Situation.parent_id == parent.id
    )
    rows = db.execute(births.union_all(situations)).all()
    return Eligibility(
        tuple(row.day for row in rows if row.kind == "born"),
        tuple((row.kind, row.day, row.last_day) for row in rows if row.kind != "born"),
    )
