import ast
import csv
import io
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.providers.models import Provider
from repit.settings import ROOT
from repit.web.operators.history_words import KINDS
from tests.cast import Town
from tests.web.operators.desk import Desk, counted, words

JOURNAL = "/porteur/journal/"


@pytest.fixture
def roseraie(desk: Desk, db: Session, town: Town) -> str:
    """A provider to which two things happened."""
    path = "/porteur/prestataires/" + db.get_one(Provider, town.roseraie.id).public_id
    desk.send(path + "/suspendre", motive="Plainte d’une famille")
    desk.send(path + "/reprendre", motive="Vérifié")
    return path


def test_the_journal_says_what_to_whom_by_whom_and_why(desk: Desk, roseraie: str) -> None:
    page = desk.open(JOURNAL)

    assert "Suspendu · La Roseraie" in words(page)
    assert "Plainte d’une famille" in words(page)
    assert "Odile Porteur" in words(page)
    assert f'href="{roseraie}"' in page.text


def test_the_journal_is_filtered_by_object_person_and_day(desk: Desk, roseraie: str) -> None:
    del roseraie
    assert "Suspendu" in words(desk.open(JOURNAL + "?what=provider"))
    assert "Rien ne correspond" in words(desk.open(JOURNAL + "?what=fund"))
    assert "Rien ne correspond" in words(desk.open(JOURNAL + "?last_day=2020-01-01"))
    assert "Suspendu" in words(desk.open(JOURNAL + "?first_day=01/01/2020&what=nonsense"))
    assert "Suspendu" in words(desk.open(JOURNAL + "?first_day=hier"))


def test_the_journal_is_read_a_page_at_a_time(desk: Desk, roseraie: str) -> None:
    for number in range(30):
        desk.send(roseraie + "/suspendre", motive=f"essai {number} fini")
        desk.send(roseraie + "/reprendre", motive="Vérifié")

    newest = desk.open(JOURNAL)
    assert "essai 29 fini" in words(newest)
    assert "Plainte d’une famille" not in words(newest)
    older = newest.text.split("before=")[1].split('"')[0]
    assert "Plainte d’une famille" in words(desk.open(f"{JOURNAL}?before={older}"))
    for beyond in ("9" * 30, "-" + "9" * 30):
        assert desk.open(f"{JOURNAL}?before={beyond}").status_code == 200


def test_the_export_holds_what_is_filtered(desk: Desk, roseraie: str) -> None:
    del roseraie
    download = desk.open(JOURNAL + "?what=provider&format=csv")

    rows = list(csv.reader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=";"))
    assert [row[3] for row in rows[1:]] == ["Suspension levée", "Suspendu"]


def test_the_page_costs_few_statements(desk: Desk, engine: Engine, roseraie: str) -> None:
    del roseraie
    with counted(engine) as sent:
        desk.open(JOURNAL)

    assert len(sent) <= 6, sent


def test_a_stranger_finds_nothing(chloe: FlaskClient) -> None:
    assert chloe.get(JOURNAL).status_code == 404


def test_every_kind_of_event_has_its_words() -> None:
    assert not set(kinds_recorded()) - set(KINDS)


def kinds_recorded() -> Iterator[str]:
    """Read the kinds that services write down, where they are written plainly."""
    for path in sorted((ROOT / "repit").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id != "record":
                continue
            for keyword in node.keywords:
                if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)
