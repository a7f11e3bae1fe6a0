"""A field for time that was worked: « 12 h 30 », « 12:30 », « 12,5 » or « 90 min »; in minutes."""

import re
from decimal import Decimal

from flask_babel import gettext
from wtforms.widgets import TextInput

from repit.domain.money import Minutes
from repit.web import formats
from repit.web.fields import TypedField, tidy

HOUR = 60
_HOURS = re.compile(r"^(\d{1,5})[ ]*(?:h|H|:)[ ]*([0-5]\d|\d)?(?:[ ]*min)?$")
_MINUTES = re.compile(r"^(\d{1,6})(?:min|mn|minutes?)$", re.IGNORECASE)
_DECIMAL = re.compile(r"^\d{1,5}([.,]\d{1,2})?$")


class HoursField(TypedField):
    """Hours as people write them; what was typed stays there to be seen."""

    widget = TextInput()
    data: Minutes | None

    def read(self, typed: str) -> Minutes:
        """Return the minutes, or refuse."""
        if (minutes := minutes_typed(typed)) is None:
            raise ValueError(gettext("Écrivez des heures, par exemple 12 h 30, 12,5 ou 90 min."))
        return minutes

    def written(self) -> str:
        """Return the time as its reader writes it."""
        return formats.minutes(self.data) if self.data else ""


def minutes_typed(text: str) -> Minutes | None:
    """Return the minutes in what was typed, or None when it is no time."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", tidy(text) or "")
    if found := _HOURS.match(bare):
        return Minutes(int(found.group(1)) * HOUR + int(found.group(2) or 0))
    if found := _MINUTES.match(bare):
        return Minutes(int(found.group(1)))
    if _DECIMAL.match(bare):
        return Minutes(round(Decimal(bare.replace(",", ".")) * HOUR))
    return None
