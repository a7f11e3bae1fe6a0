"""How many children one adult looks after: starting points, each with its source and its date.

These are presets, never a claim of compliance: the operator confirms the one it works with in
writing, with the PMI in France or with ONE in Belgium. Ages are in completed months on the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

TODDLER = 36
"""Months: the third birthday."""
SCHOOL = 72
"""Months: the sixth birthday."""


class Mixing(StrEnum):
    """How adults are counted when children of several bands share a room."""

    PER_BAND = "per_band"
    """Each band has adults of its own, rounded up: the safest."""
    SUM = "sum_of_fractions"
    """A child is an exact fraction of an adult; the sum is rounded up once."""
    YOUNGEST = "youngest_decides"
    """The strictest band present holds for the whole group."""


class Confidence(StrEnum):
    """How well the source is known."""

    HIGH = "high"
    """The text itself, or a translation of it, was read."""
    MEDIUM = "medium"
    """Known from others who tell it, or from an older version."""
    LOW = "low"
    """Remembered only."""
    OWN = "own"
    """Our own judgement."""


@dataclass(frozen=True)
class Band:
    """Children of an age, and how many of them one adult looks after.

    A child is in the first band of its preset that takes it.
    """

    per_adult: int
    under_months: int | None = None
    """None: every age."""
    or_not_walking: bool = False
    """Takes also a child of any age who does not walk yet."""

    def takes(self, months: int, *, walks: bool) -> bool:
        """Tell whether a child so old, in completed months, belongs here."""
        if self.under_months is None or months < self.under_months:
            return True
        return self.or_not_walking and not walks


@dataclass(frozen=True)
class FewestAdults:
    """From so many children on, at least so many adults, whatever the bands say."""

    adults: int
    from_children: int
    over_places: int = 0
    """Only in a room of more places than this."""


@dataclass(frozen=True)
class Preset:
    """A rule to start from, never a claim of compliance. The last of `bands` takes every child."""

    key: str
    country: str
    """FR, BE, or empty when it is of nowhere."""
    bands: tuple[Band, ...]
    source: str
    confidence: Confidence
    checked_on: date
    mixing: Mixing = Mixing.PER_BAND
    """The usual one; with a single band all three give the same."""
    fewest: tuple[FewestAdults, ...] = ()
    volunteers_count: bool = False
    """False wherever no source says that they do."""
    enabled: bool = True
    """False: kept for the record, not to be chosen."""


_ON = date(2026, 11, 21)
_ACM = "texte lu sur moselle.gouv.fr"

_TWO_PRESENT = (
    FewestAdults(2, from_children=1, over_places=12),
    FewestAdults(2, from_children=4),
)
"""Two adults from the first child, except in a unit of at most 12 places: from the fourth."""


def _ages(young: int, *, under_months: int, older: int) -> tuple[Band, ...]:
    return Band(young, under_months), Band(older)


_ALL = (
    Preset(
        "prudent",
        "",
        (Band(4, TODDLER, or_not_walking=True), Band(6, SCHOOL), Band(10)),
        "Notre choix, plus strict que les textes : enfants qui ne connaissent ni le lieu ni les "
        "adultes, le soir. Un second adulte reste joignable, même avec moins de 4 enfants.",
        Confidence.OWN,
        _ON,
        fewest=(FewestAdults(2, from_children=4),),
    ),
    Preset(
        "fr_eaje_5_8",
        "FR",
        (Band(5, under_months=0, or_not_walking=True), Band(8)),
        "Décret 2021-1131 (fiche weka.fr) ; CSP R2324-43-1 pour les deux adultes",
        Confidence.HIGH,
        _ON,
        fewest=_TWO_PRESENT,
    ),
    Preset(
        "fr_eaje_6",
        "FR",
        (Band(6),),
        "L’autre méthode du décret 2021-1131, d’après letoiledunord.fr et mamanserepose.fr",
        Confidence.MEDIUM,
        _ON,
        fewest=_TWO_PRESENT,
    ),
    Preset(
        "fr_micro_seul",
        "FR",
        (Band(3),),  # a fourth child asks for a second adult, as the text does
        "Décret 2025-304 : une personne qualifiée seule, jusqu’à 3 enfants ; les sources ne "
        "donnent pas la même date d’effet",
        Confidence.MEDIUM,
        _ON,
    ),
    Preset(
        "fr_jardin_enfants",
        "FR",
        _ages(6, under_months=TODDLER, older=15),
        "CSP R2324-47-4 (moyennes)",
        Confidence.HIGH,
        _ON,
        fewest=(FewestAdults(2, from_children=1),),
    ),
    Preset(
        "fr_acm_extra",
        "FR",
        _ages(8, under_months=SCHOOL, older=12),
        f"CASF R227-15, {_ACM}",
        Confidence.HIGH,
        _ON,
        volunteers_count=True,  # these articles count who looks after children, paid or not
    ),
    Preset(
        "fr_acm_peri_court",
        "FR",
        _ages(10, under_months=SCHOOL, older=14),
        "CASF R227-16 I, 5 heures au plus (juriblio, cdg74, associathèque)",
        Confidence.HIGH,
        _ON,
        volunteers_count=True,
    ),
    Preset(
        "fr_acm_peri_long",
        "FR",
        _ages(8, under_months=SCHOOL, older=12),
        "CASF R227-16 I, plus de 5 heures (juriblio, cdg74, associathèque)",
        Confidence.HIGH,
        _ON,
        volunteers_count=True,
    ),
    Preset(
        "fr_acm_peri_pedt_court",
        "FR",
        _ages(14, under_months=SCHOOL, older=18),
        "CASF R227-16 II, avec un projet éducatif territorial, 5 heures au plus",
        Confidence.HIGH,
        _ON,
        volunteers_count=True,
    ),
    Preset(
        "fr_acm_peri_pedt_long",
        "FR",
        _ages(10, under_months=SCHOOL, older=14),
        "CASF R227-16 II, avec un projet éducatif territorial, plus de 5 heures",
        Confidence.HIGH,
        _ON,
        volunteers_count=True,
    ),
    Preset(
        # Her own children at home count too (6 under 11, 4 under 3): her personal cap says it.
        "fr_assmat",
        "FR",
        (Band(4),),
        "CASF L421-4 : 4 enfants par personne, moins si l’agrément le dit",
        Confidence.HIGH,
        _ON,
    ),
    Preset(
        "be_one_0_3",
        "BE",
        (Band(7),),
        "Eurydice (2023) sur la législation de 2019",
        Confidence.MEDIUM,
        _ON,
    ),
    Preset(
        "be_cdv",
        "BE",
        _ages(8, under_months=SCHOOL, older=12),
        "Décret de la Communauté française du 17 mai 1999, d’après une question parlementaire "
        "de 2006 : un seul enfant de moins de 6 ans suffit pour 1 adulte pour 8",
        Confidence.MEDIUM,
        _ON,
        mixing=Mixing.YOUNGEST,
    ),
    Preset(
        "be_atl_18",
        "BE",
        (Band(18),),
        "De mémoire : aucun texte trouvé",
        Confidence.LOW,
        _ON,
        enabled=False,
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.key: preset for preset in _ALL})
"""By key, ours first; those that are not `enabled` are not offered."""
