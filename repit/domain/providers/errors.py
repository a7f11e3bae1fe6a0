"""Refusals met when a provider, its rights or its prices are changed."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused
from repit.domain.money import Cents


@dataclass(eq=False)
class WrongIdentifier(Refused):
    """Not a number of that register: too long, too short, or its check digits disagree."""

    kind: str
    code = "wrong_identifier"


@dataclass(eq=False)
class IdentifierTaken(Refused):
    """Another provider has this number."""

    name: str
    public_id: str
    code = "identifier_taken"


@dataclass(eq=False)
class ProviderAlreadySuspended(Refused):
    code = "provider_already_suspended"


@dataclass(eq=False)
class ProviderNotSuspended(Refused):
    code = "provider_not_suspended"


@dataclass(eq=False)
class AccreditationEndsBeforeItBegins(Refused):
    code = "accreditation_ends_before_it_begins"


@dataclass(eq=False)
class AlreadyAccredited(Refused):
    """Another accreditation for the category counts on some of these days."""

    category: str
    first_day: date
    last_day: date
    code = "already_accredited"


@dataclass(eq=False)
class AlreadyWithdrawn(Refused):
    withdrawn_on: date
    code = "already_withdrawn"


@dataclass(eq=False)
class WithdrawnOutsideItsDays(Refused):
    first_day: date
    last_day: date
    code = "withdrawn_outside_its_days"


@dataclass(eq=False)
class TariffNotLater(Refused):
    """A new price starts after the one it follows."""

    first_day: date
    code = "tariff_not_later"


@dataclass(eq=False)
class ShareAbovePrice(Refused):
    price: Cents
    share: Cents
    code = "share_above_price"
