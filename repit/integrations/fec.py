"""The journal in the layout French accountants and auditors read (FEC, LPF art. A47 A-1).

Eighteen columns, tabs, one line each, in ISO 8859-15 as the article asks; days as `20261231`,
amounts with a decimal comma. What that alphabet cannot write becomes a question mark.
"""

from datetime import date

from repit.domain.accounting.journal import Entry
from repit.domain.money import Cents

CONTENT_TYPE = "text/plain; charset=iso-8859-15"
ENCODING = "iso-8859-15"
COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
# Typographic signs that the alphabet lacks, as the typewriter wrote them.
TYPEWRITER = str.maketrans({"’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def file_name(identifier: str, last_day: date) -> str:
    """Return « 123456782FEC20261231.txt ». `last_day`: of the period."""
    return f"{identifier}FEC{last_day:%Y%m%d}.txt"


def heading() -> bytes:
    """Return the first line: the names of the columns."""
    return _line(COLUMNS)


def written(entry: Entry) -> bytes:
    """Return one entry as a line. Every entry is final: what was posted never changes."""
    return _line(
        (
            entry.journal.code,
            entry.journal.label,
            entry.number,
            _day(entry.day),
            entry.account.number,
            entry.account.label,
            entry.party.key,
            entry.party.name,
            entry.reference,
            _day(entry.reference_day),
            entry.label,
            _amount(entry.debit),
            _amount(entry.credit),
            "",
            "",
            _day(entry.day),
            "",
            "",
        )
    )


def _line(cells: tuple[str, ...]) -> bytes:
    # A tab or a line's end inside a name would move every column after it.
    text = "\t".join(" ".join(cell.translate(TYPEWRITER).split()) for cell in cells)
    return f"{text}\r\n".encode(ENCODING, "replace")


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _amount(cents: Cents) -> str:
    return f"{cents // 100},{cents % 100:02d}"
