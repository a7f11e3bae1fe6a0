"""What a provider may be: checked numbers, days that do not overlap. Pure functions."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.be import vat as bce
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.providers.errors import ShareAbovePrice, WrongIdentifier


class IdentifierKind(StrEnum):
    """The registers a provider may be in: France (establishment, company) and Belgium."""

    SIRET = "siret"
    SIREN = "siren"
    BCE = "bce"


class TariffUnit(StrEnum):
    HOUR = "hour"
    SESSION = "session"


_REGISTERS = {IdentifierKind.SIRET: siret, IdentifierKind.SIREN: siren, IdentifierKind.BCE: bce}


@dataclass(frozen=True)
class Identity:
    """Who a provider is and how to reach them, as the operator enters it."""

    name: str
    identifier_kind: IdentifierKind
    identifier: str
    town: str
    postcode: str
    email: str
    address: str | None = None
    phone: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class Right:
    """An accreditation to give: both days belong to it."""

    category: Category
    number: str
    first_day: date
    last_day: date
    authority: str | None = None


@dataclass(frozen=True)
class Price:
    """A tariff to agree, in cents per unit; `family_share` is the most a family may be asked."""

    category: Category
    unit: TariffUnit
    unit_price: Cents
    family_share: Cents
    first_day: date


def checked_identifier(kind: IdentifierKind, typed: str) -> str:
    """Return the bare digits of a number whose check digits agree.

    La Poste's establishments follow their own rule, which python-stdnum knows.

    Raises:
        WrongIdentifier: it is not a number of that register.
    """
    register = _REGISTERS[kind]
    try:
        return str(register.validate(typed))
    except ValidationError:
        raise WrongIdentifier(kind=kind) from None


def shown_identifier(identifier: str, kind: str) -> str:
    """Return a stored number in the groups people read it in."""
    if kind == IdentifierKind.BCE:
        return f"{identifier[:4]}.{identifier[4:7]}.{identifier[7:]}"
    groups = [identifier[start : start + 3] for start in (0, 3, 6)]
    return " ".join([*groups, identifier[9:]]).strip()


def check_price(price: Price) -> None:
    """Refuse a family share above the price it is a share of.

    Raises:
        ShareAbovePrice: it is.
    """
    if price.family_share > price.unit_price:
        raise ShareAbovePrice(price=price.unit_price, share=price.family_share)


def days_overlap(first: tuple[date, date], second: tuple[date, date]) -> bool:
    """Tell whether two stretches of days, both ends included, share a day."""
    return first[0] <= second[1] and second[0] <= first[1]
