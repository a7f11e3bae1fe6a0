"""Words for vouchers that cannot be issued, shown, blocked or given back."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "unknown_voucher": (
        lazy_gettext("Ce chèque n’existe pas."),
        lazy_gettext("Revenez à la liste et choisissez-le de nouveau."),
    ),
    "voucher_not_open": (
        lazy_gettext("Ce chèque n’attend plus : il est encaissé, périmé ou annulé."),
        lazy_gettext("Rechargez la page pour voir où il en est."),
    ),
    "not_enough_vouchers": (
        lazy_gettext("C’est plus qu’il ne reste de chèques à montrer : %(left)s."),
        lazy_gettext("Choisissez un nombre plus petit."),
    ),
    "extension_not_longer": (
        lazy_gettext("Le chèque sert déjà jusqu’au %(last_day)s."),
        lazy_gettext("Choisissez un jour plus lointain."),
    ),
    "extension_beyond_year": (
        lazy_gettext("La loi arrête ce chèque le %(latest)s."),
        lazy_gettext("Choisissez ce jour ou un jour plus proche, ou émettez un chèque neuf."),
    ),
    "held_for_its_year": (
        lazy_gettext(
            "Des chèques sont réservés pour cette date, et la loi les arrête à la fin de %(year)s."
        ),
        lazy_gettext(
            "Choisissez un jour de %(year)s, ou annulez la date : chaque famille retrouve ses"
            " chèques."
        ),
    ),
    "already_held": (
        lazy_gettext("Ce chèque est déjà réservé."),
        lazy_gettext("Libérez-le d’abord, ou choisissez-en un autre."),
    ),
    "outside_programme": (
        lazy_gettext(
            "Cette période commence hors du dispositif, qui va du %(first_day)s au %(last_day)s."
        ),
        lazy_gettext("Choisissez une période qui commence entre ces deux jours."),
    ),
    "programme_closed": (
        lazy_gettext("Ce dispositif est fermé."),
        lazy_gettext("Choisissez un dispositif ouvert."),
    ),
}
