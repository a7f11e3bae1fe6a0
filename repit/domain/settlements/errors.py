"""Refusals met when providers are paid."""

from dataclasses import dataclass
from datetime import date, datetime

from repit.domain.errors import Refused


@dataclass(eq=False)
class NothingDue(Refused):
    """No redemption whose undo window is over waits to be paid, or none that may be paid."""

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


@dataclass(eq=False)
class PaidByFile(Refused):
    """This provider has an account that counts: it is paid by bank file, not by hand."""

    code = "paid_by_file"


@dataclass(eq=False)
class DebtGone(Refused):
    """Some of it is no longer owed back: a payout recovers it, or somebody was faster."""

    code = "debt_gone"


@dataclass(eq=False)
class OtherAmount(Refused):
    """What was ticked comes to another amount than was typed; both in cents."""

    seen_cents: int
    owed_cents: int
    code = "repayment_differs"


@dataclass(eq=False)
class RepaymentDecided(Refused):
    """Somebody confirmed it, or took it back."""

    code = "repayment_decided"


@dataclass(eq=False)
class PaperTooLong(Refused):
    """So many lines are not set on paper while somebody waits; the table has them all."""

    lines: int
    most: int
    code = "paper_too_long"


@dataclass(eq=False)
class BatchInDraft(Refused):
    """A batch of this programme waits for approval: one at a time."""

    number: int
    code = "batch_in_draft"


@dataclass(eq=False)
class CutOffToCome(Refused):
    cut_off: datetime
    code = "cut_off_to_come"


@dataclass(eq=False)
class WrongBatchState(Refused):
    """The batch is no longer, or not yet, in the state this needs."""

    state: str
    code = "wrong_batch_state"


@dataclass(eq=False)
class SamePerson(Refused):
    """Whoever prepared it may not approve it: that takes another person."""

    code = "same_person"


@dataclass(eq=False)
class NobodyInParticular(Refused):
    """Four eyes are people's: a job or a command has none."""

    code = "nobody_in_particular"


@dataclass(eq=False)
class NoPayingAccount(Refused):
    """The programme has no confirmed account to pay from."""

    code = "no_paying_account"


@dataclass(eq=False)
class PayeesChanged(Refused):
    """Since the draft, these providers were suspended or their account changed."""

    names: tuple[str, ...]
    code = "payees_changed"


@dataclass(eq=False)
class NotAPayDay(Refused):
    """Banks do not pay on that day, or it has passed."""

    day: date
    next_day: date
    code = "not_a_pay_day"


@dataclass(eq=False)
class PayDayTooFar(Refused):
    """A bank would not keep the order until then; `last_day` is the last possible day."""

    day: date
    last_day: date
    code = "pay_day_too_far"


@dataclass(eq=False)
class LastPayout(Refused):
    """It is the only payout left in the batch: give the batch up instead."""

    code = "last_payout"


@dataclass(eq=False)
class PayeeRefused(Refused):
    """A bank would refuse this. `trouble` is a name of `payees.Trouble`."""

    trouble: str
    field: str
    code = "payee_refused"


@dataclass(eq=False)
class FileRefused(Refused):
    """The file would not be what banks read: it was not stored."""

    trouble: str
    code = "file_refused"


@dataclass(eq=False)
class AccountProposed(Refused):
    """Another account waits to be confirmed: confirm or refuse that one first."""

    code = "account_proposed"


@dataclass(eq=False)
class SameAccount(Refused):
    """It is the account that counts already."""

    code = "same_account"


@dataclass(eq=False)
class NothingProposed(Refused):
    """No account waits to be confirmed: somebody else was faster."""

    code = "nothing_proposed"
