"""Read what banks send: camt.053, camt.054, pain.002 and CSV. Everything or a clear refusal.

A bank's file decides where money goes, so nothing in it is guessed and nothing is dropped: what
cannot be read refuses the whole file, with the line and the reason.
"""

from repit.domain.banking.errors import BankFileEmpty, BankFileTooLarge, NotABankFile
from repit.domain.banking.reading import ReadFile
from repit.integrations.bank_files import csv_rows

MOST_MEGABYTES = 10
MEGABYTE = 1024 * 1024

_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_BLANK = b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"


def read(content: bytes) -> ReadFile:
    """Return what a file of the bank says.

    Raises:
        Refused: one of `domain.banking.errors`; the file as a whole is not taken.
    """
    if len(content) > MOST_MEGABYTES * MEGABYTE:
        raise BankFileTooLarge(MOST_MEGABYTES)
    if not content.strip(_BLANK):
        raise BankFileEmpty
    if content.startswith(_NOT_TEXT):
        raise NotABankFile
    if _is_xml(content):
        from repit.integrations.bank_files import messages  # noqa: PLC0415  (lxml is large)

        return messages.read(content)
    return csv_rows.read(content)


def _is_xml(content: bytes) -> bool:
    start = content[:400].replace(b"\x00", b"").lstrip(_BLANK)
    return start.startswith(b"<")
