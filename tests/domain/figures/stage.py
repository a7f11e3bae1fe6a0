"""A town whose vouchers move on days of the past: what figures are counted from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements.models import Allowance
from repit.domain.figures import keeping
from repit.domain.redemptions import reverse
from tests import cast
from tests.cast import OPERATOR, AProvider
from tests.domain.redemptions.taking import take

_ids = count(5_000)


@dataclass
class Stage:
    """One programme from January 2026, closed up to some day."""

    db: Session
    engine: Engine
    programme_id: int
    funder_id: int
    fund_id: int
    roseraie: AProvider

    def parent(
        self,
        name: str,
        *,
        fund_id: int | None = None,
        vouchers: int = 12,
        isolated: bool = False,
        **changes: Any,
    ) -> list[str]:
        """Bring a parent on, with vouchers of 14 March; return the codes."""
        parent_id = cast.a_parent(self.db, name, **changes)
        codes = cast.vouchers_for(self.db, parent_id, fund_id or self.fund_id, vouchers=vouchers)
        with unit_of_work(self.db):
            self.db.execute(
                update(Allowance).where(Allowance.parent_id == parent_id).values(isolated=isolated)
            )
        return codes

    def use(
        self, codes: list[str], on: date, *, by: AProvider | None = None, **service: object
    ) -> UUID:
        """Let a provider take one or more vouchers, recorded at noon of that day."""
        number = next(_ids)
        at = noon(on)
        said: dict[str, Any] = {"service_on": on, "minutes": 30 * len(codes)} | service
        return take(self.engine, by or self.roseraie, codes, number, now=at, **said).id

    def undo(self, redemption_id: UUID, on: date) -> None:
        with unit_of_work(self.db):
            reverse.reverse_by_operator(
                self.db, redemption_id, motive="essai", actor=OPERATOR, now=noon(on)
            )

    def close(self, until: date) -> None:
        """Let every day up to this one be closed, as the job does the night after."""
        now = noon(until + timedelta(days=1))
        while self.close_some(now):
            pass

    def close_some(self, now: datetime) -> list[date]:
        with unit_of_work(self.db):
            return keeping.close_some(self.db, self.programme_id, now=now)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def a_stage(db: Session, engine: Engine) -> Stage:
    funder_id = cast.a_funder(db)
    programme_id = cast.a_programme(db)
    fund_id = cast.a_fund(db, programme_id, funder_id=funder_id, cents=10_000_000)
    return Stage(db, engine, programme_id, funder_id, fund_id, cast.a_provider(db))
