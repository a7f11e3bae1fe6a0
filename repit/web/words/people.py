"""Refusals met at the door, and when accounts change."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "too_many_sign_ins": (
        lazy_gettext("Il y a eu trop d’essais."),
        lazy_gettext("Recommencez à %(until_time)s. Un message déjà reçu reste bon."),
    ),
    "sign_in_spent": (
        lazy_gettext("Ce lien a déjà servi, ou il est trop vieux."),
        lazy_gettext("Demandez un nouveau message ici."),
    ),
    "stay_too_old": (
        lazy_gettext("Votre dernier code date de plus de 12 heures."),
        lazy_gettext("Pour ce rôle, demandez un nouveau message."),
    ),
    "browser_revoked": (
        lazy_gettext("Cet appareil n’a plus le droit d’encaisser pour %(place)s."),
        lazy_gettext("Demandez pourquoi à l’organisme qui gère les chèques."),
    ),
    "email_taken": (
        lazy_gettext("Quelqu’un d’autre utilise déjà l’adresse %(email)s."),
        lazy_gettext("Cherchez cette personne, ou écrivez une autre adresse."),
    ),
    "last_operator": (
        lazy_gettext("Plus personne ne pourrait gérer le dispositif."),
        lazy_gettext("Donnez d’abord ce rôle à quelqu’un d’autre."),
    ),
}
