"""What the providers of a workshop's care keep already at the hours of some dates."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from repit.domain.care.models import CareSlot
from repit.domain.providers.models import Provider
from repit.domain.workshops.again import Clash, meets
from repit.domain.workshops.models import Workshop, WorkshopSession
from repit.domain.workshops.rules import Row


def of_providers(db: Session, workshop_id: int, rows: Sequence[Row]) -> list[Clash]:
    """Return the care, beside anything, of those who keep children beside this workshop."""
    keepers = (
        select(CareSlot.provider_id)
        .join(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .where(WorkshopSession.workshop_id == workshop_id, CareSlot.state != "cancelled")
    )
    title = func.coalesce(CareSlot.public_title, Workshop.title)
    found = db.execute(
        select(CareSlot.day, CareSlot.starts, CareSlot.ends, Provider.name, title.label("title"))
        .join(Provider, Provider.id == CareSlot.provider_id)
        .outerjoin(WorkshopSession, WorkshopSession.id == CareSlot.session_id)
        .outerjoin(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            CareSlot.provider_id.in_(keepers),
            CareSlot.day.in_({row.day for row in rows}),
            CareSlot.state != "cancelled",
        )
        .order_by(CareSlot.starts_at, CareSlot.id)
    ).all()
    return [
        Clash(one.day, one.starts, one.name, one.title or "")
        for one in found
        if meets(rows, one.day, one.starts, one.ends)
    ]
