"""Fields for what people really type: money, days, codes, names. All keep the typed text."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask_babel import get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from wtforms import Field, StringField, TextAreaField
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # newer than its types
    SelectChoice,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)
from wtforms.widgets import TextInput

from repit.domain.money import Cents
from repit.web import formats

Validators = Sequence[Callable[..., Any]]

# Controls, and what turns a line around or takes no room; joiners stay, scripts need them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_ENDS = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
# An Arabic keyboard types its own digits.
_DIGITS = {zero + digit: str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}
# Beyond these a year is a slip, and a period or a grace that follows it may not exist.
_YEARS = range(1900, 3000)
_AMOUNT = re.compile(r"^-?\d{1,9}([.,]\d{1,2})?$")
_TOO_LARGE = re.compile(r"^\d{10,}([.,]\d{1,2})?$")
LARGEST = 99_999_999_999
"""What nine digits before the mark can write, in cents."""
_BOTH_MARKS = re.compile(r"^-?\d{1,3}([.,]\d{3})+[.,]\d{2}$")
_DAY = re.compile(r"^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$")
_CLOCK = re.compile(r"^(\d{1,2})(?:[:hH. ]{1,3}(\d{2})?)?(?::00|min)?$")
_ISO_CLOCK = re.compile(r"^\d{2}:\d{2}$")
_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}$")
_CODE_NOISE = re.compile(r"[\s\-–—._]+")
_QR_URL = re.compile(r"^https?://[^/]+/v/([^/?#]+)", re.IGNORECASE)


def tidy(text: str | None) -> str | None:
    """Return the text without stray spaces or unseen characters, its digits 0 to 9; or None."""
    if text is None:
        return None
    return _UNSEEN.sub("", text).translate(_DIGITS).strip() or None


class LineField(StringField):
    """One line of text, trimmed; empty is None. What breaks a line is a space."""

    def __init__(
        self, label: Any = None, *, max_length: int = 200, required: bool = True, **kwargs: Any
    ) -> None:
        """Limit the length and say whether the field may stay empty."""
        found = _text_arguments(max_length, required=required, given=kwargs)
        super().__init__(label, **found | {"filters": [_on_one_line, *found["filters"]]})


class TextField(TextAreaField):
    """Several lines of text, trimmed; empty is None."""

    def __init__(
        self, label: Any = None, *, max_length: int = 2000, required: bool = True, **kwargs: Any
    ) -> None:
        """Limit the length and say whether the field may stay empty."""
        super().__init__(label, **_text_arguments(max_length, required=required, given=kwargs))


class EmailField(LineField):
    """An e-mail address, in lower case."""

    widget = TextInput("email")

    def __init__(self, label: Any = None, *, validators: Validators = (), **kwargs: Any) -> None:
        """Check the form of the address only; a message sent there checks the rest."""
        words = lazy_gettext("Écrivez une adresse e-mail, par exemple nom@exemple.fr.")
        checks = [Regexp(_EMAIL, message=words), *validators]
        super().__init__(label, max_length=254, validators=checks, filters=[_lower], **kwargs)


class CodeField(LineField):
    """A voucher's code: spaces, hyphens, capitals and a whole QR address are all the same.

    Gives the bare symbols; the domain tells a mistyped code from an unknown one.
    """

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        """Leave room for the address a phone's camera pastes."""
        super().__init__(label, max_length=400, filters=[bare_code], **kwargs)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else str(self.data or "")


class CentsField(Field):
    """Euros typed as « 12,50 », « 12.50 » or « 12 € »; gives int cents."""

    widget = TextInput()
    data: Cents | None

    def __init__(
        self,
        label: Any = None,
        *,
        at_least: int | None = 0,
        at_most: int | None = None,
        required: bool = True,
        validators: Validators = (),
        **kwargs: Any,
    ) -> None:
        """Take the limits in cents; the messages show them in euros. None: the domain says."""
        self.at_least, self.at_most = at_least, at_most
        checks = [InputRequired() if required else Optional(), self._within, *validators]
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, checks, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount."""
        if not valuelist or not str(valuelist[0]).strip():
            self.data = None
            return
        self.data = cents_typed(str(valuelist[0]))
        if self.data is None and _TOO_LARGE.match(_bare_amount(str(valuelist[0]))):
            most = LARGEST if self.at_most is None else self.at_most
            raise ValueError(
                gettext(
                    "Ce montant est trop grand : écrivez au plus %(amount)s.",
                    amount=formats.money(most),
                )
            )
        if self.data is None:
            raise ValueError(gettext("Écrivez un montant en euros, par exemple 12,50."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return str(format_decimal(Decimal(self.data) / 100, "0.00", locale=get_locale()))

    def _within(self, _form: object, _field: object) -> None:
        if self.data is None:
            return
        if self.at_least is not None and self.data < self.at_least:
            raise ValidationError(
                gettext("Écrivez au moins %(amount)s.", amount=formats.money(self.at_least))
            )
        if self.at_most is not None and self.data > self.at_most:
            raise ValidationError(
                gettext("Écrivez au plus %(amount)s.", amount=formats.money(self.at_most))
            )


class _BrowsersOwn(TextInput):
    """The browser's calendar or clock, unless it could not show what was typed."""

    def __init__(self, kind: str, shown: re.Pattern[str]) -> None:
        """Say which of the browser's inputs, and what that one can show."""
        super().__init__()
        self._kind, self._shown = kind, shown

    def __call__(self, field: Field, **attributes: Any) -> Markup:
        typed = str(field.raw_data[0]) if field.raw_data else ""
        kind = self._kind if not typed or self._shown.match(typed) else "text"
        return super().__call__(field, type=kind, **attributes)


class TypedField(Field):
    """A value that may also be typed as people write it; what was typed stays there to be seen."""

    def __init__(
        self,
        label: Any = None,
        *,
        required: bool = True,
        validators: Validators = (),
        **kwargs: Any,
    ) -> None:
        """Say whether the field may stay empty."""
        checks = [InputRequired() if required else Optional(), *validators]
        super().__init__(label, checks, **kwargs)

    def read(self, typed: str) -> Any:
        """Return the value, or raise ValueError with words for it."""
        raise ValueError(typed)

    def written(self) -> str:
        """Return the value as the browser wants it."""
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; empty is None."""
        typed = str(valuelist[0]) if valuelist else ""
        self.data = None
        if typed.strip():
            self.data = self.read(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.written()


class DayField(TypedField):
    """A day from the browser's calendar, or typed « 15/03/2027 »; gives a date."""

    widget = _BrowsersOwn("date", _ISO_DAY)
    data: date | None

    def read(self, typed: str) -> date:
        """Return the day, or refuse."""
        if (day := day_typed(typed)) is None:
            raise ValueError(gettext("Écrivez une date, par exemple 15/03/2027."))
        return day

    def written(self) -> str:
        """Return the day as the browser wants it."""
        return self.data.isoformat() if self.data else ""


class ClockField(TypedField):
    """A time of day from the browser's clock, or typed « 18 h 30 »; gives a time without zone."""

    widget = _BrowsersOwn("time", _ISO_CLOCK)
    data: time | None

    def read(self, typed: str) -> time:
        """Return the time, or refuse."""
        if (clock := clock_typed(typed)) is None:
            raise ValueError(gettext("Écrivez une heure, par exemple 18:30."))
        return clock

    def written(self) -> str:
        """Return the time as the browser wants it."""
        return self.data.strftime("%H:%M") if self.data else ""


def listed(answers: Iterable[tuple[str, str | LazyString]]) -> list[SelectChoice]:
    """Return the answers of a list as WTForms wants them: value, then words."""
    return [SelectChoice(value, label) for value, label in answers]


def cents_typed(text: str) -> Cents | None:
    """Return the cents in a typed amount, or None when it is not one."""
    bare = _bare_amount(text)
    if not _AMOUNT.match(bare):
        return None
    return Cents(int(Decimal(bare.replace(",", ".")) * 100))


def _bare_amount(text: str) -> str:
    bare = re.sub(r"[\s  ]|€|EUR$", "", text.strip(), flags=re.IGNORECASE)
    if _BOTH_MARKS.match(bare):
        bare = re.sub(r"[.,](?=\d{3})", "", bare)
    return bare


def day_typed(text: str) -> date | None:
    """Return the day in what was typed, or None when there is no such day from 1900 to 2999."""
    bare = tidy(text) or ""
    french = _DAY.match(bare)
    parts = [int(part) for part in french.groups()][::-1] if french else []
    try:
        day = date(*parts) if parts else date.fromisoformat(bare)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def clock_typed(text: str) -> time | None:
    """Return the time in what was typed (18:30, 18h30, 18 h), or None when there is no such."""
    found = _CLOCK.match(text.strip())
    if found is None:
        return None
    try:
        return time(int(found.group(1)), int(found.group(2) or 0))
    except ValueError:
        return None


def bare_code(text: str | None) -> str | None:
    """Return the symbols of a code, typed or pasted with its address."""
    tidied = tidy(text)
    if tidied is None:
        return None
    address = _QR_URL.match(tidied)
    return _CODE_NOISE.sub("", address.group(1) if address else tidied).upper() or None


class _NoLonger(Length):
    """Refuse what is too long with words: a browser told of it would cut what is pasted, mutely."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)
        self.field_flags = {}


def _text_arguments(max_length: int, *, required: bool, given: dict[str, Any]) -> dict[str, Any]:
    checks = [DataRequired() if required else Optional(), _NoLonger(max_length)]
    return {
        **given,
        "validators": [*checks, *given.get("validators", ())],
        "filters": [tidy, *given.get("filters", ())],
    }


def _on_one_line(text: str | None) -> str | None:
    return _LINE_ENDS.sub(" ", text) if text else text


def _lower(text: str | None) -> str | None:
    return text.lower() if text else text
