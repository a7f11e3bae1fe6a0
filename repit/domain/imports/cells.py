"""One cell at a time: dates, lists of children, yes and no, as people write them.

Each reader returns None when the cell makes no sense; the caller says so at the cell.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from repit.domain.households.folding import fold
from repit.domain.households.rules import SituationKind

EXCEL_DAY_ZERO = date(1899, 12, 30)
EXCEL_DAYS = range(7_306, 73_051)  # 1920 to 2099
CENTURY = 100

_MONTHS = [
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
]  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?")
_FRENCH = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4}|\d{2})(?: [\d:]+)?")
_WRITTEN = re.compile(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})")
_WHOLE_NUMBER = re.compile(r"(\d+)(?:[.,]0*)?")

_DAY = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
    r"|\d{1,2}(?:er)? [^\W\d_]+ \d{4}|\d{5}"
)
_ONE_CHILD = re.compile(
    rf"[\s;,|/]*(?:et\s+)?(?P<name>[^\d;,:|()]+?)[\s:,(]*"
    rf"(?:(?:né|née|né\(e\)|né\.e|née?·?e?)\s+)?(?:le\s+)?[\s:,(]*(?P<born>{_DAY})\)?",
    re.IGNORECASE,
)

_YES = {"oui", "o", "x", "1", "vrai", "yes", "true", "ja", "ok", "vu", "vue"}
_NO = {"non", "n", "0", "faux", "no", "false", "nee", "aucun", "aucune", "neant", ""}

_LANGUAGES = {
    "fr": "fr", "francais": "fr", "french": "fr", "frans": "fr",
    "nl": "nl", "neerlandais": "nl", "flamand": "nl", "nederlands": "nl", "dutch": "nl",
    "en": "en", "anglais": "en", "english": "en", "engels": "en",
    "ar": "ar", "arabe": "ar", "arabic": "ar", "arabisch": "ar",
}  # fmt: skip

_SITUATIONS = {
    SituationKind.ALONE: (
        "seul", "seule", "seul e", "parent seul", "parent isole", "isole", "isolee", "isole e",
        "monoparental", "monoparentale", "famille monoparentale", "veuf", "veuve", "alone",
        "celibataire", "divorce", "divorcee", "mere isolee", "pere isole", "mere seule",
        "pere seul", "parent solo", "solo",
    ),
    SituationKind.SHARED_CUSTODY: (
        "garde alternee", "garde partagee", "residence alternee", "shared custody", "alternee",
    ),
    SituationKind.PARTNER_ABSENT: (
        "conjoint absent", "conjointe absente", "absent", "partner absent", "conjoint hospitalise",
        "hopital", "prison", "conjoint en prison", "conjoint incarcere", "travail eloigne",
        "conjoint absent hopital", "conjoint absent prison", "conjoint absent travail eloigne",
    ),
    SituationKind.SEPARATED_SAME_ROOF: (
        "separes sous le meme toit", "separe sous le meme toit", "separee sous le meme toit",
        "separation sous le meme toit", "separated same roof", "meme toit",
    ),
    SituationKind.COUPLE: (
        "couple", "en couple", "marie", "mariee", "maries", "pacse", "pacsee", "concubinage",
        "union libre", "vie maritale",
    ),
}  # fmt: skip
_KINDS = {words: kind for kind, several in _SITUATIONS.items() for words in several}


def day(cell: str, today: date) -> date | None:
    """Return a date written in French, in ISO, in words, or as Excel's number of days."""
    written = " ".join(cell.split())
    if found := _ISO.fullmatch(written):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _FRENCH.fullmatch(written):
        return _date(_year(found[3], today), int(found[2]), int(found[1]))
    if found := _WRITTEN.fullmatch(fold(written)):
        month = _MONTHS.index(found[2]) + 1 if found[2] in _MONTHS else 0
        return _date(int(found[3]), month, int(found[1]))
    serial = whole_number(written)
    if serial.isdigit() and int(serial) in EXCEL_DAYS:
        return EXCEL_DAY_ZERO + timedelta(days=int(serial))
    return None


def children(cell: str, today: date) -> list[tuple[str, date]] | None:
    """Return names and days of birth: « Léa 2019-04-02; Tom né le 3 mai 2021 »."""
    one_line = " ".join(";".join(cell.splitlines()).split())  # spaces in a row slow the pattern
    found = list(_each_child(one_line, today))
    if any(born is None for _, born in found):
        return None
    return [(name, born) for name, born in found if born is not None]


def _each_child(cell: str, today: date) -> Iterator[tuple[str, date | None]]:
    place = 0
    while cell[place:].strip(" ;,|\n\r\t."):
        child = _ONE_CHILD.match(cell, place)
        if child is None:
            yield cell[place:], None
            return
        yield " ".join(child["name"].split()), day(child["born"], today)
        place = child.end()


def whole_number(cell: str) -> str:
    """Return « 59000 » for « 59000,0 », and anything else as it is."""
    found = _WHOLE_NUMBER.fullmatch(cell.strip())
    return found[1] if found else cell.strip()


def phone_digits(cell: str) -> str:
    """Return a telephone number with the zero that a spreadsheet takes away."""
    digits = whole_number(re.sub(r"[\s\u00a0\u202f]", "", cell))
    return f"0{digits}" if re.fullmatch(r"[1-9]\d{8}", digits) else cell


def yes_or_no(cell: str) -> bool | None:
    """Return True, False, or None for neither."""
    words = fold(cell)
    if words in _YES:
        return True
    return False if words in _NO else None


def situation(cell: str) -> SituationKind | None:
    """Return the kind of situation, from the words people use for it."""
    words = fold(cell)
    return _KINDS.get(words) or next((kind for kind in SituationKind if fold(kind) == words), None)


def language(cell: str) -> str | None:
    """Return a language we speak."""
    return _LANGUAGES.get(fold(cell))


def _date(year: int, month: int, in_month: int) -> date | None:
    try:
        return date(year, month, in_month)
    except ValueError:
        return None


def _year(written: str, today: date) -> int:
    year = int(written)
    if len(written) > len("99"):
        return year
    this_century = today.year - today.year % CENTURY
    return (
        this_century + year if year <= today.year % CENTURY + 1 else this_century - CENTURY + year
    )
