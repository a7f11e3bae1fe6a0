"""Batches of payouts: what would be paid, a draft, a second approval, the file, the bank."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.banking.payments import set_aside
from repit.domain.cards import connect
from repit.domain.errors import Refused
from repit.domain.money import Cents
from repit.domain.programmes import queries as programmes
from repit.domain.programmes.queries import ProgrammeView
from repit.domain.settlements import (
    approve,
    asking,
    attention,
    batches,
    export,
    following,
    giving_up,
)
from repit.domain.settlements.batches import BatchView, PayoutView
from repit.domain.settlements.outcomes import Outcome, Result
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.preview import WouldPay, what_would_be_paid
from repit.web import database, online
from repit.web.access import actor
from repit.web.exports import download
from repit.web.forms import RepitForm, given, received
from repit.web.operators import histories
from repit.web.operators.acting import made, make, today
from repit.web.operators.batch_exports import payouts_csv, preview_csv
from repit.web.operators.batch_forms import ApproveForm, BankAnswerForm, CutOffForm, DraftForm
from repit.web.operators.batch_words import (
    EFFECTS,
    PAYOUT_STATES,
    RESULTS,
    STATES,
    after_refusal,
)
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, page_number
from repit.web.operators.providers import found
from repit.web.operators.voucher_forms import MotiveForm
from repit.web.wording import word
from repit.web.words.settlements import SKIPS, reason

blueprint = room("operators_batches", __name__, "/porteur/lots")

blueprint.add_app_template_filter(STATES.__getitem__, "batch_state")
blueprint.add_app_template_filter(PAYOUT_STATES.__getitem__, "payout_in_batch")
blueprint.add_app_template_filter(RESULTS.__getitem__, "bank_result")
blueprint.add_app_template_filter(EFFECTS.__getitem__, "bank_effect")
blueprint.add_app_template_filter(SKIPS.__getitem__, "skip_words")
blueprint.add_app_template_filter(reason, "bank_reason")


@blueprint.get("/")
def list_batches() -> ResponseReturnValue:
    db = database.session()
    page = batches.batches(db, page=page_number())
    return render_template(
        "operators/payouts/batches.html",
        page=page,
        programmes=programmes.programmes(db).items,
        accounts=attention.accounts_to_confirm(db),
        doubts=attention.doubts(db, but=set_aside()),
        count_words=ngettext("%(num)s lot", "%(num)s lots", page.total),
    )


@blueprint.get("/nouveau/<public_id>")
def show_preview(public_id: str) -> ResponseReturnValue:
    programme = programmes.programme(database.session(), public_id)
    form = CutOffForm(request.args)
    form.validate()
    until = min(form.until.data or today(), today())
    rows = _seen(programme, until)
    if exporting():
        return preview_csv(rows)
    form.until.data = until
    return _preview_page(programme, form, until, rows)


def _preview_page(
    programme: ProgrammeView, form: CutOffForm, until: date, rows: list[WouldPay]
) -> ResponseReturnValue:
    paid = [one for one in rows if one.is_paid]
    skipped = [one for one in rows if not one.is_paid]
    with_the_skipped = Cents(sum(one.due + one.held_back for one in skipped))
    later = Cents(sum(one.held_back + one.left_out for one in paid))
    return render_template(
        "operators/payouts/preview.html",
        programme=programme,
        form=form,
        until=until,
        today=today(),
        paid=paid,
        skipped=skipped,
        amount=Cents(sum(one.amount for one in paid)),
        waiting=Cents(with_the_skipped + later),
        with_the_skipped=with_the_skipped,
        later=later,
        recovered=Cents(sum(one.recovered for one in paid)),
        accounts=batches.bank_accounts(
            database.session(), now=clock.now(), programme_id=programme.id
        ),
    )


@blueprint.post("/nouveau/<public_id>")
def draft(public_id: str) -> ResponseReturnValue:
    programme = programmes.programme(database.session(), public_id)
    form = DraftForm(received())
    if not form.validate():
        raise UnprocessableEntity
    until = given(form.until.data)
    try:
        drafted = make(
            lambda db: asking.ask_for_draft(
                db,
                programme.id,
                cut_off=_cut_off(programme, until),
                actor=actor(),
                now=clock.now(),
            )
        )
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(url_for(".show_preview", public_id=public_id, until=until), 303)
    flash(_("Le lot est préparé. Une autre personne doit l’approuver."), "done")
    return redirect(url_for(".show_batch", public_id=drafted), 303)


def _seen(programme: ProgrammeView, until: date) -> list[WouldPay]:
    cut_off = _cut_off(programme, until)
    return what_would_be_paid(database.session(), programme.id, cut_off=cut_off, now=clock.now())


def _cut_off(programme: ProgrammeView, until: date) -> datetime:
    """Return the end of that day where the programme is, or this moment when it is not over."""
    midnight = datetime.combine(
        until + timedelta(days=1), time.min, ZoneInfo(programme.settings.zone)
    )
    return min(midnight, clock.now())


@blueprint.get("/<public_id>")
def show_batch(public_id: str) -> ResponseReturnValue:
    return _page(_found(public_id))


def _found(public_id: str) -> BatchView:
    return batches.batch(database.session(), public_id)


def _page(
    batch: BatchView,
    *,
    approving: ApproveForm | None = None,
    discarding: MotiveForm | None = None,
) -> ResponseReturnValue:
    db = database.session()
    if exporting():
        return payouts_csv(batch)
    page = render_template(
        "operators/payouts/batch.html",
        batch=batch,
        page=batches.payouts(db, batch.id, page=page_number()),
        sums=batches.sums_by_state(db, batch.id),
        job=batches.job_of(db, batch.id) if batch.state == "preparing" else None,
        mine=batch.drafted_by == actor(),
        changed=approve.payees_changed(db, batch.id, now=clock.now())
        if batch.state == "drafted"
        else [],
        approving=approving or ApproveForm(requested_on=next_pay_day(today() + timedelta(days=1))),
        discarding=discarding or MotiveForm(),
        entries=histories.entries(history(db, [("payout_batch", batch.id)])),
    )
    refused = (approving and approving.errors) or (discarding and discarding.errors)
    return page, 422 if refused else 200


@blueprint.post("/<public_id>/approuver")
def approve_batch(public_id: str) -> ResponseReturnValue:
    batch = _found(public_id)
    form = ApproveForm(received())
    if not form.validate() or not form.agrees(batch.amount):
        return _page(batch, approving=form)
    day = given(form.requested_on.data)
    if not made(
        form,
        lambda db: _approve(db, batch.id, day),
        beside=_beside_approval,
    ):
        return _page(_found(public_id), approving=form)
    flash(_("Le lot est approuvé. Écrivez maintenant son fichier pour la banque."), "done")
    return redirect(url_for(".show_batch", public_id=public_id), 303)


def _beside_approval(refusal: Refused) -> str | None:
    return "requested_on" if refusal.code in {"not_a_pay_day", "pay_day_too_far"} else None


def _approve(db: Session, batch_id: int, day: date) -> None:
    if online.pays_online():
        connect.choose_ways(db, batch_id, actor=actor(), now=clock.now())
    approve.approve(db, batch_id, requested_on=day, actor=actor(), now=clock.now())


@blueprint.post("/<public_id>/fichier")
def write_file(public_id: str) -> ResponseReturnValue:
    _checked()
    batch = _found(public_id)
    if batch.file_name is None:
        from repit.integrations import sepa  # noqa: PLC0415  (large, and used once a month)

        # Made outside the change: the order is fixed, and the same order gives the same bytes.
        written = sepa.written(export.order_of(database.session(), batch.id))
        make(lambda db: export.keep_file(db, batch.id, written, actor=actor(), now=clock.now()))
        flash(_("Le fichier est écrit. Téléchargez-le et donnez-le à la banque."), "done")
    return redirect(url_for(".show_batch", public_id=public_id), 303)


@blueprint.get("/<public_id>/fichier")
def download_file(public_id: str) -> ResponseReturnValue:
    kept = export.kept_file(database.session(), _found(public_id).id)
    return download(kept.name, "application/xml", kept.content)


@blueprint.post("/<public_id>/envoye")
def mark_sent(public_id: str) -> ResponseReturnValue:
    _checked()
    batch = _found(public_id)
    make(lambda db: export.mark_sent(db, batch.id, actor=actor(), now=clock.now()))
    flash(_("C’est noté : le fichier est à la banque."), "done")
    return redirect(url_for(".show_batch", public_id=public_id), 303)


@blueprint.post("/<public_id>/abandonner")
def discard(public_id: str) -> ResponseReturnValue:
    batch = _found(public_id)
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: giving_up.discard(
            db, batch.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return _page(_found(public_id), discarding=form)
    flash(_("Le lot est abandonné. Tout ce qu’il payait reste dû."), "done")
    return redirect(url_for(".list_batches"), 303)


@blueprint.get("/<public_id>/virement/<payout_id>")
def show_payout(public_id: str, payout_id: str) -> ResponseReturnValue:
    batch = _found(public_id)
    return _payout_page(batch, batches.payout(database.session(), batch.id, payout_id))


def _payout_page(
    batch: BatchView,
    payout: PayoutView,
    *,
    answering: BankAnswerForm | None = None,
    leaving: MotiveForm | None = None,
) -> ResponseReturnValue:
    db = database.session()
    provider_id = found(payout.provider_public_id).id
    page = render_template(
        "operators/payouts/payout.html",
        batch=batch,
        after_refusal=after_refusal(
            batches.bank_accounts(db, now=clock.now(), provider_id=provider_id)
        ),
        payout=payout,
        outcomes=batches.outcomes(db, payout.public_id),
        answering=answering or BankAnswerForm(day=today()),
        leaving=leaving or MotiveForm(),
    )
    refused = (answering and answering.errors) or (leaving and leaving.errors)
    return page, 422 if refused else 200


@blueprint.post("/<public_id>/virement/<payout_id>/retirer")
def leave_out(public_id: str, payout_id: str) -> ResponseReturnValue:
    batch = _found(public_id)
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: giving_up.leave_out(
            db, batch.id, payout_id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        payout = batches.payout(database.session(), batch.id, payout_id)
        return _payout_page(batch, payout, leaving=form)
    flash(_("Ce virement est retiré du lot. Ce qui est dû reste dû."), "done")
    return redirect(url_for(".show_batch", public_id=public_id), 303)


@blueprint.post("/<public_id>/virement/<payout_id>/reponse")
def note_answer(public_id: str, payout_id: str) -> ResponseReturnValue:
    batch = _found(public_id)
    payout = batches.payout(database.session(), batch.id, payout_id)
    form = BankAnswerForm(received())
    if not form.validate():
        return _payout_page(batch, payout, answering=form)
    followed = make(
        lambda db: following.follow(db, _outcome(payout, form), actor=actor(), now=clock.now())
    )
    _flash_effect(followed.effect)
    return redirect(url_for(".show_payout", public_id=public_id, payout_id=payout_id), 303)


def _outcome(payout: PayoutView, form: BankAnswerForm) -> Outcome:
    return Outcome(
        Result(form.result.data),
        end_to_end_id=payout.public_id,
        reason=(form.reason.data or "").upper() or None,
        amount=payout.amount,
        day=given(form.day.data),
        bank_reference="HAND",
    )


def _flash_effect(effect: following.Effect) -> None:
    if effect == following.Effect.APPLIED:
        flash(_("C’est noté."), "done")
    elif effect in {following.Effect.NOTED, following.Effect.REPEATED}:
        flash(_("C’était déjà noté : rien n’a changé."), "info")
    else:
        flash(_("Cela contredit ce qui est noté : rien n’a changé. Vérifiez."), "warning")


def _checked() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
