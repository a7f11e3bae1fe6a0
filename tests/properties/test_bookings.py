"""Whatever happens around bookings in whatever order, the database holds what a simple model says.

The model (`booking_model`) is sets and counters, written from the rules and not from the code.
"""

import copy
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings import cancel, changes, closing, offers, promote, waiting
from repit.domain.bookings.book import book
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.redeeming import take_held
from repit.domain.care import assignments
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.clock import day_in
from repit.domain.errors import DomainError
from repit.domain.providers.standing import standing_of_device
from repit.domain.vouchers import service as vouchers
from repit.domain.vouchers.expire import expire_some
from repit.domain.vouchers.models import Hold, Voucher
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY
from tests.concurrency.hall import hurry
from tests.domain.bookings import workshop
from tests.domain.bookings.workshop import DAY, ZONE
from tests.properties import booking_model as model
from tests.properties.booking_model import UNTIL_TOLD, Model, No, Party

some = st.integers(0, 50)
WISHES = st.fixed_dictionaries(
    {
        "who": some,
        "where": st.sampled_from([0, 0, 0, 1, 2]),
        "seat": st.sampled_from([True, True, False]),
        "taken": st.sets(st.integers(0, 1), max_size=2),
        "without_care": st.booleans(),
    }
)
SOON = TODAY + timedelta(days=25)
OWN = {"already_booked", "two_at_once"}
WHY: dict[str, Any] = {"motive": "Travaux", "actor": OPERATOR}


class BookingWorld(RuleBasedStateMachine):
    """Four parents, a session with care beside it, another one, and care that stands alone.

    Amina and Bruno share a child. The three are at the same hours until the first is moved.
    """

    engine: Engine

    @initialize(
        late_is_paid=st.booleans(),
        booked=st.lists(WISHES, min_size=2, max_size=5),
        waits=st.lists(WISHES, max_size=4),
    )
    def begin(
        self,
        late_is_paid: bool,  # noqa: FBT001
        booked: list[dict[str, Any]],
        waits: list[dict[str, Any]],
    ) -> None:
        self.open_town(late_is_paid=late_is_paid)
        for wish in booked:
            self.book(**wish)
        for wish in waits:
            self.wait(**wish)

    def open_town(self, *, late_is_paid: bool) -> None:
        self.db = Session(self.engine)
        funder = cast.a_funder(self.db, f"Financeur {next(cast.numbers)}")
        programme = cast.a_programme(self.db, late_is_paid=late_is_paid, grace_days=5)
        self.fund = cast.a_fund(self.db, programme, funder_id=funder)
        self.provider = cast.a_provider(self.db)
        self.parents = [
            cast.a_parent(self.db, name) for name in ("Amina", "Bruno", "Chloé", "Dora")
        ]
        amina, bruno, chloe, dora = self.parents
        whose = [(amina, bruno), (amina,), (chloe,), (chloe,), (bruno,), (dora,)]
        self.children = [workshop.a_child(self.db, *parents) for parents in whose]
        place = workshop.a_place(self.db)
        series = workshop.a_workshop(self.db, programme, place, min_people=1, max_people=2)
        first, second = (workshop.a_session(self.db, series) for _ in range(2))
        slot: dict[str, Any] = {"programme_id": programme, "place_id": place, "room_places": 4}
        slot["preset"] = "fr_micro_seul"
        beside = workshop.a_slot(self.db, self.provider.id, session_id=first, **slot)
        alone = workshop.a_slot(self.db, self.provider.id, carers=1, **slot)
        self.model = Model(
            now=NOON,
            today=TODAY,
            homes={
                parent: frozenset(
                    child
                    for child, parents in zip(self.children, whose, strict=True)
                    if parent in parents
                )
                for parent in self.parents
            },
            late_is_paid=late_is_paid,
            cancel_until=timedelta(hours=24),
        )
        for session_id in (first, second):
            row = self.db.get_one(WorkshopSession, session_id)
            self.model.sessions[session_id] = model.Session(row.starts_at, row.ends_at, DAY, 2)
        for slot_id, carers, session in ((beside, 2, first), (alone, 1, None)):
            found = self.db.get_one(CareSlot, slot_id)
            self.model.slots[slot_id] = model.Slot(
                found.starts_at, found.ends_at, DAY, 4, carers, session
            )
        self.first, self.second, self.beside, self.alone = first, second, beside, alone
        for parent, count in zip(self.parents, (4, 2, 3, 0), strict=True):
            self._give(parent, count)
        self.last: Asked | None = None
        self.answer = ""

    def _give(self, parent: int, count: int) -> None:
        """The first of them ends soon after the day, the others at the end of the year."""
        mine: dict[int, model.Voucher] = {}
        for number in range(count):
            last_day = SOON if number == 0 else date(2026, 12, 31)
            code = cast.a_voucher(self.db, parent, self.fund, last_day=last_day, grace_days=5)
            mine[cast.voucher_id_of(self.db, code)] = model.Voucher(last_day)
        self.model.vouchers[parent] = mine
        self.db.rollback()

    # Everything that may happen.

    @rule(wish=WISHES, forced=st.sampled_from([False, False, False, True]))
    def book_or_force(self, wish: dict[str, Any], forced: bool) -> None:  # noqa: FBT001
        self.book(**wish, forced=forced)

    def book(self, **wish: Any) -> None:
        asked, party = self._wish(**wish)
        if asked is None or party is None:
            return
        done = self._both(
            lambda: self.model.book(party),
            lambda: book(self.db, asked, actor=OPERATOR, now=self.model.now),
        )
        if done is not None:
            self.last, self.answer = asked, done.public_id

    @precondition(lambda self: self.last is not None)
    @rule()
    def book_the_same_again(self) -> None:
        asked = self.last
        assert asked is not None
        done = self._both(
            lambda: None, lambda: book(self.db, asked, actor=OPERATOR, now=self.model.now)
        )
        assert (done.public_id, done.replayed) == (self.answer, True)

    @rule(wish=WISHES)
    def wait_in_line(self, wish: dict[str, Any]) -> None:
        self.wait(**wish)

    def wait(self, **wish: Any) -> None:
        asked, party = self._wish(**wish)
        if asked is None or party is None:
            return
        self._both(
            lambda: self.model.wait(party),
            lambda: waiting.wait(self.db, asked, actor=OPERATOR, now=self.model.now),
        )

    @rule(which=some)
    def leave(self, which: int) -> None:
        if not self.model.line:
            return
        number = which % len(self.model.line)
        public_id = self._public_ids(WaitingParty)[number]
        self._both(
            lambda: _leave(self.model, number),
            lambda: waiting.leave(self.db, public_id, **self._staff()),
        )

    @rule(which=some, by=st.sampled_from(["parent", "service"]))
    def cancel(self, which: int, by: Any) -> None:
        self._to_booking(
            which,
            lambda number: self.model.cancel(number, by=by),
            lambda public_id: cancel.cancel(self.db, public_id, by=by, **self._staff()),
        )

    @rule(which=some, child=some, by=st.sampled_from(["parent", "service"]))
    def cancel_child(self, which: int, child: int, by: Any) -> None:
        if not self.model.booked_in:
            return
        number, child_id = sorted(self.model.booked_in)[which % len(self.model.booked_in)]
        place = self._place(number, child_id).public_id
        public_id = self._public_ids(Booking)[number]
        self._both(
            lambda: self.model.cancel(number, by=by, child=child_id),
            lambda: cancel.cancel_child(self.db, public_id, place, by=by, **self._staff()),
        )

    @rule(which=some, say=st.sampled_from(["accept", "accept", "decline"]))
    def answer_an_offer(self, which: int, say: str) -> None:
        offered = [n for n, one in enumerate(self.model.bookings) if one.state == "offered"]
        which = offered[which % len(offered)] if offered else which
        self._to_booking(
            which,
            getattr(self.model, say),
            lambda public_id: getattr(offers, say)(self.db, public_id, **self._staff()),
        )

    @rule(where=some)
    def promote(self, where: int) -> None:
        kind, number = self._keys[where % 3]

        def promote_it() -> None:
            self.model.end_expired((kind, number))
            self.model.promote((kind, number), most=1)

        self._both(
            promote_it, lambda: promote.promote(self.db, f"{kind}:{number}", now=self.model.now)
        )

    @rule(hours=st.sampled_from([1, 5, 12, 50, 100, 200]), sweep=st.booleans())
    def time_passes(self, hours: int, sweep: bool) -> None:  # noqa: FBT001
        self.model.now += timedelta(hours=hours)
        self.model.today = day_in(ZONE, self.model.now)
        if sweep:
            self._both(self.model.sweep, self._sweep)

    @rule(before=st.booleans())
    def the_day_comes(self, before: bool) -> None:  # noqa: FBT001
        """Late to cancel; or over, when what is held may be taken."""
        day = self.model.sessions[self.first]
        then = day.begins - timedelta(hours=12) if before else day.ends + timedelta(hours=3)
        if then > self.model.now:
            self.time_passes(hours=(then - self.model.now) // timedelta(hours=1), sweep=True)

    def _sweep(self) -> None:
        while offers.expire_one(self.db, now=self.model.now):
            pass

    @rule(seats=st.integers(1, 3), where=some)
    def set_seats(self, seats: int, where: int) -> None:
        session = [self.first, self.second][where % 2]

        def set_them() -> None:
            self._refuse_over(self.model.sessions[session])
            self.model.sessions[session].seats = seats
            self.model.promote(("session", session), most=seats)

        few: dict[str, Any] = {"min_people": 1, "max_people": seats, "actor": OPERATOR}
        self._both(set_them, lambda: changes.set_seats(self.db, session, now=self.model.now, **few))

    @rule(room=st.integers(1, 4), where=some)
    def set_room(self, room: int, where: int) -> None:
        slot = [self.beside, self.alone][where % 2]

        def set_it() -> None:
            self._refuse_over(self.model.slots[slot])
            self.model.slots[slot].room = room
            self.model.promote(self._key_of_slot(slot), most=room)

        self._both(
            set_it,
            lambda: changes.set_room(
                self.db, slot, room_places=room, actor=OPERATOR, now=self.model.now
            ),
        )

    @rule(where=some, comes=st.booleans())
    def a_carer_says_yes_or_no(self, where: int, comes: bool) -> None:  # noqa: FBT001
        slot = [self.beside, self.alone][where % 2]
        here = self.model.slots[slot]
        states = ("withdrawn", "asked") if comes else ("confirmed",)
        carer = self.db.scalar(
            select(CarerAssignment.carer_id)
            .where(CarerAssignment.slot_id == slot, CarerAssignment.state.in_(states))
            .order_by(CarerAssignment.carer_id)
        )
        self.db.rollback()
        if carer is None or not here.open:
            return
        verb = assignments.confirm if comes else assignments.withdraw

        def say() -> None:
            here = self.model.slots[slot]
            here.carers += 1 if comes else -1
            if here.takes(len(self.model.inside(slot))):
                self.model.promote(self._key_of_slot(slot))

        def tell() -> None:
            verb(self.db, slot, carer, actor=OPERATOR, now=self.model.now)
            changes.recount(self.db, slot, now=self.model.now)

        self._both(say, tell)

    @rule(days=st.sampled_from([-7, 7]))
    def move_the_first(self, days: int) -> None:
        new = self.model.sessions[self.first].day + timedelta(days=days)
        row = self.db.get_one(WorkshopSession, self.first)
        when: dict[str, Any] = {"day": new, "starts": time(18), "ends": time(20)}
        when["place_id"] = row.place_id
        self.db.rollback()
        self._both(
            lambda: self.model.move_session(self.first, timedelta(days=days)),
            lambda: changes.move_session(
                self.db, self.first, actor=OPERATOR, now=self.model.now, **when
            ),
        )

    @rule(where=st.sampled_from([0, 0, 0, 1, 2, 3]))
    def call_off(self, where: int) -> None:
        if where == 0:
            return
        kind, number = [*self._keys, ("slot", self.beside)][where]
        how = getattr(closing, f"cancel_{kind}")
        self._both(
            lambda: getattr(self.model, f"cancel_{kind}")(number),
            lambda: how(self.db, number, now=self.model.now, **WHY),
        )

    @rule(which=some)
    def redeem(self, which: int) -> None:
        if not self.model.booked_in:
            return
        number, child = sorted(self.model.booked_in)[which % len(self.model.booked_in)]
        place = self._place(number, child).id

        def take() -> Any:
            standing = standing_of_device(self.db, self.provider.device_id)
            assert standing is not None
            return take_held(self.db, place, standing=standing, now=self.model.now)

        self._both(lambda: self.model.redeem(number, child), take, any_refusal=True)

    @rule(whose=some, which=some, verb=st.sampled_from(["block", "unblock", "cancel"]))
    def change_a_voucher(self, whose: int, which: int, verb: str) -> None:
        mine = self.model.vouchers[self.parents[whose % 3]]
        number = sorted(mine)[which % len(mine)]
        how = getattr(vouchers, verb)
        self._both(
            lambda: _change(self.model, number, verb),
            lambda: how(self.db, number, now=self.model.now, **WHY),
            any_refusal=True,
        )

    @rule()
    def vouchers_expire(self) -> None:
        self._both(
            lambda: _expire(self.model),
            lambda: expire_some(self.db, actor=OPERATOR, now=self.model.now),
        )

    # What must be so after each of them.

    @invariant()
    def the_books_agree(self) -> None:
        with self.engine.connect() as connection:
            assert list(checks.drifts(connection)) == []

    @invariant()
    def the_database_holds_what_the_model_says(self) -> None:
        self.db.rollback()
        rows = self._rows(Booking)
        assert [(row.parent_id, row.session_id, row.state) for row in rows] == [
            (one.parent, one.session, one.state) for one in self.model.bookings
        ]
        assert [row.state for row in self._rows(WaitingParty)] == [
            one.state for one in self.model.line
        ]
        assert self._live_places(rows) == [one.children for one in self.model.bookings]
        self._compare_counters()
        self._compare_vouchers(rows)

    def _live_places(self, rows: list[Booking]) -> list[dict[int, int]]:
        found: dict[int, dict[int, int]] = {row.id: {} for row in rows}
        mine = ChildPlace.booking_id.in_(found), ChildPlace.ended_at.is_(None)
        for place in self.db.scalars(select(ChildPlace).where(*mine)):
            found[place.booking_id][place.child_id] = place.slot_id
        return list(found.values())

    def _compare_counters(self) -> None:
        for number, session in self.model.sessions.items():
            row = self.db.get_one(WorkshopSession, number)
            taken = len(self.model.seated(number))
            assert (row.seats_taken, row.max_people) == (taken, session.seats)
            assert row.over_capacity == (taken > session.seats)
        for number, slot in self.model.slots.items():
            found = self.db.get_one(CareSlot, number)
            inside = len(self.model.inside(number))
            assert (found.places_taken, found.room_places) == (inside, slot.room)
            assert not slot.open or found.over_capacity == (not slot.takes(inside))

    def _compare_vouchers(self, rows: list[Booking]) -> None:
        for mine in self.model.vouchers.values():
            for number, one in mine.items():
                row = self.db.get_one(Voucher, number)
                said = (row.state, row.booked, row.blocked_at is not None, row.last_day)
                assert said == (one.state, one.held_for is not None, one.blocked, one.last_day)
        held = (
            select(ChildPlace.booking_id, ChildPlace.child_id, func.count())
            .join(Hold, Hold.child_place_id == ChildPlace.id)
            .where(Hold.state == "held", ChildPlace.booking_id.in_([row.id for row in rows]))
            .group_by(ChildPlace.booking_id, ChildPlace.child_id)
        )
        ranks = {row.id: number for number, row in enumerate(rows)}
        for booking_id, child, count in self.db.execute(held):
            assert len(self.model.held(ranks[booking_id], child)) == count

    # How it is done.

    def _both(
        self, ought: Callable[[], Any], does: Callable[[], Any], *, any_refusal: bool = False
    ) -> Any:
        """Ask the model and the services; they do the same, or refuse for the same reason."""
        before, done, refused, said = copy.deepcopy(self.model), None, "", ""
        try:
            ought()
        except No as no:
            self.model, refused = before, no.code
        try:
            with unit_of_work(self.db):
                done = does()
        except DomainError as refusal:
            said = refusal.code
        if any_refusal:
            assert bool(refused) == bool(said), (refused, said)
        else:
            assert refused == said or {refused, said} <= OWN
        self._read_when_offers_end()
        return done

    def _read_when_offers_end(self) -> None:
        """How long an offer stands has tests of its own; here, that it ends before the start."""
        for one, row in zip(self.model.bookings, self._rows(Booking), strict=True):
            if one.expires == UNTIL_TOLD:
                assert row.expires_at is not None
                begins = self.model.begins(one)
                assert self.model.now < row.expires_at <= begins
                one.expires = row.expires_at

    def _wish(
        self,
        who: int,
        where: int,
        seat: bool,  # noqa: FBT001
        taken: set[int],
        without_care: bool,  # noqa: FBT001
        forced: bool = False,  # noqa: FBT001, FBT002
    ) -> tuple[Asked | None, Party | None]:
        parent = self.parents[who % 4]
        kind, number = self._keys[where % 3]
        mine = sorted(self.model.homes[parent])
        slot = self.alone if kind == "slot" else self.beside
        chosen = sorted({mine[one % len(mine)] for one in taken})
        children = {} if (kind, number) == ("session", self.second) else dict.fromkeys(chosen, slot)
        session = number if kind == "session" else None
        seat = session is not None and (seat or not children)
        if not seat and not children:
            return None, None
        party = Party(parent, session, seat, children, without_care, forced)
        asked = Asked(
            request_id=UUID(int=next(cast.numbers)),
            parent_id=parent,
            session_id=session,
            seat=seat,
            children=tuple(children.items()),
            without_care=without_care,
            forced=forced,
        )
        return asked, party

    def _to_booking(
        self, which: int, ought: Callable[[int], Any], does: Callable[[str], Any]
    ) -> None:
        if not self.model.bookings:
            return
        number = which % len(self.model.bookings)
        public_id = self._public_ids(Booking)[number]
        self._both(lambda: ought(number), lambda: does(public_id))

    @property
    def _keys(self) -> list[tuple[str, int]]:
        return [("session", self.first), ("session", self.second), ("slot", self.alone)]

    def _key_of_slot(self, slot: int) -> tuple[str, int]:
        return ("session", self.first) if slot == self.beside else ("slot", slot)

    def _refuse_over(self, part: model.Session | model.Slot) -> None:
        if not part.open:
            raise No("already_cancelled")
        if part.ends <= self.model.now:
            raise No("booking_over")

    def _staff(self) -> dict[str, Any]:
        return {"parent_id": None, "actor": OPERATOR, "now": self.model.now}

    def _rows(self, what: Any) -> list[Any]:
        ours = what.parent_id.in_(self.parents)
        return list(self.db.scalars(select(what).where(ours).order_by(what.id)))

    def _public_ids(self, what: Any) -> list[str]:
        found = [row.public_id for row in self._rows(what)]
        self.db.rollback()
        return found

    def _place(self, booking: int, child: int) -> ChildPlace:
        row = self._rows(Booking)[booking]
        mine = ChildPlace.booking_id == row.id, ChildPlace.child_id == child
        place = self.db.scalars(select(ChildPlace).where(*mine)).one()
        self.db.expunge(place)
        self.db.rollback()
        return place

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.close()


def _leave(world: Model, number: int) -> None:
    party = world.line[number]
    if party.state not in {"waiting", "left"}:
        raise No("not_waiting")
    party.state = "left"


def _change(world: Model, number: int, verb: str) -> None:
    one = next(mine[number] for mine in world.vouchers.values() if number in mine)
    if one.state != "issued" or (verb == "cancel" and one.held_for is not None):
        raise No("not_open")
    if verb == "cancel":
        one.state = "cancelled"
    else:
        one.blocked = verb == "block"


def _expire(world: Model) -> None:
    for mine in world.vouchers.values():
        for one in mine.values():
            over = one.last_day + timedelta(days=5) < world.today
            if one.state == "issued" and one.held_for is None and over:
                one.state = "expired"


def test_bookings_are_what_a_simple_model_says(engine: Engine) -> None:
    hurry(engine)

    class Here(BookingWorld):
        pass

    Here.engine = engine
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_one_walk_meets_everything(engine: Engine) -> None:
    """The random walks need not meet it all; this one does, compared after every step."""
    hurry(engine)

    class Here(BookingWorld):
        pass

    Here.engine = engine
    world = Here()
    seat = {"where": 0, "seat": True, "without_care": False}
    amina, bruno, chloe, dora = range(4)
    first = 0
    steps: list[Callable[[], Any]] = [
        lambda: world.open_town(late_is_paid=True),
        lambda: world.book(who=amina, taken={0, 1}, **seat),
        world.book_the_same_again,
        lambda: world.book(who=bruno, taken={1}, **seat),
        lambda: world.book(who=dora, taken=set(), **seat),
        lambda: world.set_seats(seats=1, where=0),
        lambda: world.set_room(room=3, where=0),
        lambda: world.wait(who=chloe, taken={0, 1}, **seat),
        lambda: world.cancel(which=1, by="parent"),
        lambda: world.wait(who=dora, taken=set(), **seat),
        lambda: world.time_passes(hours=50, sweep=False),
        lambda: world.set_seats(seats=3, where=0),
        lambda: world.cancel_child(which=first, child=0, by="service"),
        lambda: world.promote(where=0),
        lambda: world.answer_an_offer(which=0, say="accept"),
        lambda: world.a_carer_says_yes_or_no(where=0, comes=False),
        lambda: world.time_passes(hours=320, sweep=True),
        lambda: world.time_passes(hours=50, sweep=True),
        lambda: world.cancel_child(which=1, child=0, by="parent"),
        lambda: world.time_passes(hours=50, sweep=True),
        lambda: world.redeem(which=0),
        lambda: world.redeem(which=1),
        lambda: world.redeem(which=1),
        lambda: world.redeem(which=2),
        world.vouchers_expire,
    ]
    met: set[str] = set()
    try:
        for step in steps:
            step()
            world.the_books_agree()
            world.the_database_holds_what_the_model_says()
            met |= _met(world.model)
    finally:
        world.teardown()

    assert met == {"flagged", "kept", "offered", "passed over", "redeemed"}


def _met(world: Model) -> set[str]:
    flagged = any(len(world.seated(one)) > here.seats for one, here in world.sessions.items())
    promised = [one.held_for for mine in world.vouchers.values() for one in mine.values()]
    kept = any(one and one[1] not in world.bookings[one[0]].children for one in promised)
    found = {
        "flagged": flagged,
        "kept": kept,
        "offered": any(one.state == "offered" for one in world.line),
        "passed over": any(one.skips for one in world.line),
        "redeemed": bool(world.redeemed),
    }
    return {name for name, is_so in found.items() if is_so}
