"""Somebody with several roles takes one, and may take another later."""

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.errors import DomainError
from repit.domain.stays import queries, service
from repit.domain.stays.errors import StayTooOld
from repit.domain.stays.queries import Choice
from repit.web import access, database
from repit.web.account import browsers
from repit.web.account.forms import RoleForm
from repit.web.account.views import begin_visit, blueprint, home_of
from repit.web.forms import received, refuse
from repit.web.wording import word

__all__ = ["blueprint"]

ICONS = {
    "parent": "ticket",
    "provider": "building-store",
    "operator": "settings",
    "facilitator": "calendar",
    "funder": "coins",
}


@blueprint.get("/role")
def choose_role() -> ResponseReturnValue:
    if access.visitor_or_none() is None:
        return redirect("/entrer", 303)
    return _page(_form())


@blueprint.post("/role")
def take_role() -> ResponseReturnValue:
    here = access.visitor_or_none()
    if here is None:
        return redirect("/entrer", 303)
    form = _form()
    if not form.validate():
        return _page(form), 422
    browser = browsers.this_browser(own=browsers.is_own())
    db = database.session()
    try:
        with unit_of_work(db):
            key = service.take_role(
                db, here.stay_id, form.role.data, browser=browser, now=clock.now()
            )
    except StayTooOld as refusal:
        flash(str(word(refusal)), "warning")
        return redirect("/entrer", 303)
    except DomainError as refusal:
        refuse(form, "role", str(word(refusal)))
        return _page(form), 409
    begin_visit(key, own=browser.own)
    response = make_response(redirect(home_of(access.visitor().role), 303))
    if access.visitor().device_id is not None:
        browsers.remember(response, browser)
    return response


@blueprint.get("/suite")
def go_on() -> ResponseReturnValue:
    """Lead somebody who is in to the pages of their role."""
    here = access.visitor_or_none()
    return redirect("/entrer" if here is None else home_of(here.role), 303)


def _form() -> RoleForm:
    form = RoleForm(received())
    form.role.choices = [(choice.name, _words(choice)) for choice in _choices()]
    return form


def _choices() -> list[Choice]:
    return queries.choices(database.session(), access.visitor().person_id)


def _words(choice: Choice) -> str:
    if choice.role == "parent":
        return gettext("Pour mes chèques")
    if choice.role == "operator":
        return gettext("Pour gérer le dispositif")
    if choice.role == "facilitator":
        return gettext("Pour animer mes séances")
    if choice.role == "funder":
        return gettext("Pour %(place)s, financeur", place=choice.place)
    return gettext("Pour %(place)s, prestataire", place=choice.place)


def _page(form: RoleForm) -> str:
    details = {choice.name: {"icon": ICONS[choice.role]} for choice in _choices()}
    return render_template("account/role.html", form=form, details=details)
