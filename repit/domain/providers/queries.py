"""Read providers: the list with its filters, one file in full, what is about to lapse."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.people.queries import PersonView, staff_of_provider
from repit.domain.providers.models import Device, Provider, Tariff
from repit.domain.providers.rights import (
    RightState,
    RightView,
    all_rights,
    best_per_category,
    own_rights,
)


@dataclass(frozen=True)
class TariffView:
    """An agreed price, cents per unit; `current` on the day it was read for."""

    public_id: str
    category: Category
    unit: str
    unit_price: Cents
    family_share: Cents
    first_day: date
    last_day: date | None
    current: bool


@dataclass(frozen=True)
class DeviceView:
    id: int
    public_id: str
    kind: str
    name: str
    created_at: datetime
    revoked_at: datetime | None
    locked_at: datetime | None


@dataclass(frozen=True)
class ProviderRow:
    """One line of the list. `rights`: one per category, the best the provider has."""

    id: int
    public_id: str
    name: str
    identifier_kind: str
    identifier: str
    town: str
    postcode: str
    email: str
    phone: str | None
    state: str
    rights: tuple[RightView, ...]

    def has(self, category: Category | None, states: Iterable[RightState]) -> bool:
        """Tell whether one of its rights is in one of these states."""
        wanted = set(states)
        return any(
            right.state in wanted and category in {None, right.category} for right in self.rights
        )


@dataclass(frozen=True)
class ProviderView:
    """One provider's whole file, except its money and its history."""

    id: int
    public_id: str
    name: str
    identifier_kind: str
    identifier: str
    town: str
    postcode: str
    address: str | None
    phone: str | None
    email: str
    description: str | None
    state: str
    created_at: datetime
    rights: tuple[RightView, ...]
    tariffs: tuple[TariffView, ...]
    devices: tuple[DeviceView, ...]
    staff: tuple[PersonView, ...]
    lives_with: tuple[str, ...]
    """The parents of the household of a provider who is a person."""


@dataclass(frozen=True)
class OwnFile:
    """What a provider reads of its own file."""

    rights: tuple[RightView, ...]
    tariffs: tuple[TariffView, ...]
    devices: tuple[DeviceView, ...]


@dataclass(frozen=True)
class ProviderFilter:
    """What to keep of the list; `words` match without accents or capitals."""

    words: str = ""
    category: Category | None = None
    right: str = ""
    """`accredited`, `lapsing`, `lapsed`, or empty for all."""
    state: str = ""
    locked: bool = False
    """Only those with a device that waits to be unlocked."""


_KEPT_RIGHTS = {
    "accredited": {RightState.VALID, RightState.LAPSING},
    "lapsing": {RightState.LAPSING},
    "lapsed": {RightState.LAPSED, RightState.WITHDRAWN},
}


def providers(db: Session, wanted: ProviderFilter, *, today: date) -> list[ProviderRow]:
    """Return the providers of the list, by name, in two or three statements."""
    rights = all_rights(db, today)
    rows = [
        ProviderRow(
            id=row.id,
            public_id=row.public_id,
            name=row.name,
            identifier_kind=row.identifier_kind,
            identifier=row.identifier,
            town=row.town,
            postcode=row.postcode,
            email=row.email,
            phone=row.phone,
            state=row.state,
            rights=best_per_category(rights.get(row.id, [])),
        )
        for row in db.scalars(select(Provider))
    ]
    kept = [row for row in rows if _keeps(wanted, row)]
    if wanted.locked:
        locked = {public_id for public_id, _name in locked_devices(db)}
        kept = [row for row in kept if row.public_id in locked]
    return sorted(kept, key=lambda row: fold(row.name))


def _keeps(wanted: ProviderFilter, row: ProviderRow) -> bool:
    if wanted.state and row.state != wanted.state:
        return False
    states = _KEPT_RIGHTS.get(wanted.right, set(RightState))
    if (wanted.category or wanted.right) and not row.has(wanted.category, states):
        return False
    searched = fold(f"{row.name} {row.identifier} {row.town} {row.postcode} {row.email}")
    typed_number = "".join(sign for sign in wanted.words if sign.isdigit())
    if typed_number and typed_number in row.identifier:
        return True
    return all(word in searched for word in fold(wanted.words).split())


def provider(db: Session, public_id: str, *, today: date) -> ProviderView | None:
    """Return one provider's file."""
    row = db.scalar(select(Provider).where(Provider.public_id == public_id))
    if row is None:
        return None
    return ProviderView(
        id=row.id,
        public_id=row.public_id,
        name=row.name,
        identifier_kind=row.identifier_kind,
        identifier=row.identifier,
        town=row.town,
        postcode=row.postcode,
        address=row.address,
        phone=row.phone,
        email=row.email,
        description=row.description,
        state=row.state,
        created_at=row.created_at,
        rights=own_rights(db, row.id, today),
        tariffs=_tariffs(db, row.id, today),
        devices=_devices(db, row.id),
        staff=tuple(staff_of_provider(db, row.id)),
        lives_with=_household(db, row.household_id),
    )


def _household(db: Session, household_id: int | None) -> tuple[str, ...]:
    if household_id is None:
        return ()
    rows = db.execute(
        select(Parent.first_name, Parent.last_name)
        .where(Parent.household_id == household_id)
        .order_by(Parent.id)
    )
    return tuple(f"{first_name} {last_name}" for first_name, last_name in rows)


def own_file(db: Session, provider_id: int, *, today: date) -> OwnFile:
    """Return a provider's rights, prices and devices, in three statements."""
    return OwnFile(
        rights=own_rights(db, provider_id, today),
        tariffs=_tariffs(db, provider_id, today),
        devices=_devices(db, provider_id),
    )


def names(db: Session) -> list[tuple[str, str]]:
    """Return every active provider as (public id, name and town), by name, to choose from."""
    rows = db.execute(
        select(Provider.public_id, Provider.name, Provider.town).where(Provider.state == "active")
    )
    found = [(public_id, f"{name} ({town})") for public_id, name, town in rows]
    return sorted(found, key=lambda one: fold(one[1]))


def id_of(db: Session, public_id: str) -> int | None:
    """Return the key of a provider named in an address."""
    return db.scalar(select(Provider.id).where(Provider.public_id == public_id))


def lapsing_count(db: Session, *, today: date) -> int:
    """Return how many active providers have an accreditation about to lapse."""
    rights = all_rights(db, today, only_active=True)
    return sum(
        any(right.state is RightState.LAPSING for right in found) for found in rights.values()
    )


def locked_devices(db: Session) -> list[tuple[str, str]]:
    """Return (provider's public id, provider's name) of each locked device."""
    rows = db.execute(
        select(Provider.public_id, Provider.name)
        .join(Device, Device.provider_id == Provider.id)
        .where(Device.locked_at.is_not(None), Device.revoked_at.is_(None))
        .order_by(Device.locked_at.desc())
    )
    return [(public_id, name) for public_id, name in rows]


def locked_device_count(db: Session) -> int:
    """Return how many devices wait for the operator to unlock them."""
    locked = Device.locked_at.is_not(None), Device.revoked_at.is_(None)
    return db.scalar(select(func.count()).select_from(Device).where(*locked)) or 0


def _tariffs(db: Session, provider_id: int, today: date) -> tuple[TariffView, ...]:
    query = select(Tariff).where(Tariff.provider_id == provider_id)
    found = [
        TariffView(
            public_id=row.public_id,
            category=Category(row.category),
            unit=row.unit,
            unit_price=Cents(row.unit_cents),
            family_share=Cents(row.family_share_cents),
            first_day=row.first_day,
            last_day=row.last_day,
            current=row.first_day <= today and (row.last_day is None or today <= row.last_day),
        )
        for row in db.scalars(query.order_by(Tariff.first_day.desc()))
    ]
    return tuple(sorted(found, key=lambda price: list(Category).index(price.category)))


def _devices(db: Session, provider_id: int) -> tuple[DeviceView, ...]:
    query = select(Device).where(Device.provider_id == provider_id)
    order = Device.revoked_at.is_not(None), Device.id.desc()
    return tuple(
        DeviceView(
            id=row.id,
            public_id=row.public_id,
            kind=row.kind,
            name=row.name,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
            locked_at=row.locked_at,
        )
        for row in db.scalars(query.order_by(*order))
    )
