"""Where a provider is paid: the account that counts, the one that waits, and a new one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.settlements import accounts, batches
from repit.web import database
from repit.web.access import actor
from repit.web.acting import made
from repit.web.bank_account_form import BankAccountForm
from repit.web.forms import received
from repit.web.providers.frame import provider_id, room

blueprint = room("provider_bank", "/prestataire/compte/iban")


@blueprint.route("", methods=["GET", "POST"])
def bank_account() -> ResponseReturnValue:
    form = BankAccountForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: accounts.propose(
            db, form.payee(), actor=actor(), now=clock.now(), provider_id=provider_id()
        ),
        beside="iban",
    ):
        flash(_("Votre compte est noté. Le porteur va le confirmer."), "done")
        return redirect(url_for(".bank_account"), 303)
    found = batches.bank_accounts(database.session(), now=clock.now(), provider_id=provider_id())
    page = render_template(
        "providers/bank_account.html",
        form=form,
        accounts=found,
        proposed=any(one.state == "proposed" for one in found),
    )
    return page, 422 if form.errors else 200
