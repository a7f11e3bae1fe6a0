"""camt.053 and camt.054: statements and notifications, with the habits banks have with them.

An entry may be one payment, several with an amount each, or several of which only the sum is
said. Versions differ in where a name or a status stands; local names and both places are read.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from repit.domain.banking.errors import (
    AmountUnreadable,
    BalancesDisagree,
    DayUnreadable,
    DetailsDisagree,
    LinesMissing,
    OtherCurrency,
    PartMissing,
    SeveralAccounts,
    TooManyLines,
    WrongSign,
)
from repit.domain.banking.reading import ReadFile, ReadLine
from repit.domain.money import Cents
from repit.integrations.bank_files.xml import Element, child, children, first_text, text

MOST_LINES = 20_000
NOTHING = {"NOTPROVIDED", "NONREF", "NOT PROVIDED", "NONE"}
CREDIT, DEBIT = "CRDT", "DBIT"
OPENING = {"OPBD", "PRCD"}
CLOSING = "CLBD"
INTERMEDIATE = "INTM"


def read(messages: Sequence[Element], kind: str) -> ReadFile:
    """Return the booked lines of every statement in the file, all of one account.

    Raises:
        Refused: see `domain.banking.errors`; « line » counts the entries of the whole file.
    """
    statements = [
        one
        for message in messages
        for one in children(message, "Stmt" if kind == "camt.053" else "Ntfctn")
    ]
    lines: list[ReadLine] = []
    entries = pending = 0
    for statement in statements:
        found = children(statement, "Ntry")
        booked = [(entries + n, one) for n, one in enumerate(found, start=1) if _booked(one)]
        _refuse_missing(statement, found)
        own = [line for number, one in booked for line in _lines(one, number)]
        _refuse_other_balance(statement, own)
        lines += own
        entries += len(found)
        pending += len(found) - len(booked)
    if len(lines) > MOST_LINES:
        raise TooManyLines(lines=len(lines), most=MOST_LINES)
    return ReadFile(kind, _account(statements), tuple(lines), pending)


def _account(statements: Sequence[Element]) -> str:
    accounts = dict.fromkeys(
        first_text(one, ("Acct", "Id", "IBAN"), ("Acct", "Id", "Othr", "Id")) for one in statements
    )
    named = tuple(one.replace(" ", "").upper() for one in accounts if one)
    if len(set(named)) > 1:
        raise SeveralAccounts(accounts=named)
    if not named or None in accounts:
        raise PartMissing(line=1, part="Acct/Id")
    return named[0]


def _booked(entry: Element) -> bool:
    """Version 2 writes the status as text, later ones as a code; without one it is booked."""
    status = first_text(entry, ("Sts", "Cd"), ("Sts",))
    return status is None or status.upper() == "BOOK"


def _refuse_missing(statement: Element, found: Sequence[Element]) -> None:
    """Some banks count the payments, others the entries: only more than both is a hole."""
    announced = first_text(
        statement, ("TxsSummry", "TtlNtries", "NbOfNtries"), ("TxsSummry", "TtlNtries", "NbOfTxs")
    )
    if announced is None or not announced.isdigit():
        return
    details = sum(len(children(one, "NtryDtls", "TxDtls")) or 1 for one in found)
    if int(announced) > max(len(found), details):
        raise LinesMissing(announced=int(announced), found=len(found))


def _refuse_other_balance(statement: Element, lines: Sequence[ReadLine]) -> None:
    opening = closing = None
    for balance in children(statement, "Bal"):
        kind = text(balance, "Tp", "CdOrPrtry", "Cd")
        if text(balance, "Tp", "SubTp", "Cd") == INTERMEDIATE:
            return  # one page of several: its sums are those of the whole day
        if kind in OPENING and opening is None:
            opening = _signed(balance)
        if kind == CLOSING:
            closing = _signed(balance)
    if opening is None or closing is None:
        return
    moved = sum(line.amount if line.credit else -line.amount for line in lines)
    if opening + moved != closing:
        raise BalancesDisagree(opening_cents=opening, moved_cents=moved, closing_cents=closing)


def _signed(balance: Element) -> int:
    written = text(balance, "Amt") or ""
    try:
        cents = int(Decimal(written) * 100)
    except InvalidOperation as trouble:
        raise AmountUnreadable(line=0, written=written) from trouble
    return -cents if text(balance, "CdtDbtInd") == DEBIT else cents


def _lines(entry: Element, number: int) -> Iterator[ReadLine]:
    amount = _amount(entry, number)
    if amount is None:
        return
    credit = _credit(entry, number)
    details = children(entry, "NtryDtls", "TxDtls")
    if len(details) <= 1:
        announced = text(entry, "NtryDtls", "Btch", "NbOfTxs") or "1"
        several = announced.isdigit() and int(announced) > 1
        whole = several and not details
        yield _line(entry, details[0] if details else None, number, amount, credit, whole=whole)
        return
    parts = [(one, _detail_amount(one, number), _credit(one, number, credit)) for one in details]
    if any(part is None for _, part, _ in parts):
        yield _line(entry, None, number, amount, credit, whole=True)
        return
    moved = sum((part or 0) if plus is credit else -(part or 0) for _, part, plus in parts)
    if moved != amount:
        raise DetailsDisagree(line=number, entry_cents=amount, details_cents=moved)
    for one, part, plus in parts:
        if part:
            yield _line(entry, one, number, part, plus, batch=True)


def _line(
    entry: Element,
    detail: Element | None,
    number: int,
    amount: Cents,
    credit: bool,  # noqa: FBT001
    *,
    batch: bool = False,
    whole: bool = False,
) -> ReadLine:
    references = child(detail, "Refs")
    entry_reference = text(entry, "AcctSvcrRef")
    remittance = " ".join(
        said for one in children(detail, "RmtInf", "Ustrd") if (said := (one.text or "").strip())
    )
    return ReadLine(
        amount=amount,
        credit=credit,
        booked_on=_day(entry, number),
        counterparty=_clip(_counterparty(detail, credit=credit), 140),
        remittance=_clip(remittance or _own_words(entry, detail), 1000),
        structured_reference=_clip(_known(text(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")), 35),
        end_to_end_id=_clip(_known(text(references, "EndToEndId")), 35),
        message_id=_clip(_message_id(entry, references), 35),
        entry_reference=_clip(_known(entry_reference), 64),
        bank_reference=_clip(
            _known(text(references, "AcctSvcrRef")) or _known(entry_reference), 64
        ),
        reason_code=_reason(entry, detail),
        of_a_batch=batch,
        whole_batch=whole,
    )


def _own_words(entry: Element, detail: Element | None) -> str | None:
    """Banks that give no remittance text often put it in their own information."""
    return text(detail, "AddtlTxInf") or text(entry, "AddtlNtryInf")


def _counterparty(detail: Element | None, *, credit: bool) -> str | None:
    side = "Dbtr" if credit else "Cdtr"
    parties = child(detail, "RltdPties")
    return first_text(
        parties, (f"Ultmt{side}", "Pty", "Nm"), (f"Ultmt{side}", "Nm"),
        (side, "Pty", "Nm"), (side, "Nm"),
    )  # fmt: skip


def _message_id(entry: Element, references: Element | None) -> str | None:
    batch = child(entry, "NtryDtls", "Btch")
    told = (
        text(references, "MsgId"), text(batch, "MsgId"),
        text(references, "PmtInfId"), text(batch, "PmtInfId"),
    )  # fmt: skip
    return next((known for one in told if (known := _known(one)) is not None), None)


def _reason(entry: Element, detail: Element | None) -> str | None:
    told = first_text(detail, ("RtrInf", "Rsn", "Cd"), ("RtrInf", "Rsn", "Prtry"))
    if told is not None:
        return told[:4]
    if child(detail, "RtrInf") is not None:
        return "RVSL"
    return "RVSL" if (text(entry, "RvslInd") or "").lower() in {"true", "1"} else None


def _credit(parent: Element, number: int, otherwise: bool | None = None) -> bool:  # noqa: FBT001
    side = text(parent, "CdtDbtInd")
    if side in {CREDIT, DEBIT}:
        return side == CREDIT
    if side is None and otherwise is not None:
        return otherwise
    raise PartMissing(line=number, part="CdtDbtInd")


def _detail_amount(detail: Element, number: int) -> Cents | None:
    """Version 2 gives the amount of a payment under its details, later ones beside them."""
    for holder in (detail, child(detail, "AmtDtls", "TxAmt")):
        if child(holder, "Amt") is not None and holder is not None:
            return _amount(holder, number)
    return None


def _amount(holder: Element, number: int) -> Cents | None:
    """Return the amount in cents; None when nothing moved."""
    found = child(holder, "Amt")
    if found is None:
        raise PartMissing(line=number, part="Amt")
    written = (found.text or "").strip()
    currency = found.get("Ccy", "EUR")
    if currency != "EUR":
        raise OtherCurrency(line=number, currency=currency)
    try:
        cents = Decimal(written) * 100
    except InvalidOperation as trouble:
        raise AmountUnreadable(line=number, written=written) from trouble
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise AmountUnreadable(line=number, written=written)
    if cents < 0:
        raise WrongSign(line=number, written=written)
    return Cents(int(cents)) or None


def _day(entry: Element, number: int) -> date:
    written = first_text(
        entry, ("BookgDt", "Dt"), ("BookgDt", "DtTm"), ("ValDt", "Dt"), ("ValDt", "DtTm")
    )
    if written is None:
        raise PartMissing(line=number, part="BookgDt")
    try:
        return date.fromisoformat(written[:10])
    except ValueError as trouble:
        raise DayUnreadable(line=number, written=written) from trouble


def _known(reference: str | None) -> str | None:
    return None if reference is None or reference.upper() in NOTHING else reference


def _clip(said: str | None, longest: int) -> str | None:
    return said[:longest] if said else None
