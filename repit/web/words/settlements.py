"""Refusals met when a payment to a provider is recorded."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "nothing_due": (
        lazy_gettext("Rien n’est à payer maintenant à ce prestataire."),
        lazy_gettext(
            "Attendez la fin du délai d’annulation, ou regardez les virements déjà faits."
        ),
    ),
    "payout_reference_used": (
        lazy_gettext("Un virement avec la référence %(reference)s est déjà enregistré."),
        lazy_gettext("Vérifiez la référence sur le relevé : il est peut-être déjà entré."),
    ),
    "due_amount_changed": (
        lazy_gettext("Ce qui est à payer maintenant est %(due_cents)s, pas %(seen_cents)s."),
        lazy_gettext("Corrigez le montant, ou faites un virement du montant exact."),
    ),
}
