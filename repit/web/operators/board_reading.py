"""The board of the months asked for and of the same a year before: what a page is made from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.figures import board
from repit.domain.figures.asked import Activity, Board
from repit.web.operators.board_asking import Wanted


@dataclass(frozen=True)
class Reading:
    """`before` and `activity_before`: None when there is nothing to compare with."""

    wanted: Wanted
    board: Board
    before: Board | None
    activity: Activity
    activity_before: Activity | None

    @property
    def empty(self) -> bool:
        """Whether nothing at all happened."""
        return not (_anything(self.board, self.wanted) or any(self.activity.counts.values()))


def read(db: Session, wanted: Wanted, *, now: datetime) -> Reading:
    """Return both years, in as many statements whatever the months."""
    before = board.read(db, wanted.before, now=now)
    activity_before = board.activity(db, wanted.before, now=now)
    return Reading(
        wanted=wanted,
        board=board.read(db, wanted.asked, now=now),
        before=before if _anything(before, wanted) else None,
        activity=board.activity(db, wanted.asked, now=now),
        activity_before=activity_before if any(activity_before.counts.values()) else None,
    )


def _anything(found: Board, wanted: Wanted) -> bool:
    """Money counts only where it is shown: it is not divided by people."""
    flows = () if wanted.about_people else ("contributed", "paid", "returned")
    return any(found.totals.values()) or any(found.money.get(key, 0) for key in flows)
