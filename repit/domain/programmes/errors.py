"""Refusals met when schemes, funders, funds and contributions are written down."""

from dataclasses import dataclass
from datetime import date

from repit.domain.errors import Refused


@dataclass(eq=False)
class ProgrammeNameTaken(Refused):
    name: str
    code = "programme_name_taken"


@dataclass(eq=False)
class ProgrammeClosed(Refused):
    """Nothing new starts in a closed programme; what was issued is still spent and paid."""

    code = "programme_closed"


@dataclass(eq=False)
class ProgrammeOpen(Refused):
    code = "programme_open"


@dataclass(eq=False)
class DaysOutOfOrder(Refused):
    first_day: date
    last_day: date
    code = "days_out_of_order"


@dataclass(eq=False)
class ValidityTooShort(Refused):
    """Vouchers last a year at least, unless the operator says they mean less."""

    months: int
    code = "validity_too_short"


@dataclass(eq=False)
class FunderNameTaken(Refused):
    name: str
    code = "funder_name_taken"


@dataclass(eq=False)
class FundTitleTaken(Refused):
    title: str
    code = "fund_title_taken"


@dataclass(eq=False)
class FundPaysForNothing(Refused):
    """None of the fund's categories is one of the programme's."""

    code = "fund_pays_for_nothing"


@dataclass(eq=False)
class FundClosed(Refused):
    code = "fund_closed"


@dataclass(eq=False)
class FundOpen(Refused):
    """What is left is given back once the fund is closed."""

    code = "fund_open"


@dataclass(eq=False)
class NothingLeft(Refused):
    code = "nothing_left"


@dataclass(eq=False)
class ReferenceAlreadyEntered(Refused):
    """The same bank line would count twice."""

    reference: str
    amount_cents: int
    received_on: date
    code = "reference_already_entered"


@dataclass(eq=False)
class NotYetReceived(Refused):
    """Money is entered once it is there."""

    received_on: date
    code = "not_yet_received"


@dataclass(eq=False)
class PromiseCancelled(Refused):
    """Nothing more is expected of it."""

    code = "promise_cancelled"


@dataclass(eq=False)
class PromiseNotCancelled(Refused):
    code = "promise_not_cancelled"


@dataclass(eq=False)
class MoneyArrived(Refused):
    """What has arrived stays: the promise may be lowered to it, not cancelled."""

    received_cents: int
    code = "money_arrived"


@dataclass(eq=False)
class MoreThanArrived(Refused):
    """Less than that is left of the arrival."""

    left_cents: int
    code = "more_than_arrived"


@dataclass(eq=False)
class ArrivalSpent(Refused):
    """A slip cannot be taken back once its money is promised in vouchers."""

    available_cents: int
    shortage_cents: int
    code = "arrival_spent"


@dataclass(eq=False)
class NoShortage(Refused):
    """The fund is short of nothing."""

    code = "no_shortage"


@dataclass(eq=False)
class MoreThanShort(Refused):
    """The fund is short of less; money beyond it is a contribution."""

    short_cents: int
    code = "more_than_short"
