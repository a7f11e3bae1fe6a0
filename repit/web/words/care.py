"""Refusals met when care is offered and carers are asked to keep it."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "ages_out_of_order": (
        lazy_gettext("L’âge le plus petit dépasse l’âge le plus grand."),
        lazy_gettext("Vérifiez les deux âges."),
    ),
    "slot_without_name": (
        lazy_gettext("Une garde sans atelier a besoin d’un titre."),
        lazy_gettext("Écrivez un titre neutre : les parents le lisent."),
    ),
    "preset_not_offered": (
        lazy_gettext("Ce taux d’encadrement ne se choisit pas : aucun texte n’a été trouvé."),
        lazy_gettext("Choisissez-en un autre."),
    ),
    "no_agreed_price": (
        lazy_gettext("Aucun tarif de garde n’est convenu avec ce prestataire pour le %(day)s."),
        lazy_gettext("Convenez d’un tarif sur sa fiche, ou écrivez 0 chèque."),
    ),
    "price_above_tariff": (
        lazy_gettext(
            "Le tarif convenu donne %(cost)s par enfant : %(most)s chèques au plus, pas %(asked)s."
        ),
        lazy_gettext("Baissez le nombre de chèques, ou convenez d’un autre tarif."),
    ),
    "care_share_above_tariff": (
        lazy_gettext("Le tarif convenu permet de demander %(most)s à la famille, pas %(asked)s."),
        lazy_gettext("Baissez la participation, ou convenez d’un autre tarif."),
    ),
    "slot_not_draft": (
        lazy_gettext("Ce créneau est déjà ouvert, ou annulé."),
        lazy_gettext("Rechargez la page pour voir son état."),
    ),
    "slot_cancelled": (
        lazy_gettext("Ce créneau est annulé."),
        lazy_gettext("Créez-en un autre."),
    ),
    "slot_is_booked": (
        lazy_gettext(
            "Des places sont réservées (%(places)s) : l’horaire, le prestataire et le prix restent."
        ),
        lazy_gettext("Déplacez la séance, ou annulez ce créneau et créez-en un autre."),
    ),
    "carer_of_another": (
        lazy_gettext("%(name)s travaille pour un autre prestataire."),
        lazy_gettext("Choisissez une personne du prestataire de ce créneau."),
    ),
    "carer_gone": (
        lazy_gettext("%(name)s n’y travaille plus depuis le %(left_on)s."),
        lazy_gettext("Choisissez quelqu’un d’autre."),
    ),
    "carer_busy": (
        lazy_gettext("%(name)s garde déjà des enfants à ce moment : %(at_day)s, %(at_time)s."),
        lazy_gettext("Choisissez quelqu’un d’autre, ou libérez l’autre créneau."),
    ),
    "carer_asked_already": (
        lazy_gettext("%(name)s a déjà reçu la demande."),
        lazy_gettext("Notez sa réponse dans la liste."),
    ),
    "carer_taken_off": (
        lazy_gettext("%(name)s n’est plus demandé pour cette garde."),
        lazy_gettext("Une erreur ? Appelez le porteur du dispositif."),
    ),
    "carer_answered_too_late": (
        lazy_gettext("La garde a commencé : la réponse ne change plus ici."),
        lazy_gettext("Appelez le porteur du dispositif."),
    ),
    "check_days_out_of_order": (
        lazy_gettext("Le dernier jour (%(last_day)s) vient avant le premier (%(first_day)s)."),
        lazy_gettext("Vérifiez les deux dates."),
    ),
    "check_seen_later": (
        lazy_gettext("Ce document ne peut pas avoir été vu après aujourd’hui."),
        lazy_gettext("Écrivez le jour où quelqu’un l’a vu."),
    ),
}
