"""Carers: the list with papers that lapse, one carer, and the papers somebody saw."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.care import carers, queries
from repit.domain.care.papers import PaperView
from repit.domain.care.queries import CarerRow, CarerView
from repit.domain.providers import queries as providers
from repit.web import database, formats
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.fields import listed
from repit.web.forms import RepitForm, given, received
from repit.web.operators import histories
from repit.web.operators.acting import complaint, made, today
from repit.web.operators.care_forms import (
    CARER_KINDS,
    PAPERS,
    CarerForm,
    CarerSearch,
    CheckForm,
    LeaveForm,
)
from repit.web.operators.check_words import CHECKS
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting
from repit.web.operators.recounting import recount_for

blueprint = room("operators_carers", __name__, "/porteur/intervenants")


@blueprint.app_template_filter("paper_words")
def paper_words(paper: PaperView) -> str:
    """Return « finit le 31/12/2026 »."""
    words = str(PAPERS[paper.state][0])
    return words % {"day": formats.short_day(paper.until)} if paper.until else words


@blueprint.app_template_filter("paper_tone")
def paper_tone(paper: PaperView) -> str:
    """Return the tone of its pill."""
    return PAPERS[paper.state][1]


@blueprint.app_template_filter("paper_icon")
def paper_icon(paper: PaperView) -> str:
    """Return the picture beside its words."""
    return PAPERS[paper.state][2]


@blueprint.get("/")
def list_carers() -> ResponseReturnValue:
    form = CarerSearch(request.args)
    rows = queries.carers(database.session(), form.wanted(), today=today())
    if exporting():
        return _csv(rows)
    words = ngettext("%(num)d intervenant", "%(num)d intervenants", len(rows))
    return render_template("operators/care/carers.html", form=form, rows=rows, count_words=words)


def _csv(rows: list[CarerRow]) -> ResponseReturnValue:
    columns = [
        _("Nom"), _("Prestataire"), _("Intervient comme"), _("Enfants au plus"), _("Documents"),
        _("N’y travaille plus dès le"),
    ]  # fmt: skip
    lines = [
        (
            row.name,
            row.provider_name,
            str(CARER_KINDS[row.kind]),
            row.personal_cap,
            ", ".join(f"{CHECKS[paper.kind]} ({paper_words(paper)})" for paper in row.papers),
            row.left_on,
        )
        for row in rows
    ]
    return csv_file("intervenants", columns, lines)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_carer() -> ResponseReturnValue:
    form = _form({"provider": request.args.get("prestataire")})
    noted: list[str] = []

    def change(db: Session) -> None:
        provider_id = given(providers.id_of(db, form.provider.data))
        noted.append(carers.add(db, provider_id, form.details(), actor=actor(), now=clock.now()))

    if request.method == "POST" and made(form, change, beside="name"):
        flash(_("C’est noté. Notez maintenant les documents que vous avez vus."), "done")
        return redirect(url_for(".show_carer", public_id=noted[-1]), 303)
    return _form_page(form, None)


def _form(start: dict[str, Any]) -> CarerForm:
    form = CarerForm(received(), data=start)
    form.provider.choices = listed(providers.names(database.session()))
    return form


@blueprint.route("/<public_id>/modifier", methods=["GET", "POST"])
def change_carer(public_id: str) -> ResponseReturnValue:
    carer = queries.carer(database.session(), public_id, today=today())
    form = CarerForm(received(), data=vars(carer.details))
    form.provider.choices = listed([(carer.row.provider_public_id, carer.row.provider_name)])

    def change(db: Session) -> None:
        carers.change(db, carer.row.id, form.details(), actor=actor(), now=clock.now())
        recount_for(db, carer_id=carer.row.id)

    if request.method == "POST" and made(form, change, beside="name"):
        flash(_("La fiche est à jour, et les places sont recomptées."), "done")
        return redirect(url_for(".show_carer", public_id=public_id), 303)
    return _form_page(form, carer)


def _form_page(form: CarerForm, carer: CarerView | None) -> ResponseReturnValue:
    page = render_template("operators/care/carer_edit.html", form=form, carer=carer)
    return page, 422 if form.errors else 200


@blueprint.get("/<public_id>")
def show_carer(public_id: str) -> ResponseReturnValue:
    return _carer_page(public_id)


def _carer_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    db = database.session()
    carer = queries.carer(db, public_id, today=today())
    shown = {"check_form": CheckForm(data={"seen_on": today()}), "leave_form": LeaveForm()} | forms
    page = render_template(
        "operators/care/carer.html",
        carer=carer,
        row=carer.row,
        today=today(),
        entries=histories.entries(history(db, [("carer", carer.row.id)], limit=20)),
        **shown,
    )
    return page, status


@blueprint.post("/<public_id>/documents")
def note_check(public_id: str) -> ResponseReturnValue:
    carer = queries.carer(database.session(), public_id, today=today())
    form = CheckForm(received())

    def change(db: Session) -> None:
        carers.note_check(
            db, carer.row.id, form.details(), today=today(), actor=actor(), now=clock.now()
        )
        recount_for(db, carer_id=carer.row.id)

    if not made(form, change, beside="last_day"):
        return _carer_page(public_id, 422, form=form, check_form=form)
    flash(_("Le document est noté, et les places sont recomptées."), "done")
    return redirect(url_for(".show_carer", public_id=public_id), 303)


@blueprint.post("/<public_id>/documents/<int:check_id>/retirer")
def drop_check(public_id: str, check_id: int) -> ResponseReturnValue:
    words = _("Ce document ne compte plus.")
    return _act(
        public_id,
        lambda db, carer_id: carers.drop_check(
            db, carer_id, check_id, actor=actor(), now=clock.now()
        ),
        words,
    )


@blueprint.post("/<public_id>/depart")
def leave(public_id: str) -> ResponseReturnValue:
    carer = queries.carer(database.session(), public_id, today=today())
    form = LeaveForm(received())

    def change(db: Session) -> None:
        carers.leave(db, carer.row.id, form.day(), actor=actor(), now=clock.now())
        recount_for(db, carer_id=carer.row.id)

    if not made(form, change, beside="left_on"):
        return _carer_page(public_id, 422, form=form, leave_form=form)
    flash(_("C’est noté : à partir de ce jour, cette personne ne compte plus."), "done")
    return redirect(url_for(".show_carer", public_id=public_id), 303)


@blueprint.post("/<public_id>/retour")
def come_back(public_id: str) -> ResponseReturnValue:
    words = _("Cette personne travaille de nouveau là.")
    return _act(
        public_id,
        lambda db, carer_id: carers.leave(db, carer_id, None, actor=actor(), now=clock.now()),
        words,
    )


def _act(public_id: str, change: Callable[[Session, int], None], words: str) -> ResponseReturnValue:
    carer_id = queries.carer(database.session(), public_id, today=today()).row.id
    form = RepitForm(received())

    def counted(db: Session) -> None:
        change(db, carer_id)
        recount_for(db, carer_id=carer_id)

    done = made(form, counted, beside=None)
    flash(words if done else complaint(form), "done" if done else "refused")
    return redirect(url_for(".show_carer", public_id=public_id), 303)
