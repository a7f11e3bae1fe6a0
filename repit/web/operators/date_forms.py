"""A list of real dates: a recurrence proposes some, every line is edited, then all are kept."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, SelectField

from repit.domain.errors import Refused
from repit.domain.workshops.errors import SessionThereAlready, TooManyDates
from repit.domain.workshops.rules import Outline, Row, check_row
from repit.domain.workshops.times import MOST_DATES, Monthly, Rule, Weekly, propose
from repit.web.fields import ClockField, DayField, LineField, listed
from repit.web.forms import RepitForm, SearchForm, given, refuse
from repit.web.operators import form_lines
from repit.web.operators.form_lines import Line, Typed
from repit.web.operators.programme_forms import whole
from repit.web.operators.repeated import fold_in, which
from repit.web.wording import word

LINES = "rows"
RHYTHMS: dict[str, tuple[Any, Rule]] = {
    "week": (_("Chaque semaine"), Weekly()),
    "2-weeks": (_("Toutes les deux semaines"), Weekly(2)),
    "3-weeks": (_("Toutes les trois semaines"), Weekly(3)),
    "month": (_("Chaque mois, le même jour de la semaine"), Monthly()),
    "2-months": (_("Tous les deux mois, le même jour de la semaine"), Monthly(2)),
    "last": (_("Chaque mois, la dernière fois de ce jour de la semaine"), Monthly(last=True)),
}
Known = Collection[tuple[object, object]]
"""Day and start of the sessions that stand."""


class RowForm(SearchForm):
    """One date; the list around it carries the token."""

    day = DayField(_("Jour"))
    starts = ClockField(_("Début"))
    ends = ClockField(_("Fin"))
    which = which()
    theme = LineField(_("Thème"), max_length=200, required=False)

    def row(self) -> Row:
        """Return what was typed; only after validate()."""
        return Row(
            given(self.day.data),
            given(self.starts.data),
            given(self.ends.data),
            self.theme.data,
            fold_in(self.which),
        )


class DatesForm(RepitForm):
    rows = FieldList(FormField(RowForm), _("Date"), max_entries=MOST_DATES)

    def check(self, zone: str, known: Known, now: datetime) -> bool:
        """Check every line, and say beside each what is wrong with it."""
        valid = self.validate()
        if not self.rows.entries:
            refuse(self, None, gettext("Ajoutez au moins une date."))
            return False
        if not valid:
            return False
        wanted = self.dates()
        for place, entry in enumerate(self.rows.entries):
            try:
                check_row(wanted, place, zone, now)
                if (wanted[place].day, wanted[place].starts) in known:
                    raise SessionThereAlready(wanted[place].day)
            except Refused as refusal:
                refuse(entry.form, _field_of(refusal), str(word(refusal)))
                valid = False
        self.rows.errors = [] if valid else [entry.errors for entry in self.rows.entries]
        return valid

    def whole_dates(self) -> list[Row]:
        """Return the lines that say a day and both hours, checked or not."""
        lines = (entry.form for entry in self.rows.entries)
        return [
            Row(line.day.data, line.starts.data, line.ends.data)
            for line in lines
            if line.day.data and line.starts.data and line.ends.data
        ]

    def dates(self) -> list[Row]:
        """Return what was typed; only after validate()."""
        return [entry.form.row() for entry in self.rows.entries]


class AgainForm(DatesForm):
    """The same workshop in another year."""

    title = LineField(_("Titre pour l’équipe"), max_length=120)
    programme = SelectField(_("Dispositif"))
    with_care = BooleanField(_("Reprendre aussi les gardes, en brouillon"), default=True)


class ProposalForm(SearchForm):
    """What a recurrence needs; read from the same page as the list."""

    rhythm = SelectField(
        _("Rythme"), choices=listed((key, words) for key, (words, _rule) in RHYTHMS.items())
    )
    first_day = DayField(_("Première date"))
    count = whole(_("Nombre de dates"), 1, MOST_DATES, required=False)
    until = DayField(_("Jusqu’au"), required=False)

    def days(self) -> list[date]:
        """Return the days a recurrence gives; only after validate()."""
        rule = RHYTHMS[self.rhythm.data][1]
        count = self.count.data or (None if self.until.data else 1)
        return propose(rule, given(self.first_day.data), count=count, until=self.until.data)


def proposed(typed: Typed, proposal: ProposalForm, outline: Outline) -> Typed:
    """Return what was typed with the days of a recurrence added; those named already stay.

    A recurrence that cannot be read is explained beside its fields, and nothing is added.
    """
    if not proposal.validate():
        return typed
    try:
        days = proposal.days()
    except TooManyDates as refusal:
        refuse(proposal, "until" if proposal.until.data else "count", str(word(refusal)))
        return typed
    lines = [line for line in form_lines.lines_of(typed, LINES) if any(line.values())]
    named = {line.get("day") for line in lines}
    lines += [fresh(outline, day) for day in days if day.isoformat() not in named]
    if len(lines) > MOST_DATES:
        refuse(proposal, "count", str(word(TooManyDates(MOST_DATES))))
        return typed
    return form_lines.with_lines(typed, LINES, lines)


def rearranged(typed: Typed, act: str, outline: Outline) -> Typed | None:
    """Return what was typed with a line more or less, or None when `act` is no such act."""
    return form_lines.rearranged(typed, act, name=LINES, most=MOST_DATES, fresh=fresh(outline))


def fresh(outline: Outline, day: date | None = None) -> Line:
    """Return a new line at the workshop's usual time, as text."""
    return {
        "day": day.isoformat() if day else "",
        "starts": outline.starts.strftime("%H:%M"),
        "ends": outline.ends.strftime("%H:%M"),
    }


def shown(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the values the list starts with."""
    return {LINES: [vars(row) for row in rows]}


def _field_of(refusal: Refused) -> str:
    fields = {"ends_before_start": "ends", "missing_hour": "starts", "repeated_hour": "which"}
    return fields.get(refusal.code, "day")
