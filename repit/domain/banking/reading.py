"""What a bank file says, as plain values; `integrations.bank_files` makes them."""

from dataclasses import dataclass
from datetime import date

from repit.domain.money import Cents
from repit.domain.settlements.outcomes import Outcome


@dataclass(frozen=True)
class ReadLine:
    """One booked movement. `amount` is above zero; `credit`: it came in.

    Args:
        entry_reference: the bank's name for the entry, which several details may share.
        bank_reference: the bank's name for this one movement.
        message_id: of our own file, when a batch of ours is booked as one sum.
        of_a_batch: the entry holds several payments; this is one of them.
        whole_batch: the entry holds several payments and the file says nothing about each.
        reason_code: why it is sent back, in ISO 20022's codes; « RVSL » when no reason is given.
    """

    amount: Cents
    credit: bool
    booked_on: date
    counterparty: str | None = None
    remittance: str | None = None
    structured_reference: str | None = None
    end_to_end_id: str | None = None
    message_id: str | None = None
    entry_reference: str | None = None
    bank_reference: str | None = None
    reason_code: str | None = None
    of_a_batch: bool = False
    whole_batch: bool = False


@dataclass(frozen=True)
class ReadFile:
    """A file of the bank. `pending`: lines it announces and has not booked, left for later.

    A pain.002 has outcomes and neither lines nor an account. A CSV may not name its account.
    """

    kind: str
    account: str | None = None
    lines: tuple[ReadLine, ...] = ()
    pending: int = 0
    outcomes: tuple[Outcome, ...] = ()
