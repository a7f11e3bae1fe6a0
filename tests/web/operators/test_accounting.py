import csv
import io
from datetime import date
from typing import Any

import pypdf
import pytest
from sqlalchemy import Engine, QueuePool, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain.accounting.rules import FRAMES, Frame
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.by_hand import record_payout
from repit.domain.settlements.models import Payout
from repit.web import statements
from tests.cast import NOON, OPERATOR, Town
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import Desk, counted, words

HOME = "/porteur/comptabilite/"
BOOKS = HOME + "plan"
PAID_ON = date(2026, 3, 25)


@pytest.fixture
def programme(db: Session, engine: Engine, town: Town) -> str:
    """Roseraie took three vouchers and was paid for two of them; the law asks for an account."""
    with unit_of_work(db):
        db.execute(update(Programme).values(profile="FR-CAP"))
        name = db.get_one(Programme, town.programme_id).public_id
    take(engine, town.roseraie, town.codes[:2], 1, minutes=120)
    with unit_of_work(db):
        record_payout(
            db,
            town.roseraie.id,
            seen=Cents(2_000),
            paid_on=PAID_ON,
            reference="VIR 7",
            actor=OPERATOR,
            now=NOON.replace(day=25),
        )
    take(engine, town.roseraie, town.codes[2:3], 2)
    return name


def rows(page: TestResponse) -> list[list[str]]:
    text = page.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def fec_lines(page: TestResponse) -> list[dict[str, str]]:
    head, *lines = page.data.decode("iso-8859-15").splitlines()
    names = head.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def cents(text: str) -> int:
    return int(text.replace(",", ""))


def chart(frame: Frame = Frame.ASSOCIATION, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"frame": frame.value, "identifier": "732 829 320"}
    for kind, line in FRAMES[frame].items():
        fields |= {f"number_{kind.value}": line.number, f"label_{kind.value}": line.label}
    return fields | changes


def test_the_balance_shows_what_each_account_holds(desk: Desk, programme: str) -> None:
    page = words(desk.open(HOME))

    assert "Comptes à confirmer" in page
    assert "512 · Banque, compte réservé aux chèques répit" in page
    assert "980,00 €" in page  # what the bank still holds
    assert f"dispositif={programme}" in desk.open(HOME).text


def test_each_account_opens_onto_its_parts(desk: Desk, programme: str) -> None:
    page = words(desk.open(f"{HOME}compte/payable?dispositif={programme}"))

    assert "Dû : -10,00 €" in page
    assert "La Roseraie" in page
    assert "P000001" in page
    assert desk.open(f"{HOME}compte/rien").status_code == 404


def test_the_balance_as_a_file_adds_up_to_nothing(desk: Desk, programme: str) -> None:
    del programme
    head, *lines = rows(desk.open(HOME + "?format=csv"))

    assert head[0] == "Compte"
    assert sum(cents(line[5]) for line in lines) == sum(cents(line[6]) for line in lines) > 0
    assert sum(cents(line[7]) for line in lines) == 0


@pytest.mark.parametrize("page", ["", "compte/payable", "journal"])
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("first_day=2026-12-31&last_day=2026-01-01", "à partir du 31 décembre 2026"),
        ("first_day=xx", "Écrivez une date"),
        ("last_day=9999-12-31", "Écrivez une date"),
    ],
)
def test_days_that_are_no_period_are_refused(
    desk: Desk, programme: str, page: str, asked: str, told: str
) -> None:
    answer = desk.open(f"{HOME}{page}?dispositif={programme}&{asked}")

    assert (answer.status_code, told in words(answer)) == (422, True)
    assert "980,00 €" not in words(answer)


def test_one_day_alone_stands_for_its_year(desk: Desk, programme: str) -> None:
    page = desk.open(f"{HOME}?dispositif={programme}&last_day=2024-06-30").text

    assert 'value="2024-01-01"' in page
    assert 'value="2024-06-30"' in page


def test_a_journal_of_a_period_is_balanced_piece_by_piece(desk: Desk, programme: str) -> None:
    asked = f"dispositif={programme}&first_day=2026-03-25&last_day=2026-03-31"
    _head, *lines = rows(desk.open(f"{HOME}journal?{asked}"))

    by_piece: dict[str, int] = {}
    for line in lines:
        by_piece[line[1]] = by_piece.get(line[1], 0) + cents(line[10]) - cents(line[11])
    assert set(by_piece.values()) == {0}
    assert {line[9] for line in lines if line[0] == "Banque"} != set()
    assert {line[2] for line in lines} == {"2026-03-25"}


def test_the_fec_waits_for_the_operators_number(desk: Desk, programme: str) -> None:
    del programme
    refused = desk.open(HOME + "journal?format=fec")

    assert refused.status_code == 409
    assert "SIREN" in words(refused)


def test_the_fec_is_named_and_holds_the_accounts_of_the_accountant(
    desk: Desk, programme: str
) -> None:
    desk.send(BOOKS, **chart(number_bank="51210", label_bank="Crédit municipal", confirmed="y"))

    page = desk.open(f"{HOME}journal?format=fec&dispositif={programme}")

    assert page.headers["Content-Disposition"] == (
        'attachment; filename="732829320FEC20261231.txt"'
    )
    lines = fec_lines(page)
    assert sum(cents(one["Debit"]) for one in lines) == sum(cents(one["Credit"]) for one in lines)
    assert {"51210"} == {
        one["CompteNum"] for one in lines if one["CompteLib"] == "Crédit municipal"
    }
    assert "Comptes à confirmer" not in words(desk.open(HOME))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"identifier": "732 829 321"}, "ni un SIREN ni un numéro"),
        ({"number_bank": "512A"}, "Écrivez des chiffres seulement"),
        ({"number_bank": ""}, "Compte"),
        ({"number_bank": "4011"}, "Le compte 4011 sert deux fois"),
    ],
)
def test_accounts_that_cannot_be_are_refused(
    desk: Desk, programme: str, changes: dict[str, Any], said: str
) -> None:
    del programme
    page = desk.send(BOOKS, **chart(**changes))

    assert page.status_code == 422
    assert said in words(page)
    assert "Comptes à confirmer" in words(desk.open(HOME))


def test_an_unknown_chart_is_refused(desk: Desk, programme: str) -> None:
    del programme
    assert desk.send(BOOKS, **chart() | {"frame": "autre"}).status_code == 422


def test_a_belgian_operator_is_named_by_its_bce_number(desk: Desk, programme: str) -> None:
    del programme
    desk.send(BOOKS, **chart(Frame.M57, identifier="0403.019.261"))

    page = desk.open(HOME + "journal?format=fec")
    assert "0403019261FEC20261231.txt" in page.headers["Content-Disposition"]
    assert "515" in {one["CompteNum"] for one in fec_lines(page)}


def test_another_chart_can_be_tried_before_it_is_kept(desk: Desk, programme: str) -> None:
    del programme
    page = desk.open(BOOKS + "?depart=m57")

    assert 'value="46711"' in page.text
    assert 'value="46711"' not in desk.open(BOOKS).text


def test_without_a_programme_the_page_says_what_to_do(desk: Desk) -> None:
    assert "Aucun dispositif" in words(desk.open(HOME))


def test_a_long_journal_asks_the_database_no_more(
    desk: Desk, db: Session, engine: Engine, town: Town, programme: str
) -> None:
    def statements() -> int:
        with counted(engine) as sent:
            assert desk.open(f"{HOME}journal?dispositif={programme}").data
        return len(sent)

    few = statements()
    for number in range(3, 8):
        take(engine, town.roseraie, town.codes[number : number + 1], 10 + number)
    db.rollback()

    assert statements() == few


@pytest.mark.parametrize("whole", [True, False])
def test_a_journal_that_is_sent_gives_its_connection_back(
    desk: Desk, engine: Engine, programme: str, *, whole: bool
) -> None:
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    sending = desk.open(f"{HOME}journal?dispositif={programme}")
    parts = sending.iter_encoded()
    assert next(parts)

    if whole:
        assert list(parts)
    sending.close()

    assert pool.checkedout() == 0


def annual(programme: str, year: int = 2026) -> str:
    return f"/porteur/dispositifs/{programme}/comptes-annuels/{year}"


def test_the_annual_account_as_page_csv_and_paper_says_the_same(desk: Desk, programme: str) -> None:
    page = words(desk.open(annual(programme)))
    table = rows(desk.open(annual(programme) + "?format=csv"))
    paper = pypdf.PdfReader(io.BytesIO(desk.open(annual(programme) + "?format=pdf").data))

    assert "Année en cours" in page
    assert "Utilisés et payés 20,00 € 2 chèques" in page
    said = {line[0]: (line[3], line[4]) for line in table}
    assert said["Émis"] == ("10", "100,00")
    assert said["Utilisés et payés"] == ("2", "20,00")
    assert said["Restants"] == ("7", "70,00")
    printed = " ".join(" ".join(one.extract_text() for one in paper.pages).split())
    assert paper.metadata is not None
    assert paper.metadata.title == "Compte annuel 2026"
    assert "La Roseraie" in printed
    assert "R1611-2" in printed


def test_an_account_cannot_be_given_while_providers_may_claim(desk: Desk, programme: str) -> None:
    refused = desk.send(annual(programme))

    assert refused.status_code == 422
    assert "Les prestataires peuvent encaisser jusqu’au 28 février 2027" in words(refused)


def test_the_years_are_listed_with_their_days(desk: Desk, programme: str) -> None:
    page = words(desk.open(f"/porteur/dispositifs/{programme}/comptes-annuels/"))

    assert "2026 28 février 2027 31 mai 2027 en cours" in page


def test_a_programme_without_a_frame_has_no_account(
    desk: Desk, db: Session, programme: str
) -> None:
    with unit_of_work(db):
        db.execute(update(Programme).values(profile=None))

    assert desk.open(annual(programme)).status_code == 404
    assert desk.open(annual("nothing")).status_code == 404


def test_a_statement_too_long_for_paper_leads_to_its_table(
    desk: Desk, db: Session, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del programme
    monkeypatch.setattr(statements, "MOST_ON_PAPER", 0)
    address = f"/porteur/decomptes/{db.scalars(select(Payout.public_id)).first()}"
    db.rollback()

    page = desk.open(f"{address}?format=pdf")

    assert page.status_code == 409
    assert "Prenez le CSV" in words(page)
    assert desk.open(f"{address}?format=csv").status_code == 200


def test_the_operator_opens_a_providers_statement(
    desk: Desk, db: Session, town: Town, programme: str
) -> None:
    del programme
    provider = db.get_one(Provider, town.roseraie.id).public_id
    db.rollback()
    page = desk.open(f"/porteur/prestataires/{provider}")
    linked = page.text.split('"/porteur/decomptes/')[1:]
    address = next(one for one in linked if not one.startswith("prestataire/")).split('"')[0]

    shown = words(desk.open(f"/porteur/decomptes/{address}"))

    assert "Décompte n° 1" in shown
    assert "Payé le 25 mars 2026" in shown
    assert "VIR 7" in shown
