"""Each indicator in words: its name, what it counts, and its figures as the reader writes them.

The written definition is one: what it counts, its unit, counted once or each time, when, and
where it comes from. It stands beside the number wherever the number is shown.
"""

from dataclasses import dataclass
from math import ceil, floor

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.releases.content import TINY
from repit.web import formats
from repit.web.words import counting
from repit.web.words.indicator_parts import NAMED, part


@dataclass(frozen=True)
class Words:
    """`says`: what is counted, and what is not."""

    label: LazyString
    says: LazyString


MONEY: dict[str, Words] = {
    "contributed": Words(
        _("Versé"), _("L’argent arrivé dans l’enveloppe, moins ce qui en est reparti.")
    ),
    "issued": Words(_("Émis"), _("La valeur des chèques remis aux parents.")),
    "used": Words(
        _("Utilisé"),
        _("La valeur des chèques encaissés, moins les encaissements annulés."),
    ),
    "lapsed": Words(
        _("Périmé"),
        _("La valeur des chèques non utilisés à temps : elle est revenue à l’enveloppe."),
    ),
    "cancelled": Words(
        _("Annulé"),
        _("La valeur des chèques repris ou remplacés : elle est revenue à l’enveloppe."),
    ),
    "due": Words(
        _("Dû aux prestataires"),
        _("Ce que les prestataires ont encaissé et qui ne leur est pas encore payé."),
    ),
    "paid": Words(_("Payé aux prestataires"), _("Ce que les prestataires ont reçu.")),
    "returned": Words(_("Rendu au financeur"), _("L’argent non utilisé qui a été rendu.")),
    "available": Words(_("Disponible"), _("Ce qui peut encore devenir des chèques.")),
}
REACH: dict[str, Words] = {
    "households_reached": Words(
        _("Foyers aidés"), _("Les foyers qui ont utilisé au moins un chèque.")
    ),
    "households_by_town": Words(
        _("Foyers aidés par commune"),
        _("Les foyers qui ont utilisé au moins un chèque, selon la commune où ils habitent."),
    ),
    "parents_reached": Words(
        _("Parents aidés"),
        _(
            "Les parents qui ont utilisé au moins un chèque. Mère ou père : seulement si le parent"
            " l’a dit."
        ),
    ),
    "children_reached": Words(
        _("Enfants des foyers aidés"),
        _("Les enfants des foyers aidés, selon leur âge le dernier jour de la période."),
    ),
    "take_up": Words(
        _("Recours des foyers qui ont un droit"),
        _(
            "Les foyers qui ont un droit ouvert, rangés selon ce qu’ils en ont fait : rien reçu,"
            " chèques reçus mais non utilisés, chèques utilisés."
        ),
    ),
}
USE: dict[str, Words] = {
    "vouchers_issued": Words(_("Chèques émis"), _("Les chèques remis aux parents.")),
    "vouchers_used": Words(
        _("Chèques utilisés"), _("Les chèques encaissés, moins les encaissements annulés.")
    ),
    "vouchers_lapsed": Words(
        _("Chèques périmés"), _("Les chèques que les parents n’ont pas utilisés à temps.")
    ),
    "vouchers_cancelled": Words(
        _("Chèques annulés"), _("Les chèques repris ou remplacés avant d’être utilisés.")
    ),
    "respite_minutes": Words(
        _("Heures de répit"),
        _(
            "La durée des prestations payées par des chèques, telle que le prestataire l’a"
            " déclarée."
        ),
    ),
    "days_issue_to_use": Words(
        _("Délai entre la remise et l’utilisation"),
        _(
            "Du jour où un chèque est remis au jour où il est utilisé : la moitié a attendu moins,"
            " l’autre moitié davantage (médiane)."
        ),
    ),
    "providers_used": Words(
        _("Prestataires choisis par les parents"),
        _("Les prestataires qui ont encaissé au moins un chèque. Secret s’ils sont moins de 3."),
    ),
    "days_to_payment": Words(
        _("Délai de paiement des prestataires"),
        _(
            "Du jour de l’encaissement au jour du virement : la moitié a attendu moins, l’autre"
            " moitié davantage (médiane)."
        ),
    ),
}
WORKSHOPS: dict[str, Words] = {
    "sessions_held": Words(_("Séances tenues"), _("Les séances d’atelier qui ont eu lieu.")),
    "sessions_cancelled": Words(
        _("Séances annulées"), _("Les séances d’atelier annoncées, puis annulées.")
    ),
    "participants": Words(
        _("Foyers venus aux ateliers"),
        _("Les foyers dont un parent est venu à au moins une séance."),
    ),
    "attendances": Words(
        _("Présences aux ateliers"),
        _("Les venues des parents aux séances : qui vient trois fois compte trois fois."),
    ),
    "children_cared": Words(
        _("Enfants gardés"), _("Les enfants gardés pendant au moins une séance.")
    ),
    "care_minutes": Words(
        _("Heures de garde d’enfants"),
        _("Le temps de garde de chaque enfant, de son arrivée à son départ, additionné."),
    ),
    "refused_for_lack_of_care": Words(
        _("Demandes refusées faute de garde"),
        _("Les demandes qu’aucune place de garde ne pouvait accueillir."),
    ),
    "waiting_parties": Words(
        _("Demandes en liste d’attente"),
        _("Les demandes mises en liste d’attente, et ce qu’elles sont devenues."),
    ),
    "waiting_days": Words(
        _("Temps d’attente"),
        _(
            "Du jour de l’inscription en liste d’attente au jour où une place a été donnée : la"
            " moitié a attendu moins, l’autre moitié davantage (médiane)."
        ),
    ),
    "no_shows": Words(
        _("Absences sans prévenir"),
        _("Les réservations pour lesquelles personne n’est venu ni n’a prévenu."),
    ),
    "no_show_rate": Words(
        _("Part d’absences sans prévenir"),
        _("Les absences sans prévenir, rapportées à toutes les venues attendues."),
    ),
}
QUALITY: dict[str, Words] = {
    "satisfaction_good": Words(
        _("Satisfaction"),
        _(
            "Parmi les réponses au questionnaire anonyme, la part de celles qui donnent 4 ou 5 sur"
            " 5 à « Cela vous a-t-il fait du bien ? »."
        ),
    ),
    "satisfaction_answers": Words(
        _("Réponses au questionnaire"),
        _("Les questionnaires anonymes remplis après une séance."),
    ),
    "response_rate": Words(
        _("Taux de réponse"),
        _("Les questionnaires remplis, rapportés aux questionnaires envoyés."),
    ),
    "referrals": Words(
        _("Part des orientations qui ont abouti"),
        _(
            "Parmi les orientations vers un autre service dont la suite a été notée dans la"
            " période, la part de celles qui ont abouti. Si la suite change plus tard,"
            " l’orientation compte aussi dans la période où l’équipe le note."
        ),
    ),
    "referrals_noted": Words(
        _("Orientations"), _("Les orientations vers un autre service, notées par l’équipe.")
    ),
    "referrals_ended": Words(
        _("Orientations dont la suite est connue"),
        _("Les orientations vers un autre service dont la suite a été notée dans la période."),
    ),
    "referrals_worked": Words(
        _("Orientations qui ont abouti"),
        _("Parmi celles dont la suite a été notée dans la période, celles qui ont abouti."),
    ),
    "assisted_bookings": Words(
        _("Réservations accompagnées"),
        _("La part des réservations faites avec l’aide d’une personne, par exemple au téléphone."),
    ),
    "staff_minutes": Words(
        _("Temps de travail"),
        _("Le temps passé par l’équipe sur le dispositif, noté à la main."),
    ),
    "staff_costs_cents": Words(
        _("Frais de fonctionnement"),
        _("Ce que le dispositif coûte au porteur en dehors des chèques, noté à la main."),
    ),
}
INDICATORS: dict[str, Words] = {**MONEY, **REACH, **USE, **WORKSHOPS, **QUALITY}

SECRET = _("secret")
SECRET_SAYS = _(
    "« secret » : trop peu de personnes, ou rien à compter, ou un nombre qui en ferait retrouver un"
    " autre. Un secret peut cacher un nombre petit ou grand."
)
ROUNDED_SAYS = _(
    "Les nombres qui concernent des foyers sont arrondis à 5 : le vrai nombre peut être jusqu’à 4"
    " de plus ou 4 de moins, donc deux nombres égaux ici peuvent être différents en vrai. Les"
    " heures sont arrondies à 5 heures, les délais au jour. Chaque total est arrondi à part : il"
    " peut différer un peu de la somme de ses lignes."
)
BETWEEN_SAYS = _(
    "Une part est donnée par deux bornes, et non par un nombre : la vraie part est entre les deux."
    " Moins il y a de foyers, plus les bornes sont éloignées."
)


def label(key: str) -> str:
    """Return « Foyers aidés »; `referrals.housing` is « … abouti : Logement »."""
    name, _dot, kind = key.partition(".")
    words = str(INDICATORS[name].label)
    return f"{words} : {part('kind', [kind])}" if kind else words


def says(key: str) -> str:
    """Return what it counts, and what it does not."""
    return str(INDICATORS[key.partition(".")[0]].says)


def how(key: str) -> str:
    """Return in which unit, once or each time, when, and from where."""
    return counting.described(key)


def definition(key: str) -> str:
    """Return the whole written definition."""
    return f"{says(key)} {how(key)}"


def figure(key: str, value: float) -> str:
    """Return a value as its reader writes it: « 1 235 », « 12,50 € », « 125 h », « 85 % »."""
    match counting.unit(key):
        case "cent":
            return formats.money(round(value))
        case "minute":
            return formats.minutes(round(value))
        case "share":
            return formats.percentage(value)
        case "day":
            return formats.days(round(value))
        case _:
            return formats.number(value)


def shown(key: str, value: float | None) -> str:
    """Return the figure, or the one word for what is not told."""
    return str(SECRET) if value is None else figure(key, value)


HOURS_SAYS = _(
    "Les heures ne comptent pas les prestations payées à la séance : leur durée n’est pas notée."
)
HOURS_TOGETHER_SAYS = _(
    "Une ligne qui regroupe des catégories peut en contenir une payée à la séance : ses heures sont"
    " celles des autres."
)


def between(bounds: tuple[float, float] | None) -> str:
    """Return « entre 25 % et 50 % », « au plus 25 % », or the one word for what is not told.

    Bounds are written as whole per cents, outwards, so that what is said stays true.
    """
    if bounds is None:
        return str(SECRET)
    low, high = floor(bounds[0] * 100 + TINY) / 100, ceil(bounds[1] * 100 - TINY) / 100
    if low <= 0:
        return gettext("au plus %(share)s", share=formats.percentage(high))
    if high >= 1:
        return gettext("au moins %(share)s", share=formats.percentage(low))
    return gettext(
        "entre %(low)s et %(high)s", low=formats.percentage(low), high=formats.percentage(high)
    )


def coarsened(what: str) -> str:
    """Return what `Content` says was put together or left out, as a sentence."""
    names = [str(NAMED[name]) for name in what.split("*")]
    if len(names) > 1:
        return gettext(
            "Le détail qui croise « %(one)s » et « %(other)s » n’est pas montré : il"
            " concernerait trop peu de foyers.",
            one=names[0],
            other=names[1],
        )
    return gettext(
        "« %(name)s » : des lignes sont regroupées, ou ne sont pas montrées, parce qu’elles"
        " concernaient trop peu de foyers.",
        name=names[0],
    )
