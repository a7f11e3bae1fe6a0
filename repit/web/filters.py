"""Filters that an address holds and nobody can read: they filter nothing, and the page says so."""

from collections.abc import Iterator

from flask_babel import gettext as _
from wtforms import Field, SelectField

from repit.web.fields import DayField
from repit.web.forms import SearchForm

LONGEST_SAID = 40
"""Of what was typed, as it is said again."""


def unread(form: SearchForm) -> list[str]:
    """Return what is wrong with the filters of a list, and what is shown instead.

    A first day after the last one is exchanged with it. Call it before the filters are read.
    """
    return [*_not_read(form), *_turned(form)]


def _not_read(form: SearchForm) -> Iterator[str]:
    for field in form:
        typed = str(field.raw_data[0]).strip() if field.raw_data else ""
        if not typed:
            continue
        if isinstance(field, SelectField) and typed not in _choices(field):
            yield _left_out(field, typed)
        elif isinstance(field, DayField) and field.data is None:
            yield f"{_left_out(field, typed)} {field.process_errors[0]}"


def _choices(field: SelectField) -> set[str]:
    return {str(value) for value, *_rest in field.iter_choices()}


def _left_out(field: Field, typed: str) -> str:
    return _(
        "« %(typed)s » n’est pas une réponse pour « %(filter)s » : la liste est montrée sans ce"
        " filtre.",
        typed=typed[:LONGEST_SAID],
        filter=field.label.text,
    )


def _turned(form: SearchForm) -> Iterator[str]:
    first, last = form["first_day"], form["last_day"]
    if first.data and last.data and first.data > last.data:
        first.data, last.data = last.data, first.data
        first.raw_data, last.raw_data = last.raw_data, first.raw_data
        yield _("Le dernier jour était avant le premier : nous les avons échangés.")
