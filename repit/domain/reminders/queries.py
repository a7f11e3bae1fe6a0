"""Who cannot be reached by a message."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from repit.domain.households.models import Parent
from repit.domain.people.models import Person
from repit.domain.vouchers.models import Voucher, VoucherState


def parents_without_address(db: Session) -> int:
    """Return how many parents hold vouchers and have no e-mail address: paper or telephone."""
    holds = exists().where(Voucher.parent_id == Parent.id, Voucher.state == VoucherState.ISSUED)
    reachable = exists().where(Person.id == Parent.person_id, Person.email.is_not(None))
    return db.scalar(select(func.count()).select_from(Parent).where(holds, ~reachable)) or 0
