"""Pay the family's share of a booking: open a page, and make of the money what was paid for.

The network comes between the changes: `open_page` writes down what will be asked of Stripe,
`keep_page` what it answered, `paid` what its message says. Each may be repeated.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import tentatively
from repit.domain import ids
from repit.domain.actors import COMMAND, Actor
from repit.domain.audit.service import record
from repit.domain.bookings import shares, telling
from repit.domain.bookings.errors import OfferOver, UnknownBooking
from repit.domain.bookings.expiring import end_expired
from repit.domain.bookings.models import Booking, ChildPlace, WaitingParty
from repit.domain.bookings.placing import Asked, meet, take
from repit.domain.bookings.promote import promote_around
from repit.domain.bookings.share_facts import Pays, shares_online
from repit.domain.bookings.stage import Stage, lock_of
from repit.domain.errors import DomainError
from repit.domain.family_shares import service
from repit.domain.family_shares.errors import AmountDiffers, NothingToPay
from repit.domain.family_shares.models import FamilyPayment
from repit.domain.money import Cents

PAGE_LASTS = timedelta(minutes=35)
"""Stripe keeps a page for half an hour at least, counted from when it is asked, by its clock."""


@dataclass(frozen=True)
class Page:
    """A page on which a share is paid. `url` None: Stripe is still to be asked for it."""

    key: str
    amount: Cents
    closes_at: datetime
    booking: str
    url: str | None


class Outcome(StrEnum):
    """What money became."""

    KNOWN = "known"
    """Its message had come before."""
    BOOKED = "booked"
    BOOKED_AGAIN = "booked_again"
    """It came after its time; there was still room for all of them."""
    GIVEN_BACK = "given_back"


def open_page(db: Session, public_id: str, *, parent_id: int | None, now: datetime) -> Page:
    """Return the page on which the share of a booking is paid; the same one while it is open.

    Args:
        parent_id: whose booking it must be; None for who holds its link.

    Raises:
        UnknownBooking: there is none, or it is somebody else's.
        OfferOver: its time is over.
        NothingToPay: it is paid, or costs nothing online.
    """
    _, booking = lock_of(db, public_id)
    if parent_id is not None and booking.parent_id != parent_id:
        raise UnknownBooking
    if booking.state == "confirmed":
        raise NothingToPay
    if booking.state != "offered" or booking.expires_at is None or booking.expires_at <= now:
        raise OfferOver
    amount = shares.to_pay(db, booking.id)
    if booking.taken_at is None or not amount:
        raise NothingToPay
    found = _open(db, booking.id)
    if found is not None and (found.closes_at <= now or found.amount_cents != amount):
        shares.close_pages(db, booking.id, now=now)
        found = None
    if found is None:
        found = FamilyPayment(
            public_id=ids.public_id(),
            booking_id=booking.id,
            amount_cents=amount,
            state="open",
            opened_at=now,
            closes_at=now + PAGE_LASTS,
        )
        db.add(found)
        db.flush()
    return Page(found.public_id, Cents(found.amount_cents), found.closes_at, public_id, found.page)


def keep_page(db: Session, key: str, *, session_id: str, url: str) -> None:
    """Write down where a page is, so that the next press leads to the same one.

    Raises:
        Nothing of its own.
    """
    db.execute(
        update(FamilyPayment)
        .where(FamilyPayment.public_id == key)
        .values(stripe_session_id=session_id, page=url)
        .execution_options(synchronize_session=False)
    )


def is_share(db: Session, key: str) -> bool:
    """Tell whether a key that Stripe names is one of a family's payments."""
    return db.scalar(select(FamilyPayment.id).where(FamilyPayment.public_id == key)) is not None


def page_over(db: Session, key: str) -> None:
    """Note that a page was closed without a payment; another one can be opened.

    Raises:
        Nothing of its own; money that came first stays.
    """
    db.execute(
        update(FamilyPayment)
        .where(FamilyPayment.public_id == key, FamilyPayment.state == "open")
        .values(state="over")
        .execution_options(synchronize_session=False)
    )


def paid(
    db: Session, key: str, *, amount: Cents, stripe_payment_id: str, actor: Actor, now: datetime
) -> Outcome:
    """Make of money that came what it was paid for: once, in whatever order messages come.

    Raises:
        UnknownBooking: no page of ours has this key.
        AmountDiffers: it is not what the page asked for.
    """
    booked = db.scalar(
        select(Booking.public_id)
        .join(FamilyPayment, FamilyPayment.booking_id == Booking.id)
        .where(FamilyPayment.public_id == key)
    )
    stage, booking = lock_of(db, booked or "")
    payment = db.scalars(
        select(FamilyPayment)
        .where(FamilyPayment.public_id == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if payment.state == "paid":
        return Outcome.KNOWN
    if amount != payment.amount_cents:
        raise AmountDiffers(asked=Cents(payment.amount_cents), came=amount)
    service.receive(
        db,
        payment,
        programme_id=booking.programme_id,
        stripe_payment_id=stripe_payment_id,
        actor=actor,
        now=now,
    )
    outcome = _make_of_it(db, stage, booking, payment, now)
    kind = "share_given_back" if outcome is Outcome.GIVEN_BACK else "share_paid"
    _record(db, kind, booking, actor, now, {"amount_cents": payment.amount_cents})
    return outcome


def confirm(db: Session, stage: Stage, booking: Booking, *, now: datetime) -> None:
    """Turn a booking that was kept for its payment into one that counts, and tell its parent.

    Raises:
        Nothing of its own.
    """
    booking.state, booking.expires_at = "confirmed", None
    db.execute(
        update(WaitingParty)
        .where(WaitingParty.booking_id == booking.id, WaitingParty.state == "offered")
        .values(state="served", ended_at=now)
        .execution_options(synchronize_session=False)
    )
    shares.close_pages(db, booking.id, now=now)
    db.flush()
    telling.booked(db, stage, booking, now=now)


def _make_of_it(
    db: Session, stage: Stage, booking: Booking, payment: FamilyPayment, now: datetime
) -> Outcome:
    if booking.state == "offered":
        # Also just after its time: nobody was given the place yet.
        confirm(db, stage, booking, now=now)
        shares.square(db, booking.id, now=now)  # of a child that was taken off meanwhile
        return Outcome.BOOKED
    if booking.state == "cancelled" and booking.ended_by == "expired":
        again = _book_again(db, stage, booking, payment, now)
        if again is not None:
            return Outcome.BOOKED_AGAIN
    why = _why_not(db, booking, payment)
    given = shares.square(db, booking.id, now=now, why=why)
    telling.share_given_back(db, stage, booking, amount=given, why=why, now=now)
    return Outcome.GIVEN_BACK


def _why_not(db: Session, booking: Booking, payment: FamilyPayment) -> str:
    """Tell why a payment is not needed any more."""
    if booking.state != "confirmed":
        return shares.LATE_PAYMENT
    before = select(FamilyPayment.id).where(
        FamilyPayment.booking_id == booking.id,
        FamilyPayment.state == "paid",
        FamilyPayment.id != payment.id,
    )
    return shares.ON_THE_SPOT if db.scalar(before.limit(1)) is None else shares.TWICE


def _book_again(
    db: Session, stage: Stage, booking: Booking, payment: FamilyPayment, now: datetime
) -> Booking | None:
    """Book exactly the same party once more, if there is room for all of it and nobody waits."""
    asked = _same_party(db, booking, payment)
    if asked is None:
        return None
    if stage.may_hold_lapsed(now) and end_expired(db, stage, now=now):
        promote_around(db, stage, now=now)
    online = shares_online(stage)
    if sum(online.get(slot_id, 0) for _, slot_id in asked.children) != payment.amount_cents:
        return None
    try:
        with tentatively(db):
            met = meet(db, stage, asked)
            if met.line_first:
                return None
            made, _ = take(db, stage, asked, met, actor=COMMAND, now=now)
    except DomainError:
        return None
    payment.booking_id = made.id
    db.flush()
    telling.booked(db, stage, made, now=now)
    return made


def _same_party(db: Session, booking: Booking, payment: FamilyPayment) -> Asked | None:
    """Return who was to come when the time ran out; None when nobody with a share was."""
    children = db.execute(
        select(ChildPlace.child_id, ChildPlace.slot_id)
        .where(ChildPlace.booking_id == booking.id, ChildPlace.ended_at >= booking.ended_at)
        .order_by(ChildPlace.id)
    )
    pairs = tuple((row.child_id, row.slot_id) for row in children)
    if not pairs:
        return None
    return Asked(
        request_id=uuid5(NAMESPACE_URL, f"repit:family-payment:{payment.public_id}"),
        parent_id=booking.parent_id,
        session_id=booking.session_id,
        seat=booking.seat,
        children=pairs,
        pays=Pays.PAID,
    )


def _open(db: Session, booking_id: int) -> FamilyPayment | None:
    return db.scalar(
        select(FamilyPayment)
        .where(FamilyPayment.booking_id == booking_id, FamilyPayment.state == "open")
        .with_for_update()
    )


def _record(
    db: Session,
    kind: str,
    booking: Booking,
    actor: Actor,
    now: datetime,
    facts: dict[str, int],
) -> None:
    record(
        db,
        actor=actor,
        kind=kind,
        of=("booking", booking.id),
        now=now,
        facts=facts,
        for_parent_id=booking.parent_id,
    )
