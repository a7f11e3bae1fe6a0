"""Releases of the story: what each funder read after every quarter, and one that waits.

They are drafted and approved as they would have been, one after the other, ten days after the
period: each was attacked together with those before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Event

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.demo.story import ZONE
from repit.domain.actors import Actor
from repit.domain.figures import task as figures
from repit.domain.figures.keeping import first_kept
from repit.domain.jobs.worker import JobContext, Worker
from repit.domain.periods import PeriodKind
from repit.domain.programmes.models import Fund
from repit.domain.releases import asking, drafting, publishing
from repit.domain.releases.approve import approve
from repit.domain.releases.drafting import Instance
from repit.domain.releases.models import Release, ReleaseState
from repit.domain.releases.rules import ReleasePeriod, periods_over

AFTER = timedelta(days=10)
PUBLISHED = (PeriodKind.QUARTER, PeriodKind.YEAR)


@dataclass(frozen=True)
class Releases:
    """Odile drafts, Marc approves."""

    engine: Engine
    drafts: Actor
    approves: Actor
    programme_id: int
    instance: Instance

    def tell(self, now: datetime) -> None:
        """Release every whole quarter that is over, and every year; the last draft waits."""
        with Session(self.engine) as db:
            figures.keep(db, self.programme_id, now=now)
            wanted = list(self._wanted(db, now))
        for number, (fund, period) in enumerate(wanted, 1):
            asked_at = min(datetime.combine(period.last_day, time(10), ZONE) + AFTER, now)
            self._draft(fund, period, asked_at)
            if number < len(wanted):
                self._approve(asked_at + timedelta(hours=1))
        with Session(self.engine) as db, unit_of_work(db):
            publishing.show_to_anybody(
                db, self.programme_id, shown=True, actor=self.drafts, now=now
            )

    def _wanted(self, db: Session, now: datetime) -> Iterator[tuple[str, ReleasePeriod]]:
        """Give each period for each fund, in the order in which they were over."""
        since = first_kept(db, self.programme_id) or date.max
        funds = db.scalars(
            select(Fund.public_id)
            .where(Fund.programme_id == self.programme_id, Fund.funder_id.is_not(None))
            .order_by(Fund.id)
        ).all()
        over = periods_over(since, now.astimezone(ZONE).date())
        for period in sorted(over, key=lambda one: one.last_day):  # the shortest first
            whole = period.first_day >= since or period.kind == PeriodKind.YEAR
            if period.kind in PUBLISHED and whole:
                yield from ((fund, period) for fund in funds)

    def _draft(self, fund: str, period: ReleasePeriod, now: datetime) -> None:
        with Session(self.engine) as db, unit_of_work(db):
            asking.ask_for_release(
                db, fund, period.kind, period.first_day, actor=self.drafts, now=now
            )

        def draft(context: JobContext) -> dict[str, object]:
            return drafting.draft_release(context, self.instance)

        Worker(self.engine, {asking.KIND: draft}, lambda: now, kinds=frozenset({asking.KIND})).run(
            Event(), until_empty=True
        )

    def _approve(self, now: datetime) -> None:
        """Approve what could be made safe; what could not stays for Odile to look at."""
        with Session(self.engine) as db, unit_of_work(db):
            for one in db.scalars(select(Release).where(Release.state == ReleaseState.DRAFTED)):
                seen = (one.sha256 or b"").hex()
                approve(db, one.id, seen=seen, actor=self.approves, now=now)
