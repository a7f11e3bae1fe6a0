"""Refusals met at the door. None tells whether an address is known."""

from dataclasses import dataclass
from datetime import datetime

from repit.domain.errors import Refused


@dataclass(eq=False)
class TooManySignIns(Refused):
    """Too many messages asked for, or codes tried, in this hour."""

    until: datetime
    code = "too_many_sign_ins"


@dataclass(eq=False)
class SignInSpent(Refused):
    """The link is unknown, too old or already used: all answer alike."""

    code = "sign_in_spent"


@dataclass(eq=False)
class StayTooOld(Refused):
    """This browser was trusted as a parent's own; another role asks for a new proof."""

    code = "stay_too_old"


@dataclass(eq=False)
class BrowserRevoked(Refused):
    """The operator took this browser's right to work for the provider back."""

    place: str
    code = "browser_revoked"
