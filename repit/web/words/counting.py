"""How indicators are counted, in words: unit, once or each time, when, and from where."""

from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

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


Times = Literal["once", "each"] | None


@dataclass(frozen=True)
class Counting:
    """`once`: who comes back is counted once. None: an amount, a duration, a rate, a median."""

    unit: str
    times: Times
    when: str
    source: str


def _ledger(*, balance: bool = False) -> Counting:
    return Counting("cent", None, when="balance" if balance else "recorded", source="ledger")


COUNTED: dict[str, Counting] = {
    "contributed": _ledger(),
    "issued": _ledger(),
    "used": _ledger(),
    "lapsed": _ledger(),
    "cancelled": _ledger(),
    "due": _ledger(balance=True),
    "paid": _ledger(),
    "returned": _ledger(),
    "available": _ledger(balance=True),
    "households_reached": Counting("household", "once", "recorded", "redemptions"),
    "households_by_town": Counting("household", "once", "recorded", "redemptions"),
    "parents_reached": Counting("parent", "once", "recorded", "redemptions"),
    "children_reached": Counting("child", "once", "recorded", "redemptions"),
    "take_up": Counting("household", "once", "recorded", "rights"),
    "vouchers_issued": Counting("voucher", "each", "recorded", "ledger"),
    "vouchers_used": Counting("voucher", "each", "recorded", "redemptions"),
    "vouchers_lapsed": Counting("voucher", "each", "recorded", "ledger"),
    "vouchers_cancelled": Counting("voucher", "each", "recorded", "ledger"),
    "respite_minutes": Counting("minute", None, "recorded", "redemptions"),
    "days_issue_to_use": Counting("day", None, "recorded", "redemptions"),
    "providers_used": Counting("provider", "once", "recorded", "redemptions"),
    "days_to_payment": Counting("day", None, "recorded", "payouts"),
    "sessions_held": Counting("session", "each", "session", "sessions"),
    "sessions_cancelled": Counting("session", "each", "session", "sessions"),
    "participants": Counting("household", "once", "recorded", "attendance"),
    "attendances": Counting("attendance", "each", "recorded", "attendance"),
    "children_cared": Counting("child", "once", "recorded", "attendance"),
    "care_minutes": Counting("minute", None, "recorded", "attendance"),
    "refused_for_lack_of_care": Counting("party", "each", "recorded", "bookings"),
    "waiting_parties": Counting("party", "each", "recorded", "bookings"),
    "waiting_days": Counting("day", None, "recorded", "bookings"),
    "no_shows": Counting("booking", "each", "recorded", "attendance"),
    "no_show_rate": Counting("share", None, "recorded", "attendance"),
    "satisfaction_good": Counting("share", None, "closed", "answers"),
    "satisfaction_answers": Counting("answer", "each", "closed", "answers"),
    "response_rate": Counting("share", None, "closed", "answers"),
    "referrals": Counting("referral", "each", "recorded", "referrals"),
    "assisted_bookings": Counting("share", None, "recorded", "bookings"),
    "staff_minutes": Counting("minute", None, "month", "costs"),
    "staff_costs_cents": Counting("cent", None, "month", "costs"),
}


def unit(key: str) -> str:
    """Return the unit of an indicator's stored value: `cent`, `minute`, `household`, and so on."""
    return COUNTED[key].unit


def unit_words(key: str) -> str:
    """Return « foyer »."""
    return str(UNITS[COUNTED[key].unit])


def described(key: str) -> str:
    """Return « Unité : foyer, compté une seule fois. Période : … Source : … »."""
    counted = COUNTED[key]
    return gettext(
        "Unité : %(unit)s. Période : %(when)s. Source : %(source)s.",
        unit=_unit_and_times(counted),
        when=WHEN[counted.when],
        source=SOURCES[counted.source],
    )


def _unit_and_times(counted: Counting) -> str:
    words = str(UNITS[counted.unit])
    if counted.times is None:
        return words
    if counted.times == "once":
        return gettext("%(unit)s, sans double compte", unit=words)
    return gettext("%(unit)s, à chaque fois", unit=words)
