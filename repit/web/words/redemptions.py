"""Words for what happens at the desk. Read by providers, and by their own software."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "unknown_code": (
        lazy_gettext("Nous ne connaissons pas ce code."),
        lazy_gettext(
            "Relisez-le avec la personne, ou scannez-le. S’il ne passe toujours pas, demandez-lui"
            " de montrer un nouveau code."
        ),
    ),
    "mistyped_code": (
        lazy_gettext("Il y a une faute de frappe dans ce code."),
        lazy_gettext("Vérifiez chaque lettre et chaque chiffre, puis envoyez-le encore."),
    ),
    "not_a_code": (
        lazy_gettext("Ce n’est pas un code de chèque répit."),
        lazy_gettext(
            "Un code a 12 lettres et chiffres, par exemple 7F3K-9QWM-2XTR. Scannez celui de"
            " l’écran ou du carnet."
        ),
    ),
    "no_code": (
        lazy_gettext("Il manque le code."),
        lazy_gettext("Scannez le code de la personne, ou écrivez-le."),
    ),
    "too_many_codes": (
        lazy_gettext("Il y a plus de %(most)s codes."),
        lazy_gettext("Encaissez-les en plusieurs fois."),
    ),
    "voucher_spent": (
        lazy_gettext("Ce chèque a déjà été encaissé par un autre prestataire."),
        lazy_gettext("Demandez un autre chèque à la personne."),
    ),
    "voucher_spent_here": (
        lazy_gettext("Ce chèque a déjà été encaissé par vous le %(at_day)s à %(at_time)s."),
        lazy_gettext(
            "Cette fois-là est dans « Mes encaissements », et vous sera payée. Pour une autre"
            " prestation, demandez un autre chèque."
        ),
    ),
    "voucher_not_yet_valid": (
        lazy_gettext("Ce chèque sert à partir du %(first_day)s."),
        lazy_gettext(
            "Il ne paie pas une prestation faite avant ce jour. Demandez un autre chèque."
        ),
    ),
    "voucher_expired": (
        lazy_gettext(
            "Ce chèque est périmé : il servait jusqu’au %(last_day)s et s’encaissait jusqu’au"
            " %(grace_until)s."
        ),
        lazy_gettext("Demandez un autre chèque à la personne."),
    ),
    "service_after_last_day": (
        lazy_gettext("Ce chèque paie une prestation faite le %(last_day)s au plus tard."),
        lazy_gettext(
            "Indiquez le vrai jour de la prestation. S’il est bon, vous pouvez encaisser"
            " jusqu’au %(grace_until)s ; sinon, demandez un autre chèque."
        ),
    ),
    "service_in_future": (
        lazy_gettext("Le jour de la prestation n’est pas encore arrivé."),
        lazy_gettext("Nous sommes le %(today)s : indiquez ce jour ou un jour d’avant."),
    ),
    "voucher_blocked": (
        lazy_gettext("Ce chèque est bloqué."),
        lazy_gettext(
            "Demandez un autre chèque. La personne peut en parler au porteur du dispositif."
        ),
    ),
    "held_for_another": (
        lazy_gettext("Ce chèque est réservé pour un autre prestataire."),
        lazy_gettext(
            "Demandez un autre chèque, ou la personne peut d’abord annuler sa réservation."
        ),
    ),
    "held_waits": (
        lazy_gettext("Chèques déjà réservés chez vous pour ce jour : %(vouchers)s."),
        lazy_gettext(
            "Encaissez-les d’abord sur la feuille de garde : un enfant ne se paie pas deux fois."
        ),
    ),
    "held_for_appointment": (
        lazy_gettext("Ce chèque est réservé pour la garde du %(service_on)s."),
        lazy_gettext("Encaissez-le pour cette garde, ou demandez un autre chèque."),
    ),
    "category_not_covered": (
        lazy_gettext("Ce chèque ne paie pas : %(category)s."),
        lazy_gettext("Il paie : %(covered)s. Sinon, demandez un autre chèque."),
    ),
    "not_accredited": (
        lazy_gettext("Vous n’avez pas d’agrément pour cette catégorie."),
        lazy_gettext(
            "Vos agréments sont dans « Mon compte ». Pour en demander un, appelez le porteur du"
            " dispositif."
        ),
    ),
    "accreditation_not_valid": (
        lazy_gettext("Votre agrément n’est pas valable le %(service_on)s : %(category)s."),
        lazy_gettext(
            "Vérifiez le jour de la prestation. Si l’agrément est renouvelé, prévenez le porteur"
            " du dispositif."
        ),
    ),
    "no_tariff": (
        lazy_gettext("Aucun tarif n’est convenu le %(service_on)s : %(category)s."),
        lazy_gettext(
            "Vérifiez le jour de la prestation, ou convenez d’un tarif avec le porteur du"
            " dispositif."
        ),
    ),
    "counts_hours": (
        lazy_gettext("Le tarif convenu se compte en heures : %(category)s."),
        lazy_gettext("Indiquez la durée de la prestation."),
    ),
    "counts_sessions": (
        lazy_gettext("Le tarif convenu se compte en séances : %(category)s."),
        lazy_gettext("Indiquez le nombre de séances."),
    ),
    "more_than_it_costs": (
        lazy_gettext("Ces chèques valent %(asked)s, et la prestation coûte %(cost)s."),
        lazy_gettext(
            "Un chèque ne rend pas la monnaie. Nombre de chèques possible ici : %(most)s."
            " Vérifiez aussi la durée."
        ),
    ),
    "family_share_too_high": (
        lazy_gettext("La participation de la famille est trop haute : %(asked)s."),
        lazy_gettext("Ici, elle est de %(most)s au plus. Corrigez le montant."),
    ),
    "different_parents": (
        lazy_gettext("Ces codes ne sont pas à la même personne."),
        lazy_gettext("Encaissez chaque personne à part."),
    ),
    "own_household": (
        lazy_gettext("Ce chèque est à vous, à votre équipe ou à votre foyer."),
        lazy_gettext("On n’encaisse pas ses propres chèques. Il faut un autre prestataire."),
    ),
    "pair_limit_reached": (
        lazy_gettext(
            "La limite est atteinte : %(limit)s chèques par mois de cette personne à vous."
        ),
        lazy_gettext("Prenez moins de chèques, ou attendez une prestation du mois suivant."),
    ),
    "provider_limit_reached": (
        lazy_gettext("La limite est atteinte : %(limit)s chèques par mois pour vous."),
        lazy_gettext(
            "Prenez moins de chèques, ou demandez au porteur du dispositif de relever la limite."
        ),
    ),
    "presentation_expired": (
        lazy_gettext(
            "Ce code ne sert plus. Il valait jusqu’au %(at)s, sauf s’il a été remplacé ou utilisé"
            " avant."
        ),
        lazy_gettext(
            "Demandez à la personne de montrer un nouveau code. Si vous venez de l’encaisser,"
            " c’est dans « Mes encaissements »."
        ),
    ),
    "device_revoked": (
        lazy_gettext("Cet appareil n’est plus autorisé à encaisser."),
        lazy_gettext("Prenez un autre appareil, ou appelez le porteur du dispositif."),
    ),
    "device_locked": (
        lazy_gettext("Cet appareil est verrouillé : trop de codes inconnus ont été essayés."),
        lazy_gettext(
            "Appelez le porteur du dispositif : il peut le déverrouiller tout de suite. Ce qui est"
            " encaissé reste encaissé."
        ),
    ),
    "provider_suspended": (
        lazy_gettext("Votre compte de prestataire est suspendu."),
        lazy_gettext("Ce qui vous est dû reste dû. Appelez le porteur du dispositif."),
    ),
    "replay_mismatch": (
        lazy_gettext("Cet encaissement a déjà été envoyé avec d’autres réponses."),
        lazy_gettext(
            "Rien n’a été pris en plus. Regardez « Mes encaissements », puis scannez de nouveau"
            " s’il le faut."
        ),
    ),
    "unknown_redemption": (
        lazy_gettext("Nous ne trouvons pas cet encaissement."),
        lazy_gettext("Regardez la liste « Mes encaissements »."),
    ),
    "already_reversed": (
        lazy_gettext("Cet encaissement a été annulé le %(at_day)s à %(at_time)s."),
        lazy_gettext("Il n’y a rien de plus à faire."),
    ),
    "undo_window_over": (
        lazy_gettext("Le délai pour annuler a pris fin le %(until_day)s à %(until_time)s."),
        lazy_gettext("Le porteur du dispositif peut encore annuler : appelez-le."),
    ),
    "being_paid": (
        lazy_gettext("Cet encaissement est dans un lot de virements en préparation."),
        lazy_gettext("Faites approuver ce lot, ou retirez-en ce prestataire, puis annulez."),
    ),
}
