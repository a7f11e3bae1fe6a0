"""Every page about providers, vouchers, issues and money, small and large, in both directions."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.jobs import service
from repit.domain.jobs.models import Job
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Device, Provider
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.cast import NOON, VAULT
from tests.domain.redemptions.taking import take

PAGES = (
    "/porteur/",
    "/porteur/prestataires/",
    "/porteur/prestataires/{provider}",
    "/porteur/prestataires/nouveau",
    "/porteur/prestataires/{provider}/agrement",
    "/porteur/prestataires/{provider}/agrement/{right}/retirer",
    "/porteur/prestataires/{provider}/tarif",
    "/porteur/prestataires/{provider}/foyer",
    "/porteur/prestataires/{provider}/jeton",
    "/porteur/cheques/",
    "/porteur/cheques/{voucher}",
    "/porteur/cheques/{spent}",
    "/porteur/encaissements/{redemption}",
    "/porteur/emissions/",
    "/porteur/emissions/apercu?programme={programme}",
    "/porteur/emissions/attente",
    "/porteur/travaux/",
    "/porteur/travaux/{job}",
    "/porteur/virements/",
    "/porteur/virements/{provider}",
    "/porteur/journal/",
)


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """A provider with a long name, a locked device, a spent voucher, a job that failed."""
    with live_server.app.app_context():
        engine = database.extension.engine
    with Session(engine) as db:
        town = cast.a_town(db)
        db.close()
        receipt = take(engine, town.roseraie, town.codes[:2], minutes=90)
        with unit_of_work(db):
            provider = db.get_one(Provider, town.roseraie.id)
            provider.name = "Association d’accompagnement des familles de la Roseraie"
            provider.email = "accompagnement.des.familles@roseraie.exemple.test"
            db.get_one(Device, town.roseraie.device_id).locked_at = NOON
            job = service.enqueue(
                db,
                kind="issue_vouchers",
                facts={"programme_id": town.programme_id, "day": "2026-06-01"},
                actor=actors.COMMAND,
                now=clock.now(),
            )
            row = db.scalars(select(Job)).one()
            row.state, row.trouble = "failed", "OperationalError:" + "x" * 120
        right = select(Accreditation.public_id).where(Accreditation.provider_id == town.roseraie.id)
        return {
            "provider": db.get_one(Provider, town.roseraie.id).public_id,
            "right": db.scalars(right.limit(1)).one(),
            "voucher": VAULT.hash(town.codes[5]).hex(),
            "spent": VAULT.hash(town.codes[0]).hex(),
            "redemption": str(receipt.id),
            "programme": db.get_one(Programme, town.programme_id).public_id,
            "job": job,
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
