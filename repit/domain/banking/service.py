"""Take a bank's file in, each line once, and look what its lines are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from repit.db.inserts import inserting
from repit.domain import ids
from repit.domain.actors import Actor
from repit.domain.audit.service import record
from repit.domain.banking import matching, payments
from repit.domain.banking.accounts import account_of
from repit.domain.banking.models import BankLine, BankStatement
from repit.domain.banking.reading import ReadFile, ReadLine
from repit.domain.banking.rules import LineState, Why, identities
from repit.domain.jobs.service import enqueue

KIND = "match_bank_lines"
MOST_AT_ONCE = 200
"""More lines to look at than that are looked at by a job."""
IN_ONE_STATEMENT = 500
LONGEST_NAME = 200
MOST_NAMED = 20
"""Transfers of somebody else that a file speaks of: so many are kept by name."""

# What another file may know of a line that the first one did not.
FILLED = ("counterparty", "remittance", "structured_reference", "end_to_end_id", "message_id",
          "reason_code")  # fmt: skip


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent. `account`: chosen by the sender; `it_is_ours`: said of a new one."""

    name: str
    sha256: str
    account: str | None = None
    it_is_ours: bool = False


@dataclass(frozen=True)
class TakenIn:
    """`already`: these very bytes had come before, and nothing was done.

    `unknown`: references of transfers and files of which it speaks and that are none of ours.
    """

    public_id: str
    already: bool = False
    unknown: tuple[str, ...] = ()


def take_in(db: Session, sent: SentFile, read: ReadFile, *, actor: Actor, now: datetime) -> TakenIn:
    """Keep the lines of a bank's file that no other brought, and look what they are.

    The same file again, or sent by two at once, changes nothing; a line that two files hold is
    kept once, with what either knows of it.

    Raises:
        AccountNeeded, AccountDiffers, AccountUnknown: whose money it is is not known.
    """
    account = None
    if read.kind != "pain.002":
        account = account_of(db, read.account, sent.account, it_is_ours=sent.it_is_ours)
    statement = _statement(db, sent, read, account, actor, now)
    if statement is None:
        known = select(BankStatement.public_id).where(BankStatement.sha256 == sent.sha256)
        return TakenIn(db.scalars(known).one(), already=True)
    if account is not None:
        _keep_lines(db, statement, account, read.lines, now)
    unknown = tuple(
        outcome.end_to_end_id or outcome.message_id or ""
        for outcome in read.outcomes
        if not payments.follow_outcome(db, outcome, actor=actor, now=now)
    )
    _record_statement(db, statement, read, unknown, actor, now)
    _look(db, statement, actor=actor, now=now)
    return TakenIn(statement.public_id, unknown=unknown)


def look_again(db: Session, *, actor: Actor, now: datetime) -> str | None:
    """Look again at everything that waits; return the job's public id when there is much."""
    return _look_at(db, None, actor=actor, now=now)


def lines_to_look_at(db: Session, statement_id: int | None) -> list[int]:
    """Return the lines that wait, of one file or of all."""
    query = select(BankLine.id).where(BankLine.state == LineState.NEW)
    if statement_id is not None:
        query = query.where(BankLine.statement_id == statement_id, BankLine.why.is_(None))
    return list(db.scalars(query.order_by(BankLine.id)))


def _statement(
    db: Session,
    sent: SentFile,
    read: ReadFile,
    account: str | None,
    actor: Actor,
    now: datetime,
) -> BankStatement | None:
    """Write the file down, or return None when these bytes are known: the second sender waits."""
    adding = inserting(db, BankStatement).values(
        public_id=ids.public_id(),
        kind=read.kind,
        file_name=sent.name[-LONGEST_NAME:],
        sha256=sent.sha256,
        account=account,
        lines_new=0,
        lines_known=0,
        lines_pending=read.pending,
        imported_by=actor,
        imported_at=now,
    )
    made = db.scalar(
        adding.on_conflict_do_nothing(index_elements=["sha256"]).returning(BankStatement.id)
    )
    return None if made is None else db.get_one(BankStatement, made)


def _keep_lines(
    db: Session, statement: BankStatement, account: str, lines: Sequence[ReadLine], now: datetime
) -> None:
    named = list(zip(identities(lines), lines, strict=True))
    for start in range(0, len(named), IN_ONE_STATEMENT):
        part = named[start : start + IN_ONE_STATEMENT]
        _fill_known(db, account, part)
        rows = [_row(statement, account, name, line, now) for name, line in part]
        adding = inserting(db, BankLine).on_conflict_do_nothing(
            index_elements=["account", "identity"]
        )
        db.execute(adding, rows)
    mine = select(func.count()).where(BankLine.statement_id == statement.id)
    statement.lines_new = db.scalar(mine) or 0
    statement.lines_known = len(lines) - statement.lines_new
    db.flush()
    _set_doubles_aside(db, statement, account)


def _row(
    statement: BankStatement, account: str, identity: str, line: ReadLine, now: datetime
) -> dict[str, Any]:
    # Whom the operator pays besides is not ours to know.
    texts = line.credit
    return {
        "public_id": ids.public_id(),
        "statement_id": statement.id,
        "account": account,
        "identity": identity,
        "amount_cents": line.amount,
        "credit": line.credit,
        "booked_on": line.booked_on,
        "counterparty": line.counterparty if texts else None,
        "remittance": line.remittance if texts else None,
        "structured_reference": line.structured_reference if texts else None,
        "end_to_end_id": line.end_to_end_id,
        "message_id": line.message_id,
        "entry_reference": line.entry_reference,
        "bank_reference": line.bank_reference,
        "reason_code": line.reason_code,
        "created_at": now,
    }


def _fill_known(db: Session, account: str, part: Sequence[tuple[str, ReadLine]]) -> None:
    """Add to lines that still wait what this file says more of them; they are looked at again."""
    by_name = dict(part)
    known = db.scalars(
        select(BankLine)
        .where(
            BankLine.account == account,
            BankLine.identity.in_(by_name),
            BankLine.state == LineState.NEW,
        )
        .order_by(BankLine.id)
        .with_for_update()
    ).all()
    for line in known:
        said = by_name[line.identity]
        for name in FILLED if line.credit else FILLED[3:]:
            if getattr(line, name) is None and getattr(said, name) is not None:
                setattr(line, name, getattr(said, name))
                line.why = None if line.why != Why.TAKEN_BACK else line.why
    db.flush()


def _set_doubles_aside(db: Session, statement: BankStatement, account: str) -> None:
    """One entry, as a sum in one file and payment by payment in another, counts once."""
    entries = select(BankLine.entry_reference).where(
        BankLine.statement_id == statement.id, BankLine.entry_reference.is_not(None)
    )
    of_entries = (BankLine.account == account) & BankLine.entry_reference.in_(entries)
    part = BankLine.identity.startswith("P")
    detailed = select(BankLine.entry_reference).where(of_entries, part)
    matched_whole = select(BankLine.entry_reference).where(
        of_entries, ~part, BankLine.state == LineState.MATCHED
    )
    new = BankLine.state == LineState.NEW
    for lines, why in (
        (~part & BankLine.entry_reference.in_(detailed), Why.DETAILED),
        (part & BankLine.entry_reference.in_(matched_whole), Why.IN_A_WHOLE),
    ):
        rows = db.scalars(select(BankLine.id).where(of_entries, new, lines)).all()
        aside = {"state": LineState.SET_ASIDE, "why": why, "motive": why}
        db.execute(update(BankLine).where(BankLine.id.in_(rows)).values(aside))


def _look(db: Session, statement: BankStatement, *, actor: Actor, now: datetime) -> None:
    statement.job_public_id = _look_at(db, statement.id, actor=actor, now=now)
    db.flush()


def _look_at(db: Session, statement_id: int | None, *, actor: Actor, now: datetime) -> str | None:
    waiting = lines_to_look_at(db, statement_id)
    if len(waiting) <= MOST_AT_ONCE:
        matching.match(db, waiting, actor=actor, now=now)
        return None
    facts = {"statement_id": statement_id}
    dedupe = f"{KIND}:{statement_id}" if statement_id is not None else None
    return enqueue(db, kind=KIND, facts=facts, actor=actor, now=now, dedupe=dedupe)


def _record_statement(
    db: Session,
    statement: BankStatement,
    read: ReadFile,
    unknown: Sequence[str],
    actor: Actor,
    now: datetime,
) -> None:
    facts: dict[str, Any] = {
        "file": statement.file_name,
        "new": statement.lines_new,
        "same": statement.lines_known,
    }
    if unknown:
        of_ours = len(read.outcomes) - len(unknown)
        facts |= {"unknown": unknown[:MOST_NAMED], "unknown_count": len(unknown), "ours": of_ours}
    of = ("bank_statement", statement.id)
    record(db, actor=actor, kind="imported", of=of, now=now, facts=facts)
