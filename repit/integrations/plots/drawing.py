"""A plan as a Vega-Lite chart, drawn. Heavy to load: only `plots` does, when something is drawn."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import altair as alt
import vl_convert

from repit.integrations.plots import LETTERS, Plan, Series
from repit.integrations.plots.text import Legend, finished

FONTS = Path(__file__).resolve().parent.parent.parent.parent / "static" / "vendor"
VERSION = "6.4"
"""Of Vega-Lite: the one altair writes for."""
WIDTH = 400
PIXELS = 3
"""For each unit of a drawing: 400 of them are ten centimetres of paper."""
HEIGHT = 220
ROW = 44
"""A bar with its words above it."""
SIZE = 13
MOST_PARTS = 6
"""Words under an axis; of more parts only every second, third, … is named."""
AMOUNT_ROOM = 130
LONGEST = 46
"""Letters of a legend that fit into the width of a plot."""

Side = Literal["left", "right"]

vl_convert.register_font_directory(str(FONTS))


def draw(plan: Plan) -> str:
    """Return the SVG."""
    chart = {"bars": _bars, "stacked": _stacked, "lines": _lines}[plan.kind](plan)
    padding = 0 if plan.kind == "bars" else 5
    dressed = (
        chart.configure(
            font=LETTERS,
            background="transparent",
            autosize=alt.AutoSizeParams(type="fit", contains="padding"),
            padding=padding,
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=plan.inks.quiet,
            labelFontSize=SIZE,
            gridColor=plan.inks.line,
            domainColor=plan.inks.line,
            labelPadding=6,
        )
        .configure_text(fontSize=SIZE)
    )
    svg = vl_convert.vegalite_to_svg(dressed.to_dict(), vl_version=VERSION, allowed_base_urls=[])
    return finished(svg, plan, _legends(plan))


def in_pixels(svg: str) -> str:
    """Return the drawing as one picture in an SVG of the same size, some 300 pixels an inch."""
    width, height = (_side(svg, side) for side in ("width", "height"))
    data = b64encode(vl_convert.svg_to_png(svg, scale=PIXELS)).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _side(svg: str, name: str) -> str:
    found = re.search(rf'<svg[^>]* {name}="([0-9.]+)"', svg)
    if found is None:
        raise ValueError(f"a drawing without {name}")
    return found.group(1)


def _bars(plan: Plan) -> Any:
    most = max((row.amount or 0 for row in plan.bars), default=0)
    near, far = (WIDTH, 0) if plan.mirrored else (0, WIDTH)
    start: Side = "right" if plan.mirrored else "left"
    end: Side = "left" if plan.mirrored else "right"
    values = [
        {
            "row": at,
            "amount": row.amount,
            "part": plan.apart(row.part),
            "shown": plan.apart(row.shown),
        }
        for at, row in enumerate(plan.bars)
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("row:O", axis=None, scale=alt.Scale(padding=0))
    )
    drawn = base.mark_bar(height=12, yOffset=10, color=plan.inks.series[0]).encode(
        x=alt.X(
            "amount:Q",
            axis=None,
            scale=alt.Scale(domain=[0, most or 1], reverse=plan.mirrored, nice=False),
        )
    )
    room = WIDTH - AMOUNT_ROOM
    named = base.mark_text(align=start, x=near, dy=-8, limit=room, color=plan.inks.ink)
    told = base.mark_text(align=end, x=far, dy=-8, fontWeight="bold", color=plan.inks.ink)
    return alt.layer(drawn, named.encode(text="part:N"), told.encode(text="shown:N")).properties(
        width=WIDTH, height=ROW * max(1, len(plan.bars))
    )


def _stacked(plan: Plan) -> Any:
    across = alt.Scale(
        domain=list(range(len(plan.parts))), reverse=plan.mirrored, paddingInner=0.25
    )
    inks = alt.Scale(domain=list(range(len(plan.series))), range=_inks(plan))
    return (
        alt.Chart(_values(plan.series))
        .mark_bar(stroke=plan.inks.ground, strokeWidth=1)
        .encode(
            x=alt.X("at:O", axis=_parts(plan), scale=across),
            y=_amounts(plan, stack="zero"),
            color=alt.Color("series:O", legend=None, scale=inks),
            order=alt.Order("series:O", sort="descending"),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )


def _lines(plan: Plan) -> Any:
    # The compared line is drawn first: what is asked about stays on top.
    order = sorted(zip(plan.series, _inks(plan), strict=True), key=lambda one: not one[0].compared)
    layers = [_line(plan, series, ink) for series, ink in order]
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT)


def _line(plan: Plan, series: Series, ink: str) -> Any:
    across = alt.Scale(
        domain=[0, max(1, len(plan.parts) - 1)], reverse=plan.mirrored, padding=10, nice=False
    )
    return (
        alt.Chart(_values([series]))
        .mark_line(
            color=ink,
            strokeWidth=2 if series.compared else 2.5,
            strokeDash=[5, 4] if series.compared else [1, 0],
            point=alt.OverlayMarkDef(color=ink, size=22 if series.compared else 40),
        )
        .encode(x=alt.X("at:Q", axis=_parts(plan), scale=across), y=_amounts(plan, stack=None))
    )


def _values(series: Sequence[Series]) -> alt.InlineData:
    return alt.InlineData(
        values=[
            {"at": at, "series": place, "amount": amount}
            for place, one in enumerate(series)
            for at, amount in enumerate(one.amounts)
        ]
    )


def _amounts(plan: Plan, *, stack: Any) -> alt.Y:
    values = [at * plan.step for at in range(len(plan.marks))]
    return alt.Y(
        "amount:Q",
        stack=stack,
        scale=alt.Scale(domain=[0, values[-1]], nice=False),
        axis=alt.Axis(
            title=None,
            values=values,
            labelExpr=f"{_literal(plan, plan.marks)}[round(datum.value / {plan.step})]",
            orient="right" if plan.mirrored else "left",
            ticks=False,
            domain=False,
        ),
    )


def _parts(plan: Plan) -> alt.Axis:
    every = max(1, -(-len(plan.parts) // MOST_PARTS))
    return alt.Axis(
        title=None,
        values=list(range(0, len(plan.parts), every)),
        labelExpr=f"{_literal(plan, plan.parts)}[datum.value]",
        labelAngle=0,
        labelOverlap=True,
        grid=False,
        tickColor=plan.inks.line,
    )


def _literal(plan: Plan, words: Sequence[str]) -> str:
    """Write words as a list of Vega's expression language: JSON is one, so none can end it."""
    return json.dumps([plan.apart(word) for word in words])


def _inks(plan: Plan) -> list[str]:
    colours = plan.inks.series
    return [
        plan.inks.quiet if one.compared else colours[at % len(colours)]
        for at, one in enumerate(plan.series)
    ]


def _legends(plan: Plan) -> list[Legend]:
    if len(plan.series) < 2:  # noqa: PLR2004  (one series is what the title says)
        return []
    return [
        Legend(plan.apart(_short(one.name)), ink, one.compared)
        for one, ink in zip(plan.series, _inks(plan), strict=True)
    ]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
