"""What a town's families do online: book care, pay their share, cancel; and who cares for them."""

import contextlib
from datetime import timedelta
from typing import Literal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.bookings import offers, paying
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.redeeming import take_held
from repit.domain.bookings.share_facts import Pays
from repit.domain.cards.family_task import send_share_refunds, square_shares
from repit.domain.cards.gateway import CheckoutAsked, Way
from repit.domain.care.models import CareSlot
from repit.domain.errors import DomainError
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.providers.standing import standing_of_newest
from repit.domain.redemptions.reverse import reverse_by_operator, undo
from repit.domain.vouchers.models import Hold
from repit.integrations.stripe_stand_in.refusals import StandInRefusal
from tests import cast
from tests.cast import OPERATOR, AProvider
from tests.domain.bookings.workshop import a_child, a_place, a_slot, books
from tests.properties.online_rules import Online

REFUSALS = contextlib.suppress(DomainError, StandInRefusal)
some = st.integers(0, 50)


class Families(Online):
    """Rules for a machine that has Stripe (`Online`), parents and providers of one programme."""

    programme: int
    parents: list[int]
    providers: list[AProvider]

    def open_nursery(self) -> None:
        """Give each parent two children, and the town a room."""
        self.children = [[a_child(self.db, one) for _ in range(2)] for one in self.parents]
        self.room = a_place(self.db)
        self.slots: list[int] = []
        self.booked: list[str] = []
        self.pages: list[str] = []
        self.cared: list[UUID] = []

    @rule(parent=some, share=st.integers(1, 250), both=st.booleans(), ahead=st.integers(1, 20))
    def book_care(self, parent: int, share: int, both: bool, ahead: int) -> None:  # noqa: FBT001
        """Care that begins in some days, with a share to be paid online before it counts."""
        at = parent % 2
        children = self.children[at] if both else self.children[at][:1]
        self._let_them_have_vouchers(at, len(children))
        slot = self._a_slot(share, ahead)
        wanted = Asked(
            request_id=UUID(int=next(cast.numbers)),
            parent_id=self.parents[at],
            session_id=None,
            seat=False,
            children=tuple((child, slot) for child in children),
            pays=Pays.ONLINE,
        )
        with REFUSALS:
            self.booked.append(str(books(self.db, wanted, now=self.now).public_id))
        self.db.rollback()
        self.open_a_page(0)

    @rule(which=some)
    def open_a_page(self, which: int) -> None:
        if not self.booked:
            return
        name = self.booked[-1 - which % len(self.booked)]
        with REFUSALS:
            with unit_of_work(self.db):
                page = paying.open_page(self.db, name, parent_id=None, now=self.now)
            if page.url is not None:
                return
            self.stripe.now = self.now
            home = "https://repit.example/"
            asked = CheckoutAsked(
                page.key, page.amount, Way.CARD, "Participation", home, home, page.closes_at
            )
            opened = self.stripe.stripe.open_checkout(asked)
            self.pages.append(opened.session_id)
            with unit_of_work(self.db):
                paying.keep_page(self.db, page.key, session_id=opened.session_id, url=opened.url)
        self.db.rollback()

    @rule(which=some, told=st.booleans())
    def family_pays(self, which: int, told: bool) -> None:  # noqa: FBT001
        """Stripe tells it now, or with what it tells next: perhaps long after the place went."""
        if not self.pages:
            return
        self.stripe.now = self.now
        with REFUSALS:
            self.kept += self.stripe.town.pay(self.pages[-1 - which % len(self.pages)])
        if told:
            self._hear([])

    @rule(which=some, by_service=st.booleans())
    def cancel_care(self, which: int, by_service: bool) -> None:  # noqa: FBT001
        if not self.booked:
            return
        name = self.booked[-1 - which % len(self.booked)]
        by: Literal["service", "parent"] = "service" if by_service else "parent"
        with REFUSALS, unit_of_work(self.db):
            cancel(self.db, name, by=by, parent_id=None, actor=OPERATOR, now=self.now)

    @rule(which=some)
    def care_is_given(self, which: int) -> None:
        """The day has come: the carer takes what is held for every child of a slot."""
        if not self.slots:
            return
        slot = self.db.get_one(CareSlot, self.slots[-1 - which % len(self.slots)])
        self.now = max(self.now, slot.ends_at)
        standing = standing_of_newest(self.db, slot.provider_id)
        of_slot = select(ChildPlace.id).where(ChildPlace.slot_id == slot.id)
        held = Hold.state == "held", Hold.child_place_id.in_(of_slot)
        named = select(Hold.child_place_id).where(*held).distinct().order_by(Hold.child_place_id)
        places = list(self.db.scalars(named))
        self.db.rollback()
        assert standing
        for place in places:
            with REFUSALS, unit_of_work(self.db):
                self.cared.append(take_held(self.db, place, standing=standing, now=self.now).id)

    @rule(which=some, by_operator=st.booleans())
    def take_care_back(self, which: int, by_operator: bool) -> None:  # noqa: FBT001
        if not self.cared:
            return
        taken = self.cared[-1 - which % len(self.cared)]
        with REFUSALS, unit_of_work(self.db):
            if by_operator:
                reverse_by_operator(self.db, taken, motive="Erreur", actor=OPERATOR, now=self.now)
                return
            whom = self.providers[0]
            device = actors.device(whom.device_id)
            undo(self.db, taken, provider_id=whom.id, actor=device, now=self.now)

    @rule(answered=st.booleans())
    def shares_go_back(self, answered: bool) -> None:  # noqa: FBT001
        """The worker squares what nobody did, and sends what waits; or a place's time runs out."""
        self.stripe.now = self.now
        while offers.some_ran_out(self.db, self.now):
            self.db.rollback()
            with unit_of_work(self.db):
                offers.expire_one(self.db, now=self.now)
        self.db.rollback()
        square_shares(self.stripe.job())
        if answered:
            send_share_refunds(self.stripe.job(), self.stripe.stripe)
        self.db.rollback()

    @rule(which=some)
    def a_refund_fails(self, which: int) -> None:
        """Weeks later: the family's card was closed."""
        ours = select(FamilyPayment.id).where(FamilyPayment.stripe_session_id.in_(self.pages))
        sent = list(
            self.db.scalars(
                select(FamilyRefund.stripe_refund_id).where(
                    FamilyRefund.state == "done", FamilyRefund.payment_id.in_(ours)
                )
            )
        )
        self.db.rollback()
        if sent:
            self.stripe.now = self.now
            self._hear(self.stripe.town.fail_refund(str(sent[which % len(sent)])))

    def issue(self, parent: int, count: int, days: int) -> None:
        """Give a parent vouchers, where the fund has the money; the machine's own."""
        raise NotImplementedError

    def _let_them_have_vouchers(self, parent: int, count: int) -> None:
        self.issue(parent, count, 30)

    def _a_slot(self, share: int, ahead: int) -> int:
        self.slots.append(
            a_slot(
                self.db,
                self.providers[0].id,
                programme_id=self.programme,
                place_id=self.room,
                day=self.now.date() + timedelta(days=ahead),
                family_share_cents=share,
            )
        )
        return self.slots[-1]
