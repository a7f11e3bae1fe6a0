"""The operator's live board: kept sums of closed days, and the rows themselves since then."""

from datetime import datetime

from sqlalchemy.orm import Session

from repit.domain.figures.asked import Activity, Asked, Board


def read(db: Session, asked: Asked, *, now: datetime) -> Board:
    """Return the board of some days of a programme, in as many statements whatever its size.

    Days to come count nothing.

    Raises:
        Nothing of its own.
    """
    raise NotImplementedError


def activity(db: Session, asked: Asked, *, now: datetime) -> Activity:
    """Return what a programme did besides vouchers; filters other than the days do not apply.

    Raises:
        Nothing of its own.
    """
    raise NotImplementedError
