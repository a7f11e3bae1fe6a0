"""What a referral may be about, and on which days. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from repit.domain.referrals.errors import ReferralToCome, ReferralTooOld

NOTED_WITHIN = timedelta(days=366)
"""Older than a year it is a slip of the hand, or belongs to a report that was given already."""


class Kind(StrEnum):
    """What somebody was put in touch with.

    The first three are those of Gennevilliers: 16 « mises en liens effectives (insertion,
    association garde enfants, psychologue) ».
    """

    INSERTION = "insertion"
    CHILDCARE = "childcare"
    PSYCHOLOGIST = "psychologist"
    HEALTH = "health"
    RIGHTS = "rights"
    HOUSING = "housing"
    ASSOCIATION = "association"
    OTHER = "other"


class Outcome(StrEnum):
    """What is known of how it went."""

    NOT_KNOWN = "not_known"
    WORKED = "worked"
    DID_NOT_WORK = "did_not_work"

    @property
    def column(self) -> bool | None:
        return {Outcome.WORKED: True, Outcome.DID_NOT_WORK: False}.get(self)


@dataclass(frozen=True)
class NewReferral:
    """What was typed. `nonce`: made by the page; sent twice is counted once."""

    nonce: UUID
    programme_id: int
    kind: Kind
    organisation: str
    """With whom, never for whom; at most 120 characters."""
    on_day: date
    session_id: int | None = None
    for_household: bool = True
    outcome: Outcome = Outcome.NOT_KNOWN


def check_day(on_day: date, today: date) -> None:
    """Refuse a day to come, or one too long ago.

    Raises:
        ReferralToCome, ReferralTooOld: see their names.
    """
    if on_day > today:
        raise ReferralToCome(on_day)
    if on_day < today - NOTED_WITHIN:
        raise ReferralTooOld(today - NOTED_WITHIN)


def outcome_of(column: bool | None) -> Outcome:  # noqa: FBT001  (three answers, not a switch)
    """Return the answer that a column holds."""
    return next(one for one in Outcome if one.column is column)


def step(before: Outcome, after: Outcome) -> int:
    """Return how the number of referrals that worked changes: 1, 0 or -1."""
    return int(after is Outcome.WORKED) - int(before is Outcome.WORKED)
