"""Whether children, carers and a room go together on a day: counted exactly, never guessed.

The answer is about the whole set of children: who is already there and who asks. A child's
weight counts wherever adults are counted, never for the places of the room. Facilitators are
not carers. What comes out follows a preset; it is never a claim of compliance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import ceil

from repit.domain.care.presets import Mixing, Preset

MONTHS_IN_YEAR = 12


class Fit(StrEnum):
    """Whether a set of children can be looked after, or the first thing in the way."""

    FITS = "fits"
    AGE = "age"
    """A child is too young, too old, or not born yet on that day."""
    ROOM = "room"
    CARERS = "carers"
    """No confirmed carer, or too few for the preset."""
    CAP = "cap"
    """Carers enough, but some may each look after fewer children than the preset allows."""


@dataclass(frozen=True)
class ChildFacts:
    """What counts of a child."""

    born_on: date
    walking_since: date | None = None
    """None: does not walk yet."""
    weight: int = 1
    """As how many children this one counts, at least 1."""
    dedicated_carer: bool = False
    """Needs an adult who looks after nobody else."""

    def __post_init__(self) -> None:
        """Refuse a child who counts as nobody: it would make room for others."""
        if self.weight < 1:
            raise ValueError(self.weight)

    def walks(self, day: date) -> bool:
        """Tell whether the child walks on that day."""
        return self.walking_since is not None and self.walking_since <= day


@dataclass(frozen=True)
class CarerFacts:
    """A carer who is confirmed for the slot."""

    personal_cap: int | None = None
    """Most children this person may look after, at least 1; None: what the preset says."""
    volunteer: bool = False

    def __post_init__(self) -> None:
        """Refuse a cap of nobody: such a person is not a carer."""
        if self.personal_cap is not None and self.personal_cap < 1:
            raise ValueError(self.personal_cap)


@dataclass(frozen=True)
class SlotFacts:
    """What a care slot allows. Both ages are inclusive, on the day of the slot."""

    day: date
    room_places: int
    youngest_months: int
    oldest_years: int
    """3: until the day before the fourth birthday."""
    preset: Preset
    mixing: Mixing
    """Usually `preset.mixing`; another may be looser than the preset's source."""


def age_in_months(born_on: date, day: date) -> int:
    """Return the completed months; negative before birth.

    Who is born on the 31st, or on 29 February, is a month older on the 1st after a shorter month.
    """
    months = (day.year - born_on.year) * MONTHS_IN_YEAR + day.month - born_on.month
    return months - (day.day < born_on.day)


def age_in_years(born_on: date, day: date) -> int:
    """Return the completed years; negative before birth. 29 February is followed by 1 March."""
    return age_in_months(born_on, day) // MONTHS_IN_YEAR


def is_of_age(child: ChildFacts, slot: SlotFacts) -> bool:
    """Tell whether the slot is meant for a child of this age."""
    months = age_in_months(child.born_on, slot.day)
    youngest = max(slot.youngest_months, 0)
    return youngest <= months < (slot.oldest_years + 1) * MONTHS_IN_YEAR


def adults_needed(
    children: Iterable[ChildFacts],
    *,
    preset: Preset,
    mixing: Mixing,
    day: date,
    room_places: int | None = None,
) -> int:
    """Return how many counting carers these children need, before anybody's personal cap.

    Args:
        room_places: some presets ask for more adults in a large room. None: not known, so they do.
    """
    everyone = list(children)
    in_group = _group_weights(everyone, preset, day)
    by_bands = _adults_for(in_group, preset, mixing) + _dedicated(everyone)
    return max(by_bands, _fewest(everyone, preset, room_places))


def fits(children: Iterable[ChildFacts], carers: Iterable[CarerFacts], slot: SlotFacts) -> Fit:
    """Tell whether all these children can be there together.

    Args:
        children: everybody who would be there, the new ones included. Nobody needs nobody.
        carers: those who are confirmed, each once.
    """
    everyone = list(children)
    counting = [carer for carer in carers if slot.preset.volunteers_count or not carer.volunteer]
    if not all(is_of_age(child, slot) for child in everyone):
        return Fit.AGE
    if len(everyone) > slot.room_places:
        return Fit.ROOM
    if _adults_in(everyone, slot) > len(counting):
        return Fit.CARERS
    return Fit.FITS if _caps_allow(everyone, counting, slot) else Fit.CAP


def places_left(
    children: Iterable[ChildFacts],
    carers: Iterable[CarerFacts],
    slot: SlotFacts,
    *,
    like: ChildFacts,
) -> int:
    """Return how many more children like this one fit: to be shown, never to decide with."""
    there, confirmed = list(children), list(carers)
    left = 0
    while fits([*there, *[like] * (left + 1)], confirmed, slot) is Fit.FITS:
        left += 1
    return left


def _adults_in(children: list[ChildFacts], slot: SlotFacts) -> int:
    return adults_needed(
        children,
        preset=slot.preset,
        mixing=slot.mixing,
        day=slot.day,
        room_places=slot.room_places,
    )


def _dedicated(children: Iterable[ChildFacts]) -> int:
    return sum(child.dedicated_carer for child in children)


def _group_weights(children: Iterable[ChildFacts], preset: Preset, day: date) -> list[int]:
    """Weigh the children of each band, without those who have an adult of their own."""
    weights = [0] * len(preset.bands)
    for child in children:
        if not child.dedicated_carer:
            weights[_band_of(child, preset, day)] += child.weight
    return weights


def _band_of(child: ChildFacts, preset: Preset, day: date) -> int:
    months, walks = age_in_months(child.born_on, day), child.walks(day)
    return next(rank for rank, band in enumerate(preset.bands) if band.takes(months, walks=walks))


def _adults_for(weights: Sequence[int], preset: Preset, mixing: Mixing) -> int:
    shares = [
        Fraction(weight, band.per_adult) for weight, band in zip(weights, preset.bands, strict=True)
    ]
    if mixing is Mixing.SUM:
        return ceil(sum(shares))
    if mixing is Mixing.YOUNGEST:
        return ceil(Fraction(sum(weights), _strictest(weights, preset)))
    return sum(ceil(share) for share in shares)


def _strictest(weights: Sequence[int], preset: Preset) -> int:
    """Return the children per adult of the strictest band that has a child."""
    present = [band.per_adult for weight, band in zip(weights, preset.bands, strict=True) if weight]
    return min(present, default=1)


def _fewest(children: list[ChildFacts], preset: Preset, room_places: int | None) -> int:
    weight = sum(child.weight for child in children)
    return max(
        (
            rule.adults
            for rule in preset.fewest
            if weight >= rule.from_children
            and (room_places is None or room_places > rule.over_places)
        ),
        default=0,
    )


def _caps_allow(children: list[ChildFacts], carers: list[CarerFacts], slot: SlotFacts) -> bool:
    """Tell whether the children can be shared out so that nobody passes a personal cap."""
    if all(carer.personal_cap is None for carer in carers):
        return True  # the bands, already counted, are the only limit
    weights = _group_weights(children, slot.preset, slot.day)
    no_cap = sum(weights) + 1
    caps = sorted(carer.personal_cap or no_cap for carer in carers)
    # One child is within every cap, so those who may have fewest take the dedicated places.
    for_the_group = caps[_dedicated(children) :]
    demands = [
        (band.per_adult, weight)
        for band, weight in zip(slot.preset.bands, weights, strict=True)
        if weight
    ]
    if slot.mixing is Mixing.SUM:
        return _shared_in_fractions(sorted(demands), for_the_group)
    if slot.mixing is Mixing.YOUNGEST and demands:
        demands = [(min(demands)[0], sum(weights))]
    return _shared_by_band(demands, for_the_group)


def _shared_by_band(demands: list[tuple[int, int]], caps: list[int]) -> bool:
    """Try every way of giving each carer one band; few bands make few different remainders."""
    remainders = {tuple(weight for _, weight in demands)}
    for cap in caps if demands else ():
        remainders = {
            (*rest[:rank], max(rest[rank] - min(per_adult, cap), 0), *rest[rank + 1 :])
            for rest in remainders
            for rank, (per_adult, _) in enumerate(demands)
        }
    return any(not any(rest) for rest in remainders)


def _shared_in_fractions(demands: list[tuple[int, int]], caps: list[int]) -> bool:
    """Fill the carers one after the other, strictest band and smallest cap first.

    A child takes `1 / min(children per adult, cap)` of a carer. A small cap costs nothing with
    children of whom one adult may have few anyway: no other order leaves more room.
    """
    remaining = iter(caps)
    cap, free = 1, Fraction(0)
    for per_adult, weight in demands:
        left = Fraction(weight)
        while left > free * min(per_adult, cap):
            left -= free * min(per_adult, cap)
            following = next(remaining, None)
            if following is None:
                return False
            cap, free = following, Fraction(1)
        free -= left / min(per_adult, cap)
    return True
