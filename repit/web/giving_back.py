"""What giving a booking back will do, and what it did, in words."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from repit.domain.bookings.cancel import Cancelled, foretell
from repit.domain.bookings.queries import BookingView, PlaceView
from repit.web import formats


@dataclass(frozen=True)
class Ending:
    """What would come back. `place`: of one child's place alone; None: of the whole booking."""

    place: PlaceView | None
    terms: Cancelled


def ending_of(db: Session, booking: BookingView, place: str | None, now: datetime) -> Ending | None:
    """Return what giving back a place, or all of it, would do; None when it is over already.

    Raises:
        BookingOver: it has begun.
        ChildCame: a child was noted there.
    """
    if booking.state == "cancelled":
        return None
    terms = foretell(db, booking.public_id, place=place, now=now)
    if place is None:
        return Ending(None, terms)
    live = [one for one in booking.places if not one.cancelled]
    named = next((one for one in live if one.public_id == place), None)
    if named is None:
        return None
    if len(live) == 1 and not booking.seat:
        return Ending(None, terms)
    return Ending(named, terms)


def said(done: Cancelled) -> str:
    """Return what giving back did."""
    parts = [gettext("C’est annulé.")]
    if done.given_back:
        parts.append(
            ngettext(
                "%(num)d chèque vous est rendu.",
                "%(num)d chèques vous sont rendus.",
                done.given_back,
            )
        )
    if done.share:
        words = gettext("%(share)s vous sont rendus sur votre carte, sous quelques jours.")
        parts.append(words % {"share": formats.money(done.share)})
    if done.kept:
        parts.append(
            ngettext(
                "%(num)d chèque reste au prestataire.",
                "%(num)d chèques restent au prestataire.",
                done.kept,
            )
        )
    if done.taken:
        parts.append(taken_already(done.taken))
    return " ".join(parts)


def taken_already(vouchers: int) -> str:
    """Return what to say of vouchers that the provider was paid with before the end."""
    return ngettext(
        "%(num)d chèque est déjà encaissé : appelez-nous.",
        "%(num)d chèques sont déjà encaissés : appelez-nous.",
        vouchers,
    )
