"""« Il reste 2,00 € à payer »: from the booking page to Stripe and back."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain import checks, clock
from repit.domain.bookings.models import Booking
from repit.domain.care.models import CareSlot
from repit.domain.family_shares.models import FamilyPayment, FamilyRefund
from repit.domain.programmes.models import Programme
from repit.integrations.stripe_payments import StripePayments
from repit.integrations.stripe_stand_in import KEY, WEBHOOK_SECRET
from repit.integrations.stripe_stand_in.client import UNREACHABLE, StandInClient
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Town
from repit.web import online
from tests.web.parents.evening import Evening
from tests.web.parents.test_my_bookings import offered


class Stripe:
    """Both ends of the line, at the application's own hour."""

    def __init__(self, app: Flask) -> None:
        """Let the application talk to an imitation of its own."""
        self.app = app
        shelf = Shelf()
        self.line = StandInClient(shelf, KEY, moment=clock.now)
        self.town = Town(shelf, WEBHOOK_SECRET, moment=clock.now)
        app.extensions[online.NAME] = StripePayments(KEY, WEBHOOK_SECRET, self.line)

    def pays(self, session: str) -> None:
        """Somebody pays, and Stripe knocks at our door."""
        for event in self.town.pay(session):
            sent = self.town.signed(event)
            headers = {"Stripe-Signature": sent.signature, "Content-Type": "application/json"}
            answer = self.app.test_client().post("/hooks/stripe", data=sent.body, headers=headers)
            assert answer.status_code == 200


@pytest.fixture
def stripe(app: Flask) -> Stripe:
    return Stripe(app)


@pytest.fixture
def sharing(evening: Evening, stripe: Stripe, db: Session) -> Iterator[Evening]:
    """Two euros a child, paid online."""
    evening.change(CareSlot, evening.slot_id, family_share_cents=200)
    evening.change(Programme, evening.town.programme_id, share_online=True)
    assert stripe.line
    yield evening
    db.rollback()
    assert list(checks.drifts(db.connection())) == []


def page(evening: Evening) -> FamilyPayment:
    evening.db.rollback()
    query = select(FamilyPayment).order_by(FamilyPayment.id.desc()).limit(1)
    return evening.db.scalars(query).one()


def to_stripe(evening: Evening, address: str) -> str:
    """Return Stripe's name for the page that ours leads to."""
    found = page(evening)
    assert found.page
    assert found.page in evening.phone.get(address).text
    return str(found.stripe_session_id)


def test_the_page_says_the_sum_and_until_when(sharing: Evening) -> None:
    address = sharing.booked("Léo", "Mia")

    screen = sharing.phone.get(address).text

    assert "Il reste 4,00" in screen
    assert "sont gardés pour vous" in screen
    assert "à payer en ligne" in screen
    assert "Payer 4,00" in screen
    assert "Payez avant" in sharing.phone.get("/mes-rendez-vous").text
    assert sharing.live() == []


def test_paid_at_stripe_it_is_booked(sharing: Evening, stripe: Stripe) -> None:
    address = sharing.booked("Léo")
    session = to_stripe(sharing, address)

    stripe.pays(session)

    [booking] = sharing.live()
    assert booking.public_id in address
    screen = sharing.phone.get(address).text
    assert "Participation payée en ligne" in screen
    assert "Il reste 2,00" not in screen
    assert sharing.press(f"{address}/payer").location == address
    assert "Il n’y a rien à payer en ligne" in sharing.phone.get(address).text


def test_cancelling_says_and_gives_back_the_share(sharing: Evening, stripe: Stripe) -> None:
    address = sharing.booked("Léo")
    stripe.pays(to_stripe(sharing, address))

    assert "vous sont rendus sur votre carte" in sharing.phone.get(f"{address}/annuler").text
    sharing.press(f"{address}/annuler")

    screen = sharing.phone.get(address).text
    assert "vous sont rendus sur votre carte" in screen
    assert "sont en route vers votre carte" in screen
    assert sharing.db.scalars(select(FamilyRefund.amount_cents)).all() == [200]


def test_an_offer_says_what_a_yes_costs_and_leads_to_it(sharing: Evening, stripe: Stripe) -> None:
    address = offered(sharing)
    assert "à payer par carte dans les 30 minutes" in sharing.phone.get(address).text

    sharing.press(f"{address}/repondre", act="accept")
    screen = sharing.phone.get(address).text
    assert "Il reste à payer votre participation" in screen
    assert "Il reste 2,00" in screen

    sharing.press(f"{address}/repondre", act="accept")
    assert "Il reste à payer votre participation" in sharing.phone.get(address).text
    stripe.pays(to_stripe(sharing, address))
    assert "Participation payée en ligne" in sharing.phone.get(address).text


def test_giving_the_place_back_before_paying(sharing: Evening) -> None:
    address = sharing.booked("Léo")

    sharing.press(f"{address}/repondre", act="decline")

    assert sharing.held() == 0
    assert "Payer 2,00" not in sharing.phone.get(address).text


def test_a_stranger_pays_for_nobody(sharing: Evening, stripe: Stripe) -> None:
    stripe.line.troubles = [UNREACHABLE] * 9
    address = sharing.booked("Léo")
    stripe.line.troubles = []

    assert sharing.press(f"{address}/payer", sharing.of_chloe).status_code == 404
    assert page(sharing).page is None


def test_a_page_that_cannot_be_made_loses_nothing(sharing: Evening, stripe: Stripe) -> None:
    stripe.line.troubles = [UNREACHABLE] * 9
    address = sharing.booked("Léo")
    assert "Préparer le paiement" in sharing.phone.get(address).text

    stripe.line.troubles = [UNREACHABLE] * 9
    assert sharing.press(f"{address}/payer").location == address
    assert "Stripe ne répond pas" in sharing.phone.get(address).text

    stripe.line.troubles = []
    sharing.press(f"{address}/payer")
    stripe.pays(to_stripe(sharing, address))
    assert len(sharing.live()) == 1


def test_without_cards_the_share_is_paid_on_the_spot(sharing: Evening, app: Flask) -> None:
    app.extensions[online.NAME] = None

    address = sharing.booked("Léo")

    assert len(sharing.live()) == 1
    assert "à payer sur place" in sharing.phone.get(address).text


def test_after_its_time_the_page_says_that_it_is_too_late(sharing: Evening) -> None:
    address = sharing.booked("Léo")
    booking = sharing.db.scalars(select(Booking)).one()
    made_at, key = booking.made_at, booking.id
    sharing.db.rollback()
    sharing.change(Booking, key, expires_at=made_at)

    assert "trop tard pour payer" in sharing.phone.get(address).text
