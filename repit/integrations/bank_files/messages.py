"""The ISO 20022 messages a bank sends, in any version: camt.053, camt.054, pain.002."""

from repit.domain.banking.errors import NotABankFile, OtherMessage
from repit.domain.banking.reading import ReadFile
from repit.integrations.bank_files import camt, pain_002, xml

ROOTS = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "CstmrPmtStsRpt": "pain.002",
}
OTHERS = {
    "BkToCstmrAcctRpt": "camt.052",
    "CstmrCdtTrfInitn": "pain.001",
    "CstmrDrctDbtInitn": "pain.008",
}


def read(content: bytes) -> ReadFile:
    """Return what an ISO 20022 file says; some banks put it in an envelope of their own.

    Raises:
        Refused: see `domain.banking.errors`.
    """
    root = xml.root_of(content)
    names = {xml.local_name(one): one for one in root.iter()}
    for name, kind in ROOTS.items():
        if name not in names:
            continue
        messages = list(xml.anywhere(root, name))
        return pain_002.read(messages) if kind == "pain.002" else camt.read(messages, kind)
    for name, kind in OTHERS.items():
        if name in names:
            raise OtherMessage(message=kind)
    raise NotABankFile
