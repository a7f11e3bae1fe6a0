"""Refusals met when somebody comes without a booking, in words for who stands at the door.

The rest keeps the words that a parent reads.
"""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "session_full": (
        _("La séance est complète."),
        _("Pour faire entrer cette personne quand même, cochez « Même si c’est complet »."),
    ),
    "care_full": (
        _("La garde est complète pour les enfants choisis."),
        _("Décochez-les : on ne peut pas ajouter un enfant à une garde complète."),
    ),
    "already_booked": (
        _("Cette personne est déjà sur la feuille."),
        _("Revenez à la feuille et notez son arrivée."),
    ),
    "two_at_once": (
        _("Cette personne a un autre rendez-vous à cette heure."),
        _("Elle doit d’abord l’annuler, ou appeler le porteur du dispositif."),
    ),
    "not_enough_to_hold": (
        _("Il faut %(wanted)s chèques bons ce jour-là ; il en reste %(left)s à ce parent."),
        _("Décochez un enfant, ou appelez le porteur du dispositif."),
    ),
}
