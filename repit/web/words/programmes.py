"""Refusals met where schemes, funds, scales and rights are settled."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "programme_name_taken": (
        lazy_gettext("Un autre dispositif s’appelle déjà « %(name)s »."),
        lazy_gettext("Donnez-lui un autre nom, par exemple avec l’année."),
    ),
    "programme_open": (
        lazy_gettext("Ce dispositif n’est pas fermé."),
        lazy_gettext("Il n’y a rien à rouvrir."),
    ),
    "days_out_of_order": (
        lazy_gettext("Le dernier jour vient avant le premier."),
        lazy_gettext("Choisissez un dernier jour à partir du %(first_day)s."),
    ),
    "validity_too_short": (
        lazy_gettext("Un chèque dure au moins 12 mois."),
        lazy_gettext("Écrivez 12 mois ou plus, ou cochez la case qui dit que moins est voulu."),
    ),
    "funder_name_taken": (
        lazy_gettext("Un autre financeur s’appelle déjà « %(name)s »."),
        lazy_gettext("Cherchez-le dans la liste, ou donnez un autre nom."),
    ),
    "fund_title_taken": (
        lazy_gettext("Ce dispositif a déjà une enveloppe « %(title)s »."),
        lazy_gettext("Donnez-lui un autre titre."),
    ),
    "fund_pays_for_nothing": (
        lazy_gettext("L’enveloppe ne paie aucune catégorie du dispositif."),
        lazy_gettext("Cochez au moins une catégorie que le dispositif paie."),
    ),
    "fund_closed": (
        lazy_gettext("Cette enveloppe est fermée."),
        lazy_gettext("Rouvrez-la d’abord, ou choisissez-en une autre."),
    ),
    "fund_open": (
        lazy_gettext("Cette enveloppe est encore ouverte."),
        lazy_gettext("Fermez-la d’abord."),
    ),
    "nothing_left": (
        lazy_gettext("Il ne reste rien à rendre."),
        lazy_gettext(
            "Le disponible de cette enveloppe est à zéro, ou un prestataire doit encore le rendre."
        ),
    ),
    "reference_already_entered": (
        lazy_gettext(
            "La référence %(reference)s est déjà entrée : %(amount_cents)s reçus le"
            " %(received_on)s."
        ),
        lazy_gettext("Vérifiez la référence, ou ouvrez le versement déjà entré."),
    ),
    "not_yet_received": (
        lazy_gettext("Le %(received_on)s n’est pas encore arrivé."),
        lazy_gettext("Entrez un versement quand il est sur le compte."),
    ),
    "promise_cancelled": (
        lazy_gettext("Ce versement promis est annulé."),
        lazy_gettext("Rétablissez-le d’abord, ou choisissez-en un autre."),
    ),
    "promise_not_cancelled": (
        lazy_gettext("Ce versement promis n’est pas annulé."),
        lazy_gettext("Il n’y a rien à rétablir."),
    ),
    "money_arrived": (
        lazy_gettext("%(received_cents)s sont déjà arrivés de ce versement promis."),
        lazy_gettext("Pour ne plus attendre la suite, changez le montant promis."),
    ),
    "more_than_arrived": (
        lazy_gettext("Il ne reste que %(left_cents)s de cette somme."),
        lazy_gettext("Écrivez ce montant ou moins."),
    ),
    "arrival_spent": (
        lazy_gettext(
            "Cet argent est déjà promis en chèques : il ne reste que %(available_cents)s"
            " disponibles, il manquerait %(shortage_cents)s."
        ),
        lazy_gettext(
            "Annulez d’abord des chèques, ou notez que la banque a repris cette somme si c’est"
            " le cas."
        ),
    ),
    "overdrawn": (
        lazy_gettext("Il n’y a plus assez d’argent à cet endroit."),
        lazy_gettext("Ouvrez l’enveloppe pour voir ce qui reste, puis recommencez."),
    ),
}
