"""Every page about promises and the bank, small and large, in both directions."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.banking import queries
from repit.domain.money import Cents
from repit.domain.programmes import contributions
from repit.domain.programmes.models import Fund
from repit.domain.programmes.rules import Received
from repit.web import database
from tests import cast
from tests.browser.coming_in import comes_in
from tests.browser.conftest import NewPage
from tests.browser.every_page import in_every_sight, speak, wrong_on
from tests.browser.server import Server
from tests.cast import NOON, OPERATOR, TODAY
from tests.domain.banking.desk import a_promise, send
from tests.domain.settlements.paying import a_stage, payout_of, sent, takes
from tests.integrations.bank_paper import Entry, camt, detail, pain_002

LONG = "DIRECTION REGIONALE AUX DROITS DES FEMMES ET A L'EGALITE HAUTS-DE-FRANCE"

PAGES = (
    "/porteur/enveloppes/{fund}",
    "/porteur/enveloppes/{fund}/versements",
    "/porteur/versements/",
    "/porteur/versements/promettre/{fund}",
    "/porteur/versements/{part}",
    "/porteur/versements/{open}",
    "/porteur/versements/{open}/changer",
    "/porteur/versements/{open}/recu",
    "/porteur/versements/{open}/appel",
    "/porteur/versements/{part}/sommes/{arrival}/reprise",
    "/porteur/banque/",
    "/porteur/banque/?state=matched",
    "/porteur/banque/releves",
    "/porteur/banque/releves/nouveau",
    "/porteur/banque/releves/{statement}",
    "/porteur/banque/lignes/{waits}",
    "/porteur/banque/lignes/{matched}",
    "/porteur/banque/?side=out",
    "/porteur/banque/lignes/{doubted}",
    "/porteur/banque/releves/{unknown}",
    "/porteur/enveloppes/{fund}/mouvements/verse",
)


@pytest.fixture
def names(live_server: Server) -> dict[str, str]:
    """One promise short by fifty euros, one open; a line that found its own, one that waits."""
    with live_server.app.app_context(), Session(database.extension.engine) as db:
        town = cast.a_town(db)
        with unit_of_work(db):
            fund = db.get_one(Fund, town.fund_id)
            fund.title = "Subvention de lutte contre la pauvreté"
        part = a_promise(db, 6_000_000, fund_id=town.fund_id)
        open_one = a_promise(db, 125_000, fund_id=town.fund_id)
        with unit_of_work(db):
            typed = Received(Cents(125_000), TODAY, "SAISIE 12")
            contributions.receive(db, town.fund_id, typed, actor=OPERATOR, now=NOON)
        words = f"VIREMENT SEPA RECU {LONG} CONVENTION 2026-A-000123 TRANCHE UNIQUE"
        taken = send(
            db,
            camt(
                Entry("59950.00", reference="BQ1", details=detail(text=part.reference, name=LONG)),
                Entry("1250.00", reference="BQ2", details=detail(text=words, name=LONG)),
                Entry("700.00", "DBIT", reference="BQ3"),
            ),
        )
        unknown = send(db, pain_002("RJCT", message="INCONNU" * 4), name="rapport.xml")
        stage = a_stage(db)
        takes(stage, stage.roseraie)
        paid = payout_of(stage, sent(stage), stage.roseraie).public_id
        send(db, camt(Entry("11.00", "DBIT", details=detail(end_to_end=paid))), name="suite.xml")
        found = {int(one.amount): one for one in queries.lines(db).items}
        [match] = queries.matches(db, [found[5_995_000].id])[found[5_995_000].id]
        return {
            "fund": db.get_one(Fund, town.fund_id).public_id,
            "part": part.public_id,
            "open": open_one.public_id,
            "arrival": str(match.arrival_id),
            "statement": taken.public_id,
            "waits": found[125_000].public_id,
            "matched": found[5_995_000].public_id,
            "doubted": found[1_100].public_id,
            "unknown": unknown.public_id,
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
