"""What a bank says of a transfer we ordered: the value that bank files are read into.

Whoever reads a bank file (pain.002, camt.053, camt.054) makes these and hands them to
`following.follow`, which alone decides what they change.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from repit.domain.money import Cents


class Result(StrEnum):
    """What the bank says happened."""

    ACCEPTED = "accepted"
    """It will be carried out; no money has moved yet (pain.002 ACCP, ACSP, ACTC, ACWC, PDNG)."""
    REJECTED = "rejected"
    """It will not be carried out: the money never left (pain.002 RJCT, CANC)."""
    SETTLED = "settled"
    """The account was debited (a booked debit line of camt.053 or camt.054)."""
    RETURNED = "returned"
    """It left and came back (a booked credit line with a return reason)."""


@dataclass(frozen=True)
class Outcome:
    """One statement of the bank about one transfer, or about a whole file of ours.

    Args:
        end_to_end_id: of the transfer, as we wrote it in the file (a payout's public id).
        message_id: of our file, as we wrote it (a batch's public id). With no end-to-end id the
            outcome speaks of every transfer of that file.
        reason: the bank's code, as it stands: `AC01`, `AC04`, `AM04`, `MS03` …
        amount: in cents, above zero; of the transfer or, without an end-to-end id, in all.
        day: booking day at the bank.
        bank_reference: what makes this statement itself, so that the same one twice is known:
            the bank's own reference of the line or of the report.
    """

    result: Result
    end_to_end_id: str | None = None
    message_id: str | None = None
    reason: str | None = None
    amount: Cents | None = None
    day: date | None = None
    bank_reference: str | None = None
