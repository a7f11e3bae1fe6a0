"""The Caf's yearly summary, small and large, in both directions and both lights."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.domain.programmes.models import Fund, Programme
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.web.operators.releases_of_years import YEAR, publish

PAGES = (
    "/porteur/dispositifs/{programme}/bilans-caf/",
    "/porteur/dispositifs/{programme}/bilans-caf/champs",
    "/porteur/enveloppes/{published}/bilan-caf/{year}",
    "/porteur/enveloppes/{waiting}/bilan-caf/{year}",
)


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """Two funds: the year of one is published, that of the other is not."""
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        town = cast.a_town(db)
        waiting = cast.a_fund(
            db, town.programme_id, funder_id=town.funder_id,
            title="Subvention de lutte contre la pauvreté",
        )  # fmt: skip
        publish(db, town)
        return {
            "programme": db.get_one(Programme, town.programme_id).public_id,
            "published": db.get_one(Fund, town.fund_id).public_id,
            "waiting": db.get_one(Fund, waiting).public_id,
            "year": str(YEAR),
        }


@in_every_sight
def test_nothing_on_a_summary_shuts_an_operator_out(
    new_page: NewPage,
    live_server: Server,
    names: dict[str, str],
    odile: FlaskClient,
    sight: dict[str, Any],
) -> None:
    page = speak(comes_in(new_page(**sight), odile, live_server), sight)

    assert wrong_on(page, (path.format(**names) for path in PAGES)) == {}
