"""Refusals met when money is paid online."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "nothing_paid_online": (
        lazy_gettext("Rien ne se paie en ligne ici."),
        lazy_gettext("Payez par virement, avec la référence de l’appel de fonds."),
    ),
    "stripe_unreachable": (
        lazy_gettext("Stripe ne répond pas en ce moment."),
        lazy_gettext("Rien n’est perdu ni payé deux fois. Recommencez dans quelques minutes."),
    ),
    "stripe_refused": (
        lazy_gettext("Stripe a refusé : %(reason)s."),
        lazy_gettext("Vérifiez ce mouvement dans votre compte Stripe, ou passez par la banque."),
    ),
    "not_enough_at_stripe": (
        lazy_gettext("Il n’y a pas assez d’argent sur votre compte Stripe."),
        lazy_gettext("Alimentez ce compte, ou attendez le prochain versement, puis recommencez."),
    ),
    "event_refused": (
        lazy_gettext("Ce message ne vient pas de Stripe, ou il a été signé trop tôt."),
        lazy_gettext("Vérifiez le secret du point d’entrée et l’heure du serveur."),
    ),
    "nothing_missing": (
        lazy_gettext("Il ne manque plus rien à ce versement."),
        lazy_gettext("Il n’y a rien à payer."),
    ),
    "too_little_online": (
        lazy_gettext("Un paiement en ligne est de %(least_cents)s au moins."),
        lazy_gettext("Payez ce reste par virement."),
    ),
    "nothing_to_refund": (
        lazy_gettext("Rien de ce qui reste n’est venu par un paiement en ligne."),
        lazy_gettext("Rendez le reste par virement."),
    ),
    "no_shortage": (
        lazy_gettext("Il ne manque rien à cette enveloppe."),
        lazy_gettext("Il n’y a rien à combler."),
    ),
    "more_than_short": (
        lazy_gettext("Il manque seulement %(short_cents)s à cette enveloppe."),
        lazy_gettext("Écrivez ce montant au plus ; le reste serait un versement."),
    ),
}
