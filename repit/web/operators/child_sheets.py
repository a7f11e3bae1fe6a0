"""What a home wrote about its children, for the operator: courts' decisions that were seen."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from repit.domain import clock
from repit.domain.care import decisions
from repit.domain.care.sheet_queries import OurChild, Person, our_children
from repit.domain.errors import NoSuchObject
from repit.domain.households.queries import ParentFile, parent_file
from repit.web import database
from repit.web.access import actor
from repit.web.acting import made, today
from repit.web.fields import DayField
from repit.web.forms import RepitForm, given, received
from repit.web.operators.navigation import room
from repit.web.operators.parent_forms import MotiveForm

blueprint = room("operators_sheets", __name__, "/porteur/parents/<public_id>/personnes/<person_id>")


class SeenForm(RepitForm):
    seen_on = DayField(lazy_gettext("Vue le"))


@blueprint.route("/decision", methods=["GET", "POST"])
def note_decision(public_id: str, person_id: str) -> ResponseReturnValue:
    parent, child, person = _named(public_id, person_id)
    form = SeenForm(received(), seen_on=today())
    if request.method == "POST" and made(
        form,
        lambda db: decisions.note_decision(
            db, public_id, person_id, given(form.seen_on.data), actor=actor(), now=clock.now()
        ),
        beside="seen_on",
    ):
        flash(_("La décision est notée : elle vaut pour toutes les gardes."), "done")
        return _back(public_id)
    page = render_template(
        "operators/parents/decision.html", parent=parent, child=child, person=person, form=form
    )
    return page, 422 if form.errors else 200


@blueprint.route("/decision/lever", methods=["GET", "POST"])
def lift_decision(public_id: str, person_id: str) -> ResponseReturnValue:
    parent, child, person = _named(public_id, person_id)
    form = MotiveForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: decisions.lift_decision(
            db,
            public_id,
            person_id,
            motive=given(form.motive.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="motive",
    ):
        flash(_("La décision ne compte plus."), "done")
        return _back(public_id)
    page = render_template(
        "operators/parents/decision.html", parent=parent, child=child, person=person, form=form
    )
    return page, 422 if form.errors else 200


def _named(public_id: str, person_id: str) -> tuple[ParentFile, OurChild, Person]:
    db = database.session()
    parent = parent_file(db, public_id)
    for child in our_children(db, parent.id):
        for person in child.sheet.never:
            if person.public_id == person_id:
                return parent, child, person
    raise NoSuchObject


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("operators_parents.show_parent", public_id=public_id), 303)
