"""Refusals met where scales are written and rights are decided."""

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from repit.domain.entitlements.errors import IsolatedNotFavoured

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "scale_gives_nothing": (
        lazy_gettext("Avec ce barème, un parent sans condition particulière n’aurait rien."),
        lazy_gettext("Ajoutez une règle « tous les parents »."),
    ),
    "isolated_not_favoured": (
        lazy_gettext(
            "Un parent isolé doit recevoir plus que les autres. Ici, %(family)s, un parent isolé"
            " aurait %(isolated_given)s, et un autre parent %(others_given)s."
        ),
        lazy_gettext("Ajoutez une règle pour les parents isolés, ou relevez le plafond."),
    ),
    "scale_already_published": (
        lazy_gettext("Ce barème est publié : il ne change plus."),
        lazy_gettext("Partez de celui-ci pour écrire la version suivante."),
    ),
    "no_published_scale": (
        lazy_gettext("Aucun barème n’est publié pour cette période."),
        lazy_gettext("Publiez un barème dans le dispositif, puis recommencez."),
    ),
    "scale_starts_too_early": (
        lazy_gettext("Un barème déjà publié commence le %(first_day)s."),
        lazy_gettext("Choisissez ce jour-là ou un jour plus lointain."),
    ),
    "scale_cuts_a_period": (
        lazy_gettext(
            "Ce barème commencerait au milieu d’une période déjà réglée, qui va du"
            " %(first_day)s au %(last_day)s."
        ),
        lazy_gettext("Faites-le commencer après le %(last_day)s."),
    ),
    "already_decided": (
        lazy_gettext("Cette demande est déjà décidée."),
        lazy_gettext("Rechargez la page pour voir la décision."),
    ),
    "already_requested": (
        lazy_gettext("Ce parent a déjà un droit ou une demande dans ce dispositif."),
        lazy_gettext("Ouvrez son dossier pour voir où il en est."),
    ),
    "right_not_running": (
        lazy_gettext("Ce droit n’est pas en cours."),
        lazy_gettext("Rechargez la page pour voir où il en est."),
    ),
    "right_ends_before_it_begins": (
        lazy_gettext("Le droit commence le %(first_day)s."),
        lazy_gettext("Choisissez un dernier jour à partir de ce jour-là."),
    ),
}


def family_refused(refusal: IsolatedNotFavoured) -> dict[str, str]:
    """Return « avec 2 enfants, en quartier prioritaire », and what either parent would have."""
    words = [_with_children(refusal.children)]
    if refusal.more_support:
        words.append(
            ngettext(
                "dont %(num)s à soutenir davantage",
                "dont %(num)s à soutenir davantage",
                refusal.more_support,
            )
        )
    if refusal.priority_area:
        words.append(gettext("en quartier prioritaire"))
    return {
        "family": ", ".join(words),
        "isolated_given": _given(refusal.isolated),
        "others_given": _given(refusal.others),
    }


def _with_children(number: int) -> str:
    if not number:
        return gettext("sans enfant")
    return ngettext("avec %(num)s enfant", "avec %(num)s enfants", number)


def _given(vouchers: int) -> str:
    return ngettext("%(num)s chèque", "%(num)s chèques", vouchers)
