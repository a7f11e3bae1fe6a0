"""Files as banks write them: the habits of three, and what can be wrong with each."""

from dataclasses import dataclass

OURS = "FR7630004000031234567890143"
THEIRS = "FR7612739000506514324823242"


@dataclass(frozen=True)
class Entry:
    """One `Ntry`. `details` is XML of its own, put in `NtryDtls`."""

    amount: str
    side: str = "CRDT"
    day: str = "2026-03-02"
    reference: str | None = None
    details: str = ""
    status: str = "BOOK"
    more: str = ""


def detail(  # noqa: PLR0913  (every part has its name)
    *,
    amount: str | None = None,
    text: str | None = None,
    structured: str | None = None,
    end_to_end: str = "NOTPROVIDED",
    name: str | None = None,
    reference: str | None = None,
    returned: str | None = None,
    newer: bool = False,
) -> str:
    """Return one `TxDtls`; `newer`: as since version 8, where a name stands under `Pty`."""
    party = f"<Pty><Nm>{name}</Nm></Pty>" if newer else f"<Nm>{name}</Nm>"
    own = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    strd = f"<Strd><CdtrRefInf><Ref>{structured}</Ref></CdtrRefInf></Strd>" if structured else ""
    told = (f"<Ustrd>{text}</Ustrd>" if text else "") + strd
    return (
        f"<TxDtls><Refs>{own}<EndToEndId>{end_to_end}</EndToEndId></Refs>"
        + (f'<Amt Ccy="EUR">{amount}</Amt>' if amount else "")
        + (f"<RltdPties><Dbtr>{party}</Dbtr></RltdPties>" if name else "")
        + (f"<RmtInf>{told}</RmtInf>" if told else "")
        + (f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else "")
        + "</TxDtls>"
    )


def entry(one: Entry, *, newer: bool = False) -> str:
    status = f"<Sts><Cd>{one.status}</Cd></Sts>" if newer else f"<Sts>{one.status}</Sts>"
    own = f"<AcctSvcrRef>{one.reference}</AcctSvcrRef>" if one.reference else ""
    inside = f"<NtryDtls>{one.details}</NtryDtls>" if one.details else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{one.amount}</Amt><CdtDbtInd>{one.side}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>{one.day}</Dt></BookgDt>{own}{inside}{one.more}</Ntry>"
    )


def camt(
    *entries: Entry,
    kind: str = "camt.053",
    version: str = "001.02",
    account: str = OURS,
    balances: tuple[str, str] | None = None,
    announced: int | None = None,
    encoding: str = "UTF-8",
) -> bytes:
    """Return a statement or a notification; `balances`: opening and closing."""
    outer, inner = {
        "camt.053": ("BkToCstmrStmt", "Stmt"),
        "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    newer = version.endswith("08")
    lines = "\n".join(entry(one, newer=newer) for one in entries)
    sums = "".join(map(_balance, ("OPBD", "CLBD"), balances)) if balances else ""
    count = (
        f"<TxsSummry><TtlNtries><NbOfNtries>{announced}</NbOfNtries></TtlNtries></TxsSummry>"
        if announced is not None
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.{version}">'
        f"<{outer}><GrpHdr><MsgId>M1</MsgId></GrpHdr><{inner}><Id>S1</Id>"
        f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>{sums}{count}\n{lines}\n"
        f"</{inner}></{outer}></Document>\n"
    ).encode(encoding)


def _balance(kind: str, amount: str) -> str:
    side = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd></Bal>'
    )


def pain_002(group: str = "PART", transfers: str = "", message: str = "LOT1") -> bytes:
    """Return a report on one of our files."""
    inner = f"<OrgnlPmtInfAndSts>{transfers}</OrgnlPmtInfAndSts>" if transfers else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>RAPPORT1</MsgId></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><GrpSts>{group}</GrpSts>"
        f"</OrgnlGrpInfAndSts>{inner}</CstmrPmtStsRpt></Document>"
    ).encode()


def transfer(
    end_to_end: str, status: str, reason: str | None = None, *, amount: str = "120.00"
) -> str:
    """Return what a report says of one transfer."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"{why}<OrgnlTxRef><Amt><InstdAmt Ccy='EUR'>{amount}</InstdAmt></Amt></OrgnlTxRef>"
        "</TxInfAndSts>"
    )
