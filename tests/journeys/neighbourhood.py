"""Households enough for a release to say something, and a row wherever somebody can be named."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import ids
from repit.domain.accounting.models import ChartEntry
from repit.domain.attendance.models import UnnamedArrival
from repit.domain.bookings.models import Booking
from repit.domain.cards.models import OnlinePayment, OnlineRefund
from repit.domain.care.models import ChildSheet
from repit.domain.categories import Category
from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.figures import task as figures
from repit.domain.households.models import Child, Parent
from repit.domain.people.models import Membership
from repit.domain.presence.models import Attendance
from repit.domain.programmes.models import Arrival, ArrivalReturn, Fund
from repit.domain.redemptions import reverse
from repit.domain.releases.asking import KIND as DRAFT_RELEASE
from repit.domain.releases.asking import ask_for_release
from repit.domain.releases.models import Release
from repit.domain.settlements.models import Payout, PayoutOutcome, Repayment
from repit.domain.summaries.models import SummaryAnswer
from repit.domain.workshops.models import WorkshopSession
from tests import cast
from tests.cast import NOON, OPERATOR, TODAY
from tests.commands.work import work
from tests.domain.bookings import workshop
from tests.domain.redemptions.taking import take
from tests.domain.releases.releasing import approved
from tests.journeys.two_sides import Visitor

HOUSEHOLDS = 50
"""Of two funds of one programme: enough that a release has figures."""
FIRST_DAY = date(2026, 1, 1)
ALONE_IN_THEIR_VILLAGE = 1
CATEGORIES = (Category.BABYSITTING, Category.HOME_HELP, Category.WELL_BEING)


@dataclass(frozen=True)
class Neighbourhood:
    """A programme of its own, with a fund of either funder."""

    programme_id: int
    fund_ids: tuple[int, int]

    def release(self, db: Session, engine: Engine, *, now: datetime) -> list[str]:
        """Draft and approve the first quarter for both funders; return the public ids."""
        released = []
        for fund_id in self.fund_ids:
            fund = db.get_one(Fund, fund_id).public_id
            db.rollback()
            with unit_of_work(db):
                name = ask_for_release(db, fund, "quarter", FIRST_DAY, actor=OPERATOR, now=now)
            assert work(db, engine, DRAFT_RELEASE, now)
            drafted = db.scalars(select(Release).where(Release.public_id == name)).one()
            assert drafted.state == "drafted", drafted.state
            released.append(name)
            approved(db, drafted.id, now=now)
        return released


def a_neighbourhood(db: Session, engine: Engine, visitors: list[Visitor]) -> Neighbourhood:
    """Let many parents of one programme use vouchers of both sides' funders in March."""
    programme_id = cast.a_programme(db)
    readers = [visitor.own.reader for visitor in visitors if visitor.role == "funder"]
    funders = [
        db.scalars(select(Membership.funder_id).where(Membership.person_id == reader)).one()
        for reader in readers
    ]
    db.rollback()
    one, two = (
        cast.a_fund(db, programme_id, funder_id=funder_id or 0, cents=500_000)
        for funder_id in funders
    )
    households(db, engine, one, two)
    return Neighbourhood(programme_id, (one, two))


def households(
    db: Session, engine: Engine, fund_id: int, other_fund_id: int, *, many: int = HOUSEHOLDS
) -> None:
    """Let many parents use vouchers of one fund or the other, at three providers, in March."""
    providers = [cast.a_provider(db, f"Prestataire {number}") for number in range(3)]
    for number in range(many):
        codes = _a_parent_with_vouchers(db, number, fund_id if number % 2 else other_fund_id)
        at = NOON + timedelta(hours=number)
        for provider, code, category in zip(providers, codes, CATEGORIES, strict=False):
            take(
                engine, provider, [code], next(cast.numbers), now=at,
                category=category, service_on=TODAY, minutes=30,
            )  # fmt: skip


def _a_parent_with_vouchers(db: Session, number: int, fund_id: int) -> list[str]:
    parent_id = cast.a_parent(
        db,
        f"Parent {number}",
        town="Rivéry" if number < ALONE_IN_THEIR_VILLAGE else "Lens",
        priority_area="QN05901P" if number % 3 == 0 else None,
        declared=("woman", "man", None)[number % 5 % 3],
    )
    workshop.a_child(db, parent_id, name=f"Enfant {number}", born_on=date(2014 + number % 10, 5, 2))
    codes = cast.vouchers_for(db, parent_id, fund_id, vouchers=4)
    with unit_of_work(db):
        db.execute(
            update(Allowance)
            .where(Allowance.parent_id == parent_id)
            .values(isolated=number % 4 < 2)
        )
    return codes


def close_the_books(db: Session, programme_id: int, *, now: datetime) -> None:
    """Keep a programme's figures of every day that is over."""
    db.rollback()
    figures.keep(db, programme_id, now=now)


def a_word_everywhere(db: Session, engine: Engine) -> None:
    """Write one row of each kind that nobody has written yet."""
    roseraie = cast.a_provider(db, "La Roseraie bis")
    funder_id, programme_id = cast.a_funder(db, "Un autre"), cast.a_programme(db)
    parent_id = cast.a_parent(db, "Denise")
    fund_id = cast.a_fund(db, programme_id, funder_id=funder_id)
    [code] = cast.vouchers_for(db, parent_id, fund_id)
    taken = take(engine, roseraie, [code], next(cast.numbers))
    with unit_of_work(db):
        reverse.reverse_by_operator(
            db, taken.id, motive="essai", actor=OPERATOR, now=NOON + timedelta(hours=1)
        )
    booking_id = db.scalars(select(Booking.id).limit(1)).one()
    session_id = db.scalars(select(WorkshopSession.id).limit(1)).one()
    child_id = db.scalars(select(Child.id).order_by(Child.id).limit(1)).one()
    household_id = db.get_one(Parent, parent_id).household_id
    payout_id = db.scalars(select(Payout.id).limit(1)).one()
    arrival = db.scalars(select(Arrival).where(Arrival.fund_id == fund_id)).one()
    arrival_id, contribution_id = arrival.id, arrival.contribution_id
    db.rollback()
    with unit_of_work(db):
        payment = OnlinePayment(
            public_id=ids.public_id(), contribution_id=contribution_id, amount_cents=100,
            way="card", state="open", asked_by=OPERATOR, created_at=NOON, expires_at=NOON,
        )  # fmt: skip
        db.add(payment)
        db.flush()
        db.add_all([
            ArrivalReturn(
                arrival_id=arrival_id, amount_cents=1, reason="mistake", returned_on=TODAY,
                motive="essai", created_at=NOON,
            ),
            Attendance(
                nonce=ids.request_id(), booking_id=booking_id, kind="excused", at=NOON,
                received_at=NOON, device="stay:1", actor=OPERATOR, motive="essai",
            ),
            ChartEntry(kind="payable", number="4671", label="essai"),
            ChildSheet(
                child_id=child_id, household_id=household_id, helps="essai", confirmed_on=TODAY,
                updated_at=NOON,
            ),
            Entitlement(
                parent_id=parent_id, programme_id=programme_id, state="refused",
                requested_on=TODAY, first_day=TODAY, motive="essai",
            ),
            OnlineRefund(
                public_id=ids.public_id(), payment_id=payment.id, amount_cents=1, state="failed",
                motive="essai", asked_by=OPERATOR, created_at=NOON,
            ),
            PayoutOutcome(
                payout_id=payout_id, result="rejected", bank_reference="essai", effect="noted",
                actor=OPERATOR, at=NOON,
            ),
            Repayment(
                public_id=ids.public_id(), provider_id=roseraie.id, way="written_off",
                state="asked", amount_cents=100, motive="essai", asked_by=OPERATOR, asked_at=NOON,
            ),
            SummaryAnswer(fund_id=fund_id, year=2026, field="actions", said="essai"),
            UnnamedArrival(
                nonce=ids.request_id(), session_id=session_id, first_name="essai", at=NOON,
                device="stay:1", actor=OPERATOR,
            ),
        ])  # fmt: skip
