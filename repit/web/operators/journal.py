"""Everything that happened, to whom, by whom and why."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from wtforms import SelectField

from repit.domain.audit.queries import JournalFilter, journal_length
from repit.domain.people.queries import operators
from repit.domain.reports.journal import JournalLine, journal
from repit.web import database
from repit.web.exports import csv_file
from repit.web.fields import DayField, listed
from repit.web.forms import SearchForm, chosen
from repit.web.operators import histories
from repit.web.operators.history_words import OBJECTS
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting

blueprint = room("operators_journal", __name__, "/porteur/journal")

PAGE = 50
MOST_EXPORTED = 20_000
# Both databases count rows up to here and refuse to read a larger number.
MOST_EVENTS = 2**63 - 1
PAGES: dict[str, tuple[str, str]] = {
    # kind of object: the page that shows it, and what the address calls it
    "fund": ("operators_funds.show_fund", "public_id"),
    "funder": ("operators_funders.show_funder", "public_id"),
    "parent": ("operators_parents.show_parent", "public_id"),
    "parent_import": ("operators_imports.show_import", "public_id"),
    "programme": ("operators_programmes.show_programme", "public_id"),
    "provider": ("operators_providers.show_provider", "public_id"),
    "scale": ("operators_scales.show_scale", "public_id"),
    "voucher": ("operators_vouchers.show_voucher", "name"),
}


class JournalSearch(SearchForm):
    what = SelectField(lazy_gettext("Sur quoi"))
    who = SelectField(lazy_gettext("Par qui"))
    first_day = DayField(lazy_gettext("Depuis le"), required=False)
    last_day = DayField(lazy_gettext("Jusqu’au"), required=False)

    def wanted(self) -> JournalFilter:
        """Return what to keep; a day that is none filters nothing."""
        return JournalFilter(
            object_kind=chosen(self.what) or None,
            actor=chosen(self.who) or None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )


@blueprint.get("/")
def show_journal() -> ResponseReturnValue:
    db = database.session()
    form = JournalSearch(request.args)
    form.what.choices = listed([("", _("Tout")), *OBJECTS.items()])
    people = [(f"person:{one.id}", one.name) for one in operators(db)]
    form.who.choices = listed([("", _("Tout le monde")), *people])
    wanted = form.wanted()
    if exporting():
        return _csv(journal(db, wanted, limit=MOST_EXPORTED))
    total = journal_length(db, wanted)
    before = _before()
    lines = journal(db, wanted, before_id=before, limit=PAGE + 1)
    shown, more = lines[:PAGE], lines[PAGE:]
    return render_template(
        "operators/journal.html",
        form=form,
        lines=list(zip(shown, histories.entries(one.event for one in shown), strict=True)),
        older=shown[-1].event.id if more else None,
        newest=before is None,
        words=ngettext("%(num)d ligne", "%(num)d lignes", total),
        page_of=page_of,
    )


def page_of(line: JournalLine) -> str | None:
    """Return the address of what a line is about, when it has a page."""
    page = PAGES.get(line.event.object_kind)
    if page is None or line.address is None:
        return None
    endpoint, argument = page
    values: dict[str, Any] = {argument: line.address}
    return url_for(endpoint, **values)


def _csv(lines: list[JournalLine]) -> ResponseReturnValue:
    columns = [_("Quand"), _("Sur quoi"), _("Nom"), _("Quoi"), _("Détails"), _("Qui"), _("Motif")]
    entries = histories.entries(one.event for one in lines)
    rows = (
        (
            one.event.at,
            str(OBJECTS.get(one.event.object_kind, one.event.object_kind)),
            one.name,
            entry.what,
            entry.details,
            entry.who,
            entry.why,
        )
        for one, entry in zip(lines, entries, strict=True)
    )
    return csv_file("journal", columns, rows)


def _before() -> int | None:
    """Return the event whose elders are asked for, within what a database can count."""
    asked = request.args.get("before", type=int)
    return None if asked is None else max(0, min(asked, MOST_EVENTS))
