"""The yearly summary in words: its default fields, where they come from, and its refusals."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.summaries.rules import DEFAULT, SOURCES, Field, Source
from repit.web.words import indicators
from repit.web.words.indicator_parts import part

DEFAULT_LABELS: dict[str, LazyString] = {
    "actions": _("Nombre d’actions"),
    "sessions": _("Nombre de séances"),
    "sessions_cancelled": _("Séances annulées"),
    "paid_facilitators": _("Intervenants salariés"),
    "volunteer_facilitators": _("Intervenants bénévoles"),
    "parents": _("Foyers venus aux séances"),
    "isolated_parents": _("dont parents isolés"),
    "attendances": _("Présences aux séances"),
    "children": _("Enfants accueillis"),
    "with_whom": _("Modalité : parents, ou parents et enfants"),
    "new_families": _("Nouvelles familles"),
    "first_time_actions": _("Actions menées pour la première fois"),
    "commune": _("Commune des actions"),
    "households": _("Foyers aidés par des chèques"),
    "priority_areas": _("dont en quartier prioritaire"),
    "respite_hours": _("Heures de répit"),
    "satisfaction": _("Satisfaction des parents"),
    "staff_time": _("Temps de travail"),
    "costs": _("Frais de fonctionnement"),
}
WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "summary_empty": (
        _("Ce bilan n’a aucun champ."),
        _("Écrivez au moins un champ, ou reprenez ceux de départ."),
    ),
    "summary_too_long": (
        _("Un bilan a au plus %(most)s champs."),
        _("Enlevez des champs, puis enregistrez."),
    ),
    "summary_field_twice": (
        _("Deux champs s’appellent « %(label)s »."),
        _("Donnez un autre nom à l’un des deux."),
    ),
    "summary_source_unknown": (
        _("Le champ « %(label)s » demande un nombre qu’aucune publication ne donne."),
        _("Choisissez un nombre de la liste, ou « rempli à la main »."),
    ),
    "summary_other_unit": (
        _("Le champ « %(label)s » ne se compte pas dans la même unité que le nombre choisi."),
        _("Choisissez un nombre de la même unité, ou « rempli à la main »."),
    ),
    "summary_year_unknown": (
        _("Le dispositif n’a rien à dire de %(year)s."),
        _("Choisissez une année entre son premier jour et aujourd’hui."),
    ),
}


def default_fields() -> tuple[Field, ...]:
    """Return the fields of a programme that has none of its own, in the reader's language."""
    return tuple(Field(key, str(DEFAULT_LABELS[key]), source) for key, source in DEFAULT)


def source_words(source: Source) -> str:
    """Return « Foyers aidés », « Foyers aidés : isolés »."""
    label = indicators.label(source.indicator)
    if not source.dimension:
        return label
    return f"{label} : {part(source.dimension, [source.part])}"


def source_choices() -> list[tuple[str, str]]:
    """Return what a field may be filled by, nothing first."""
    by_hand = ("", gettext("rempli à la main"))
    return [by_hand, *((code, source_words(source)) for code, source in SOURCES.items())]
