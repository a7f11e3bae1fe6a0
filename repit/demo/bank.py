"""What the made-up bank of the story writes: account statements, and reports on our files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml import etree

from repit.domain.money import Cents

_CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


@dataclass(frozen=True)
class Booked:
    """One line of a statement. `reference`: what the payer wrote, or our end-to-end id."""

    amount: Cents
    credit: bool
    counterparty: str
    reference: str


def statement(account: str, day: date, lines: Sequence[Booked]) -> bytes:
    """Return a camt.053 of one day, as a bank that knows every reference writes it."""
    root = etree.Element("Document", nsmap={None: _CAMT})
    report = etree.SubElement(root, "BkToCstmrStmt")
    _fill(report, "GrpHdr", {"MsgId": f"REL{day:%Y%m%d}", "CreDtTm": f"{day}T22:00:00"})
    inside = etree.SubElement(report, "Stmt")
    etree.SubElement(inside, "Id").text = f"{day:%Y%m%d}"
    _path(inside, "Acct/Id/IBAN").text = account
    for number, line in enumerate(lines, start=1):
        _entry(inside, day, number, line)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def report(message_id: str, refused: str, reason: str, at: datetime) -> bytes:
    """Return a pain.002 that refuses one transfer of a file."""
    root = etree.Element("Document", nsmap={None: _PAIN})
    inside = etree.SubElement(root, "CstmrPmtStsRpt")
    _fill(inside, "GrpHdr", {"MsgId": f"STS{at:%Y%m%d%H%M}", "CreDtTm": f"{at:%Y-%m-%dT%H:%M:%S}"})
    original = {"OrgnlMsgId": message_id, "OrgnlMsgNmId": "pain.001.001.09", "GrpSts": "PART"}
    _fill(inside, "OrgnlGrpInfAndSts", original)
    payment = etree.SubElement(inside, "OrgnlPmtInfAndSts")
    etree.SubElement(payment, "OrgnlPmtInfId").text = message_id
    one = etree.SubElement(payment, "TxInfAndSts")
    etree.SubElement(one, "OrgnlEndToEndId").text = refused
    etree.SubElement(one, "TxSts").text = "RJCT"
    _path(one, "StsRsnInf/Rsn/Cd").text = reason
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _entry(statement: etree._Element, day: date, number: int, line: Booked) -> None:
    entry = etree.SubElement(statement, "Ntry")
    amount = etree.SubElement(entry, "Amt", Ccy="EUR")
    amount.text = f"{line.amount // 100}.{line.amount % 100:02d}"
    etree.SubElement(entry, "CdtDbtInd").text = "CRDT" if line.credit else "DBIT"
    _path(entry, "Sts/Cd").text = "BOOK"
    _path(entry, "BookgDt/Dt").text = f"{day}"
    etree.SubElement(entry, "AcctSvcrRef").text = f"{day:%Y%m%d}{number:05d}"
    details = _path(entry, "NtryDtls/TxDtls")
    own = "NOTPROVIDED" if line.credit else line.reference
    _path(details, "Refs/EndToEndId").text = own
    _path(details, f"RltdPties/{'Dbtr' if line.credit else 'Cdtr'}/Pty/Nm").text = line.counterparty
    if line.credit:
        _path(details, "RmtInf/Ustrd").text = line.reference


def _fill(parent: etree._Element, name: str, said: dict[str, str]) -> None:
    inside = etree.SubElement(parent, name)
    for key, value in said.items():
        etree.SubElement(inside, key).text = value


def _path(parent: etree._Element, path: str) -> etree._Element:
    for name in path.split("/"):
        parent = etree.SubElement(parent, name)
    return parent
