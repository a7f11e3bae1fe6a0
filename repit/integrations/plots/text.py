"""What vl-convert drew, made fit to stand in a page: words for who cannot see it, and nothing else.

It names parts of the drawing in English for screen readers; here the drawing is one picture with
a title and a description, and its numbers are in the table under it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from repit.integrations.plots import Plan

SVG = "http://www.w3.org/2000/svg"
LINE = 22
"""Height of one line of the legend."""
SWATCH = 14
GAP = 8
SIZE = 13
KEPT = frozenset(
    {
        "d", "dx", "dy", "fill", "fill-opacity", "font-family", "font-size", "font-style",
        "font-weight", "height", "opacity", "stroke", "stroke-dasharray", "stroke-miterlimit",
        "stroke-opacity", "stroke-width", "text-anchor", "transform", "viewBox", "width",
        "x", "x1", "x2", "y", "y1", "y2",
    }
)  # fmt: skip
"""Attributes of a drawing. No class, style, link or handler: none is needed, so none passes."""
DRAWN = frozenset({"g", "line", "path", "rect", "text", "tspan"})


@dataclass(frozen=True)
class Legend:
    name: str
    ink: str
    dashed: bool = False


def finished(svg: str, plan: Plan, legends: Sequence[Legend]) -> str:
    """Return the drawing as one picture with its words."""
    root = etree.fromstring(svg.encode())
    _keep_the_drawing(root)
    if not plan.inks.letters:
        for element in root.iter(f"{{{SVG}}}text"):
            element.attrib.pop("font-family", None)
    _add_legends(root, plan, legends)
    root.set("role", "img")
    root.set("lang", plan.language)
    # Anchors of letters are ours: a page that reads from the right must not turn them again.
    root.set("direction", "ltr")
    for name, words in (("desc", plan.description), ("title", plan.title)):
        one = etree.Element(f"{{{SVG}}}{name}")
        one.text = words
        root.insert(0, one)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")


def _keep_the_drawing(root: etree._Element) -> None:
    for element in list(root.iter("*")):
        name = str(element.tag).rpartition("}")[2]
        parent = element.getparent()
        if parent is not None and (name not in DRAWN or _is_nothing(element, name)):
            parent.remove(element)
            continue
        for attribute in set(element.attrib) - KEPT:
            del element.attrib[attribute]


def _is_nothing(element: etree._Element, name: str) -> bool:
    if name != "path":
        return False
    frame = element.get("class") in {"background", "foreground"} and not element.get("stroke")
    return frame or not element.get("d")


def _add_legends(root: etree._Element, plan: Plan, legends: Sequence[Legend]) -> None:
    """Put one line for each series above the drawing, and make room for it."""
    if not legends:
        return
    left, top, width, height = (float(one) for one in root.get("viewBox", "").split())
    room = LINE * len(legends) + GAP
    root.set("viewBox", f"{left:g} {top - room:g} {width:g} {height + room:g}")
    root.set("height", f"{height + room:g}")
    edge = left + width if plan.mirrored else left
    for at, legend in enumerate(legends):
        middle = top - room + at * LINE + SWATCH / 2
        root.extend([_swatch(plan, legend, edge, middle), _words(plan, legend, edge, middle)])


def _swatch(plan: Plan, legend: Legend, edge: float, middle: float) -> etree._Element:
    start = edge - SWATCH if plan.mirrored else edge
    swatch = etree.Element(
        f"{{{SVG}}}path",
        {
            "d": f"M{start:g},{middle:g}h{SWATCH}",
            "stroke": legend.ink,
            "stroke-width": "2" if legend.dashed else f"{SWATCH}",
        },
    )
    if legend.dashed:
        swatch.set("stroke-dasharray", "5,4")
    return swatch


def _words(plan: Plan, legend: Legend, edge: float, middle: float) -> etree._Element:
    away = SWATCH + GAP
    words = etree.Element(
        f"{{{SVG}}}text",
        {
            "x": f"{edge - away if plan.mirrored else edge + away:g}",
            "y": f"{middle + SIZE / 3:.2f}",
            "text-anchor": "end" if plan.mirrored else "start",
            "font-size": f"{SIZE}px",
            "fill": plan.inks.ink,
        },
    )
    if plan.inks.letters:
        words.set("font-family", plan.inks.letters)
    words.text = legend.name
    return words
