"""Refusals of the ledger."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class Overdrawn(Refused):
    """An account would hold less than nothing; names it for the operator."""

    kind: str
    fund_id: int
    code = "overdrawn"
