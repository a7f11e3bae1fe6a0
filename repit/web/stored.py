"""Validators that put what was typed in its stored form."""

from collections.abc import Callable
from typing import TypeVar

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString
from wtforms import Field, Form, ValidationError

from repit.domain.households import rules

T = TypeVar("T")


def stored(read: Callable[[str], T | None], words: LazyString) -> Callable[[Form, Field], None]:
    """Return a validator that puts the field in its stored form, or says what is expected."""

    def check(_form: Form, field: Field) -> None:
        if not field.data:
            return
        found = read(field.data)
        if found is None:
            raise ValidationError(words)
        field.data = found

    return check


PHONE = stored(rules.phone, _("Écrivez un numéro, par exemple 06 12 34 56 78."))
