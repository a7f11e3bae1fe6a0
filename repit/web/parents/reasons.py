"""Why a parent has no voucher to spend today, in plain words: at most twelve a sentence."""

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from repit.domain.vouchers.wallet import Purse
from repit.web import formats


@dataclass(frozen=True)
class Reason:
    """What is the case, and what happens or helps next. `call`: the next step is a call."""

    title: str
    text: str
    icon: str = "hourglass-empty"
    call: bool = True


def why_none(purse: Purse | None) -> Reason:
    """Return why nothing can be spent today, the reason one can act on first."""
    if purse is None:
        return Reason(
            gettext("Vous n’avez pas encore de chèques."),
            gettext("Appelez-nous pour les demander."),
            "ticket",
        )
    return _of_right(purse) or _of_vouchers(purse) or _of_the_past(purse)


def why_waiting(waits_for: str | None) -> str:
    """Return why granted vouchers are not issued yet."""
    if waits_for == "no_fund_for_them":
        return gettext("Aucun financement ne convient encore à votre situation.")
    return gettext("L’argent manque encore. Vous serez parmi les premiers servis.")


def _of_right(purse: Purse) -> Reason | None:
    if purse.right == "requested":
        return Reason(
            gettext("Votre demande est à l’étude."),
            gettext("Nous vous prévenons dès la décision."),
            call=False,
        )
    if purse.right == "refused":
        return Reason(
            gettext("Votre demande n’est pas acceptée."),
            purse.motive or gettext("Appelez-nous : nous vous dirons pourquoi."),
            "info-circle",
        )
    return None


def _of_vouchers(purse: Purse) -> Reason | None:
    if purse.blocked:
        return Reason(
            gettext("Vos chèques sont bloqués."),
            gettext("Appelez-nous : nous vous dirons pourquoi."),
            "lock",
        )
    if purse.held:
        return Reason(
            gettext("Vos chèques sont réservés."),
            gettext("Seul le prestataire choisi peut les prendre."),
            "clock",
            call=False,
        )
    if purse.early:
        return Reason(
            gettext("Vos chèques ne servent pas encore."),
            gettext("Ils servent à partir du %(day)s.", day=formats.day(purse.early[0].first_day)),
            "calendar",
            call=False,
        )
    if purse.waiting:
        waiting = ngettext(
            "%(num)d chèque est en attente.", "%(num)d chèques sont en attente.", purse.waiting
        )
        return Reason(waiting, why_waiting(purse.waits_for))
    return None


def _of_the_past(purse: Purse) -> Reason:
    if purse.right == "ended":
        return Reason(
            gettext("Votre droit est terminé."),
            gettext("Appelez-nous pour en parler."),
            "info-circle",
        )
    if purse.redeemed:
        return Reason(
            gettext("Tous vos chèques sont utilisés."),
            gettext("Les prochains arrivent à la prochaine période."),
            "circle-check",
            call=False,
        )
    if purse.ended:
        return Reason(
            gettext("Vos chèques sont finis."),
            gettext("Leur dernier jour est passé."),
            "calendar",
        )
    return Reason(
        gettext("Vos chèques arrivent bientôt."),
        gettext("Nous vous prévenons quand ils sont là."),
        call=False,
    )
