"""A bank's CSV: some lines about the account, a header, one row per movement.

Banks agree on nothing: separator, encoding, order, French or English decimals, one signed amount
or two columns. The header says which; a file that could be read two ways is refused.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from stdnum import iban

from repit.domain.banking.errors import (
    AmountUnreadable,
    ColumnsUnknown,
    DayUnreadable,
    DecimalsUnclear,
    FileTruncated,
    NotABankFile,
    OtherCurrency,
    PartMissing,
    TooManyLines,
    WrongSign,
)
from repit.domain.banking.reading import ReadFile, ReadLine
from repit.domain.money import Cents

MOST_LINES = 20_000
MOST_PREAMBLE = 30
SEPARATORS = (";", "\t", ",")

COLUMNS = {
    "day": (
        "date", "date operation", "date de l operation", "date comptable", "date compta",
        "date de comptabilisation", "booking date", "boekingsdatum", "datum", "jour",
    ),
    "amount": ("montant", "montant eur", "montant en eur", "montant en euros", "montant euros",
               "amount", "bedrag", "montant de l operation"),
    "debit": ("debit", "debit eur", "debit euros", "montant debit", "sortie"),
    "credit": ("credit", "credit eur", "credit euros", "montant credit", "entree"),
    "side": ("sens", "d c", "debit credit", "type de mouvement"),
    "text": (
        "libelle", "libelle operation", "libelle de l operation", "libelle simplifie",
        "libelle complementaire", "detail", "details", "informations complementaires",
        "communication", "communications", "commentaire", "description", "motif", "objet",
        "mededelingen", "remittance information",
    ),
    "name": ("nom", "contrepartie", "nom contrepartie", "nom de la contrepartie", "tiers",
             "donneur d ordre", "emetteur", "counterparty", "naam tegenpartij"),
    "structured": ("reference structuree", "communication structuree", "structured reference"),
    "reference": (
        "reference", "reference operation", "reference de l operation", "reference banque", "ref",
        "numero d operation", "n operation", "numero de mouvement", "id transaction",
    ),
    "end_to_end": ("reference de bout en bout", "end to end", "endtoendid", "end to end id",
                   "reference client"),
    "currency": ("devise", "currency", "monnaie", "devise du compte"),
}  # fmt: skip
MANY = {"text"}
"""Columns of which a file may have several; what they say is put side by side."""

CREDITS = {"c", "cr", "credit", "+", "crdt"}
DEBITS = {"d", "db", "debit", "-", "dbit"}
SUMS = ("solde", "total", "balance")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{1,4}){3,8}")
LONGEST_IBAN, SHORTEST_IBAN = 34, 15
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*-?")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_WORDS = re.compile(r"[^a-z0-9+-]+")
_BARE = str.maketrans("àâäçéèêëîïôöùûüÿ", "aaaceeeeiioouuuy")


@dataclass(frozen=True)
class _Row:
    """`number` is the one a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    columns: dict[str, tuple[int, ...]]
    rows: tuple[_Row, ...]
    preamble: str

    def cell(self, row: _Row, column: str) -> str:
        """Return what a row says in a column; several of one kind are put side by side."""
        places = self.columns.get(column, ())
        told = (row.cells[place] for place in places if place < len(row.cells))
        return " ".join(one for one in told if one)


def read(content: bytes) -> ReadFile:
    """Return the rows of a CSV; it is read whole or refused.

    Raises:
        Refused: see `domain.banking.errors`; « line » is the row a spreadsheet shows.
    """
    table = _table(_decode(content))
    decimal = _decimal_mark(table)
    lines = tuple(line for row in table.rows if (line := _line(table, row, decimal)) is not None)
    if len(lines) > MOST_LINES:
        raise TooManyLines(lines=len(lines), most=MOST_LINES)
    return ReadFile("csv", _account(table.preamble), lines)


def _decode(content: bytes) -> str:
    """Return the text: UTF-8, what Excel calls Unicode, or Windows' Latin letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise NotABankFile
    return text


def _table(text: str) -> _Table:
    """Try each separator; the header is the first row that names a day and an amount."""
    for separator in SEPARATORS:
        rows = list(_rows(text, separator))
        for place, row in enumerate(rows[:MOST_PREAMBLE]):
            columns = _columns(row)
            if "day" in columns and ("amount" in columns or {"debit", "credit"} <= set(columns)):
                preamble = "\n".join(" ".join(one.cells) for one in rows[:place])
                _refuse_truncated(text, row, rows[place + 1 :])
                return _Table(columns, tuple(rows[place + 1 :]), preamble)
    raise ColumnsUnknown


def _rows(text: str, separator: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            trimmed = tuple(" ".join(cell.split()) for cell in cells)
            if any(trimmed):
                yield _Row(reader.line_num, trimmed)
    except csv.Error as trouble:
        raise NotABankFile from trouble


def _refuse_truncated(text: str, header: _Row, rows: Sequence[_Row]) -> None:
    """The last row stops before its end, and the file before its last line break."""
    if not rows or text.endswith(("\n", "\r")):
        return
    named = max(place for place, cell in enumerate(header.cells) if cell) + 1
    if len(rows[-1].cells) < named and not _is_sum(rows[-1]):
        raise FileTruncated


def _columns(header: _Row) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for place, cell in enumerate(header.cells):
        name = next((name for name, known in COLUMNS.items() if _plain(cell) in known), None)
        if name is not None and (name in MANY or name not in found):
            found[name] = (*found.get(name, ()), place)
    return found


def _plain(cell: str) -> str:
    return _WORDS.sub(" ", cell.lower().translate(_BARE)).strip()


def _line(table: _Table, row: _Row, decimal: str) -> ReadLine | None:
    """Return the movement of a row; None for a row that gives a balance, or moves nothing."""
    day = table.cell(row, "day")
    if _plain(day).startswith(SUMS):
        return None
    if not day:
        if _is_sum(row) or not _amounts(table, row):
            return None
        raise PartMissing(line=row.number, part="Date")
    currency = table.cell(row, "currency").upper()
    if currency and currency not in {"EUR", "€"}:
        raise OtherCurrency(line=row.number, currency=currency)
    moved = _moved(table, row, decimal)
    if moved == 0:
        return None
    return ReadLine(
        amount=Cents(abs(moved)),
        credit=moved > 0,
        booked_on=_day(day, row.number),
        counterparty=_clip(table.cell(row, "name"), 140),
        remittance=_clip(table.cell(row, "text"), 1000),
        structured_reference=_clip(table.cell(row, "structured"), 35),
        end_to_end_id=_clip(table.cell(row, "end_to_end"), 35),
        entry_reference=_clip(table.cell(row, "reference"), 64),
        bank_reference=_clip(table.cell(row, "reference"), 64),
    )


def _moved(table: _Table, row: _Row, decimal: str) -> int:
    """Return cents, above zero when they came in."""

    def cents(column: str) -> int | None:
        written = table.cell(row, column)
        return _cents(written, row.number, decimal) if written else None

    if "amount" in table.columns:
        amount = cents("amount")
        if amount is None:
            raise PartMissing(line=row.number, part="Montant")
        return _with_side(table, row, amount)
    debit, credit = cents("debit"), cents("credit")
    if credit is not None and credit < 0:
        raise WrongSign(line=row.number, written=table.cell(row, "credit"))
    if debit is None and credit is None:
        raise PartMissing(line=row.number, part="Montant")
    if debit and credit:
        raise AmountUnreadable(
            line=row.number, written=f"{table.cell(row, 'debit')} / {table.cell(row, 'credit')}"
        )
    return (credit or 0) - abs(debit or 0)


def _with_side(table: _Table, row: _Row, amount: int) -> int:
    """Return the amount with the sign its own column gives it."""
    side = _plain(table.cell(row, "side"))
    if not side:
        return amount
    if amount < 0 and side in CREDITS:
        raise WrongSign(line=row.number, written=table.cell(row, "amount"))
    if side in CREDITS:
        return amount
    if side in DEBITS:
        return -abs(amount)
    return amount


def _cents(written: str, number: int, decimal: str) -> int:
    plain = _plain_number(written)
    if not _NUMBER.fullmatch(plain):
        raise AmountUnreadable(line=number, written=written)
    below = plain.startswith("-") or plain.endswith("-")
    plain = plain.strip("+-").replace("." if decimal == "," else ",", "").replace(decimal, ".")
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation as trouble:
        raise AmountUnreadable(line=number, written=written) from trouble
    if cents != cents.to_integral_value():
        raise AmountUnreadable(line=number, written=written)
    return -int(cents) if below else int(cents)


def _plain_number(written: str) -> str:
    return _SPACES.sub("", written).replace("€", "").replace("EUR", "").replace("−", "-")  # noqa: RUF001


def _decimal_mark(table: _Table) -> str:
    """Return « , » or « . »: the one that some amount of the file can only mean decimals by."""
    sure: dict[str, tuple[int, str]] = {}
    unsure: tuple[int, str] | None = None
    for row in table.rows:
        for written in _amounts(table, row):
            plain = _plain_number(written).strip("+-")
            mark = _mark(plain)
            if mark:
                sure.setdefault(mark, (row.number, written))
            elif "," in plain or "." in plain:
                unsure = unsure or (row.number, written)
    if len(sure) > 1:
        number, written = max(sure.values())
        raise DecimalsUnclear(line=number, written=written)
    if not sure and unsure is not None:
        raise DecimalsUnclear(line=unsure[0], written=unsure[1])
    return next(iter(sure), ",")


def _mark(plain: str) -> str | None:
    """Return the decimal mark of one amount when it can be nothing else."""
    last = max(plain.rfind(","), plain.rfind("."))
    if last < 0:
        return None
    other = "." if plain[last] == "," else ","
    if other in plain[:last]:
        return plain[last]  # 1.234,5 or 1,234.5: the last one parts the cents
    return plain[last] if len(plain) - last - 1 != 3 else None  # noqa: PLR2004  (a thousand)


def _amounts(table: _Table, row: _Row) -> list[str]:
    told = (table.cell(row, column) for column in ("amount", "debit", "credit"))
    return [one for one in told if one and any(letter.isdigit() for letter in one)]


def _is_sum(row: _Row) -> bool:
    return any(_plain(cell).startswith(SUMS) for cell in row.cells)


_DAYS: tuple[tuple[re.Pattern[str], Callable[[tuple[str, ...]], date]], ...] = (
    (
        re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?"),
        lambda parts: date(int(parts[0]), int(parts[1]), int(parts[2])),
    ),
    (
        re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"),
        lambda parts: date(int(parts[2]), int(parts[1]), int(parts[0])),
    ),
    (
        re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d\d)"),
        lambda parts: date(2000 + int(parts[2]), int(parts[1]), int(parts[0])),
    ),
)


def _day(written: str, number: int) -> date:
    for pattern, made in _DAYS:
        found = pattern.fullmatch(written)
        if found is None:
            continue
        try:
            return made(found.groups())
        except ValueError as trouble:
            raise DayUnreadable(line=number, written=written) from trouble
    raise DayUnreadable(line=number, written=written)


def _account(preamble: str) -> str | None:
    """Return the account the lines above the header name, if they name one."""
    for found in IBAN.finditer(preamble.upper()):
        letters = found.group().replace(" ", "")
        for length in range(min(len(letters), LONGEST_IBAN), SHORTEST_IBAN - 1, -1):
            if iban.is_valid(letters[:length]):  # capitals that follow are not of the number
                return letters[:length]
    return None


def _clip(said: str, longest: int) -> str | None:
    return said[:longest] or None
