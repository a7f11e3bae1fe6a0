"""Refusals met when a provider, its rights or its prices are changed."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "wrong_identifier": (
        lazy_gettext("Ce numéro n’existe pas dans ce registre : ses chiffres ne concordent pas."),
        lazy_gettext("Recopiez-le ; un SIRET a 14 chiffres, un SIREN 9, un numéro BCE 10."),
    ),
    "identifier_taken": (
        lazy_gettext("%(name)s est déjà enregistré avec ce numéro."),
        lazy_gettext("Cherchez sa fiche dans la liste des prestataires."),
    ),
    "provider_already_suspended": (
        lazy_gettext("Ce prestataire est déjà suspendu."),
        lazy_gettext("Rechargez la page pour voir son état."),
    ),
    "provider_not_suspended": (
        lazy_gettext("Ce prestataire n’est pas suspendu."),
        lazy_gettext("Rechargez la page pour voir son état."),
    ),
    "accreditation_ends_before_it_begins": (
        lazy_gettext("Le dernier jour est avant le premier."),
        lazy_gettext("Vérifiez les deux dates."),
    ),
    "already_accredited": (
        lazy_gettext(
            "Un agrément pour cette catégorie compte déjà du %(first_day)s au %(last_day)s."
        ),
        lazy_gettext("Faites commencer celui-ci le lendemain, ou retirez l’autre d’abord."),
    ),
    "already_withdrawn": (
        lazy_gettext("Cet agrément est déjà retiré depuis le %(withdrawn_on)s."),
        lazy_gettext("Enregistrez un nouvel agrément s’il doit reprendre."),
    ),
    "withdrawn_outside_its_days": (
        lazy_gettext("Cet agrément compte du %(first_day)s au %(last_day)s."),
        lazy_gettext("Choisissez un jour entre les deux."),
    ),
    "tariff_not_later": (
        lazy_gettext("Un tarif pour cette catégorie commence déjà le %(first_day)s."),
        lazy_gettext("Faites commencer le nouveau après ce jour."),
    ),
    "share_above_price": (
        lazy_gettext("La participation (%(share)s) dépasse le prix convenu (%(price)s)."),
        lazy_gettext("Baissez la participation, ou vérifiez le prix."),
    ),
}
