"""A provider's statements on its phone: the list, one of them, its files, and a stranger's."""

import csv
import io
from datetime import date

import pypdf
import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.money import Cents
from repit.domain.settlements.by_hand import record_payout
from tests import cast
from tests.cast import OPERATOR
from tests.visits import visit_as
from tests.web.operators.desk import words
from tests.web.providers.stage import Stage, works_for
from tests.web.providers.test_account import takes

LIST = "/prestataire/decomptes"


@pytest.fixture
def paid(stage: Stage, db: Session) -> str:
    """Three vouchers taken a month ago and paid, one taken today."""
    takes(stage, 3, days_ago=30, family_share=Cents(100))
    with unit_of_work(db):
        name = record_payout(
            db,
            stage.roseraie.id,
            seen=Cents(3_000),
            paid_on=date(2026, 11, 2),
            reference="VIR 12",
            actor=OPERATOR,
            now=clock.now(),
        )
    takes(stage, 1)
    return name


def test_the_list_says_what_came_and_what_is_still_to_come(stage: Stage, paid: str) -> None:
    page = stage.phone.get(LIST)

    said = words(page)
    assert "1 encaissement attend 10,00 €" in said
    assert "Prochain virement" in said
    assert "Décompte n° 1 02/11/2026 Payé 3 30,00 €" in said
    assert f'href="{LIST}/{paid}"' in page.text


def test_the_account_leads_to_each_statement(stage: Stage, paid: str) -> None:
    assert f'href="{LIST}/{paid}"' in stage.phone.get("/prestataire/compte").text


def test_a_statement_opens_line_by_line(stage: Stage, paid: str) -> None:
    said = words(stage.phone.get(f"{LIST}/{paid}"))

    assert "Payé le 2 novembre 2026" in said
    assert "VIR 12" in said
    assert said.count("sans réservation") == 3
    assert "Total 3 30,00 € 3,00 €" in said
    assert "3,00 €, déjà payés par les familles" in said
    assert "Amina" not in said


def test_the_files_say_what_the_page_says(stage: Stage, paid: str) -> None:
    table = stage.phone.get(f"{LIST}/{paid}?format=csv").data.decode("utf-8-sig")
    paper = stage.phone.get(f"{LIST}/{paid}?format=pdf")

    _head, *lines = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert [line[6] for line in lines] == ["10,00"] * 3
    assert {line[11] for line in lines} == {"VIR 12"}
    assert 'filename="decompte-1.pdf"' in paper.headers["Content-Disposition"]
    reader = pypdf.PdfReader(io.BytesIO(paper.data))
    printed = " ".join(reader.pages[0].extract_text().split())
    assert reader.metadata is not None
    assert reader.metadata.title == "Décompte n° 1"
    assert "Participation" in printed
    assert "Total 3 30,00 € 3,00 €" in printed


def test_another_provider_learns_nothing(stage: Stage, db: Session, paid: str) -> None:
    tilleul = cast.a_provider(db, "Le Tilleul")
    stranger = visit_as(stage.app, works_for(db, tilleul, "Thomas"))

    for address in (paid, f"{paid}?format=pdf", f"{paid}?format=csv", "rien"):
        assert stranger.get(f"{LIST}/{address}").status_code == 404


def test_before_the_first_payment_the_list_says_so(stage: Stage) -> None:
    assert "Aucun décompte pour le moment" in words(stage.phone.get(LIST))
