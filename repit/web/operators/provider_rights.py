"""What a provider may do: accreditations, prices, people and devices. One small page for each."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity
from wtforms import Form

from repit.domain import clock
from repit.domain.errors import NoSuchObject
from repit.domain.providers import accreditations, devices, service, tariffs
from repit.domain.providers.queries import ProviderView
from repit.web import database
from repit.web.access import actor
from repit.web.forms import RepitForm, given, received
from repit.web.operators.acting import made, make
from repit.web.operators.households import chosen_household
from repit.web.operators.navigation import room
from repit.web.operators.provider_forms import (
    HouseholdForm,
    PriceForm,
    RightForm,
    StaffForm,
    TokenForm,
    WithdrawForm,
    with_categories,
)
from repit.web.operators.providers import found
from repit.web.operators.recounting import recount_for

blueprint = room("operators_rights", __name__, "/porteur/prestataires/<public_id>")


@blueprint.route("/agrement", methods=["GET", "POST"])
def accredit(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = RightForm(received())
    with_categories(form.category)

    def change(db: Session) -> None:
        accreditations.accredit(db, provider.id, form.right(), actor=actor(), now=clock.now())
        recount_for(db, provider_id=provider.id)

    if request.method == "POST" and made(form, change, beside="first_day"):
        return _done(provider, _("L’agrément est enregistré."))
    return _page("right", provider, form)


@blueprint.route("/agrement/<right_id>/retirer", methods=["GET", "POST"])
def withdraw(public_id: str, right_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    right = next((one for one in provider.rights if one.public_id == right_id), None)
    if right is None:
        raise NoSuchObject
    form = WithdrawForm(received())

    def change(db: Session) -> None:
        accreditations.withdraw(
            db,
            provider.id,
            right_id,
            withdrawn_on=given(form.withdrawn_on.data),
            motive=given(form.motive.data),
            actor=actor(),
            now=clock.now(),
        )
        recount_for(db, provider_id=provider.id)

    if request.method == "POST" and made(form, change, beside="withdrawn_on"):
        return _done(provider, _("L’agrément est retiré."))
    page = render_template(
        "operators/providers/withdraw.html", form=form, provider=provider, right=right
    )
    return page, 422 if form.errors else 200


@blueprint.route("/tarif", methods=["GET", "POST"])
def agree_price(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = PriceForm(received())
    with_categories(form.category)
    if request.method == "POST" and made(
        form,
        lambda db: tariffs.agree(db, provider.id, form.price(), actor=actor(), now=clock.now()),
        beside="first_day",
    ):
        return _done(provider, _("Le tarif est enregistré ; celui d’avant s’arrête la veille."))
    return _page("price", provider, form)


@blueprint.route("/personne", methods=["GET", "POST"])
def add_staff(public_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    form = StaffForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: service.add_staff(
            db,
            provider.id,
            name=given(form.name.data),
            email=given(form.email.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="email",
    ):
        return _done(provider, _("Cette personne peut entrer avec son adresse e-mail."))
    return _page("staff", provider, form)


@blueprint.post("/personne/<int:person_id>/fin")
def end_staff(public_id: str, person_id: int) -> ResponseReturnValue:
    provider = found(public_id)
    _check_token()
    make(lambda db: service.end_staff(db, provider.id, person_id, actor=actor(), now=clock.now()))
    return _done(provider, _("Cette personne n’a plus accès."))


@blueprint.route("/foyer", methods=["GET", "POST"])
def link_household(public_id: str) -> ResponseReturnValue:
    """A person is never paid for the children of their own household."""
    provider = found(public_id)
    form = HouseholdForm(received())
    if request.method == "POST" and form.validate():
        household_id = chosen_household(database.session(), form)
        if not form.errors:
            make(
                lambda db: service.link_household(
                    db, provider.id, household_id, actor=actor(), now=clock.now()
                )
            )
            return _done(provider, _("Le foyer du prestataire est enregistré."))
    return _page("household", provider, form)


@blueprint.route("/jeton", methods=["GET", "POST"])
def issue_token(public_id: str) -> ResponseReturnValue:
    """Show the secret in the answer to the POST: it is on no page that can be opened again."""
    provider = found(public_id)
    form = TokenForm(received())
    issued: list[devices.IssuedToken] = []
    if request.method == "POST" and made(
        form,
        lambda db: issued.append(
            devices.issue_api_token(
                db, provider.id, name=given(form.name.data), actor=actor(), now=clock.now()
            )
        ),
        beside="name",
    ):
        page = render_template(
            "operators/providers/token_once.html",
            provider=provider,
            name=form.name.data,
            token=issued[-1].token,
        )
        return page, {"Cache-Control": "no-store"}
    return _page("token", provider, form)


@blueprint.post("/appareil/<device_id>/revoquer")
def revoke_device(public_id: str, device_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    _check_token()
    make(lambda db: devices.revoke(db, provider.id, device_id, actor=actor(), now=clock.now()))
    return _done(provider, _("L’appareil est révoqué : il n’encaisse plus."))


@blueprint.post("/appareil/<device_id>/debloquer")
def unlock_device(public_id: str, device_id: str) -> ResponseReturnValue:
    provider = found(public_id)
    _check_token()
    make(lambda db: devices.unlock(db, provider.id, device_id, actor=actor(), now=clock.now()))
    return _done(provider, _("L’appareil est débloqué."))


def _check_token() -> None:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity


def _page(name: str, provider: ProviderView, form: Form) -> ResponseReturnValue:
    page = render_template(f"operators/providers/{name}.html", form=form, provider=provider)
    return page, 422 if form.errors else 200


def _done(provider: ProviderView, words: str) -> ResponseReturnValue:
    flash(words, "done")
    shown = url_for("operators_providers.show_provider", public_id=provider.public_id)
    return redirect(shown, 303)
