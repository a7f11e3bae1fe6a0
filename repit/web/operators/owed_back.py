"""What providers owe back: paid back or given up, noted by one person, confirmed by another."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import UnprocessableEntity
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired

from repit.domain import clock
from repit.domain.errors import Refused
from repit.domain.money import Cents
from repit.domain.providers.queries import ProviderView
from repit.domain.settlements import owed_back, repaying
from repit.domain.settlements.owed_back import DebtView
from repit.domain.settlements.repaying import Way
from repit.web import database, formats
from repit.web.access import actor
from repit.web.fields import CentsField, DayField, LineField, TextField, listed
from repit.web.forms import RepitForm, given, received, refuse
from repit.web.operators.acting import made, make, today
from repit.web.operators.navigation import room
from repit.web.operators.providers import found

blueprint = room("operators_owed_back", __name__, "/porteur/a-rendre")
WAYS = [
    (Way.TRANSFER, lazy_gettext("Il l’a rendue par virement")),
    (Way.WRITTEN_OFF, lazy_gettext("Elle est abandonnée : personne ne l’attend plus")),
]


class RepaymentForm(RepitForm):
    """Money that came, or that will not: the amount is typed again."""

    debts = SelectMultipleField(lazy_gettext("Encaissements"), validate_choice=False)
    way = RadioField(
        lazy_gettext("Que devient cette somme ?"), [InputRequired()], choices=listed(WAYS)
    )
    amount = CentsField(lazy_gettext("Somme"), at_least=1)
    received_on = DayField(lazy_gettext("Jour d’arrivée sur le compte"), required=False)
    reference = LineField(lazy_gettext("Référence du virement"), max_length=80, required=False)
    motive = TextField(lazy_gettext("Motif"), max_length=500, required=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask of each way what it needs: a transfer its line at the bank, a loss its motive."""
        valid = super().validate(extra_validators)
        if not self.debts.data:
            refuse(self, "debts", _("Cochez ce qui est rendu ou abandonné."))
        if self.way.data == Way.TRANSFER and not self.received_on.data:
            refuse(self, "received_on", _("Écrivez le jour où l’argent est arrivé."))
        if self.way.data == Way.TRANSFER and not self.reference.data:
            refuse(self, "reference", _("Recopiez la référence du relevé de la banque."))
        if self.way.data == Way.WRITTEN_OFF and not self.motive.data:
            refuse(self, "motive", _("Écrivez pourquoi elle est abandonnée."))
        return valid and not self.errors

    def said(self) -> repaying.Said:
        """Return what was typed; only after validate()."""
        transfer = self.way.data == Way.TRANSFER
        return repaying.Said(
            way=Way(given(self.way.data)),
            redemptions=frozenset(UUID(one) for one in self.debts.data or ()),
            seen=Cents(given(self.amount.data)),
            received_on=self.received_on.data if transfer else None,
            reference=self.reference.data if transfer else None,
            motive=self.motive.data or None,
        )


@blueprint.get("/")
def list_owed() -> ResponseReturnValue:
    rows = owed_back.who_owes(database.session())
    return render_template(
        "operators/payouts/owing.html", rows=rows, total=sum(row.owed_back for row in rows)
    )


@blueprint.route("/<public_id>", methods=["GET", "POST"])
def settle_debts(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    owed = owed_back.owed_back(database.session(), provider.id)
    form = RepaymentForm(received(), received_on=today())
    amounts = [(str(one.redemption_id), formats.money(one.amount)) for one in owed]
    form.debts.choices = listed(amounts)
    if request.method == "POST":
        form.debts.data = [one for one in form.debts.data or () if _is_one_of(owed, one)]
        if made(
            form,
            lambda db: repaying.ask(db, provider.id, form.said(), actor=actor(), now=clock.now()),
            beside=_beside,
        ):
            flash(_("C’est noté. Une autre personne doit le confirmer."), "done")
            return redirect(url_for(".settle_debts", public_id=public_id), 303)
    else:
        form.debts.data = [str(one.redemption_id) for one in owed]
    return _page(provider, owed, form)


def _beside(refusal: Refused) -> str:
    if refusal.code in {"day_to_come", "day_too_early"}:
        return "received_on"
    return "reference" if refusal.code == "payout_reference_used" else "amount"


def _page(provider: ProviderView, owed: list[DebtView], form: RepaymentForm) -> ResponseReturnValue:
    page = render_template(
        "operators/payouts/owed_back.html",
        provider=provider,
        owed=owed,
        details={str(one.redemption_id): {"hint": _what_for(one)} for one in owed},
        total=Cents(sum(one.amount for one in owed)),
        form=form,
        noted=owed_back.repayments(database.session(), provider.id),
        me=actor(),
    )
    return page, 422 if form.errors else 200


def _what_for(one: DebtView) -> str:
    facts = {"day": formats.short_day(one.service_on), "fund": ", ".join(one.funds)}
    return _("Service du %(day)s. Enveloppe : %(fund)s", **facts)


def _is_one_of(owed: list[DebtView], typed: str) -> bool:
    return any(str(one.redemption_id) == typed for one in owed)


@blueprint.post("/<public_id>/<repayment>/confirmer")
def confirm(public_id: str, repayment: str) -> ResponseReturnValue:
    _checked()
    provider = found(public_id)
    make(
        lambda db: repaying.confirm(
            db, repayment, provider_id=provider.id, actor=actor(), now=clock.now()
        )
    )
    flash(_("C’est confirmé : ce n’est plus à rendre."), "done")
    return redirect(url_for(".settle_debts", public_id=public_id), 303)


@blueprint.post("/<public_id>/<repayment>/abandonner")
def discard(public_id: str, repayment: str) -> ResponseReturnValue:
    _checked()
    provider = found(public_id)
    make(
        lambda db: repaying.discard(
            db, repayment, provider_id=provider.id, actor=actor(), now=clock.now()
        )
    )
    flash(_("La note est retirée : la somme reste à rendre."), "done")
    return redirect(url_for(".settle_debts", public_id=public_id), 303)


def _checked() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
