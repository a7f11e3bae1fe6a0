"""A promise on the pages: noted, called for, received in parts, over, taken back, cancelled."""

import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy.orm import Session

from repit.domain.ledger.queries import fund_numbers
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionFilter
from repit.domain.programmes.models import Fund
from repit.domain.programmes.references import spaced
from tests.cast import Town
from tests.domain.banking.desk import standing
from tests.web.operators.desk import Desk, words

LIST = "/porteur/versements/"
PROMISE = {
    "amount": "1 250,00",
    "due_on": "01/02/2026",
    "agreement": "CONV-2026-7",
    "note": "Première tranche",
}


@pytest.fixture
def fund(db: Session, town: Town) -> str:
    return db.get_one(Fund, town.fund_id).public_id


@pytest.fixture
def gift(desk: Desk, db: Session, town: Town, fund: str) -> str:
    """A promise of 1,250 euros, due some weeks ago; its address."""
    desk.send(f"{LIST}promettre/{fund}", **PROMISE)
    wanted = ContributionFilter(fund_id=town.fund_id, standing="missing")
    [one] = contribution_queries.contributions(db, wanted).items
    return LIST + one.public_id


def arrives(desk: Desk, gift: str, amount: str, reference: str) -> str:
    typed = {"amount": amount, "received_on": "14/03/2026", "reference": reference, "note": ""}
    return words(desk.send(gift + "/recu", **typed))


def test_a_promise_is_noted_and_late_until_it_comes(
    desk: Desk, db: Session, town: Town, gift: str, fund: str
) -> None:
    page = words(desk.open(gift))
    assert "1 250,00 €" in page
    assert "En retard" in page
    assert "CONV-2026-7" in page
    assert "il manque 1 250,00 €" in words(desk.open(f"/porteur/enveloppes/{fund}"))
    assert fund_numbers(db, [town.fund_id])[town.fund_id].funded == 100_000


def test_fifty_euros_are_missing(desk: Desk, gift: str, fund: str) -> None:
    page = arrives(desk, gift, "1200", "A")
    assert "Il manque 50,00 €" in page
    assert "Reçu en partie" in page
    assert "il manque 50,00 €" in words(desk.open(f"/porteur/enveloppes/{fund}"))
    assert "50,00 €" in words(desk.open(LIST + "?state=missing"))


def test_more_than_promised_is_shown(desk: Desk, gift: str) -> None:
    assert "50,00 € en trop" in arrives(desk, gift, "1300", "A")
    assert "Reçu en trop" in words(desk.open(LIST + "?state=over"))


def test_the_call_for_funds_is_printed_with_its_reference(
    desk: Desk, db: Session, gift: str
) -> None:
    reference = standing(db, gift.removeprefix(LIST)).reference
    page = words(desk.open(gift + "/appel"))
    assert spaced(reference) in page
    assert "Aucun compte n’est confirmé" in page
    answer = desk.open(gift + "/appel?format=pdf")
    assert answer.mimetype == "application/pdf"
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.data)).pages)
    assert spaced(reference) in text.replace("\xa0", " ")
    assert "vous demande de verser" in " ".join(text.split())
    assert "Établi le" in text


def test_money_recalled_by_the_bank_leaves_the_fund(
    desk: Desk, db: Session, town: Town, gift: str
) -> None:
    arrives(desk, gift, "1250", "A")
    [one] = contribution_queries.arrivals(
        db, town.fund_id, contribution_id=standing(db, gift.removeprefix(LIST)).id
    ).items
    address = f"{gift}/sommes/{one.id}/reprise"
    typed = {"reason": "recalled", "returned_on": "14/03/2026", "motive": "Rappel de la banque"}
    too_much = desk.send(address, amount="1250,01", **typed)
    assert (too_much.status_code, "Il ne reste que 1 250,00 €" in words(too_much)) == (422, True)
    for day, told in (("2030-01-01", "pas encore arrivé"), ("2020-01-01", "à partir du")):
        slip = desk.send(address, amount="1250", **typed | {"returned_on": day})
        assert (slip.status_code, told in words(slip)) == (422, True)
    page = words(desk.send(address, amount="1250", **typed))
    assert "Repris" in page
    assert "Rappel de la banque" in page
    assert "repris le : 14 mars 2026" in page or "repris le : 14/03/2026" in page
    db.rollback()
    assert fund_numbers(db, [town.fund_id])[town.fund_id].funded == 100_000


def test_a_promise_is_changed_cancelled_and_restored(desk: Desk, gift: str) -> None:
    page = words(desk.send(gift + "/changer", **PROMISE | {"amount": "1000"}))
    assert "promis : 1 250,00 €, devenu 1 000,00 €" in page
    assert "n’est plus attendu" in words(desk.send(gift + "/annuler", motive="Refus"))
    refused = desk.send(
        gift + "/recu", amount="5", received_on="14/03/2026", reference="A", note=""
    )
    assert (refused.status_code, "est annulé" in words(refused)) == (422, True)
    assert "de nouveau attendu" in words(desk.send(gift + "/retablir", motive="Accordé"))


def test_a_promise_of_which_something_came_is_not_cancelled(desk: Desk, gift: str) -> None:
    arrives(desk, gift, "50", "A")
    refused = desk.send(gift + "/annuler", motive="Refus")
    assert (refused.status_code, "50,00 € sont déjà arrivés" in words(refused)) == (422, True)
    changing = words(desk.open(gift + "/changer"))
    assert "50,00 € sont déjà arrivés" in changing
    assert "n’est pas encore arrivé" not in changing


def test_a_long_reference_is_refused_and_not_cut(desk: Desk, gift: str) -> None:
    assert "maxlength" not in desk.open(gift + "/recu").text

    page = desk.send(
        gift + "/recu", amount="5", received_on="14/03/2026", reference="A" * 400, note=""
    )

    assert (page.status_code, "Écrivez au plus 80 caractères" in words(page)) == (422, True)
    assert "A" * 400 in page.text


def test_the_list_finds_by_reference_and_is_exported(desk: Desk, db: Session, gift: str) -> None:
    reference = standing(db, gift.removeprefix(LIST)).reference
    assert "1 versement " in words(desk.open(LIST + f"?q={spaced(reference).lower()}"))
    exported = desk.open(LIST + "?format=csv").data.decode("utf-8-sig")
    assert reference in exported
    assert "1250,00" in exported


@pytest.mark.parametrize("path", ["", "/changer", "/recu", "/appel"])
def test_a_stranger_learns_nothing(chloe: FlaskClient, gift: str, path: str) -> None:
    assert chloe.get(gift + path).status_code == 404


def test_an_arrival_of_another_promise_has_no_page_here(
    desk: Desk, db: Session, town: Town, gift: str
) -> None:
    [other] = contribution_queries.arrivals(db, town.fund_id).items
    assert desk.open(f"{gift}/sommes/{other.id}/reprise").status_code == 404


def test_a_part_of_a_reference_finds_its_promise(desk: Desk, db: Session, gift: str) -> None:
    reference = contribution_queries.contribution(db, gift.rpartition("/")[2]).reference
    db.rollback()
    for part in (reference[:4], reference[-4:].lower(), spaced(reference)[3:9]):
        assert gift in desk.open(f"{LIST}?q={part}").text
    assert gift not in desk.open(f"{LIST}?q=RF00").text
