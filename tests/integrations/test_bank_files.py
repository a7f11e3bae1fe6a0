"""What banks send is read whole, or refused with the line and the reason."""

from collections.abc import Callable
from datetime import date

import pytest

from repit.domain.banking import errors
from repit.domain.banking.reading import ReadLine
from repit.domain.errors import Refused
from repit.domain.money import Cents
from repit.domain.settlements.outcomes import Outcome, Result
from repit.integrations import bank_files
from tests.integrations.bank_paper import (
    OURS,
    THEIRS,
    Entry,
    camt,
    detail,
    pain_002,
    transfer,
)

RF = "RF85CR000042"
CSV = (
    "Compte;FR76 3000 4000 0312 3456 7890 143 EUR\n"
    "Solde au 31/03/2026;1 234,56\n"
    "\n"
    "Date;Libellé;Montant;Référence\n"
    '02/03/2026;"VIR DRDFE RF85 CR00 0042";1 250,00;AA1\n'
    "03/03/2026;FRAIS TENUE DE COMPTE;-12,50;AA2\n"
    "Solde au 31/03/2026;;1 237,50;\n"
)


def lines(content: bytes) -> tuple[ReadLine, ...]:
    return bank_files.read(content).lines


def bank_one() -> bytes:
    """Version 2, one payment in one entry, the reference in its own place."""
    inside = detail(structured=RF, name="DRDFE", reference="T1", end_to_end="E2E")
    return camt(Entry("1250.00", reference="E1", details=inside), balances=("0.00", "1250.00"))


def bank_two() -> bytes:
    """Version 8 in a prefix, the reference in the middle of words, no reference of the bank."""
    inside = detail(text=f"VIR SEPA {RF} SUBVENTION", name="DRDFE", newer=True)
    plain = camt(Entry("1250.00", details=inside), version="001.08").decode()
    wrapped = plain.replace("xmlns=", "xmlns:c=").replace("<?xml", "<?xml", 1)
    return _prefixed(wrapped).encode()


def _prefixed(text: str) -> str:
    head, _, body = text.partition("\n")
    named = body.replace("</", "\0").replace("<", "<c:").replace("\0", "</c:")
    return f"{head}\n{named}"


def bank_three() -> bytes:
    """Latin letters that call themselves UTF-8, the words in the bank's own information."""
    more = "<AddtlNtryInf>VIREMENT RECU DE DRDFE : RF85 CR00 0042 à réception</AddtlNtryInf>"
    text = camt(Entry("1250.00", reference="E1", more=more), encoding="cp1252")
    return text.replace(b'encoding="cp1252"', b'encoding="UTF-8"')


@pytest.mark.parametrize("bank", [bank_one, bank_two, bank_three])
def test_the_habits_of_three_banks(bank: Callable[[], bytes]) -> None:
    read = bank_files.read(bank())
    [line] = read.lines
    assert (read.kind, read.account) == ("camt.053", OURS)
    assert (line.amount, line.credit, line.booked_on) == (125_000, True, date(2026, 3, 2))
    said = f"{line.structured_reference} {line.remittance}".replace(" ", "")
    assert RF in said


def test_latin_letters_keep_their_accents() -> None:
    [line] = lines(bank_three())
    assert line.remittance is not None
    assert line.remittance.endswith("à réception")


def test_one_entry_split_in_its_payments() -> None:
    inside = detail(amount="1000.00", structured=RF, reference="T1") + detail(
        amount="250.00", text="sans rien", reference="T2"
    )
    first, second = lines(camt(Entry("1250.00", reference="E1", details=inside)))
    assert (first.amount, first.bank_reference, first.of_a_batch) == (100_000, "T1", True)
    assert (second.amount, second.entry_reference) == (25_000, "E1")


def test_payments_without_their_amounts_stay_one_sum() -> None:
    inside = detail(structured=RF) + detail(text="autre")
    [line] = lines(camt(Entry("1250.00", details=inside)))
    assert (line.amount, line.whole_batch, line.structured_reference) == (125_000, True, None)


def test_what_went_out_and_what_came_back() -> None:
    out, back = lines(
        camt(
            Entry("120.00", "DBIT", details=detail(end_to_end="VERS1")),
            Entry("120.00", details=detail(end_to_end="VERS1", returned="AC04")),
        )
    )
    assert (out.credit, out.end_to_end_id, out.reason_code) == (False, "VERS1", None)
    assert (back.credit, back.end_to_end_id, back.reason_code) == (True, "VERS1", "AC04")


def test_what_is_not_booked_yet_is_counted_and_left() -> None:
    read = bank_files.read(camt(Entry("10.00"), Entry("20.00", status="PDNG")))
    assert ([line.amount for line in read.lines], read.pending) == ([1_000], 1)


def test_what_a_notification_says() -> None:
    read = bank_files.read(camt(Entry("10.00"), kind="camt.054", version="001.08"))
    assert (read.kind, len(read.lines)) == ("camt.054", 1)


GOOD = camt(
    Entry("1250.00", reference="E1"), Entry("250.00", reference="E2"), balances=("0.00", "1500.00")
)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", errors.BankFileEmpty),
        (b"PK\x03\x04classeur", errors.NotABankFile),
        (b"%PDF-1.7", errors.NotABankFile),
        (GOOD[: len(GOOD) * 2 // 3], errors.FileTruncated),
        (GOOD[:-20], errors.FileTruncated),
        (GOOD.replace(b"</Amt>", b"</Amount>", 1), errors.BadXml),
        (GOOD.replace(b"1250.00", b"-1250.00", 1), errors.WrongSign),
        (
            GOOD.replace(b"CRDT</CdtDbtInd><Sts>", b"DBIT</CdtDbtInd><Sts>", 1),
            errors.BalancesDisagree,
        ),
        (GOOD.replace(b'Ccy="EUR">1250', b'Ccy="CHF">1250', 1), errors.OtherCurrency),
        (GOOD.replace(b"1250.00", b"1250.005", 1), errors.AmountUnreadable),
        (GOOD.replace(b"1250.00", b"1 250,00", 1), errors.AmountUnreadable),
        (GOOD.replace(b"2026-03-02", b"2026-02-30", 1), errors.DayUnreadable),
        (GOOD.replace(b"<CdtDbtInd>CRDT</CdtDbtInd><Sts>", b"<Sts>", 1), errors.PartMissing),
        (GOOD.replace(b"<IBAN>", b"<Nom>").replace(b"</IBAN>", b"</Nom>"), errors.PartMissing),
        (camt(Entry("1.00"), announced=3), errors.LinesMissing),
        (
            camt(Entry("9.00", details=detail(amount="4.00") + detail(amount="4.00"))),
            errors.DetailsDisagree,
        ),
        (GOOD.replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"), errors.OtherMessage),
        (b"<html><body>Connexion</body></html>", errors.NotABankFile),
    ],
)
def test_a_statement_that_cannot_be_trusted_is_refused(
    content: bytes, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        bank_files.read(content)


def test_a_file_of_two_accounts_is_refused() -> None:
    both = camt(Entry("1.00")).replace(
        b"</Stmt>",
        b"</Stmt><Stmt><Acct><Id><IBAN>" + THEIRS.encode() + b"</IBAN></Id></Acct></Stmt>",
    )
    with pytest.raises(errors.SeveralAccounts):
        bank_files.read(both)


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/d.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_would_read_files_or_swell_is_refused(attack: str, encoding: str) -> None:
    text = camt(Entry("1.00")).decode().replace("?>\n", f"?>{attack}\n", 1)
    with pytest.raises(errors.ForbiddenXml):
        bank_files.read(text.replace("UTF-8", encoding).encode(encoding))


def test_a_file_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(errors.BankFileTooLarge):
        bank_files.read(b"<" + b" " * bank_files.MOST_MEGABYTES * bank_files.MEGABYTE)


def test_every_beginning_of_a_statement_is_refused() -> None:
    whole = len(GOOD.rstrip())
    for length in range(1, whole, 7):
        with pytest.raises(Refused):
            bank_files.read(GOOD[:length])


def test_a_report_on_transfers() -> None:
    read = bank_files.read(
        pain_002(transfers=transfer("VERS1", "RJCT", "AC04") + transfer("VERS2", "ACSP"))
    )
    assert read.outcomes == (
        Outcome(Result.REJECTED, "VERS1", "LOT1", "AC04", Cents(12_000), None, "RAPPORT1"),
        Outcome(Result.ACCEPTED, "VERS2", "LOT1", None, Cents(12_000), None, "RAPPORT1"),
    )


@pytest.mark.parametrize(
    ("status", "result"), [("RJCT", Result.REJECTED), ("ACCP", Result.ACCEPTED)]
)
def test_a_report_on_a_whole_file(status: str, result: Result) -> None:
    [outcome] = bank_files.read(pain_002(group=status)).outcomes
    assert (outcome.result, outcome.message_id, outcome.end_to_end_id) == (result, "LOT1", None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("breaks", ["\n", "\r\n"])
def test_a_csv_in_any_encoding(encoding: str, breaks: str) -> None:
    read = bank_files.read(CSV.replace("\n", breaks).encode(encoding))
    money_in, money_out = read.lines
    assert read.account == OURS
    assert (money_in.amount, money_in.credit, money_in.bank_reference) == (125_000, True, "AA1")
    assert (money_out.amount, money_out.credit) == (1_250, False)


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("1 250,00", 125_000),
        ("1\u202f250,00", 125_000),
        ("+1.250,00 €", 125_000),
        ("1250,5", 125_050),
        ("12,50-", -1_250),
        ("-1.250.000,00", -125_000_000),
        ("0,01", 1),
    ],
)
def test_how_amounts_are_written(written: str, cents: int) -> None:
    [line] = lines(f"Date;Libellé;Montant\n02/03/2026;x;{written}\n".encode())
    assert (line.amount if line.credit else -line.amount) == cents


def test_points_for_decimals() -> None:
    content = 'Date,Description,Amount\n2026-03-02,"DRDFE, Lille","1,250.00"\n2026-03-03,x,-3.50\n'
    assert [line.amount for line in lines(content.encode())] == [125_000, 350]


@pytest.mark.parametrize("debit", ["-12,50", "12,50"])
def test_two_columns_for_the_two_sides(debit: str) -> None:
    content = f"Date;Libellé;Débit;Crédit\n02/03/2026;a;;100,00\n03/03/2026;b;{debit};\n"
    assert [(line.amount, line.credit) for line in lines(content.encode())] == [
        (10_000, True),
        (1_250, False),
    ]


def test_a_column_that_says_the_side() -> None:
    content = "Date;Libellé;Montant;Sens\n02/03/2026;a;100,00;C\n03/03/2026;b;12,50;D\n"
    assert [line.credit for line in lines(content.encode())] == [True, False]


@pytest.mark.parametrize(
    ("rows", "refusal"),
    [
        ("02/03/2026;x;1,50\n03/03/2026;y;2.50\n", errors.DecimalsUnclear),
        ("02/03/2026;x;1.250\n", errors.DecimalsUnclear),
        ("02/03/2026;x;douze\n", errors.AmountUnreadable),
        ("02/03/2026;x;1,505 0\n", errors.AmountUnreadable),
        ("32/03/2026;x;1,50\n", errors.DayUnreadable),
        (";x;1,50\n", errors.PartMissing),
        ("02/03/2026;x;\n", errors.PartMissing),
        ("02/03/2026;x;1,50\n03/03/2026;y", errors.FileTruncated),
        ("02/03/2026;x;1,50\n03/0", errors.FileTruncated),
    ],
)
def test_a_csv_that_could_be_misread_is_refused(rows: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        bank_files.read(f"Date;Libellé;Montant\n{rows}".encode())


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("Date;Libellé;Débit;Crédit\n02/03/2026;a;;-100,00\n", errors.WrongSign),
        ("Date;Libellé;Débit;Crédit\n02/03/2026;a;1,00;1,00\n", errors.AmountUnreadable),
        ("Date;Libellé;Montant;Sens\n02/03/2026;a;-1,00;C\n", errors.WrongSign),
        ("Date;Libellé;Montant;Devise\n02/03/2026;a;1,00;CHF\n", errors.OtherCurrency),
        ("Prénom;Nom;Commune\nAmina;Dupont;Lens\n", errors.ColumnsUnknown),
    ],
)
def test_other_csv_files_are_refused(content: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        bank_files.read(content.encode())


def test_a_refusal_names_the_row_a_spreadsheet_shows() -> None:
    with pytest.raises(errors.AmountUnreadable) as refusal:
        bank_files.read(CSV.replace("-12,50", "?").encode())
    assert (refusal.value.line, refusal.value.written) == (6, "?")
