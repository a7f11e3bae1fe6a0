"""Which fields a summary has, and which published figure may fill one. Pure.

The default fields are those of the Cnaf's yearly questionnaire on REAAP actions (survey of 2016:
actions, sessions, facilitators paid or volunteer, parents, children, with whom, first-time actions,
commune) and of the Fonds national parentalité (new households, respite), reliability-domain §4.6.
No list of the questionnaire's own codes is public: names are changed where the Caf's differ.

A field is filled from an approved release of the year, never from live figures: what a family fund
reads here is what it may read there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from repit.domain.categories import Category
from repit.domain.figures import definitions
from repit.domain.summaries.errors import (
    SummaryEmpty,
    SummaryFieldTwice,
    SummaryOtherUnit,
    SummarySourceUnknown,
    SummaryTooLong,
)

MOST_FIELDS = 40
LONGEST_LABEL = 120
LONGEST_ANSWER = 500
YES_NO = ("yes", "no")
LIVE_ALONE = {
    *("vouchers_issued", "vouchers_lapsed", "vouchers_cancelled"),
    *("referrals_noted", "referrals_ended", "referrals_worked"),
}
"""Indicators of the operator's own board: no release has them."""
CATEGORIES = tuple(one.value for one in Category)
DIVIDED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    # indicator: how a release divides it, and into which parts
    "households_reached": (("isolated", YES_NO), ("priority_area", YES_NO)),
    "parents_reached": (("declared", ("woman", "man")),),
    "children_reached": (("age", ("0-2", "3-5", "6-11", "12-17")),),
    "vouchers_used": (("category", CATEGORIES),),
    "respite_minutes": (("category", CATEGORIES),),
    "take_up": (("stage", ("not_reached", "received", "used")), ("isolated", YES_NO)),
    "participants": (("isolated", YES_NO),),
    "waiting_parties": (("outcome", ("served", "left")),),
}


class Kind(StrEnum):
    """What stands in a field; one that the operator added takes anything."""

    COUNT = "count"
    AMOUNT = "amount"
    TIME = "time"
    SHARE = "share"
    WORDS = "words"
    ANY = "any"


NOT_COUNTED = {"cent", "minute", "share", "day"}
"""Units of `definitions` that are measured; all others are counted one by one."""
UNIT_OF = {Kind.AMOUNT: "cent", Kind.TIME: "minute", Kind.SHARE: "share"}
KINDS: dict[str, Kind] = {
    # of the default fields that are not counts
    "with_whom": Kind.WORDS,
    "commune": Kind.WORDS,
    "respite_hours": Kind.TIME,
    "satisfaction": Kind.SHARE,
    "staff_time": Kind.TIME,
    "costs": Kind.AMOUNT,
}
_COUNT = re.compile(r"^\d{1,9}$")


@dataclass(frozen=True)
class Source:
    """A published figure: an indicator's total, or one part of it along one dimension."""

    indicator: str
    dimension: str = ""
    part: str = ""

    @property
    def code(self) -> str:
        """Return how it is stored: `participants`, `participants:isolated=yes`."""
        if not self.dimension:
            return self.indicator
        return f"{self.indicator}:{self.dimension}={self.part}"


@dataclass(frozen=True)
class Field:
    """`key` stays with a field when it is renamed: what was typed into it is found by it.

    `source` is the code of a `Source`, or empty where a person types.
    """

    key: str
    label: str
    source: str = ""

    @property
    def kind(self) -> Kind:
        """What the field takes: it stays when a default field is renamed."""
        return KINDS.get(self.key, Kind.COUNT if self.key in DEFAULT_KEYS else Kind.ANY)


DEFAULT: tuple[tuple[str, str], ...] = (
    # key and source of each; their names are in the operator's language, see `web/words`
    ("actions", ""),
    ("sessions", "sessions_held"),
    ("sessions_cancelled", "sessions_cancelled"),
    ("paid_facilitators", ""),
    ("volunteer_facilitators", ""),
    ("parents", "participants"),
    ("isolated_parents", "participants:isolated=yes"),
    ("attendances", "attendances"),
    ("children", "children_cared"),
    ("with_whom", ""),
    ("new_families", ""),
    ("first_time_actions", ""),
    ("commune", ""),
    ("households", "households_reached"),
    ("priority_areas", "households_reached:priority_area=yes"),
    ("respite_hours", "respite_minutes"),
    ("satisfaction", "satisfaction_good"),
    ("staff_time", "staff_minutes"),
    ("costs", "staff_costs_cents"),
)
DEFAULT_KEYS = frozenset(key for key, _source in DEFAULT)


def sources() -> Iterator[Source]:
    """Give every figure that may fill a field, in the order of the definitions."""
    for key in definitions.INDICATORS:
        if key in LIVE_ALONE:
            continue
        yield Source(key)
        for dimension, parts in DIVIDED.get(key, ()):
            yield from (Source(key, dimension, part) for part in parts)


SOURCES: dict[str, Source] = {one.code: one for one in sources()}


def check(fields: Sequence[Field]) -> None:
    """Refuse fields that could not be filled, or told apart.

    Raises:
        SummaryEmpty: there is none.
        SummaryTooLong: there are more than `MOST_FIELDS`.
        SummaryFieldTwice: two have the same name, but for capitals and spaces.
        SummarySourceUnknown: one asks for a figure that no release has.
        SummaryOtherUnit: one asks for a figure of another unit than its own.
    """
    if not fields:
        raise SummaryEmpty
    if len(fields) > MOST_FIELDS:
        raise SummaryTooLong(MOST_FIELDS)
    seen: set[str] = set()
    for field in fields:
        name = " ".join(field.label.casefold().split())
        if name in seen:
            raise SummaryFieldTwice(field.label)
        seen.add(name)
        if field.source and field.source not in SOURCES:
            raise SummarySourceUnknown(field.label, field.source)
        if field.source and not _fits(field.kind, SOURCES[field.source]):
            raise SummaryOtherUnit(field.label, field.source)


def _fits(kind: Kind, source: Source) -> bool:
    unit = definitions.INDICATORS[source.indicator].unit
    if kind is Kind.COUNT:
        return unit not in NOT_COUNTED
    return kind not in UNIT_OF or unit == UNIT_OF[kind]


def is_count(text: str) -> bool:
    """Tell whether what was typed is a whole number from 0, of nine digits at most."""
    return _COUNT.match(re.sub(r"\s", "", text)) is not None


def fresh_key(taken: Iterable[str]) -> str:
    """Return a key for one more field, that no field had before: `n7`."""
    used = [int(key[1:]) for key in taken if key[:1] == "n" and key[1:].isdigit()]
    return f"n{max(used, default=0) + 1}"
