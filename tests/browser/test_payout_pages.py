"""Every page about paying providers, small and large, in both directions."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.models import PayoutBatch
from repit.domain.settlements.outcomes import Result
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.cast import NOON
from tests.domain.settlements import paying

PAGES = (
    "/porteur/virements/",
    "/porteur/lots/",
    "/porteur/lots/nouveau/{programme}",
    "/porteur/lots/{over}",
    "/porteur/lots/{over}/virement/{refused}",
    "/porteur/lots/{written}",
    "/porteur/lots/{drafted}",
    "/porteur/lots/{drafted}/virement/{prepared}",
    "/porteur/comptes-bancaires/prestataire/{doubted}",
    "/porteur/comptes-bancaires/prestataire/{waiting}",
    "/porteur/comptes-bancaires/dispositif/{programme}",
)


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """One batch over with a refusal, one written, one drafted, and every reason not to pay."""
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        stage = paying.a_stage(db, least_payout_cents=500)
        other = cast.a_provider(db, "Association d’aide à domicile en milieu rural du Ternois")
        nobody = cast.a_provider(db, "Le Noisetier")
        paying.an_account(db, provider_id=other.id, iban=paying.IBANS[2])
        waits = {"confirmed_by": None, "confirmed_at": None, "counts_at": None}
        for one in (stage.roseraie, stage.tilleul, other):
            paying.takes(stage, one, vouchers=2)
        over = paying.sent(stage)
        refused = paying.payout_of(stage, over, stage.roseraie).public_id
        paying.says(stage, Result.REJECTED, end_to_end_id=refused, reason="AC04")
        paying.says(stage, Result.SETTLED, message_id=paying.batch(stage, over).public_id)
        paying.says(stage, Result.SETTLED, end_to_end_id=refused, bank_reference="X")
        paying.takes(stage, other)
        written = paying.draft(stage)
        paying.approved(stage, written)
        paying.exported(stage, written)
        for one in (stage.tilleul, other, nobody):
            paying.takes(stage, one)
        drafted = paying.draft(stage)
        for one in (stage.tilleul, nobody, other):
            paying.takes(stage, one, now=NOON + timedelta(days=1))
        paying.an_account(db, provider_id=nobody.id, iban=paying.IBANS[3], **waits)
        prepared = paying.payout_of(stage, drafted, other).public_id
        batches = {row.id: row.public_id for row in db.scalars(select(PayoutBatch))}
        provider = {row.id: row.public_id for row in db.scalars(select(Provider))}
        return {
            "programme": db.get_one(Programme, stage.programme_id).public_id,
            "over": batches[over],
            "refused": refused,
            "written": batches[written],
            "drafted": batches[drafted],
            "prepared": prepared,
            "doubted": provider[stage.roseraie.id],
            "waiting": provider[nobody.id],
        }


@in_every_sight
def test_every_page_about_payouts_can_be_read_and_used(
    new_page: NewPage,
    live_server: Server,
    odile: FlaskClient,
    names: dict[str, str],
    sight: dict[str, Any],
) -> None:
    page = speak(comes_in(new_page(**sight), odile, live_server), sight)

    assert wrong_on(page, [address.format(**names) for address in PAGES]) == {}
