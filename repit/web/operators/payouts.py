"""What providers are owed, and the payments made to them, recorded by hand."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.money import Cents
from repit.domain.providers.queries import ProviderView
from repit.domain.settlements import by_hand, queries
from repit.domain.settlements.queries import Due
from repit.web import database, formats
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.fields import CentsField, DayField, LineField
from repit.web.forms import RepitForm, given, received
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting
from repit.web.operators.parent_forms import not_ahead
from repit.web.operators.providers import found

blueprint = room("operators_payouts", __name__, "/porteur/virements")


class PayoutForm(RepitForm):
    """A payment that left the bank. The amount is typed again: it is the confirmation."""

    amount = CentsField(lazy_gettext("Montant viré"), at_least=1)
    paid_on = DayField(lazy_gettext("Date du virement"), validators=[not_ahead])
    reference = LineField(lazy_gettext("Référence du virement"), max_length=80)


@blueprint.get("/")
def list_due() -> ResponseReturnValue:
    db = database.session()
    rows = queries.due(db, now=clock.now())
    if exporting():
        return _csv(rows)
    return render_template(
        "operators/payouts/list.html",
        rows=rows,
        today=today(),
        by_file=queries.paid_by_file(db, now=clock.now()),
        total=sum(row.payable_now for row in rows),
        owed=sum(row.owed for row in rows),
        words=ngettext("%(num)d prestataire à payer", "%(num)d prestataires à payer", len(rows)),
    )


def _csv(rows: list[Due]) -> ResponseReturnValue:
    columns = [
        _("Prestataire"), _("Dû"), _("À payer maintenant"), _("Encaissements"),
        _("Promis avant le"),
    ]  # fmt: skip
    lines = (
        (
            row.name, euros(row.owed), euros(row.payable_now), row.redemptions,
            row.oldest_paid_by_on,
        )
        for row in rows
    )  # fmt: skip
    return csv_file("a-payer", columns, lines)


@blueprint.route("/<public_id>", methods=["GET", "POST"])
def pay_provider(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = PayoutForm(received(), paid_on=today())
    if request.method == "POST" and made(
        form, lambda db: _record(db, provider, form), beside="amount"
    ):
        shown = formats.money(given(form.amount.data))
        flash(_("Le virement de %(amount)s est enregistré.", amount=shown), "done")
        return redirect(url_for("operators_providers.show_provider", public_id=public_id), 303)
    return _page(provider, form)


def _record(db: Session, provider: ProviderView, form: PayoutForm) -> str:
    return by_hand.record_payout(
        db,
        provider.id,
        seen=Cents(given(form.amount.data)),
        paid_on=given(form.paid_on.data),
        reference=given(form.reference.data),
        actor=actor(),
        now=clock.now(),
    )


def _page(provider: ProviderView, form: PayoutForm) -> ResponseReturnValue:
    db = database.session()
    page = render_template(
        "operators/payouts/pay.html",
        provider=provider,
        form=form,
        due=next(iter(queries.due(db, now=clock.now(), provider_id=provider.id)), None),
        payable=Cents(sum(one.amount for one in by_hand.due_by_hand(db, provider.id, clock.now()))),
        by_file=provider.id in queries.paid_by_file(db, now=clock.now()),
        payouts=queries.payouts_of(db, provider.id),
    )
    return page, 422 if form.errors else 200
