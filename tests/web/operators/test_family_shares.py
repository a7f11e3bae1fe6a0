"""What families paid online, as the operator and the carer see it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings import shares
from repit.domain.bookings.models import Booking
from repit.domain.bookings.redeeming import take_held
from repit.domain.care.models import CareSlot
from repit.domain.family_shares import refunds
from repit.domain.family_shares.models import FamilyRefund
from repit.domain.households.models import Parent
from repit.domain.programmes.models import Fund, Programme
from repit.domain.providers.standing import standing_of_newest
from repit.domain.settlements.statements import open_account
from repit.domain.vouchers.models import Hold
from repit.web import online
from tests import cast
from tests.cast import OPERATOR
from tests.visits import visit_as
from tests.web.parents.evening import Evening, an_evening
from tests.web.parents.test_paying_a_share import Stripe, to_stripe
from tests.web.providers.stage import token_in


@pytest.fixture
def stripe(app: Flask) -> Stripe:
    return Stripe(app)


@pytest.fixture
def evening(app: Flask, db: Session, stripe: Stripe) -> Evening:
    """Two euros a child, paid online."""
    found = an_evening(app, db)
    found.change(CareSlot, found.slot_id, family_share_cents=200)
    found.change(Programme, found.town.programme_id, share_online=True)
    assert stripe.line
    return found


@pytest.fixture
def desk(app: Flask, db: Session, evening: Evening) -> FlaskClient:
    assert evening
    return visit_as(app, cast.an_operator(db))


def paid(evening: Evening, stripe: Stripe) -> str:
    address = evening.booked("Léo")
    stripe.pays(to_stripe(evening, address))
    return address


def file_of(evening: Evening) -> str:
    public_id = evening.db.get_one(Parent, evening.town.amina).public_id
    evening.db.rollback()
    return f"/porteur/parents/{public_id}/rendez-vous/"


def test_the_telephone_shows_what_is_to_pay_and_lets_pay_on_the_spot(
    evening: Evening, desk: FlaskClient
) -> None:
    evening.booked("Léo")
    screen = desk.get(file_of(evening))
    assert "à payer en ligne avant" in screen.text
    assert "Le parent paiera sur place" in screen.text
    [answer] = set(re.findall(r'action="([^"]+/repondre)"', screen.text))

    desk.post(answer, data={"csrf_token": token_in(screen), "act": "accept"})

    assert len(evening.live()) == 1
    assert "à payer en ligne" not in desk.get(file_of(evening)).text


def test_the_telephone_shows_what_was_paid_and_what_cancelling_gives_back(
    evening: Evening, stripe: Stripe, desk: FlaskClient
) -> None:
    address = paid(evening, stripe)
    assert "participation payée en ligne" in desk.get(file_of(evening)).text

    name = address.rsplit("/", 1)[1]
    assert "rendus sur la carte de la famille" in desk.get(f"{file_of(evening)}{name}/annuler").text


def test_the_sheet_says_who_paid_and_who_pays_on_the_spot(
    evening: Evening, stripe: Stripe, desk: FlaskClient
) -> None:
    paid(evening, stripe)
    slot = evening.db.get_one(CareSlot, evening.slot_id).public_id
    evening.db.rollback()
    sheet = f"/porteur/gardes/{slot}/feuille"
    assert "Participation déjà payée en ligne" in desk.get(sheet).text

    with unit_of_work(evening.db):
        shares.set_on_the_spot(evening.db, evening.db.scalars(select(Booking.id)).one())
    assert "à payer sur place" in desk.get(sheet).text


def test_the_families_money_opens_onto_its_movements_and_balances(
    evening: Evening, stripe: Stripe, desk: FlaskClient
) -> None:
    paid(evening, stripe)
    fund = evening.db.scalars(select(Fund).where(Fund.funder_id.is_(None))).one().public_id
    programme = evening.db.get_one(Programme, evening.town.programme_id).public_id
    evening.db.rollback()

    movements = desk.get(f"/porteur/enveloppes/{fund}/mouvements/engage")
    assert movements.status_code == 200
    assert "Participation reçue d’une famille" in movements.text
    balance = desk.get(f"/porteur/comptabilite/?dispositif={programme}")
    assert balance.status_code == 200
    assert "Participations des familles, à reverser" in balance.text
    journal = desk.get(f"/porteur/comptabilite/journal?dispositif={programme}")
    assert journal.status_code == 200
    assert b"4672" in journal.data
    assert "Participations des familles" not in desk.get("/porteur/enveloppes/").text


def test_a_refund_that_stripe_refused_is_to_do_and_tried_again(
    evening: Evening, stripe: Stripe, desk: FlaskClient
) -> None:
    address = paid(evening, stripe)
    evening.press(f"{address}/annuler")
    db, now = evening.db, clock.now()
    db.rollback()
    [public_id] = refunds.waiting(db)
    db.rollback()
    with unit_of_work(db):
        refunds.start(db, public_id, actor=OPERATOR, now=now)
    with unit_of_work(db):
        refunds.refuse(db, public_id, reason="charge_disputed", actor=OPERATOR, now=now)

    assert "participation à rembourser autrement" in desk.get("/porteur/").text
    listed = desk.get("/porteur/participations/")
    assert "charge_disputed" in listed.text
    data = {"csrf_token": token_in(listed)}
    again = f"/porteur/participations/{public_id}/reprendre"
    desk.post(again, data=data)
    db.rollback()
    assert db.scalars(select(FamilyRefund.state)).one() == "asked"
    desk.post(again, data=data)
    assert "déjà parti" in desk.get("/porteur/participations/").text


def test_the_provider_is_told_with_the_vouchers(evening: Evening, stripe: Stripe) -> None:
    paid(evening, stripe)
    db = evening.db
    db.rollback()
    standing = standing_of_newest(db, evening.town.roseraie.id)
    place = db.scalars(select(Hold.child_place_id).where(Hold.state == "held")).one()
    ends_at = db.get_one(CareSlot, evening.slot_id).ends_at
    db.rollback()
    assert standing
    with unit_of_work(db):
        take_held(db, place, standing=standing, now=ends_at)

    [line], _ = open_account(db, evening.town.roseraie.id)
    assert (line.amount, line.family_share, line.share_online) == (1_200, 200, 200)


def test_the_setting_shows_only_where_cards_are(
    app: Flask, evening: Evening, desk: FlaskClient
) -> None:
    programme = evening.db.get_one(Programme, evening.town.programme_id).public_id
    evening.db.rollback()
    page = f"/porteur/dispositifs/{programme}/reglages"
    assert "se paie en ligne" in desk.get(page).text

    app.extensions[online.NAME] = None

    assert "se paie en ligne" not in desk.get(page).text
