"""Bank files of transfers: pain.001.001.09, made by sepaxml, made exact and valid here.

sepaxml names a file and its day of making by chance, and accepts what banks do not. So everything
is checked before it builds, it builds once (exporting twice would pay twice), its chance names
are replaced by ours, and what comes out is validated against the ISO schema and read again.
Amounts in cents.
"""

import re
from collections.abc import Iterable
from datetime import UTC
from functools import lru_cache
from importlib import resources
from typing import Any

from lxml import etree
from sepaxml import SepaTransfer

from repit.domain.money import Cents
from repit.domain.settlements.errors import FileRefused
from repit.domain.settlements.export import Line, Order, Written
from repit.domain.settlements.payees import (
    NAME_LENGTH,
    REMITTANCE_LENGTH,
    carried,
    checked_payee,
    is_carried,
)

FORMAT = "pain.001.001.09"
MOST_CENTS = 99_999_999_999
"""A SEPA transfer carries at most € 999,999,999.99."""
LONGEST_ID = 35
_NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{FORMAT}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def written(order: Order) -> Written:
    """Return the bank file of an order; the same order gives the same bytes.

    Raises:
        PayeeRefused: a bank would not pay to, or from, one of the accounts.
        FileRefused: an amount, an id or a text is not one that banks carry, or the file is not
            valid: `trouble` says which.
    """
    _check(order)
    content = _named(_built(order), order)
    _validate(content)
    return _read_again(content)


def _check(order: Order) -> None:
    if not order.lines:
        raise FileRefused(trouble="empty")
    checked_payee(order.debtor_name, order.debtor_iban, order.debtor_bic)
    for one in (order.message_id, *(line.end_to_end_id for line in order.lines)):
        if len(one) > LONGEST_ID or not is_carried(one):
            raise FileRefused(trouble="id")
    if len({line.end_to_end_id for line in order.lines}) != len(order.lines):
        raise FileRefused(trouble="id_twice")
    for line in order.lines:
        _check_line(line)


def _check_line(line: Line) -> None:
    checked_payee(line.name, line.iban, line.bic)
    if not 0 < line.amount <= MOST_CENTS:
        raise FileRefused(trouble="amount")
    if len(line.remittance) > REMITTANCE_LENGTH or not is_carried(line.remittance):
        raise FileRefused(trouble="remittance")


def _built(order: Order) -> bytes:
    debtor = {
        "name": carried(order.debtor_name, NAME_LENGTH),
        "IBAN": order.debtor_iban,
        "batch": True,
        "currency": "EUR",
    }
    if order.debtor_bic:
        debtor["BIC"] = order.debtor_bic
    file = SepaTransfer(debtor, schema=FORMAT, clean=False)
    for line in order.lines:
        file.add_payment(_payment(order, line))
    return bytes(file.export(validate=False))


def _payment(order: Order, line: Line) -> dict[str, Any]:
    payment = {
        "name": carried(line.name, NAME_LENGTH),
        "IBAN": line.iban,
        "amount": int(line.amount),
        "execution_date": order.requested_on,
        "description": line.remittance,
        "endtoend_id": line.end_to_end_id,
    }
    return payment | ({"BIC": line.bic} if line.bic else {})


def _named(content: bytes, order: Order) -> bytes:
    """Put our names and our moment where sepaxml drew some by chance."""
    root = etree.fromstring(content, _PARSER)
    made_at = order.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for path, text in (
        ("GrpHdr/MsgId", order.message_id),
        ("GrpHdr/CreDtTm", made_at),
        ("PmtInf/PmtInfId", order.message_id),
    ):
        [element] = _found(root, path)
        element.text = text
    if not order.debtor_bic:
        [agent] = _found(root, "PmtInf/DbtrAgt/FinInstnId")
        other = etree.SubElement(agent, f"{{{_NAMESPACE}}}Othr")
        etree.SubElement(other, f"{{{_NAMESPACE}}}Id").text = "NOTPROVIDED"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _validate(content: bytes) -> None:
    schema = _schema()
    if not schema.validate(etree.fromstring(content, _PARSER)):
        raise FileRefused(trouble=str(schema.error_log.last_error))


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    source = resources.files("sepaxml").joinpath(f"schemas/{FORMAT}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(source, _PARSER))


def _read_again(content: bytes) -> Written:
    root = etree.fromstring(content, _PARSER)
    [message_id] = _found(root, "GrpHdr/MsgId")
    amounts = [_cents(one.text) for one in _found(root, "PmtInf/CdtTrfTxInf/Amt/InstdAmt")]
    for header in ("GrpHdr", "PmtInf"):
        [count], [total] = _found(root, f"{header}/NbOfTxs"), _found(root, f"{header}/CtrlSum")
        if int(count.text or 0) != len(amounts) or _cents(total.text) != sum(amounts):
            raise FileRefused(trouble="sum")
    return Written(
        content=content,
        message_id=message_id.text or "",
        payouts=len(amounts),
        amount=Cents(sum(amounts)),
    )


def _found(root: Any, path: str) -> list[Any]:
    steps = "/".join(f"{{{_NAMESPACE}}}{step}" for step in ("CstmrCdtTrfInitn", *path.split("/")))
    found: Iterable[Any] = root.findall(steps)
    return list(found)


def _cents(text: str | None) -> int:
    """Return the cents of an amount as files write it: `12.5`, `12.50`, `12`."""
    matched = re.fullmatch(r"(\d+)(?:\.(\d{1,2}))?", text or "")
    if matched is None:
        raise FileRefused(trouble="amount")
    return int(matched[1]) * 100 + int((matched[2] or "0").ljust(2, "0"))
