from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements.models import Allowance
from repit.domain.money import Cents
from repit.domain.programmes.models import Fund
from repit.domain.programmes.queries import programme_by_id
from repit.domain.reports.forecast import forecast
from repit.domain.vouchers.models import Voucher
from repit.web.operators.forecasts import issue_words
from tests import cast
from tests.cast import NOON
from tests.domain.figures.stage import Stage, a_stage
from tests.domain.reports.test_what_if import a_draft, parent_named
from tests.domain.vouchers.issuing import a_scale, alone, entitle
from tests.web.operators.desk import words

FORECAST = "/porteur/tableau-de-bord/previsions/"


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    """Amina, isolated, uses half of her forty vouchers in the last three complete months."""
    stage = a_stage(db, engine)
    stage.fund_id = cast.a_fund(
        db, stage.programme_id, funder_id=stage.funder_id, cents=60_000, title="Petite <b>"
    )
    a_scale(db, stage.programme_id)
    codes = stage.parent("Amina", vouchers=40, isolated=True)
    for month in (8, 9, 10):
        stage.use([codes.pop() for _ in range(6)], date(2026, month, 5))
    entitle(db, parent_named(db, "Amina"), stage.programme_id)
    alone(db, parent_named(db, "Amina"))
    return stage


def test_the_page_says_when_what_and_on_which_months_it_rests(
    stage: Stage, operator: FlaskClient
) -> None:
    answered = operator.get(FORECAST)
    page = words(answered)

    assert "du 1er août 2026 au 31 octobre 2026" in page
    assert "Plus rien à utiliser vers juin 2027" in page
    assert "Sur 100 chèques qui pouvaient être utilisés dans un mois, 18 l’ont été." in page
    assert "Derniers jours en Chèques ouverts Valeur Seraient périmés, environ" in page
    assert "décembre 2026 22 220,00 €" in page
    assert "Petite <b>" not in answered.text
    assert 'role="img"' in answered.text


def test_a_fund_without_history_says_what_is_missing(stage: Stage, operator: FlaskClient) -> None:
    page = words(operator.get(FORECAST))

    assert "Cette enveloppe n’a encore donné aucun chèque." in page
    assert "pas assez de recul" in page


def test_what_is_kept_for_bookings_explains_what_is_committed(
    stage: Stage, operator: FlaskClient, db: Session
) -> None:
    first = db.scalars(select(func.min(Voucher.id)).where(Voucher.state == "issued")).one()
    with unit_of_work(db):
        booked = {"booked": True, "held_for_id": stage.roseraie.id}
        db.execute(update(Voucher).where(Voucher.id == first).values(**booked))
        waits = {"granted": Allowance.issued + 3, "waits_for": "money_short", "waits_since": NOON}
        db.execute(update(Allowance).values(**waits))

    page = words(operator.get(FORECAST))

    assert "220,00 € sont engagés : 210,00 € de chèques ouverts, 1 chèque gardé" in page
    assert "1 parent attend des chèques déjà accordés : 3." in page
    assert "on ne peut pas le dire 200,00 € disponibles. Aucun chèque émis en trois mois." in page


def test_a_fund_that_lives_on_what_comes_back_says_so(stage: Stage, app: Flask) -> None:
    programme = programme_by_id(stage.db, stage.programme_id)
    found = forecast(stage.db, programme, now=datetime(2026, 11, 21, 9, tzinfo=UTC))
    one = next(one for one in found.funds if one.given is not None)

    with app.test_request_context():
        when, why = issue_words(replace(one, issued=Cents(-500), given=Cents(2_000)))

    assert when == "on ne peut pas le dire"
    assert "les chèques périmés ou annulés ont rendu autant d’argent" in why


def test_the_file_holds_what_the_page_shows(stage: Stage, operator: FlaskClient) -> None:
    lines = operator.get(f"{FORECAST}?format=csv").text.splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("Petite <b>;DRDFE;2026-12;22;220,00;")


def test_without_an_open_fund_the_way_on_is_shown(operator: FlaskClient, db: Session) -> None:
    cast.a_programme(db)

    assert "Aucune enveloppe ouverte." in words(operator.get(FORECAST))


def test_the_preview_of_a_scale_says_what_it_would_really_cost(
    stage: Stage, operator: FlaskClient, db: Session
) -> None:
    draft = a_draft(db, stage.programme_id)

    page = words(operator.get(f"/porteur/baremes/{draft}/apercu"))

    assert "Ce qu’il coûterait vraiment" in page
    assert "Isolés 1 14 140,00 € 90 % 126," in page
    assert "Non isolés 0 0 0,00 € pas assez de recul –" in page
    assert "560,00 € 240,00 € avec le barème en vigueur" in page


def test_the_board_leads_to_the_forecast(stage: Stage, operator: FlaskClient, db: Session) -> None:
    assert FORECAST in operator.get("/porteur/tableau-de-bord/").text
    fund = db.get_one(Fund, stage.fund_id)
    assert f"/porteur/enveloppes/{fund.public_id}" in operator.get(FORECAST).text
