"""Which line is which, and why one was or was not found to be some money, as plain values."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from repit.domain.banking.reading import ReadLine
from repit.domain.money import Cents

_NOISE = re.compile(r"[^A-Z0-9]")


class LineState(StrEnum):
    NEW = "new"
    """Nobody knows yet what it is."""
    MATCHED = "matched"
    SET_ASIDE = "set_aside"
    """Not money of this application, with a motive."""


class Why(StrEnum):
    """Why a line is what it is; shown in words on its page."""

    REFERENCE = "reference"
    HAND = "hand"
    ENTERED = "entered"
    PAYOUT = "payout"
    REPAYMENT = "repayment"
    # Not matched by itself:
    NO_REFERENCE = "no_reference"
    MISSPELT = "misspelt"
    """What looks like one of our references has wrong check digits."""
    UNKNOWN_REFERENCE = "unknown_reference"
    """Right check digits, and no contribution of ours."""
    FOREIGN_REFERENCE = "foreign_reference"
    SEVERAL = "several"
    SEEMS_ENTERED = "seems_entered"
    """The same sum is there already: matching it could count it twice."""
    PROMISE_CANCELLED = "promise_cancelled"
    FUND_CLOSED = "fund_closed"
    NOT_YET_RECEIVED = "not_yet_received"
    SENT_BACK = "sent_back"
    """Money that came back, of no payment we know."""
    WENT_OUT = "went_out"
    """Money that left, for no payment we know."""
    OTHER_AMOUNT = "other_amount"
    AFTER_REJECTION = "after_rejection"
    NOT_SENT = "not_sent"
    """It names a payment of ours, and cannot be it: see `settlements.doubts.LeftOpen`."""
    BOOKED_ALREADY = "booked_already"
    """It names a payment of ours of which another line is the debit, or the return."""
    WHOLE_BATCH = "whole_batch"
    """Several payments in one sum, and the file names none of them."""
    TAKEN_BACK = "taken_back"
    """Somebody undid it: only somebody decides again."""
    # Set aside by itself:
    DETAILED = "detailed"
    """The same entry stands in the list payment by payment."""
    IN_A_WHOLE = "in_a_whole"
    """The same entry stands in the list as one sum, which is matched already."""


OF_A_PAYMENT = (Why.OTHER_AMOUNT, Why.AFTER_REJECTION, Why.NOT_SENT, Why.BOOKED_ALREADY)
"""A payment of ours is named, and somebody looks what happened at the bank."""


class How(StrEnum):
    """How a match was made."""

    REFERENCE = "reference"
    HAND = "hand"
    ENTERED = "entered"
    """Linked to what had been typed before the file came."""


@dataclass(frozen=True)
class Share:
    """A part of a line that is money of one contribution."""

    contribution_id: int
    amount: Cents


def identities(lines: Sequence[ReadLine]) -> list[str]:
    """Return what makes each line itself, the same in every file that brings it.

    The bank's own reference where there is one, else the line's facts; lines that are alike in
    that are told apart by their place among one another.
    """
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        basis = _basis(line)
        seen[basis] += 1
        digest = hashlib.blake2b(f"{basis}#{seen[basis]}".encode(), digest_size=24).hexdigest()
        found.append(f"{basis[0]}{digest}")
    return found


def _basis(line: ReadLine) -> str:
    side = "+" if line.credit else "-"
    moved = f"{side}{line.amount}"
    parts: tuple[str | None, ...]
    if line.of_a_batch and line.entry_reference:
        parts = ("P", line.entry_reference, line.bank_reference, line.end_to_end_id, moved)
    elif line.entry_reference or line.bank_reference:
        # One file may say of an entry what another says of its only payment.
        kind = "W" if line.whole_batch else "R"
        parts = (kind, line.entry_reference or line.bank_reference, moved)
    else:
        texts = (line.end_to_end_id, line.structured_reference, line.remittance, line.counterparty)
        parts = ("F", line.booked_on.isoformat(), moved, *map(_plain, texts))
    return "|".join(part or "" for part in parts)


def _plain(said: str | None) -> str:
    return _NOISE.sub("", (said or "").upper())


def distinct(accounts: Iterable[str | None]) -> list[str]:
    """Return accounts without repetition, as they came."""
    return list(dict.fromkeys(one for one in accounts if one))
