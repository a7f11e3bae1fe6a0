"""A release says the same in each format, and nothing that somebody typed can run."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import openpyxl
import pypdf
import pytest
from flask import Flask, render_template
from flask_babel import force_locale

from repit.domain.errors import NoSuchObject
from repit.domain.releases.content import Content, ShownStatistic
from repit.settings import ROOT
from repit.web.release_files.composing import report_of
from repit.web.release_files.drawings import drawing
from repit.web.release_files.files import KINDS, release_file
from repit.web.release_files.report import Report
from repit.web.release_pages import release_page
from tests.integrations.test_pdf import tags
from tests.web.release_files import contents, reading_back
from tests.web.release_files.contents import AT, a_release, a_small_release

SHA = "0f" * 32


@pytest.fixture(autouse=True)
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        yield


def written(kind: str, content: Content | None = None) -> bytes:
    answer = release_file(
        content or a_release(), kind=kind, number="2026-3", sha256=SHA, approved_at=AT
    )
    made: bytes = answer.get_data()
    return made


def report(content: Content | None = None) -> Report:
    return report_of(content or a_release(), number="2026-3", sha256=SHA, approved_at=AT)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ")


def test_the_same_figures_stand_in_every_format() -> None:
    told = reading_back.said(report())

    assert reading_back.from_csv(written("csv")) == told
    assert reading_back.from_json(written("json")) == told
    assert reading_back.from_xlsx(written("xlsx"), report()) == told


def page(content: Content) -> str:
    shown = release_page(content, number="2026-3", sha256=SHA, approved_at=AT)
    return render_template("releases/_release.html", **shown)


def test_a_page_shows_the_same_figures() -> None:
    told = reading_back.words_said(report())

    assert reading_back.from_html(page(a_release()), report()) == told


def test_the_paper_says_every_figure_beside_its_name() -> None:
    words = plain(reading_back.words_of(written("pdf")))

    for one in report().indicators:
        assert one.label in words
        for figure in one.figures:
            assert plain(figure.cell.shown) in words
    assert "Total 60 150 210" in words
    assert "Versé 100 000,00 € L’argent arrivé" in words


def test_the_total_is_the_published_one_even_where_lines_do_not_add_up() -> None:
    grid = next(one.grid for one in report().indicators if one.key == "vouchers_used")
    assert grid
    assert [cell.value for cell in grid.total.cells] == [1_005, 530, 1_537]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_same_release_is_the_same_bytes(kind: str) -> None:
    assert written(kind) == written(kind)


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_language_has_every_format(kind: str, language: str) -> None:
    with force_locale(language):
        assert len(written(kind)) > 2_000


def test_a_town_that_looks_like_a_formula_stays_a_name() -> None:
    assert "'=1+1 Lomme" in written("csv").decode()
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1 Lomme"] == ["s"]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_towns_that_were_put_together_are_told_by_their_number_alone() -> None:
    for kind in KINDS:
        content = written(kind)
        words = reading_back.words_of(content) if kind == "pdf" else content.decode("latin-1")
        assert "Lezennes" not in words
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
    assert "Lezennes" not in str([list(sheet.values) for sheet in book])


def test_a_small_scheme_tells_its_money_and_why_nothing_else() -> None:
    said = report(a_small_release())

    assert [section.key for section in said.sections] == ["money"]
    assert "moins de 11 foyers" in said.notes[0]
    issued = next(one for one in said.indicators if one.key == "issued")
    assert issued.step == 10_000
    assert issued.notes == ("Arrondi à 100 € : trop peu de foyers.",)
    for kind in KINDS:
        assert written(kind, a_small_release())


def test_a_table_that_is_hidden_whole_is_still_there_as_secret() -> None:
    waiting = next(one for one in report().indicators if one.key == "waiting_parties")

    assert {figure.cell.shown for figure in waiting.figures} == {"secret"}
    assert "Demandes en liste d’attente" in reading_back.words_of(written("pdf"))


def test_a_table_without_any_part_is_one_number() -> None:
    empty = contents.table("households_by_town", ("town",), {("*",): None})

    said = report(a_release(tables=(empty,)))

    (one,) = [one for one in said.indicators if one.key == "households_by_town"]
    assert one.grid is None
    assert one.total.shown == "secret"
    assert written("pdf", a_release(tables=(empty,)))


def test_a_crossing_that_is_not_told_is_a_secret_in_every_format() -> None:
    cells: contents.Cells = {
        ("*", "*"): 100, ("yes", "*"): 40, ("no", "*"): 60, ("*", "yes"): 50, ("no", "yes"): 30,
    }  # fmt: skip
    content = a_release(
        tables=(contents.table("households_reached", ("isolated", "priority_area"), cells),)
    )

    told = reading_back.said(report(content))

    assert told["Foyers aidés", "isolés", "en quartier prioritaire"] == "secret"
    assert reading_back.from_csv(written("csv", content)) == told
    assert reading_back.from_json(written("json", content)) == told
    assert reading_back.from_xlsx(written("xlsx", content), report(content)) == told


def test_what_has_no_part_of_its_own_is_named_and_has_no_code() -> None:
    towns = contents.table(
        "households_by_town", ("town",), {("*",): 60, ("Lille",): 40, ("+",): 20}
    )

    (one,) = [one for one in report(a_release(tables=(towns,))).indicators if one.grid]

    assert [figure.at[0].text for figure in one.figures] == ["Total", "Lille", "autres communes"]
    assert [figure.at[0].codes for figure in one.figures] == [(), ("Lille",), ()]


def test_a_kind_of_referral_that_is_secret_has_no_line_and_the_share_says_so() -> None:
    shown = (
        ShownStatistic("referrals", 0.75),
        ShownStatistic("referrals.housing", 0.8),
        ShownStatistic("referrals.health", None),
    )

    said = report(a_release(statistics=shown)).indicators

    assert [one.key for one in said if one.key.startswith("referrals")] == [
        "referrals", "referrals.housing",
    ]  # fmt: skip
    (share,) = [one for one in said if one.key == "referrals"]
    assert share.notes == ("Les sortes qui n’ont pas de ligne sont secrètes.",)


def test_a_table_that_came_down_to_its_total_says_so_once() -> None:
    one_cell = contents.table("households_reached", (), {(): 50})
    coarse = replace(one_cell, coarsened=("isolated", "priority_area", "isolated*priority_area"))

    (one,) = [
        one for one in report(a_release(tables=(coarse,))).indicators if one.key == coarse.name
    ]

    assert one.notes == (
        "Ce nombre n’est pas divisé : ses parts concerneraient trop peu de foyers.",
    )


def test_an_indicator_nobody_gave_a_place_is_not_lost() -> None:
    said = report(a_release(tables=(contents.table("vouchers_issued", (), {(): 300}),)))

    assert [one.key for one in said.sections[-1].indicators] == ["vouchers_issued"]


def test_json_keeps_to_its_schema() -> None:
    schema = json.loads((ROOT / "static/schemas/release-1.json").read_text())
    for content in (a_release(), a_small_release()):
        body = json.loads(written("json", content))
        jsonschema.Draft202012Validator(schema).validate(body)
        assert (body["version"], body["sha256"]) == ("1", SHA)


def test_a_workbook_has_typed_cells_a_sheet_for_each_table_and_says_what_it_is() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))

    assert book.sheetnames[0] == "Publication"
    assert book.sheetnames[-1] == "Définitions"
    assert len(book.sheetnames) == 2 + 5 + sum(len(section.tables) for section in report().sections)
    assert (book.properties.title, book.properties.creator) == (
        "Publication n° 2026-3 : 2e trimestre 2026",
        "CCAS de Lille",
    )
    assert book.custom_doc_props["Language"].value == "fr"
    money = {row[0].value: row[1] for row in book["L’argent"].iter_rows(min_row=4)}
    assert (money["Utilisé"].value, money["Utilisé"].number_format) == (
        15_370, '#,##0.00\\ "€"',
    )  # fmt: skip
    assert book["Foyers aidés"]["A6"].font.bold
    assert [cell.value for cell in book["Foyers aidés"][6]] == ["Total", 60, 150, 210]


def test_an_arabic_workbook_reads_from_the_right() -> None:
    with force_locale("ar"):
        book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))

    assert all(sheet.sheet_view.rightToLeft for sheet in book)


def test_the_paper_can_be_heard_and_says_its_number_on_every_page() -> None:
    reader = pypdf.PdfReader(io.BytesIO(written("pdf")))

    root: Any = reader.trailer["/Root"]
    assert reader.metadata
    assert reader.metadata.title == "Publication n° 2026-3 : 2e trimestre 2026"
    assert reader.metadata.author == "CCAS de Lille"
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data().decode()
    pages = [plain(page.extract_text()) for page in reader.pages]
    for number, words in enumerate(pages, start=1):
        assert "Publication n° 2026-3 · Caf du Nord" in words
        assert f"{number} / {len(pages)}" in words


def test_every_drawing_on_paper_has_words_that_replace_it() -> None:
    reader = pypdf.PdfReader(io.BytesIO(written("pdf")))

    root: Any = reader.trailer["/Root"]
    figures = [node for name, node in tags(root["/StructTreeRoot"]["/K"]) if name == "/Figure"]
    drawn = [one.label for one in report().indicators if drawing(one)]
    assert len(drawn) >= 5
    assert [str(node["/Alt"]).partition(".")[0] for node in figures] == drawn


def test_one_amount_beside_secrets_is_not_drawn() -> None:
    parents = next(one for one in report().indicators if one.key == "parents_reached")

    assert drawing(parents) is None


def test_a_draft_says_that_it_is_one() -> None:
    answer = release_file(a_release(), kind="pdf", number=None, sha256=None, approved_at=None)

    assert "pas encore approuvée" in reading_back.words_of(answer.get_data())
    assert "publication-projet.pdf" in answer.headers["Content-Disposition"]


def test_an_unknown_format_is_not_found() -> None:
    with pytest.raises(NoSuchObject):
        written("exe")


def test_a_share_is_its_bounds_in_every_format() -> None:
    """12 % in steps of 25 was « 0 % »: it is no zero, nor any number."""
    shown = {
        ShownStatistic("no_show_rate", 0.0, 0.25): "au plus 25 %",
        ShownStatistic("assisted_bookings", 0.5, 0.25): "entre 50 % et 75 %",
        ShownStatistic("referrals", 0.9, 0.1): "au moins 90 %",
        ShownStatistic("satisfaction_good", 0.0): "au plus 3 %",  # frozen without its step
    }
    content = a_release(statistics=tuple(shown))
    told = {one.key: one.total for one in report(content).indicators}
    said = reading_back.said(report(content))

    assert [plain(told[one.name].shown) for one in shown] == list(shown.values())
    assert all(told[one.name].value is None and not told[one.name].is_secret for one in shown)
    assert reading_back.from_csv(written("csv", content)) == said
    assert reading_back.from_json(written("json", content)) == said
    assert reading_back.from_xlsx(written("xlsx", content), report(content)) == said
    paper = " ".join(plain(reading_back.words_of(written("pdf", content))).split())
    for words in shown.values():
        assert words in paper
        assert words in plain(page(content))
    figures = {
        one["key"]: one["figures"]
        for section in json.loads(written("json", content))["sections"]
        for one in section["indicators"]
    }
    assert figures["no_show_rate"] == [{"at": [], "value": None, "between": [0.0, 0.25]}]


def test_hours_say_what_they_do_not_count_and_that_a_group_may_have_none() -> None:
    said = {one.key: one.notes for one in report(a_release()).indicators}

    together = "Une ligne qui regroupe des catégories peut en contenir une payée à la séance"
    assert "payées à la séance" in said["respite_minutes"][0]
    assert said["respite_minutes"][1].startswith(together)
    assert not any("à la séance" in one for one in said["vouchers_used"])
