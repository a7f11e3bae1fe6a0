"""Where workshops meet: the list, and what it takes to get in."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.workshops import queries, service
from repit.domain.workshops.queries import PlaceView
from repit.web import database
from repit.web.access import actor
from repit.web.forms import received
from repit.web.operators import histories
from repit.web.operators.acting import made
from repit.web.operators.navigation import room
from repit.web.operators.workshop_forms import PlaceForm

blueprint = room("operators_places", __name__, "/porteur/ateliers/lieux")


@blueprint.get("/")
def list_places() -> ResponseReturnValue:
    found = queries.places(database.session())
    return render_template("operators/workshops/places.html", places=found)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_place() -> ResponseReturnValue:
    form = PlaceForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: service.add_place(db, form.details(), actor=actor(), now=clock.now()),
        beside="name",
    ):
        flash(_("Le lieu est noté."), "done")
        return redirect(url_for(".list_places"), 303)
    return _page(form, None)


@blueprint.route("/<public_id>", methods=["GET", "POST"])
def change_place(public_id: str) -> ResponseReturnValue:
    place = queries.place(database.session(), public_id)
    form = PlaceForm(received(), data=vars(place.details))
    if request.method == "POST" and made(
        form,
        lambda db: service.change_place(
            db, place.id, form.details(), actor=actor(), now=clock.now()
        ),
        beside="name",
    ):
        flash(_("Le lieu est à jour."), "done")
        return redirect(url_for(".list_places"), 303)
    return _page(form, place)


def _page(form: PlaceForm, place: PlaceView | None) -> ResponseReturnValue:
    events = history(database.session(), [("place", place.id)], limit=15) if place else []
    page = render_template(
        "operators/workshops/place.html",
        form=form,
        place=place,
        entries=histories.entries(events),
    )
    return page, 422 if form.errors else 200
