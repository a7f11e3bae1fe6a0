"""Imports of parents: send a file, read its dry run, confirm, follow, take back."""

from collections.abc import Callable
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound, UnprocessableEntity
from wtforms import FileField, SelectField

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.errors import NoSuchObject, Refused
from repit.domain.imports import queries, service, undo
from repit.domain.imports.checking import Verdict
from repit.domain.imports.inspection import Inspection
from repit.domain.imports.queries import ImportView
from repit.domain.imports.reading import MOST_MEGABYTES, MOST_ROWS
from repit.domain.jobs import queries as jobs
from repit.domain.jobs.queries import JobView
from repit.domain.jobs.service import retry
from repit.domain.programmes.queries import programmes
from repit.web import database
from repit.web.access import actor
from repit.web.fields import listed
from repit.web.forms import RepitForm, received, refuse
from repit.web.operators import histories, import_reports, import_words
from repit.web.operators.acting import make
from repit.web.operators.navigation import room
from repit.web.operators.paging import page_number
from repit.web.wording import word

blueprint = room("operators_imports", __name__, "/porteur/imports")
blueprint.add_app_template_filter(import_words.STATES.__getitem__, "import_state")
blueprint.add_app_template_filter(import_words.VERDICTS.__getitem__, "row_verdict")
blueprint.add_app_template_filter(import_words.REASONS.__getitem__, "keep_reason")

ROOM_FOR_THE_FORM = 3
MEGABYTE = 1024 * 1024


class FileForm(RepitForm):
    file = FileField(lazy_gettext("Fichier CSV"))
    programme = SelectField(
        lazy_gettext("Demander un droit pour"), default="", validate_choice=False
    )


@blueprint.get("/")
def list_imports() -> ResponseReturnValue:
    found = queries.imports(database.session(), page_number())
    words = ngettext("%(num)d import", "%(num)d imports", found.total)
    return render_template("operators/imports/list.html", found=found, words=words)


@blueprint.get("/modele.csv")
def template_file() -> ResponseReturnValue:
    return import_reports.template_file()


@blueprint.route("/nouveau", methods=["GET", "POST"])
def receive() -> ResponseReturnValue:
    # A file a little too large is answered by us, with words; beyond, by the server.
    request.max_content_length = (MOST_MEGABYTES + ROOM_FOR_THE_FORM) * MEGABYTE
    form = FileForm(received())
    known = {one.public_id: one for one in programmes(database.session(), closed=False).items}
    named = [(public_id, one.name) for public_id, one in known.items()]
    form.programme.choices = listed([("", _("Aucun dispositif")), *named])
    if request.method == "POST" and form.validate():
        programme = known.get(form.programme.data)
        public_id = _received(form, programme.id if programme else None)
        if public_id is not None:
            return redirect(url_for(".show_import", public_id=public_id), 303)
    page = render_template(
        "operators/imports/new.html", form=form, megabytes=MOST_MEGABYTES, rows=MOST_ROWS
    )
    return page, 422 if form.errors else 200


def _received(form: FileForm, programme_id: int | None) -> str | None:
    sent = cast(FileStorage | None, form.file.data)
    if not sent or not sent.filename:
        refuse(form, "file", _("Choisissez un fichier."))
        return None
    name, content = sent.filename, sent.read()
    try:
        return make(
            lambda db: service.receive(db, actor(), name, content, clock.now(), programme_id)
        )
    except Refused as refusal:
        refuse(form, "file", str(word(refusal)))
        return None


@blueprint.get("/<public_id>")
def show_import(public_id: str) -> ResponseReturnValue:
    db = database.session()
    one = queries.one_import(db, public_id)
    found = import_reports.inspection(db, one)
    verdict = request.args.get("lignes") or _first_verdict(one)
    return render_template(
        "operators/imports/show.html",
        one=one,
        found=found,
        verdict=verdict,
        rows=import_reports.page_of(found, verdict, page_number()) if found else None,
        guessed=_guessed(found),
        job=_job(one),
        kept=queries.kept(db, one.id) if one.state in {"done", "undone"} else [],
        still_there=queries.still_there(db, one.id),
        entries=histories.entries(history(db, [("parent_import", one.id)])),
    )


def _first_verdict(one: ImportView) -> str:
    """Open on what needs a hand; on what will be done when nothing does."""
    counts = {
        Verdict.REFUSED: one.rows_refused,
        Verdict.NEW: one.rows_new,
        Verdict.SAME: one.rows_same,
    }
    return next((verdict.value for verdict, number in counts.items() if number), "new")


def _guessed(found: Inspection | None) -> list[tuple[str, str]]:
    if found is None:
        return []
    return [(typed, import_words.official(key)) for typed, key in found.columns.guessed.items()]


def _job(one: ImportView) -> JobView | None:
    return jobs.job(database.session(), one.job_public_id) if one.job_public_id else None


@blueprint.get("/<public_id>/avancement")
def progress(public_id: str) -> ResponseReturnValue:
    """Answer the progress bar alone; once the work is over, have the page loaded again."""
    one = queries.one_import(database.session(), public_id)
    job = _job(one)
    if one.state != "running" or job is None or job.over:
        return "", {"HX-Refresh": "true"}
    return render_template("operators/imports/_progress.html", one=one, job=job)


@blueprint.get("/<public_id>/a-corriger.csv")
def error_file(public_id: str) -> ResponseReturnValue:
    db = database.session()
    found = import_reports.inspection(db, queries.one_import(db, public_id))
    if found is None:
        raise NotFound
    return import_reports.error_file(found)


@blueprint.post("/<public_id>/confirmer")
def confirm(public_id: str) -> ResponseReturnValue:
    def change() -> str:
        make(lambda db: service.confirm(db, actor(), public_id, clock.now()))
        return _("L’import est lancé. Vous pouvez quitter cette page : il continue.")

    return _done(public_id, change)


@blueprint.post("/<public_id>/abandonner")
def drop(public_id: str) -> ResponseReturnValue:
    def change() -> str:
        make(lambda db: service.drop(db, actor(), public_id, clock.now()))
        return _("Le fichier est effacé.")

    return _done(public_id, change)


@blueprint.post("/<public_id>/annuler")
def take_back(public_id: str) -> ResponseReturnValue:
    def change() -> str:
        undone = make(lambda db: undo.undo(db, actor(), public_id, clock.now()))
        return ngettext(
            "L’import est annulé : %(num)d fiche retirée.",
            "L’import est annulé : %(num)d fiches retirées.",
            undone.removed,
        )

    return _done(public_id, change)


@blueprint.post("/<public_id>/relancer")
def try_again(public_id: str) -> ResponseReturnValue:
    def change() -> str:
        job = queries.one_import(database.session(), public_id).job_public_id
        if job is None:
            raise NoSuchObject
        make(lambda db: retry(db, job, now=clock.now()))
        return _("L’import est relancé, il reprend où il s’était arrêté.")

    return _done(public_id, change)


def _done(public_id: str, change: Callable[[], str]) -> ResponseReturnValue:
    """Make a change asked by a button, and say on the page of the import what came of it."""
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    try:
        flash(change(), "done")
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(url_for(".show_import", public_id=public_id), 303)
