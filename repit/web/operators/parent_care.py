"""What is settled with a parent about bookings, and what one child counts for in care."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session
from wtforms import BooleanField, Form, IntegerField, RadioField

from repit.domain import clock
from repit.domain.bookings.capacity import slots_of_child
from repit.domain.errors import NoSuchObject
from repit.domain.households import discretion, queries
from repit.domain.households.discretion import CareNeeds, Discretion
from repit.web import database
from repit.web.access import actor
from repit.web.fields import listed
from repit.web.forms import RepitForm, given, received
from repit.web.operators.acting import made
from repit.web.operators.navigation import room
from repit.web.operators.programme_forms import whole
from repit.web.operators.recounting import recount_all

blueprint = room("operators_parent_care", __name__, "/porteur/parents/<public_id>")

MOST_WEIGHT = 5
LEVELS = {
    "normal": lazy_gettext("Normale : messages et rappels, avec des titres neutres"),
    "silent": lazy_gettext("Aucun message : visible seulement en entrant ici"),
    "hidden": lazy_gettext("Rien ne se voit ni ne s’envoie : nous appelons"),
}
SAID = {
    "": lazy_gettext("Rien de dit"),
    "woman": lazy_gettext("Femme"),
    "man": lazy_gettext("Homme"),
}


class DiscretionForm(RepitForm):
    discretion = RadioField(
        lazy_gettext("Discrétion des rendez-vous"), choices=listed(LEVELS.items())
    )
    declared = RadioField(lazy_gettext("Le parent a dit être"), choices=listed(SAID.items()))


class CareNeedsForm(RepitForm):
    care_weight: IntegerField = whole(lazy_gettext("Compte pour combien d’enfants"), 1, MOST_WEIGHT)
    dedicated_carer = BooleanField(lazy_gettext("Un adulte pour cet enfant seul"))


@blueprint.route("/discretion", methods=["GET", "POST"])
def settle_discretion(public_id: str) -> ResponseReturnValue:
    now_settled = discretion.of_parent(database.session(), public_id)
    form = DiscretionForm(
        received(),
        data={"discretion": now_settled.discretion, "declared": now_settled.declared or ""},
    )
    if request.method == "POST" and made(
        form,
        lambda db: discretion.settle(
            db,
            public_id,
            Discretion(form.discretion.data, form.declared.data or None),
            actor=actor(),
            now=clock.now(),
        ),
        beside="discretion",
    ):
        return _done(public_id, _("C’est noté, et vaut dès le prochain message."))
    return _page("discretion", public_id, form)


@blueprint.route("/enfants/<child_id>/garde", methods=["GET", "POST"])
def settle_child(public_id: str, child_id: str) -> ResponseReturnValue:
    needs = discretion.of_child(database.session(), (public_id, child_id))
    form = CareNeedsForm(received(), data=vars(needs))

    def change(db: Session) -> None:
        wanted = CareNeeds(given(form.care_weight.data), bool(form.dedicated_carer.data))
        child = discretion.settle_child(
            db, (public_id, child_id), wanted, actor=actor(), now=clock.now()
        )
        recount_all(db, slots_of_child(db, child, now=clock.now()))

    if request.method == "POST" and made(form, change, beside="care_weight"):
        return _done(public_id, _("C’est noté, et les places sont recomptées."))
    db = database.session()
    parent = queries.parent_file(db, public_id)
    home = queries.home(db, parent.household_id, but=parent.id)
    child = next((one for one in home.children if one.public_id == child_id), None)
    if child is None:
        raise NoSuchObject
    return _page("child_care", public_id, form, child=child)


def _page(name: str, public_id: str, form: Form, **more: object) -> ResponseReturnValue:
    parent = queries.parent_file(database.session(), public_id)
    page = render_template(f"operators/parents/{name}.html", parent=parent, form=form, **more)
    return page, 422 if form.errors else 200


def _done(public_id: str, words: str) -> ResponseReturnValue:
    flash(words, "done")
    return redirect(url_for("operators_parents.show_parent", public_id=public_id), 303)
