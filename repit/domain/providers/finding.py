"""Where vouchers can be used: the providers accredited on a day, with their agreed prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from repit.domain.categories import Category
from repit.domain.households.folding import fold
from repit.domain.households.models import Parent
from repit.domain.money import Cents
from repit.domain.providers.models import Accreditation, Provider, Tariff


@dataclass(frozen=True)
class Offer:
    """A category and its agreed price in cents; both None while no price is agreed."""

    category: Category
    per_hour: bool
    unit_price: Cents | None
    family_share: Cents | None


@dataclass(frozen=True)
class Place:
    """A provider as parents see it."""

    public_id: str
    name: str
    town: str
    postcode: str
    phone: str | None
    description: str | None
    offers: tuple[Offer, ...]

    def is_in(self, town: str) -> bool:
        """Tell whether what was typed names its town or its postcode; accents do not count."""
        return all(word in fold(f"{self.town} {self.postcode}") for word in fold(town).split())

    def offers_one_of(self, category: Category | None) -> bool:
        """Tell whether it offers the category; None asks for nothing."""
        return category is None or any(offer.category is category for offer in self.offers)


def town_of(db: Session, parent_id: int) -> str:
    """Return the town in which a parent lives."""
    return db.scalars(select(Parent.town).where(Parent.id == parent_id)).one()


def places(db: Session, *, today: date) -> list[Place]:
    """Return every active provider accredited today, by town and name, in one statement."""
    rows = db.execute(
        select(Provider, Accreditation.category, Tariff)
        .join(Accreditation, Accreditation.provider_id == Provider.id)
        .outerjoin(
            Tariff,
            and_(
                Tariff.provider_id == Provider.id,
                Tariff.category == Accreditation.category,
                Tariff.first_day <= today,
                or_(Tariff.last_day.is_(None), Tariff.last_day >= today),
            ),
        )
        .where(
            Provider.state == "active",
            Accreditation.first_day <= today,
            Accreditation.last_day >= today,
            or_(Accreditation.withdrawn_on.is_(None), Accreditation.withdrawn_on > today),
        )
        .order_by(Tariff.first_day)
    ).all()
    return sorted(_places(rows), key=lambda place: (fold(place.town), fold(place.name)))


def _places(rows: Iterable[Any]) -> list[Place]:
    providers: dict[int, Provider] = {}
    offers: dict[int, dict[Category, Offer]] = {}
    for provider, category, tariff in rows:
        providers[provider.id] = provider
        # The price agreed last comes last, and stays.
        offers.setdefault(provider.id, {})[Category(category)] = _offer(category, tariff)
    return [
        Place(
            public_id=row.public_id,
            name=row.name,
            town=row.town,
            postcode=row.postcode,
            phone=row.phone,
            description=row.description,
            offers=tuple(offers[key][one] for one in Category if one in offers[key]),
        )
        for key, row in providers.items()
    ]


def _offer(category: str, tariff: Tariff | None) -> Offer:
    return Offer(
        category=Category(category),
        per_hour=tariff is None or tariff.unit == "hour",
        unit_price=Cents(tariff.unit_cents) if tariff else None,
        family_share=Cents(tariff.family_share_cents) if tariff else None,
    )
