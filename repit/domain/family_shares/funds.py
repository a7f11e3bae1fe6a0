"""The fund of a programme's families: one, without a funder, opened with the first payment."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import ids
from repit.domain.categories import Category
from repit.domain.ledger.service import open_families_accounts
from repit.domain.programmes.models import Fund, Programme

TITLE = "Participations des familles"


def families_fund(db: Session, programme_id: int, *, now: datetime) -> int:
    """Return the fund in which the shares of a programme are kept; open it when there is none.

    Raises:
        Nothing of its own.
    """
    found = _fund(db, programme_id)
    if found is not None:
        return found
    # Two first payments at once: the second waits here, and finds what the first made.
    db.execute(select(Programme.id).where(Programme.id == programme_id).with_for_update())
    found = _fund(db, programme_id)
    if found is not None:
        return found
    fund = Fund(
        public_id=ids.public_id(),
        programme_id=programme_id,
        funder_id=None,
        title=_free_title(db, programme_id),
        categories=Category.WORKSHOP_CHILDCARE.bit,
        created_at=now,
    )
    db.add(fund)
    db.flush()
    open_families_accounts(db, fund.id)
    return fund.id


def _fund(db: Session, programme_id: int) -> int | None:
    return db.scalar(
        select(Fund.id).where(Fund.programme_id == programme_id, Fund.funder_id.is_(None))
    )


def _free_title(db: Session, programme_id: int) -> str:
    """Return a title that no fund of the programme has: somebody may have chosen ours."""
    taken = set(db.scalars(select(Fund.title).where(Fund.programme_id == programme_id)))
    numbered = (TITLE if number == 1 else f"{TITLE} {number}" for number in range(1, 1_000))
    return next(title for title in numbered if title not in taken)
