"""What a carer's papers are worth on a day. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from repit.domain.providers.rights import LAPSES_SOON

ONE_DAY = timedelta(days=1)


class PaperState(StrEnum):
    """From the best to the worst."""

    VALID = "valid"
    LAPSING = "lapsing"
    """Valid, for sixty days more at most, and nothing follows it."""
    TO_COME = "to_come"
    LAPSED = "lapsed"
    MISSING = "missing"


@dataclass(frozen=True)
class Paper:
    """Days on which a paper counts, both included."""

    kind: str
    first_day: date
    last_day: date

    def covers(self, day: date) -> bool:
        """Tell whether it counts on a day."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True)
class PaperView:
    """How one kind of paper stands. `until`: its last day, or the day on which it begins."""

    kind: str
    state: PaperState
    until: date | None


def missing_on(papers: Iterable[Paper], required: Iterable[str], day: date) -> tuple[str, ...]:
    """Return the kinds that are asked for and not covered on a day."""
    covered = {paper.kind for paper in papers if paper.covers(day)}
    return tuple(kind for kind in required if kind not in covered)


def standing(papers: Collection[Paper], kind: str, today: date) -> PaperView:
    """Return what the papers of one kind are worth today, and how long they last without a gap."""
    own = sorted((p for p in papers if p.kind == kind), key=lambda paper: paper.first_day)
    if not own:
        return PaperView(kind, PaperState.MISSING, None)
    until = _covered_until(own, today)
    if until is not None:
        lapsing = until - today <= LAPSES_SOON
        return PaperView(kind, PaperState.LAPSING if lapsing else PaperState.VALID, until)
    to_come = [paper.first_day for paper in own if paper.first_day > today]
    if to_come:
        return PaperView(kind, PaperState.TO_COME, min(to_come))
    return PaperView(kind, PaperState.LAPSED, max(paper.last_day for paper in own))


def _covered_until(own: Iterable[Paper], today: date) -> date | None:
    until: date | None = None
    for paper in own:
        follows = until is not None and paper.first_day <= until + ONE_DAY
        if paper.covers(today) or follows:
            until = max(until or paper.last_day, paper.last_day)
    return until
