import io
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from repit.integrations import pdf
from repit.integrations.qr_codes import draw

NOW = datetime(2026, 11, 21, 10, 0, 0, 123_456, tzinfo=UTC)
COLUMNS = (
    pdf.Column("Date"),
    pdf.Column("Catégorie", wide=True),
    pdf.Column("Montant", number=True),
)


def document(*blocks: pdf.Block, **changes: Any) -> pdf.Document:
    given: dict[str, Any] = {"title": "Décompte 12", "sender": "CCAS de Lille", "foot": "Répit"}
    return pdf.Document(blocks=blocks, **given | changes)


def table(rows: int) -> pdf.Table:
    lines = [("03/11/2026", f"Garde d’enfants {number}", "20,00 €") for number in range(rows)]
    return pdf.Table("Encaissements", COLUMNS, lines, ("Total", "", "1 234,50 €"))


def opened(document: pdf.Document) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.write(document, now=NOW)))


def words(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def tags(node: Any) -> Iterator[tuple[str, Any]]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from tags(child)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"], node
        yield from tags(node.get("/K"))


def test_the_file_says_what_it_is_in_which_language_and_that_it_can_be_heard() -> None:
    reader = opened(document(pdf.Text("Bonjour."), reference="D-12"))

    root: Any = reader.trailer["/Root"]
    about = root["/Metadata"].get_object().get_data().decode()
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Décompte 12", "CCAS de Lille")
    assert str(reader.metadata["/Keywords"]) == "D-12"
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in about


def test_a_table_is_a_table_to_who_hears_it_and_its_head_comes_back_on_each_page() -> None:
    reader = opened(document(table(rows=60)))

    root: Any = reader.trailer["/Root"]
    found = [name for name, _node in tags(root["/StructTreeRoot"]["/K"])]
    assert found.count("/Table") == 1
    assert found.count("/TH") == len(COLUMNS)
    assert found.count("/TD") == (60 + 1) * len(COLUMNS)
    assert found.index("/H1") < found.index("/H2") < found.index("/Table")
    assert len(reader.pages) == 2
    assert all("Catégorie" in page.extract_text() for page in reader.pages)
    assert "1 234,50 €" in words(reader)


def test_a_value_is_never_read_as_markup() -> None:
    hostile = '#panic("no") $x$ *bold* _it_ <label> @ref \\ // /* ` = Titre'

    reader = opened(document(pdf.Facts([("Prestataire", hostile)]), pdf.Text(hostile)))

    assert words(reader).count(hostile) == 2


def test_arabic_is_written_from_right_to_left() -> None:
    reader = opened(
        document(pdf.Text("شكرا لكم"), table(rows=2), title="كشف الحساب", language="ar")
    )

    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "ar"
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"
    fonts = {
        name
        for page in reader.pages
        for one in page["/Resources"]["/Font"].values()  # type: ignore[index]
        for name in [one.get_object()["/BaseFont"].partition("+")[2]]
    }
    assert fonts == {"NotoSans-Regular", "NotoSans-Bold", "NotoSansArabic-Regular"} | {
        "NotoSansArabic-Bold"
    }


def test_every_letter_we_let_through_can_be_written() -> None:
    letters = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if not pdf.NOT_DRAWN.match(letter) and unicodedata.category(letter) != "Cn"
    ]

    opened(document(pdf.Text(" ".join(letters))))

    assert len(letters) > 1500


@pytest.mark.parametrize("strange", ["李雷", "😀", "a\x00b", "\ue000", "\ud800"])
def test_a_name_our_letters_cannot_write_does_not_stop_the_document(strange: str) -> None:
    reader = opened(document(pdf.Facts([("Prestataire", f"Mme {strange} Roseraie")])))

    assert "?" in words(reader)
    assert "Roseraie" in words(reader)


def test_a_drawing_has_words_that_replace_it() -> None:
    code = draw("HTTPS://REPIT.EXEMPLE.FR")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {code.modules} {code.modules}">'
        f'<path d="{code.path}"/></svg>'
    )

    reader = opened(document(pdf.Drawing(svg, "Code à scanner")))

    root: Any = reader.trailer["/Root"]
    alternatives = [node.get("/Alt") for _name, node in tags(root["/StructTreeRoot"]["/K"])]
    assert "Code à scanner" in alternatives


def test_the_same_values_at_the_same_moment_are_the_same_bytes() -> None:
    one = document(pdf.Figure("Viré", "12,00 €"), table(rows=3))

    assert pdf.write(one, now=NOW) == pdf.write(one, now=NOW)


def test_a_ragged_table_is_refused() -> None:
    with pytest.raises(ValueError, match="Encaissements"):
        pdf.Table("Encaissements", COLUMNS, [("seulement", "deux")])
