"""The live board, the forecast and the cost of a scale, small and large, in both directions."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements.models import Allowance
from repit.domain.programmes.models import Fund
from repit.domain.vouchers.models import Voucher
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.domain.figures.stage import a_stage
from tests.domain.reports.test_what_if import a_draft, parent_named
from tests.domain.vouchers.issuing import a_scale, alone, entitle

BOARD = "/porteur/tableau-de-bord/"
PAGES = (
    BOARD,
    f"{BOARD}?first=2026-01&last=2026-11&fund={{fund}}",
    f"{BOARD}?first=2026-04-15&last=2026-11-30&town=Lens&isolated=yes",
    f"{BOARD}?first=2027-05",
    f"{BOARD}?first=abc&last=2026-06",
    f"{BOARD}?first=2026-02&last=2026-02",
    f"{BOARD}recours/",
    f"{BOARD}recours/?first=2027-01",
    f"{BOARD}previsions/",
    "/porteur/baremes/{scale}/apercu",
    "/porteur/baremes/{refused}/apercu",
    "/porteur/temps-et-couts/?kind=zzz&first_day=abc",
    "/porteur/orientations/?outcome=zzz&first_day=2026-12-01&last_day=2026-01-01",
)


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """Two families of two towns, with vouchers used, taken back, and left."""
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        stage = a_stage(db, database.extension.engine)
        a_scale(db, stage.programme_id)
        amina = stage.parent("Amina", isolated=True)
        chloe = stage.parent("Chloé", town="Villeneuve-d’Ascq", postcode="59491")
        for month in (4, 8, 9, 10, 11):
            stage.use([amina.pop(), amina.pop()], date(2026, month, 5))
        stage.undo(stage.use(chloe[:3], date(2026, 9, 8)), date(2026, 10, 1))
        stage.use(chloe[:1], date(2026, 10, 8))
        for name in ("Amina", "Chloé"):
            entitle(db, parent_named(db, name), stage.programme_id)
        alone(db, parent_named(db, "Amina"))
        stage.close(date(2026, 11, 19))
        cast.a_fund(db, stage.programme_id, funder_id=stage.funder_id, title="Toute neuve")
        cast.vouchers_for(
            db, parent_named(db, "Chloé"), stage.fund_id, vouchers=3, last_day=date(2027, 2, 10)
        )
        somebody_books_and_somebody_waits(db, stage.roseraie.id)
        refused = a_draft(db, stage.programme_id, cap=4, version=3)
        return {
            "refused": refused,
            "fund": db.get_one(Fund, stage.fund_id).public_id,
            "scale": a_draft(db, stage.programme_id),
        }


def somebody_books_and_somebody_waits(db: Session, provider_id: int) -> None:
    """Keep a voucher for a booking, and let every parent wait for three more."""
    first = db.scalars(select(func.min(Voucher.id)).where(Voucher.state == "issued")).one()
    waits = {"granted": Allowance.issued + 3, "waits_for": "money_short", "waits_since": cast.NOON}
    with unit_of_work(db):
        booked = {"booked": True, "held_for_id": provider_id}
        db.execute(update(Voucher).where(Voucher.id == first).values(**booked))
        db.execute(update(Allowance).values(**waits))


@in_every_sight
def test_every_page_of_figures_can_be_read_and_used(
    new_page: NewPage,
    live_server: Server,
    odile: FlaskClient,
    names: dict[str, str],
    sight: dict[str, Any],
) -> None:
    page = speak(comes_in(new_page(**sight), odile, live_server), sight)

    assert wrong_on(page, [address.format(**names) for address in PAGES]) == {}
