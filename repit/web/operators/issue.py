"""Issue vouchers: choose a period, see who would get what, start; and who waits for more."""

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from repit.db.pages import Page
from repit.domain import clock, ids
from repit.domain.entitlements import waiting
from repit.domain.entitlements.queries import scale_in_force
from repit.domain.errors import Refused
from repit.domain.jobs import queries as jobs
from repit.domain.jobs import service
from repit.domain.programmes import queries as programmes
from repit.domain.programmes.queries import ProgrammeView
from repit.domain.reports.scale_preview import preview
from repit.domain.vouchers.issue import prepare
from repit.web import database
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.fields import day_typed, listed
from repit.web.forms import chosen, given, received
from repit.web.operators.acting import make, today
from repit.web.operators.issue_forms import ChooseForm, PreviewSearch, StartForm, WaitingSearch
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, page_number, wanted_page
from repit.web.operators.scale_words import REASONS
from repit.web.wording import word

blueprint = room("operators_issue", __name__, "/porteur/emissions")
KIND = "issue_vouchers"


@blueprint.get("/")
def choose() -> ResponseReturnValue:
    db = database.session()
    form = ChooseForm(request.args)
    open_ones = programmes.programmes(db, closed=False).items
    form.programme.choices = listed([(one.public_id, one.name) for one in open_ones])
    return render_template(
        "operators/issue/choose.html",
        form=form,
        programmes=open_ones,
        groups=waiting.groups(db),
        runs=jobs.latest(db, [KIND], limit=8),
        names={one.id: one.name for one in open_ones},
        start=start_fields,
    )


@blueprint.get("/apercu")
def show_preview() -> ResponseReturnValue:
    db = database.session()
    programme = programmes.programme(db, request.args.get("programme", ""))
    form = PreviewSearch(request.args)
    try:
        day = _wanted_day(programme)
        scale = scale_in_force(db, programme.id, day)
        shown = preview(db, scale, clock.now(), day=day)
    except Refused as refusal:
        return _preview_page(programme, form, refusal=word(refusal))
    rows = shown.found(form.q.data or "", chosen(form.show))
    page = Page(rows, len(rows), page_number())
    number = min(page.number, page.last)
    first = (number - 1) * page.length
    return _preview_page(
        programme,
        form,
        scale=scale,
        preview=shown,
        start=start_fields(programme.public_id, shown.period.first_day),
        rows=rows[first : first + page.length],
        count_words=ngettext("%(num)s parent", "%(num)s parents", len(rows)),
        number=number,
        last=page.last,
        most=max((parents for _vouchers, parents in shown.distribution), default=1),
    )


def _preview_page(
    programme: ProgrammeView, form: PreviewSearch, **shown: Any
) -> ResponseReturnValue:
    return render_template(
        "operators/issue/preview.html", programme=programme, form=form, today=today(), **shown
    )


def _wanted_day(programme: ProgrammeView) -> date:
    """Return a day of the period asked for: named, the next one, or the one of today."""
    named = day_typed(request.args.get("day", ""))
    if named is not None:
        return named
    settings = programme.settings
    day = min(max(clock.day_in(settings.zone, clock.now()), settings.first_day), settings.last_day)
    if request.args.get("when") != "next":
        return day
    period = scale_in_force(database.session(), programme.id, day).period_on(day)
    return period.last_day + timedelta(days=1)


def start_fields(programme: str, first_day: date) -> dict[str, str]:
    """Return what a button that starts a run sends."""
    return {"programme": programme, "day": first_day.isoformat(), "once": ids.public_id()}


@blueprint.post("/commencer")
def start() -> ResponseReturnValue:
    db = database.session()
    form = StartForm(received())
    if not form.validate():
        flash(_("L’émission n’a pas commencé : rechargez la page et recommencez."), "refused")
        return redirect(url_for(".choose"), 303)
    programme = programmes.programme(db, given(form.programme.data))
    day = given(form.day.data)
    try:
        prepare(db, programme.id, day, now=clock.now())
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
        return redirect(url_for(".choose"), 303)
    job = make(
        lambda db: service.enqueue(
            db,
            kind=KIND,
            facts={"programme_id": programme.id, "day": day.isoformat()},
            actor=actor(),
            now=clock.now(),
            dedupe=f"issue:{programme.id}:{form.once.data}",
        )
    )
    return redirect(url_for("operators_work.show_job", public_id=job), 303)


@blueprint.get("/attente")
def list_waiting() -> ResponseReturnValue:
    db = database.session()
    form = WaitingSearch(request.args)
    everything = ("", lazy_gettext("Tous"))
    form.programme.choices = listed([everything, *programmes.programme_names(db)])
    programme, sought = chosen(form.programme), form.q.data or ""
    found = waiting.waiting(db, programme=programme, words=sought, number=wanted_page())
    if exporting():
        return _csv(found.items)
    return render_template(
        "operators/issue/waiting.html",
        form=form,
        found=found,
        groups=waiting.groups(db),
        start=start_fields,
        words=ngettext("%(num)d parent attend", "%(num)d parents attendent", found.total),
    )


def _csv(rows: list[waiting.WaitingParent]) -> ResponseReturnValue:
    columns = [
        _("Numéro"), _("Nom"), _("Commune"), _("Isolé·e"), _("Dispositif"), _("Période du"),
        _("Chèques attendus"), _("Déjà émis"), _("Depuis"), _("Pourquoi"),
    ]  # fmt: skip
    lines = (
        (
            row.number, row.name, row.town, row.isolated, row.programme_name,
            row.period.first_day, row.vouchers, row.already, row.since,
            str(REASONS[row.reason]),
        )
        for row in rows
    )  # fmt: skip
    return csv_file("attente", columns, lines)
