"""How indicators are counted, in words: unit, once or each time, when, and from where."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.figures.definitions import INDICATORS, Indicator

UNITS: dict[str, LazyString] = {
    "household": _("foyer"),
    "parent": _("parent"),
    "child": _("enfant"),
    "attendance": _("présence"),
    "booking": _("réservation"),
    "party": _("demande"),
    "voucher": _("chèque"),
    "cent": _("euro"),
    "minute": _("heure"),
    "day": _("jour"),
    "session": _("séance"),
    "answer": _("réponse"),
    "provider": _("prestataire"),
    "referral": _("orientation"),
    "share": _("pour cent"),
}
WHEN: dict[str, LazyString] = {
    "recorded": _("compté le jour où c’est enregistré"),
    "session": _("compté le jour de la séance"),
    "balance": _("l’état à la fin du dernier jour de la période"),
    "closed": _("questionnaires fermés pendant la période (trois semaines après la séance)"),
    "month": _("compté dans le mois pour lequel c’est noté"),
}
SOURCES: dict[str, LazyString] = {
    "ledger": _("les écritures de l’enveloppe"),
    "redemptions": _("les encaissements"),
    "rights": _("les droits ouverts et les chèques remis"),
    "sessions": _("le calendrier des ateliers"),
    "attendance": _("les feuilles de présence"),
    "bookings": _("les réservations"),
    "answers": _("le questionnaire anonyme"),
    "payouts": _("les virements"),
    "referrals": _("les orientations notées par l’équipe"),
    "costs": _("ce que l’équipe a noté à la main"),
}


def unit(key: str) -> str:
    """Return the unit of an indicator's stored value: `cent`, `minute`, `household`, and so on."""
    return _indicator(key).unit


def unit_words(key: str) -> str:
    """Return « foyer »."""
    return str(UNITS[_indicator(key).unit])


def described(key: str) -> str:
    """Return « Unité : foyer, sans double compte. Période : … Source : … »."""
    counted = _indicator(key)
    return gettext(
        "Unité : %(unit)s. Période : %(when)s. Source : %(source)s.",
        unit=_unit_and_times(counted),
        when=WHEN[counted.when],
        source=SOURCES[counted.source],
    )


def _indicator(key: str) -> Indicator:
    """`referrals.housing` is counted as `referrals` are."""
    return INDICATORS[key.partition(".")[0]]


def _unit_and_times(counted: Indicator) -> str:
    words = str(UNITS[counted.unit])
    if counted.times is None:
        return words
    if counted.times == "once":
        return gettext("%(unit)s, sans double compte", unit=words)
    return gettext("%(unit)s, à chaque fois", unit=words)
