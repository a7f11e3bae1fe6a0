"""Telephone numbers as people read them: French and Belgian ones in groups, others as typed.

Stored numbers are digits, international ones behind a « + ». Only what is shown changes here.
"""

import re

_COUNTRIES = {
    "33": (re.compile(r"([1-9])(\d\d)(\d\d)(\d\d)(\d\d)"),),
    "32": (
        re.compile(r"(4\d\d)(\d\d)(\d\d)(\d\d)"),  # a mobile
        re.compile(r"([2349])(\d\d\d)(\d\d)(\d\d)"),  # Brussels, Antwerp, Liège, Ghent
        re.compile(r"([15-8]\d)(\d\d)(\d\d)(\d\d)"),
    ),
}
_AT_HOME = (
    re.compile(r"(0\d)(\d\d)(\d\d)(\d\d)(\d\d)"),  # France; a Belgian mobile reads well so too
    re.compile(r"(0[2349])(\d\d\d)(\d\d)(\d\d)"),
    re.compile(r"(0[15-8]\d)(\d\d)(\d\d)(\d\d)"),
)


def telephone(number: str) -> str:
    """Return « +33 3 20 90 00 19 » or « 03 20 90 00 19 »; what has no known form as it is."""
    digits = dialled(number)
    country, forms = digits[1:3], _COUNTRIES.get(digits[1:3], ())
    if not digits.startswith("+"):
        return _grouped(digits, _AT_HOME) or number
    rest = _grouped(digits[3:].removeprefix("0"), forms)
    return f"+{country} {rest}" if rest else number


def dialled(number: str) -> str:
    """Return what a telephone dials: digits, and the « + » they may begin with."""
    return re.sub(r"[^\d+]", "", number)


def _grouped(digits: str, forms: tuple[re.Pattern[str], ...]) -> str | None:
    found = next((match for form in forms if (match := form.fullmatch(digits))), None)
    return " ".join(found.groups()) if found else None
