"""What the holds and the ledger say of shares paid online; see `shares`. Amounts in cents."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from repit.domain.bookings.models import ChildPlace
from repit.domain.bookings.stage import COHORT, Stage
from repit.domain.family_shares.models import FamilyPayment
from repit.domain.ledger.models import Transfer, TransferKind
from repit.domain.money import Cents
from repit.domain.redemptions.models import (
    PayoutRedemption,
    Redemption,
    Reversal,
    of_live_payout,
)
from repit.domain.vouchers.models import Hold


class Pays(StrEnum):
    """How the family pays its share, where care asks for one."""

    ON_THE_SPOT = "on_the_spot"
    ONLINE = "online"
    """Before the booking counts, where the programme says so."""
    PAID = "paid"
    """The money came before the place did."""


@dataclass(frozen=True)
class Taken:
    """Places of a booking whose vouchers one redemption took, and the share that goes with it."""

    redemption_id: UUID
    provider_id: int
    parent_id: int
    share: Cents


def shares_online(stage: Stage) -> dict[int, int]:
    """Return by slot what a family pays online for each child, in cents: see decision 0022."""
    group = stage.workshop is not None and stage.workshop.format == COHORT
    if group or not stage.programme.share_online:
        return {}
    return {slot.id: slot.family_share_cents for slot in stage.slots.values()}


def earned(db: Session, booking_id: int) -> list[Taken]:
    """Return what was taken of this booking and not passed on yet."""
    passed = aliased(Transfer)
    done = select(passed.id).where(
        passed.redemption_id == Redemption.id,
        passed.kind == TransferKind.SHARE_DUE,
        passed.family_payment_id.in_(
            select(FamilyPayment.id).where(FamilyPayment.booking_id == booking_id)
        ),
    )
    places = (
        taken_places()
        .with_only_columns(
            ChildPlace.id,
            ChildPlace.share_cents,
            Redemption.id.label("redemption_id"),
            Redemption.provider_id,
            Redemption.parent_id,
        )
        .where(ChildPlace.booking_id == booking_id, ~done.exists(), ~in_a_payout())
        .distinct()
        .subquery()
    )
    rows = db.execute(
        select(
            places.c.redemption_id,
            places.c.provider_id,
            places.c.parent_id,
            func.sum(places.c.share_cents),
        )
        .group_by(places.c.redemption_id, places.c.provider_id, places.c.parent_id)
        .order_by(places.c.redemption_id)
    )
    return [
        Taken(redemption, provider, parent, Cents(int(share)))
        for redemption, provider, parent, share in rows
    ]


def taken_places() -> Select[ChildPlace]:
    """Return the places with a share whose vouchers a live redemption took for them.

    A voucher that was given back may have paid for something else since: its hold ended at the
    moment of the redemption that counts here.
    """
    return (
        select(ChildPlace)
        .join(Hold, and_(Hold.child_place_id == ChildPlace.id, Hold.state == "redeemed"))
        .join(
            Transfer,
            and_(
                Transfer.voucher_id == Hold.voucher_id,
                Transfer.kind == TransferKind.REDEEM,
                Transfer.at == Hold.ended_at,
            ),
        )
        .join(Redemption, Redemption.id == Transfer.redemption_id)
        .outerjoin(Reversal, Reversal.redemption_id == Redemption.id)
        .where(ChildPlace.share_cents > 0, Reversal.id.is_(None))
    )


def in_a_payout() -> ColumnElement[bool]:
    """Return whether a redemption is in a payout: its amount is fixed, and nothing may be added."""
    return select(PayoutRedemption.id).where(of_live_payout()).correlate(Redemption).exists()


def is_taken() -> ColumnElement[bool]:
    """Return whether a place's vouchers were taken, and not given back; for statements on it."""
    reversed_ = select(Reversal.id).where(Reversal.redemption_id == Transfer.redemption_id)
    return (
        select(Hold.id)
        .join(
            Transfer,
            and_(
                Transfer.voucher_id == Hold.voucher_id,
                Transfer.kind == TransferKind.REDEEM,
                Transfer.at == Hold.ended_at,
            ),
        )
        .where(Hold.child_place_id == ChildPlace.id, Hold.state == "redeemed", ~reversed_.exists())
        .correlate(ChildPlace)
        .exists()
    )


def is_kept() -> ColumnElement[bool]:
    """Return whether a place's vouchers are promised or taken; for statements on `ChildPlace`."""
    held = (
        select(Hold.id)
        .where(Hold.child_place_id == ChildPlace.id, Hold.state == "held")
        .correlate(ChildPlace)
        .exists()
    )
    return or_(held, is_taken())
