"""Whoever meets over one seat, place, offer or voucher: never one too many, nothing half done.

A few of each run in the suite. By the thousand, one name or all of them:

    python -m tests.concurrency.booking_races 1000 [--postgres] [name ...]
"""

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from repit.db.engine import prepare
from repit.domain.bookings import changes, closing
from repit.domain.bookings.book import Booked
from repit.domain.bookings.cancel import Cancelled, cancel, cancel_child
from repit.domain.bookings.errors import (
    CareFull,
    NotOpenForBooking,
    OfferOver,
    SessionFull,
    TwoAtOnce,
)
from repit.domain.bookings.models import Booking
from repit.domain.bookings.offers import accept, decline, expire_one
from repit.domain.bookings.presenting import present_held
from repit.domain.bookings.promote import promote
from repit.domain.bookings.redeeming import take_held
from repit.domain.care import assignments
from repit.domain.categories import Category
from repit.domain.errors import DomainError
from repit.domain.money import Cents
from repit.domain.providers.standing import standing_of_device
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.redeem import Receipt
from repit.domain.redemptions.rules import Service
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY, VAULT
from tests.concurrency.hall import Evening, Family, Hall, Run, wants
from tests.concurrency.together import Action, the_books_agree, won
from tests.databases import SQLiteFiles, postgres_databases
from tests.domain.bookings.workshop import DAY, a_child
from tests.postgres import running_postgres

CONNECTIONS = 32
AFTERWARDS = datetime.combine(DAY, NOON.timetz()) + timedelta(hours=9)
ANSWERS: list[Callable[..., object]] = [accept, accept, decline]
WHOM: dict[str, Any] = {"parent_id": None, "actor": OPERATOR}


def engine_for(url: str) -> Engine:
    """Connect as the application does, with room for a crowd."""
    engine = create_engine(url, pool_size=CONNECTIONS)
    prepare(engine)
    return engine


def last_seats(run: Run, books: Callable[..., Action] | None = None) -> None:
    """Twenty parents, one to three seats."""
    seats = run.dice.randint(1, 3)
    evening = run.evening(seats=seats, slots=0)
    wishes = [wants(evening, parent_id) for parent_id in run.hall.crowd]

    answers = run.meet(*((books or run.books)(wish) for wish in wishes))

    assert won(answers).count(True) == seats
    assert {type(answer) for answer in answers} <= {Booked, SessionFull}
    assert len(run.live(evening)) == run.session(evening).seats_taken == seats


def last_seat_and_last_places(run: Run) -> None:
    """Two families ask for the last seat and two last places in opposite order; one for a place."""
    evening = run.evening(seats=run.dice.choice([1, 2]), slots=2, room_places=1)
    one, other, third = run.hall.families[:3]
    wishes = [
        wants(evening, one.parent_id, (one.children[0], 0), (one.children[1], 1)),
        wants(evening, other.parent_id, (other.children[1], 1), (other.children[0], 0)),
        wants(evening, third.parent_id, (third.children[0], 1), seat=False),
    ]

    answers = run.meet(*map(run.books, wishes))

    assert won(answers) in ([True, False, False], [False, True, False], [False, False, True])
    for answer, wish in zip(answers, wishes, strict=True):
        if isinstance(answer, Booked):
            assert len(run.places_of(answer.public_id)) == answer.vouchers == len(wish.children)
        else:
            assert isinstance(answer, SessionFull | CareFull)
    assert len(run.live(evening)) == 1


def cancelled_and_promoted_twice(run: Run) -> None:
    """A seat comes free while two others look whether one did: one offer, to the first."""
    evening, [first] = _full_with_a_line(run, waiting=3)
    key = f"session:{evening.session_id}"

    answers = run.meet(
        run.doing(lambda db: cancel(db, first, by="parent", now=NOON, **WHOM)),
        run.doing(lambda db: promote(db, key, now=NOON)),
        run.doing(lambda db: promote(db, key, now=NOON)),
    )

    assert all(won(answers))
    assert run.parties(evening) == ["offered", "waiting", "waiting"]
    assert len(run.live(evening)) == 1
    assert run.change(lambda db: promote(db, key, now=NOON)) == 0


def accepted_as_it_expires(run: Run) -> None:
    """The first accepts, or says no, in the second in which the offer ends."""
    evening, [first] = _full_with_a_line(run, waiting=3)
    run.change(lambda db: cancel(db, first, by="parent", now=NOON, **WHOM))
    [offer] = run.live(evening, "offered")
    ends = offer.expires_at
    assert ends is not None
    moment = ends - timedelta(seconds=run.dice.choice([0, 1]))
    answering = run.dice.choice(ANSWERS)

    answer, *_ = run.meet(
        run.doing(lambda db: answering(db, offer.public_id, now=moment, **WHOM)),
        run.doing(lambda db: expire_one(db, now=ends)),
        run.doing(lambda db: promote(db, f"session:{evening.session_id}", now=ends)),
    )

    [live] = run.live(evening)
    taken = answering is accept and not answer  # nothing is to be paid first
    assert not answer or isinstance(answer, OfferOver)
    assert (live.public_id == offer.public_id) == taken
    expected = ["served", "waiting"] if taken else ["left", "offered"]
    assert run.parties(evening) == [*expected, "waiting"]


def carer_withdrawn(run: Run) -> None:
    """The only carer withdraws while two families book: nobody is removed, the slot is flagged."""
    evening = run.evening(seats=3)
    carer_id = run.carer_of(evening)

    def withdraw(db: Session) -> None:
        assignments.withdraw(db, evening.slot_ids[0], carer_id, actor=OPERATOR, now=NOON)
        changes.recount(db, evening.slot_ids[0], now=NOON)

    *answers, withdrawn = run.meet(
        *(run.books(_with_children(evening, one)) for one in run.hall.families[:2]),
        run.doing(withdraw),
    )

    slot = run.slot(evening)
    assert withdrawn is None
    assert slot.places_taken == 2 * won(answers).count(True)
    assert slot.over_capacity == (slot.places_taken > 0)
    assert {type(answer) for answer in answers} <= {Booked, CareFull}


def fewer_seats(run: Run) -> None:
    """The maximum is lowered while three book."""
    evening = run.evening(seats=3, slots=0)
    few: dict[str, Any] = {
        "min_people": 1,
        "max_people": run.dice.choice([1, 2]),
        "actor": OPERATOR,
        "now": NOON,
    }

    *answers, changed = run.meet(
        *(run.books(wants(evening, parent_id)) for parent_id in run.hall.crowd[:3]),
        run.doing(lambda db: changes.set_seats(db, evening.session_id or 0, **few)),
    )

    session = run.session(evening)
    assert changed is None
    assert session.max_people == few["max_people"]
    assert session.seats_taken == won(answers).count(True) >= session.max_people
    assert session.over_capacity == (session.seats_taken > session.max_people)


def taps_twice(run: Run) -> None:
    """Everything is tapped three times; it happens once."""
    evening = run.evening(seats=1, vouchers_per_child=2)
    family, waiting = run.hall.families[:2]
    wish = _with_children(evening, family)
    said = run.meet(*[run.books(wish)] * 3)
    booked = said[0].public_id
    assert {answer.public_id for answer in said} == {booked}
    assert [answer.replayed for answer in said].count(False) == 1
    run.waits(_with_children(evening, waiting))

    first, _ = run.places_of(booked)
    _thrice(run, 2, lambda db: _give_back_one(db, booked, first.public_id))
    _thrice(run, 2, lambda db: cancel(db, booked, by="parent", now=NOON, **WHOM))
    [offer] = run.live(evening, "offered")
    answering = run.dice.choice(ANSWERS[1:])
    answers = run.meet(
        *[run.doing(lambda db: answering(db, offer.public_id, now=NOON, **WHOM))] * 3
    )

    assert not any(answers)
    states = [one.state for one in run.live(evening)]
    assert states == (["confirmed"] if answering is accept else [])


def called_off_meanwhile(run: Run) -> None:
    """The session is cancelled while parents submit and others wait: nothing stays."""
    evening = run.evening(seats=3)
    run.waits(wants(evening, run.hall.crowd[0]))
    why: dict[str, Any] = {"motive": "Salle fermée", "actor": OPERATOR, "now": NOON}

    *answers, told = run.meet(
        *(run.books(_with_children(evening, one)) for one in run.hall.families[:4]),
        run.doing(lambda db: closing.cancel_session(db, evening.session_id or 0, **why)),
        run.doing(lambda db: promote(db, f"session:{evening.session_id}", now=NOON)),
    )[:5]

    refused = {type(answer) for answer in answers if isinstance(answer, DomainError)}
    assert refused <= {NotOpenForBooking, SessionFull, CareFull}
    assert isinstance(told, int)
    assert run.live(evening) == []
    assert run.parties(evening) == ["closed"]


def taken_or_cancelled(run: Run) -> None:
    """The provider takes what is held, twice and from a code, while the booking is cancelled."""
    family, booked = _kept(run)
    places = run.places_of(booked.public_id)
    now = AFTERWARDS
    desk = Desk(run.engine, VAULT)
    device = run.hall.provider.device_id
    shown = run.change(
        lambda db: present_held(
            db, booked.public_id, parent_id=family.parent_id, vault=VAULT, now=now
        )
    )
    service = Service(Category.WORKSHOP_CHILDCARE, DAY, 150, None, Cents(0))
    brought = Brought(UUID(int=next(cast.numbers)), [shown.code], service)

    def take(place_id: int, db: Session) -> Receipt:
        standing = standing_of_device(db, device)
        assert standing is not None
        return take_held(db, place_id, standing=standing, now=now)

    rivals = [lambda: desk.redeem(device, brought, now=now)] if run.dice.random() < 0.5 else []
    cancelled, *taken = run.meet(
        run.doing(lambda db: cancel(db, booked.public_id, by="service", now=now, **WHOM)),
        *(run.doing(partial(take, place.id)) for place in places * 2),
        *rivals,
    )

    ids = [place.id for place in places]
    receipts = {one.id: one.vouchers for one in taken if isinstance(one, Receipt)}
    assert run.holds("held", ids) == 0
    assert run.holds("redeemed", ids) == sum(receipts.values())
    assert run.holds("released", ids) == cancelled.given_back == 4 - sum(receipts.values())


def booked_or_spent(run: Run) -> None:
    """A parent books with vouchers that another provider is being brought: each goes one way."""
    with Session(run.engine) as db:
        family = run.hall.family(db, vouchers=4)
        rows = db.scalars(select(Voucher).where(Voucher.parent_id == family.parent_id)).all()
        codes = [VAULT.open(row.code_sealed) for row in rows]
    evening = run.evening(seats=1, vouchers_per_child=run.dice.choice([1, 2]))
    wish = _with_children(evening, family)
    desk, device = Desk(run.engine, VAULT), run.hall.rival.device_id
    service = Service(Category.BABYSITTING, TODAY, 240, None, Cents(0))
    some = run.dice.sample(codes, 3)

    booked, spent = run.meet(
        run.books(wish),
        lambda: desk.redeem(device, Brought(UUID(int=next(cast.numbers)), some, service), now=NOON),
    )

    assert won([booked, spent]) in ([True, False], [False, True])


def two_lists_crosswise(run: Run) -> None:
    """The same families wait for two sessions in opposite order, and both sessions grow."""
    evenings = [
        run.evening(seats=1, day=DAY + timedelta(days=number), room_places=4) for number in range(2)
    ]
    family, *waiting = run.hall.families
    for evening in evenings:
        run.books(wants(evening, run.hall.crowd[0]))()
    for minute, one in enumerate(waiting[:3]):
        run.waits(wants(evenings[0], one.parent_id, (one.children[0], 0)), after=minute)
    for minute, one in enumerate(reversed(waiting[:3])):
        run.waits(wants(evenings[1], one.parent_id, (one.children[1], 0)), after=minute)

    answers = run.meet(
        *(run.doing(partial(_grow, evening)) for evening in evenings),
        run.books(_with_children(evenings[run.dice.randrange(2)], family)),
    )

    assert won(answers) == [True, True, False]
    assert isinstance(answers[-1], SessionFull)
    assert [run.parties(evening) for evening in evenings] == [["offered"] * 3] * 2


def one_child_two_homes(run: Run) -> None:
    """Both homes of a child book it at once, in two rooms at the same hours: one has it."""
    evening = run.evening(seats=None, slots=2)
    one, other = run.hall.families[:2]
    with Session(run.engine) as db:
        shared = a_child(db, one.parent_id, other.parent_id)
    alone = [Evening(None, (slot_id,)) for slot_id in evening.slot_ids]
    same = run.dice.random() < 0.5

    answers = run.meet(
        run.books(wants(alone[0], one.parent_id, (shared, 0))),
        run.books(wants(alone[0 if same else 1], other.parent_id, (shared, 0))),
    )

    assert sorted(won(answers)) == [False, True]
    [refused] = [answer for answer in answers if not isinstance(answer, Booked)]
    assert isinstance(refused, CareFull)
    assert refused.reason == "other"


def one_parent_two_sessions(run: Run) -> None:
    """A parent books two sessions of the same hours, each tapped twice."""
    evenings = [run.evening(seats=2, slots=0) for _ in range(2)]
    wishes = [wants(evening, run.hall.crowd[0]) for evening in evenings]

    answers = run.meet(*(run.books(wish) for wish in [*wishes, *wishes]))

    booked = {answer.public_id for answer in answers if isinstance(answer, Booked)}
    assert len(booked) == 1
    refused = {type(answer) for answer in answers if isinstance(answer, DomainError)}
    assert refused == {TwoAtOnce}


def last_place_of_a_group(run: Run) -> None:
    """Families ask, each naming another date, for a group that has one seat left in every one."""
    series = run.group(seats=1)
    order = run.dice.sample(run.hall.families, 4)
    wishes = [_with_a_child(run.dice.choice(series), one) for one in order]

    answers = run.meet(*(run.books(wish) for wish in [*wishes, wishes[0]]))

    booked = {answer.public_id for answer in answers if isinstance(answer, Booked)}
    refused = {type(answer) for answer in answers if isinstance(answer, DomainError)}
    live = [run.live(one) for one in series]
    assert len(booked) == 1
    assert refused <= {SessionFull}
    assert [len(one) for one in live] == [1] * len(series)
    assert len({one.parent_id for [one] in live}) == 1


def last_place_of_a_group_comes_free(run: Run) -> None:
    """One date is given back twice over, while others look, book, walk in: one offer, whole."""
    series = run.group(seats=1)
    booked = [one.public_id for one in _taken_with_a_line(run, series, waiting=3)]
    last = booked.pop(run.dice.randrange(len(booked)))
    for public_id in booked:
        run.change(_giving_back(public_id))
    assert run.offered(series) == [0] * len(series)
    key = f"group:{series[0].workshop_id}"

    *answers, rival = run.meet(
        run.doing(lambda db: cancel(db, last, by="parent", now=NOON, **WHOM)),
        run.doing(lambda db: cancel(db, last, by="service", now=NOON, **WHOM)),
        run.doing(lambda db: promote(db, key, now=NOON)),
        run.books(wants(run.dice.choice(series), run.hall.crowd[1])),
    )

    assert all(won(answers))
    assert isinstance(rival, SessionFull)
    assert run.offered(series) == [1] * len(series)
    assert run.parties(*series) == ["offered", "waiting", "waiting"]
    assert run.change(lambda db: promote(db, key, now=NOON)) == 0


def group_accepted_as_it_expires(run: Run) -> None:
    """The first answers through any date, in the second in which the offer of all dates ends."""
    series = run.group(seats=1)
    for one in _taken_with_a_line(run, series, waiting=3):
        run.change(_giving_back(one.public_id))
    offers = [one for where in series for one in run.live(where, "offered")]
    ends = offers[0].expires_at
    assert ends is not None
    assert {one.expires_at for one in offers} == {ends}
    moment = ends - timedelta(seconds=run.dice.choice([0, 1]))
    answering = run.dice.choice(ANSWERS)
    named = run.dice.sample(offers, 2)

    *answers, _, _ = run.meet(
        *(
            run.doing(partial(answering, public_id=one.public_id, now=moment, **WHOM))
            for one in named
        ),
        run.doing(lambda db: expire_one(db, now=ends)),
        run.doing(lambda db: promote(db, f"group:{series[0].workshop_id}", now=ends)),
    )

    taken = answering is accept and not answers[0]  # nothing is to be paid first
    assert [isinstance(answer, OfferOver) for answer in answers] in ([False] * 2, [True] * 2)
    live = [one for where in series for one in run.live(where)]
    assert ({one.public_id for one in live} == {one.public_id for one in offers}) == taken
    assert len(live) == len(series)
    assert len({one.parent_id for one in live}) == len({one.state for one in live}) == 1
    assert run.parties(*series) == [
        *(["served", "waiting"] if taken else ["left", "offered"]),
        "waiting",
    ]


def group_called_off_while_answered(run: Run) -> None:
    """One date is called off while the offer of all is accepted: the others are theirs."""
    series = run.group(seats=1)
    for one in _taken_with_a_line(run, series, waiting=1):
        run.change(_giving_back(one.public_id))
    offers = [one for where in series for one in run.live(where, "offered")]
    gone = run.dice.choice(series)
    name = run.dice.choice(offers).public_id
    why: dict[str, Any] = {"motive": "Salle fermée", "actor": OPERATOR, "now": NOON}

    answer, told = run.meet(
        run.doing(lambda db: accept(db, name, now=NOON, **WHOM)),
        run.doing(lambda db: closing.cancel_session(db, gone.session_id or 0, **why)),
    )

    assert told == 1
    assert not answer or isinstance(answer, OfferOver)
    left = [one for where in series if where is not gone for one in run.live(where)]
    assert run.live(gone) == []
    assert {one.state for one in left} == {"confirmed"}
    assert len(left) == len(series) - 1


def strict_line(run: Run) -> None:
    """A seat comes free for a strict line whose first cannot be served: nobody goes before."""
    evening = run.evening(seats=2, strict=True, slots=1, room_places=1)
    child = run.hall.families[3].children[0]
    seats = [run.books(wants(evening, parent_id))() for parent_id in run.hall.crowd[:2]]
    care = run.books(wants(evening, run.hall.families[3].parent_id, (child, 0), seat=False))()
    first, second = run.hall.families[:2]
    run.waits(wants(evening, first.parent_id, (first.children[0], 0)))
    run.waits(wants(evening, second.parent_id), after=1)
    frees = run.dice.random() < 0.5
    booked = [one.public_id for one in [*seats, care] if isinstance(one, Booked)]
    key = f"session:{evening.session_id}"

    given = [booked[0], *([booked[2]] if frees else [])]
    *_, rival = run.meet(
        *(run.doing(_giving_back(one)) for one in given),
        run.doing(lambda db: promote(db, key, now=NOON)),
        run.books(wants(evening, run.hall.crowd[2])),
    )

    assert isinstance(rival, SessionFull)
    assert run.parties(evening) == ["offered" if frees else "waiting", "waiting"]
    assert len(run.live(evening, "offered")) == int(frees)


RACES: dict[str, Callable[[Run], None]] = {
    race.__name__: race
    for race in (
        last_seats,
        last_seat_and_last_places,
        cancelled_and_promoted_twice,
        accepted_as_it_expires,
        carer_withdrawn,
        fewer_seats,
        taps_twice,
        called_off_meanwhile,
        taken_or_cancelled,
        booked_or_spent,
        two_lists_crosswise,
        one_child_two_homes,
        one_parent_two_sessions,
        last_place_of_a_group,
        last_place_of_a_group_comes_free,
        group_accepted_as_it_expires,
        group_called_off_while_answered,
        strict_line,
    )
}


def _giving_back(public_id: str) -> Callable[[Session], Cancelled]:
    return lambda db: cancel(db, public_id, by="parent", now=NOON, **WHOM)


def _with_a_child(evening: Evening, family: Family) -> Any:
    return wants(evening, family.parent_id, (family.children[0], 0))


def _taken_with_a_line(run: Run, series: Sequence[Evening], *, waiting: int) -> list[Booking]:
    """The only seat of a group is taken; families wait for it, each from another date."""
    booked = run.books(wants(series[0], run.hall.crowd[0]))()
    assert isinstance(booked, Booked)
    for minute, one in enumerate(run.hall.families[:waiting]):
        run.waits(_with_a_child(run.dice.choice(series), one), after=minute)
    return [one for where in series for one in run.live(where)]


def _with_children(evening: Evening, family: Family) -> Any:
    return wants(evening, family.parent_id, *((child, 0) for child in family.children))


def _full_with_a_line(run: Run, *, waiting: int) -> tuple[Evening, list[str]]:
    """A session whose only seat is taken, and families who wait for it with a child each."""
    evening = run.evening(seats=1)
    booked = run.books(wants(evening, run.hall.crowd[0]))()
    assert isinstance(booked, Booked)
    for minute, one in enumerate(run.hall.families[:waiting]):
        run.waits(wants(evening, one.parent_id, (one.children[0], 0)), after=minute)
    return evening, [booked.public_id]


def _kept(run: Run) -> tuple[Family, Booked]:
    """A family of its own, whose two children are kept for two vouchers each."""
    with Session(run.engine) as db:
        family = run.hall.family(db, vouchers=4)
    evening = run.evening(seats=2, vouchers_per_child=2)
    booked = run.books(_with_children(evening, family))()
    assert isinstance(booked, Booked)
    return family, booked


def _grow(evening: Evening, db: Session) -> None:
    more: dict[str, Any] = {"min_people": 1, "max_people": 4, "actor": OPERATOR, "now": NOON}
    changes.set_seats(db, evening.session_id or 0, **more)


def _give_back_one(db: Session, booked: str, place: str) -> Cancelled:
    return cancel_child(db, booked, place, by="parent", now=NOON, **WHOM)


def _thrice(run: Run, vouchers: int, act: Callable[[Session], Cancelled]) -> None:
    answers = run.meet(*[run.doing(act)] * 3)
    assert sorted(answer.given_back for answer in answers) == [0, 0, vouchers]


def main(arguments: list[str]) -> None:
    """Run the races so many times each; one line each."""
    postgres = "--postgres" in arguments
    runs, *names = [one for one in arguments if one != "--postgres"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if postgres:
            server = stack.enter_context(running_postgres())
            databases: Any = stack.enter_context(postgres_databases(server, "races"))
        else:
            template = folder / "template"
            template.mkdir()
            databases = SQLiteFiles(template)
        for name in names or RACES:
            race_often(databases.fresh(folder), name, int(runs))


def race_often(url: str, name: str, runs: int) -> None:
    engine = engine_for(url)
    hall, began = Hall(engine).open(), time.monotonic()
    for seed in range(runs):
        run = Run(hall, seed)
        RACES[name](run)
        run.end()
    the_books_agree(engine)
    engine.dispose()
    took = time.monotonic() - began
    print(f"{engine.dialect.name} {name}: {runs} runs, {took:.0f} s", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
