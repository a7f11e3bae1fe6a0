"""Refusals met when a payment to a provider is recorded."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class NothingDue(Refused):
    """No redemption of this provider whose undo window is over waits to be paid."""

    code = "nothing_due"


@dataclass(eq=False)
class ReferenceUsed(Refused):
    """A payment to this provider with the same reference was recorded already."""

    reference: str
    code = "payout_reference_used"


@dataclass(eq=False)
class AmountChanged(Refused):
    """What is due is no longer what the operator saw; amounts in cents."""

    seen_cents: int
    due_cents: int
    code = "due_amount_changed"
