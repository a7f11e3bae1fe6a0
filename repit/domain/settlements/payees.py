"""Who a bank will pay: the checks it would make, made before anything is written.

An IBAN of the SEPA zone with its check digits, a BIC if there is one and of the same country,
and a name in the characters that banks carry (the EPC's Latin set).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from repit.domain.settlements.errors import PayeeRefused

NAME_LENGTH = 70
REMITTANCE_LENGTH = 140
_CARRIED = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
# What NFKD does not take apart.
_SPELLED = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ß": "ss", "ł": "l",
        "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "\u0131": "i",
        "’": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "«": "'", "»": "'", "“": "'", "”": "'",
        '"': "'", "–": "-", "\u2014": "-", "\u2011": "-", "_": "-", "&": "+", ";": ",",
        "@": "(at)", "€": "EUR", "*": ".", "#": ".", "!": ".", "%": ".", "=": "-", "\\": "/",
        "|": "/", "[": "(", "]": ")", "{": "(", "}": ")", "<": "(", ">": ")", "~": "-", "^": ".",
        "$": ".", "°": "o",
    }
)  # fmt: skip


class Trouble(StrEnum):
    """Why a bank would refuse it."""

    EMPTY = "empty"
    LENGTH = "length"
    COUNTRY = "country"
    """Outside the SEPA zone, or no country at all."""
    CHECK_DIGITS = "check_digits"
    SHAPE = "shape"
    OTHER_COUNTRY = "other_country"
    """The BIC is of another country than the IBAN."""
    CHARACTERS = "characters"
    """Nothing is left of it in the characters that banks carry."""


SEPA = frozenset(
    {
        "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB",
        "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK",
        "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
    }
)  # fmt: skip
"""Countries whose accounts a SEPA transfer reaches, by the two letters of their IBANs."""


@dataclass(frozen=True)
class Payee:
    """Where money goes: checked. The name is as people write it; `carried` is what banks get."""

    holder: str
    iban: str
    bic: str | None = None


def checked_payee(holder: str, iban: str, bic: str | None = None) -> Payee:
    """Return an account that a bank would pay.

    Raises:
        PayeeRefused: it would not; the field and the trouble are named.
    """
    number = checked_iban(iban)
    return Payee(checked_name(holder), number, checked_bic(bic, number))


def checked_iban(typed: str) -> str:
    """Return the compact form of an IBAN of the SEPA zone whose check digits agree.

    Raises:
        PayeeRefused: it is not one.
    """
    bare = re.sub(r"[\s\u00a0\u202f.-]", "", typed).upper()
    if not bare:
        raise PayeeRefused(Trouble.EMPTY, "iban")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", bare):
        raise PayeeRefused(Trouble.SHAPE, "iban")
    if bare[:2] not in SEPA:
        raise PayeeRefused(Trouble.COUNTRY, "iban")
    from schwifty import IBAN  # noqa: PLC0415  (ten megabytes that few processes ever need)
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415

    number = IBAN(bare, allow_invalid=True)
    if len(bare) != number.spec.iban_length:
        raise PayeeRefused(Trouble.LENGTH, "iban")
    try:
        number.validate(validate_bban=True)
    except SchwiftyException:
        wrong_sum = int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 != 1
        raise PayeeRefused(Trouble.CHECK_DIGITS if wrong_sum else Trouble.SHAPE, "iban") from None
    return bare


def checked_bic(typed: str | None, iban: str) -> str | None:
    """Return a BIC that may go with an IBAN, or None when none was given.

    Raises:
        PayeeRefused: it is not a BIC, or of a bank elsewhere.
    """
    bare = re.sub(r"[\s\u00a0\u202f]", "", typed or "").upper()
    if not bare:
        return None
    from schwifty import BIC  # noqa: PLC0415  (see `checked_iban`)
    from schwifty.exceptions import SchwiftyException  # noqa: PLC0415

    try:
        found = BIC(bare)
    except SchwiftyException:
        trouble = Trouble.LENGTH if len(bare) not in {8, 11} else Trouble.SHAPE
        raise PayeeRefused(trouble, "bic") from None
    if found.country_code != iban[:2] and not _same_system(found.country_code, iban[:2]):
        raise PayeeRefused(Trouble.OTHER_COUNTRY, "bic")
    return bare


# Accounts overseas carry the IBAN of the country they belong to, and a BIC of their own.
_OVERSEAS = {
    "FR": {"GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "PF", "NC", "WF", "TF", "MC"},
    "GB": {"GG", "JE", "IM"},
    "FI": {"AX"},
    "MC": {"FR"},
}


def _same_system(bic_country: str, iban_country: str) -> bool:
    return bic_country in _OVERSEAS.get(iban_country, set())


def checked_name(typed: str) -> str:
    """Return a holder's name on one line, of which banks can carry something.

    Raises:
        PayeeRefused: it is empty, too long, or in letters that banks do not carry.
    """
    name = " ".join(typed.split())
    if not name:
        raise PayeeRefused(Trouble.EMPTY, "holder")
    if len(name) > NAME_LENGTH:
        raise PayeeRefused(Trouble.LENGTH, "holder")
    if len(re.sub("[^A-Za-z0-9]", "", carried(name, NAME_LENGTH))) < 2:  # noqa: PLR2004
        raise PayeeRefused(Trouble.CHARACTERS, "holder")
    return name


def carried(text: str, length: int) -> str:
    """Return a text in the characters that banks carry: accents away, at most so long.

    Never starts or ends with a slash, nor has two in a row: those mean something to banks.
    """
    spelled = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    latin = "".join(one for one in spelled if not unicodedata.combining(one))
    kept = "".join(one if _CARRIED.fullmatch(one) else " " for one in latin)
    plain = re.sub(r"/{2,}", "/", " ".join(kept.split()))
    return plain[:length].strip("/ ")


def is_carried(text: str) -> bool:
    """Tell whether banks carry every character of a text as it stands."""
    return (
        _CARRIED.fullmatch(text) is not None
        and "//" not in text
        and text == text.strip("/ ")
        and text != ""
    )


def shown_iban(iban: str, *, whole: bool = False) -> str:
    """Return an IBAN in groups of four; unless whole, only its two ends."""
    if not whole:
        return f"{iban[:4]} … {iban[-4:]}"
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
