"""Refusals met when a place is booked, waited for, offered or given back, in words.

« Complet » stands for every reason that a parent must not learn: its words use no fact.
"""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "unknown_booking": (
        _("Ce rendez-vous n’existe pas."),
        _("Revenez à vos rendez-vous, ou appelez-nous."),
    ),
    "not_open_for_booking": (
        _("On ne peut plus réserver ici."),
        _("Choisissez une autre date."),
    ),
    "nothing_asked": (
        _("Personne n’est choisi."),
        _("Cochez au moins une personne, et chacune une seule fois."),
    ),
    "session_full": (
        _("C’est complet."),
        _("Inscrivez-vous sur la liste d’attente, ou choisissez une autre date."),
    ),
    "care_full": (
        _("La garde est complète pour les enfants choisis."),
        _("Venez sans garde, inscrivez-vous sur la liste d’attente, ou choisissez une autre date."),
    ),
    "child_not_of_age": (
        _("Cette garde n’est pas pour l’âge de %(first_name)s ce jour-là."),
        _("Décochez son nom, ou choisissez une autre garde."),
    ),
    "not_eligible": (
        _("Cette séance a une condition qui n’est pas remplie."),
        _("Elle est écrite sur la page de la séance. Une erreur ? Appelez-nous."),
    ),
    "already_booked": (
        _("C’est déjà réservé."),
        _("Regardez dans vos rendez-vous."),
    ),
    "two_at_once": (
        _("Vous avez déjà un rendez-vous à cette heure."),
        _("Annulez-le d’abord, ou choisissez une autre date."),
    ),
    "booking_over": (
        _("C’est commencé : on ne peut plus annuler ici."),
        _("Appelez-nous."),
    ),
    "new_date_over": (
        _("Cette date est passée."),
        _("Choisissez une date à venir."),
    ),
    "child_came": (
        _("Enfants déjà venus à cette garde : %(children)s. Leur place ne s’annule plus."),
        _("Une erreur ? Appelez-nous : la note se corrige sur la feuille de présence."),
    ),
    "offer_over": (
        _("Cette place n’attend plus votre réponse."),
        _("Regardez dans vos rendez-vous, ou choisissez une autre date."),
    ),
    "already_waiting": (
        _("Vous êtes déjà sur cette liste d’attente."),
        _("Regardez votre rang dans vos rendez-vous."),
    ),
    "not_waiting": (
        _("Vous n’êtes plus sur cette liste d’attente."),
        _("Regardez dans vos rendez-vous."),
    ),
    "request_mismatch": (
        _("Cette demande a déjà servi pour autre chose."),
        _("Revenez à la page et choisissez de nouveau."),
    ),
    "children_elsewhere": (
        _("À ce moment-là, des enfants inscrits sont attendus ailleurs : %(children)s."),
        _("Choisissez une autre heure, ou rendez d’abord leur place, avec leur parent."),
    ),
    "already_cancelled": (
        _("C’est déjà annulé."),
        _("Rechargez la page pour voir où cela en est."),
    ),
    "nothing_held": (
        _("Aucun chèque n’est réservé pour ce rendez-vous."),
        _("Ils sont déjà encaissés, ou rendus : regardez dans « Mes chèques »."),
    ),
    "not_enough_to_hold": (
        _("Il faut %(wanted)s chèques bons ce jour-là ; il vous en reste %(left)s."),
        _("Décochez un enfant, ou appelez-nous."),
    ),
    "held_for_booking": (
        _("Ce chèque est réservé pour un rendez-vous."),
        _("Annulez le rendez-vous pour le libérer."),
    ),
    "answer_link_used": (
        _("Ces réponses sont déjà données."),
        _("Merci ! Vous pouvez fermer cette page."),
    ),
    "answers_closed": (
        _("On ne peut plus répondre."),
        _("Vous pouvez toujours nous appeler pour nous dire ce que vous en pensez."),
    ),
    "answers_not_open": (
        _("La séance n’est pas encore finie."),
        _("Revenez ici après la séance."),
    ),
}
