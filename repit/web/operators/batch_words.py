"""The words of batches: their states, their payouts' states, what the bank said and its effect."""

from collections.abc import Sequence

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from repit.domain.settlements.batches import AccountView
from repit.web import formats

Words = tuple[LazyString, str, str]
STATES: dict[str, Words] = {
    # state of a batch: words, tone, icon
    "preparing": (lazy_gettext("en préparation"), "", "clock"),
    "drafted": (lazy_gettext("à approuver"), "warn", "hourglass-empty"),
    "approved": (lazy_gettext("approuvé"), "brand", "check"),
    "exported": (lazy_gettext("fichier prêt"), "brand", "download"),
    "sent": (lazy_gettext("à la banque"), "brand", "send"),
    "over": (lazy_gettext("terminé"), "ok", "check"),
    "discarded": (lazy_gettext("abandonné"), "", "x"),
}
PAYOUT_STATES: dict[str, Words] = {
    "drafted": (lazy_gettext("préparé"), "", "clock"),
    "approved": (lazy_gettext("approuvé"), "brand", "check"),
    "sent": (lazy_gettext("à la banque"), "brand", "send"),
    "settled": (lazy_gettext("payé"), "ok", "check"),
    "rejected": (lazy_gettext("refusé"), "bad", "x"),
}
RESULTS: dict[str, LazyString] = {
    "accepted": lazy_gettext("reçu par la banque"),
    "rejected": lazy_gettext("refusé par la banque"),
    "settled": lazy_gettext("payé par la banque"),
    "returned": lazy_gettext("revenu sur le compte"),
}
EFFECTS: dict[str, LazyString] = {
    "applied": lazy_gettext("noté"),
    "noted": lazy_gettext("déjà su"),
    "contradicts": lazy_gettext("contredit ce qu’on savait : rien n’a changé, vérifiez"),
    "disagrees": lazy_gettext("autre montant : rien n’a changé, vérifiez"),
}


def after_refusal(accounts: Sequence[AccountView]) -> str:
    """Return what becomes of a payout the bank refused, from its provider's accounts now."""
    if any(one.state == "in_force" and not one.doubt for one in accounts):
        return gettext("Ces encaissements sont de nouveau à payer, avec le prochain lot.")
    for one in accounts:
        if one.state == "waiting" and one.counts_at:
            return gettext(
                "Ces encaissements restent dus. Le nouvel IBAN sert à partir du %(day)s.",
                day=formats.moment(one.counts_at),
            )
    if any(one.state == "proposed" for one in accounts):
        return gettext(
            "Ces encaissements restent dus. Le nouvel IBAN attend d’être confirmé par une"
            " seconde personne."
        )
    return gettext(
        "Ces encaissements restent dus, mais aucun lot ne les paie tant que l’IBAN n’est pas"
        " corrigé ou reconfirmé."
    )
