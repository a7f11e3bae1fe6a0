"""A provider gives its IBAN, and reads what became of it."""

from sqlalchemy import select

from repit.domain.settlements.models import BankAccount
from tests.domain.settlements.paying import IBANS, an_account
from tests.web.providers.stage import Stage, token_in

HERE = "/prestataire/compte/iban"


def send(stage: Stage, **fields: str) -> str:
    token = token_in(stage.phone.get(HERE))
    answer = stage.phone.post(HERE, data={"csrf_token": token, **fields}, follow_redirects=True)
    return answer.text


def test_the_account_asks_for_an_iban_and_takes_it(stage: Stage) -> None:
    assert "Il manque votre IBAN" in stage.phone.get("/prestataire/compte").text

    page = send(stage, holder="La Roseraie", iban="FR76 3000 6000 0112 3456 7890 189")

    assert "Votre compte est noté" in page
    kept = stage.db.scalars(select(BankAccount)).one()
    assert (kept.iban, kept.confirmed_at) == (IBANS[0], None)
    assert kept.proposed_by.startswith("person:")


def test_a_slip_is_said_beside_the_iban_and_nothing_is_kept(stage: Stage) -> None:
    page = send(stage, holder="La Roseraie", iban="FR7630006000011234567890188")

    assert "une faute de frappe" in page
    assert stage.db.scalars(select(BankAccount)).all() == []


def test_only_the_ends_of_an_iban_are_shown(stage: Stage) -> None:
    an_account(stage.db, provider_id=stage.roseraie.id)
    stage.db.close()

    page = stage.phone.get(HERE).text

    assert "FR76 … 0189" in page
    assert IBANS[0] not in page
    assert "Il manque votre IBAN" not in stage.phone.get("/prestataire/compte").text
