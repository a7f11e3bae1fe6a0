"""A funder is told that a release is there; what it says is read on the site alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.notices.rules import Kind
from repit.domain.notices.service import Office, tell
from repit.domain.people.queries import readers_of_funder
from repit.domain.programmes.models import Fund, Funder
from repit.domain.releases.models import Release
from repit.domain.releases.rules import number_text


def tell_funder(db: Session, release: Release, *, now: datetime) -> None:
    """Write to everybody who reads for the funder, and to its office.

    Raises:
        Nothing of its own.
    """
    fund = db.get_one(Fund, release.fund_id)
    if fund.funder_id is None or release.year is None or release.serial is None:
        return
    facts = {
        "release": number_text(release.year, release.serial),
        "fund": fund.title,
        "period_kind": release.kind,
        "first_day": release.first_day.isoformat(),
    }
    kind = Kind.RELEASE_APPROVED
    dedupe = f"{kind}:{release.id}"
    told = set()
    for one in readers_of_funder(db, fund.funder_id):
        told.add(one.email)
        tell(db, kind, one.id, facts=facts, dedupe=f"{dedupe}:{one.id}", now=now)
    office = db.get_one(Funder, fund.funder_id).contact_email
    if office and office not in told:
        tell(db, kind, Office(office), facts=facts, dedupe=f"{dedupe}:office", now=now)
