"""What the bank booked and is not our payment: on the home page, the bank's page and its own."""

import pytest
from sqlalchemy.orm import Session

from repit.domain.banking import queries
from repit.domain.settlements.models import Payout
from tests.domain.banking.desk import send
from tests.domain.settlements.paying import Stage, a_stage, payout_of, sent, takes
from tests.integrations.bank_paper import Entry, camt, detail
from tests.web.operators.desk import Desk, words

HOME = "/porteur/banque/"


@pytest.fixture
def payout(db: Session) -> Payout:
    stage: Stage = a_stage(db)
    takes(stage, stage.roseraie, vouchers=6)
    return payout_of(stage, sent(stage), stage.roseraie)


def test_a_debit_of_another_amount_is_shown_and_closed_with_a_motive(
    desk: Desk, db: Session, payout: Payout
) -> None:
    name = payout.public_id
    send(db, camt(Entry("61.00", "DBIT", reference="B1", details=detail(end_to_end=name))))
    home = words(desk.open("/porteur/"))
    assert "1 sortie de la banque à vérifier" in home
    assert "réponse de la banque à vérifier" not in home
    assert "mais d’un autre montant" in words(desk.open(HOME))
    line = f"{HOME}lignes/{queries.lines(db).items[0].public_id}"
    page = desk.open(line)
    assert "60,00 € à La Roseraie" in words(page)
    assert "Demandez à la banque" in words(page)
    assert f"/virement/{name}" in page.text

    desk.send(f"{line}/mettre-de-cote", motive="Frais de la banque")

    assert "sortie de la banque à vérifier" not in words(desk.open("/porteur/"))
    assert "Frais de la banque" in words(desk.open(line))
    assert "Remettre à rapprocher" in words(desk.open(line))
