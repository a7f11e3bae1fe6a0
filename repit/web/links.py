"""Links that act without an account: signed, for one purpose each, and good for one thing.

A link names a booking, a party that waits, a parent's calendar, a workshop session to be judged or
a contribution to be paid.
Whoever holds it may do what it is for; it opens nothing else. Needs no request: letters carry them.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from itsdangerous import BadSignature, URLSafeSerializer

from repit.domain import ids
from repit.settings import Settings

LONGEST = 300


class Purpose(StrEnum):
    """What a link is for; its first letter in the address."""

    BOOKING = "b"
    """See a booking, give back a child's place or all of it."""
    OFFER = "o"
    """Say yes or no to a place that came free."""
    WAITING = "w"
    """See one's place in a list, and leave it."""
    CALENDAR = "c"
    """Read a parent's appointments, for a telephone's own calendar."""
    ANSWER = "a"
    """Answer the two questions after a workshop session, once."""
    PAYMENT = "p"
    """Pay what is missing of a contribution online: it stands on the call for funds."""


@dataclass(frozen=True)
class Signed:
    """What a good link says: what it is for, and the public id of what it is about."""

    purpose: Purpose
    name: str


class Links:
    """Makes and reads the links of one installation."""

    def __init__(self, secret: str, public_url: str) -> None:
        """Take the application's secret and the address it is reached at."""
        self._public_url = public_url
        self._seals = {
            purpose: URLSafeSerializer(
                secret,
                salt=f"repit.link.{purpose.name.lower()}",
                signer_kwargs={"digest_method": hashlib.sha256},
            )
            for purpose in Purpose
        }

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the links of an application."""
        return cls(settings.secret_key, settings.public_url)

    def token(self, purpose: Purpose, name: str) -> str:
        """Return the token of a link: the same for the same thing, so that it can be sent again."""
        return f"{purpose}{self._seals[purpose].dumps(name)}"

    def address(self, purpose: Purpose, name: str) -> str:
        """Return the whole address of a page to open."""
        return f"{self._public_url}/r/{self.token(purpose, name)}"

    def booking(self, public_id: str) -> str:
        """Return the address where a booking is seen and given back."""
        return self.address(Purpose.BOOKING, public_id)

    def offer(self, public_id: str) -> str:
        """Return the address where an offered booking is accepted or declined."""
        return self.address(Purpose.OFFER, public_id)

    def waiting(self, public_id: str) -> str:
        """Return the address where a party sees its rank and leaves the list."""
        return self.address(Purpose.WAITING, public_id)

    def calendar(self, name: str) -> str:
        """Return the address that a telephone's calendar subscribes to; see `Reach.calendar`."""
        return f"{self.address(Purpose.CALENDAR, name)}/agenda.ics"

    def answer(self, session_public_id: str, nonce: str | None = None) -> str:
        """Return an address where the two questions are answered once.

        Args:
            nonce: drawn at random when None; nothing may be derived from it. A message that may
                be composed twice keeps its own, so that both copies are one link.
        """
        return self.address(Purpose.ANSWER, f"{session_public_id}.{nonce or ids.public_id()}")

    def payment(self, contribution_public_id: str) -> str:
        """Return the address where a contribution is paid online, without an account."""
        return f"{self._public_url}/payer/{self.token(Purpose.PAYMENT, contribution_public_id)}"

    def read(self, token: str) -> Signed | None:
        """Return what a token says, or None when it is not ours, torn, or of another kind."""
        if not 1 < len(token) <= LONGEST or token[0] not in list(Purpose):
            return None
        purpose = Purpose(token[0])
        try:
            name: Any = self._seals[purpose].loads(token[1:])
        except BadSignature:
            return None
        return Signed(purpose, name) if isinstance(name, str) else None
