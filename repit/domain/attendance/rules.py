"""What may be added to a log of attendance, and who may collect a child. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from repit.domain.attendance.errors import (
    AlreadyNoted,
    LooksLikeBlocked,
    MayNeverCollect,
    MotiveMissing,
    NameMissing,
    NotedInTheFuture,
    NotedTooLate,
    NothingToAnnul,
    NotOnTheList,
    NotThere,
    TooEarlyToNote,
)
from repit.domain.attendance.likeness import looks_like, may_be_one, same_name
from repit.domain.households.folding import fold
from repit.domain.presence.notes import (
    ANNULLED,
    ARRIVED,
    EXCUSED,
    EXPECTED,
    LEFT,
    NO_SHOW,
    Entry,
    State,
    standing,
    state_of,
)

KINDS = (ARRIVED, LEFT, NO_SHOW, EXCUSED, ANNULLED)
REASONS = ("ill", "transport", "work", "family", "other")
"""Why somebody is excused: a category, never a diagnosis."""

OLDEST = timedelta(days=7)
CLOCKS_DIFFER = timedelta(minutes=2)
DOORS_OPEN = timedelta(hours=3)
"""So long before the start somebody may be there already."""

NAMES_FROM = timedelta(hours=48)
NAMES_UNTIL = timedelta(hours=24)

_FOLLOWS = {
    EXPECTED: {ARRIVED, NO_SHOW, EXCUSED},
    ARRIVED: {LEFT},
    LEFT: {ARRIVED},  # went out and came back
    NO_SHOW: {ARRIVED, EXCUSED},  # late after all, or had called
    EXCUSED: {ARRIVED},
}


@dataclass(frozen=True)
class Conflict:
    """Two notes of two devices that cannot both be the whole story."""

    first: Entry
    second: Entry


def conflicts(log: Iterable[Entry]) -> list[Conflict]:
    """Return the neighbours in a log that come from two devices and do not follow on."""
    stands = standing(log)
    return [
        Conflict(first, second)
        for first, second in pairwise(stands)
        if first.device != second.device and second.kind not in _FOLLOWS[first.kind]
    ]


def came_for_sure(log: Iterable[Entry]) -> bool | None:
    """Tell whether somebody came; None when nothing was noted, or phones disagree about it.

    Two phones that both saw a child arrive may disagree about the rest.
    """
    stands = standing(log)
    came = {entry.kind in {ARRIVED, LEFT} for entry in stands}
    if not came or (len(came) > 1 and conflicts(stands)):
        return None
    return state_of(stands).came


def check_moment(at: datetime, now: datetime) -> None:
    """Refuse a moment that a phone cannot mean.

    Raises:
        NotedInTheFuture: more than two minutes ahead of our clock.
        NotedTooLate: more than a week ago.
    """
    if at > now + CLOCKS_DIFFER:
        raise NotedInTheFuture(at)
    if at < now - OLDEST:
        raise NotedTooLate(at, OLDEST.days)


def check_since(kind: str, at: datetime, starts_at: datetime, no_show_minutes: int) -> None:
    """Refuse what cannot have happened yet. Somebody may be excused at any time.

    Raises:
        TooEarlyToNote: hours before the start, or absent before the grace is over.
    """
    since = {
        ARRIVED: starts_at - DOORS_OPEN,
        LEFT: starts_at - DOORS_OPEN,
        NO_SHOW: starts_at + timedelta(minutes=no_show_minutes),
    }.get(kind)
    if since is not None and at < since:
        raise TooEarlyToNote(since)


def check_follows(kind: str, state: State) -> None:
    """Refuse what does not follow from what is true; for a phone that could have known.

    Raises:
        NothingToAnnul: nothing was noted.
        NotThere: somebody leaves who did not arrive.
        AlreadyNoted: it is so already, or must be taken back first.
    """
    if kind == ANNULLED:
        if state.since is None:
            raise NothingToAnnul
        return
    if kind in _FOLLOWS[state.kind]:
        return
    if state.since is None:
        raise NotThere
    raise AlreadyNoted(state.kind, state.since)


@dataclass(frozen=True)
class Named:
    """A name on a child's lists; `decided`: the operator saw a court's decision about it."""

    name: str
    public_id: str = ""
    decided: bool = False


@dataclass(frozen=True)
class ChildLists:
    """Who may collect a child that a parent booked a place for, and who never may."""

    first_name: str
    parent_name: str
    may: tuple[Named, ...] = ()
    never: tuple[Named, ...] = ()
    never_beside: tuple[Named, ...] = ()
    """Who never may collect a brother or a sister of the same booking."""


@dataclass(frozen=True)
class HandOver:
    """To whom a child is given. Neither a collector nor a name: to the parent who booked."""

    collector: str | None = None
    """Public id of somebody on the list."""
    name: str | None = None
    forced: bool = False
    motive: str | None = None
    cleared: bool = False
    """The operator said by telephone that it is not the blocked person it looks like."""


@dataclass(frozen=True)
class Taken:
    """With whom the child left, as it is written down."""

    name: str
    collector: str | None = None
    forced: bool = False
    cleared: bool = False
    """The name looks like a blocked one; somebody asked the operator."""


def check_hand_over(lists: ChildLists, asked: HandOver) -> Taken:
    """Return with whom the child leaves, or refuse; a name that is blocked is never forced.

    Raises:
        MayNeverCollect: on a list of those who never may, however it is written.
        NameMissing: there is no name in the name.
        NotOnTheList: nobody said that this person may, and it is not forced.
        MotiveMissing: forced without a reason.
        LooksLikeBlocked: nearly a blocked name, or one that a brother or sister never leaves with,
            and nobody asked the operator.
    """
    if asked.collector is None and asked.name is None:
        return _to_parent(lists)
    picked = next((one for one in lists.may if one.public_id == asked.collector), None)
    typed = asked.name or ""
    if picked is None and asked.collector is None and not fold(typed):
        raise NameMissing
    if picked is None and same_name(typed, lists.parent_name):
        return _to_parent(lists)
    picked = picked or next((one for one in lists.may if same_name(one.name, typed)), None)
    if picked is not None:
        _refuse_if(any(same_name(one.name, picked.name) for one in lists.never), lists, picked.name)
        return Taken(picked.name, picked.public_id)
    _refuse_if(any(may_be_one(one.name, typed) for one in lists.never), lists, typed)
    if not fold(typed):  # a collector who is not on the list any more
        raise NameMissing
    return _to_another(lists, asked, typed)


def names_visible(starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Tell whether a carer may read names: from 48 h before to 24 h after."""
    return starts_at - NAMES_FROM <= now <= ends_at + NAMES_UNTIL


def _to_another(lists: ChildLists, asked: HandOver, typed: str) -> Taken:
    doubtful = any(looks_like(one.name, typed) for one in (*lists.never, *lists.never_beside))
    if doubtful and not asked.cleared:
        raise LooksLikeBlocked(typed, lists.first_name)
    if not asked.forced:
        raise NotOnTheList(typed, lists.first_name)
    if not fold(asked.motive or ""):
        raise MotiveMissing
    return Taken(typed, forced=True, cleared=doubtful)


def _to_parent(lists: ChildLists) -> Taken:
    decided: Sequence[Named] = [one for one in lists.never if one.decided]
    _refuse_if(
        any(same_name(one.name, lists.parent_name) for one in decided), lists, lists.parent_name
    )
    return Taken(lists.parent_name)


def _refuse_if(blocked: bool, lists: ChildLists, name: str) -> None:  # noqa: FBT001  (a verdict)
    if blocked:
        raise MayNeverCollect(name, lists.first_name)
