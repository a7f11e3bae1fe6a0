"""A funder reads what was approved for its funds, and nothing else is there for it."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.people.models import Membership
from repit.domain.programmes.models import Fund, Programme
from repit.domain.releases.models import Release
from tests.cast import NOON, a_funder, a_person
from tests.domain.releases.releasing import Stage, a_draft, a_stage, an_approved
from tests.visits import visit_as
from tests.web.operators.desk import counted, words

HERE = "/financeur/publications/"
FILES = ("pdf", "xlsx", "csv", "json")
LOOKED_AT = {"account", "arrival", "contribution", "fund", "funder", "programme", "release"}
"""Tables that a funder's pages read: its money, and releases."""
TABLE = re.compile(r"(?:FROM|JOIN|INTO|UPDATE) (\w+)")
WHO_IS_IN = "browser_stay"
"""Named by the one statement that asks who is at the keyboard, whoever it is."""


@pytest.fixture
def stage(db: Session) -> Stage:
    return a_stage(db)


@pytest.fixture
def release(db: Session, stage: Stage) -> str:
    """The address of an approved release of the first funder's."""
    release_id = an_approved(db, stage.programme_id, stage.fund_id)
    found = db.get_one(Release, release_id).public_id
    db.close()
    return f"{HERE}{found}"


def reader(app: Flask, db: Session, funder_id: int, name: str = "Lise Lecture") -> FlaskClient:
    person_id = a_person(db, name)
    with unit_of_work(db):
        db.add(Membership(person_id=person_id, role="funder", funder_id=funder_id, since=NOON))
    return visit_as(app, person_id)


def test_a_release_is_read_with_its_number_its_definitions_and_its_digest(
    app: Flask, db: Session, stage: Stage, release: str
) -> None:
    visit = reader(app, db, stage.funder_id)

    page = words(visit.get(release))

    for said in (
        "Publication n° 2026-001",
        "Foyers aidés 45 Les foyers qui ont utilisé au moins un chèque.",
        "Lens 30",
        "secret",
        "1 000,00 €",
        "Empreinte",
    ):
        assert said in page
    listed = words(visit.get(HERE))
    assert "1er trimestre 2026 2026-001" in listed
    fund = db.get_one(Fund, stage.fund_id).public_id
    assert "2026-001" in words(visit.get(f"/financeur/enveloppes/{fund}"))


@pytest.mark.parametrize("kind", FILES)
def test_the_files_hold_the_same_numbers(
    app: Flask, db: Session, stage: Stage, release: str, kind: str
) -> None:
    answer = reader(app, db, stage.funder_id).get(f"{release}/fichier/{kind}")

    assert answer.status_code == 200
    assert "2026-001" in answer.headers["Content-Disposition"]
    if kind == "json":
        assert json.loads(answer.data)["number"] == "2026-001"


def test_another_funders_release_is_as_unknown_as_a_made_up_one(
    app: Flask, db: Session, stage: Stage, release: str
) -> None:
    stranger = reader(app, db, stage.other_funder_id, "Zoé Ailleurs")
    made_up = f"{HERE}AAAAAAAAAAAAAAAAAAAAAA"

    for path, other in [
        (release, made_up),
        *((f"{release}/fichier/{kind}", f"{made_up}/fichier/{kind}") for kind in FILES),
    ]:
        answer, nothing = stranger.get(path), stranger.get(other)
        assert answer.status_code == nothing.status_code == 404
        assert words(answer) == words(nothing)
    assert "Aucune publication" in words(stranger.get(HERE))


def test_a_draft_is_not_there_for_its_funder(app: Flask, db: Session, stage: Stage) -> None:
    release_id = a_draft(db, stage.programme_id, stage.fund_id)
    path = HERE + db.get_one(Release, release_id).public_id
    db.close()
    visit = reader(app, db, stage.funder_id)

    assert visit.get(path).status_code == 404
    assert visit.get(f"{path}/fichier/json").status_code == 404
    assert "Aucune publication" in words(visit.get(HERE))


def test_no_page_of_a_funder_looks_at_people_or_at_the_truth(
    app: Flask, db: Session, engine: Engine, stage: Stage, release: str
) -> None:
    visit = reader(app, db, stage.funder_id)
    fund = db.get_one(Fund, stage.fund_id).public_id
    db.close()
    pages = ["/financeur/", f"/financeur/enveloppes/{fund}", HERE, release]

    with counted(engine) as statements:
        for path in [*pages, *(f"{release}/fichier/{kind}" for kind in FILES)]:
            assert visit.get(path).status_code == 200

    about = [one for one in statements if WHO_IS_IN not in one]
    named = {
        table for one in about for table in re.findall(r"(?:FROM|JOIN|INTO|UPDATE) (\w+)", one)
    }
    assert "release" in named
    assert named <= LOOKED_AT


def test_anybody_reads_the_latest_release_where_the_page_is_open(
    app: Flask, db: Session, stage: Stage, release: str
) -> None:
    passer_by = app.test_client()
    programme = db.get_one(Programme, stage.programme_id).public_id
    db.close()
    page = f"/chiffres/{programme}"
    assert passer_by.get(page).status_code == 404
    assert passer_by.get(f"{page}/csv").status_code == 404

    with unit_of_work(db):
        db.get_one(Programme, stage.programme_id).publishes = True

    shown = words(passer_by.get(page))
    assert "Foyers aidés 45" in shown
    assert "Publication n° 2026-001" in shown
    assert "<h1>Les chiffres de l’enveloppe" in passer_by.get(page).text
    assert "Une seule enveloppe, pas tout le dispositif" in shown
    assert passer_by.get(f"{page}/csv").status_code == 200
    assert passer_by.get(f"{page}/pdf").status_code == 404


def test_an_open_page_without_a_release_is_not_there(app: Flask, db: Session) -> None:
    bare = a_stage(db)
    a_draft(db, bare.programme_id, bare.fund_id)
    with unit_of_work(db):
        programme = db.get_one(Programme, bare.programme_id)
        programme.publishes = True
        path = programme.public_id

    assert app.test_client().get(f"/chiffres/{path}").status_code == 404


def test_a_funder_without_a_fund_has_an_empty_list(app: Flask, db: Session) -> None:
    visit = reader(app, db, a_funder(db, "Sans enveloppe"))

    assert "Vous recevez alors un message" in words(visit.get(HERE))
