"""A release of a whole year, approved without waiting for its end."""

from datetime import date

from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock, ids
from repit.domain.releases.models import Release
from repit.domain.releases.writing import content_bytes, digest
from tests.cast import Town
from tests.web.release_files.contents import AT, a_release

YEAR = clock.now().year


def publish(db: Session, town: Town) -> None:
    """Approve a release of the whole year."""
    stored = content_bytes(a_release(period_kind="year"))
    with unit_of_work(db):
        db.add(
            Release(
                public_id=ids.public_id(), programme_id=town.programme_id, fund_id=town.fund_id,
                kind="year", first_day=date(YEAR, 1, 1), last_day=date(YEAR, 12, 31),
                state="approved", drafted_by="command", drafted_at=AT, approved_by="command",
                approved_at=AT, year=YEAR, serial=3, content=stored, sha256=digest(stored),
            )
        )  # fmt: skip
