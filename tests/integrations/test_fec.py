from dataclasses import replace
from datetime import date

from repit.domain.accounting.journal import Entry
from repit.domain.accounting.queries import Party
from repit.domain.accounting.rules import BANK, ChartLine
from repit.domain.money import Cents
from repit.integrations import fec

ENTRY = Entry(
    journal=BANK,
    number="BQ-2026-000001",
    day=date(2026, 3, 14),
    account=ChartLine("512", "Banque, compte réservé aux chèques répit"),
    party=Party("E000001", "Fonds « Familles » – 2026", "x"),
    reference="VIR-7",
    reference_day=date(2026, 3, 2),
    label="Versement reçu, Cœur d’Artois",
    debit=Cents(123_405),
    credit=Cents(0),
)


def columns(line: bytes) -> list[str]:
    assert line.endswith(b"\r\n")
    return line.decode("iso-8859-15").rstrip("\r\n").split("\t")


def test_a_line_has_the_eighteen_columns_of_the_article_in_their_order() -> None:
    assert columns(fec.heading())[:6] == [
        "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    ]  # fmt: skip
    written = columns(fec.written(ENTRY))
    assert len(columns(fec.heading())) == len(written) == 18
    assert dict(zip(columns(fec.heading()), written, strict=True)) == {
        "JournalCode": "BQ",
        "JournalLib": "Banque",
        "EcritureNum": "BQ-2026-000001",
        "EcritureDate": "20260314",
        "CompteNum": "512",
        "CompteLib": "Banque, compte réservé aux chèques répit",
        "CompAuxNum": "E000001",
        "CompAuxLib": "Fonds « Familles » - 2026",
        "PieceRef": "VIR-7",
        "PieceDate": "20260302",
        "EcritureLib": "Versement reçu, Cœur d'Artois",
        "Debit": "1234,05",
        "Credit": "0,00",
        "EcritureLet": "",
        "DateLet": "",
        "ValidDate": "20260314",
        "Montantdevise": "",
        "Idevise": "",
    }


def test_nothing_typed_can_move_a_column_or_break_the_alphabet() -> None:
    hostile = replace(ENTRY, label="a\tb\r\nc\x0bd", party=replace(ENTRY.party, name="李 \u2028 x"))

    written = columns(fec.written(hostile))

    assert len(written) == 18
    assert written[10] == "a b c d"
    assert written[7] == "? x"


def test_the_file_is_named_after_the_operator_and_the_last_day() -> None:
    assert fec.file_name("732829320", date(2026, 12, 31)) == "732829320FEC20261231.txt"
