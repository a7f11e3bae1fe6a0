"""How far the right of entitled households took them: counted as in releases, for any months.

Of closed days alone, in a few statements, but through every household with a right: a page of its
own, not a part of the live board.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from repit.domain.figures import keeping, people, rules
from repit.domain.figures.activity import Days
from repit.domain.periods import Period
from repit.domain.programmes.queries import ProgrammeView
from repit.domain.reports.rounding import in_whole

STAGES = (people.USED, people.RECEIVED, people.NOT_REACHED)


@dataclass(frozen=True)
class TakeUp:
    """Households, each counted once, by stage and by isolated or not."""

    until: date
    """The last day that is counted."""
    isolated: Mapping[str, int]
    """By stage."""
    others: Mapping[str, int]

    @property
    def entitled(self) -> int:
        return sum(self.isolated.values()) + sum(self.others.values())

    @property
    def percents(self) -> Mapping[str, int]:
        """The part of entitled households at each stage, in whole percents that add up to 100."""
        parts = [self.isolated[stage] + self.others[stage] for stage in STAGES]
        whole = in_whole([100 * part / max(1, self.entitled) for part in parts])
        return dict(zip(STAGES, whole, strict=True))


def take_up(db: Session, programme: ProgrammeView, months: Period) -> TakeUp | None:
    """Return it for the closed days of some months; None while none of them is closed."""
    kept = keeping.kept_until(db, programme.id)
    if kept is None or kept < months.first_day:
        return None
    until, zone = min(kept, months.last_day), programme.settings.zone
    days = Days(
        programme.id,
        months.first_day,
        until,
        rules.midnight(zone, months.first_day),
        rules.midnight(zone, until + rules.A_DAY),
    )
    found = people.take_up(db, days)
    isolated, others = (
        {stage: found["take_up", f"{stage}*{part}"].value for stage in STAGES}
        for part in ("yes", "no")
    )
    return TakeUp(until, isolated, others)
