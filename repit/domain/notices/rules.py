"""The messages we send, what each one knows, and when sending is tried again."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What a message is about. Its facts are plain JSON: days in ISO form, money in cents."""

    SIGN_IN = "sign_in"
    """No facts: the link and the code are made when it leaves, and stored only as hashes."""
    VOUCHERS_ISSUED = "vouchers_issued"
    """`vouchers`, `last_day`."""
    REDEEMED_PARENT = "redeemed_parent"
    """`vouchers`, `family_share_cents`, of which `share_online_cents`, `provider`, `service_on`."""
    REDEEMED_PROVIDER = "redeemed_provider"
    """`vouchers`, `amount_cents`, `service_on`, `paid_by_on`; nothing of the parent."""
    REVERSED_PARENT = "reversed_parent"
    """`vouchers`, `provider`, `service_on`."""
    REVERSED_PROVIDER = "reversed_provider"
    """`vouchers`, `amount_cents`, `service_on`; nothing of the parent."""
    EXPIRING_SIX_WEEKS = "expiring_six_weeks"
    """`vouchers`, `last_day`."""
    EXPIRING_THREE_WEEKS = "expiring_three_weeks"
    """`vouchers`, `last_day`."""
    DEVICE_LOCKED = "device_locked"
    """`provider`, `device`; goes to the operators."""
    BOOKED = "booked"
    """About a booking: `title`, `session_day`, `starts`, `ends`, `zone`, `place`, `address`,
    `booking`."""
    WAITING = "waiting"
    """As for a booking, with the waiting `party` instead."""
    PLACE_OFFERED = "place_offered"
    """As for a booking, and `until`, a moment in ISO form."""
    PLACE_FREE_NOW = "place_free_now"
    """Too late for an offer: the first in the list to book has it. With `session` or `slot`."""
    WAITED_IN_VAIN = "waited_in_vain"
    """It has begun, and no place came free. As for a booking without `booking`."""
    OFFER_OVER = "offer_over"
    BOOKING_CANCELLED = "booking_cancelled"
    """As for a booking, `vouchers` given back, `kept` by the published policy."""
    SHARE_BACK = "share_back"
    """As for a booking; `share_cents` that go back, and `why`: `late_payment`, `twice` or
    `on_the_spot`."""
    CALLED_OFF = "called_off"
    """By the service: as for a booking (`booking` when there was one), `vouchers` given back,
    `share_cents` of what was paid online."""
    CARE_CALLED_OFF = "care_called_off"
    """The care alone, by the service; the seat stays. `vouchers` given back."""
    POSTPONED = "postponed"
    """To who comes, or waits with a `party`: not on that day, and there is no other day yet."""
    BOOKING_MOVED = "booking_moved"
    WAITING_MOVED = "waiting_moved"
    """What a party waits for has another day, hour or place. As for `WAITING`."""
    TEAM_MOVED = "team_moved"
    """To who leads a session: another day, hour or place. As for a booking, with `session`."""
    CARE_MOVED = "care_moved"
    """To who keeps the children beside it: they are asked again. As above, with `slot`."""
    CARE_ASKED = "care_asked"
    """To a provider: some of its carers are asked for a slot. As above, with `slot`."""
    TEAM_POSTPONED = "team_postponed"
    """To either: not on that day, and there is no other day yet. With `session` or `slot`."""
    TEAM_CALLED_OFF = "team_called_off"
    """To either, by the service: as for a booking, with `session` or `slot`."""
    BOOKING_WEEK = "booking_week"
    """Reminders: as for a booking."""
    BOOKING_TWO_DAYS = "booking_two_days"
    BOOKING_MORNING = "booking_morning"
    HOW_WAS_IT = "how_was_it"
    """After a session: `title`, `session_day`, `booking`, `session`, and until it has left
    `nonce`, which makes its link."""
    ACCOUNT_PROPOSED = "account_proposed"
    """Where a provider is paid is about to change: `provider`, `holder`, `iban` (its two ends)."""
    ACCOUNT_CONFIRMED = "account_confirmed"
    """As above, and `counts_at`, a moment in ISO form."""
    ACCOUNT_ENDED = "account_ended"
    PAYOUT_PAID = "payout_paid"
    """`provider`, `amount_cents`, `paid_on`, `reference`."""
    PAYOUT_REJECTED = "payout_rejected"
    """To the provider: `provider`, `amount_cents`, `reason` (the bank's code)."""
    PAYOUT_CAME_BACK = "payout_came_back"
    """To the operators; as above."""
    RELEASE_APPROVED = "release_approved"
    """To a funder: `release` (its number), `fund`, `period_kind`, `first_day`."""
    DECIDE = "decide"
    """To a facilitator: a session under its minimum. As for a booking without `booking`, `people`,
    `least`, `session`."""


MOST_ATTEMPTS = 6
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""After the first failed attempt, the second, …"""
LEASE = timedelta(minutes=10)
"""A worker that dies keeps its messages from the others for so long."""
SIGN_IN_STALE = timedelta(minutes=30)
"""Nobody waits longer in front of the sign-in page."""

QUIET_FROM = time(21)
QUIET_UNTIL = time(8)


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after that many attempts failed."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def outside_quiet_hours(moment: datetime, zone: str) -> datetime:
    """Return the moment, or eight in the morning when it falls between 21 h and 8 h there."""
    local = moment.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, ZoneInfo(zone)).astimezone(moment.tzinfo)
