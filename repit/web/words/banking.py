"""Refusals met where the bank's files are taken in and its lines are matched."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

_NOTHING_READ = lazy_gettext(
    "Rien n’a été enregistré. Téléchargez le fichier à nouveau chez la banque, sans le modifier."
)
_ROW = lazy_gettext(
    "Rien n’a été enregistré. Corrigez cette ligne, ou demandez un fichier camt.053."
)

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "bank_file_empty": (
        lazy_gettext("Ce fichier est vide."),
        lazy_gettext("Choisissez le relevé téléchargé chez la banque."),
    ),
    "bank_file_too_large": (
        lazy_gettext("Ce fichier dépasse %(most_megabytes)s Mo."),
        lazy_gettext("Demandez à la banque un relevé par mois ou par jour."),
    ),
    "bank_file_too_many_lines": (
        lazy_gettext("Ce fichier a %(lines)s lignes, c’est plus que %(most)s."),
        lazy_gettext("Demandez à la banque un relevé par mois ou par jour."),
    ),
    "bank_file_unknown": (
        lazy_gettext("Ce n’est pas un fichier de banque que nous savons lire."),
        lazy_gettext("Envoyez un camt.053, un camt.054, un pain.002 ou un CSV."),
    ),
    "bank_file_other_message": (
        lazy_gettext("C’est un fichier %(message)s."),
        lazy_gettext(
            "Il ne dit pas ce qui est arrivé pour de bon. Demandez un camt.053 ou un camt.054."
        ),
    ),
    "bank_file_truncated": (lazy_gettext("Ce fichier s’arrête au milieu."), _NOTHING_READ),
    "bank_file_bad_xml": (
        lazy_gettext("Ce fichier est abîmé à la ligne %(at_line)s."),
        _NOTHING_READ,
    ),
    "bank_file_forbidden_xml": (
        lazy_gettext("Ce fichier contient une partie qu’aucune banque n’envoie."),
        lazy_gettext("Rien n’a été enregistré. Vérifiez d’où il vient avant de recommencer."),
    ),
    "bank_file_lines_missing": (
        lazy_gettext("Ce fichier annonce %(announced)s lignes et en contient %(found)s."),
        _NOTHING_READ,
    ),
    "bank_file_balances_disagree": (
        lazy_gettext(
            "Le compte n’est pas juste : solde de départ %(opening_cents)s, mouvements"
            " %(moved_cents)s, solde d’arrivée %(closing_cents)s."
        ),
        lazy_gettext(
            "Rien n’a été enregistré. Une ligne manque ou un signe est inversé : redemandez le"
            " fichier à la banque."
        ),
    ),
    "bank_file_details_disagree": (
        lazy_gettext(
            "À la ligne %(line)s, le détail fait %(details_cents)s et le total %(entry_cents)s."
        ),
        _NOTHING_READ,
    ),
    "bank_file_wrong_sign": (
        lazy_gettext("À la ligne %(line)s, le signe de « %(written)s » contredit son sens."),
        _ROW,
    ),
    "bank_file_amount_unreadable": (
        lazy_gettext("À la ligne %(line)s, « %(written)s » n’est pas un montant en euros."),
        _ROW,
    ),
    "bank_file_decimals_unclear": (
        lazy_gettext(
            "À la ligne %(line)s, « %(written)s » peut se lire de deux façons : la virgule et le"
            " point se mélangent."
        ),
        lazy_gettext(
            "Rien n’a été enregistré. Enregistrez le fichier avec la virgule pour les centimes."
        ),
    ),
    "bank_file_day_unreadable": (
        lazy_gettext("À la ligne %(line)s, « %(written)s » n’est pas une date."),
        _ROW,
    ),
    "bank_file_other_currency": (
        lazy_gettext("La ligne %(line)s est en %(currency)s, pas en euros."),
        lazy_gettext("Envoyez le relevé d’un compte en euros."),
    ),
    "bank_file_part_missing": (
        lazy_gettext("À la ligne %(line)s, il manque « %(part)s »."),
        _ROW,
    ),
    "bank_file_columns_unknown": (
        lazy_gettext("Aucune ligne de ce CSV ne nomme une date et un montant."),
        lazy_gettext(
            "La première ligne du tableau doit nommer « Date », « Libellé », et « Montant » ou"
            " « Débit » et « Crédit »."
        ),
    ),
    "bank_file_several_accounts": (
        lazy_gettext("Ce fichier parle de plusieurs comptes : %(accounts)s."),
        lazy_gettext("Demandez à la banque un fichier par compte."),
    ),
    "bank_account_unknown": (
        lazy_gettext("Ce relevé est celui du compte %(account)s, que nous ne connaissons pas."),
        lazy_gettext(
            "Si c’est le vôtre, cochez « C’est bien notre compte » et envoyez-le à nouveau."
        ),
    ),
    "bank_account_needed": (
        lazy_gettext("Ce fichier ne dit pas de quel compte il parle."),
        lazy_gettext("Choisissez le compte, puis envoyez-le à nouveau."),
    ),
    "bank_account_differs": (
        lazy_gettext("Ce relevé est celui du compte %(account)s, pas de %(chosen)s."),
        lazy_gettext("Choisissez l’autre compte, ou un autre fichier."),
    ),
    "bank_line_done": (
        lazy_gettext("Quelqu’un a déjà décidé de cette ligne."),
        lazy_gettext("Ouvrez-la pour voir ce qu’elle est devenue."),
    ),
    "bank_line_new": (
        lazy_gettext("Rien n’a encore été décidé de cette ligne."),
        lazy_gettext("Il n’y a rien à reprendre."),
    ),
    "bank_line_went_out": (
        lazy_gettext("Cette ligne est une sortie d’argent."),
        lazy_gettext("Seul ce qui est entré peut être un versement : mettez-la de côté."),
    ),
    "bank_line_paid_out": (
        lazy_gettext("Cette ligne est un virement à un prestataire."),
        lazy_gettext("Il se suit sur la page de son lot de virements."),
    ),
    "bank_nothing_chosen": (
        lazy_gettext("Rien n’est choisi."),
        lazy_gettext("Écrivez un montant à côté d’un versement, ou cochez une ligne."),
    ),
    "bank_more_than_the_line": (
        lazy_gettext("Vous avez réparti %(chosen_cents)s, la ligne fait %(line_cents)s."),
        lazy_gettext("Baissez un des montants."),
    ),
    "bank_rest_needs_motive": (
        lazy_gettext("Il reste %(rest_cents)s de cette ligne."),
        lazy_gettext("Répartissez-les aussi, ou dites pourquoi vous les mettez de côté."),
    ),
    "bank_arrival_differs": (
        lazy_gettext("Cette somme ne peut pas être celle de la ligne."),
        lazy_gettext("Elle a changé, ou une autre ligne l’a déjà. Ouvrez la ligne à nouveau."),
    ),
}
