"""The summary for a family fund: filled from the year's release, and by hand."""

import csv
import io

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.domain.programmes.models import Fund, Programme
from repit.domain.releases.rules import number_text
from tests.cast import Town
from tests.web.operators.desk import Desk, words
from tests.web.operators.releases_of_years import YEAR, publish


@pytest.fixture
def summary(db: Session, town: Town) -> str:
    return f"/porteur/enveloppes/{db.get_one(Fund, town.fund_id).public_id}/bilan-caf/{YEAR}"


@pytest.fixture
def fields(db: Session, town: Town) -> str:
    public_id = db.get_one(Programme, town.programme_id).public_id
    return f"/porteur/dispositifs/{public_id}/bilans-caf/champs"


def table(desk: Desk, address: str) -> dict[str, list[str]]:
    answer = desk.open(address + "?format=csv")
    rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    return {row[0]: row[1:] for row in rows}


def test_before_the_year_is_published_the_page_says_so(desk: Desk, summary: str) -> None:
    page = words(desk.open(summary))

    assert "Pas encore de publication pour cette année" in page
    assert "Nombre de séances pas encore publié Séances tenues" in page


def test_numbers_come_from_the_years_release(
    desk: Desk, db: Session, town: Town, summary: str
) -> None:
    publish(db, town)

    page = words(desk.open(summary))

    assert f"publication n° {number_text(YEAR, 3)}" in page
    assert "Nombre de séances 14 Séances tenues" in page
    assert "dont parents isolés 25 Foyers venus aux ateliers : isolés" in page
    assert "dont en quartier prioritaire 60" in page
    assert "Satisfaction des parents entre 85 % et 90 %" in page
    assert "Enfants accueillis pas dans cette publication" in page


def test_what_is_typed_is_kept_and_exported(
    desk: Desk, db: Session, town: Town, summary: str
) -> None:
    publish(db, town)

    page = desk.send(summary, said_actions="12", said_commune="=1+1 Lille")

    assert "Le bilan est enregistré." in words(page)
    assert 'value="=1+1 Lille"' in page.text
    found = table(desk, summary)
    assert found["Nombre d’actions"] == ["12", "", "rempli à la main"]
    assert found["Commune des actions"][0] == "'=1+1 Lille"
    assert found["Heures de répit"] == ["3075,00", "heure", "Heures de répit"]
    assert found["dont parents isolés"][0] == "25"


@pytest.mark.parametrize("typed", ["-5", "abc", "9" * 400, "2,5"])
def test_a_count_is_a_whole_number_and_nothing_typed_is_lost(
    desk: Desk, summary: str, typed: str
) -> None:
    page = desk.send(summary, said_paid_facilitators=typed, said_commune="Lens", said_actions="3")

    assert page.status_code == 422
    assert "Écrivez un nombre entier de 0 à 999 999 999" in words(page)
    assert f'value="{typed}"' in page.text
    assert 'value="Lens"' in page.text
    assert table(desk, summary)["Commune des actions"][0] == ""


def test_the_workbook_says_the_same_in_typed_cells(
    desk: Desk, db: Session, town: Town, summary: str
) -> None:
    publish(db, town)
    desk.send(summary, said_commune="=1+1 Lille")

    book = openpyxl.load_workbook(io.BytesIO(desk.open(summary + "?format=xlsx").data))

    rows = {row[0].value: row[1] for row in book.active.iter_rows(min_row=4)}
    assert (rows["Nombre de séances"].value, rows["Heures de répit"].value) == (14, 3_075)
    assert rows["Frais de fonctionnement"].number_format == '#,##0.00\\ "€"'
    assert (rows["Commune des actions"].value, rows["Commune des actions"].data_type) == (
        "=1+1 Lille", "s",
    )  # fmt: skip
    typed = {name: str(cell.value or "") for name, cell in rows.items()}
    assert typed.keys() == table(desk, summary).keys() - {"Champ"}


def test_fields_are_renamed_moved_and_mapped(desk: Desk, fields: str, summary: str) -> None:
    lines = {"fields-0-label": "Séances", "fields-0-source": "", "fields-0-key": "sessions",
             "fields-1-label": "Présents", "fields-1-source": "attendances"}  # fmt: skip

    page = words(desk.send(fields, act="save", **lines))

    assert "Les champs du bilan sont enregistrés." in page
    assert list(table(desk, summary)) == ["Champ", "Séances", "Présents"]
    moved = desk.send(fields, act="down-0", **lines).text
    assert moved.index("Présents") < moved.index("Séances")
    assert list(table(desk, summary)) == ["Champ", "Séances", "Présents"]
    assert "Nombre d’actions" in desk.open(fields + "?depart=1").text


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"label": "séances", "source": ""}, "Deux champs s’appellent « séances »."),
        ({"label": "Foyers", "source": "vouchers_issued"}, "qu’aucune publication ne donne"),
        ({"label": "", "source": ""}, "Nom du champ"),
        (
            {"label": "Nombre d’actions", "key": "actions", "source": "staff_costs_cents"},
            "Le champ « Nombre d’actions » ne se compte pas dans la même unité",
        ),
    ],
)
def test_a_bad_mapping_is_refused_and_nothing_is_lost(
    desk: Desk, fields: str, summary: str, second: dict[str, str], said: str
) -> None:
    lines = {"fields-0-label": "Séances", "fields-0-source": "sessions_held", "fields-0-key": ""}

    page = desk.send(
        fields, act="save", **lines, **{f"fields-1-{name}": text for name, text in second.items()}
    )

    assert page.status_code == 422
    assert said in words(page)
    assert 'value="Séances"' in page.text
    assert "Nombre d’actions" in table(desk, summary)


def test_a_year_before_the_programme_is_not_there(desk: Desk, summary: str) -> None:
    assert desk.open(summary.replace(str(YEAR), "1999")).status_code == 404


def test_a_stranger_finds_nothing(chloe: FlaskClient, fields: str, summary: str) -> None:
    assert chloe.get(fields).status_code == 404
    assert chloe.get(summary).status_code == 404
