"""What a request needs to know when it is asked again by another process."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """What a request needs to know, in values that travel to another process."""

    programme_id: int
    provider_id: int = 0
    device_id: int = 0
    codes: tuple[str, ...] = ()
    take: int | None = None
    number: int = 0
    party: tuple[int, ...] = ()
    """Of a booking: the session, the slot, the parent, who waits, and the children."""
