"""Refusals met when a home writes about its children, in words."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "child_already_there": (
        _("%(first_name)s est déjà dans votre liste, avec cette date de naissance."),
        _("Ouvrez sa fiche, ou corrigez la date."),
    ),
    "child_too_old": (
        _("Cette date donne %(years)s ans ou plus."),
        _("Vérifiez l’année de naissance."),
    ),
    "child_is_known": (
        _("%(first_name)s est déjà connu de l’équipe : rien ne se change ici."),
        _("Une erreur ? Appelez-nous."),
    ),
    "walks_before_birth": (
        _("Cette date est avant la naissance."),
        _("Vérifiez le jour des premiers pas."),
    ),
    "walks_later": (
        _("Cette date est dans le futur."),
        _("Écrivez le jour des premiers pas, ou laissez vide."),
    ),
    "names_nobody": (
        _("Il n’y a pas de nom ici."),
        _("Écrivez le prénom et le nom de la personne."),
    ),
    "person_already_there": (
        _("%(name)s est déjà dans cette liste."),
        _("Retirez d’abord ce nom pour l’écrire autrement."),
    ),
    "person_is_both": (
        _("%(name)s est déjà dans l’autre liste."),
        _("Une personne peut venir, ou ne peut jamais venir : retirez d’abord l’autre nom."),
    ),
    "too_many_people": (
        _("Il y a déjà %(most)s noms."),
        _("Retirez un nom qui ne sert plus."),
    ),
    "decision_stands": (
        _("Une décision de justice est notée pour %(name)s."),
        _("Appelez-nous : nous retirons ce nom avec vous."),
    ),
    "not_forbidden": (
        _("%(name)s peut venir chercher l’enfant."),
        _("Une décision se note pour une personne qui ne doit jamais venir."),
    ),
    "decision_not_there": (
        _("Aucune décision n’est notée pour cette personne."),
        _("Rechargez la page pour voir la fiche."),
    ),
    "decision_already_noted": (
        _("Cette décision est déjà notée."),
        _("Rechargez la page pour voir la fiche."),
    ),
    "seen_later": (
        _("Ce jour est dans le futur."),
        _("Écrivez le jour où la décision a été vue."),
    ),
}
