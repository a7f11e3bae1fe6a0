"""« Mes enfants »: kept once, as this home has them. The child's other home does not exist here."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import UnprocessableEntity
from wtforms import Form

from repit.domain import clock
from repit.domain.bookings import own_children
from repit.domain.care import decisions, sheets
from repit.domain.care.sheet_errors import ChildIsKnown
from repit.domain.care.sheet_queries import OurChild, our_child, our_children
from repit.domain.errors import Refused
from repit.web import database
from repit.web.access import actor
from repit.web.acting import made, make
from repit.web.forms import RepitForm, received, refuse
from repit.web.parents.child_forms import NewChildForm, PersonForm, SheetForm, sheet_of
from repit.web.parents.frame import parent_id, room, today
from repit.web.wording import word

OK, INVALID = 200, 422

blueprint = room("parent_children", "/mes-enfants")


@blueprint.get("")
def listing() -> ResponseReturnValue:
    children = our_children(database.session(), parent_id())
    return render_template("parents/children.html", children=children, today=today())


@blueprint.get("/")
def slash() -> ResponseReturnValue:
    return redirect(url_for(".listing"), 308)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    form = NewChildForm(received())
    if request.method == "POST" and form.validate():
        new, who = form.child(), parent_id()
        try:
            child = make(lambda db: sheets.add_child(db, who, new, actor=actor(), now=clock.now()))
        except Refused as refusal:
            field = "first_name" if refusal.code == "child_already_there" else "born_on"
            refuse(form, field, str(word(refusal)))
        else:
            flash(_("%(name)s est dans votre liste.", name=new.first_name), "done")
            return redirect(url_for(".show", child_id=child), 303)
    return _page("child_new", form)


@blueprint.route("/<child_id>", methods=["GET", "POST"])
def show(child_id: str) -> ResponseReturnValue:
    child = _child(child_id)
    form = SheetForm(received(), data=sheet_of(child.sheet))
    if request.method == "POST" and made(
        form,
        lambda db: sheets.write(
            db, parent_id(), child_id, form.sheet(), actor=actor(), now=clock.now()
        ),
        beside="walking_since",
    ):
        flash(_("C’est noté. Merci."), "done")
        return redirect(url_for(".show", child_id=child_id), 303)
    may_correct = own_children.may_put_right(database.session(), parent_id(), child_id)
    return _page("child", form, child=child, may_correct=may_correct)


@blueprint.route("/<child_id>/corriger", methods=["GET", "POST"])
def correct(child_id: str) -> ResponseReturnValue:
    """Put right a child that was just added; later we do it, by telephone."""
    child = _child(child_id)
    form = NewChildForm(received(), data={"first_name": child.first_name, "born_on": child.born_on})
    if request.method == "POST" and made(
        form,
        lambda db: own_children.correct(
            db, parent_id(), child_id, form.child(), actor=actor(), now=clock.now()
        ),
        beside=lambda refusal: "first_name" if refusal.code == "child_already_there" else "born_on",
    ):
        flash(_("C’est corrigé."), "done")
        return redirect(url_for(".show", child_id=child_id), 303)
    if not own_children.may_put_right(database.session(), parent_id(), child_id):
        flash(str(word(ChildIsKnown(child.first_name))), "refused")
        return redirect(url_for(".show", child_id=child_id), 303)
    return _page("child_correct", form, child=child)


@blueprint.post("/<child_id>/retirer")
def remove(child_id: str) -> ResponseReturnValue:
    _checked(RepitForm(request.form))
    child = _child(child_id)
    try:
        make(
            lambda db: own_children.remove(
                db, parent_id(), child_id, actor=actor(), now=clock.now()
            )
        )
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(url_for(".show", child_id=child_id), 303)
    flash(_("%(name)s n’est plus dans votre liste.", name=child.first_name), "done")
    return redirect(url_for(".listing"), 303)


@blueprint.post("/<child_id>/confirmer")
def confirm(child_id: str) -> ResponseReturnValue:
    _checked(RepitForm(request.form))
    make(lambda db: sheets.confirm(db, parent_id(), child_id, actor=actor(), now=clock.now()))
    flash(_("C’est noté. Merci."), "done")
    return redirect(url_for(".show", child_id=child_id), 303)


@blueprint.route("/<child_id>/personnes", methods=["GET", "POST"])
def people(child_id: str) -> ResponseReturnValue:
    child = _child(child_id)
    form = PersonForm(received(), standing="never" if "jamais" in request.args else "may")
    if request.method == "POST" and made(
        form,
        lambda db: sheets.add_person(
            db, parent_id(), child_id, form.person(), actor=actor(), now=clock.now()
        ),
        beside="name",
    ):
        flash(_("Ce nom est noté."), "done")
        return redirect(url_for(".people", child_id=child_id), 303)
    return _page("child_people", form, child=child)


@blueprint.post("/<child_id>/personnes/<person_id>/retirer")
def remove_person(child_id: str, person_id: str) -> ResponseReturnValue:
    _checked(RepitForm(request.form))
    _child(child_id)
    try:
        make(
            lambda db: decisions.remove_person(
                db, parent_id(), child_id, person_id, actor=actor(), now=clock.now()
            )
        )
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    else:
        flash(_("Ce nom est retiré."), "done")
    return redirect(url_for(".people", child_id=child_id), 303)


def _child(child_id: str) -> OurChild:
    return our_child(database.session(), parent_id(), child_id)


def _checked(form: RepitForm) -> None:
    if not form.validate():
        raise UnprocessableEntity


def _page(name: str, form: Form, **more: object) -> ResponseReturnValue:
    page = render_template(f"parents/{name}.html", form=form, today=today(), **more)
    return page, INVALID if form.errors else OK
