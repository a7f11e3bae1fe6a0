"""Funders: the list, one funder with its funds, and who reads for it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.people import service as people
from repit.domain.people.queries import readers_of_funder
from repit.domain.people.rules import Role
from repit.domain.programmes import queries, service
from repit.domain.programmes.queries import FunderView, FundFilter
from repit.web import database
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.forms import RepitForm, given, received
from repit.web.operators import histories
from repit.web.operators.acting import complaint, made
from repit.web.operators.fund_forms import FunderForm, FunderSearch
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import StaffForm

blueprint = room("operators_funders", __name__, "/porteur/financeurs")


@blueprint.get("/")
def list_funders() -> ResponseReturnValue:
    form = FunderSearch(request.args)
    found = queries.funders(database.session(), text=form.q.data, number=wanted_page())
    if exporting():
        columns = [_("Nom court"), _("Nom complet"), _("E-mail de contact"), _("Enveloppes")]
        lines = [(row.name, row.long_name, row.contact_email, row.funds) for row in found.items]
        return csv_file("financeurs", columns, lines)
    words = ngettext("%(num)s financeur", "%(num)s financeurs", found.total)
    return render_template("operators/funders/list.html", form=form, found=found, count_words=words)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_funder() -> ResponseReturnValue:
    form = FunderForm(received())
    added: list[str] = []
    if request.method == "POST" and made(
        form,
        lambda db: added.append(
            service.add_funder(db, **_typed(form), actor=actor(), now=clock.now())
        ),
        beside="name",
    ):
        flash(_("Le financeur est enregistré. Ouvrez-lui une enveloppe."), "done")
        return redirect(url_for(".show_funder", public_id=added[-1]), 303)
    return _edit_page(form, None)


@blueprint.get("/<public_id>")
def show_funder(public_id: str) -> ResponseReturnValue:
    return _funder_page(public_id, StaffForm())


def _funder_page(public_id: str, form: StaffForm) -> ResponseReturnValue:
    db = database.session()
    funder = queries.funder(db, public_id)
    funds = queries.funds(db, FundFilter(funder=public_id)).items
    page = render_template(
        "operators/funders/show.html",
        funder=funder,
        funds=funds,
        numbers=queries.numbers_of(db, funds),
        readers=readers_of_funder(db, funder.id),
        form=form,
        entries=histories.entries(history(db, [("funder", funder.id)], limit=40)),
    )
    return page, 422 if form.errors else 200


@blueprint.route("/<public_id>/modifier", methods=["GET", "POST"])
def change_funder(public_id: str) -> ResponseReturnValue:
    funder = queries.funder(database.session(), public_id)
    form = FunderForm(received(), obj=funder)
    if request.method == "POST" and made(
        form,
        lambda db: service.change_funder(
            db, funder.id, **_typed(form), actor=actor(), now=clock.now()
        ),
        beside="name",
    ):
        flash(_("La fiche du financeur est modifiée."), "done")
        return redirect(url_for(".show_funder", public_id=public_id), 303)
    return _edit_page(form, funder)


def _typed(form: FunderForm) -> dict[str, Any]:
    return {
        "name": given(form.name.data),
        "long_name": form.long_name.data,
        "contact_email": form.contact_email.data,
    }


def _edit_page(form: FunderForm, funder: FunderView | None) -> ResponseReturnValue:
    page = render_template("operators/funders/edit.html", form=form, funder=funder)
    return page, 422 if form.errors else 200


@blueprint.post("/<public_id>/lecteurs")
def add_reader(public_id: str) -> ResponseReturnValue:
    funder = queries.funder(database.session(), public_id)
    form = StaffForm(received())
    if not made(form, lambda db: _let_read(db, form, funder.id), beside="email"):
        return _funder_page(public_id, form)
    flash(_("Cette personne peut lire les chiffres de ce financeur."), "done")
    return redirect(url_for(".show_funder", public_id=public_id), 303)


def _let_read(db: Session, form: StaffForm, funder_id: int) -> None:
    who, now = actor(), clock.now()
    name, email = given(form.name.data), given(form.email.data)
    person_id = people.known_or_new(db, name=name, email=email, actor=who, now=now)
    people.give_role(db, person_id, Role.FUNDER, funder_id=funder_id, actor=who, now=now)


@blueprint.post("/<public_id>/lecteurs/<int:person_id>/fin")
def end_reader(public_id: str, person_id: int) -> ResponseReturnValue:
    funder = queries.funder(database.session(), public_id)
    form = RepitForm(received())
    if not made(
        form,
        lambda db: people.end_role(
            db, person_id, Role.FUNDER, funder_id=funder.id, actor=actor(), now=clock.now()
        ),
        beside=None,
    ):
        flash(complaint(form), "refused")
    else:
        flash(_("Cette personne n’a plus accès aux chiffres de ce financeur."), "done")
    return redirect(url_for(".show_funder", public_id=public_id), 303)
