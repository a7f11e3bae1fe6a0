"""Two people at work at once: the database keeps the first, the second is asked to look again."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from repit.domain.errors import TryAgain

UNIQUE_VIOLATION = "23505"


@contextmanager
def first_come() -> Iterator[None]:
    """Answer « try again » when a number or an address was taken since it was looked for.

    The next try finds who took it, and says so.

    Raises:
        TryAgain: somebody was first.
    """
    try:
        yield
    except IntegrityError as met:
        if not _is_taken(met):
            raise
        raise TryAgain from met


def _is_taken(met: IntegrityError) -> bool:
    state = getattr(met.orig, "sqlstate", None)
    if state is not None:
        return bool(state == UNIQUE_VIOLATION)
    return "UNIQUE constraint failed" in str(met.orig)
