"""Count care slots again after carers or their papers changed, in the same change."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.bookings.changes import recount
from repit.domain.care.queries import slots_to_count


def recount_all(db: Session, slot_ids: Iterable[int]) -> None:
    """Flag the slots that have too many children now, and offer the places that came free."""
    for slot_id in slot_ids:
        recount(db, slot_id, now=clock.now())


def recount_for(
    db: Session,
    *,
    carer_id: int | None = None,
    provider_id: int | None = None,
    programme_id: int | None = None,
) -> None:
    """Count the open slots to come of a carer, of a provider or of a programme again."""
    found = slots_to_count(
        db,
        now=clock.now(),
        carer_id=carer_id,
        provider_id=provider_id,
        programme_id=programme_id,
    )
    recount_all(db, found)
