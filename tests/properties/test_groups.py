"""Whatever happens around a fixed group in whatever order, it is what a simple model says.

The model is sets and lists, written from the rules and not from the code: parents who want every
date that is left, one line, and offers that stand or fall whole. Care and vouchers have the other
machine (`test_bookings`); here there are only seats.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings import cancel, changes, closing, offers, promote, waiting
from repit.domain.bookings.book import book
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.placing import Asked
from repit.domain.errors import DomainError
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.concurrency.hall import hurry
from tests.domain.bookings import workshop
from tests.domain.bookings.workshop import DAY

UNTIL_TOLD = datetime.max.replace(tzinfo=UTC)
EARLIEST = timedelta(hours=3)
DATES = 3
some = st.integers(0, 50)
date_ = st.integers(0, DATES - 1)


class No(Exception):
    """A refusal, by its code."""


@dataclass
class Date:
    begins: datetime
    ends: datetime
    seats: int
    open: bool = True


@dataclass
class Seat:
    """One booking. `offer`: the one it was offered with, until it is answered."""

    parent: int
    date: int
    state: str
    expires: datetime | None = None
    offer: int | None = None
    ended_by: str = ""


@dataclass
class Party:
    parent: int
    state: str = "waiting"
    skips: int = 0
    offer: int | None = None


@dataclass
class Group:
    """Dates by number, seats in the order in which they were made, parties as they came."""

    now: datetime
    dates: list[Date]
    seats: list[Seat] = field(default_factory=list)
    line: list[Party] = field(default_factory=list)
    offers: int = 0

    def left(self) -> list[int]:
        return [n for n, one in enumerate(self.dates) if one.open and one.begins > self.now]

    def taken(self, date: int) -> list[int]:
        return [one.parent for one in self.seats if one.date == date and one.state != "cancelled"]

    def wants(self, parent: int) -> list[int]:
        return [n for n in self.left() if parent not in self.taken(n)]

    def full(self, date: int) -> bool:
        return len(self.taken(date)) >= self.dates[date].seats

    def waiting(self) -> list[Party]:
        return [one for one in self.line if one.state == "waiting"]

    def of(self, offer: int | None) -> list[int]:
        live = enumerate(self.seats)
        return [n for n, one in live if one.state == "offered" and one.offer == offer]

    def book(self, parent: int, date: int, *, walks_in: bool) -> None:
        if self.end_expired():
            self.promote()
        if any(one.skips for one in self.waiting()):
            raise No("session_full")
        here = self.dates[date]
        if not here.open or (here.ends if walks_in else here.begins) <= self.now:
            raise No("not_open_for_booking")
        if parent in self.taken(date):
            raise No("already_booked")
        wanted = [date] if walks_in else self.wants(parent)
        if any(self.full(one) for one in wanted):
            raise No("session_full")
        self.seats += [Seat(parent, one, "confirmed") for one in wanted]

    def wait(self, parent: int, date: int) -> None:
        if date not in self.left():
            raise No("not_open_for_booking")
        if parent in self.taken(date):
            raise No("already_booked")
        if any(one.parent == parent and one.state in {"waiting", "offered"} for one in self.line):
            raise No("already_waiting")
        self.line.append(Party(parent))

    def promote(self, most: int = 4) -> None:
        left = self.left()
        begins = min((self.dates[one].begins for one in left), default=self.now)
        if begins - self.now <= EARLIEST or all(self.full(one) for one in left):
            return
        passed: list[Party] = []
        for party in self.waiting():
            if self._serve(party):
                most -= 1
                for one in passed:
                    one.skips += 1
                passed = []
            elif party.state == "waiting":
                if party.skips:
                    return
                passed.append(party)
            if not most:
                return

    def _serve(self, party: Party) -> bool:
        wanted = self.wants(party.parent)
        if not wanted:
            party.state = "served"
        if not wanted or any(self.full(one) for one in wanted):
            return False
        self._offer(party, wanted)
        return True

    def _offer(self, party: Party, wanted: list[int]) -> None:
        self.offers += 1
        party.state, party.offer = "offered", self.offers
        self.seats += [
            Seat(party.parent, one, "offered", UNTIL_TOLD, self.offers) for one in wanted
        ]

    def end(self, numbers: list[int], by: str) -> None:
        """End some bookings; an offer of which nothing is left ends the wait."""
        for number in numbers:
            one = self.seats[number]
            one.state, one.expires, one.ended_by = "cancelled", None, by
        for party in self.line:
            if party.state == "offered" and not self.of(party.offer):
                party.state = "closed" if by == "service" else "left"

    def end_expired(self) -> bool:
        over = [n for n, one in enumerate(self.seats) if one.expires and one.expires <= self.now]
        self.end(over, "expired")
        return bool(over)

    def sweep(self) -> None:
        if self.end_expired():
            self.promote()

    def cancel(self, number: int, by: str) -> None:
        one = self.seats[number]
        if one.state == "cancelled":
            return
        if by == "parent" and self.dates[one.date].begins <= self.now:
            raise No("booking_over")
        self.end(self.of(one.offer) if one.state == "offered" else [number], by)
        self.promote()

    def accept(self, number: int) -> None:
        one = self.seats[number]
        if one.state == "confirmed":
            return
        together = self._asked(one)
        if not together:
            if one.ended_by == "service" and self._accepted(one):
                return
            raise No("offer_over")
        if any(self.now >= (self.seats[n].expires or self.now) for n in together):
            raise No("offer_over")
        for n in together:
            self.seats[n].state, self.seats[n].expires = "confirmed", None
        for party in self.line:
            if party.state == "offered" and party.offer == one.offer:
                party.state = "served"

    def decline(self, number: int) -> None:
        one = self.seats[number]
        together = self._asked(one)
        if one.state == "confirmed":
            raise No("offer_over")
        if not together:
            if one.ended_by == "service" and self._accepted(one):
                raise No("offer_over")
            return
        self.end(together, "declined")
        self.promote()

    def _asked(self, one: Seat) -> list[int]:
        """What an answer is about: all that is offered, also by a date that was called off."""
        if one.offer is None or one.ended_by not in {"", "service"}:
            return []
        return self.of(one.offer)

    def _accepted(self, one: Seat) -> bool:
        same = (other for other in self.seats if other.offer == one.offer)
        return one.offer is not None and any(other.state == "confirmed" for other in same)

    def set_seats(self, date: int, seats: int) -> None:
        self._refuse_over(date)
        self.dates[date].seats = seats
        self.promote(most=seats)

    def call_off(self, date: int) -> None:
        self._refuse_over(date)
        here = [
            n for n, one in enumerate(self.seats) if one.date == date and one.state != "cancelled"
        ]
        self.dates[date].open = False
        self.end(here, "service")
        if not self.left():
            for party in self.waiting():
                party.state = "closed"
        self.promote()

    def _refuse_over(self, date: int) -> None:
        if not self.dates[date].open:
            raise No("already_cancelled")
        if self.dates[date].ends <= self.now:
            raise No("booking_over")


class GroupWorld(RuleBasedStateMachine):
    """Five parents and a fixed group of three dates, a week apart."""

    engine: Engine

    @initialize(seats=st.integers(1, 2), books=st.lists(st.tuples(some, date_), max_size=3))
    def begin(self, seats: int, books: list[tuple[int, int]]) -> None:
        self.db = Session(self.engine)
        programme = cast.a_programme(self.db)
        place = workshop.a_place(self.db)
        series = workshop.a_workshop(
            self.db, programme, place, min_people=1, max_people=seats, format="cohort"
        )
        self.key = f"group:{series}"
        names = ("Amina", "Bruno", "Chloé", "Dora", "Esther")
        self.parents = [cast.a_parent(self.db, name) for name in names]
        days = [DAY + timedelta(days=7 * number) for number in range(DATES)]
        self.dates = [workshop.a_session(self.db, series, day=day) for day in days]
        rows = [self.db.get_one(WorkshopSession, one) for one in self.dates]
        self.model = Group(NOON, [Date(row.starts_at, row.ends_at, seats) for row in rows])
        self.db.rollback()
        for who, date in books:
            self.book(who, date, walks_in=False)

    @rule(who=some, date=date_, walks_in=st.sampled_from([False, False, True]))
    def book(self, who: int, date: int, walks_in: bool) -> None:  # noqa: FBT001
        asked = self._asked(who, date, "walk_in" if walks_in else "self")
        self._both(
            lambda: self.model.book(asked.parent_id, date, walks_in=walks_in),
            lambda: book(self.db, asked, actor=OPERATOR, now=self.model.now),
        )

    @rule(who=some, date=date_)
    def wait(self, who: int, date: int) -> None:
        asked = self._asked(who, date, "self")
        self._both(
            lambda: self.model.wait(asked.parent_id, date),
            lambda: waiting.wait(self.db, asked, actor=OPERATOR, now=self.model.now),
        )

    @rule(which=some, by=st.sampled_from(["parent", "service"]))
    def cancel(self, which: int, by: Any) -> None:
        self._to_seat(
            which,
            lambda number: self.model.cancel(number, by),
            lambda name: cancel.cancel(self.db, name, by=by, **self._staff()),
        )

    @rule(which=some, say=st.sampled_from(["accept", "accept", "decline"]), open_=st.booleans())
    def answer(self, which: int, say: str, open_: bool) -> None:  # noqa: FBT001
        offered = [n for n, one in enumerate(self.model.seats) if one.state == "offered"]
        which = offered[which % len(offered)] if offered and open_ else which
        self._to_seat(
            which,
            getattr(self.model, say),
            lambda name: getattr(offers, say)(self.db, name, **self._staff()),
        )

    @rule(most=st.integers(1, 2))
    def promote(self, most: int) -> None:
        def promote_it() -> None:
            self.model.end_expired()
            self.model.promote(most=most)

        self._both(
            promote_it, lambda: promote.promote(self.db, self.key, now=self.model.now, most=most)
        )

    @rule(hours=st.sampled_from([1, 12, 50, 168, 400]), sweep=st.booleans())
    def time_passes(self, hours: int, sweep: bool) -> None:  # noqa: FBT001
        self.model.now += timedelta(hours=hours)
        if sweep:
            self._both(self.model.sweep, self._sweep)

    def _sweep(self) -> None:
        while offers.expire_one(self.db, now=self.model.now):
            pass

    @rule(date=date_, seats=st.integers(1, 3))
    def set_seats(self, date: int, seats: int) -> None:
        few: dict[str, Any] = {"min_people": 1, "max_people": seats, "actor": OPERATOR}
        self._both(
            lambda: self.model.set_seats(date, seats),
            lambda: changes.set_seats(self.db, self.dates[date], now=self.model.now, **few),
        )

    @rule(date=st.sampled_from([None, None, 0, 1, 2]))
    def call_off(self, date: int | None) -> None:
        if date is None:
            return
        why: dict[str, Any] = {"motive": "Travaux", "actor": OPERATOR, "now": self.model.now}
        self._both(
            lambda: self.model.call_off(date),
            lambda: closing.cancel_session(self.db, self.dates[date], **why),
        )

    @invariant()
    def the_books_agree(self) -> None:
        if hasattr(self, "model"):
            with self.engine.connect() as connection:
                assert list(checks.drifts(connection)) == []

    @invariant()
    def the_database_holds_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        rows = self._rows(Booking)
        assert [(row.parent_id, row.session_id, row.state) for row in rows] == [
            (one.parent, self.dates[one.date], one.state) for one in self.model.seats
        ]
        line = [(row.parent_id, row.state, row.skips) for row in self._rows(WaitingParty)]
        assert line == [(one.parent, one.state, one.skips) for one in self.model.line]
        self.db.rollback()

    def _both(self, ought: Callable[[], Any], does: Callable[[], Any]) -> None:
        """Ask the model and the services; they do the same, or refuse for the same reason."""
        before, refused, said = copy.deepcopy(self.model), "", ""
        try:
            ought()
        except No as no:
            self.model, refused = before, str(no)
        try:
            with unit_of_work(self.db):
                does()
        except DomainError as refusal:
            said = refusal.code
        assert refused == said
        for one, row in zip(self.model.seats, self._rows(Booking), strict=True):
            if one.expires == UNTIL_TOLD:
                first = min(self.model.dates[n].begins for n in self.model.left())
                assert row.expires_at is not None
                assert self.model.now < row.expires_at <= first
                one.expires = row.expires_at
        self.db.rollback()

    def _asked(self, who: int, date: int, origin: str) -> Asked:
        return Asked(
            request_id=UUID(int=next(cast.numbers)),
            parent_id=self.parents[who % len(self.parents)],
            session_id=self.dates[date],
            seat=True,
            origin=origin,
        )

    def _to_seat(self, which: int, ought: Callable[[int], Any], does: Callable[[str], Any]) -> None:
        if self.model.seats:
            number = which % len(self.model.seats)
            name = self._rows(Booking)[number].public_id
            self.db.rollback()
            self._both(lambda: ought(number), lambda: does(name))

    def _rows(self, what: Any) -> list[Any]:
        ours = what.parent_id.in_(self.parents)
        return list(self.db.scalars(select(what).where(ours).order_by(what.id)))

    def _staff(self) -> dict[str, Any]:
        return {"parent_id": None, "actor": OPERATOR, "now": self.model.now}

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()


def test_a_fixed_group_is_what_a_simple_model_says(engine: Engine) -> None:
    hurry(engine)

    class Here(GroupWorld):
        pass

    Here.engine = engine
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
