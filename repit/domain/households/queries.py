"""Read parents, children and situations as frozen values."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.errors import NoSuchObject
from repit.domain.households.folding import fold, name_key
from repit.domain.households.models import Child, ChildHome, Parent, Situation
from repit.domain.households.rules import Details, number, phone_forms, same_town
from repit.domain.people.models import Person

MOST_FOUND = 12


@dataclass(frozen=True)
class ParentFile:
    """What is written about one parent."""

    id: int
    public_id: str
    number: str
    household_id: int
    person_id: int | None
    first_name: str
    last_name: str
    town: str
    postcode: str
    priority_area: str | None
    requested_on: date
    state: str
    email: str | None
    phone: str | None
    locale: str
    created_at: datetime
    import_id: int | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class ParentName:
    """Enough to name a parent to the operator's staff."""

    public_id: str
    number: str
    first_name: str
    last_name: str
    town: str
    postcode: str
    household_id: int
    id: int

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class ChildView:
    """A child of the household; `also_with`: the parents of their other home, if they have one."""

    id: int
    public_id: str
    first_name: str
    born_on: date
    more_support: bool
    confirmed: bool
    homes: int
    also_with: tuple[ParentName, ...]

    def age(self, today: date) -> int:
        """Return the age in whole years."""
        birthday_passed = (today.month, today.day) >= (self.born_on.month, self.born_on.day)
        return today.year - self.born_on.year - (not birthday_passed)


@dataclass(frozen=True)
class Home:
    """Who else lives in a parent's household. For the operator's staff only."""

    parents: tuple[ParentName, ...]
    children: tuple[ChildView, ...]


@dataclass(frozen=True)
class SituationView:
    id: int
    kind: str
    first_day: date
    last_day: date | None
    evidence: str | None
    seen_on: date | None
    seen_by: str | None

    def runs(self, today: date) -> bool:
        """Tell whether it holds on that day."""
        return self.first_day <= today and (self.last_day is None or today <= self.last_day)


@dataclass(frozen=True)
class Reach:
    """How a parent wants to be told about bookings; `discretion` as in `Parent`."""

    parent_id: int
    public_id: str
    person_id: int | None
    discretion: str
    calendar_key: str | None = None

    @property
    def calendar(self) -> str:
        """What the address of their calendar names; another one once they stopped the first."""
        return f"{self.public_id}.{self.calendar_key}" if self.calendar_key else self.public_id

    @property
    def hidden(self) -> bool:
        """Whether nothing may stand on a screen, and we call instead."""
        return self.discretion == "hidden"


_NAME = (
    Parent.public_id,
    Parent.number,
    Parent.first_name,
    Parent.last_name,
    Parent.town,
    Parent.postcode,
    Parent.household_id,
    Parent.id,
)


def parent_file(db: Session, public_id: str) -> ParentFile:
    """Return one parent.

    Raises:
        NoSuchObject: no such parent.
    """
    row = db.execute(
        select(Parent, Person.email, Person.phone, Person.locale)
        .outerjoin(Person, Person.id == Parent.person_id)
        .where(Parent.public_id == public_id)
    ).one_or_none()
    if row is None:
        raise NoSuchObject
    parent, email, phone, locale = row
    return ParentFile(
        id=parent.id,
        public_id=parent.public_id,
        number=parent.number,
        household_id=parent.household_id,
        person_id=parent.person_id,
        first_name=parent.first_name,
        last_name=parent.last_name,
        town=parent.town,
        postcode=parent.postcode,
        priority_area=parent.priority_area,
        requested_on=parent.requested_on,
        state=parent.state,
        email=email,
        phone=phone,
        locale=locale or "fr",
        created_at=parent.created_at,
        import_id=parent.import_id,
    )


def reach(db: Session, parent_id: int) -> Reach:
    """Return how a parent who exists is told about bookings."""
    return _reach(db.get_one(Parent, parent_id))


def reach_of(db: Session, public_id: str) -> Reach | None:
    """Return how the parent with this public id is told about bookings."""
    found = db.scalar(select(Parent).where(Parent.public_id == public_id))
    return _reach(found) if found else None


def reach_by_calendar(db: Session, name: str) -> Reach | None:
    """Return the parent whose calendar this is; nobody once it was stopped."""
    found = reach_of(db, name.partition(".")[0])
    return found if found is not None and found.calendar == name else None


def _reach(parent: Parent) -> Reach:
    return Reach(
        parent.id, parent.public_id, parent.person_id, parent.discretion, parent.calendar_key
    )


def first_to_confirm(db: Session) -> str | None:
    """Return the parent in whose home a child has waited longest to be confirmed."""
    return db.scalar(
        select(Parent.public_id)
        .join(ChildHome, ChildHome.household_id == Parent.household_id)
        .join(Child, Child.id == ChildHome.child_id)
        .where(Child.confirmed.is_(False))
        .order_by(Child.id, Parent.id)
        .limit(1)
    )


def home(db: Session, household_id: int, *, but: int) -> Home:
    """Return who lives with the parent whose id is `but`, and where the children also live."""
    children = {
        child.id: child
        for child in db.scalars(
            select(Child)
            .join(ChildHome, ChildHome.child_id == Child.id)
            .where(ChildHome.household_id == household_id)
            .order_by(Child.born_on, Child.id)
        )
    }
    parents, homes, also = _around(db, household_id, but)
    return Home(
        parents=tuple(parents),
        children=tuple(
            ChildView(
                id=child.id,
                public_id=child.public_id,
                first_name=child.first_name,
                born_on=child.born_on,
                more_support=child.more_support,
                confirmed=child.confirmed,
                homes=len(homes[child.id]),
                also_with=tuple(also.get(child.id, [])),
            )
            for child in children.values()
        ),
    )


def _around(
    db: Session, household_id: int, but: int
) -> tuple[list[ParentName], dict[int, set[int]], dict[int, list[ParentName]]]:
    """Return the other parents here, each child's homes, and the parents of the other homes."""
    other = aliased(ChildHome)
    ours = aliased(ChildHome)
    in_home = and_(other.child_id == ours.child_id, ours.household_id == household_id)
    rows = db.execute(
        select(other.child_id, other.household_id, *_NAME)
        .join(ours, in_home)
        .outerjoin(Parent, Parent.household_id == other.household_id)
        .order_by(Parent.id)
    ).all()
    homes: dict[int, set[int]] = {}
    also: dict[int, list[ParentName]] = {}
    for child_id, home_id, *name in rows:
        homes.setdefault(child_id, set()).add(home_id)
        if home_id != household_id and name[0] is not None:
            also.setdefault(child_id, []).append(ParentName(*name))
    here = select(*_NAME).where(Parent.household_id == household_id, Parent.id != but)
    parents = [ParentName(*row) for row in db.execute(here.order_by(Parent.id))]
    return parents, homes, also


def situations(db: Session, parent_id: int) -> list[SituationView]:
    """Return a parent's situations, latest first."""
    rows = db.execute(
        select(Situation, Person.name)
        .outerjoin(Person, Person.id == Situation.evidence_seen_by)
        .where(Situation.parent_id == parent_id)
        .order_by(Situation.first_day.desc(), Situation.id.desc())
    )
    return [
        SituationView(
            id=row.id,
            kind=row.kind,
            first_day=row.first_day,
            last_day=row.last_day,
            evidence=row.evidence,
            seen_on=row.evidence_seen_on,
            seen_by=name,
        )
        for row, name in rows
    ]


def lookalikes(
    db: Session,
    details: Details,
    *,
    but: Collection[str] = (),
    lives_in: int | None = None,
) -> list[ParentName]:
    """Return the files that may be the same person: same name and town, e-mail or telephone.

    Args:
        lives_in: the household they join; who lives there may share their telephone.
    """
    wanted = name_key(details.first_name, details.last_name)
    phones = phone_forms(details.phone) if details.phone else set()
    rows = db.execute(
        select(Person.email, Person.phone, *_NAME)
        .outerjoin(Person, Person.id == Parent.person_id)
        .where(
            or_(
                Parent.name_key == wanted,
                Person.email == details.email if details.email else false(),
                Person.phone.in_(phones) if phones else false(),
            )
        )
        .order_by(Parent.id)
        .limit(MOST_FOUND)
    ).all()
    found = [(email, phone, ParentName(*name)) for email, phone, *name in rows]
    return [
        one
        for email, phone, one in found
        if one.public_id not in but
        and (
            (
                name_key(one.first_name, one.last_name) == wanted
                and same_town(one.town, details.town)
            )
            or (email and email == details.email)
            or (phone in phones and one.household_id != lives_in)
        )
    ]


def look_up(db: Session, typed: str) -> list[ParentName]:
    """Return the parents somebody means: the one with that number, else those it may name."""
    by_number = db.execute(select(*_NAME).where(Parent.number == number(typed))).all()
    if by_number:
        return [ParentName(*row) for row in by_number]
    sought = fold(typed).split()
    if not sought:
        return []
    matches = (Parent.search_key.contains(word, autoescape=True) for word in sought)
    query = select(*_NAME).where(*matches).order_by(Parent.name_key).limit(MOST_FOUND)
    return [ParentName(*row) for row in db.execute(query)]
