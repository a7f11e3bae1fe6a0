"""The yearly summary for a family fund: its fields, each year of each fund, and files of it.

Numbers come from the approved release of the year, so that a summary never tells more than it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.queries import (
    FundFilter,
    FundView,
    ProgrammeView,
    fund,
    funds,
    programme,
)
from repit.domain.releases.published import Published
from repit.domain.summaries import queries, service
from repit.domain.summaries.rules import MOST_FIELDS, SOURCES, Field
from repit.integrations import workbook
from repit.integrations.workbook import Row, Sheet, Workbook
from repit.web import database
from repit.web.access import actor
from repit.web.exports import Value, csv_file, download
from repit.web.forms import RepitForm, received
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.summary_figures import told
from repit.web.operators.summary_forms import (
    SAID,
    FieldsForm,
    answers_form,
    answers_in,
    field_forms,
    rearranged,
)
from repit.web.release_files.book import RIGHT_TO_LEFT, typed
from repit.web.release_files.composing import report_of
from repit.web.release_files.lines import computed
from repit.web.release_files.report import Cell, Report
from repit.web.words import counting
from repit.web.words.summaries import default_fields, source_words

blueprint = room("operators_summaries", __name__, "/porteur")


@dataclass(frozen=True)
class FilledField:
    """A field with what stands in it: a published figure, or what a person typed."""

    field: Field
    cell: Cell | None
    said: str
    unit: str
    source: str
    """In words; empty where a person types."""


@blueprint.get("/dispositifs/<public_id>/bilans-caf/")
def list_summaries(public_id: str) -> ResponseReturnValue:
    db = database.session()
    of = programme(db, public_id)
    years = queries.years(of.settings.first_day, today())
    held = funds(db, FundFilter(programme=public_id)).items
    rows = [
        (one, year, released.get(year))
        for one in held
        for released in [queries.year_releases(db, one.funder_id, one.public_id)]
        for year in years
    ]
    return render_template("operators/summaries/list.html", programme=of, rows=rows)


@blueprint.route("/dispositifs/<public_id>/bilans-caf/champs", methods=["GET", "POST"])
def name_fields(public_id: str) -> ResponseReturnValue:
    of = programme(database.session(), public_id)
    if request.method == "GET":
        fields = default_fields() if "depart" in request.args else _fields(of.id)
        return _editor(FieldsForm(data={"fields": [vars(one) for one in fields]}), of)
    moved = rearranged(request.form, request.form.get("act", ""))
    if moved is not None:
        return _editor(FieldsForm(moved), of)
    form = FieldsForm(received())
    if not made(
        form,
        lambda db: service.name_fields(db, of.id, form.named(), actor=actor(), now=clock.now()),
        beside=None,
    ):
        return _editor(form, of)
    flash(_("Les champs du bilan sont enregistrés."), "done")
    return redirect(url_for(".list_summaries", public_id=public_id), 303)


def _editor(form: FieldsForm, of: ProgrammeView) -> ResponseReturnValue:
    page = render_template(
        "operators/summaries/fields.html",
        form=form,
        lines=field_forms(form),
        programme=of,
        most=MOST_FIELDS,
    )
    return page, 422 if form.errors else 200


@blueprint.get("/enveloppes/<public_id>/bilan-caf/<int:year>")
def show_summary(public_id: str, year: int) -> ResponseReturnValue:
    of = _fund(public_id, year)
    filled = _filled(of, year)
    match request.args.get("format"):
        case "csv":
            return csv_file(_file_name(of, year), _columns(), [_line(one) for one in filled])
        case "xlsx":
            return _workbook(of, year, filled)
    said = {f"{SAID}{one.field.key}": one.said for one in filled}
    return _page(of, year, filled, answers_form([one.field for one in filled], data=said))


@blueprint.post("/enveloppes/<public_id>/bilan-caf/<int:year>")
def answer(public_id: str, year: int) -> ResponseReturnValue:
    of = _fund(public_id, year)
    filled = _filled(of, year)
    form = answers_form([one.field for one in filled], received())
    if not made(
        form,
        lambda db: service.answer(
            db, of.id, year, answers_in(form), actor=actor(), now=clock.now()
        ),
        beside=None,
    ):
        return _page(of, year, filled, form)
    flash(_("Le bilan est enregistré."), "done")
    return redirect(url_for(".show_summary", public_id=public_id, year=year), 303)


def _page(
    of: FundView, year: int, filled: Sequence[FilledField], form: RepitForm
) -> ResponseReturnValue:
    page = render_template(
        "operators/summaries/show.html",
        fund=of,
        year=year,
        filled=filled,
        form=form,
        said=SAID,
        release=_release(of, year),
    )
    return page, 422 if form.errors else 200


def _fund(public_id: str, year: int) -> FundView:
    """Return the fund of an address, if its programme has something to say of that year."""
    db = database.session()
    of = fund(db, public_id)
    first_day = programme(db, of.programme_public_id).settings.first_day
    if year not in queries.years(first_day, today()):
        raise NoSuchObject
    return of


def _fields(programme_id: int) -> tuple[Field, ...]:
    return queries.fields_of(database.session(), programme_id) or default_fields()


def _release(of: FundView, year: int) -> Published | None:
    return queries.release_of(database.session(), of, year)


def _filled(of: FundView, year: int) -> list[FilledField]:
    released = _release(of, year)
    report = report_of(released.content) if released else None
    said = queries.answers(database.session(), of.id, year)
    return [_fill(one, report, said.get(one.key, "")) for one in _fields(of.programme_id)]


def _fill(field: Field, report: Report | None, said: str) -> FilledField:
    source = SOURCES.get(field.source)
    if source is None:
        return FilledField(field, None, said, "", "")
    return FilledField(
        field,
        told(report, source) if report else None,
        "",
        counting.unit_words(source.indicator),
        source_words(source),
    )


def _columns() -> list[str]:
    return [_("Champ"), _("Réponse"), _("Unité"), _("D’où cela vient")]


def _line(one: FilledField) -> list[Value]:
    value = computed(one.cell) if one.cell else one.said or None
    return [one.field.label, value, one.unit, one.source or _("rempli à la main")]


def _file_name(of: FundView, year: int) -> str:
    return f"bilan-caf-{of.public_id[:8]}-{year}"


def _workbook(of: FundView, year: int, filled: Sequence[FilledField]) -> Response:
    language = str(getattr(get_locale(), "language", "fr"))
    title = _("Bilan %(year)s", year=year)
    rows = (
        Row((title,), "title"),
        Row((f"{of.programme_name} · {of.title} · {of.funder_name}",), "text"),
        Row(_columns(), "head"),
        *(_row(one) for one in filled),
    )
    made = workbook.write(
        Workbook(
            title=f"{title} : {of.title}",
            author=of.programme_name,
            language=language,
            created=clock.now(),
            sheets=[Sheet(title, rows, (44, 24, 16, 44))],
            right_to_left=language in RIGHT_TO_LEFT,
        )
    )
    return download(f"{_file_name(of, year)}.xlsx", workbook.CONTENT_TYPE, made)


def _row(one: FilledField) -> Row:
    value = typed(one.cell) if one.cell else one.said
    return Row((one.field.label, value, one.unit, one.source or _("rempli à la main")))
