"""Refusals of a bank file, which leave nothing behind, and of what is done with its lines.

`line` counts from 1, as the file's reader counts: entries of a camt, rows of a CSV.
"""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class BankFileEmpty(Refused):
    code = "bank_file_empty"


@dataclass(eq=False)
class BankFileTooLarge(Refused):
    most_megabytes: int
    code = "bank_file_too_large"


@dataclass(eq=False)
class TooManyLines(Refused):
    lines: int
    most: int
    code = "bank_file_too_many_lines"


@dataclass(eq=False)
class NotABankFile(Refused):
    """Neither XML of a kind we know nor a CSV with a header: a workbook, a PDF, a picture."""

    code = "bank_file_unknown"


@dataclass(eq=False)
class OtherMessage(Refused):
    """ISO 20022, but not a message we read: a camt.052 is not final, a pain.001 is ours."""

    message: str
    code = "bank_file_other_message"


@dataclass(eq=False)
class FileTruncated(Refused):
    """It stops in the middle."""

    code = "bank_file_truncated"


@dataclass(eq=False)
class BadXml(Refused):
    at_line: int
    code = "bank_file_bad_xml"


@dataclass(eq=False)
class ForbiddenXml(Refused):
    """A document type or an entity: no bank sends one, and it could read files of the server."""

    code = "bank_file_forbidden_xml"


@dataclass(eq=False)
class LinesMissing(Refused):
    """The file counts more entries than it holds."""

    announced: int
    found: int
    code = "bank_file_lines_missing"


@dataclass(eq=False)
class BalancesDisagree(Refused):
    """Opening balance and lines do not make the closing balance: a sign is wrong, or one misses."""

    opening_cents: int
    moved_cents: int
    closing_cents: int
    code = "bank_file_balances_disagree"


@dataclass(eq=False)
class DetailsDisagree(Refused):
    """The payments of one entry do not make its amount."""

    line: int
    entry_cents: int
    details_cents: int
    code = "bank_file_details_disagree"


@dataclass(eq=False)
class WrongSign(Refused):
    """An amount below zero where its side says which way it went."""

    line: int
    written: str
    code = "bank_file_wrong_sign"


@dataclass(eq=False)
class AmountUnreadable(Refused):
    line: int
    written: str
    code = "bank_file_amount_unreadable"


@dataclass(eq=False)
class DecimalsUnclear(Refused):
    """Commas and points for decimals in one file, or a point that could be either."""

    line: int
    written: str
    code = "bank_file_decimals_unclear"


@dataclass(eq=False)
class DayUnreadable(Refused):
    line: int
    written: str
    code = "bank_file_day_unreadable"


@dataclass(eq=False)
class OtherCurrency(Refused):
    line: int
    currency: str
    code = "bank_file_other_currency"


@dataclass(eq=False)
class PartMissing(Refused):
    """A part every line needs is not there."""

    line: int
    part: str
    code = "bank_file_part_missing"


@dataclass(eq=False)
class ColumnsUnknown(Refused):
    """No row of the CSV names a day and an amount."""

    code = "bank_file_columns_unknown"


@dataclass(eq=False)
class SeveralAccounts(Refused):
    accounts: tuple[str, ...]
    code = "bank_file_several_accounts"


@dataclass(eq=False)
class AccountUnknown(Refused):
    """Not an account of ours, as far as we know."""

    account: str
    code = "bank_account_unknown"


@dataclass(eq=False)
class AccountNeeded(Refused):
    """The file does not say of which account it speaks."""

    code = "bank_account_needed"


@dataclass(eq=False)
class AccountDiffers(Refused):
    """Another account was chosen than the one in the file."""

    account: str
    chosen: str
    code = "bank_account_differs"


@dataclass(eq=False)
class LineDone(Refused):
    """Somebody matched it or set it aside meanwhile."""

    code = "bank_line_done"


@dataclass(eq=False)
class LineNew(Refused):
    """There is nothing to take back."""

    code = "bank_line_new"


@dataclass(eq=False)
class NotMoneyIn(Refused):
    """What went out pays no contribution."""

    code = "bank_line_went_out"


@dataclass(eq=False)
class LinePaidOut(Refused):
    """It is a payment to a provider: the page of its batch follows it."""

    code = "bank_line_paid_out"


@dataclass(eq=False)
class NothingChosen(Refused):
    code = "bank_nothing_chosen"


@dataclass(eq=False)
class MoreThanTheLine(Refused):
    chosen_cents: int
    line_cents: int
    code = "bank_more_than_the_line"


@dataclass(eq=False)
class RestNeedsMotive(Refused):
    """A part of the line would be nobody's: say why."""

    rest_cents: int
    code = "bank_rest_needs_motive"


@dataclass(eq=False)
class ArrivalDiffers(Refused):
    """What was entered by hand is another sum than the line, or is another line already."""

    amount_cents: int
    received_on: date
    code = "bank_arrival_differs"
