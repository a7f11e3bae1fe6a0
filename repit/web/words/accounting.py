"""Refusals met when accounts are settled and given."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "accounting_identifier_missing": (
        lazy_gettext("Le journal FEC porte le SIREN du porteur, et il n’est pas encore écrit."),
        lazy_gettext("Écrivez-le dans « Régler les comptes », puis recommencez."),
    ),
    "accounting_identifier_wrong": (
        lazy_gettext("Ce n’est ni un SIREN ni un numéro d’entreprise BCE."),
        lazy_gettext("Recopiez ses 9 chiffres (SIREN) ou ses 10 chiffres (BCE)."),
    ),
    "account_number_twice": (
        lazy_gettext("Le compte %(number)s sert deux fois."),
        lazy_gettext("Donnez un numéro différent à chaque ligne."),
    ),
    "no_legal_frame": (
        lazy_gettext("Aucune loi ne demande de compte annuel à ce dispositif."),
        lazy_gettext("Choisissez d’abord un cadre légal dans ses réglages."),
    ),
    "accounting_year_not_over": (
        lazy_gettext("Les prestataires peuvent encaisser jusqu’au %(last_claim)s."),
        lazy_gettext("Rendez le compte à partir du lendemain."),
    ),
    "annual_account_given": (
        lazy_gettext("Le compte de cette année est déjà rendu."),
        lazy_gettext("Rechargez la page pour le lire."),
    ),
}
