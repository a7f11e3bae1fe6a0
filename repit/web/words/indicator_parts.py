"""The parts that figures are divided into, in words: towns are data, all else is translated."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.figures.definitions import QPV_GEOGRAPHY
from repit.domain.periods import PeriodKind, add_months
from repit.domain.referrals.rules import Kind
from repit.domain.releases.content import OTHERS
from repit.web import categories, formats
from repit.web.words.referrals import KINDS

MONTHS_OF_A_QUARTER = 3
SECOND_SEMESTER = 7

NAMED: dict[str, LazyString] = {
    "isolated": _("Parent isolé"),
    "priority_area": _("Quartier prioritaire"),
    "town": _("Commune"),
    "declared": _("Mère ou père"),
    "age": _("Âge"),
    "category": _("Catégorie"),
    "month": _("Mois"),
    "quarter": _("Trimestre"),
    "stage": _("Ce qu’en ont fait les foyers"),
    "outcome": _("Ce qu’est devenue la demande"),
    "fund": _("Enveloppe"),
    "provider": _("Prestataire"),
    "motive": _("Motif"),
    "kind": _("Sorte"),
}
SAYS: dict[str, LazyString] = {
    "isolated": _(
        "Isolé : le parent s’occupe seul des enfants, d’après la situation vue quand les chèques"
        " ont été accordés (par exemple : seul, garde alternée, conjoint absent). Le dispositif"
        " choisit les situations qui comptent."
    ),
    "priority_area": _(
        "Quartier prioritaire : le foyer y habitait à la fin d’un mois où il a utilisé un chèque"
        " (quartiers de la politique de la ville, géographie de %(year)s).",
        year=QPV_GEOGRAPHY,
    ),
    "town": _(
        "Commune : celle où le foyer habitait à la fin du dernier mois où il a utilisé un chèque."
    ),
    "declared": _("Mère ou père : seulement ce que le parent a dit de lui-même."),
    "age": _("Âge : le dernier jour de la période."),
}
"""What a reader must know of a dimension; where its name says it all there is nothing."""

REST: dict[str, LazyString] = {
    "town": _("autres communes"),
    "category": _("autres catégories"),
}
REST_OF_ALL = _("autres")
"""Put together without saying which, nor how many they are: see `content.OTHERS`."""

PARTS: dict[str, Mapping[str, LazyString]] = {
    "isolated": {"yes": _("isolés"), "no": _("non isolés")},
    "priority_area": {
        "yes": _("en quartier prioritaire"),
        "no": _("hors quartier prioritaire"),
    },
    "declared": {"woman": _("mères"), "man": _("pères"), "unsaid": _("non dit")},
    "stage": {
        "not_reached": _("n’ont rien reçu"),
        "received": _("ont reçu, pas encore utilisé"),
        "used": _("ont utilisé"),
    },
    "outcome": {
        "served": _("ont eu une place"),
        "left": _("sont partis de la liste"),
        "still": _("attendent encore"),
    },
}
"""Written for what is counted, households or parents: « 35 isolés »."""


def dimension(name: str) -> str:
    """Return « Commune »."""
    return str(NAMED[name])


def is_data(name: str) -> bool:
    """Tell whether a dimension's parts are names typed by people: they go in `<bdi>`."""
    return name in {"town", "fund", "provider", "motive"}


def part(name: str, codes: Sequence[str]) -> str:
    """Return a part, or several shown as one: « autres communes (4) », « 0 à 5 ans »."""
    if OTHERS in codes:
        return str(REST.get(name, REST_OF_ALL))
    if name in ORDERED:
        return ORDERED[name](codes)
    if len(codes) == 1:
        return _one(name, codes[0])
    if name in PARTS or name == "category":  # so few that two groups must not be called alike
        return ", ".join(_one(name, code) for code in codes)
    return _others(name, len(codes))


def begun(name: str, code: str) -> str:
    """Return a part as it begins a line or heads a column: « Isolés »."""
    words = part(name, [code])
    return words[:1].upper() + words[1:]


def _one(name: str, code: str) -> str:
    if name == "category":
        return categories.name(code)
    if name == "kind":
        return str(KINDS[Kind(code)])
    if name in PARTS:
        return str(PARTS[name][code])
    return code or gettext("non dit")


def _others(name: str, number: int) -> str:
    shown = formats.number(number)
    match name:
        case "town":
            return gettext("autres communes (%(number)s)", number=shown)
        case _:
            return gettext("autres (%(number)s)", number=shown)


def _ages(codes: Sequence[str]) -> str:
    """Bands are written `3-5`; neighbours put together are one band."""
    bounds = [int(age) for code in codes for age in re.findall(r"\d+", code)]
    unsaid = [gettext("non dit") for code in codes[:1] if len(bounds) < 2 * len(codes)]
    if not bounds:
        return unsaid[0]
    band = ngettext(
        "%(first)s à %(num)s an", "%(first)s à %(num)s ans", max(bounds), first=min(bounds)
    )
    return ", ".join([band, *unsaid])


def _months(codes: Sequence[str]) -> str:
    """Months are written `2026-03`, quarters `2026-Q1`."""
    spans = [_span(code) for code in codes]
    first, last = min(first for first, _last in spans), max(last for _first, last in spans)
    if first == last:
        return formats.month(first)
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    if length == MONTHS_OF_A_QUARTER and first.month % MONTHS_OF_A_QUARTER == 1:
        return formats.quarter(first)
    return gettext("de %(first)s à %(last)s", first=formats.month(first), last=formats.month(last))


def _span(code: str) -> tuple[date, date]:
    """Return the first day of the first and of the last month."""
    year, _dash, rest = code.partition("-")
    if rest.startswith("Q"):
        first = date(int(year), (int(rest[1:]) - 1) * MONTHS_OF_A_QUARTER + 1, 1)
        return first, add_months(first, MONTHS_OF_A_QUARTER - 1)
    month = date(int(year), int(rest[:2]), 1)
    return month, month


ORDERED: dict[str, Callable[[Sequence[str]], str]] = {
    "age": _ages,
    "month": _months,
    "quarter": _months,
}


def period(kind: str, first_day: date) -> str:
    """Return « 1er trimestre 2026 », « 2e semestre 2026 », « 2026 »."""
    match PeriodKind(kind):
        case PeriodKind.MONTH:
            return formats.month(first_day)
        case PeriodKind.QUARTER:
            return formats.quarter(first_day)
        case PeriodKind.SEMESTER if first_day.month >= SECOND_SEMESTER:
            return gettext("2e semestre %(year)s", year=first_day.year)
        case PeriodKind.SEMESTER:
            return gettext("1er semestre %(year)s", year=first_day.year)
        case PeriodKind.SCHOOL_YEAR:
            return gettext(
                "année scolaire %(first)s-%(last)s", first=first_day.year, last=first_day.year + 1
            )
        case _:
            return str(first_day.year)
