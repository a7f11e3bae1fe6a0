"""Forms of the yearly summary: its fields, and what is typed into them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, Form, FormField, HiddenField, SelectField
from wtforms.validators import ValidationError

from repit.domain.summaries.rules import (
    LONGEST_ANSWER,
    LONGEST_LABEL,
    MOST_FIELDS,
    Field,
    Kind,
    is_count,
)
from repit.web.durations import minutes_typed
from repit.web.fields import LineField, cents_typed
from repit.web.forms import RepitForm, SearchForm, given
from repit.web.operators import form_lines
from repit.web.operators.form_lines import Typed
from repit.web.words.summaries import source_choices

SAID = "said_"


def _is_count(_form: Form, field: LineField) -> None:
    if not is_count(field.data or ""):
        raise ValidationError(
            gettext("Écrivez un nombre entier de 0 à 999 999 999, par exemple 3.")
        )


def _is_amount(_form: Form, field: LineField) -> None:
    cents = cents_typed(field.data or "")
    if cents is None or cents < 0:
        raise ValidationError(gettext("Écrivez un montant en euros, par exemple 12,50."))


def _is_time(_form: Form, field: LineField) -> None:
    if minutes_typed(field.data or "") is None:
        raise ValidationError(gettext("Écrivez des heures, par exemple 12 h 30, 12,5 ou 90 min."))


CHECKS = {Kind.COUNT: [_is_count], Kind.AMOUNT: [_is_amount], Kind.TIME: [_is_time]}
"""By what stands in a field; words and shares are free."""


class FieldForm(SearchForm):
    """One line; the editor around it carries the token."""

    key = HiddenField()
    label = LineField(_("Nom du champ"), max_length=LONGEST_LABEL)
    source = SelectField(_("Rempli par"), choices=source_choices, validate_choice=False)

    def field(self) -> Field:
        """Return what was typed; only after validate()."""
        return Field(self.key.data or "", given(self.label.data), self.source.data or "")


class FieldsForm(RepitForm):
    fields = FieldList(FormField(FieldForm), _("Champ"), min_entries=1, max_entries=MOST_FIELDS)

    def named(self) -> tuple[Field, ...]:
        """Return the fields in their order; only after validate()."""
        return tuple(entry.form.field() for entry in self.fields.entries)


def field_forms(form: FieldsForm) -> list[Form]:
    """Return the forms of the lines, in their order."""
    return [entry.form for entry in form.fields.entries]


def rearranged(typed: Typed, act: str) -> Typed | None:
    """Return what was typed with its lines in another order, or None when `act` is no such act."""
    return form_lines.rearranged(typed, act, name="fields", most=MOST_FIELDS, fresh={"label": ""})


def answers_form(fields: Sequence[Field], *given_values: Any, **values: Any) -> RepitForm:
    """Return a form with a line for each field that a person fills."""
    lines = {
        f"{SAID}{one.key}": LineField(
            one.label,
            max_length=LONGEST_ANSWER,
            required=False,
            validators=CHECKS.get(one.kind, ()),
        )
        for one in fields
        if not one.source
    }
    kind = type("AnswersForm", (RepitForm,), lines)
    made: RepitForm = kind(*given_values, **values)
    return made


def answers_in(form: RepitForm) -> dict[str, str]:
    """Return what was typed, by the field's key; only after validate()."""
    return {
        name.removeprefix(SAID): field.data or ""
        for name, field in form._fields.items()
        if name.startswith(SAID)
    }
