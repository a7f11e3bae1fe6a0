"""What an operator settles for a care slot or writes about a carer, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from repit.domain.care.errors import AgesOutOfOrder, PresetNotOffered, SlotWithoutName
from repit.domain.care.presets import PRESETS
from repit.domain.care.rules import MONTHS_IN_YEAR

AROUND = timedelta(minutes=15)
"""Care opens so long before a session and closes so long after it, unless it is said otherwise."""

FIRST_MINUTE, LAST_MINUTE = time(0, 0), time(23, 59)
CHECK_KINDS = ("honorability", "criminal_record", "insurance", "agreement")
"""The papers that may be asked for, in the order in which they are shown."""


@dataclass(frozen=True)
class SlotDetails:
    """A care slot. `session_id` None: it stands alone and has a title. Both ages are inclusive."""

    programme_id: int
    provider_id: int
    place_id: int
    room: str
    day: date
    starts: time
    ends: time
    zone: str
    room_places: int
    vouchers_per_child: int
    family_share_cents: int = 0
    youngest_months: int = 0
    oldest_years: int = 12
    preset: str = "prudent"
    mixing: str = "per_band"
    session_id: int | None = None
    public_title: str | None = None
    description: str | None = None
    fold: int | None = None
    """Which is meant where a time comes twice that night: 0 the first, 1 the second."""


@dataclass(frozen=True)
class CarerDetails:
    """`personal_cap`: the most children they keep by their own agreement; None: the ratio alone."""

    name: str
    kind: str
    personal_cap: int | None = None


@dataclass(frozen=True)
class CheckDetails:
    """A paper that was seen; both days belong to it."""

    kind: str
    first_day: date
    last_day: date
    seen_on: date


def check_slot(details: SlotDetails) -> None:
    """Refuse what no slot can be.

    Raises:
        SlotWithoutName: it stands alone without a title.
        AgesOutOfOrder: nobody is of age.
        PresetNotOffered: its ratio preset cannot be chosen.
    """
    if details.session_id is None and not details.public_title:
        raise SlotWithoutName
    if details.youngest_months > details.oldest_years * MONTHS_IN_YEAR + MONTHS_IN_YEAR - 1:
        raise AgesOutOfOrder
    preset = PRESETS.get(details.preset)
    if preset is None or not preset.enabled:
        raise PresetNotOffered


def around(starts: time, ends: time) -> tuple[time, time]:
    """Return the usual hours of care beside a session, within its day."""
    return _moved(starts, -AROUND), _moved(ends, AROUND)


def _moved(wall: time, by: timedelta) -> time:
    any_day = date(2000, 1, 2)
    moved = datetime.combine(any_day, wall) + by
    if moved.date() == any_day:
        return moved.time()
    return FIRST_MINUTE if by < timedelta(0) else LAST_MINUTE


def shifted(wall: time, before: time, after: time) -> time:
    """Return a time as far from `after` as it was from `before`, within the day."""
    any_day = date(2000, 1, 2)
    distance = datetime.combine(any_day, after) - datetime.combine(any_day, before)
    return _moved(wall, distance)
