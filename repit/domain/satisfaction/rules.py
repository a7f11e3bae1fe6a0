"""When the questions may be answered, and from how many answers they may be read."""

from datetime import datetime, timedelta

FEWEST_ANSWERS = 11
"""Below, a result could be guessed back to a person."""

ANSWERED_WITHIN = timedelta(days=21)
"""After the session's end. Then nothing is added: no result betrays the one answer more."""


def is_open(ends_at: datetime, now: datetime) -> bool:
    """Tell whether the questions about a session can be answered at this moment."""
    return ends_at <= now < ends_at + ANSWERED_WITHIN
