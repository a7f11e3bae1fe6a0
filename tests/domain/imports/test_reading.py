"""Bytes as programs write them, down to cells."""

import pytest

from repit.domain.errors import Refused
from repit.domain.imports import columns
from repit.domain.imports.errors import (
    CellTooLarge,
    ColumnsMissing,
    ColumnTwice,
    FileEmpty,
    FileTooLarge,
    IsAWorkbook,
    NoHeader,
    NotText,
    TooManyCells,
    TooManyRows,
)
from repit.domain.imports.reading import MOST_BYTES, MOST_ROWS, Table, read

TEXT = "Prénom;Nom;Commune;Code postal\nAmina;Benali;Lille;59000\n"


def table(content: bytes) -> Table:
    return read(content, columns.known)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("latin-1"),
        TEXT.encode("utf-16"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        ("sep=;\n" + TEXT).encode(),
        ("sep=,\r\n" + TEXT.replace(";", ",")).encode("utf-8-sig"),
        ("\n ; ;\n" + TEXT + ";;;\n\n;;\n").encode(),
        TEXT.replace("postal\n", "postal;;;\n").replace("59000\n", "59000;;;\n").encode(),
        TEXT.replace("Amina", "\u00a0Amina\u202f").encode(),
        TEXT.replace("Amina", '"Amina"').encode(),
    ],
)
def test_every_way_of_writing_a_file_gives_the_same_cells(content: bytes) -> None:
    read_as = table(content)

    assert read_as.header.cells == ("Prénom", "Nom", "Commune", "Code postal")
    assert [row.cells for row in read_as.rows] == [("Amina", "Benali", "Lille", "59000")]


def test_a_comma_inside_a_cell_does_not_choose_the_separator() -> None:
    content = "Prénom;Nom;Commune, ville ou village;Code postal\nAmina;Benali;Lille;59000\n"

    assert table(content.encode()).separator == ";"


def test_a_line_break_inside_a_cell_keeps_the_numbers_of_the_rows() -> None:
    content = TEXT + 'Chloé;"Le\nRoux";Lens;62300\n;;;\nTom;Petit;Arras;62000\n'

    rows = table(content.encode()).rows

    assert rows[1].cells[1] == "Le\nRoux"
    assert [row.number for row in rows] == [2, 3, 5]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileEmpty),
        (b"\xef\xbb\xbf", FileEmpty),
        (b" ;;\r\n;;\n", FileEmpty),
        (b"sep=;\n", FileEmpty),
        (b"x" * (MOST_BYTES + 1), FileTooLarge),
        (b"PK\x03\x04rest of a workbook", IsAWorkbook),
        (b"\xd0\xcf\x11\xe0rest of an old one", IsAWorkbook),
        (b"%PDF-1.7", NotText),
        (TEXT.encode() + b"\0", NotText),
        (TEXT.encode() + b'"' + b"x" * 140_000, CellTooLarge),
        (TEXT.encode() + b"a;" * 1_000, TooManyCells),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(content: bytes, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        table(content)


def test_five_thousand_rows_pass_and_one_more_does_not() -> None:
    row = "Amina;Benali;Lille;59000\n"
    header = TEXT.splitlines(keepends=True)[0]

    assert len(table((header + row * MOST_ROWS).encode()).rows) == MOST_ROWS
    with pytest.raises(TooManyRows) as refused:
        table((header + row * (MOST_ROWS + 1)).encode())
    assert (refused.value.rows, refused.value.most) == (5_001, 5_000)


def understand(header: str) -> columns.Columns:
    return columns.understand(table(f"{header}\nx\n".encode()).header)


def test_headers_are_known_by_their_usual_names_whatever_the_case() -> None:
    found = understand("N°;PRENOM;NOM DE FAMILLE;Courriel;Tél.;Ville;CP;QPV;Enfant 1 né(e) le")

    assert list(found.places) == [
        "number", "first_name", "last_name", "email", "phone", "town", "postcode",
        "priority_area", "child1_born",
    ]  # fmt: skip


def test_a_misspelt_header_is_guessed_and_a_stranger_is_listed() -> None:
    found = understand("Prénomm;Nom;Comune;Code postal;Couleur préférée")

    assert found.guessed == {"Prénomm": "first_name", "Comune": "town"}
    assert found.ignored == ("Couleur préférée",)


def test_an_exact_header_wins_over_a_misspelt_one() -> None:
    found = understand("Comune;Prénom;Nom;Commune;Code postal")

    assert found.places["town"] == 3
    assert found.ignored == ("Comune",)


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ("Amina;Benali;Lille;59000", NoHeader),
        ("Prénom;Nom;Commune", ColumnsMissing),
        ("Prénom;Nom;Nom de famille;Commune;Code postal", ColumnTwice),
    ],
)
def test_a_header_we_cannot_work_with_is_refused(header: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        understand(header)
