"""Payouts of a batch that go by Stripe: how each fares, trying again, taking one back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from repit.db.unit_of_work import end_reading
from repit.domain import clock
from repit.domain.cards import connect
from repit.domain.cards.connect_queries import TransferView, transfers_of
from repit.domain.cards.errors import StripeRefused
from repit.domain.errors import NoSuchObject
from repit.domain.jobs.service import enqueue
from repit.domain.settlements import batches
from repit.web import database, online
from repit.web.access import actor
from repit.web.forms import RepitForm
from repit.web.operators.acting import make
from repit.web.operators.navigation import room
from repit.web.wording import word

blueprint = room("operators_batch_online", __name__, "/porteur/lots/<public_id>")

STATES: dict[str | None, tuple[LazyString, str]] = {
    None: (lazy_gettext("va partir"), ""),
    "asked": (lazy_gettext("demandé à Stripe"), "brand"),
    "short": (lazy_gettext("attend que le compte Stripe soit alimenté"), "warn"),
    "sent": (lazy_gettext("envoyé"), "ok"),
    "refused": (lazy_gettext("refusé : de nouveau dû"), "bad"),
    "reversed": (lazy_gettext("repris : de nouveau dû"), "bad"),
}


@blueprint.app_template_global("transfers_by_stripe")
def transfers_by_stripe(batch_id: int) -> list[tuple[TransferView, str, str]]:
    """Return the payouts of a batch that go by Stripe, each with its state in words."""
    found = transfers_of(database.session(), batch_id)
    return [(one, str(STATES[one.state][0]), STATES[one.state][1]) for one in found]


@blueprint.post("/stripe")
def send_again(public_id: str) -> ResponseReturnValue:
    _checked()
    batch = batches.batch(database.session(), public_id)
    if not transfers_of(database.session(), batch.id):
        raise NoSuchObject
    make(_ask_a_worker)
    flash(_("Stripe est sollicité de nouveau. Revenez dans une minute."), "done")
    return redirect(url_for("operators_batches.show_batch", public_id=public_id), 303)


def _ask_a_worker(db: Session) -> None:
    enqueue(db, kind=connect.JOB, facts={}, actor=actor(), now=clock.now())


@blueprint.post("/virement/<payout_id>/stripe")
def take_back(public_id: str, payout_id: str) -> ResponseReturnValue:
    """Reverse a transfer whole: the money is ours again, and the payout is due again."""
    _checked()
    db = database.session()
    payout = batches.payout(db, batches.batch(db, public_id).id, payout_id)
    transfer_id, amount = connect.to_reverse(db, payout.public_id)
    end_reading(db)
    try:
        online.gateway().reverse_transfer(transfer_id, amount, name=payout.public_id)
    except StripeRefused as refusal:
        flash(str(word(refusal)), "refused")
    else:
        now = clock.now()
        make(lambda db: connect.reversed_whole(db, transfer_id, actor=actor(), now=now))
        flash(_("Le virement est repris. Ce qu’il payait est de nouveau dû."), "done")
    return redirect(url_for("operators_batches.show_batch", public_id=public_id), 303)


def _checked() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
