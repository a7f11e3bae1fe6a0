"""Take the vouchers that are held for a child's place, once the care was given.

The redemption's id is made from the place's: asked twice, or by two people, it is taken once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement, distinct, func, or_, select
from sqlalchemy.orm import Session

from repit.domain.bookings import shares
from repit.domain.bookings.errors import NothingHeld
from repit.domain.bookings.models import Booking, ChildPlace
from repit.domain.care.models import CareSlot
from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing
from repit.domain.redemptions.models import Redemption
from repit.domain.redemptions.redeem import Asked, Receipt, replay, take_or_explain
from repit.domain.redemptions.rules import Service
from repit.domain.vouchers import holds
from repit.domain.vouchers.models import Hold, Presentation, Voucher


@dataclass(frozen=True)
class Due:
    """A place whose vouchers wait for the care to have been given."""

    child_place_id: int
    booking_id: int
    provider_id: int
    cancelled_late: bool


def take_held(
    db: Session, child_place_id: int, *, standing: Standing, cared: bool = True, now: datetime
) -> Receipt:
    """Redeem what is held for a place; asked again, give the first answer.

    Args:
        cared: the child came, and the family paid its share. Not so when the provider keeps the
            vouchers of somebody who did not come, by the programme's policy.

    Raises:
        NothingHeld: nothing is held for it by this provider.
        Refused: a rule of redemption says no, see `redemptions.rules`.
        TryAgain: something changed between reading and writing, twice.
    """
    row = db.execute(
        select(ChildPlace.public_id, ChildPlace.booking_id, ChildPlace.share_cents, CareSlot)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .where(ChildPlace.id == child_place_id)
    ).one_or_none()
    if row is None or row.CareSlot.provider_id != standing.provider_id:
        raise NothingHeld
    # What was paid online goes to the provider with the vouchers, whatever it keeps them for.
    share = row.CareSlot.family_share_cents if cared and not row.share_cents else row.share_cents
    service = _service(row.CareSlot, standing, Cents(share))
    redemption_id = redemption_id_of(row.public_id)
    hashes = holds.held_hashes(db, child_place_id)
    if not hashes:
        return _earlier(db, redemption_id, child_place_id, service, standing)
    asked = Asked(redemption_id, tuple(hashes), service)
    receipt = take_or_explain(db.connection(), asked, standing=standing, now=now)
    if row.share_cents:
        shares.square(db, row.booking_id, now=now)
    return receipt


def booked_service(
    db: Session, hashes: Sequence[bytes], *, standing: Standing
) -> tuple[Service, int] | None:
    """Return what a code that is held for an appointment pays for, and with how many vouchers.

    The hours of all its children together. None when nothing is held by this provider behind the
    codes, or for more than one slot.
    """
    shown = select(Presentation.id).where(Presentation.code_hash.in_(hashes))
    rows = db.execute(
        select(ChildPlace.id, ChildPlace.share_cents, CareSlot, func.count().label("vouchers"))
        .join(Hold, Hold.child_place_id == ChildPlace.id)
        .join(Voucher, Voucher.id == Hold.voucher_id)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .where(
            Hold.state == "held",
            Hold.provider_id == standing.provider_id,
            or_(Voucher.code_hash.in_(hashes), Voucher.presentation_id.in_(shown)),
        )
        .group_by(ChildPlace.id, ChildPlace.share_cents, CareSlot.id)
    ).all()
    if len({row.CareSlot.id for row in rows}) != 1:
        return None
    slot = rows[0].CareSlot
    shares = sum(row.share_cents or slot.family_share_cents for row in rows)
    one = _service(slot, standing, Cents(shares))
    children = len(rows)
    service = replace(
        one,
        minutes=one.minutes and one.minutes * children,
        sessions=one.sessions and one.sessions * children,
    )
    return service, sum(row.vouchers for row in rows)


def redemption_id_of(place_public_id: str) -> UUID:
    """Return the id of the redemption of a place's vouchers, always the same."""
    return uuid5(NAMESPACE_URL, f"repit:child-place:{place_public_id}")


def due(db: Session, *, now: datetime, after: int = 0, limit: int = 100) -> Sequence[Due]:
    """Return places of slots that are over and for which vouchers are still held, by id.

    Args:
        after: only places with a higher id, for the next page.
    """
    rows = db.execute(
        select(
            ChildPlace.id,
            ChildPlace.booking_id,
            CareSlot.provider_id,
            (Booking.late | ChildPlace.ended_at.is_not(None)).label("cancelled_late"),
        )
        .join(Hold, Hold.child_place_id == ChildPlace.id)
        .join(CareSlot, CareSlot.id == ChildPlace.slot_id)
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .where(Hold.state == "held", CareSlot.ends_at < now, CareSlot.state != "cancelled")
        .where(ChildPlace.id > after)
        .where(or_(Booking.state == "confirmed", Booking.late, ChildPlace.ended_at.is_not(None)))
        .distinct()
        .order_by(ChildPlace.id)
        .limit(limit)
    )
    return [Due(*row) for row in rows]


def still_held() -> ColumnElement[int]:
    """Return how many places of a slot have vouchers that wait; for statements on `CareSlot`.

    After the end, and once the nightly job has passed, these are the places that nobody noted or
    about which two devices disagree.
    """
    return (
        select(func.count(distinct(ChildPlace.id)))
        .join(Hold, Hold.child_place_id == ChildPlace.id)
        .join(Booking, Booking.id == ChildPlace.booking_id)
        .where(
            ChildPlace.slot_id == CareSlot.id,
            Hold.state == "held",
            or_(Booking.state == "confirmed", Booking.late, ChildPlace.ended_at.is_not(None)),
        )
        .correlate(CareSlot)
        .scalar_subquery()
    )


def _service(slot: CareSlot, standing: Standing, share: Cents) -> Service:
    tariff = standing.tariff_on(Category.WORKSHOP_CHILDCARE, slot.day)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds() // 60)
    per_hour = tariff is None or tariff.per_hour
    return Service(
        category=Category.WORKSHOP_CHILDCARE,
        service_on=slot.day,
        minutes=minutes if per_hour else None,
        sessions=None if per_hour else 1,
        family_share=share,
    )


def _earlier(
    db: Session, redemption_id: UUID, place_id: int, service: Service, standing: Standing
) -> Receipt:
    taken = db.scalars(
        select(Hold.voucher_id).where(Hold.child_place_id == place_id, Hold.state == "redeemed")
    ).all()
    hashes = tuple(holds.hashes_of(db, taken))
    share = db.scalar(select(Redemption.family_share_cents).where(Redemption.id == redemption_id))
    asked = Asked(redemption_id, hashes, replace(service, family_share=Cents(share or 0)))
    earlier = replay(db.connection(), asked, standing) if hashes else None
    if earlier is None:
        raise NothingHeld
    return earlier
