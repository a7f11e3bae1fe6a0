"""What a device may redeem: its provider's rights and prices, read whole, checked by day.

A standing may be half a minute old: the statement that takes vouchers checks `revision`,
which every change of a provider's rights increments, and that the device still may. What it
cannot see is a parent who came into the provider's home or staff within that half minute.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.people.models import Membership
from repit.domain.providers.models import Accreditation, Device, Provider, Tariff


@dataclass(frozen=True)
class AccreditationFacts:
    """Both days included; `withdrawn_on` is the first day on which it no longer counts."""

    category: Category
    first_day: date
    last_day: date
    withdrawn_on: date | None

    def valid_on(self, day: date) -> bool:
        """Tell whether it counts for a service of that day."""
        if self.withdrawn_on is not None and day >= self.withdrawn_on:
            return False
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class TariffFacts:
    """An agreed price per hour or per session, in cents; `last_day` None while it lasts."""

    category: Category
    per_hour: bool
    unit_price: Cents
    family_share: Cents
    first_day: date
    last_day: date | None

    def agreed_on(self, day: date) -> bool:
        """Tell whether this price was agreed for a service of that day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class Standing:
    """A device and everything its provider may do. `own_parent_ids`: never paid for these."""

    device_id: int
    provider_id: int
    provider_public_id: str
    provider_name: str
    revision: int
    revoked_at: datetime | None
    locked_at: datetime | None
    suspended: bool
    accreditations: tuple[AccreditationFacts, ...]
    tariffs: tuple[TariffFacts, ...]
    own_parent_ids: tuple[int, ...]

    def accredited_ever(self, category: Category) -> bool:
        """Tell whether the provider was ever accredited for the category."""
        return any(found.category is category for found in self.accreditations)

    def accredited_on(self, category: Category, day: date) -> bool:
        """Tell whether a service of that day may be paid."""
        return any(
            found.category is category and found.valid_on(day) for found in self.accreditations
        )

    def categories_on(self, day: date) -> list[Category]:
        """Return the categories the provider may be paid for on a day."""
        return [category for category in Category if self.accredited_on(category, day)]

    def tariff_on(self, category: Category, day: date) -> TariffFacts | None:
        """Return the price agreed for a day; the one agreed last when two overlap."""
        found = [t for t in self.tariffs if t.category is category and t.agreed_on(day)]
        return max(found, key=lambda tariff: tariff.first_day, default=None)


def standing_by_token(db: Session, token_hash: bytes) -> Standing | None:
    """Return the standing behind a program's token, None when nobody has it.

    A browser's secret is not one: it works only beside a visit that somebody signed in for.
    """
    return _standing(db, (Device.token_hash == token_hash) & (Device.kind == "api"))


def standing_of_device(db: Session, device_id: int) -> Standing | None:
    """Return the standing of a device."""
    return _standing(db, Device.id == device_id)


def standing_of_newest(db: Session, provider_id: int) -> Standing | None:
    """Return the standing of the device a provider added last and may use; None without one."""
    usable = Device.revoked_at.is_(None), Device.locked_at.is_(None)
    device_id = db.scalar(
        select(Device.id)
        .where(Device.provider_id == provider_id, *usable)
        .order_by(Device.created_at.desc(), Device.id.desc())
        .limit(1)
    )
    return None if device_id is None else standing_of_device(db, device_id)


def holds(db: Session, standing: Standing) -> bool:
    """Tell in one statement whether a standing read earlier is still the whole truth."""
    now = db.execute(
        select(Device.revoked_at, Device.locked_at, Provider.state, Provider.revision)
        .join(Provider, Provider.id == Device.provider_id)
        .where(Device.id == standing.device_id)
    ).one_or_none()
    if now is None:
        return False
    revoked_at, locked_at, state, revision = now
    return (revoked_at, locked_at, state != "active", revision) == (
        standing.revoked_at,
        standing.locked_at,
        standing.suspended,
        standing.revision,
    )


def _standing(db: Session, which: ColumnElement[bool]) -> Standing | None:
    found = db.execute(_WHO.where(which)).one_or_none()
    if found is None:
        return None
    provider_id = found.provider_id
    return Standing(
        device_id=found.device_id,
        provider_id=provider_id,
        provider_public_id=found.public_id,
        provider_name=found.name,
        revision=found.revision,
        revoked_at=found.revoked_at,
        locked_at=found.locked_at,
        suspended=found.state != "active",
        accreditations=_accreditations(db, provider_id),
        tariffs=_tariffs(db, provider_id),
        own_parent_ids=_own_parents(db, provider_id),
    )


# Columns, not rows: a provider who scans waits for this, and all who scan at that moment with it.
_WHO = select(
    Device.id.label("device_id"),
    Device.revoked_at,
    Device.locked_at,
    Provider.id.label("provider_id"),
    Provider.public_id,
    Provider.name,
    Provider.revision,
    Provider.state,
).join(Provider, Provider.id == Device.provider_id)


def _accreditations(db: Session, provider_id: int) -> tuple[AccreditationFacts, ...]:
    rows = db.execute(
        select(
            Accreditation.category,
            Accreditation.first_day,
            Accreditation.last_day,
            Accreditation.withdrawn_on,
        ).where(Accreditation.provider_id == provider_id)
    )
    return tuple(
        AccreditationFacts(Category(category), first_day, last_day, withdrawn_on)
        for category, first_day, last_day, withdrawn_on in rows
    )


def _tariffs(db: Session, provider_id: int) -> tuple[TariffFacts, ...]:
    rows = db.execute(
        select(
            Tariff.category,
            Tariff.unit,
            Tariff.unit_cents,
            Tariff.family_share_cents,
            Tariff.first_day,
            Tariff.last_day,
        ).where(Tariff.provider_id == provider_id)
    )
    return tuple(
        TariffFacts(
            category=Category(category),
            per_hour=unit == "hour",
            unit_price=Cents(price),
            family_share=Cents(share),
            first_day=first_day,
            last_day=last_day,
        )
        for category, unit, price, share, first_day, last_day in rows
    )


def _own_parents(db: Session, provider_id: int) -> tuple[int, ...]:
    """Return the parents who are, work for, or live with the provider.

    Three questions with an index each: as one OR, a database reads every parent there is.
    """
    staff = select(Membership.person_id).where(
        Membership.provider_id == provider_id, Membership.ended_at.is_(None)
    )
    own_home = select(Provider.household_id).where(Provider.id == provider_id)
    staff_homes = select(Parent.household_id).where(Parent.person_id.in_(staff))
    found = union(
        select(Parent.id).where(Parent.person_id.in_(staff)),
        select(Parent.id).where(Parent.household_id.in_(own_home)),
        select(Parent.id).where(Parent.household_id.in_(staff_homes)),
    )
    return tuple(sorted(db.scalars(found)))
