"""Programmes: the list, one programme with its funds and scales, and its settings."""

from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.categories import ALL_CATEGORIES
from repit.domain.entitlements.queries import requests_waiting, scales
from repit.domain.money import Cents
from repit.domain.programmes import queries, service
from repit.domain.programmes.queries import FundFilter, ProgrammeView
from repit.domain.programmes.rules import Settings
from repit.web import categories, database
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.forms import chosen, received
from repit.web.operators import histories
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.parent_forms import KINDS
from repit.web.operators.programme_forms import (
    PROFILES,
    ProgrammeForm,
    ProgrammeSearch,
    shown_in_form,
)
from repit.web.operators.provider_forms import MotiveForm
from repit.web.operators.recounting import recount_for

blueprint = room("operators_programmes", __name__, "/porteur/dispositifs")


@blueprint.app_template_filter("situation_names")
def situation_names(kinds: Iterable[str]) -> str:
    """Return « Garde alternée, En couple »."""
    return ", ".join(str(words) for kind, words in KINDS.items() if kind in set(kinds))


@blueprint.app_template_filter("profile_name")
def profile_name(code: str | None) -> str:
    """Return « Chèque d’accompagnement personnalisé (France, CGCT L1611-6) », or « aucun »."""
    return str(PROFILES[code]) if code else _("aucun")


@blueprint.get("/")
def list_programmes() -> ResponseReturnValue:
    form = ProgrammeSearch(request.args)
    found = queries.programmes(
        database.session(),
        text=form.q.data,
        closed={"open": False, "closed": True}.get(chosen(form.state)),
        number=wanted_page(),
    )
    if exporting():
        return _csv(found.items)
    words = ngettext("%(num)s dispositif", "%(num)s dispositifs", found.total)
    return render_template(
        "operators/programmes/list.html", form=form, found=found, count_words=words, today=today()
    )


def _csv(rows: list[ProgrammeView]) -> ResponseReturnValue:
    columns = [
        _("Nom"), _("Premier jour"), _("Dernier jour"), _("Valeur d’un chèque"),
        _("Catégories"), _("Enveloppes"), _("Fermé le"),
    ]  # fmt: skip
    lines = [
        (
            row.name,
            row.settings.first_day,
            row.settings.last_day,
            euros(row.settings.face_cents),
            categories.names(row.settings.categories),
            row.funds,
            row.closed_at,
        )
        for row in rows
    ]
    return csv_file("dispositifs", columns, lines)


@blueprint.route("/nouveau", methods=["GET", "POST"])
def new_programme() -> ResponseReturnValue:
    form = ProgrammeForm(received(), data=shown_in_form(_usual_settings()))
    opened: list[str] = []
    if request.method == "POST" and made(
        form,
        lambda db: opened.append(
            service.create(
                db,
                form.settings(),
                short_is_meant=bool(form.short_is_meant.data),
                actor=actor(),
                now=clock.now(),
            )
        ),
        beside="name",
    ):
        flash(_("Le dispositif est créé. Il lui faut un barème et une enveloppe."), "done")
        return redirect(url_for(".show_programme", public_id=opened[-1]), 303)
    return _settings_page(form, None)


def _usual_settings() -> Settings:
    """Return what a new programme starts from: this calendar year, every category."""
    day = today()
    return Settings(
        name="",
        zone="Europe/Paris",
        first_day=day.replace(month=1, day=1),
        last_day=day.replace(month=12, day=31),
        face_cents=Cents(1_000),
        categories=ALL_CATEGORIES,
        isolated_kinds=("alone", "partner_absent", "separated_same_roof"),
    )


@blueprint.get("/<public_id>")
def show_programme(public_id: str) -> ResponseReturnValue:
    return _programme_page(public_id)


def _programme_page(public_id: str, status: int = 200, **forms: Any) -> ResponseReturnValue:
    db = database.session()
    programme = queries.programme(db, public_id)
    funds = queries.funds(db, FundFilter(programme=public_id)).items
    shown = {"close_form": MotiveForm()} | forms
    page = render_template(
        "operators/programmes/show.html",
        programme=programme,
        funds=funds,
        numbers=queries.numbers_of(db, funds),
        scales=scales(db, programme.id),
        requests=requests_waiting(db, programme.id),
        entries=histories.entries(history(db, [("programme", programme.id)], limit=15)),
        today=today(),
        **shown,
    )
    return page, status


@blueprint.route("/<public_id>/reglages", methods=["GET", "POST"])
def change_programme(public_id: str) -> ResponseReturnValue:
    programme = queries.programme(database.session(), public_id)
    form = ProgrammeForm(received(), data=shown_in_form(programme.settings))

    def change(db: Session) -> None:
        changed = service.change(
            db,
            programme.id,
            form.settings(),
            short_is_meant=bool(form.short_is_meant.data),
            actor=actor(),
            now=clock.now(),
        )
        if "carer_checks" in changed:
            recount_for(db, programme_id=programme.id)

    if request.method == "POST" and made(form, change, beside="name"):
        flash(_("Les réglages sont enregistrés."), "done")
        return redirect(url_for(".show_programme", public_id=public_id), 303)
    return _settings_page(form, programme)


def _settings_page(form: ProgrammeForm, programme: ProgrammeView | None) -> ResponseReturnValue:
    page = render_template("operators/programmes/settings.html", form=form, programme=programme)
    return page, 422 if form.errors else 200


@blueprint.post("/<public_id>/fermer")
def close_programme(public_id: str) -> ResponseReturnValue:
    programme = queries.programme(database.session(), public_id)
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: service.close(
            db, programme.id, motive=form.motive.data or "", actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return _programme_page(public_id, 422, close_form=form)
    flash(_("Le dispositif est fermé : plus aucun chèque n’y est émis."), "done")
    return redirect(url_for(".show_programme", public_id=public_id), 303)


@blueprint.post("/<public_id>/rouvrir")
def reopen_programme(public_id: str) -> ResponseReturnValue:
    programme = queries.programme(database.session(), public_id)
    form = MotiveForm(received())
    if not made(
        form,
        lambda db: service.reopen(
            db, programme.id, motive=form.motive.data or "", actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return _programme_page(public_id, 422, close_form=form)
    flash(_("Le dispositif est rouvert."), "done")
    return redirect(url_for(".show_programme", public_id=public_id), 303)
