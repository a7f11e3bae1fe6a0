import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.domain.providers.models import Provider
from repit.domain.settlements.models import Payout
from tests.cast import Town
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/virements/"


@pytest.fixture
def roseraie(db: Session, engine: Engine, town: Town) -> str:
    """Roseraie took three vouchers in March: 30 €, whose undo window is over."""
    path = LIST + db.get_one(Provider, town.roseraie.id).public_id
    db.close()
    take(engine, town.roseraie, town.codes[:3], minutes=120)
    return path


def payment(**changes: Any) -> dict[str, Any]:
    return {"amount": "30,00", "paid_on": "2026-04-01", "reference": "VIR 2026-04-A"} | changes


def payouts(db: Session) -> list[Payout]:
    db.rollback()
    return list(db.scalars(select(Payout)))


def test_the_list_says_who_is_owed_what(desk: Desk, roseraie: str) -> None:
    page = desk.open(LIST)

    assert "1 prestataire à payer" in words(page)
    assert "La Roseraie" in words(page)
    assert "30,00 €" in words(page)
    assert f'href="{roseraie}"' in page.text


def test_nothing_owed_is_said(desk: Desk, town: Town) -> None:
    del town
    assert "Tout est payé" in words(desk.open(LIST))


def test_the_export_holds_what_is_shown(desk: Desk, roseraie: str) -> None:
    del roseraie
    download = desk.open(LIST + "?format=csv")

    rows = list(csv.reader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:3] == ["La Roseraie", "30,00", "30,00"]


def test_a_payment_is_recorded_and_nothing_more_is_due(
    desk: Desk, db: Session, roseraie: str
) -> None:
    page = words(desk.send(roseraie, **payment()))

    assert "Le virement de 30,00 € est enregistré" in page
    assert "payé le 01/04/2026" in page
    [one] = payouts(db)
    assert (one.amount_cents, one.reference) == (3_000, "VIR 2026-04-A")
    assert "Tout est payé" in words(desk.open(LIST))
    assert "Rien n’est à payer maintenant" in words(desk.open(roseraie))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": "29,99"}, "Ce qui est à payer maintenant est 30,00 €"),
        ({"amount": ""}, "Montant viré"),
        ({"amount": "trente"}, "Écrivez un montant en euros"),
        ({"paid_on": "hier"}, "Écrivez une date"),
        ({"paid_on": "2199-01-01"}, "Cette date est dans le futur"),
        ({"reference": " "}, "Référence du virement"),
    ],
)
def test_a_slip_is_said_and_nothing_is_recorded(
    desk: Desk, db: Session, roseraie: str, changes: dict[str, str], said: str
) -> None:
    page = desk.send(roseraie, **payment(**changes))

    assert page.status_code == 422
    assert said in words(page)
    assert not payouts(db)


def test_the_same_payment_sent_twice_is_recorded_once(
    desk: Desk, db: Session, roseraie: str
) -> None:
    desk.send(roseraie, **payment())
    again = desk.send(roseraie, **payment())

    assert again.status_code == 422
    assert len(payouts(db)) == 1


def test_the_list_costs_few_statements(desk: Desk, engine: Engine, roseraie: str) -> None:
    del roseraie
    with counted(engine) as sent:
        desk.open(LIST)

    assert len(sent) <= 6, sent


def test_a_stranger_finds_nothing(chloe: FlaskClient, db: Session, roseraie: str) -> None:
    assert chloe.get(LIST).status_code == 404
    assert chloe.get(roseraie).status_code == 404
    assert chloe.post(roseraie, data=payment()).status_code == 404
    assert not payouts(db)


def test_a_form_from_another_site_records_nothing(desk: Desk, db: Session, roseraie: str) -> None:
    assert desk.send_without_token(roseraie, **payment()).status_code == 422
    assert not payouts(db)


def test_an_unknown_provider_is_not_found(desk: Desk) -> None:
    assert desk.open(LIST + "x" * 22).status_code == 404
