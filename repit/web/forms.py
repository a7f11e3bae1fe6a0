"""The form base: CSRF from the signed session, our words for its errors, typed values."""

from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app, request, session
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Form, HiddenField, SelectField
from wtforms.csrf.session import SessionCSRF
from wtforms.validators import ValidationError

from repit.domain import ids
from repit.web.form_messages import Words

T = TypeVar("T")


class RepitForm(Form):
    """Base of every form that changes something."""

    class Meta:
        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit = timedelta(hours=12)

        @property
        def csrf_secret(self) -> bytes:
            return str(current_app.config["SECRET_KEY"]).encode()

        @property
        def csrf_context(self) -> object:
            return session

        def get_translations(self, _form: object) -> Words:
            return Words()


class SearchForm(RepitForm):
    """Base of filters and searches: they change nothing, and their address can be shared."""

    class Meta(RepitForm.Meta):
        csrf = False


def _fresh() -> str:
    """Return the number of a page that is yet to be sent."""
    return str(ids.request_id())


class SentOnce(RepitForm):
    """A form whose page may be sent twice, and is done once."""

    nonce = HiddenField(lazy_gettext("Cette page"), default=_fresh)

    def validate_nonce(self, field: HiddenField) -> None:
        """A page that was tampered with gets another number, and is asked again."""
        try:
            UUID(str(field.data))
        except ValueError as wrong:
            field.data = _fresh()
            raise ValidationError(gettext("Envoyez encore une fois.")) from wrong


def chosen(field: SelectField) -> str:
    """Return the choice of a filter; an address that holds something else filters nothing."""
    known = {value for value, *_ in field.iter_choices()}
    if field.data not in known:
        field.data = ""
    return str(field.data)


def given(value: T | None) -> T:
    """Return a value that validation has already proved present."""
    if value is None:
        raise ValueError("read a form only after validate() returned True")
    return value


def received() -> MultiDict[str, Any] | CombinedMultiDict[str, Any] | None:
    """Return what was sent, typed fields and files together.

    None when the page is only asked for: an empty answer would count as one, and empty the
    fields of what they already hold.
    """
    if request.method in {"GET", "HEAD"}:
        return None
    if not request.files:
        return request.form
    return CombinedMultiDict([request.files, request.form])


def refuse(form: Form, field: str | None, words: str) -> None:
    """Put a refusal of the domain next to the field it is about, or above them all."""
    if field is None:
        form.form_errors.append(words)
        return
    form[field].errors = [*form[field].errors, words]


def csrf_token() -> str:
    """Return a token for a form that has only a button."""
    field = RepitForm()["csrf_token"]
    return str(field.current_token)  # type: ignore[attr-defined]  # set by WTForms' CSRF
