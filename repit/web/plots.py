"""Plots of a page: the reader's language and direction, the page's own colours and letters."""

from collections.abc import Callable, Sequence

from flask_babel import get_locale
from markupsafe import Markup

from repit.integrations import plots
from repit.integrations.plots import SCREEN, Bar, Frame, Inks, Series
from repit.web.formats import number


def bars(title: str, description: str, rows: Sequence[Bar], *, inks: Inks = SCREEN) -> Markup:
    """Return a bar for each row; read out as its title and description."""
    return _part_of_page(plots.bars(_frame(title, description, number, inks), rows))


def lines(
    title: str,
    description: str,
    parts: Sequence[str],
    series: Sequence[Series],
    *,
    write: Callable[[float], str] = number,
    inks: Inks = SCREEN,
) -> Markup:
    """Return a line for each series; `write` words the amounts of the axis."""
    return _part_of_page(plots.lines(_frame(title, description, write, inks), parts, series))


def stacked(
    title: str,
    description: str,
    parts: Sequence[str],
    series: Sequence[Series],
    *,
    write: Callable[[float], str] = number,
    inks: Inks = SCREEN,
) -> Markup:
    """Return columns with the series on top of one another; `write` words the axis."""
    return _part_of_page(plots.stacked(_frame(title, description, write, inks), parts, series))


def _frame(title: str, description: str, write: Callable[[float], str], inks: Inks) -> Frame:
    locale = get_locale()
    if locale is None:
        raise RuntimeError("a plot outside of a request")
    direction = locale.text_direction
    return Frame(title, description, locale.language, direction, inks=inks, write=write)


def _part_of_page(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704  (written by lxml: every word in it is escaped)
