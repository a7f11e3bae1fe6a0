"""Where a provider is paid, where a programme pays from: proposed by one, confirmed by another."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.programmes import queries as programmes
from repit.domain.settlements import accounts, batches
from repit.domain.settlements.payees import shown_iban
from repit.web import database, formats
from repit.web.access import actor
from repit.web.bank_account_form import BankAccountForm
from repit.web.forms import RepitForm, received
from repit.web.operators.acting import made, make
from repit.web.operators.navigation import room
from repit.web.operators.providers import found as provider_found

blueprint = room("operators_bank_accounts", __name__, "/porteur/comptes-bancaires")
blueprint.add_app_template_filter(lambda iban: shown_iban(iban, whole=True), "iban")
blueprint.add_app_template_filter(shown_iban, "iban_ends")


@dataclass(frozen=True)
class Owner:
    """Whose account it is: a provider's, to be paid to, or a programme's, to pay from."""

    name: str
    page: str
    """Its own page."""
    here: str
    whose: dict[str, int]
    """The argument that the services ask for."""
    is_provider: bool


@blueprint.route("/prestataire/<public_id>", methods=["GET", "POST"])
def of_provider(public_id: str) -> ResponseReturnValue:
    return _answer(_provider(public_id))


@blueprint.route("/dispositif/<public_id>", methods=["GET", "POST"])
def of_programme(public_id: str) -> ResponseReturnValue:
    return _answer(_programme(public_id))


@blueprint.post("/prestataire/<public_id>/<account>/confirmer")
def confirm_of_provider(public_id: str, account: str) -> ResponseReturnValue:
    return _confirm(_provider(public_id), account)


@blueprint.post("/dispositif/<public_id>/<account>/confirmer")
def confirm_of_programme(public_id: str, account: str) -> ResponseReturnValue:
    return _confirm(_programme(public_id), account)


@blueprint.post("/prestataire/<public_id>/<account>/retirer")
def end_of_provider(public_id: str, account: str) -> ResponseReturnValue:
    return _end(_provider(public_id), account)


@blueprint.post("/dispositif/<public_id>/<account>/retirer")
def end_of_programme(public_id: str, account: str) -> ResponseReturnValue:
    return _end(_programme(public_id), account)


def _provider(public_id: str) -> Owner:
    provider = provider_found(public_id)
    return Owner(
        provider.name,
        url_for("operators_providers.show_provider", public_id=public_id),
        url_for(".of_provider", public_id=public_id),
        {"provider_id": provider.id},
        is_provider=True,
    )


def _programme(public_id: str) -> Owner:
    programme = programmes.programme(database.session(), public_id)
    return Owner(
        programme.name,
        url_for("operators_programmes.show_programme", public_id=public_id),
        url_for(".of_programme", public_id=public_id),
        {"programme_id": programme.id},
        is_provider=False,
    )


def _answer(owner: Owner) -> ResponseReturnValue:
    form = BankAccountForm(received())
    if request.method == "POST":
        whose: dict[str, Any] = owner.whose
        if made(
            form,
            lambda db: accounts.propose(db, form.payee(), actor=actor(), now=clock.now(), **whose),
            beside="iban",
        ):
            flash(_("Le compte est noté. Une autre personne doit le confirmer."), "done")
            return redirect(owner.here, 303)
    return _page(owner, form)


def _page(owner: Owner, form: BankAccountForm) -> ResponseReturnValue:
    whose: dict[str, Any] = owner.whose
    found = batches.bank_accounts(database.session(), now=clock.now(), **whose)
    page = render_template(
        "operators/payouts/bank_account.html",
        owner=owner,
        form=form,
        accounts=found,
        proposed=any(one.state == "proposed" for one in found),
        me=actor(),
    )
    return page, 422 if form.errors else 200


def _confirm(owner: Owner, account: str) -> ResponseReturnValue:
    _checked()
    whose: dict[str, Any] = owner.whose
    counts_at = make(
        lambda db: accounts.confirm(db, actor=actor(), now=clock.now(), public_id=account, **whose)
    )
    if owner.is_provider:
        shown = formats.moment(counts_at)
        flash(_("Le compte est confirmé. Il sert à partir du %(moment)s.", moment=shown), "done")
    else:
        flash(_("Le compte est confirmé. Il sert dès maintenant."), "done")
    return redirect(owner.here, 303)


def _end(owner: Owner, account: str) -> ResponseReturnValue:
    _checked()
    whose: dict[str, Any] = owner.whose
    make(lambda db: accounts.end(db, actor=actor(), now=clock.now(), public_id=account, **whose))
    flash(_("Ce compte ne sert plus."), "done")
    return redirect(owner.here, 303)


def _checked() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
