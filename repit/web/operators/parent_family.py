"""A parent's household: children, their second home, moving out, and dated situations."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity
from wtforms import Form

from repit.domain import clock
from repit.domain.care import sheets
from repit.domain.errors import NoSuchObject
from repit.domain.households import children, moves, queries, situations
from repit.domain.households.moves import Children
from repit.domain.households.queries import ChildView, ParentFile
from repit.web import database
from repit.web.access import actor
from repit.web.forms import RepitForm, received, refuse
from repit.web.operators.acting import made, today
from repit.web.operators.households import chosen_household
from repit.web.operators.navigation import room
from repit.web.operators.parent_forms import (
    ChildForm,
    MoveForm,
    SecondHomeForm,
    SituationForm,
    child_of,
    situation_of,
)

blueprint = room("operators_family", __name__, "/porteur/parents/<public_id>")


@blueprint.route("/enfants/nouveau", methods=["GET", "POST"])
def add_child(public_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    form = ChildForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: children.add(db, actor(), public_id, form.child(), clock.now()),
        beside="born_on",
    ):
        return _done(parent, _("L’enfant est ajouté au foyer."))
    return _page("child", parent, form)


@blueprint.route("/enfants/<child_id>", methods=["GET", "POST"])
def edit_child(public_id: str, child_id: str) -> ResponseReturnValue:
    parent, child = _child(public_id, child_id)
    form = ChildForm(received(), data=child_of(child))
    ours = public_id, child_id
    if request.method == "POST" and made(
        form,
        lambda db: children.change(db, actor(), ours, form.child(), clock.now()),
        beside="born_on",
    ):
        return _done(parent, _("L’enfant est à jour."))
    return _page("child", parent, form, child=child)


@blueprint.route("/enfants/<child_id>/aussi-chez", methods=["GET", "POST"])
def second_home(public_id: str, child_id: str) -> ResponseReturnValue:
    parent, child = _child(public_id, child_id)
    form = SecondHomeForm(received())
    if request.method == "POST" and form.validate():
        household_id = chosen_household(database.session(), form, but=public_id)
        if household_id is None and not form.household.errors:
            refuse(form, "household", _("Écrivez le numéro ou le nom d’un parent."))
        if household_id is not None and made(
            form,
            lambda db: children.live_also_with(
                db, actor(), (public_id, child_id), household_id, clock.now()
            ),
            beside="household",
        ):
            return _done(parent, _("L’enfant vit dans les deux foyers."))
    return _page("second_home", parent, form, child=child)


@blueprint.post("/enfants/<child_id>/confirmer")
def confirm_child(public_id: str, child_id: str) -> ResponseReturnValue:
    parent, child = _child(public_id, child_id)
    form = RepitForm(request.form)
    if not form.validate():
        raise UnprocessableEntity
    ours = public_id, child_id
    made(form, lambda db: children.confirm(db, actor(), ours, clock.now()), beside="csrf_token")
    return _done(parent, _("%(name)s compte maintenant pour les chèques.", name=child.first_name))


@blueprint.post("/enfants/<child_id>/retirer")
def remove_child(public_id: str, child_id: str) -> ResponseReturnValue:
    parent, child = _child(public_id, child_id)
    form = RepitForm(request.form)
    if not form.validate():
        raise UnprocessableEntity

    def gone(db: Session) -> None:
        now = clock.now()
        sheets.forget(db, child.id, parent.household_id, now=now)
        children.leave(db, actor(), (public_id, child_id), now)

    made(form, gone, beside="csrf_token")
    return _done(parent, _("%(name)s ne vit plus dans ce foyer.", name=child.first_name))


@blueprint.route("/foyer", methods=["GET", "POST"])
def move(public_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    form = MoveForm(received())
    if request.method == "POST" and form.validate():
        household_id = chosen_household(database.session(), form, but=public_id)
        if not form.errors and made(
            form,
            lambda db: moves.move(
                db, actor(), public_id, household_id, Children(form.children.data), clock.now()
            ),
            beside="household",
        ):
            return _done(parent, _("Le changement de foyer est noté."))
    home = queries.home(database.session(), parent.household_id, but=parent.id)
    return _page("move", parent, form, home=home)


@blueprint.route("/situations/nouvelle", methods=["GET", "POST"])
def add_situation(public_id: str) -> ResponseReturnValue:
    parent = _parent(public_id)
    form = SituationForm(received(), first_day=today(), ends_current=request.method == "GET")
    if request.method == "POST" and made(
        form,
        lambda db: situations.add(
            db,
            actor(),
            public_id,
            form.situation(),
            clock.now(),
            ends_current=bool(form.ends_current.data),
        ),
        beside="first_day",
    ):
        return _done(parent, _("La situation est notée."))
    return _page("situation", parent, form)


@blueprint.route("/situations/<int:situation_id>", methods=["GET", "POST"])
def edit_situation(public_id: str, situation_id: int) -> ResponseReturnValue:
    parent = _parent(public_id)
    known = queries.situations(database.session(), parent.id)
    mine = next((one for one in known if one.id == situation_id), None)
    if mine is None:
        raise NoSuchObject
    form = SituationForm(received(), data=situation_of(mine))
    if request.method == "POST" and made(
        form,
        lambda db: situations.change(
            db, actor(), public_id, situation_id, form.situation(), clock.now()
        ),
        beside="first_day",
    ):
        return _done(parent, _("La situation est à jour."))
    return _page("situation", parent, form, situation=mine)


def _parent(public_id: str) -> ParentFile:
    return queries.parent_file(database.session(), public_id)


def _child(public_id: str, child_id: str) -> tuple[ParentFile, ChildView]:
    parent = _parent(public_id)
    home = queries.home(database.session(), parent.household_id, but=parent.id)
    child = next((one for one in home.children if one.public_id == child_id), None)
    if child is None:
        raise NoSuchObject
    return parent, child


def _page(name: str, parent: ParentFile, form: Form, **more: object) -> ResponseReturnValue:
    page = render_template(f"operators/parents/{name}.html", parent=parent, form=form, **more)
    return page, 422 if form.errors else 200


def _done(parent: ParentFile, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("operators_parents.show_parent", public_id=parent.public_id), 303)
