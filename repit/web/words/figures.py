"""Words for refusals of figures."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "figures_not_closed_yet": (
        _("Les chiffres jusqu’au %(last_day)s ne sont pas encore arrêtés."),
        _("Ils le sont dans la nuit qui suit la fin de la période. Réessayez demain."),
    ),
}
