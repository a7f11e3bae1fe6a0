"""Staff time and costs of the programmes: typed in, summed, taken back, as a file."""

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain import clock
from repit.domain.costs import queries, service
from repit.domain.costs.queries import CostView, Spent
from repit.domain.money import Cents, Minutes
from repit.domain.programmes import queries as programmes
from repit.web import database, formats
from repit.web.access import actor
from repit.web.exports import csv_file, euros
from repit.web.fields import listed
from repit.web.filters import unread
from repit.web.forms import given, received
from repit.web.operators.acting import made, today
from repit.web.operators.cost_forms import CostForm, CostSearch, beside
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.provider_forms import MotiveForm
from repit.web.words.costs import KINDS

blueprint = room("operators_costs", __name__, "/porteur/temps-et-couts")

MINUTES_IN_AN_HOUR = 60
INVALID = 422

blueprint.add_app_template_filter(KINDS.__getitem__, "cost_kind")


@blueprint.app_template_filter("cost_day")
def cost_day(row: CostView) -> str:
    """Return « mars 2026 » for a line about a whole month, or its day."""
    return formats.month(row.on_day) if row.whole_month else formats.short_day(row.on_day)


@blueprint.app_template_filter("worked_time")
def worked_time(row: CostView) -> str:
    """Return « 12 h 30 min », with a minus for a line that takes another back."""
    shown = formats.minutes(abs(row.minutes))
    return f"-{shown}" if row.minutes < 0 else shown


@blueprint.get("/")
def list_lines() -> ResponseReturnValue:
    db = database.session()
    form = CostSearch(request.args)
    form.programme.choices = listed([("", _("Tous")), *programmes.programme_names(db)])
    said = unread(form)
    wanted = form.wanted()
    found = queries.lines(db, wanted, number=wanted_page())
    if exporting() and not said:
        return _csv(found.items)
    by_kind = queries.by_kind(db, wanted)
    return render_template(
        "operators/costs/list.html",
        form=form,
        said=said,
        found=found,
        by_kind=by_kind,
        total=Spent(
            Minutes(sum(one.minutes for one in by_kind.values())),
            Cents(sum(one.amount for one in by_kind.values())),
        ),
        count_words=ngettext("%(num)s ligne", "%(num)s lignes", found.total),
    )


def _csv(rows: list[CostView]) -> ResponseReturnValue:
    columns = [
        _("Jour"), _("Tout le mois"), _("Dispositif"), _("Nature"), _("Heures"), _("Montant"),
        _("Note"), _("Annule une ligne"), _("Annulée"), _("Notée par"), _("Notée le"),
    ]  # fmt: skip
    lines = [
        (
            row.on_day,
            row.whole_month,
            row.programme_name,
            str(KINDS[row.kind]),
            Decimal(row.minutes) / MINUTES_IN_AN_HOUR,
            euros(row.amount),
            row.note,
            row.cancels,
            row.cancelled,
            row.typed_by,
            row.typed_at,
        )
        for row in rows
    ]
    return csv_file("temps-et-couts", columns, lines)


@blueprint.route("/noter", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    shown = programmes.programmes(database.session()).items
    form = CostForm(received(), on_day=today())
    form.ask([(one.public_id, one.name) for one in shown])
    known = {one.public_id: one.id for one in shown}
    if request.method == "POST" and made(
        form,
        lambda db: service.add(
            db, form.cost(known[form.programme.data]), actor=actor(), now=clock.now()
        ),
        beside=beside,
    ):
        flash(_("La ligne est notée."), "done")
        return redirect(url_for(".list_lines"), 303)
    page = render_template("operators/costs/new.html", form=form)
    return page, INVALID if form.errors else 200


@blueprint.route("/<public_id>/annuler", methods=["GET", "POST"])
def cancel(public_id: str) -> ResponseReturnValue:
    one = queries.line(database.session(), public_id)
    form = MotiveForm(received())
    if request.method == "POST" and made(
        form,
        lambda db: service.cancel(
            db, one.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        flash(_("La ligne est annulée par une autre. Notez maintenant la bonne."), "done")
        return redirect(url_for(".list_lines"), 303)
    page = render_template("operators/costs/cancel.html", form=form, one=one)
    return page, INVALID if form.errors else 200
