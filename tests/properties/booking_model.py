"""Bookings as sets and counters in plain Python: what ought to be, told without a database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

UNTIL_TOLD = datetime.max.replace(tzinfo=UTC)
"""An offer whose end is still to be read."""
EARLIEST_OFFER = timedelta(hours=3)
CHILDREN_PER_CARER = 3
CLOCK = ZoneInfo("Europe/Paris")


class No(Exception):
    """A refusal, by its code; `places`: there is no room, and that may be said."""

    def __init__(self, code: str, *, places: bool = False) -> None:
        super().__init__(code)
        self.code, self.places = code, places


@dataclass
class Voucher:
    last_day: date
    state: str = "issued"
    blocked: bool = False
    held_for: tuple[int, int] | None = None
    """The booking and the child."""
    since: date = date.min


@dataclass
class Session:
    begins: datetime
    ends: datetime
    day: date
    seats: int
    open: bool = True


@dataclass
class Slot:
    begins: datetime
    ends: datetime
    day: date
    room: int
    carers: int
    session: int | None
    open: bool = True

    def takes(self, children: int) -> bool:
        return children <= self.room and ceil(children / CHILDREN_PER_CARER) <= self.carers


@dataclass
class Party:
    """Who asks: for a booking, or in a line."""

    parent: int
    session: int | None
    seat: bool
    children: dict[int, int]
    without_care: bool = False
    forced: bool = False
    state: str = "waiting"
    skips: int = 0
    called: bool = False
    """Told that a place is free, too late to keep it for one of those who wait."""
    booking: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        if self.session is not None:
            return "session", self.session
        return "slot", next(iter(self.children.values()))


@dataclass
class Booking:
    parent: int
    session: int | None
    seat: bool
    state: str
    children: dict[int, int]
    """Live places: child and slot."""
    expires: datetime | None = None
    late: bool = False


@dataclass
class Model:
    now: datetime
    today: date
    homes: dict[int, frozenset[int]]
    """Which children live with whom."""
    late_is_paid: bool
    cancel_until: timedelta
    sessions: dict[int, Session] = field(default_factory=dict)
    slots: dict[int, Slot] = field(default_factory=dict)
    bookings: list[Booking] = field(default_factory=list)
    line: list[Party] = field(default_factory=list)
    vouchers: dict[int, dict[int, Voucher]] = field(default_factory=dict)
    """By parent."""
    booked_in: dict[tuple[int, int], int] = field(default_factory=dict)
    """In which slot a place is, or was, by booking and child."""
    redeemed: set[tuple[int, int]] = field(default_factory=set)

    # What is there.

    def live(self) -> list[tuple[int, Booking]]:
        return [(n, one) for n, one in enumerate(self.bookings) if one.state != "cancelled"]

    def seated(self, session: int) -> list[int]:
        return [one.parent for _, one in self.live() if one.seat and one.session == session]

    def inside(self, slot: int) -> list[int]:
        return [child for _, one in self.live() for child, at in one.children.items() if at == slot]

    def held(self, booking: int, child: int) -> list[Voucher]:
        return [
            one
            for mine in self.vouchers.values()
            for one in mine.values()
            if one.held_for == (booking, child)
        ]

    def spendable(self, parent: int, day: date) -> list[Voucher]:
        good = [
            (one.last_day, number, one)
            for number, one in self.vouchers[parent].items()
            if one.state == "issued"
            and not one.blocked
            and one.held_for is None
            and one.last_day >= day
        ]
        return [one for _, _, one in sorted(good, key=lambda each: each[:2])]

    # What stands against it; the first reason is the answer.

    def refuse(self, party: Party) -> dict[int, int]:
        """Return which children get in, or say no."""
        self._refuse_closed(party)
        self._refuse_seat(party)
        try:
            self._refuse_children(party)
        except No as no:
            if no.code == "care_full" and party.without_care and party.seat:
                return {}
            raise
        day = self.day_of(party)
        if len(self.spendable(party.parent, day)) < len(party.children):
            raise No("not_enough_to_hold")
        return party.children

    def _refuse_closed(self, party: Party) -> None:
        parts: list[Session | Slot] = [self.slots[slot] for slot in party.children.values()]
        if party.session is not None:
            parts.append(self.sessions[party.session])
        if any(not part.open or part.begins <= self.now for part in parts):
            raise No("not_open_for_booking")

    def _refuse_seat(self, party: Party) -> None:
        if not party.seat or party.session is None:
            return
        here = self.sessions[party.session]
        for _, one in self.live():
            if one.parent == party.parent and one.seat and one.session is not None:
                there = self.sessions[one.session]
                if there.begins < here.ends and there.ends > here.begins:
                    same = one.session == party.session
                    raise No("already_booked" if same else "two_at_once")
        if len(self.seated(party.session)) >= here.seats and not party.forced:
            raise No("session_full", places=True)
        if any(self.homes[party.parent] & self.homes[one] for one in self.seated(party.session)):
            raise No("session_full")

    def _refuse_children(self, party: Party) -> None:
        slots = set(party.children.values())
        meeting = [
            (one.parent, child, at)
            for _, one in self.live()
            for child, at in one.children.items()
            if any(self._at_once(at, slot) for slot in slots)
        ]
        for parent, child, at in meeting:
            if parent == party.parent and child in party.children:
                raise No("already_booked" if at == party.children[child] else "two_at_once")
        mine = self.homes[party.parent]
        kept_out = any(parent != party.parent and child in mine for parent, child, _ in meeting)
        for slot in sorted(slots):
            coming = [child for child, at in party.children.items() if at == slot]
            if not self.slots[slot].takes(len(self.inside(slot)) + len(coming)):
                raise No("care_full", places=True)
            if kept_out:
                raise No("care_full")

    def _at_once(self, slot: int, other: int) -> bool:
        one, two = self.slots[slot], self.slots[other]
        return one.begins < two.ends and two.begins < one.ends

    def day_of(self, party: Party | Booking) -> date:
        if party.session is not None:
            return self.sessions[party.session].day
        return min(self.slots[slot].day for slot in party.children.values())

    # What is done.

    def place(self, party: Party, expires: datetime | None = None) -> int:
        children = self.refuse(party)
        booking = Booking(
            party.parent,
            party.session,
            party.seat,
            "confirmed" if expires is None else "offered",
            dict(children),
            expires,
        )
        self.bookings.append(booking)
        number = len(self.bookings) - 1
        chosen = self.spendable(party.parent, self.day_of(party))
        chosen = sorted(chosen[: len(children)], key=self._number_of)
        for child, voucher in zip(children, chosen, strict=True):
            voucher.held_for, voucher.since = (number, child), self.today
        self.booked_in |= {(number, child): slot for child, slot in children.items()}
        return number

    def _number_of(self, voucher: Voucher) -> int:
        return next(
            number
            for mine in self.vouchers.values()
            for number, one in mine.items()
            if one is voucher
        )

    def book(self, party: Party) -> None:
        if self.end_expired(party.key):
            self.promote(party.key)
        if party.session is not None and not party.forced:
            mine = [one for one in self.line if one.key == party.key and one.state == "waiting"]
            called = [one for one in mine if one.called and one.parent == party.parent]
            if not called and any(one.skips or (one.called and one.seat) for one in mine):
                raise No("session_full")
        else:
            called = []
        self.place(party)
        for one in called if party.seat else ():
            one.state = "served"

    def wait(self, party: Party) -> None:
        self._refuse_closed(party)
        for _, one in self.live():
            seat = party.seat and one.seat and one.session == party.session
            if seat and one.parent == party.parent:
                raise No("already_booked")
        live = [one for one in self.line if one.state in {"waiting", "offered"}]
        if any(one.parent == party.parent and one.key == party.key for one in live):
            raise No("already_waiting")
        self.line.append(party)

    def promote(self, key: tuple[str, int], most: int = 4) -> int:
        kind, where = key
        part = self.sessions[where] if kind == "session" else self.slots[where]
        slots = [where] if kind == "slot" else self._beside(where)
        seats = kind == "slot" or len(self.seated(where)) < self.sessions[where].seats
        rooms = any(len(self.inside(slot)) < self.slots[slot].room for slot in slots)
        if not (seats or rooms):
            return 0
        waiting = [one for one in self.line if one.key == key and one.state == "waiting"]
        waiting = [one for one in waiting if seats or not one.seat]
        if part.begins - self.now <= EARLIEST_OFFER:
            for one in waiting:
                one.called = True
            return 0
        return self._offer(waiting, most)

    def _offer(self, waiting: list[Party], most: int) -> int:
        offered, passed = 0, list[Party]()
        for party in waiting:
            try:
                party.booking = self.place(party, expires=UNTIL_TOLD)
            except No as no:
                if party.seat and self._has_seat(party):
                    party.state = "served"
                if no.places and party.skips:
                    break
                if no.places:
                    passed.append(party)
                continue
            party.state = "offered"
            offered += 1
            for one in passed:
                one.skips += 1
            passed = []
            if offered == most:
                break
        return offered

    def _has_seat(self, party: Party) -> bool:
        return any(
            (one.parent, one.session, one.seat) == (party.parent, party.session, True)
            for _, one in self.live()
        )

    def _beside(self, session: int) -> list[int]:
        return [number for number, slot in self.slots.items() if slot.session == session]

    def end_expired(self, key: tuple[str, int]) -> int:
        over = [
            number
            for number, one in self.live()
            if one.state == "offered"
            and one.expires is not None
            and one.expires <= self.now
            and self.key_of(one) == key
        ]
        for number in over:
            self.end(number, "left")
        return len(over)

    def key_of(self, booking: Booking) -> tuple[str, int]:
        if booking.session is not None:
            return "session", booking.session
        return "slot", next(iter(booking.children.values()))

    def end(self, number: int, waited: str, *, kept: bool = False, restore: bool = False) -> None:
        booking = self.bookings[number]
        for child in list(booking.children):
            self.end_place(number, child, kept=kept, restore=restore)
        booking.state, booking.expires = "cancelled", None
        for party in self.line:
            if party.booking == number and party.state == "offered":
                party.state = waited

    def end_place(self, number: int, child: int, *, kept: bool, restore: bool) -> None:
        del self.bookings[number].children[child]
        if not kept:
            self.release(self.held(number, child), restore=restore)

    def release(self, vouchers: Iterable[Voucher], *, restore: bool) -> None:
        for one in vouchers:
            one.held_for = None
            if restore:
                one.last_day = max(one.last_day, self.today + (one.last_day - one.since))

    def cancel(self, number: int, *, by: str, child: int | None = None) -> None:
        booking = self.bookings[number]
        if booking.state == "cancelled":
            return
        if child is not None and child not in booking.children:
            return
        key, begins = self.key_of(booking), self.begins(booking)
        if by == "parent" and begins <= self.now:
            raise No("booking_over")
        late = by == "parent" and booking.state == "confirmed"
        late = late and self.now > begins - self.cancel_until
        how = {"kept": late and self.late_is_paid, "restore": by == "service"}
        if child is None or (not booking.seat and len(booking.children) == 1):
            booking.late = late
            self.end(number, "closed" if by == "service" else "left", **how)
        else:
            self.end_place(number, child, **how)
        self.promote(key)

    def begins(self, booking: Booking) -> datetime:
        if booking.session is not None:
            return self.sessions[booking.session].begins
        return min(self.slots[slot].begins for slot in booking.children.values())

    def accept(self, number: int) -> None:
        booking = self.bookings[number]
        if booking.state == "confirmed":
            return
        if booking.expires is None or booking.expires <= self.now:
            raise No("offer_over")
        booking.state, booking.expires = "confirmed", None
        for party in self.line:
            if party.booking == number and party.state == "offered":
                party.state = "served"

    def decline(self, number: int) -> None:
        booking = self.bookings[number]
        if booking.state == "cancelled":
            return
        if booking.state != "offered":
            raise No("offer_over")
        key = self.key_of(booking)
        self.end(number, "left")
        self.promote(key)

    def sweep(self) -> None:
        while True:
            over = [
                (one.expires, number)
                for number, one in self.live()
                if one.expires is not None and one.expires <= self.now
            ]
            if not over:
                return
            key = self.key_of(self.bookings[min(over)[1]])
            self.end_expired(key)
            self.promote(key)

    def cancel_session(self, session: int) -> None:
        here = self.sessions[session]
        if not here.open:
            raise No("already_cancelled")
        if here.ends <= self.now:
            raise No("booking_over")
        for number, one in self.live():
            if one.session == session:
                self.end(number, "closed", restore=True)
        here.open = False
        self._close(party for party in self.line if party.key == ("session", session))
        for slot in self._beside(session):
            self._shut(slot)

    def cancel_slot(self, slot: int) -> None:
        here = self.slots[slot]
        if not here.open:
            raise No("already_cancelled")
        if here.ends <= self.now:
            raise No("booking_over")
        for number, one in self.live():
            mine = [child for child, at in one.children.items() if at == slot]
            if mine and not one.seat and len(mine) == len(one.children):
                self.end(number, "closed", restore=True)
            else:
                for child in mine:
                    self.end_place(number, child, kept=False, restore=True)
        waiting = [one for one in self.line if slot in one.children.values()]
        alone = [one for one in waiting if one.state == "waiting" and one.seat and one.without_care]
        for party in alone:
            party.children = {c: at for c, at in party.children.items() if at != slot}
        self._close(one for one in waiting if one not in alone)
        self._shut(slot)

    def _close(self, parties: Iterable[Party]) -> None:
        for party in parties:
            if party.state == "waiting":
                party.state = "closed"

    def _shut(self, slot: int) -> None:
        """What a late cancellation had left to the provider comes back too."""
        self.slots[slot].open = False
        kept = [
            one
            for mine in self.vouchers.values()
            for one in mine.values()
            if one.held_for is not None and self.booked_in.get(one.held_for) == slot
        ]
        self.release(kept, restore=True)

    def move_session(self, session: int, days: timedelta) -> None:
        here = self.sessions[session]
        if not here.open:
            raise No("already_cancelled")
        if here.ends <= self.now:
            raise No("booking_over")
        if _at_the_same_hour(here.begins, days) <= self.now:
            raise No("new_date_over")
        parts: list[Session | Slot] = [here]
        parts += [self.slots[slot] for slot in self._beside(session)]
        for part in parts:
            part.begins = _at_the_same_hour(part.begins, days)
            part.ends = _at_the_same_hour(part.ends, days)
            part.day += days
        self._forget_the_old_date(session)
        self._refuse_two_places()
        for place, slot in self.booked_in.items():
            if self.slots[slot].session == session:
                for one in self.held(*place):
                    one.last_day = max(one.last_day, here.day)

    def _forget_the_old_date(self, session: int) -> None:
        """What the carers said yes to, and who was called for a place, were of that date."""
        for slot in self._beside(session):
            self.slots[slot].carers = 0
        for party in self.line:
            if party.key == ("session", session):
                party.called = False

    def _refuse_two_places(self) -> None:
        live = [pair for _, one in self.live() for pair in one.children.items()]
        for child, slot in live:
            if any(c == child and at != slot and self._at_once(slot, at) for c, at in live):
                raise No("children_elsewhere")

    def redeem(self, number: int, child: int) -> None:
        """Take what is held for a place; what was taken already is answered again."""
        held, slot = self.held(number, child), self.slots[self.booked_in[number, child]]
        if not held:
            if (number, child) not in self.redeemed:
                raise No("nothing_held")
            return
        if slot.day > self.today or any(one.blocked for one in held):
            raise No("refused")
        for one in held:
            one.state, one.held_for = "redeemed", None
        self.redeemed.add((number, child))


def _at_the_same_hour(moment: datetime, days: timedelta) -> datetime:
    """Return the moment so many days later by the clock on the wall, whatever the season."""
    return (moment.astimezone(CLOCK) + days).astimezone(UTC)
