"""Every page about paying providers, small and large, in both directions."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.composing import debts
from repit.domain.settlements.models import PayoutBatch
from repit.domain.settlements.outcomes import Result
from repit.domain.settlements.repaying import Said, Way, ask
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
    "/porteur/decomptes/prestataire/{owing}",
    "/porteur/prestataires/{owing}",
    "/porteur/a-rendre/",
    "/porteur/a-rendre/{owing}",
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
        paid = [
            paying.takes(stage, one, vouchers=2)
            for one in (stage.roseraie, stage.tilleul, stage.tilleul, other)
        ]
        over = paying.sent(stage)
        refused = paying.payout_of(stage, over, stage.roseraie).public_id
        paying.says(stage, Result.REJECTED, end_to_end_id=refused, reason="AC04")
        paying.says(stage, Result.SETTLED, message_id=paying.batch(stage, over).public_id)
        paying.says(stage, Result.SETTLED, end_to_end_id=refused, bank_reference="X")
        for number in paid[1:3]:
            paying.reverse(stage, number)
        _say_it_was_repaid(stage)
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
            "owing": provider[stage.tilleul.id],
        }


def _say_it_was_repaid(stage: paying.Stage) -> None:
    """One of two debts waits for a second person; the other is still to be settled."""
    first, _ = debts(stage.db, provider_ids=[stage.tilleul.id])
    stage.db.rollback()
    said = Said(
        Way.TRANSFER,
        frozenset({first.redemption_id}),
        first.amount,
        paying.LATER.date(),
        "VIR RETOUR",
    )
    with unit_of_work(stage.db):
        ask(stage.db, stage.tilleul.id, said, actor=paying.ODILE, now=paying.LATER)


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
