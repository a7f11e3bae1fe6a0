"""Money, days and moments as the reader writes them. Used by templates and wording only.

Money is integer cents in, « 30,00 € » out. Moments are aware UTC in, local out.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as wall_clock
from functools import wraps
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit
from flask import Flask
from flask_babel import get_locale, get_timezone, gettext, ngettext, pgettext
from jinja2 import pass_context
from jinja2.runtime import Context

from repit.domain import clock
from repit.web.telephones import dialled, telephone

GROUP = 4
Shown = TypeVar("Shown")
HOUR = 60
NEAR_DAYS = 14
_ENGLISH = Locale("en", "GB")
"""Who reads English here reads the day before the month, as everybody around does."""


def register(app: Flask) -> None:
    """Make every format a template filter of the same name."""
    filters = (
        money, euros, number, percentage, minutes, days, code,
        day, short_day, weekday, relative_day, month, quarter, moment, time, wall, iso,
        telephone, dialled,
    )  # fmt: skip
    for one in filters:
        app.add_template_filter(_at_each_reading(one), one.__name__)


def _at_each_reading(form: Callable[[Shown], str]) -> Callable[[Context, Shown], str]:
    """Without a context Jinja would format a constant once, in its first reader's language."""

    @pass_context
    @wraps(form)
    def filtered(_context: Context, value: Shown) -> str:
        return form(value)

    return filtered


def money(cents: int) -> str:
    """Return « 30,00 € »."""
    return _signed(str(format_currency(cents / 100, "EUR", locale=_locale())))


def _signed(shown: str) -> str:
    """Keep a minus before its figures: after the mark that Arabic begins with, it would follow."""
    return shown.replace("\u200f-", "\u200f\u200e-")


def euros(cents: int) -> str:
    """Return « 30 € » when there are no cents, for a big figure read from afar."""
    if cents % 100:
        return money(cents)
    return str(
        format_currency(
            cents // 100, "EUR", format=_whole_currency(), locale=_locale(), currency_digits=False
        )
    )


def number(value: int | float) -> str:
    """Return « 1 234 »."""
    return str(format_decimal(value, locale=_locale()))


def percentage(share: float) -> str:
    """Return « 82 % » for 0.82."""
    return str(format_percent(share, locale=_locale()))


def minutes(value: int) -> str:
    """Return « 1 h 30 min » for 90."""
    whole, rest = divmod(value, HOUR)
    words = []
    if whole:
        words.append(format_unit(whole, "duration-hour", length="short", locale=_locale()))
    if rest or not whole:
        words.append(format_unit(rest, "duration-minute", length="short", locale=_locale()))
    return " ".join(words)


def days(value: int) -> str:
    """Return « 12 jours »."""
    return ngettext("%(num)s jour", "%(num)s jours", value)


def code(symbols: str) -> str:
    """Return « XXXX-XXXX-XXXX », easier to read aloud."""
    return "-".join(symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP))


def day(value: date) -> str:
    """Return « 15 mars 2027 »."""
    return _written(_local_day(value), "long")


def short_day(value: date) -> str:
    """Return « 15/03/2027 », for a column of days."""
    return str(format_skeleton("yMMdd", _local_day(value), locale=_locale()))


def weekday(value: date) -> str:
    """Return « mercredi 15 mars », with the year when it is not this one."""
    local = _local_day(value)
    this_year = local.year == _today().year
    pattern = pgettext("jour sans année", "EEEE d MMMM") if this_year else "full"
    return _written(local, pattern)


def relative_day(value: date) -> str:
    """Return « aujourd’hui », « demain », « dans 3 jours », else the day itself."""
    local = _local_day(value)
    distance = (local - _today()).days
    near = {-1: gettext("hier"), 0: gettext("aujourd’hui"), 1: gettext("demain")}
    if distance in near:
        return near[distance]
    if abs(distance) > NEAR_DAYS:
        return day(local)
    return str(
        format_timedelta(
            timedelta(days=distance), "day", threshold=99, add_direction=True, locale=_locale()
        )
    )


def month(value: date) -> str:
    """Return « mars 2027 »."""
    return str(format_skeleton("yMMMM", _local_day(value), locale=_locale()))


def short_month(value: date) -> str:
    """Return « mars 27 », for the axis of a plot."""
    return str(format_date(_local_day(value), "MMM yy", locale=_locale()))


def quarter(value: date) -> str:
    """Return « 1er trimestre 2026 »."""
    return str(format_date(_local_day(value), "QQQQ y", locale=_locale()))


def time(value: datetime) -> str:
    """Return « 18 h » or « 18 h 30 »."""
    local = value.astimezone(_zone())
    pattern = pgettext("heure", "H 'h' mm") if local.minute else pgettext("heure pile", "H 'h'")
    return str(format_datetime(local, pattern, tzinfo=local.tzinfo, locale=_locale()))


def wall(value: wall_clock) -> str:
    """Return « 18 h 30 » for a time of day that is agreed on where it happens."""
    return time(datetime.combine(_today(), value).replace(tzinfo=_zone(), day=1, month=1))


def moment(value: datetime) -> str:
    """Return « mercredi 15 mars, 18 h »."""
    return gettext("%(day)s, %(time)s", day=weekday(value), time=time(value))


def iso(value: date) -> str:
    """Return the machine's form, for `<time datetime>`."""
    return value.isoformat()


def _written(local: date, pattern: str) -> str:
    """The first of a month is « 1er » to a French reader, which CLDR does not know."""
    words = str(format_date(local, pattern, locale=_locale()))
    if local.day > 1 or _locale().language != "fr":
        return words
    return re.sub(r"\b1 ", "1er ", words, count=1)


def _whole_currency() -> str:
    """Return the reader's pattern for money, without its decimals."""
    pattern: str = _locale().currency_formats["standard"].pattern
    return pattern.replace("0.00", "0")


def _local_day(value: date) -> date:
    """Return the calendar day; a moment near midnight belongs to the reader's day."""
    if isinstance(value, datetime):
        return value.astimezone(_zone()).date()
    return value


def _today() -> date:
    return clock.now().astimezone(_zone()).date()


def _locale() -> Locale:
    found: Locale | None = get_locale()
    if found is not None and found.language == "en":
        return _ENGLISH
    return found or Locale("fr")


def _zone() -> ZoneInfo:
    return ZoneInfo(str(get_timezone() or "Europe/Paris"))
