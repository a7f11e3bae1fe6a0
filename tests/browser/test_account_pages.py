"""The books, the annual account and settlement statements, small and large, in both directions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.money import Cents
from repit.domain.programmes.models import Fund, Programme
from repit.domain.redemptions.reverse import reverse_by_operator
from repit.domain.settlements.by_hand import record_payout
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.cast import OPERATOR, Town
from tests.domain.redemptions.taking import take
from tests.visits import visit_as
from tests.web.providers.stage import works_for

OPERATOR_PAGES = (
    "/porteur/comptabilite/",
    "/porteur/comptabilite/compte/payable",
    "/porteur/comptabilite/compte/available",
    "/porteur/comptabilite/plan",
    "/porteur/dispositifs/{programme}/comptes-annuels/",
    "/porteur/dispositifs/{programme}/comptes-annuels/2026",
    "/porteur/decomptes/{first}",
    "/porteur/decomptes/{second}",
)
PROVIDER_PAGES = (
    "/prestataire/compte",
    "/prestataire/decomptes",
    "/prestataire/decomptes/{first}",
    "/prestataire/decomptes/{second}",
)


@contextmanager
def behind(server: Server) -> Iterator[Session]:
    with server.app.app_context(), Session(database.extension.engine) as db:
        yield db


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """Roseraie was paid twice: the second time less a redemption that was taken back."""
    with behind(live_server) as db:
        town = cast.a_town(db)
        with unit_of_work(db):
            db.execute(update(Programme).values(profile="FR-CAP"))
            db.get_one(Fund, town.fund_id).title = "Subvention de lutte contre la pauvreté"
        engine = database.extension.engine
        take(engine, town.roseraie, town.codes[:2], 1, minutes=120)
        take(engine, town.roseraie, town.codes[2:3], 2, family_share=Cents(100))
        first = _paid(db, town, 3_000, days=40)
        with unit_of_work(db):
            wrong = cast.redemption_id(2)
            reverse_by_operator(db, wrong, motive="Erreur", actor=OPERATOR, now=clock.now())
        take(engine, town.roseraie, town.codes[3:7], 3, minutes=240)
        second = _paid(db, town, 3_000, days=20)
        take(engine, town.roseraie, town.codes[7:8], 4, now=clock.now())
        programme = db.get_one(Programme, town.programme_id).public_id
        return {"programme": programme, "first": first, "second": second}


def _paid(db: Session, town: Town, cents: int, *, days: int) -> str:
    with unit_of_work(db):
        return record_payout(
            db,
            town.roseraie.id,
            seen=Cents(cents),
            paid_on=clock.now().date() - timedelta(days=days),
            reference=f"VIR {days}",
            actor=OPERATOR,
            now=clock.now(),
        )


@pytest.fixture
def rose(live_server: Server, names: dict[str, str]) -> FlaskClient:
    del names
    with behind(live_server) as db:
        roseraie = cast.AProvider(1, 1, "")
        return visit_as(live_server.app, works_for(db, roseraie, "Rose"))


@in_every_sight
def test_nothing_on_a_page_shuts_an_operator_out(
    new_page: NewPage,
    live_server: Server,
    names: dict[str, str],
    odile: FlaskClient,
    sight: dict[str, Any],
) -> None:
    page = speak(comes_in(new_page(**sight), odile, live_server), sight)

    assert wrong_on(page, (path.format(**names) for path in OPERATOR_PAGES)) == {}


@in_every_sight
def test_nothing_on_a_page_shuts_a_provider_out(
    new_page: NewPage,
    live_server: Server,
    names: dict[str, str],
    rose: FlaskClient,
    sight: dict[str, Any],
) -> None:
    page = speak(comes_in(new_page(**sight), rose, live_server), sight)

    assert wrong_on(page, (path.format(**names) for path in PROVIDER_PAGES)) == {}
