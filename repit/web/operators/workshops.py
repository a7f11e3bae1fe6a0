"""Workshops: the list and its export, one workshop with its dates, and what it is."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.bookings import overview
from repit.domain.care import service as care
from repit.domain.programmes.queries import programmes
from repit.domain.satisfaction import queries as satisfaction
from repit.domain.workshops import facilitators, queries, service, sessions
from repit.domain.workshops.queries import WorkshopRow, WorkshopView
from repit.web import database
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.forms import RepitForm, given, received
from repit.web.operators import histories, leaders
from repit.web.operators.acting import complaint, made
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import MotiveForm
from repit.web.operators.workshop_forms import (
    AUDIENCES,
    FORMATS,
    PROMOTIONS,
    STATES,
    TRANSLATED,
    FacilitatorForm,
    WorkshopForm,
    WorkshopSearch,
    no_place_words,
    shown_in_form,
)

blueprint = room("operators_workshops", __name__, "/porteur/ateliers")
blueprint.add_app_template_filter(AUDIENCES.__getitem__, "audience_words")
blueprint.add_app_template_filter(FORMATS.__getitem__, "format_words")
blueprint.add_app_template_filter(PROMOTIONS.__getitem__, "promotion_words")
blueprint.add_app_template_filter(STATES.__getitem__, "workshop_state")


@blueprint.get("/")
def list_workshops() -> ResponseReturnValue:
    form = WorkshopSearch(request.args)
    found = queries.workshops(
        database.session(), form.wanted(), now=clock.now(), number=wanted_page()
    )
    if exporting():
        return _csv(found.items)
    words = ngettext("%(num)s atelier", "%(num)s ateliers", found.total)
    return render_template(
        "operators/workshops/list.html", form=form, found=found, count_words=words
    )


def _csv(rows: list[WorkshopRow]) -> ResponseReturnValue:
    columns = [
        _("Titre"), _("Titre pour les parents"), _("État"), _("Dispositif"), _("Lieu"),
        _("Minimum"), _("Maximum"), _("Dates"), _("Dates à venir"), _("Prochaine"),
    ]  # fmt: skip
    lines = [
        (
            row.title,
            row.public_title,
            str(STATES[row.state]),
            row.programme_name,
            row.place_name,
            row.min_people,
            row.max_people,
            row.dates,
            row.to_come,
            row.next_at,
        )
        for row in rows
    ]
    return csv_file("ateliers", columns, lines)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_workshop() -> ResponseReturnValue:
    db = database.session()
    places = queries.places(db)
    if not places:
        flash(no_place_words(), "info")
        return redirect(url_for("operators_places.new_place"), 303)
    open_programmes = programmes(db, closed=False).items
    form = WorkshopForm(received())
    form.offer(open_programmes, places)
    opened: list[str] = []
    if request.method == "POST" and made(
        form,
        lambda db: opened.append(
            service.create(
                db, form.outline(open_programmes, places), actor=actor(), now=clock.now()
            )
        ),
        beside=None,
    ):
        flash(_("L’atelier est noté. Proposez maintenant ses dates."), "done")
        return redirect(url_for("operators_dates.add_dates", public_id=opened[-1]), 303)
    return _form_page(form, None)


@blueprint.route("/<public_id>/modifier", methods=["GET", "POST"])
def change_workshop(public_id: str) -> ResponseReturnValue:
    db = database.session()
    workshop = queries.workshop(db, public_id)
    own = workshop.programme_public_id
    offered = [one for one in programmes(db).items if not one.closed_at or one.public_id == own]
    places = queries.places(db)
    form = WorkshopForm(received(), data=shown_in_form(workshop))
    form.offer(offered, places)
    if request.method == "POST" and made(
        form,
        lambda db: service.change(
            db, workshop.id, form.outline(offered, places), actor=actor(), now=clock.now()
        ),
        beside=None,
    ):
        flash(_("L’atelier est à jour. Ses séances gardent leurs propres réglages."), "done")
        return redirect(url_for(".show_workshop", public_id=public_id), 303)
    return _form_page(form, workshop)


def _form_page(form: WorkshopForm, workshop: WorkshopView | None) -> ResponseReturnValue:
    page = render_template(
        "operators/workshops/edit.html", form=form, workshop=workshop, translated=TRANSLATED
    )
    return page, 422 if form.errors else 200


@blueprint.get("/<public_id>")
def show_workshop(public_id: str) -> ResponseReturnValue:
    return workshop_page(public_id)


def workshop_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    """Return the page of one workshop, with a refused form in its place."""
    db, now = database.session(), clock.now()
    workshop = queries.workshop(db, public_id)
    dates = overview.sessions_of(db, workshop.id)
    shown = {"close_form": MotiveForm(), "facilitator_form": FacilitatorForm()} | forms
    page = render_template(
        "operators/workshops/show.html",
        workshop=workshop,
        outline=workshop.outline,
        to_come=[one for one in dates if one.ends_at > now],
        past=[one for one in dates if one.ends_at <= now],
        drafts=sum(one.state == "draft" and one.starts_at > now for one in dates),
        now=now,
        told=satisfaction.results(db, workshop.id, now=now),
        entries=histories.entries(history(db, [("workshop", workshop.id)], limit=15)),
        **shown,
    )
    return page, status


@blueprint.post("/<public_id>/ouvrir")
def open_workshop(public_id: str) -> ResponseReturnValue:
    workshop = queries.workshop(database.session(), public_id)
    return _act(
        public_id,
        lambda db: service.open_to_parents(db, workshop.id, actor=actor(), now=clock.now()),
        _("L’atelier est ouvert : les parents voient ses séances ouvertes."),
    )


@blueprint.post("/<public_id>/ouvrir-les-seances")
def open_sessions(public_id: str) -> ResponseReturnValue:
    workshop = queries.workshop(database.session(), public_id)

    def change(db: Session) -> None:
        for session_id in sessions.publish_all(db, workshop.id, actor=actor(), now=clock.now()):
            care.publish_beside(db, session_id, actor=actor(), now=clock.now())

    words = _("Toutes les séances à venir sont ouvertes, avec leurs gardes.")
    return _act(public_id, change, words)


@blueprint.post("/<public_id>/fermer")
def close_workshop(public_id: str) -> ResponseReturnValue:
    workshop = queries.workshop(database.session(), public_id)
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: service.close(
            db, workshop.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return workshop_page(public_id, 422, close_form=form)
    flash(_("L’atelier est fermé. Ce qui est réservé le reste."), "done")
    return redirect(url_for(".show_workshop", public_id=public_id), 303)


@blueprint.post("/<public_id>/animateurs")
def add_facilitator(public_id: str) -> ResponseReturnValue:
    workshop = queries.workshop(database.session(), public_id)
    form = FacilitatorForm(received())
    if not leaders.added(form, workshop.id):
        return workshop_page(public_id, 422, facilitator_form=form)
    flash(_("%(name)s anime cet atelier.", name=form.name.data), "done")
    return redirect(url_for(".show_workshop", public_id=public_id), 303)


@blueprint.post("/<public_id>/animateurs/<int:facilitator_id>/retirer")
def remove_facilitator(public_id: str, facilitator_id: int) -> ResponseReturnValue:
    workshop = queries.workshop(database.session(), public_id)
    return _act(
        public_id,
        lambda db: facilitators.remove(
            db, workshop.id, facilitator_id, actor=actor(), now=clock.now()
        ),
        _("Cette personne n’anime plus."),
        request.form.get("next"),
    )


def _act(
    public_id: str, change: Callable[[Session], object], words: str, session: str | None = None
) -> ResponseReturnValue:
    """Make a change behind a button; `session`: the session to go back to, if not the workshop."""
    form = RepitForm(received())
    done = made(form, change, beside=None)
    flash(words if done else complaint(form), "done" if done else "refused")
    if session:
        return redirect(url_for("operators_sessions.show_session", public_id=session), 303)
    return redirect(url_for(".show_workshop", public_id=public_id), 303)
