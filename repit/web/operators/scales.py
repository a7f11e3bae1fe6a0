"""Scales: starting one, writing its rules, reading it, publishing it."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.entitlements import queries, scales
from repit.domain.entitlements.errors import ScaleAlreadyPublished
from repit.domain.entitlements.queries import ScaleView
from repit.domain.programmes.queries import ProgrammeView, programme, programme_by_id
from repit.web import database
from repit.web.access import actor
from repit.web.forms import RepitForm, received
from repit.web.operators import histories, scale_words
from repit.web.operators.acting import complaint, made, today
from repit.web.operators.navigation import room
from repit.web.operators.scale_forms import (
    ScaleForm,
    rearranged,
    rule_forms,
    shown_in_form,
)
from repit.web.operators.scale_templates import TEMPLATES
from repit.web.wording import word

blueprint = room("operators_scales", __name__, "/porteur")
scale_words.register(blueprint)


@blueprint.get("/dispositifs/<public_id>/bareme")
def choose_start(public_id: str) -> ResponseReturnValue:
    return _start_page(public_id, RepitForm())


def _start_page(public_id: str, form: RepitForm) -> ResponseReturnValue:
    page = render_template(
        "operators/scales/start.html",
        form=form,
        programme=programme(database.session(), public_id),
        templates=TEMPLATES,
    )
    return page, 422 if form.errors else 200


@blueprint.post("/dispositifs/<public_id>/bareme/<name>")
def start_scale(public_id: str, name: str) -> ResponseReturnValue:
    if name not in TEMPLATES:
        abort(404)
    found = programme(database.session(), public_id)
    form = RepitForm(received())
    draft = TEMPLATES[name].draft(max(today(), found.settings.first_day))
    started: list[str] = []
    if not made(
        form,
        lambda db: started.append(
            scales.start(db, found.id, draft, actor=actor(), now=clock.now())
        ),
        beside=None,
    ):
        return _start_page(public_id, form)
    return redirect(url_for(".edit_scale", public_id=started[-1]), 303)


@blueprint.route("/baremes/<public_id>/modifier", methods=["GET", "POST"])
def edit_scale(public_id: str) -> ResponseReturnValue:
    scale = queries.scale(database.session(), public_id)
    if request.method == "GET" and scale.published_at:
        flash(str(word(ScaleAlreadyPublished())), "warning")
        return redirect(url_for(".show_scale", public_id=public_id), 303)
    if request.method == "GET":
        return _editor(ScaleForm(data=shown_in_form(scale)), scale)
    moved = rearranged(request.form, request.form.get("act", ""))
    if moved is not None:
        return _editor(ScaleForm(moved), scale)
    form = ScaleForm(received())
    if not made(
        form,
        lambda db: scales.rewrite(db, scale.id, form.draft(), actor=actor(), now=clock.now()),
        beside="title",
    ):
        return _editor(form, scale)
    flash(_("Le brouillon est enregistré. Voici ce qu’il donnerait."), "done")
    return redirect(url_for(".show_scale", public_id=public_id), 303)


def _editor(form: ScaleForm, scale: ScaleView) -> ResponseReturnValue:
    page = render_template(
        "operators/scales/edit.html",
        form=form,
        rules=rule_forms(form),
        scale=scale,
        programme=_programme_of(scale),
    )
    return page, 422 if form.errors else 200


def _programme_of(scale: ScaleView) -> ProgrammeView:
    return programme_by_id(database.session(), scale.programme_id)


@blueprint.get("/baremes/<public_id>")
def show_scale(public_id: str) -> ResponseReturnValue:
    scale = queries.scale(database.session(), public_id)
    return render_template(
        "operators/scales/show.html",
        scale=scale,
        programme=_programme_of(scale),
        period=scale.period_on(scale.first_day),
        refusal=scale_words.unpublishable(scale),
        entries=histories.entries(history(database.session(), [("scale", scale.id)], limit=40)),
    )


@blueprint.post("/baremes/<public_id>/publier")
def publish_scale(public_id: str) -> ResponseReturnValue:
    scale = queries.scale(database.session(), public_id)
    return _act(
        public_id,
        lambda db: scales.publish(db, scale.id, actor=actor(), now=clock.now()),
        _("Le barème est publié. Il décide à partir de son premier jour."),
    )


@blueprint.post("/baremes/<public_id>/jeter")
def drop_scale(public_id: str) -> ResponseReturnValue:
    scale = queries.scale(database.session(), public_id)
    over = url_for("operators_programmes.show_programme", public_id=_programme_of(scale).public_id)
    return _act(
        public_id,
        lambda db: scales.drop(db, scale.id, actor=actor(), now=clock.now()),
        _("Le brouillon est jeté."),
        over,
    )


@blueprint.post("/baremes/<public_id>/copier")
def copy_scale(public_id: str) -> ResponseReturnValue:
    scale = queries.scale(database.session(), public_id)
    title = _("%(title)s, suite", title=scale.title)[:120]
    copied: list[str] = []
    form = RepitForm(received())
    if not made(
        form,
        lambda db: copied.append(
            scales.copy(db, scale.id, title=title, actor=actor(), now=clock.now())
        ),
        beside=None,
    ):
        return _refused(public_id, form)
    flash(_("Voici un nouveau brouillon, parti de « %(title)s ».", title=scale.title), "done")
    return redirect(url_for(".edit_scale", public_id=copied[-1]), 303)


def _act(
    public_id: str, change: Callable[[Session], None], words: str, over: str | None = None
) -> ResponseReturnValue:
    form = RepitForm(received())
    if not made(form, change, beside=None):
        return _refused(public_id, form)
    flash(words, "done")
    return redirect(over or url_for(".show_scale", public_id=public_id), 303)


def _refused(public_id: str, form: RepitForm) -> ResponseReturnValue:
    flash(complaint(form), "refused")
    return redirect(url_for(".show_scale", public_id=public_id), 303)
