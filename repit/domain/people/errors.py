"""Refusals met when accounts are made, changed or closed."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class EmailTaken(Refused):
    """Another account has this address; whose is not told."""

    email: str
    code = "email_taken"


@dataclass(eq=False)
class LastOperator(Refused):
    """Nobody would be left to run the scheme."""

    code = "last_operator"
