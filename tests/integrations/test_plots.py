import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from repit.integrations import plots
from repit.integrations.plots import PAPER, SCREEN, Bar, Frame, Plan, Series, tick_step
from repit.integrations.plots.drawing import draw
from repit.settings import ROOT

FRAME = Frame("Chèques utilisés", "De janvier à mars 2026", write=lambda amount: f"{amount:g} €")
MONTHS = ("janv.", "févr.", "mars")
THIS, BEFORE = (
    Series("Cette période", (5, 12, 40)),
    Series("Un an avant", (None, 8, 9), compared=True),
)
TOWNS = (Bar("Lille", 30, "30 €"), Bar("Croix", None, "secret"), Bar("Lens", 15, "15 €"))
TOKENS = Path(ROOT) / "static" / "css" / "tokens.css"
SVG = "{http://www.w3.org/2000/svg}"

every_plot = pytest.mark.parametrize("kind", ["bars", "lines", "stacked"])
every_frame = pytest.mark.parametrize(
    "frame",
    [FRAME, replace(FRAME, direction="rtl", language="ar"), replace(FRAME, inks=PAPER)],
    ids=["screen", "mirrored", "paper"],
)


def drawn(kind: str, frame: Frame = FRAME) -> str:
    if kind == "bars":
        return plots.bars(frame, TOWNS)
    return getattr(plots, kind)(frame, MONTHS, (THIS, BEFORE))  # type: ignore[no-any-return]


def words(svg: str) -> list[str]:
    found = [one.text or "" for one in etree.fromstring(svg).iter(f"{SVG}text")]
    return [re.sub("[\u2068\u2069]", "", text) for text in found]


def extents(svg: str) -> list[tuple[float, float]]:
    """Return where the bars start and how far they go, from the top."""
    paths = [one.get("d", "") for one in etree.fromstring(svg).iter(f"{SVG}path")]
    found = [re.match(r"M([\d.]+),[\d.]+h([\d.]+)v12", path) for path in paths]
    return [(float(one[1]), float(one[2])) for one in found if one]


@every_plot
@every_frame
def test_a_plot_says_its_title_its_description_and_its_language(kind: str, frame: Frame) -> None:
    root = etree.fromstring(drawn(kind, frame))

    assert root.get("role") == "img"
    assert root.get("lang") == frame.language
    assert [(one.tag, one.text) for one in root[:2]] == [
        (f"{SVG}title", "Chèques utilisés"),
        (f"{SVG}desc", "De janvier à mars 2026"),
    ]


@every_plot
@every_frame
def test_nothing_in_a_plot_runs_links_or_has_a_style(kind: str, frame: Frame) -> None:
    svg = drawn(kind, frame)

    names = {str(one.tag).removeprefix(SVG) for one in etree.fromstring(svg).iter("*")}
    attributes = {str(name) for one in etree.fromstring(svg).iter("*") for name in one.attrib}
    assert names <= {"svg", "title", "desc", "g", "path", "line", "rect", "text", "tspan"}
    assert not {one for one in attributes if one.startswith(("on", "aria", "{")) or "href" in one}
    assert attributes.isdisjoint({"style", "class", "id"})


def test_words_that_look_like_code_stay_words() -> None:
    trick = '"];alert(1);["</text><script>'

    bar = plots.bars(replace(FRAME, title=trick), [Bar(trick[:20], 3, trick[:12])])
    line = plots.lines(FRAME, [trick], [Series(trick, [1]), Series("b", [2])])

    assert "<script" not in bar + line
    assert trick[:12] in words(bar)
    assert trick in words(line)


def test_bars_are_as_long_as_their_amounts_and_a_hidden_one_is_absent() -> None:
    svg = plots.bars(FRAME, TOWNS)

    assert words(svg) == ["Lille", "Croix", "Lens", "30 €", "secret", "15 €"]
    assert extents(svg) == [(0, 400), (0, 200)]


def test_a_mirrored_bar_starts_on_the_right() -> None:
    svg = plots.bars(replace(FRAME, direction="rtl"), TOWNS)

    assert extents(svg) == [(0, 400), (200, 200)]
    assert etree.fromstring(svg).get("direction") == "ltr"


def test_lines_name_their_series_their_parts_and_their_amounts() -> None:
    said = words(plots.lines(FRAME, MONTHS, (THIS, BEFORE)))

    assert said[:-2] == ["janv.", "févr.", "mars", *[f"{at} €" for at in (0, 10, 20, 30, 40)]]
    assert said[-2:] == ["Cette période", "Un an avant"]


def test_of_many_months_a_few_are_named() -> None:
    months = [f"mois {at}" for at in range(36)]

    said = words(plots.stacked(FRAME, months, [Series("Tout", range(36))]))

    assert [one for one in said if one.startswith("mois")] == [
        f"mois {at}" for at in range(0, 36, 6)
    ]


@every_plot
def test_a_plot_on_paper_has_its_own_colours_and_letters(kind: str) -> None:
    svg = drawn(kind, replace(FRAME, inks=PAPER))

    assert "var(" not in svg
    families = {one.get("font-family") for one in etree.fromstring(svg).iter(f"{SVG}text")}
    assert families == {plots.LETTERS}
    assert "font-family" not in drawn(kind)


def test_paper_has_the_light_colours_of_the_house() -> None:
    tokens = dict(re.findall(r"--([\w-]+): light-dark\((#\w+),", TOKENS.read_text()))

    named = re.findall(
        r"--([\w-]+)", " ".join([SCREEN.ink, SCREEN.quiet, SCREEN.line, *SCREEN.series])
    )
    assert [tokens[one] for one in named] == [PAPER.ink, PAPER.quiet, PAPER.line, *PAPER.series]
    assert tokens["card"] == PAPER.ground


@pytest.mark.parametrize("empty", [[], [Bar("Lille", 0, "0"), Bar("Lens", None, "–")]])
def test_nothing_at_all_is_still_a_picture(empty: list[Bar]) -> None:
    assert etree.fromstring(plots.bars(FRAME, empty)).get("role") == "img"
    assert etree.fromstring(plots.lines(FRAME, [], [])).get("role") == "img"
    assert words(plots.stacked(FRAME, ["mars"], [Series("Tout", [0])])) == ["mars", "0 €", "1 €"]


def test_the_same_values_give_the_same_text_and_are_drawn_once() -> None:
    kept = plots.bars(FRAME, TOWNS)

    said = (FRAME.title, FRAME.description, "fr")
    again = draw(Plan("bars", *said, mirrored=False, inks=SCREEN, bars=TOWNS))

    assert again == kept
    assert plots.bars(FRAME, list(TOWNS)) is kept


@pytest.mark.parametrize(
    ("most", "step"),
    [(0, 1), (3, 1), (5, 1), (6, 2), (11, 5), (40, 10), (999, 200), (5_000_001, 2_000_000)],
)
def test_the_marks_of_an_axis_are_round_and_few(most: float, step: int) -> None:
    assert tick_step(most) == step
