"""Refusals met on the way to a frozen release, its states, and what the audit found, in words."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "not_a_release_period": (
        lazy_gettext("Aucun trimestre, semestre ou année ne commence le %(first_day)s."),
        lazy_gettext(
            "Une publication porte sur une période entière : choisissez-la dans la liste."
        ),
    ),
    "period_to_come": (
        lazy_gettext("Cette période commence le %(first_day)s : il n’y a encore rien à compter."),
        lazy_gettext("Choisissez une période finie."),
    ),
    "period_not_over": (
        lazy_gettext("Cette période finit le %(last_day)s : ses nombres peuvent encore changer."),
        lazy_gettext("Revenez à partir du %(from_day)s, ou choisissez une période finie."),
    ),
    "period_before_start": (
        lazy_gettext("Cette période finit avant le début du dispositif, le %(since)s."),
        lazy_gettext("Choisissez une période dans la liste."),
    ),
    "fund_of_families": (
        lazy_gettext("Cette enveloppe est celle des familles : elle n’a pas de financeur."),
        lazy_gettext("Choisissez l’enveloppe d’un financeur."),
    ),
    "released_already": (
        lazy_gettext("La publication n° %(number)s existe déjà pour cette période."),
        lazy_gettext(
            "Une publication n’est jamais refaite : ce qui est corrigé depuis compte dans la"
            " période suivante."
        ),
    ),
    "release_drafted_already": (
        lazy_gettext("Un projet existe déjà pour cette enveloppe et cette période."),
        lazy_gettext("Relisez-le, puis approuvez-le ou jetez-le."),
    ),
    "wrong_release_state": (
        lazy_gettext("Cette publication a changé entre-temps."),
        lazy_gettext("Rechargez la page : quelqu’un l’a peut-être fait avant vous."),
    ),
    "release_blocked": (
        lazy_gettext("Cette publication permettrait de reconnaître quelqu’un : elle est bloquée."),
        lazy_gettext("Jetez ce projet et choisissez une période plus longue."),
    ),
    "release_draft_outdated": (
        lazy_gettext("Depuis ce projet, d’autres publications sont approuvées : %(since)s."),
        lazy_gettext("Refaites le projet : il doit être contrôlé avec elles, puis relu."),
    ),
    "release_draft_changed": (
        lazy_gettext("Ce projet a été refait depuis que vous l’avez lu."),
        lazy_gettext("Relisez-le, puis approuvez-le."),
    ),
    "release_changed": (
        lazy_gettext(
            "La publication n° %(number)s n’est plus celle qui a été approuvée : son empreinte ne"
            " correspond pas."
        ),
        lazy_gettext(
            "N’utilisez pas ces nombres. Prévenez le porteur : il doit la retrouver dans une"
            " sauvegarde."
        ),
    ),
}

STATES: dict[str, tuple[LazyString, str, str]] = {
    # words, tone, icon
    "drafting": (lazy_gettext("en préparation"), "brand", "refresh"),
    "drafted": (lazy_gettext("à relire"), "warn", "eye"),
    "blocked": (lazy_gettext("bloquée"), "bad", "lock"),
    "approved": (lazy_gettext("approuvée"), "ok", "check"),
    "discarded": (lazy_gettext("jetée"), "", "trash"),
}
