"""Refusals met when a family pays its share online."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "share_to_pay": (
        _("Il reste à payer votre participation."),
        _("Payez-la sur la page du rendez-vous : la place est gardée pour vous en attendant."),
    ),
    "nothing_to_pay": (
        _("Il n’y a rien à payer en ligne pour ce rendez-vous."),
        _("Regardez dans vos rendez-vous."),
    ),
    "share_amount_differs": (
        _("Le montant reçu n’est pas celui qui était demandé."),
        _("Vérifiez ce paiement dans votre compte Stripe, puis remboursez-le là si besoin."),
    ),
    "refund_not_refused": (
        _("Ce remboursement est déjà parti."),
        _("Rechargez la page pour voir où il en est."),
    ),
}
