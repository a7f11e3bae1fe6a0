"""What is asked when the power fails: each request with its stage, and what it left behind."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

import repit.domain.all_models  # noqa: F401  (rows of concepts nobody asks here are referred to)
from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.bookings import placing
from repit.domain.bookings.book import book
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.waiting import wait
from repit.domain.care.models import CareSlot
from repit.domain.entitlements.models import Allowance
from repit.domain.households.models import Parent
from repit.domain.ledger.models import Transfer
from repit.domain.notices.models import Notice
from repit.domain.people.models import Person
from repit.domain.programmes.models import Fund
from repit.domain.redemptions.desk import Desk
from repit.domain.redemptions.models import LimitUse, Redemption, Reversal
from repit.domain.redemptions.reverse import undo
from repit.domain.vouchers.models import Hold, Voucher
from repit.domain.vouchers.present import present
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, VAULT, redemption_id
from tests.crash import bank_stories, payment_stories, payout_stories
from tests.crash.asking import Asked
from tests.domain.bookings import workshop
from tests.domain.redemptions.taking import brought
from tests.domain.vouchers.issuing import a_scale, alone, entitle, run

__all__ = ["NOBODY", "STORIES", "Asked", "Story", "left_behind"]
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Story:
    """`ask` gives the answer without what differs from one asker to the next."""

    stage: Callable[[Session], Asked]
    ask: Callable[[Engine, Asked], object]


def _counter(db: Session, **programme: Any) -> Asked:
    """A provider who takes vouchers of a new programme for the first time; three to bring."""
    funder = cast.a_funder(db, f"Financeur {next(cast.numbers)}")
    programme_id = cast.a_programme(db, **programme)
    fund_id = cast.a_fund(db, programme_id, funder_id=funder)
    provider = cast.a_provider(db)
    parent_id = cast.a_parent(db, "Amina")
    codes = cast.vouchers_for(db, parent_id, fund_id, vouchers=3)
    return Asked(programme_id, provider.id, provider.device_id, tuple(codes))


def _for_the_first_time(db: Session) -> Asked:
    asked = _counter(db)
    return replace(asked, codes=asked.codes[:2], number=next(cast.numbers))


def _with_the_way_open(db: Session) -> Asked:
    asked = _counter(db)
    _redeem(_engine(db), replace(asked, codes=asked.codes[2:], number=next(cast.numbers)))
    return replace(asked, codes=asked.codes[:2], number=next(cast.numbers))


def _from_a_presentation(db: Session) -> Asked:
    asked = _counter(db)
    parent_id = db.scalars(
        select(Voucher.parent_id).where(Voucher.programme_id == asked.programme_id)
    ).first()
    assert parent_id is not None
    with unit_of_work(db):
        shown = present(db, parent_id, asked.programme_id, vouchers=3, vault=VAULT, now=NOON)
    return replace(asked, codes=(shown.code,), take=2, number=next(cast.numbers))


def _within_limits(db: Session) -> Asked:
    asked = _counter(db, pair_month_vouchers=2, provider_month_vouchers=2)
    return replace(asked, codes=asked.codes[:2], number=next(cast.numbers))


def _to_take_back(db: Session) -> Asked:
    asked = _within_limits(db)
    _redeem(_engine(db), asked)
    return asked


def _to_issue(db: Session) -> Asked:
    """Amina was given 6 and is alone now; Bruno and Chloé are new; only Chloé has no address."""
    funder = cast.a_funder(db, f"Financeur {next(cast.numbers)}")
    programme_id = cast.a_programme(db)
    cast.a_fund(db, programme_id, funder_id=funder, cents=16_000)
    a_scale(db, programme_id)
    amina, bruno = (
        cast.a_parent(db, name, person_id=cast.a_person(db, f"{name} {next(cast.numbers)}"))
        for name in ("Amina", "Bruno")
    )
    entitle(db, amina, programme_id)
    run(db, programme_id)
    alone(db, amina)
    entitle(db, bruno, programme_id)
    entitle(db, cast.a_parent(db, "Chloé"), programme_id)
    return Asked(programme_id)


def _to_book(db: Session) -> Asked:
    """The only seat of a session, and two children's places at two vouchers each."""
    asked = _counter(db)
    programme_id = asked.programme_id
    amina, _ = parents = [
        cast.a_parent(db, name, person_id=cast.a_person(db, f"{name} {next(cast.numbers)}"))
        for name in ("Amina", "Chloé")
    ]
    fund_id = db.scalars(select(Fund.id).where(Fund.programme_id == programme_id)).one()
    cast.vouchers_for(db, amina, fund_id, vouchers=5)
    place_id = workshop.a_place(db)
    series = workshop.a_workshop(db, programme_id, place_id, min_people=1, max_people=1)
    session_id = workshop.a_session(db, series)
    slot_id = workshop.a_slot(
        db,
        asked.provider_id,
        programme_id=programme_id,
        place_id=place_id,
        session_id=session_id,
        vouchers_per_child=2,
    )
    children = [workshop.a_child(db, amina, name=name) for name in ("Léo", "Mia")]
    party = (session_id, slot_id, *parents, *children)
    return replace(asked, number=next(cast.numbers), party=party)


def _to_cancel(db: Session) -> Asked:
    """The same, booked, with Chloé in the line for the seat."""
    asked = _to_book(db)
    _book(_engine(db), asked)
    session_id, _, _, chloe, *_ = asked.party
    with unit_of_work(db):
        wish = placing.Asked(UUID(int=next(cast.numbers)), chloe, session_id, seat=True)
        wait(db, wish, actor=actors.COMMAND, now=NOON)
    return asked


def _redeem(engine: Engine, asked: Asked) -> object:
    found = Desk(engine, VAULT).redeem(
        asked.device_id, brought(list(asked.codes), asked.number, asked.take), now=NOON
    )
    return replace(found, id=NOBODY, replayed=False)


def _undo(engine: Engine, asked: Asked) -> object:
    with Session(engine) as db, unit_of_work(db):
        found = undo(
            db,
            redemption_id(asked.number),
            provider_id=asked.provider_id,
            actor=actors.device(asked.device_id),
            now=NOON,
        )
    return replace(found, redemption_id=NOBODY, replayed=False)


def _book(engine: Engine, asked: Asked) -> object:
    session_id, slot_id, parent_id, _, *children = asked.party
    wish = placing.Asked(
        redemption_id(asked.number),
        parent_id,
        session_id,
        seat=True,
        children=tuple((child, slot_id) for child in children),
    )
    with Session(engine) as db, unit_of_work(db):
        done = book(db, wish, actor=actors.COMMAND, now=NOON)
    return done.state, done.vouchers


def _cancel(engine: Engine, asked: Asked) -> object:
    with Session(engine) as db:
        mine = Booking.request_id == redemption_id(asked.number)
        public_id = db.scalars(select(Booking.public_id).where(mine)).one()
    with Session(engine) as db, unit_of_work(db):
        whom: dict[str, Any] = {"parent_id": None, "actor": actors.COMMAND, "now": NOON}
        return cancel(db, public_id, by="parent", **whom).late


def _issue(engine: Engine, asked: Asked) -> object:
    with Session(engine) as db:
        return run(db, asked.programme_id).waiting


STORIES = {
    "book": Story(_to_book, _book),
    "cancel a booking": Story(_to_cancel, _cancel),
    "issue": Story(_to_issue, _issue),
    "redeem at once": Story(_with_the_way_open, _redeem),
    "redeem for the first time": Story(_for_the_first_time, _redeem),
    "redeem from a presentation": Story(_from_a_presentation, _redeem),
    "redeem within monthly limits": Story(_within_limits, _redeem),
    "reverse": Story(_to_take_back, _undo),
    **{name: Story(*story) for name, story in payout_stories.STORIES.items()},
    **{name: Story(*story) for name, story in payment_stories.STORIES.items()},
    **{name: Story(*story) for name, story in bank_stories.STORIES.items()},
}


def left_behind(db: Session, asked: Asked) -> dict[str, Any]:
    """Count all that a request may have written for its programme."""
    programme_id = asked.programme_id
    ours = select(Voucher.id).where(Voucher.programme_id == programme_id)
    redeemed = select(Redemption.id).where(Redemption.programme_id == programme_id)
    found = {
        "vouchers": db.execute(
            select(Voucher.state, Voucher.round, func.count())
            .where(Voucher.programme_id == programme_id)
            .group_by(Voucher.state, Voucher.round)
        ),
        "transfers": db.execute(
            select(Transfer.kind, func.count(), func.sum(Transfer.amount_cents))
            .where(Transfer.voucher_id.in_(ours))
            .group_by(Transfer.kind)
        ),
        "allowances": db.execute(
            select(Allowance.granted, Allowance.issued, Allowance.waits_for).where(
                Allowance.programme_id == programme_id
            )
        ),
        "redemptions": db.execute(
            select(Redemption.vouchers, Redemption.amount_cents).where(
                Redemption.programme_id == programme_id
            )
        ),
        "reversals": db.execute(
            select(Reversal.motive).where(Reversal.redemption_id.in_(redeemed))
        ),
        "counted": db.execute(
            select(LimitUse.used, LimitUse.ceiling).where(LimitUse.programme_id == programme_id)
        ),
        "notices": db.execute(
            select(Notice.kind).where(Notice.dedupe.like(f"issued:%:{programme_id}:%"))
        ),
        **_left_of_bookings(db, asked),
        **payout_stories.left_of_payouts(db, programme_id),
        **payment_stories.left_of_payments(db, programme_id),
        **bank_stories.left_of_the_bank(db, programme_id),
    }
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def _left_of_bookings(db: Session, asked: Asked) -> dict[str, Any]:
    ours = Booking.programme_id == asked.programme_id
    places = select(ChildPlace).join(Booking, Booking.id == ChildPlace.booking_id).where(ours)
    held = select(Hold.state, Voucher.booked).join(Voucher, Voucher.id == Hold.voucher_id)
    return {
        "bookings": db.execute(select(Booking.state, Booking.seat, Booking.version).where(ours)),
        "places": db.execute(
            places.with_only_columns(ChildPlace.vouchers, ChildPlace.ended_at.is_(None))
        ),
        "holds": db.execute(held.where(Voucher.programme_id == asked.programme_id)),
        "parties": db.execute(
            select(WaitingParty.state).where(WaitingParty.programme_id == asked.programme_id)
        ),
        "taken": db.execute(
            select(WorkshopSession.seats_taken, CareSlot.places_taken)
            .join(CareSlot, CareSlot.session_id == WorkshopSession.id)
            .where(CareSlot.programme_id == asked.programme_id)
        ),
        "told": db.execute(
            select(Notice.kind)
            .join(Person, Person.id == Notice.person_id)
            .join(Parent, Parent.person_id == Person.id)
            .join(Booking, (Booking.parent_id == Parent.id) & ours)
        ),
    }


def _engine(db: Session) -> Engine:
    bind = db.get_bind()
    assert isinstance(bind, Engine)
    return bind
