"""Referrals in words: their kinds, how they went, and the refusals met when one is noted."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.referrals.rules import Kind, Outcome

KINDS: dict[Kind, LazyString] = {
    Kind.INSERTION: _("Emploi, formation"),
    Kind.CHILDCARE: _("Garde d’enfants"),
    Kind.PSYCHOLOGIST: _("Psychologue"),
    Kind.HEALTH: _("Santé"),
    Kind.RIGHTS: _("Droits, aides"),
    Kind.HOUSING: _("Logement"),
    Kind.ASSOCIATION: _("Association"),
    Kind.OTHER: _("Autre"),
}

OUTCOMES: dict[Outcome, tuple[LazyString, str, str]] = {
    # how it went: words, tone, icon
    Outcome.NOT_KNOWN: (_("On ne sait pas encore"), "warn", "help-circle"),
    Outcome.WORKED: (_("A abouti"), "ok", "check"),
    Outcome.DID_NOT_WORK: (_("N’a pas abouti"), "", "x"),
}

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "referral_to_come": (
        _("Le %(on_day)s est encore à venir."),
        _("Notez l’orientation le jour où elle est faite, ou après."),
    ),
    "referral_too_old": (
        _("C’est il y a plus d’un an."),
        _("Écrivez un jour à partir du %(earliest)s."),
    ),
    "referral_before_session": (
        _("La séance est après ce jour : le %(session_day)s."),
        _("Écrivez ce jour-là ou un jour plus tard, ou notez l’orientation sans séance."),
    ),
    "session_did_not_take_place": (
        _("Cette séance est annulée, ou pas encore ouverte : rien ne peut en venir."),
        _("Notez l’orientation sans séance."),
    ),
    "referral_reused": (
        _("Cette page a déjà été envoyée, avec autre chose dedans."),
        _("Regardez la liste des orientations, puis ouvrez une nouvelle page."),
    ),
    "referral_annulled": (
        _("Cette orientation est annulée : elle n’est plus comptée."),
        _("Rechargez la page. Si elle a bien eu lieu, notez-la de nouveau."),
    ),
}
