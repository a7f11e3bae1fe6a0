"""What a bank line is, and why, in words."""

from flask_babel import lazy_gettext as _

from repit.domain.banking.rules import How, LineState, Why

STATES = {
    # state of a line: its words and their tone
    LineState.NEW: (_("À rapprocher"), "warn"),
    LineState.MATCHED: (_("Rapprochée"), "ok"),
    LineState.SET_ASIDE: (_("Mise de côté"), ""),
}
WHYS = {
    None: _("Pas encore regardée."),
    Why.REFERENCE: _("Notre référence est écrite dessus."),
    Why.HAND: _("Choisi par une personne."),
    Why.ENTERED: _("Déjà entrée à la main."),
    Why.PAYOUT: _("Un virement à un prestataire."),
    Why.REPAYMENT: _("Une somme rendue par un prestataire."),
    Why.NO_REFERENCE: _("Aucune référence n’est écrite dessus."),
    Why.MISSPELT: _("La référence est mal recopiée : ses chiffres de contrôle sont faux."),
    Why.UNKNOWN_REFERENCE: _("La référence ne correspond à aucun versement promis."),
    Why.FOREIGN_REFERENCE: _("C’est la référence de quelqu’un d’autre."),
    Why.SEVERAL: _("Plusieurs de nos références sont écrites dessus."),
    Why.SEEMS_ENTERED: _("La même somme est déjà là : est-ce la même ?"),
    Why.PROMISE_CANCELLED: _("Ce versement promis est annulé."),
    Why.FUND_CLOSED: _("L’enveloppe est fermée."),
    Why.NOT_YET_RECEIVED: _("La date de la banque n’est pas encore arrivée."),
    Why.SENT_BACK: _("Un virement revenu, qui n’est pas un des nôtres."),
    Why.WENT_OUT: _("Une sortie d’argent, qui n’est pas un de nos virements."),
    Why.OTHER_AMOUNT: _("Un de nos virements, mais d’un autre montant. À vérifier."),
    Why.AFTER_REJECTION: _("Un de nos virements, que la banque avait refusé. À vérifier."),
    Why.NOT_SENT: _("Un de nos virements, qui n’est pas parti d’ici. À vérifier."),
    Why.BOOKED_ALREADY: _("Un de nos virements, qui a déjà sa ligne. À vérifier."),
    Why.WHOLE_BATCH: _("Plusieurs virements en une somme, sans leur détail."),
    Why.TAKEN_BACK: _("Un rapprochement annulé : à vous de décider."),
    Why.DETAILED: _("Le détail de cette somme est dans la liste."),
    Why.IN_A_WHOLE: _("Le total dont elle fait partie est déjà rapproché."),
}
HOWS = {
    How.REFERENCE: _("par la référence"),
    How.HAND: _("à la main"),
    How.ENTERED: _("déjà entrée à la main"),
}
KINDS = {
    "camt.053": _("relevé camt.053"),
    "camt.054": _("avis camt.054"),
    "pain.002": _("compte rendu pain.002"),
    "csv": _("tableau CSV"),
}
AUTOMATIC = {Why.DETAILED, Why.IN_A_WHOLE}
"""Set aside without anybody: the reason is the motive."""
