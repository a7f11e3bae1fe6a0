"""Stripe for this application, when it has one; and the steps where the network stands between."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.actors import Actor
from repit.domain.cards import payments
from repit.domain.cards.errors import NothingPaidOnline, StripeRefused, StripeUnreachable
from repit.domain.cards.events import TakenIn, take_in
from repit.domain.cards.gateway import CheckoutAsked, Gateway, Way
from repit.domain.cards.payments import Asked
from repit.domain.retrying import retrying
from repit.integrations.online_payments import has_gateway, open_gateway
from repit.settings import Settings
from repit.web import database
from repit.web.links import Links

NAME = "repit.online"


@dataclass(frozen=True)
class _Unopened:
    """Stripe is there for whoever asks first."""

    settings: Settings


def register(app: Flask, settings: Settings) -> None:
    """Let the application have a client of Stripe's, and tell the templates whether it has."""
    app.extensions[NAME] = _Unopened(settings) if has_gateway(settings) else None
    app.jinja_env.globals["pays_online"] = pays_online
    app.jinja_env.globals["address_to_pay"] = Links.of(settings).payment


def pays_online() -> bool:
    """Whether anything can be paid online here."""
    return current_app.extensions[NAME] is not None


def gateway() -> Gateway:
    """Return Stripe for the application that answers this request.

    Raises:
        NothingPaidOnline: it has no key; nothing is here.
    """
    found = current_app.extensions[NAME]
    if isinstance(found, _Unopened):
        # Two that ask at once open two and keep one: neither remembers anything.
        found = current_app.extensions[NAME] = open_gateway(found.settings)
    if found is None:
        raise NothingPaidOnline
    return cast(Gateway, found)


def receive_event(body: bytes, signature: str | None) -> TakenIn:
    """Take in one message that claims to come from Stripe.

    Raises:
        NothingPaidOnline: nothing is expected from Stripe here.
        EventRefused: it did not write this, or not now.
    """
    happening = gateway().read_event(body, signature, now=clock.now())
    db = database.session()

    def change() -> TakenIn:
        with unit_of_work(db):
            return take_in(db, happening, now=clock.now())

    return retrying(change)


def page_to_pay(
    contribution: str, way: Way, *, title: str, back: str, locale: str, actor: Actor
) -> str:
    """Return the address of a page of Stripe where the rest of a contribution is paid.

    Args:
        contribution: its public id.
        back: our own page, to which the payer returns whether it paid or not.

    Raises:
        NothingMissing, TooLittleOnline, NoSuchObject: there is nothing to pay.
        StripeUnreachable, StripeRefused: there is no page.
    """
    stripe, db = gateway(), database.session()

    def note() -> Asked:
        with unit_of_work(db):
            return payments.ask(db, contribution, way, actor=actor, now=clock.now())

    asked = retrying(note)
    for session in asked.replaced:
        _close(stripe, session)
    try:
        page = stripe.open_checkout(
            CheckoutAsked(
                name=asked.public_id,
                amount=asked.amount,
                way=way,
                title=title,
                success_url=back,
                cancel_url=back,
                expires_at=asked.expires_at,
                locale=locale,
            )
        )
    except StripeRefused:
        with unit_of_work(db):
            payments.refused(db, asked.public_id, clock.now())
        raise
    with unit_of_work(db):
        payments.opened(db, asked.public_id, page)
    return page.url


def _close(stripe: Gateway, session: str) -> None:
    try:
        stripe.close_checkout(session)
    except StripeUnreachable:
        return  # it closes by itself within a day, and two payments would both be counted
