"""Thirty providers: the chosen organisations, and six small ones. Identifiers are made up."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum import luhn

from repit.demo import scheme
from repit.demo.names import INDIVIDUALS, POSTCODES
from repit.domain.actors import Actor
from repit.domain.categories import Category
from repit.domain.households.folding import fold
from repit.domain.money import Cents
from repit.domain.providers import accreditations, devices, service, tariffs
from repit.domain.providers.models import Provider
from repit.domain.providers.rules import IdentifierKind, Identity, Price, Right, TariffUnit

PROVIDERS = 30
EVERYTHING = 2
"""The first of the small ones are accredited for every category, with a token for a program."""
_PRICES = {
    Category.BABYSITTING: (TariffUnit.HOUR, 2_200, 100),
    Category.HOME_HELP: (TariffUnit.HOUR, 2_500, 150),
    Category.WELL_BEING: (TariffUnit.SESSION, 4_500, 500),
    Category.WORKSHOP_CHILDCARE: (TariffUnit.HOUR, 2_000, 100),
}
_AUTHORITIES = {
    Category.BABYSITTING: "DREETS Hauts-de-France (services à la personne)",
    Category.HOME_HELP: "DREETS Hauts-de-France (services à la personne)",
    Category.WELL_BEING: "Porteur du dispositif",
    Category.WORKSHOP_CHILDCARE: "PMI du département",
}


@dataclass(frozen=True)
class Opened:
    """A provider of the story. `device_id`: with which it scans; `token` only for programs."""

    id: int
    name: str
    town: str
    categories: tuple[Category, ...]
    device_id: int
    token: str
    email: str


def open_all(
    db: Session, first_day: date, last_day: date, *, actor: Actor, now: datetime
) -> list[Opened]:
    """Open every provider with its rights, prices, staff and one device."""
    rng = random.Random(30)
    opened = []
    for place, (name, town) in enumerate(_who()):
        categories = _categories(rng, place, name)
        identity = _identity(place, name, town)
        public_id = service.open_provider(db, identity, actor=actor, now=now)
        provider_id = db.scalars(select(Provider.id).where(Provider.public_id == public_id)).one()
        for category in categories:
            lapsed = name.startswith("Le Sureau")
            _give_right(db, provider_id, category, (first_day, last_day), lapsed, actor, now)
        service.add_staff(
            db, provider_id, name=f"Équipe {name}"[:100], email=identity.email, actor=actor, now=now
        )
        token = devices.issue_api_token(
            db, provider_id, name="Logiciel de planning", actor=actor, now=now
        )
        opened.append(
            Opened(
                provider_id, name, town, categories, token.device_id, token.token, identity.email
            )
        )
    return opened


def _who() -> list[tuple[str, str]]:
    chosen = [(partner.name, partner.town) for partner in scheme.partners()]
    return [*INDIVIDUALS, *chosen][:PROVIDERS]


def _categories(rng: random.Random, place: int, name: str) -> tuple[Category, ...]:
    if place < EVERYTHING and not name.startswith("Le Sureau"):
        return tuple(Category)
    if place == EVERYTHING:
        return tuple(Category)
    if name.startswith("Le Sureau"):
        return (Category.HOME_HELP, Category.BABYSITTING)
    return tuple(rng.sample(list(Category), rng.choice((1, 2, 2, 3))))


def _identity(place: int, name: str, town: str) -> Identity:
    known = {partner.name: partner for partner in scheme.partners()}
    siren = luhn_number(f"9{place:03d}1234")
    return Identity(
        name=name,
        identifier_kind=IdentifierKind.SIRET,
        identifier=luhn_number(f"{siren}0001"),
        town=town,
        postcode=POSTCODES[town],
        email=f"{fold(name).replace(' ', '-')[:40]}@exemple.test",
        phone=f"+333209{place:05d}",
        description=known[name].project if name in known else None,
    )


def luhn_number(digits: str) -> str:
    """Return the digits with the one that makes them a well-formed identifier."""
    return digits + str(luhn.calc_check_digit(digits))


def _give_right(
    db: Session,
    provider_id: int,
    category: Category,
    days: tuple[date, date],
    lapsed: bool,  # noqa: FBT001  (the story's one exception)
    actor: Actor,
    now: datetime,
) -> None:
    first_day, today = days
    ends = today - timedelta(days=1) if lapsed else today + timedelta(days=400 + provider_id % 200)
    accreditations.accredit(
        db,
        provider_id,
        Right(
            category=category,
            number=f"HDF-{category.bit:02d}-{provider_id:04d}",
            first_day=first_day - timedelta(days=30),
            last_day=ends,
            authority=_AUTHORITIES[category],
        ),
        actor=actor,
        now=now,
    )
    unit, price, share = _PRICES[category]
    tariffs.agree(
        db,
        provider_id,
        Price(
            category=category,
            unit=unit,
            unit_price=Cents(price + 50 * (provider_id % 5)),
            family_share=Cents(share),
            first_day=first_day - timedelta(days=30),
        ),
        actor=actor,
        now=now,
    )
