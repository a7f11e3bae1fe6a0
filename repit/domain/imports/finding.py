"""One import by the name in its address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.errors import NoSuchObject
from repit.domain.households.models import ParentImport


def find(db: Session, public_id: str) -> ParentImport:
    """Return one import, locked until the change ends.

    Raises:
        NoSuchObject: no such import.
    """
    query = select(ParentImport).where(ParentImport.public_id == public_id).with_for_update()
    found = db.scalar(query)
    if found is None:
        raise NoSuchObject
    return found
