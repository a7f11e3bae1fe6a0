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
    "ends_before_start": (
        lazy_gettext("La séance finit avant de commencer."),
        lazy_gettext("Choisissez une heure de fin plus tard, le même jour."),
    ),
    "too_many_dates": (
        lazy_gettext("Cela fait plus de %(most)s dates."),
        lazy_gettext("Choisissez une fin plus proche. Vous pourrez en ajouter ensuite."),
    ),
}
