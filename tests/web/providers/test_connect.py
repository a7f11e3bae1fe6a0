"""A provider is paid at Stripe when it wants to, and its batch says how it fares."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.cards import connect
from repit.domain.cards.gateway import Gateway
from repit.domain.cards.models import ConnectAccount
from repit.domain.cards.task import send_transfers
from repit.domain.jobs.worker import JobContext
from repit.domain.people.models import Membership
from repit.integrations.online_payments import open_gateway
from repit.integrations.stripe_stand_in import WEBHOOK_SECRET
from repit.integrations.stripe_stand_in.shelf import Shelf
from repit.integrations.stripe_stand_in.town import Town
from tests.applications import application
from tests.cast import NOON, a_person, an_operator
from tests.domain.settlements import paying
from tests.domain.settlements.paying import PAUL, Stage
from tests.settings import settings_for
from tests.visits import visit_as
from tests.web.operators.desk import Desk, words

PAGE = "/prestataire/compte/stripe"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "stripe.json"


@pytest.mark.usefixtures("machine_clock")  # Stripe's library looks at its own
def test_a_provider_goes_to_stripe_and_comes_back(
    database_url: str, shelf: Path, db: Session
) -> None:
    app = application(settings_for(database_url, demo=True, stripe_stand_in=shelf))
    stage = paying.a_stage(db)
    rose = a_person(db, "Rose Comptable")
    works = Membership(person_id=rose, role="provider", provider_id=stage.roseraie.id, since=NOON)
    with unit_of_work(db):
        db.add(works)
    provider = Desk(visit_as(app, rose), PAGE)
    assert "à compléter" in words(provider.send(PAGE))
    account = db.scalars(select(ConnectAccount.account_id)).one()
    db.rollback()
    assert provider.open(f"{PAGE}/continuer").headers["Location"] == f"/dev/connect/{account}"
    assert "prêt" in words(provider.send(f"/dev/connect/{account}"))
    assert "Choisir Stripe" in words(provider.send(f"{PAGE}/arreter"))


def test_a_batch_says_how_its_payouts_by_stripe_fare(
    database_url: str, shelf: Path, db: Session
) -> None:
    settings = settings_for(database_url, demo=True, stripe_stand_in=shelf)
    stage, town = paying.a_stage(db), Town(Shelf(shelf), WEBHOOK_SECRET)
    stripe = open_gateway(settings)
    assert stripe is not None
    batch_id = a_batch_by_stripe(stage, stripe, town)
    job = JobContext(db, stage.engine, 1, {}, PAUL, clock.now(), lambda _done, _total: None)
    assert send_transfers(job, stripe) == {"short": 1}
    page = f"/porteur/lots/{paying.batch(stage, batch_id).public_id}"
    db.rollback()
    operator = Desk(visit_as(application(settings), an_operator(db)), page)
    assert "attend que le compte Stripe soit alimenté" in words(operator.open(page))
    assert "Stripe est sollicité de nouveau" in words(operator.send(f"{page}/stripe"))
    town.top_up(3_000)
    assert send_transfers(job, stripe) == {"sent": 1}
    payout = paying.payout_of(stage, batch_id, stage.roseraie).public_id
    db.rollback()
    back = operator.send(f"{page}/virement/{payout}/stripe")
    assert "Ce qu’il payait est de nouveau dû" in words(back)
    assert town.balance() == 3_000
    paying.the_books_agree(stage)


def a_batch_by_stripe(stage: Stage, stripe: Gateway, town: Town) -> int:
    """Approve a batch whose one payout goes by Stripe."""
    paying.takes(stage, stage.roseraie, vouchers=3)
    with unit_of_work(stage.db):
        chosen = connect.choose(stage.db, stage.roseraie.id, actor=PAUL, now=clock.now())
    account = stripe.open_account(email=None, country="FR", name=chosen.public_id)
    town.onboard(account)
    with unit_of_work(stage.db):
        connect.opened(stage.db, chosen.public_id, account)
        connect.stands(stage.db, stripe.account(account))
    batch_id = paying.draft(stage)
    with unit_of_work(stage.db):
        connect.choose_ways(stage.db, batch_id, actor=PAUL, now=clock.now())
    paying.approved(stage, batch_id)
    return batch_id


def test_without_a_key_stripe_is_not_there(client: FlaskClient) -> None:
    assert client.get(PAGE).status_code in {303, 404}
