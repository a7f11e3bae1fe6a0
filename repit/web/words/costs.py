"""Staff time and costs in words: their kinds, and the refusals met when they are typed in."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.costs.rules import Kind

KINDS: dict[Kind, LazyString] = {
    Kind.TEAM: _("Équipe"),
    Kind.SUPPLIER: _("Intervenants extérieurs"),
    Kind.PURCHASES: _("Achats, repas, fournitures"),
    Kind.ROOM: _("Locaux"),
    Kind.TRAVEL: _("Déplacements"),
    Kind.OTHER: _("Autre"),
}

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "cost_to_come": (
        _("Le %(on_day)s est encore à venir."),
        _("Notez le temps passé et l’argent dépensé, pas ce qui est prévu."),
    ),
    "cost_too_old": (
        _("C’est longtemps avant le dispositif."),
        _("Écrivez un jour à partir du %(earliest)s."),
    ),
    "cost_says_nothing": (
        _("Il n’y a ni temps ni montant."),
        _("Écrivez des heures, un montant, ou les deux."),
    ),
    "cost_below_zero": (
        _("Un nombre est plus petit que zéro."),
        _("Pour corriger une ligne, annulez-la, puis notez la bonne."),
    ),
    "time_too_long": (
        _("C’est plus de %(most)s : une année de travail à temps plein."),
        _("Notez une ligne par mois ou par personne."),
    ),
    "cost_too_high": (
        _("C’est plus de %(most)s sur une seule ligne."),
        _("Vérifiez le montant. S’il est juste, notez une ligne par facture."),
    ),
    "time_of_nobody": (
        _("Seul le temps de l’équipe se compte en heures."),
        _("Choisissez « Équipe », ou écrivez seulement le montant de la facture."),
    ),
    "cost_reused": (
        _("Cette page a déjà été envoyée, avec autre chose dedans."),
        _("Regardez la liste, puis ouvrez une nouvelle page."),
    ),
    "cost_cancelled": (
        _("Cette ligne est déjà annulée, ou c’est elle qui en annule une autre."),
        _("Rechargez la page pour voir la liste à jour."),
    ),
}
