"""Lead a parent to the page of Stripe where the family's share of a booking is paid."""

import logging

from flask_babel import gettext

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings import paying
from repit.domain.bookings.paying import Page
from repit.domain.bookings.queries import BookingView
from repit.domain.bookings.share_facts import Pays
from repit.domain.cards.errors import StripeRefused
from repit.domain.cards.gateway import CheckoutAsked, Way
from repit.domain.errors import Busy, Refused
from repit.domain.retrying import retrying
from repit.web import database, formats
from repit.web.online import gateway, pays_online

log = logging.getLogger(__name__)


def how_they_pay() -> Pays:
    """Return how a parent who books alone pays the share here, where a programme asks it online."""
    return Pays.ONLINE if pays_online() else Pays.ON_THE_SPOT


def prepare(booking: BookingView, *, parent_id: int | None, back: str, locale: str) -> None:
    """Ask Stripe for a page, if it can be had now; our page shows it, or asks again."""
    try:
        make_page(booking, parent_id=parent_id, back=back, locale=locale)
    except (Refused, Busy) as trouble:
        log.warning("no page to pay for booking %s yet: %s", booking.id, trouble.code)


def make_page(booking: BookingView, *, parent_id: int | None, back: str, locale: str) -> None:
    """Make the page of Stripe where a share is paid, unless there is one that is open.

    The parent opens it from ours: a form may not lead away from here.

    Args:
        back: our own page, to which the parent returns whether it paid or not.

    Raises:
        NothingPaidOnline, NothingToPay, OfferOver, UnknownBooking: there is nothing to pay.
        StripeUnreachable, StripeRefused: there is no page; the place is kept as before.
    """
    stripe, db, public_id = gateway(), database.session(), booking.public_id

    def note() -> Page:
        with unit_of_work(db):
            return paying.open_page(db, public_id, parent_id=parent_id, now=clock.now())

    page = retrying(note)
    if page.url is not None:
        return
    asked = CheckoutAsked(
        name=page.key,
        amount=page.amount,
        way=Way.CARD,
        title=gettext("Participation, rendez-vous du %(day)s", day=formats.day(booking.day)),
        success_url=back,
        cancel_url=back,
        expires_at=page.closes_at,
        locale=locale,
    )
    try:
        opened = stripe.open_checkout(asked)
    except StripeRefused:
        with unit_of_work(db):
            paying.page_over(db, page.key)
        raise
    with unit_of_work(db):
        paying.keep_page(db, page.key, session_id=opened.session_id, url=opened.url)
