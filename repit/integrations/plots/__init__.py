"""Plots as SVG text: Vega-Altair says what, vl-convert draws it in this process, without network.

A plot is plain values in the reader's language. Nothing in the SVG runs, links or has a style: it
goes into a page as it is, where the page's own colours and letters dress it (`SCREEN`), or into a
document (`PAPER`). The same values give the same text. Four hundred units wide, so that it reads
on a phone and two stand side by side on a laptop. A plot says no more than the table under it.

Cost, measured on the two cores we test on: the first plot of a process takes a second of
processor and 120 MB; a new one 45 ms (a few bars) to 90 ms (two lines of a year), of which two
thirds stop every other thread of the process; one of the last `KEPT` 0.3 ms at most.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

LETTERS = "Noto Sans, Noto Sans Arabic"
"""The fonts of static/vendor/ that every plot is measured with."""
JOINING = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
KEPT = 256
MOST_TICKS = 5
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Inks:
    """Colours of one surface. `letters`: fonts named in the SVG, or "" for the page's own."""

    ink: str
    quiet: str
    line: str
    ground: str
    series: tuple[str, ...]
    letters: str = ""


SCREEN = Inks(
    ink="var(--ink)",
    quiet="var(--ink-2)",
    line="var(--line)",
    ground="var(--card)",
    series=("var(--brand)", "var(--warn-edge)", "var(--line-strong)", "var(--accent)", "var(--ok)"),
)
"""Variables of static/css/tokens.css: light, dark and forced colours come from the page."""
PAPER = Inks(
    ink="#1d2a2f",
    quiet="#4a5a60",
    line="#e2dbcf",
    ground="#ffffff",
    series=("#0d5c57", "#c77f12", "#6d7b80", "#b4460b", "#17692f"),
    letters=LETTERS,
)
"""The same in their light values, for what is printed or saved."""


@dataclass(frozen=True)
class Frame:
    """What every plot needs.

    `title` and `description` are read out in place of the drawing. `write` turns a number of the
    axis into words. `direction` is `rtl` where the first part stands on the right.
    """

    title: str
    description: str
    language: str = "fr"
    direction: str = "ltr"
    inks: Inks = SCREEN
    write: Callable[[float], str] = field(default=lambda amount: f"{amount:g}")


@dataclass(frozen=True)
class Bar:
    """`amount` None: hidden or unknown, no bar; `shown` says so, or the number, in words."""

    part: str
    amount: float | None
    shown: str


@dataclass(frozen=True)
class Series:
    """An amount per part of the axis, None where there is none. `compared`: quiet and dashed."""

    name: str
    amounts: Sequence[float | None]
    compared: bool = False


@dataclass(frozen=True)
class Plan:
    """All that decides how a plot looks, in words: what is kept is found by it."""

    kind: str
    title: str
    description: str
    language: str
    mirrored: bool
    inks: Inks
    bars: tuple[Bar, ...] = ()
    parts: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    step: int = 1
    marks: tuple[str, ...] = ()
    """Words along the axis of amounts, one for each step from zero."""

    def apart(self, text: str) -> str:
        """Keep letters in their own order: a mirrored plot is drawn from the left all the same."""
        return f"\u2068{text}\u2069" if self.mirrored else text


def bars(frame: Frame, rows: Sequence[Bar]) -> str:
    """Return a bar for each row, from the top, its name above it and its amount in words."""
    return _kept(_plan("bars", frame, bars=tuple(rows)))


def stacked(frame: Frame, parts: Sequence[str], series: Sequence[Series]) -> str:
    """Return a column for each part, the series on top of one another, the first uppermost."""
    most = max((sum(one.amounts[at] or 0 for one in series) for at in range(len(parts))), default=0)
    return _kept(_over_parts("stacked", frame, parts, series, most))


def lines(frame: Frame, parts: Sequence[str], series: Sequence[Series]) -> str:
    """Return a line for each series over the same parts; a lone amount is a point."""
    most = max((amount or 0 for one in series for amount in one.amounts), default=0)
    return _kept(_over_parts("lines", frame, parts, series, most))


def printable(svg: str) -> str:
    """Return a drawing that a PDF/UA may hold: in pixels where letters join, as in Arabic.

    Typst joins them rightly in a drawing, but cannot say which letters a joined shape stands for,
    and PDF/UA refuses that. What the drawing says is in its words and in the table under it.
    """
    if not JOINING.search(svg):
        return svg
    from repit.integrations.plots.drawing import in_pixels  # noqa: PLC0415  (a browser engine)

    return in_pixels(svg)


def tick_step(most: float) -> int:
    """Return how far the marks of an axis are apart: 1, 2 or 5 and noughts, never a fraction."""
    least = max(1.0, most / MOST_TICKS)
    power = int(10 ** math.floor(math.log10(least)))
    return next(step * power for step in STEPS if step * power >= least)


def _over_parts(
    kind: str, frame: Frame, parts: Sequence[str], series: Sequence[Series], most: float
) -> Plan:
    step = tick_step(most)
    count = max(1, math.ceil(most / step))
    return _plan(
        kind,
        frame,
        parts=tuple(parts),
        series=tuple(replace(one, amounts=tuple(one.amounts)) for one in series),
        step=step,
        marks=tuple(frame.write(at * step) for at in range(count + 1)),
    )


def _plan(
    kind: str,
    frame: Frame,
    *,
    bars: tuple[Bar, ...] = (),
    parts: tuple[str, ...] = (),
    series: tuple[Series, ...] = (),
    step: int = 1,
    marks: tuple[str, ...] = (),
) -> Plan:
    return Plan(
        kind,
        frame.title,
        frame.description,
        frame.language,
        frame.direction == "rtl",
        frame.inks,
        bars,
        parts,
        series,
        step,
        marks,
    )


@lru_cache(maxsize=KEPT)
def _kept(plan: Plan) -> str:
    from repit.integrations.plots.drawing import draw  # noqa: PLC0415  (a browser engine)

    return draw(plan)
