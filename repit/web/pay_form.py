"""Ask for a page of Stripe where a contribution is paid: signed in, or from a call for funds."""

from typing import Any

from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import RadioField

from repit.domain.actors import Actor
from repit.domain.cards.gateway import Way
from repit.domain.cards.queries import payments_of
from repit.domain.errors import Busy, Refused
from repit.domain.programmes.contribution_queries import ContributionView
from repit.web import database, online
from repit.web.fields import listed
from repit.web.forms import RepitForm, refuse
from repit.web.wording import word

WAYS = {
    Way.BANK_TRANSFER: lazy_gettext("Par virement, vers un numéro de compte fait pour ce paiement"),
    Way.SEPA_DEBIT: lazy_gettext("Par prélèvement SEPA"),
    Way.CARD: lazy_gettext("Par carte"),
}
STATES = {
    "asked": (lazy_gettext("demandé"), ""),
    "open": (lazy_gettext("à payer"), "brand"),
    "processing": (lazy_gettext("en cours à la banque"), "warn"),
    "paid": (lazy_gettext("payé"), "ok"),
    "failed": (lazy_gettext("refusé par la banque"), "bad"),
    "expired": (lazy_gettext("abandonné"), ""),
}


class PayForm(RepitForm):
    way = RadioField(
        lazy_gettext("Comment payer"),
        choices=listed((way.value, words) for way, words in WAYS.items()),
        default=Way.BANK_TRANSFER.value,
    )


def asked_for_a_page(form: PayForm, gift: ContributionView, *, back: str, actor: Actor) -> bool:
    """Ask for a page to pay what is missing; if there is none, the form says why.

    Args:
        back: the whole address of our page, to which the payer returns.
    """
    if not form.validate():
        return False
    try:
        online.page_to_pay(
            gift.public_id,
            Way(form.way.data),
            title=_("Versement %(reference)s", reference=gift.reference),
            back=back,
            locale=str(get_locale()),
            actor=actor,
        )
    except (Refused, Busy) as refusal:
        refuse(form, None, str(word(refusal)))
        return False
    return True


def what_was_tried(gift: ContributionView) -> dict[str, Any]:
    """Return what the page shows of the tries: all, the one that is open, and if one is coming."""
    tries = payments_of(database.session(), gift.id)
    return {
        "tries": tries,
        "page": next((one for one in tries if one.state == "open"), None),
        "coming": any(one.state == "processing" for one in tries),
        "ways": WAYS,
        "states": STATES,
    }
