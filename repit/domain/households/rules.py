"""How a parent's details are written down, whoever types them: a form, a file, a program."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from repit.domain import clock
from repit.domain.households.folding import fold, name_key

ZONE = "Europe/Paris"
"""Where the operator's staff sees proofs and receives requests."""


class SituationKind(StrEnum):
    ALONE = "alone"
    SHARED_CUSTODY = "shared_custody"
    PARTNER_ABSENT = "partner_absent"
    SEPARATED_SAME_ROOF = "separated_same_roof"
    COUPLE = "couple"


CONTRADICTS_COUPLE = {SituationKind.ALONE, SituationKind.SEPARATED_SAME_ROOF}
GROWN_UP_YEARS = 21
"""From this birthday on nobody is written down as somebody's child."""
FIRST_SITUATION_DAY = date(1930, 1, 1)
"""No parent of today was born before: an earlier day is a slip of the pen."""
AREA_WITHOUT_CODE = "QPV"
"""In a priority neighbourhood whose code nobody noted."""

_EMAIL = re.compile(r"[^@\s\"<>(),;:\\]{1,64}@(?:[^@\s.\"<>(),;:\\]{1,63}\.)+[^\W\d_]{2,24}")
_PHONE = re.compile(r"\+?\d{8,15}")
_POSTCODE = re.compile(r"\d{4,5}")
_AREA = re.compile(r"Q[NP]\d{5,6}[A-Z]?")
LONGEST_EMAIL = 254


def today(now: datetime) -> date:
    """Return the day on the wall of the operator's office."""
    return clock.day_in(ZONE, now)


def is_grown_up(born_on: date, day: date) -> bool:
    """Tell whether somebody born on a day has had their 21st birthday."""
    had_birthday = (day.month, day.day) >= (born_on.month, born_on.day)
    return day.year - born_on.year - (not had_birthday) >= GROWN_UP_YEARS


def email(typed: str) -> str | None:
    """Return an address in the stored form, or None when it is not one."""
    written = typed.strip().lower()
    fits = len(written) <= LONGEST_EMAIL and _EMAIL.fullmatch(written)
    return written if fits and ".." not in written else None


def phone(typed: str) -> str | None:
    """Return a number in the stored form: digits, with a « + » when it is international."""
    digits = re.sub(r"[\s.\-/()\u2010-\u2015]", "", typed.replace("(0)", ""))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    return digits if _PHONE.fullmatch(digits) else None


def phone_forms(stored: str) -> set[str]:
    """Return how else the same number may be stored: with or without France's or Belgium's code."""
    abroad = re.fullmatch(r"\+3[23](\d+)", stored)
    if abroad:
        return {stored, f"0{abroad[1]}"}
    if stored.startswith("0"):
        return {stored, f"+33{stored[1:]}", f"+32{stored[1:]}"}
    return {stored}


def postcode(typed: str) -> str | None:
    """Return a French or Belgian postcode, or None."""
    digits = re.sub(r"^(FR?|BE?)\s*-?\s*(?=\d)", "", typed.strip().upper())
    digits = re.sub(r"\s", "", digits)
    return digits if _POSTCODE.fullmatch(digits) else None


def priority_area(typed: str) -> str | None:
    """Return a neighbourhood's code (QN05901M), or None when it is not one."""
    code = re.sub(r"[\s\-]", "", typed).upper()
    return code if code == AREA_WITHOUT_CODE or _AREA.fullmatch(code) else None


def number(typed: str) -> str:
    """Return a file number as it is compared: capitals, single spaces."""
    return " ".join(typed.split()).upper()


def words(typed: str) -> str:
    """Return a name or a town with its spaces in order."""
    return " ".join(typed.split())


@dataclass(frozen=True)
class NewChild:
    first_name: str
    born_on: date
    more_support: bool = False


@dataclass(frozen=True)
class NewSituation:
    """`evidence_seen`: somebody of the operator saw a proof; `evidence` says which."""

    kind: SituationKind
    first_day: date
    last_day: date | None = None
    evidence: str | None = None
    evidence_seen: bool = False


@dataclass(frozen=True)
class Details:
    """What an operator writes about a parent, in the stored forms of this module."""

    first_name: str
    last_name: str
    town: str
    postcode: str
    requested_on: date
    email: str | None = None
    phone: str | None = None
    locale: str = "fr"
    priority_area: str | None = None
    number: str | None = None
    """None: one is given."""


@dataclass(frozen=True)
class NewParent:
    details: Details
    children: tuple[NewChild, ...] = field(default=())
    situation: NewSituation | None = None
    household_id: int | None = None
    """None: a household of their own."""


def same_family(details: Details, children: tuple[NewChild, ...]) -> tuple[str, str, str]:
    """Return what recognises a parent without number or e-mail: name, postcode, eldest child."""
    eldest = min((child.born_on.isoformat() for child in children), default="")
    return name_key(details.first_name, details.last_name), details.postcode, eldest


def same_town(one: str, other: str) -> bool:
    """Tell whether two writings name one town."""
    return fold(one) == fold(other)
