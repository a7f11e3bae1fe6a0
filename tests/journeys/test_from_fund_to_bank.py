"""A voucher's whole life as people live it: pages, a worker, a provider's software, a payment."""

import re
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.entitlements.models import Entitlement, Scale, ScaleRule
from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes.models import Programme
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import VAULT, Town, redemption_id
from tests.visits import visit_as
from tests.web.operators.desk import Desk, words

SECRET = re.compile(r'class="secret"[^>]*value="([^"]+)"')
BUTTON = re.compile(r'action="/porteur/emissions/commencer".*?</form>', re.DOTALL)
FIELD = re.compile(r'name="(programme|day|once)" value="([^"]*)"')


@pytest.fixture
def town(db: Session) -> Town:
    """Bruno is entitled to twelve vouchers; what is taken can be paid at once."""
    today = clock.day_in("Europe/Paris", clock.now())
    town = cast.a_town(db)
    with unit_of_work(db):
        programme = db.get_one(Programme, town.programme_id)
        programme.undo_hours = 0
        programme.first_day = date(2026, 1, 1)
        programme.last_day = date(today.year + 1, 12, 31)
        scale = db.scalars(select(Scale)).one()
        rule = {"label": "de base", "condition": "every_parent", "effect": "add"}
        db.add(ScaleRule(scale_id=scale.id, position=1, vouchers=12, **rule))
        db.add(
            Entitlement(
                parent_id=town.bruno,
                programme_id=town.programme_id,
                state="granted",
                requested_on=date(2026, 1, 5),
                first_day=date(2026, 1, 1),
                decided_at=clock.now(),
            )
        )
    return town


def test_a_voucher_goes_from_its_fund_to_the_providers_bank(
    app: Flask, db: Session, town: Town
) -> None:
    today = clock.day_in("Europe/Paris", clock.now())
    desk = Desk(visit_as(app, cast.an_operator(db)), "/porteur/prestataires/nouveau")

    provider = a_provider_is_entered(desk, today)
    token = a_token_is_given(desk, provider)
    vouchers_are_issued(desk, app, db, town)
    code = a_code_of(db, town.bruno)
    asked = {
        "id": str(redemption_id(77)),
        "codes": [code],
        "category": "babysitting",
        "service_on": today.isoformat(),
        "minutes": 60,
        "family_share_cents": 100,
    }
    mine = {"Authorization": f"Bearer {token}"}
    taken = app.test_client().post("/api/v1/redemptions", json=asked, headers=mine)
    assert taken.status_code == 201, taken.text
    assert taken.get_json()["amount_cents"] == 1_000

    page = words(desk.open(provider))
    assert "À payer maintenant 10,00 €" in page
    pay = provider.replace("prestataires", "virements")
    paid = desk.send(pay, amount="10", paid_on=today.isoformat(), reference="VIR 1")
    assert "Le virement de 10,00 € est enregistré" in words(paid)

    numbers = fund_numbers(db, [town.fund_id])[town.fund_id]
    assert (numbers.paid, numbers.due) == (1_000, 0)
    told = words(desk.open("/porteur/journal/"))
    for line in ("Virement enregistré", "Chèques émis", "Appareil ajouté", "Tarif convenu"):
        assert line in told
    result = app.test_cli_runner().invoke(args=["check"])
    assert result.exit_code == 0, result.output


def a_provider_is_entered(desk: Desk, today: date) -> str:
    page = desk.send(
        "/porteur/prestataires/nouveau",
        name="Les Rosiers",
        identifier_kind="bce",
        identifier="BE 0403.019.261",
        postcode="62300",
        town="Lens",
        email="contact@rosiers.exemple.test",
    )
    provider = page.request.path
    right = {"first_day": today.isoformat(), "last_day": today.replace(year=today.year + 1, day=1)}
    desk.send(provider + "/agrement", category="babysitting", number="AG-1", **right)
    desk.send(
        provider + "/tarif",
        category="babysitting",
        unit="hour",
        unit_price="20",
        family_share="1",
        first_day=today.isoformat(),
    )
    return provider


def a_token_is_given(desk: Desk, provider: str) -> str:
    found = SECRET.search(desk.send(provider + "/jeton", name="Logiciel").text)
    assert found
    return found.group(1)


def vouchers_are_issued(desk: Desk, app: Flask, db: Session, town: Town) -> None:
    programme = db.get_one(Programme, town.programme_id).public_id
    preview = desk.open(f"/porteur/emissions/apercu?programme={programme}")
    button = BUTTON.search(preview.text)
    assert button
    desk.send("/porteur/emissions/commencer", **dict(FIELD.findall(button.group(0))))
    result = app.test_cli_runner().invoke(args=["worker", "--until-empty"])
    assert result.exit_code == 0, result.output


def a_code_of(db: Session, parent_id: int) -> str:
    db.rollback()
    sealed = db.scalars(select(Voucher.code_sealed).where(Voucher.parent_id == parent_id)).all()
    assert len(sealed) == 12
    return VAULT.open(sealed[0])
