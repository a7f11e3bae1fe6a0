"""What the columns of a file mean: exact words first, then common ones, then a near miss."""

import difflib
import re
from dataclasses import dataclass, field

from repit.domain.households.folding import fold
from repit.domain.imports.errors import ColumnsMissing, ColumnTwice, NoHeader
from repit.domain.imports.reading import Row

MOST_CHILDREN = 10
NEAR = 0.84
LONGEST_SHOWN = 120

SYNONYMS: dict[str, tuple[str, ...]] = {
    "number": (
        "numero", "no", "n", "num", "numero de dossier", "numero dossier", "numero de fiche",
        "dossier", "matricule", "identifiant", "id", "reference", "ref", "number",
    ),
    "first_name": ("prenom", "prenom du parent", "prenom parent", "first name", "firstname",
                   "prenoms", "voornaam"),
    "last_name": ("nom", "nom de famille", "nom du parent", "nom parent", "nom d usage",
                  "last name", "lastname", "surname", "familienaam", "naam"),
    "email": ("e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail",
              "adresse email", "adresse electronique", "mel"),
    "phone": ("telephone", "tel", "portable", "mobile", "telephone portable", "tel portable",
              "numero de telephone", "gsm", "phone", "telefoon"),
    "locale": ("langue", "langue parlee", "language", "locale", "taal"),
    "town": ("commune", "ville", "localite", "town", "city", "gemeente", "commune de residence"),
    "postcode": ("code postal", "cp", "codepostal", "code post", "postal", "postcode", "zip"),
    "priority_area": ("quartier prioritaire", "qpv", "code qpv", "quartier",
                      "quartier politique de la ville", "code quartier"),
    "situation": ("situation", "situation familiale", "situation de famille"),
    "situation_since": ("situation depuis", "depuis", "depuis le", "date situation",
                        "date de la situation", "situation depuis le"),
    "evidence": ("preuve vue", "preuve", "justificatif", "justificatif vu", "piece vue",
                 "document vu"),
    "requested_on": ("demande le", "date de demande", "date demande", "date de la demande",
                     "demande", "date d inscription", "inscrit le", "inscription"),
    "children": ("enfants", "enfant", "enfant s", "liste des enfants", "children"),
    "more_support": ("besoin de soutien", "soutien", "besoin de soutien renforce",
                     "enfant a besoin de soutien", "besoin particulier", "besoins particuliers"),
}  # fmt: skip

OFFICIAL = {
    "number": "numéro", "first_name": "prénom", "last_name": "nom", "email": "e-mail",
    "phone": "téléphone", "locale": "langue", "town": "commune", "postcode": "code postal",
    "priority_area": "quartier prioritaire", "situation": "situation",
    "situation_since": "situation depuis", "evidence": "preuve vue",
    "requested_on": "demande le", "children": "enfants", "more_support": "besoin de soutien",
}  # fmt: skip
"""The headers of the template file: the words of the format, in every language of the site."""

EXAMPLES = (
    (
        "", "Amina", "Exemple", "amina@exemple.fr", "06 12 34 56 78", "arabe", "Lens", "62300",
        "oui", "seule", "01/09/2025", "attestation CAF", "15/01/2026",
        "Léa 02/04/2019; Tom 06/05/2021", "Tom",
    ),
    (
        "D-2026-17", "Bruno", "Exemple", "", "", "", "Liévin", "62800", "", "garde alternée", "",
        "", "20/01/2026", "Zoé 12/01/2024", "",
    ),
)  # fmt: skip
"""Rows of the template file, to be replaced."""

REQUIRED = ("first_name", "last_name", "town", "postcode")
_CHILD = re.compile(r"(?:enfant|child) ?(?P<rank>\d\d?) ?(?P<part>.*)")
_CHILD_PARTS = {
    "prenom": "name", "": "name", "nom": "name", "first name": "name", "name": "name",
    "naissance": "born", "ne le": "born", "nee le": "born", "ne e le": "born", "born": "born",
    "date de naissance": "born", "date naissance": "born", "ne": "born",
    "besoin de soutien": "support", "soutien": "support",
}  # fmt: skip

_BY_WORDS = {words: key for key, synonyms in SYNONYMS.items() for words in synonyms}


@dataclass(frozen=True)
class Columns:
    """Where each column stands in the file."""

    places: dict[str, int]
    headers: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    """Headers that mean nothing to us."""
    guessed: dict[str, str] = field(default_factory=dict)
    """Misspelt headers, with the column we took them for."""


def known(cells: tuple[str, ...]) -> int:
    """Return how many of these cells name a column."""
    return sum(meaning(cell) is not None for cell in cells)


def understand(header: Row) -> Columns:
    """Return the meaning of a header.

    Raises:
        NoHeader: none of its cells names a column.
        ColumnTwice: two of them name the same one.
        ColumnsMissing: a column that every parent needs is not there.
    """
    if not known(header.cells):
        raise NoHeader(" ; ".join(header.cells)[:LONGEST_SHOWN])
    places: dict[str, int] = {}
    strangers: list[int] = []
    for place, cell in enumerate(header.cells):
        key = meaning(cell)
        if key is None:
            strangers.append(place)
        elif key in places:
            raise ColumnTwice((header.cells[places[key]], cell))
        else:
            places[key] = place
    guessed, ignored = _guess(header, strangers, places)
    missing = tuple(OFFICIAL[key] for key in REQUIRED if key not in places)
    if missing:
        raise ColumnsMissing(missing)
    return Columns(places, header.cells, ignored, guessed)


def _guess(
    header: Row, strangers: list[int], places: dict[str, int]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Place the misspelt headers whose column is still free; return them, and the rest."""
    guessed: dict[str, str] = {}
    ignored: list[str] = []
    for place in strangers:
        cell = header.cells[place]
        key = _near(cell)
        if key and key not in places:
            places[key] = place
            guessed[cell] = key
        elif cell:
            ignored.append(cell)
    return guessed, tuple(ignored)


def meaning(header: str) -> str | None:
    """Return the column a header names, such as `town` or `child2_born`."""
    words = fold(header)
    if words in _BY_WORDS:
        return _BY_WORDS[words]
    child = _CHILD.fullmatch(words)
    if child is None or child["part"].strip() not in _CHILD_PARTS:
        return None
    rank = int(child["rank"])
    if not 1 <= rank <= MOST_CHILDREN:
        return None
    return f"child{rank}_{_CHILD_PARTS[child['part'].strip()]}"


def _near(header: str) -> str | None:
    words = fold(header)
    found = difflib.get_close_matches(words, _BY_WORDS, n=1, cutoff=NEAR)
    return _BY_WORDS[found[0]] if found and len(words) > len("nom") else None
