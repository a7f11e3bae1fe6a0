"""An offer that costs a share is taken and paid from the link of a message, signed out."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.bookings.models import Booking
from repit.domain.care.models import CareSlot
from repit.domain.family_shares.models import FamilyPayment
from repit.domain.programmes.models import Programme
from repit.integrations.stripe_stand_in.client import UNREACHABLE
from repit.web.links import Purpose
from tests.web.parents.evening import Evening, an_evening
from tests.web.parents.test_paying_a_share import Stripe
from tests.web.test_link_pages import an_offer, link, press


@pytest.fixture
def stripe(app: Flask) -> Stripe:
    return Stripe(app)


@pytest.fixture
def offer(app: Flask, db: Session, stripe: Stripe) -> str:
    """Return the link to Amina's offer; two euros a child."""
    assert stripe.line
    evening: Evening = an_evening(app, db)
    evening.change(CareSlot, evening.slot_id, family_share_cents=200)
    evening.change(Programme, evening.town.programme_id, share_online=True)
    return link(Purpose.OFFER, an_offer(evening))


def test_a_yes_from_a_link_leads_to_the_payment(
    app: Flask, db: Session, stripe: Stripe, offer: str
) -> None:
    nobody: FlaskClient = app.test_client()
    assert "à payer par carte dans les 30 minutes" in nobody.get(offer).text

    press(nobody, offer, act="accept")

    screen = nobody.get(offer).text
    assert "Il reste 2,00" in screen
    page = db.scalars(select(FamilyPayment)).one()
    assert page.page
    assert page.page in screen
    session = str(page.stripe_session_id)
    db.rollback()
    stripe.pays(session)
    assert "Participation payée en ligne" in nobody.get(offer).text


def test_a_page_that_is_missing_is_made_when_it_is_asked_for(
    app: Flask, db: Session, stripe: Stripe, offer: str
) -> None:
    nobody = app.test_client()
    stripe.line.troubles = [UNREACHABLE] * 9
    press(nobody, offer, act="accept")
    assert "Préparer le paiement" in nobody.get(offer).text

    stripe.line.troubles = []
    press(nobody, offer, act="pay")

    assert "Préparer le paiement" not in nobody.get(offer).text
    db.rollback()
    states = db.scalars(select(Booking.state).where(Booking.origin == "waiting")).all()
    assert states == ["offered"]
