"""What is typed by hand of a bank line counts once."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.programmes.errors import ReferenceAlreadyEntered
from repit.domain.programmes.models import Arrival


def refuse_known(db: Session, fund_id: int, reference: str) -> None:
    """Refuse a line typed before, or that a file of the bank brought; its fund is locked.

    Raises:
        ReferenceAlreadyEntered: money of that reference is in the fund.
    """
    known = db.scalars(
        select(Arrival)
        .where(
            Arrival.fund_id == fund_id,
            Arrival.reference == reference,
            Arrival.returned_cents < Arrival.amount_cents,
        )
        .order_by(Arrival.id)
    ).first()
    if known is not None:
        raise ReferenceAlreadyEntered(
            reference=reference, amount_cents=known.amount_cents, received_on=known.received_on
        )
