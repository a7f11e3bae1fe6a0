"""pain.002: what a bank says of a file of transfers before it moves any money."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from repit.domain.banking.reading import ReadFile
from repit.domain.money import Cents
from repit.domain.settlements.outcomes import Outcome, Result
from repit.integrations.bank_files.xml import Element, child, children, text

REFUSED = {"RJCT", "CANC"}
TAKEN = {"ACCP", "ACSP", "ACTC", "ACWC", "ACSC", "ACCC", "ACFC", "RCVD", "PDNG"}
"""« PART » decides nothing by itself: the transfers below say which."""


def read(reports: Sequence[Element]) -> ReadFile:
    """Return one outcome for each transfer that is named, and for a file judged as a whole."""
    outcomes = tuple(outcome for report in reports for outcome in _outcomes(report))
    return ReadFile(kind="pain.002", outcomes=outcomes)


def _outcomes(report: Element) -> Iterator[Outcome]:
    name = text(report, "GrpHdr", "MsgId")
    group = child(report, "OrgnlGrpInfAndSts")
    message_id = text(group, "OrgnlMsgId")
    whole = _result(text(group, "GrpSts"))
    payments = children(report, "OrgnlPmtInfAndSts")
    details = [one for payment in payments for one in children(payment, "TxInfAndSts")]
    for one in details:
        yield from _of_transfer(one, message_id, name)
    if details or message_id is None:
        return
    whole = whole or next(filter(None, (_result(text(p, "PmtInfSts")) for p in payments)), None)
    if whole is None:
        return
    reason = _reason(group) or next(filter(None, map(_reason, payments)), None)
    yield Outcome(whole, message_id=message_id, reason=reason, bank_reference=name)


def _of_transfer(one: Element, message_id: str | None, report: str | None) -> Iterator[Outcome]:
    result = _result(text(one, "TxSts"))
    end_to_end_id = text(one, "OrgnlEndToEndId")
    if result is None or end_to_end_id is None:
        return
    yield Outcome(
        result,
        end_to_end_id=end_to_end_id,
        message_id=message_id,
        reason=_reason(one),
        amount=_amount(text(one, "OrgnlTxRef", "Amt", "InstdAmt")),
        bank_reference=text(one, "AcctSvcrRef") or text(one, "StsId") or report,
    )


def _result(status: str | None) -> Result | None:
    if status in REFUSED:
        return Result.REJECTED
    return Result.ACCEPTED if status in TAKEN else None


def _reason(parent: Element | None) -> str | None:
    found = text(parent, "StsRsnInf", "Rsn", "Cd") or text(parent, "StsRsnInf", "Rsn", "Prtry")
    return found[:8] if found else None


def _amount(written: str | None) -> Cents | None:
    try:
        return Cents(int(Decimal(written or "") * 100))
    except InvalidOperation:
        return None
