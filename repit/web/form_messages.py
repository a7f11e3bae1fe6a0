"""What WTForms says about a field, in our words and our four languages."""

from collections.abc import Callable

from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

RELOAD = lazy_gettext("Cette page était ouverte depuis longtemps. Envoyez encore une fois.")
NOT_LISTED = lazy_gettext("Choisissez une réponse de la liste.")
NOT_A_NUMBER = lazy_gettext("Écrivez un nombre entier, par exemple 3.")
NOT_A_DAY = lazy_gettext("Écrivez une date, par exemple 15/03/2027.")

ONE: dict[str, LazyString] = {
    "CSRF failed.": RELOAD,
    "CSRF token expired.": RELOAD,
    "CSRF token missing.": RELOAD,
    "Invalid CSRF Token.": RELOAD,
    "This field is required.": lazy_gettext("Remplissez ce champ."),
    "This field cannot be edited.": lazy_gettext("Ce champ ne se modifie pas."),
    "This field is disabled and cannot have a value.": lazy_gettext("Ce champ ne se remplit pas."),
    "Not a valid choice.": NOT_LISTED,
    "Invalid Choice: could not coerce.": NOT_LISTED,
    "Invalid choice(s): one or more data inputs could not be coerced.": NOT_LISTED,
    "Not a valid integer value.": NOT_A_NUMBER,
    "Not a valid decimal value.": NOT_A_NUMBER,
    "Not a valid float value.": NOT_A_NUMBER,
    "Not a valid date value.": NOT_A_DAY,
    "Not a valid datetime value.": lazy_gettext("Écrivez une date et une heure."),
    "Not a valid time value.": lazy_gettext("Écrivez une heure, par exemple 18:30."),
    "Invalid input.": lazy_gettext("Vérifiez ce qui est écrit ici."),
    "Invalid email address.": lazy_gettext(
        "Écrivez une adresse e-mail, par exemple nom@exemple.fr."
    ),
    "Invalid URL.": lazy_gettext("Écrivez une adresse qui commence par https://."),
    "Invalid UUID.": lazy_gettext("Vérifiez ce qui est écrit ici."),
    "Number must be at least %(min)s.": lazy_gettext("Le plus petit nombre possible est %(min)s."),
    "Number must be at most %(max)s.": lazy_gettext("Le plus grand nombre possible est %(max)s."),
    "Number must be between %(min)s and %(max)s.": lazy_gettext(
        "Écrivez un nombre de %(min)s à %(max)s."
    ),
    "Field must be equal to %(other_name)s.": lazy_gettext("Les deux réponses sont différentes."),
    "Field must be between %(min)d and %(max)d characters long.": lazy_gettext(
        "Écrivez entre %(min)d et %(max)d caractères."
    ),
}
# By the beginning of WTForms' singular; each gets the number it is about.
COUNTED: dict[str, Callable[[int], str]] = {
    "Field must be at least": lambda n: ngettext(
        "Écrivez au moins %(num)d caractère.", "Écrivez au moins %(num)d caractères.", n
    ),
    "Field cannot be longer than": lambda n: ngettext(
        "Écrivez au plus %(num)d caractère.", "Écrivez au plus %(num)d caractères.", n
    ),
    "Field must be exactly": lambda n: ngettext(
        "Écrivez exactement %(num)d caractère.", "Écrivez exactement %(num)d caractères.", n
    ),
}


class Words:
    """Stands where WTForms looks for translations; the field then fills in its `%(…)`."""

    def gettext(self, message: str) -> str:
        """Return our words for a message of WTForms, or the message of one of our fields."""
        return str(ONE[message]) if message in ONE else message

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return our words for a message about a number of characters or of choices."""
        for beginning, words in COUNTED.items():
            if singular.startswith(beginning):
                return words(n)
        return str(NOT_LISTED)
