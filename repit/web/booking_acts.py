"""Book what was asked on a page, whoever fills it in; a want of care is written down."""

from typing import Any

from repit.domain import clock
from repit.domain.bookings.adding import add_children
from repit.domain.bookings.book import Booked, book, keep_refusal
from repit.domain.bookings.errors import CareFull
from repit.domain.bookings.placing import Asked
from repit.domain.bookings.waiting import wait
from repit.web.access import actor
from repit.web.acting import make


def books(asked: Asked) -> Booked:
    """Book, and keep a refusal for lack of care: it is the number that justifies funding.

    Raises:
        Refused: as `book`.
    """
    try:
        return make(lambda db: book(db, asked, actor=actor(), now=clock.now()))
    except CareFull as refusal:
        _remember(asked, refusal)
        raise


def adds(public_id: str, asked: Asked) -> Booked:
    """Add the children who are named to a booking; keep a refusal for lack of care.

    Raises:
        Refused: as `add_children`.
    """
    whom: dict[str, Any] = {"parent_id": asked.parent_id, "origin": asked.origin}
    try:
        return make(
            lambda db: add_children(
                db, public_id, asked.children, **whom, actor=actor(), now=clock.now()
            )
        )
    except CareFull as refusal:
        _remember(asked, refusal)
        raise


def waits(asked: Asked) -> str:
    """Put a party on the list; return its public id.

    Raises:
        Refused: as `wait`.
    """
    return make(lambda db: wait(db, asked, actor=actor(), now=clock.now()))


def _remember(asked: Asked, refusal: CareFull) -> None:
    make(lambda db: keep_refusal(db, asked, refusal, now=clock.now()))
