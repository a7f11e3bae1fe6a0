"""The family's share paid online: before the booking counts, and it goes as the vouchers go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings import offers, paying, shares
from repit.domain.bookings.cancel import Cancelled, cancel, cancel_child, foretell
from repit.domain.bookings.closing import cancel_slot
from repit.domain.bookings.errors import OfferOver, UnknownBooking
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.paying import Outcome, Page
from repit.domain.bookings.redeeming import take_held
from repit.domain.bookings.share_facts import Pays
from repit.domain.bookings.waiting import wait
from repit.domain.care.models import CareSlot
from repit.domain.family_shares import refunds
from repit.domain.family_shares.errors import AmountDiffers, NothingToPay, ShareToPay
from repit.domain.family_shares.models import FamilyRefund
from repit.domain.ledger.models import Account, AccountKind
from repit.domain.ledger.queries import fund_numbers, owed_to
from repit.domain.money import Cents
from repit.domain.notices.models import Notice
from repit.domain.programmes.models import Fund, Programme
from repit.domain.providers.standing import standing_of_newest
from repit.domain.redemptions.models import Redemption
from repit.domain.redemptions.reverse import reverse_by_operator, undo
from repit.domain.settlements import by_hand
from repit.domain.settlements.approve import approve
from repit.domain.settlements.models import Payout, PayoutBatch
from repit.domain.settlements.paydays import next_pay_day
from repit.domain.settlements.settle import settle
from repit.domain.settlements.statements import statement
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import Workshop, WorkshopSession
from tests.cast import NOON, OPERATOR, TODAY, vouchers_for
from tests.domain.bookings.workshop import (
    Evening,
    a_child,
    a_session,
    a_slot,
    an_evening,
    asked,
    books,
)
from tests.domain.settlements.paying import IBANS, ODILE, PAUL, an_account

SHARE = 200
MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    """Amina can pay online; two euros a child."""

    db: Session
    evening: Evening

    @property
    def amina(self) -> int:
        return self.evening.town.amina

    def books(self, *children: int, now: datetime = NOON, **changes: Any) -> str:
        wanted = asked(self.evening, self.amina, *children, **{"pays": Pays.ONLINE} | changes)
        return str(books(self.db, wanted, now=now).public_id)

    def page(self, booking: str, now: datetime = NOON) -> Page:
        with unit_of_work(self.db):
            return paying.open_page(self.db, booking, parent_id=self.amina, now=now)

    def pays(self, page: Page, now: datetime = NOON, amount: int | None = None) -> Outcome:
        with unit_of_work(self.db):
            return paying.paid(
                self.db,
                page.key,
                amount=Cents(page.amount if amount is None else amount),
                stripe_payment_id=f"pi_{page.key}",
                actor=OPERATOR,
                now=now,
            )

    def paid(self, *children: int) -> str:
        """Book and pay."""
        booking = self.books(*children)
        assert self.pays(self.page(booking)) is Outcome.BOOKED
        return booking

    def booking(self, public_id: str) -> Booking:
        self.db.rollback()
        return self.db.scalars(select(Booking).where(Booking.public_id == public_id)).one()

    def cancels(self, booking: str, now: datetime = NOON, by: Any = "parent") -> Cancelled:
        with unit_of_work(self.db):
            return cancel(self.db, booking, by=by, parent_id=None, actor=OPERATOR, now=now)

    def takes(self, now: datetime | None = None) -> list[UUID]:
        """Let the carer take what is held, after the care."""
        slot = self.db.get_one(CareSlot, self.evening.slot_id)
        at = now or slot.ends_at
        standing = standing_of_newest(self.db, self.evening.town.roseraie.id)
        held = select(Hold.child_place_id).where(Hold.state == "held").order_by(Hold.id)
        places = self.db.scalars(held).all()
        self.db.rollback()
        assert standing
        with unit_of_work(self.db):
            return [take_held(self.db, place, standing=standing, now=at).id for place in places]

    def refunds(self) -> list[int]:
        self.db.rollback()
        return list(self.db.scalars(select(FamilyRefund.amount_cents).order_by(FamilyRefund.id)))

    def sends_refunds(self, now: datetime = NOON) -> None:
        self.db.rollback()
        for public_id in list(refunds.waiting(self.db)):
            with unit_of_work(self.db):
                sent = refunds.start(self.db, public_id, actor=OPERATOR, now=now)
            if sent is not None:
                with unit_of_work(self.db):
                    refunds.finish(self.db, public_id, stripe_refund_id="re_1", now=now)

    def kept(self) -> int:
        """What is kept for families now."""
        self.db.rollback()
        balance = select(func.sum(Account.credits_cents - Account.debits_cents))
        kind = Account.kind == AccountKind.FAMILY_SHARE
        return int(self.db.scalar(balance.where(kind)) or 0)

    def owed(self) -> int:
        self.db.rollback()
        provider_id = self.evening.town.roseraie.id
        return owed_to(self.db, [provider_id]).get(provider_id, Cents(0))

    def policy(self, **changes: Any) -> None:
        with unit_of_work(self.db):
            self.db.execute(update(Programme).values(**changes))


@pytest.fixture
def scene(db: Session, engine: Engine) -> Iterator[Scene]:
    """However it ends, the books agree and the funders' money has not moved by a share."""
    evening = an_evening(db, care={"family_share_cents": SHARE})
    with unit_of_work(db):
        db.execute(update(Programme).values(share_online=True))
    yield Scene(db, evening)
    db.rollback()
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []
    numbers = fund_numbers(db, db.scalars(select(Fund.id)).all())
    for one in numbers.values():
        parts = one.available + one.committed + one.due + one.in_transit + one.paid + one.returned
        assert one.funded == parts - one.lost


def test_a_booking_that_costs_a_share_is_kept_until_it_is_paid(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo, scene.evening.mia)

    kept = scene.booking(booking)
    assert (kept.state, kept.expires_at) == ("offered", NOON + 30 * MINUTE)
    assert scene.db.scalar(select(func.count()).where(Hold.state == "held")) == 2
    assert not scene.db.scalars(select(Notice.id).where(Notice.kind == "booked")).all()

    assert scene.pays(scene.page(booking)) is Outcome.BOOKED

    assert scene.booking(booking).state == "confirmed"
    assert scene.kept() == 2 * SHARE
    assert scene.db.scalars(select(Notice.id).where(Notice.kind == "booked")).all()


def test_who_is_booked_in_on_the_telephone_pays_on_the_spot(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo, origin="phone", pays=Pays.ON_THE_SPOT)

    assert scene.booking(booking).state == "confirmed"
    with pytest.raises(NothingToPay):
        scene.page(booking)


def test_a_fixed_group_pays_on_the_spot(scene: Scene) -> None:
    with unit_of_work(scene.db):
        scene.db.execute(update(Workshop).values(format="cohort"))

    assert scene.booking(scene.books(scene.evening.leo)).state == "confirmed"


def test_where_the_programme_asks_nothing_online_it_is_booked_at_once(scene: Scene) -> None:
    scene.policy(share_online=False)

    assert scene.booking(scene.books(scene.evening.leo)).state == "confirmed"


def test_who_comes_without_care_has_nothing_to_pay(scene: Scene) -> None:
    with unit_of_work(scene.db):
        scene.db.execute(update(CareSlot).values(room_places=1))

    booking = scene.books(scene.evening.leo, scene.evening.mia, without_care=True)

    assert scene.booking(booking).state == "confirmed"


def test_saying_yes_is_no_payment(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)

    with pytest.raises(ShareToPay) as refusal, unit_of_work(scene.db):
        offers.accept(
            scene.db, booking, parent_id=scene.amina, actor=OPERATOR, now=NOON, online=True
        )

    assert (refusal.value.share, refusal.value.until) == (SHARE, NOON + 30 * MINUTE)


def test_the_staff_may_let_them_pay_on_the_spot(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    page = scene.page(booking)

    with unit_of_work(scene.db):
        offers.accept(scene.db, booking, parent_id=None, actor=OPERATOR, now=NOON)

    assert scene.booking(booking).state == "confirmed"
    assert shares.to_pay(scene.db, scene.booking(booking).id) == 0
    assert scene.pays(page) is Outcome.GIVEN_BACK
    told = scene.db.scalars(select(Notice).where(Notice.kind == "share_back")).one()
    assert told.facts["why"] == "on_the_spot"


def test_who_does_not_pay_gives_the_place_back(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)

    with unit_of_work(scene.db):
        assert offers.expire_one(scene.db, now=NOON + 30 * MINUTE)

    assert scene.booking(booking).ended_by == "expired"
    assert not scene.db.scalar(select(func.count()).where(Hold.state == "held"))
    told = scene.db.scalars(select(Notice).where(Notice.kind == "offer_over")).one()
    assert told.facts["unpaid"] is True


def test_the_same_page_is_opened_again_and_nobody_else_opens_it(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)

    assert scene.page(booking).key == scene.page(booking, NOON + MINUTE).key
    with pytest.raises(UnknownBooking), unit_of_work(scene.db):
        paying.open_page(scene.db, booking, parent_id=scene.evening.town.chloe, now=NOON)
    with pytest.raises(OfferOver):
        scene.page(booking, NOON + 30 * MINUTE)


def test_a_page_that_was_closed_leaves_room_for_another(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    first = scene.page(booking)

    with unit_of_work(scene.db):
        paying.page_over(scene.db, first.key)
    second = scene.page(booking)

    assert second.key != first.key
    assert scene.pays(second) is Outcome.BOOKED


def test_the_same_message_twice_pays_once(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    page = scene.page(booking)

    assert scene.pays(page) is Outcome.BOOKED
    assert scene.pays(page, NOON + MINUTE) is Outcome.KNOWN
    assert scene.kept() == SHARE


def test_another_amount_than_was_asked_is_refused(scene: Scene) -> None:
    page = scene.page(scene.books(scene.evening.leo))

    with pytest.raises(AmountDiffers):
        scene.pays(page, amount=SHARE - 1)


def test_paid_twice_the_second_goes_back(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    first = scene.page(booking)
    with unit_of_work(scene.db):
        paying.page_over(scene.db, first.key)
    second = scene.page(booking)

    assert scene.pays(second) is Outcome.BOOKED
    assert scene.pays(first) is Outcome.GIVEN_BACK

    assert scene.refunds() == [SHARE]
    told = scene.db.scalars(select(Notice).where(Notice.kind == "share_back")).one()
    assert told.facts["why"] == "twice"
    scene.sends_refunds()
    assert scene.kept() == SHARE


def expire(scene: Scene, at: datetime) -> None:
    with unit_of_work(scene.db):
        assert offers.expire_one(scene.db, now=at)


def test_paid_late_they_are_booked_again_while_there_is_room(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo, scene.evening.mia)
    page = scene.page(booking)
    expire(scene, NOON + 30 * MINUTE)

    assert scene.pays(page, NOON + 31 * MINUTE) is Outcome.BOOKED_AGAIN

    again = scene.db.scalars(select(Booking).where(Booking.state == "confirmed")).one()
    assert again.public_id != booking
    assert again.seat
    assert scene.refunds() == []
    assert scene.db.scalar(select(func.count()).where(Hold.state == "held")) == 2


def test_paid_late_when_there_is_no_room_for_all_it_goes_back(scene: Scene) -> None:
    page = scene.page(scene.books(scene.evening.leo, scene.evening.mia))
    expire(scene, NOON + 30 * MINUTE)
    with unit_of_work(scene.db):
        scene.db.execute(update(CareSlot).values(room_places=1))

    assert scene.pays(page, NOON + 31 * MINUTE) is Outcome.GIVEN_BACK

    assert scene.refunds() == [2 * SHARE]
    assert not scene.db.scalars(select(Booking).where(Booking.state == "confirmed")).all()
    told = scene.db.scalars(select(Notice).where(Notice.kind == "share_back")).one()
    assert (told.facts["why"], told.facts["share_cents"]) == ("late_payment", 2 * SHARE)


def test_just_after_the_time_the_place_that_is_still_kept_is_theirs(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    page = scene.page(booking)

    assert scene.pays(page, NOON + 31 * MINUTE) is Outcome.BOOKED
    assert scene.booking(booking).state == "confirmed"


def test_who_cancels_while_paying_gets_it_back(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    page = scene.page(booking)
    scene.cancels(booking)

    assert scene.pays(page, NOON + MINUTE) is Outcome.GIVEN_BACK
    assert scene.refunds() == [SHARE]
    assert scene.booking(booking).state == "cancelled"


def test_the_last_child_with_a_share_taken_off_leaves_nothing_to_pay(scene: Scene) -> None:
    booking = scene.books(scene.evening.leo)
    place = scene.db.scalars(select(ChildPlace.public_id)).one()
    scene.db.rollback()

    with unit_of_work(scene.db):
        cancel_child(
            scene.db, booking, place, by="parent", parent_id=None, actor=OPERATOR, now=NOON
        )

    assert scene.booking(booking).state == "confirmed"


def test_cancelled_in_time_all_of_it_comes_back_once(scene: Scene) -> None:
    booking = scene.paid(scene.evening.leo, scene.evening.mia)
    with unit_of_work(scene.db):
        told = foretell(scene.db, booking, now=NOON)

    done = scene.cancels(booking)

    assert told.share == done.share == 2 * SHARE
    assert scene.refunds() == [2 * SHARE]
    scene.cancels(booking)
    scene.sends_refunds()
    scene.sends_refunds()
    assert scene.refunds() == [2 * SHARE]
    assert scene.kept() == 0


def test_one_child_cancelled_that_share_comes_back(scene: Scene) -> None:
    booking = scene.paid(scene.evening.leo, scene.evening.mia)
    place = scene.db.scalars(select(ChildPlace.public_id).order_by(ChildPlace.id)).first()
    scene.db.rollback()

    with unit_of_work(scene.db):
        done = cancel_child(
            scene.db, booking, place or "", by="parent", parent_id=None, actor=OPERATOR, now=NOON
        )

    assert (done.share, scene.refunds()) == (SHARE, [SHARE])


def test_care_that_the_service_calls_off_is_given_back(scene: Scene) -> None:
    booking = scene.paid(scene.evening.leo)

    with unit_of_work(scene.db):
        cancel_slot(scene.db, scene.evening.slot_id, motive="maladie", actor=OPERATOR, now=NOON)

    assert scene.refunds() == [SHARE]
    assert scene.booking(booking).state == "confirmed"
    told = scene.db.scalars(select(Notice).where(Notice.kind == "care_called_off")).one()
    assert told.facts["share_cents"] == SHARE


@pytest.mark.parametrize("paid", [True, False])
def test_cancelled_late_it_goes_as_the_vouchers_go(scene: Scene, *, paid: bool) -> None:
    scene.policy(late_is_paid=paid)
    booking = scene.paid(scene.evening.leo)
    late = scene.db.get_one(CareSlot, scene.evening.slot_id).starts_at - timedelta(hours=1)
    scene.db.rollback()

    done = scene.cancels(booking, late)

    assert (done.share, scene.refunds()) == ((0, []) if paid else (SHARE, [SHARE]))
    if paid:
        [redemption] = scene.takes()
        assert scene.owed() == 1_000 + SHARE
        assert scene.db.get_one(Redemption, redemption).family_share_cents == SHARE


def test_the_provider_is_credited_with_the_vouchers_and_the_share(scene: Scene) -> None:
    scene.paid(scene.evening.leo, scene.evening.mia)

    first, _ = scene.takes()

    assert scene.owed() == 2 * (1_000 + SHARE)
    assert scene.kept() == 0
    assert scene.db.get_one(Redemption, first).family_share_cents == SHARE
    assert shares.unsquared(scene.db) == []


def test_the_next_payment_contains_the_share(scene: Scene) -> None:
    scene.paid(scene.evening.leo)
    scene.takes()
    later = NOON + timedelta(days=60)
    provider_id = scene.evening.town.roseraie.id

    with unit_of_work(scene.db):
        by_hand.record_payout(
            scene.db,
            provider_id,
            seen=Cents(1_000 + SHARE),
            paid_on=TODAY,
            reference="VIR-1",
            actor=OPERATOR,
            now=later,
        )

    assert scene.owed() == 0


def test_a_batch_pays_the_shares_and_its_statement_says_so(scene: Scene) -> None:
    scene.paid(scene.evening.leo, scene.evening.mia)
    scene.takes()
    db, town, later = scene.db, scene.evening.town, NOON + timedelta(days=60)
    an_account(db, provider_id=town.roseraie.id)
    an_account(db, programme_id=town.programme_id, iban=IBANS[1])

    with unit_of_work(db):
        name = settle(db, town.programme_id, cut_off=later, actor=ODILE, now=later)
    batch = db.scalars(select(PayoutBatch).where(PayoutBatch.public_id == name)).one()
    payout = db.scalars(select(Payout.public_id).where(Payout.batch_id == batch.id)).one()
    batch_id, amount = batch.id, Cents(batch.amount_cents)
    assert amount == 2 * (1_000 + SHARE)
    db.rollback()
    with unit_of_work(db):
        approve(db, batch_id, requested_on=next_pay_day(later.date()), actor=PAUL, now=later)

    said = statement(db, payout)
    assert (said.total_paid, said.shares_online, said.family_shares) == (amount, 2 * SHARE, 0)
    assert scene.owed() == 0


def test_a_redemption_undone_takes_the_share_back_to_the_family(scene: Scene) -> None:
    booking = scene.paid(scene.evening.leo)
    [redemption] = scene.takes()
    at = scene.db.get_one(Redemption, redemption).received_at
    provider_id = scene.evening.town.roseraie.id
    scene.db.rollback()

    with unit_of_work(scene.db):
        undo(scene.db, redemption, provider_id=provider_id, actor=OPERATOR, now=at + MINUTE)

    assert (scene.owed(), scene.kept()) == (0, SHARE)
    booking_id = scene.booking(booking).id
    assert shares.unsquared(scene.db) == [booking_id]
    scene.db.rollback()
    with unit_of_work(scene.db):
        assert shares.square(scene.db, booking_id, now=at) == SHARE
    assert shares.unsquared(scene.db) == []


def paid_then_reversed(scene: Scene) -> UUID:
    scene.paid(scene.evening.leo)
    [redemption] = scene.takes()
    later = NOON + timedelta(days=60)
    with unit_of_work(scene.db):
        by_hand.record_payout(
            scene.db,
            scene.evening.town.roseraie.id,
            seen=Cents(1_000 + SHARE),
            paid_on=TODAY,
            reference="VIR-1",
            actor=OPERATOR,
            now=later,
        )
    with unit_of_work(scene.db):
        reverse_by_operator(scene.db, redemption, motive="erreur", actor=OPERATOR, now=later)
    for booking_id in shares.unsquared(scene.db):
        scene.db.rollback()
        with unit_of_work(scene.db):
            shares.square(scene.db, booking_id, now=later)
    return redemption


def test_a_share_that_was_paid_out_is_owed_back_and_waits(scene: Scene) -> None:
    paid_then_reversed(scene)

    assert scene.owed() == -(1_000 + SHARE)
    scene.sends_refunds()

    assert scene.db.scalars(select(FamilyRefund.state)).one() == "asked"


def test_other_families_money_in_the_fund_lets_it_go(scene: Scene) -> None:
    paid_then_reversed(scene)
    other = scene.evening.town.chloe
    page_id = _paid_by_another(scene, other)
    scene.sends_refunds()

    assert scene.db.scalars(select(FamilyRefund.state)).one() == "done"
    assert page_id


def _paid_by_another(scene: Scene, parent_id: int) -> str:
    town = scene.evening.town
    day = TODAY + timedelta(days=90)
    session_id = a_session(scene.db, scene.evening.workshop_id, day=day)
    slot = a_slot(
        scene.db,
        town.roseraie.id,
        programme_id=town.programme_id,
        place_id=scene.evening.place_id,
        session_id=session_id,
        day=day,
        family_share_cents=SHARE,
    )
    child = a_child(scene.db, parent_id, name="Noé")
    vouchers_for(scene.db, parent_id, town.fund_id)
    wanted = asked(
        scene.evening,
        parent_id,
        session_id=session_id,
        children=((child, slot),),
        pays=Pays.ONLINE,
    )
    booking = books(scene.db, wanted).public_id
    with unit_of_work(scene.db):
        page = paying.open_page(scene.db, booking, parent_id=parent_id, now=NOON)
    assert scene.pays(page) is Outcome.BOOKED
    return page.key


def test_a_refund_that_stripe_refuses_is_seen_and_tried_again(scene: Scene) -> None:
    booking = scene.paid(scene.evening.leo)
    scene.cancels(booking)
    [public_id] = refunds.waiting(scene.db)
    scene.db.rollback()
    with unit_of_work(scene.db):
        first = refunds.start(scene.db, public_id, actor=OPERATOR, now=NOON)
    with unit_of_work(scene.db):
        refunds.refuse(scene.db, public_id, reason="charge_disputed", actor=OPERATOR, now=NOON)
    assert scene.kept() == SHARE
    assert refunds.waiting(scene.db) == []
    scene.db.rollback()

    with unit_of_work(scene.db):
        refunds.try_again(scene.db, public_id)
    with unit_of_work(scene.db):
        second = refunds.start(scene.db, public_id, actor=OPERATOR, now=NOON)
    assert first
    assert second
    assert first.tries < second.tries
    scene.sends_refunds()
    assert scene.kept() == 0


def test_a_refund_without_an_answer_for_a_day_is_left_to_people(scene: Scene) -> None:
    scene.cancels(scene.paid(scene.evening.leo))
    [public_id] = refunds.waiting(scene.db)
    for hours in (0, 24):
        scene.db.rollback()
        with unit_of_work(scene.db):
            refunds.start(scene.db, public_id, actor=OPERATOR, now=NOON + timedelta(hours=hours))

    refund = scene.db.scalars(select(FamilyRefund)).one()
    assert (refund.state, refund.reason) == ("refused", "no_answer")


def offered(scene: Scene) -> str:
    """Amina waits for the one seat of Chloé, who gives it back."""
    with unit_of_work(scene.db):
        scene.db.execute(update(CareSlot).values(room_places=8))
    with unit_of_work(scene.db):
        scene.db.execute(update(Workshop).values(max_people=1))
    chloe = books(scene.db, asked(scene.evening, scene.evening.town.chloe)).public_id
    with unit_of_work(scene.db):
        wanted = asked(scene.evening, scene.amina, scene.evening.leo)
        wait(scene.db, wanted, actor=OPERATOR, now=NOON)
    with unit_of_work(scene.db):
        cancel(scene.db, chloe, by="parent", parent_id=None, actor=OPERATOR, now=NOON)
    party = scene.db.scalars(select(WaitingParty)).one()
    assert party.booking_id
    return scene.db.get_one(Booking, party.booking_id).public_id


def accept(scene: Scene, booking: str, now: datetime, *, online: bool = True) -> Cents:
    scene.db.rollback()
    with unit_of_work(scene.db):
        return offers.accept(
            scene.db, booking, parent_id=scene.amina, actor=OPERATOR, now=now, online=online
        )


@pytest.fixture
def one_seat(scene: Scene) -> Scene:
    with unit_of_work(scene.db):
        scene.db.execute(update(WorkshopSession).values(max_people=1))
    return scene


def test_an_offer_that_is_taken_has_time_to_be_paid_once(one_seat: Scene) -> None:
    scene = one_seat
    booking = offered(scene)
    expires_at = scene.booking(booking).expires_at
    assert expires_at
    nearly = expires_at - MINUTE

    assert accept(scene, booking, nearly) == SHARE
    assert scene.booking(booking).expires_at == nearly + 30 * MINUTE
    with pytest.raises(ShareToPay):
        accept(scene, booking, nearly + 20 * MINUTE)
    assert scene.booking(booking).expires_at == nearly + 30 * MINUTE

    assert scene.pays(scene.page(booking, nearly), nearly) is Outcome.BOOKED
    assert scene.db.scalars(select(WaitingParty.state)).one() == "served"


def test_taking_an_offer_early_does_not_shorten_it(one_seat: Scene) -> None:
    scene = one_seat
    booking = offered(scene)
    before = scene.booking(booking).expires_at

    accept(scene, booking, NOON + MINUTE)

    assert scene.booking(booking).expires_at == before


def test_an_offer_that_nobody_took_cannot_be_paid(one_seat: Scene) -> None:
    booking = offered(one_seat)
    one_seat.db.rollback()

    with pytest.raises(NothingToPay):
        one_seat.page(booking)


def test_without_cards_an_offer_is_accepted_and_paid_on_the_spot(one_seat: Scene) -> None:
    booking = offered(one_seat)

    assert accept(one_seat, booking, NOON, online=False) == 0
    assert one_seat.booking(booking).state == "confirmed"


def test_the_families_fund_is_one_and_has_no_funder(scene: Scene) -> None:
    scene.paid(scene.evening.leo)
    _paid_by_another(scene, scene.evening.town.chloe)

    [fund] = scene.db.scalars(select(Fund).where(Fund.funder_id.is_(None)))
    assert fund.programme_id == scene.evening.town.programme_id
    numbers = fund_numbers(scene.db, [fund.id])[fund.id]
    assert (numbers.funded, numbers.committed) == (2 * SHARE, 2 * SHARE)
