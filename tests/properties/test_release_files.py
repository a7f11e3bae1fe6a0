"""Whatever a release says, it says the same in every format, and its tables lose no figure."""

import json
from collections.abc import Iterator

import jsonschema
import pytest
from flask import Flask, render_template
from hypothesis import HealthCheck, given, settings

from repit.domain.releases.content import Content
from repit.settings import ROOT
from repit.web.release_files.composing import report_of
from repit.web.release_files.files import release_file
from repit.web.release_files.report import Report
from tests.web.release_files import reading_back
from tests.web.release_files.contents import AT
from tests.web.release_files.strategies import releases

SHA = "0f" * 32
SCHEMA = jsonschema.Draft202012Validator(
    json.loads((ROOT / "static/schemas/release-1.json").read_text())
)
quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
slow = settings(quick, max_examples=8)


@pytest.fixture(autouse=True)
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        yield


def written(content: Content, kind: str) -> bytes:
    made: bytes = release_file(
        content, kind=kind, number="2026-3", sha256=SHA, approved_at=AT
    ).get_data()
    return made


def report(content: Content) -> Report:
    return report_of(content, number="2026-3", sha256=SHA, approved_at=AT)


@quick
@given(releases())
def test_files_for_machines_say_the_same(content: Content) -> None:
    told = reading_back.said(report(content))

    assert reading_back.from_csv(written(content, "csv")) == told
    assert reading_back.from_json(written(content, "json")) == told
    SCHEMA.validate(json.loads(written(content, "json")))


@quick
@given(releases())
def test_a_workbook_says_the_same(content: Content) -> None:
    said = report(content)

    assert reading_back.from_xlsx(written(content, "xlsx"), said) == reading_back.said(said)


@quick
@given(releases())
def test_a_page_says_the_same(content: Content) -> None:
    said = report(content)
    drawn = dict.fromkeys(one.key for one in said.indicators)

    page = render_template("releases/_release.html", report=said, drawings=drawn)

    assert reading_back.from_html(page, said) == reading_back.words_said(said)


@quick
@given(releases())
def test_a_table_has_every_figure_and_its_last_line_is_the_published_total(
    content: Content,
) -> None:
    for one in report(content).indicators:
        if one.grid is None:
            assert len(one.figures) == 1
            continue
        lines = (*one.grid.lines, one.grid.total)
        shown = sorted(cell.shown for line in lines for cell in line.cells)
        assert shown == sorted(figure.cell.shown for figure in one.figures)
        assert all(len(line.cells) == len(one.grid.columns) for line in lines)
        assert one.grid.total.cells[-1] == one.total


@slow
@given(releases())
def test_the_paper_says_every_figure(content: Content) -> None:
    words = reading_back.words_of(written(content, "pdf"))

    for one in report(content).indicators:
        for figure in one.figures:
            assert " ".join(figure.cell.shown.split()) in words
