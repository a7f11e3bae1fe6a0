"""What a log of attendance says about one person. Pure.

The log of one person is read by the moment the phones give, ties by the order of arrival here.
`annulled` takes back the last note that still stands. `refused` notes change nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

EXPECTED, ARRIVED, LEFT = "expected", "arrived", "left"
NO_SHOW, EXCUSED, ANNULLED, REFUSED = "no_show", "excused", "annulled", "refused"


@dataclass(frozen=True)
class Entry:
    """One note in the log of one person."""

    id: int
    kind: str
    at: datetime
    received_at: datetime
    device: str
    actor: str = ""
    offline: bool = False
    forced: bool = False
    motive: str | None = None
    person_name: str | None = None


@dataclass(frozen=True)
class State:
    """What is true of a person now. `since` None: nothing was noted."""

    kind: str = EXPECTED
    since: datetime | None = None
    person_name: str | None = None
    forced: bool = False
    motive: str | None = None

    @property
    def inside(self) -> bool:
        """Whether the person is in the room; outside is everything else."""
        return self.kind == ARRIVED

    @property
    def came(self) -> bool:
        return self.kind in {ARRIVED, LEFT}


def in_order(log: Iterable[Entry]) -> list[Entry]:
    """Return the notes as they happened."""
    return sorted(log, key=lambda entry: (entry.at, entry.id))


def standing(log: Iterable[Entry]) -> list[Entry]:
    """Return the notes that nobody took back, as they happened."""
    found: list[Entry] = []
    for entry in in_order(log):
        if entry.kind == REFUSED:
            continue
        if entry.kind != ANNULLED:
            found.append(entry)
        elif found:
            found.pop()
    return found


def state_of(log: Iterable[Entry]) -> State:
    """Return what is true of a person now."""
    stands = standing(log)
    if not stands:
        return State()
    last = stands[-1]
    return State(last.kind, last.at, last.person_name, last.forced, last.motive)
