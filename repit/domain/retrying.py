"""One place that tries a short, repeatable change again when the database asks for it."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from repit.domain.errors import TryAgain

T = TypeVar("T")
TRIES = 5
_SERIALIZATION, _DEADLOCK, _LOCK_TIMEOUT = "40001", "40P01", "55P03"


def retrying(change: Callable[[], T], *, pause_seconds: float = 0.02) -> T:
    """Run a change that opens its own unit of work, up to five times.

    Only for changes whose repetition is harmless because the failed try left nothing.

    Args:
        pause_seconds: longest first pause; it doubles, and is shortened at random so that
            two that met do not meet again.

    Raises:
        TryAgain: the database was still busy after the last try.
    """
    for attempt in range(TRIES):
        try:
            return change()
        except DBAPIError as trouble:
            if not _passing(trouble):
                raise
        time.sleep(random.random() * pause_seconds * 2**attempt)  # noqa: S311  (no secret)
    raise TryAgain


def _passing(trouble: DBAPIError) -> bool:
    state = getattr(trouble.orig, "sqlstate", None)
    if state is not None:
        return state in {_SERIALIZATION, _DEADLOCK, _LOCK_TIMEOUT}
    return "database is locked" in str(trouble.orig)
