"""What is shown of sessions and care that can be booked, and what of them is wanted."""

from dataclasses import dataclass
from datetime import date, datetime, time

from repit.domain.bookings.care_shown import CareView
from repit.domain.bookings.choosing import ChildChoice
from repit.domain.bookings.queries import Dated, Where


@dataclass(frozen=True)
class Filters:
    """What to keep; empty keeps everything. `month`: any day of it."""

    town: str = ""
    month: date | None = None
    with_care: bool = False


@dataclass(frozen=True)
class SessionView:
    """A session as one parent may see it. `title` and `description` are in their language."""

    id: int
    public_id: str
    workshop_public_id: str
    title: str
    description: str | None
    language: str
    """Of the title and the description."""
    theme: str | None
    guests: str | None
    charter: str | None
    audience: str
    cohort: bool
    with_children: bool
    day: date
    starts: time
    ends: time
    zone: str
    starts_at: datetime
    where: Where
    care: tuple[CareView, ...]
    full: bool
    booking: str | None
    """The parent's own live booking."""
    waiting: str | None
    """The parent's own place in the list."""
    not_eligible: str | None
    state: str
    offered_until: datetime | None = None
    """Of the parent's own place, when it waits for a yes: until when."""
    to_pay: bool = False
    """They said yes already; the place is kept until their share is paid."""
    called: bool = False
    """They wait here, and the first of those who wait to book has what is free."""


@dataclass(frozen=True)
class Offerable:
    """One page on which everything is chosen: a session with its care, or care alone."""

    session: SessionView | None
    slots: tuple[CareView, ...]
    where: Where
    children: tuple[ChildChoice, ...]
    vouchers_left: int
    """Good on that day and free."""
    cancel_hours: int
    late_is_paid: bool
    booking: str | None
    waiting: str | None
    together: tuple[Dated, ...] = ()
    """Of a fixed group, every session to come: they are booked with one another."""

    @property
    def main(self) -> SessionView | CareView:
        """What gives the page its title and its hour."""
        return self.session or self.slots[0]

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can still be booked, or waited for."""
        return self.main.state == "open" and now < self.main.starts_at
