"""What a scale would give, before it is published: who, why, how much, who would wait."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.db.pages import Page
from repit.domain import clock
from repit.domain.entitlements.queries import ScaleView, scale
from repit.domain.errors import Refused
from repit.domain.programmes.queries import programme_by_id
from repit.domain.reports.scale_preview import Preview, PreviewedParent, preview
from repit.domain.reports.what_if import what_if
from repit.web import database
from repit.web.exports import csv_file, euros
from repit.web.forms import chosen
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, page_number
from repit.web.operators.scale_forms import PreviewSearch
from repit.web.operators.scale_words import REASONS, family_words, sum_words, unpublishable
from repit.web.wording import word

blueprint = room("operators_scale_previews", __name__, "/porteur/baremes")


@blueprint.get("/<public_id>/apercu")
def show_preview(public_id: str) -> ResponseReturnValue:
    db = database.session()
    found = scale(db, public_id)
    now = clock.now()
    try:
        shown = preview(db, found, now)
    except Refused as refusal:
        return _page(found, refusal=word(refusal))
    form = PreviewSearch(request.args)
    rows = shown.found(form.q.data or "", chosen(form.show))
    if exporting():
        return _csv(rows, shown)
    page = Page(rows, len(rows), page_number())
    number = min(page.number, page.last)
    start = (number - 1) * page.length
    return _page(
        found,
        preview=shown,
        costs=what_if(db, found, shown, now=now) if shown.parents else None,
        form=form,
        rows=rows[start : start + page.length],
        count_words=ngettext("%(num)s parent", "%(num)s parents", len(rows)),
        number=number,
        last=page.last,
        most=max((parents for _vouchers, parents in shown.distribution), default=1),
    )


def _page(found: ScaleView, **shown: object) -> ResponseReturnValue:
    return render_template(
        "operators/scales/preview.html",
        scale=found,
        unpublishable=unpublishable(found),
        programme=programme_by_id(database.session(), found.programme_id),
        **shown,
    )


def _csv(rows: list[PreviewedParent], shown: Preview) -> ResponseReturnValue:
    columns = [
        _("Numéro"), _("Nom"), _("Famille"), _("Explication"), _("Chèques de la période"),
        _("Déjà émis"), _("À émettre"), _("Coût"), _("En attente"), _("Pourquoi"),
    ]  # fmt: skip
    lines = [
        (
            row.number,
            row.name,
            family_words(row.person.facts),
            sum_words(row.person.computed.lines),
            row.vouchers,
            row.person.issued,
            row.now,
            euros(row.now * shown.face),
            row.waits,
            str(REASONS[row.reason]) if row.reason else None,
        )
        for row in rows
    ]
    return csv_file("apercu-bareme", columns, lines)
