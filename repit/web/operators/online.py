"""What Stripe told and could not be applied; money of a fund taken back, or going back."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.cards import events, queries, refunds
from repit.domain.cards.queries import EventView
from repit.domain.money import Cents
from repit.domain.programmes import queries as programmes
from repit.domain.programmes import shortages
from repit.web import database, formats, online
from repit.web.access import actor
from repit.web.fields import CentsField, TextField
from repit.web.forms import RepitForm, given, received
from repit.web.operators.acting import complaint, made, make
from repit.web.operators.navigation import room
from repit.web.wording import WORDING

blueprint = room("operators_online", __name__, "/porteur/en-ligne")
funds = room("operators_fund_online", __name__, "/porteur/enveloppes/<public_id>")

KINDS: dict[str, LazyString] = {
    "account.updated": lazy_gettext("Compte d’un prestataire"),
    "charge.dispute.closed": lazy_gettext("Contestation terminée"),
    "charge.dispute.created": lazy_gettext("Contestation ouverte"),
    "charge.dispute.funds_reinstated": lazy_gettext("Argent contesté rendu"),
    "charge.dispute.funds_withdrawn": lazy_gettext("Argent contesté repris"),
    "charge.dispute.updated": lazy_gettext("Contestation modifiée"),
    "checkout.session.async_payment_failed": lazy_gettext("Paiement refusé par la banque"),
    "checkout.session.async_payment_succeeded": lazy_gettext("Paiement arrivé"),
    "checkout.session.completed": lazy_gettext("Paiement confirmé par le payeur"),
    "checkout.session.expired": lazy_gettext("Page de paiement abandonnée"),
    "charge.refund.updated": lazy_gettext("Remboursement modifié"),
    "refund.created": lazy_gettext("Remboursement fait"),
    "refund.failed": lazy_gettext("Remboursement refusé"),
    "refund.updated": lazy_gettext("Remboursement modifié"),
    "transfer.reversed": lazy_gettext("Transfert à un prestataire repris"),
}
REASONS: dict[str, LazyString] = {
    "unknown_payment": lazy_gettext("Ce paiement n’est pas des nôtres, ou pas encore."),
    "unknown_account": lazy_gettext("Ce compte n’est celui d’aucun prestataire."),
    "unknown_transfer": lazy_gettext("Ce transfert n’est pas des nôtres."),
    "reversed_in_part": lazy_gettext(
        "Une partie de ce transfert a été reprise chez Stripe. Reprenez-le en entier, ou notez-le."
    ),
    "paid_twice": lazy_gettext("La même page a été payée deux fois. Rendez l’un des deux."),
    "other_amount": lazy_gettext("Le montant n’est pas celui qui était demandé."),
    "no_payment": lazy_gettext("Aucun paiement n’est nommé."),
    "more_than_arrived": lazy_gettext("La banque reprend plus que ce qui reste de ce versement."),
    "refund_elsewhere": lazy_gettext(
        "Ce remboursement a été fait chez Stripe. Notez la reprise sur le versement."
    ),
}


class CoverForm(RepitForm):
    """Money of the operator's own that fills a shortage."""

    amount = CentsField(lazy_gettext("Montant"), at_least=1)
    motive = TextField(lazy_gettext("D’où vient cet argent"), max_length=500)


class RefundForm(RepitForm):
    refund_motive = TextField(lazy_gettext("Motif"), max_length=500)


@blueprint.get("/")
def list_events() -> ResponseReturnValue:
    found = queries.unsettled_events(database.session())
    return render_template(
        "operators/online/events.html",
        events=[(one, *_words(one)) for one in found],
        short=shortages.short_funds(database.session()),
    )


def _words(event: EventView) -> tuple[str, str]:
    if event.why in WORDING:
        return str(KINDS.get(event.kind, event.kind)), str(WORDING[event.why][0])
    reason = REASONS.get(event.why or "", lazy_gettext("Cette nouvelle ne peut pas être suivie."))
    return str(KINDS.get(event.kind, event.kind)), str(reason)


@blueprint.post("/<int:event_id>/<any(reprendre, vu):act>")
def settle_event(event_id: int, act: str) -> ResponseReturnValue:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    now = clock.now()
    if act == "vu":
        make(lambda db: events.look_at(db, event_id, actor=actor(), now=now))
        flash(_("C’est noté. Cette nouvelle n’est plus dans la liste."), "done")
        return redirect(url_for(".list_events"), 303)
    state = make(lambda db: events.take_again(db, event_id, actor=actor(), now=now))
    if state in {"waiting", "contradicts"}:
        flash(_("Rien n’a changé : la même raison tient toujours."), "warning")
    else:
        flash(_("La nouvelle est suivie : l’argent est à sa place."), "done")
    return redirect(url_for(".list_events"), 303)


@funds.route("/combler", methods=["GET", "POST"])
def cover(public_id: str) -> ResponseReturnValue:
    db = database.session()
    fund = programmes.fund(db, public_id)
    short = programmes.numbers_of(db, [fund])[fund.id].lost
    form = CoverForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: shortages.cover(
            db,
            fund.id,
            Cents(given(form.amount.data)),
            motive=given(form.motive.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="amount",
    ):
        flash(_("L’argent est noté. Le manque a diminué d’autant."), "done")
        return redirect(url_for("operators_funds.show_fund", public_id=public_id), 303)
    page = render_template(
        "operators/funds/cover.html",
        fund=fund,
        short=short,
        form=form,
        disputes=queries.disputes_of(database.session(), fund.id),
    )
    return page, 422 if form.errors else 200


@funds.get("/remboursements")
def list_refunds(public_id: str) -> ResponseReturnValue:
    return _refunds(public_id, RefundForm())


@funds.post("/remboursements")
def refund(public_id: str) -> ResponseReturnValue:
    if not online.pays_online():
        abort(404)
    fund = programmes.fund(database.session(), public_id)
    form = RefundForm(received())
    given_back: list[Cents] = []
    if not made(
        form,
        lambda db: given_back.append(
            refunds.give_back(
                db,
                fund.id,
                motive=given(form.refund_motive.data),
                actor=actor(),
                now=clock.now(),
            )
        ),
        beside="refund_motive",
    ):
        flash(complaint(form), "refused")
        return _refunds(public_id, form)
    amount = formats.money(given_back[-1])
    flash(_("%(amount)s repartent vers les paiements d’origine.", amount=amount), "done")
    return redirect(url_for(".list_refunds", public_id=public_id), 303)


def _refunds(public_id: str, form: RefundForm) -> ResponseReturnValue:
    db = database.session()
    fund = programmes.fund(db, public_id)
    numbers = programmes.numbers_of(db, [fund])[fund.id]
    page = render_template(
        "operators/funds/refunds.html",
        fund=fund,
        form=form,
        available=numbers.in_hand,
        possible=min(numbers.in_hand, refunds.refundable(db, fund.id)),
        refunds=queries.refunds_of(db, fund.id),
    )
    return page, 422 if form.errors else 200
