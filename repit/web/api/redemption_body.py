"""What a provider's software asks to redeem, read by hand because it is the hot path.

Agrees with `schema.REDEMPTION` on every content: a property test holds them together. This
one decides; the checker explains.
"""

import re
from datetime import date
from typing import Any
from uuid import UUID

from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.redemptions.desk import Brought
from repit.domain.redemptions.redeem import MOST_CODES
from repit.domain.redemptions.rules import Service
from repit.web.api.checking import flaws_of, is_day
from repit.web.api.schema import (
    DAY_PATTERN,
    LONGEST_CODE,
    MOST_MINUTES,
    MOST_SESSIONS,
    MOST_SHARE,
    REDEMPTION,
    UUID_PATTERN,
)
from repit.web.api.troubles import ContentNotValid

_MEMBERS = frozenset(REDEMPTION["properties"])
_CATEGORIES = {category.value: category for category in Category}
_is_uuid = re.compile(UUID_PATTERN).fullmatch
_is_shaped_as_day = re.compile(DAY_PATTERN).fullmatch


def brought_by(asked: Any) -> Brought:
    """Return what is asked for.

    Raises:
        ContentNotValid: with everything that is wrong, each with its place.
    """
    if type(asked) is dict and asked.keys() <= _MEMBERS and _is_valid(asked):
        return Brought(
            UUID(asked["id"]),
            asked["codes"],
            Service(
                category=_CATEGORIES[asked["category"]],
                service_on=date.fromisoformat(asked["service_on"]),
                minutes=asked.get("minutes"),
                sessions=asked.get("sessions"),
                family_share=Cents(asked.get("family_share_cents", 0)),
            ),
        )
    raise ContentNotValid(flaws_of(asked, REDEMPTION))


def _is_valid(asked: dict[str, Any]) -> bool:
    key, codes, day = asked.get("id"), asked.get("codes"), asked.get("service_on")
    category = asked.get("category")
    by_time = "minutes" in asked
    amount, most = (
        (asked["minutes"], MOST_MINUTES) if by_time else (asked.get("sessions"), MOST_SESSIONS)
    )
    share = asked.get("family_share_cents", 0)
    return (
        type(key) is str
        and _is_uuid(key) is not None
        and type(category) is str
        and category in _CATEGORIES
        and type(day) is str
        and _is_shaped_as_day(day) is not None
        and is_day(day)
        and by_time != ("sessions" in asked)
        and type(amount) is int
        and 1 <= amount <= most
        and type(share) is int
        and 0 <= share <= MOST_SHARE
        and type(codes) is list
        and 1 <= len(codes) <= MOST_CODES
        and all(type(code) is str and 1 <= len(code) <= LONGEST_CODE for code in codes)
    )
