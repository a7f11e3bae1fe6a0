"""Refusals met where the dates and times of workshops are written down."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "missing_hour": (
        lazy_gettext(
            "Le %(day)s, cette heure n’existe pas : on passe à l’heure d’été et les horloges "
            "la sautent."
        ),
        lazy_gettext("Choisissez une heure plus tôt ou plus tard."),
    ),
    "repeated_hour": (
        lazy_gettext(
            "Le %(day)s, cette heure vient deux fois : on passe à l’heure d’hiver et les horloges "
            "reculent."
        ),
        lazy_gettext("Dites laquelle des deux."),
    ),
    "ends_before_start": (
        lazy_gettext("Cela finit avant de commencer."),
        lazy_gettext("Choisissez une heure de fin plus tard, le même jour."),
    ),
    "too_many_dates": (
        lazy_gettext("Cela fait plus de %(most)s dates."),
        lazy_gettext("Choisissez une fin plus proche. Vous pourrez en ajouter ensuite."),
    ),
    "date_in_the_past": (
        lazy_gettext("Le %(day)s est déjà passé, ou la séance a déjà commencé."),
        lazy_gettext("Choisissez une date à venir."),
    ),
    "min_above_max": (
        lazy_gettext("Le minimum (%(least)s) dépasse le maximum (%(most)s)."),
        lazy_gettext("Baissez le minimum ou montez le maximum."),
    ),
    "session_there_already": (
        lazy_gettext("Une séance commence déjà à cette heure le %(day)s."),
        lazy_gettext("Changez la date ou l’heure, ou enlevez cette ligne."),
    ),
    "workshop_not_open": (
        lazy_gettext("Les parents ne voient pas encore cet atelier."),
        lazy_gettext("Ouvrez d’abord l’atelier, puis ses séances."),
    ),
    "workshop_in_that_state": (
        lazy_gettext("C’est déjà fait."),
        lazy_gettext("Rechargez la page pour voir son état."),
    ),
    "session_not_draft": (
        lazy_gettext("Cette séance est déjà ouverte, ou annulée."),
        lazy_gettext("Rechargez la page pour voir son état."),
    ),
    "session_cancelled": (
        lazy_gettext("Cette séance est annulée."),
        lazy_gettext("Ajoutez une autre date à l’atelier."),
    ),
}
