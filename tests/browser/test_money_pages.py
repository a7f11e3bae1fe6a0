"""Every page about programmes, scales, rights and funds, small and large, in both directions."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements import scales, service
from repit.domain.entitlements.queries import scale
from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.entitlements.scales import Draft
from repit.domain.households.models import Parent
from repit.domain.periods import PeriodKind
from repit.domain.programmes.models import Arrival, Fund, Funder, Programme
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.cast import NOON, OPERATOR, TODAY

PAGES = (
    "/porteur/dispositifs/",
    "/porteur/dispositifs/nouveau",
    "/porteur/dispositifs/{programme}",
    "/porteur/dispositifs/{programme}/reglages",
    "/porteur/dispositifs/{programme}/demandes",
    "/porteur/dispositifs/{programme}/bareme",
    "/porteur/baremes/{scale}",
    "/porteur/baremes/{scale}/modifier",
    "/porteur/baremes/{scale}/apercu",
    "/porteur/parents/{parent}/droits",
    "/porteur/enveloppes/",
    "/porteur/enveloppes/nouvelle",
    "/porteur/enveloppes/{fund}",
    "/porteur/enveloppes/{fund}/regles",
    "/porteur/enveloppes/{fund}/versement",
    "/porteur/enveloppes/{fund}/versements",
    "/porteur/enveloppes/{fund}/versements/{arrival}",
    "/porteur/enveloppes/{fund}/mouvements/engage",
    "/porteur/enveloppes/{fund}/mouvements/paye",
    "/porteur/financeurs/",
    "/porteur/financeurs/nouveau",
    "/porteur/financeurs/{funder}",
)
RULES = (
    Rule("de base", Condition.EVERY_PARENT, Effect.ADD, 6),
    Rule("parent isolé", Condition.ISOLATED, Effect.ADD, 6),
)


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """A town with long names: Amina has a right, Bruno asks for one, a scale is written."""
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        town = cast.a_town(db)
        with unit_of_work(db):
            db.get_one(Fund, town.fund_id).title = "Subvention de lutte contre la pauvreté"
            asked = [
                service.request(
                    db, parent_id, town.programme_id, requested_on=TODAY, actor=OPERATOR, now=NOON
                )
                for parent_id in (town.amina, town.bruno)
            ]
            service.grant(db, asked[:1], actor=OPERATOR, now=NOON)
            draft = Draft("Barème de 2026", PeriodKind.YEAR, None, TODAY, RULES)
            written = scales.start(db, town.programme_id, draft, actor=OPERATOR, now=NOON)
        gift = select(Arrival.id).where(Arrival.fund_id == town.fund_id)
        return {
            "programme": db.get_one(Programme, town.programme_id).public_id,
            "fund": db.get_one(Fund, town.fund_id).public_id,
            "funder": db.get_one(Funder, town.funder_id).public_id,
            "parent": db.get_one(Parent, town.amina).public_id,
            "arrival": str(db.scalars(gift).one()),
            "scale": written,
        }


@in_every_sight
def test_nothing_on_a_page_shuts_anybody_out(
    new_page: NewPage,
    live_server: Server,
    names: dict[str, str],
    odile: FlaskClient,
    sight: dict[str, Any],
) -> None:
    page = speak(comes_in(new_page(**sight), odile, live_server), sight)

    assert wrong_on(page, (path.format(**names) for path in PAGES)) == {}


def labels(page: Page) -> list[str]:
    fields = page.locator("input[name$='-label']").all()
    return [field.input_value() for field in fields]


def rules_kept(server: Server, public_id: str) -> list[str]:
    with server.app.app_context(), Session(database.extension.engine) as db:
        return [rule.label for rule in scale(db, public_id).rules]


def test_rules_move_without_scripts_and_the_enter_key_saves(
    new_page: NewPage, live_server: Server, odile: FlaskClient, names: dict[str, str]
) -> None:
    page = comes_in(new_page(java_script_enabled=False), odile, live_server)
    page.goto("/porteur/baremes/{scale}/modifier".format(**names))

    page.get_by_role("button", name="Monter la règle 2").click()
    moved = labels(page)
    kept_meanwhile = rules_kept(live_server, names["scale"])
    page.get_by_label("Titre").press("Enter")

    assert moved == ["parent isolé", "de base"]
    assert kept_meanwhile == ["de base", "parent isolé"]
    assert page.url.endswith(names["scale"])
    assert rules_kept(live_server, names["scale"]) == moved
