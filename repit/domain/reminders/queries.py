"""Who cannot be reached by a message, and whether receipts are missing."""

from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from repit.domain.households.models import Parent
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.people.models import Person
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.vouchers.models import Voucher, VoucherState


def parents_without_address(db: Session) -> int:
    """Return how many parents hold vouchers and have no e-mail address: paper or telephone."""
    holds = exists().where(Voucher.parent_id == Parent.id, Voucher.state == VoucherState.ISSUED)
    reachable = exists().where(Person.id == Parent.person_id, Person.email.is_not(None))
    return db.scalar(select(func.count()).select_from(Parent).where(holds, ~reachable)) or 0


def receipts_are_missing(db: Session) -> bool:
    """Return whether the newest redemption or reversal is still to be told; two quick looks.

    One that was committed out of order waits for the next one, or for the daily run.
    """
    taken = select(Redemption.id).order_by(Redemption.received_at.desc()).limit(1)
    undone = select(Reversal.redemption_id.label("id")).order_by(Reversal.at.desc()).limit(1)
    return _is_untold(db, taken, Kind.REDEEMED_PROVIDER) or _is_untold(
        db, undone, Kind.REVERSED_PROVIDER
    )


def _is_untold(db: Session, newest: Select[UUID], kind: Kind) -> bool:
    one = newest.subquery()
    told = exists().where(Notice.redemption_id == one.c.id, Notice.kind == kind)
    return db.scalar(select(one.c.id).where(~told)) is not None
