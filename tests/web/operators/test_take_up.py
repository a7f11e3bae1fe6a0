from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import cast
from tests.domain.figures.stage import Stage, a_stage
from tests.domain.reports.test_what_if import parent_named
from tests.domain.vouchers.issuing import entitle
from tests.web.operators.desk import words

TAKE_UP = "/porteur/tableau-de-bord/recours/"


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    """Amina used a voucher, Chloé has some, Nadia was given none."""
    stage = a_stage(db, engine)
    stage.use(stage.parent("Amina", isolated=True)[:1], date(2026, 4, 3))
    stage.parent("Chloé", vouchers=2)
    cast.a_parent(db, "Nadia")
    for name in ("Amina", "Chloé", "Nadia"):
        entitle(db, parent_named(db, name), stage.programme_id)
    return stage


def test_rights_are_told_by_what_came_of_them(stage: Stage, operator: FlaskClient) -> None:
    stage.close(date(2026, 4, 30))

    page = operator.get(f"{TAKE_UP}?first=2026-04&last=2026-06")
    lines = operator.get(f"{TAKE_UP}?first=2026-04&last=2026-06&format=csv").text.splitlines()

    assert "Du 1er avril 2026 au 30 avril 2026." in words(page)
    shown = words(page)
    assert "Foyers qui ont un droit 3 Ont utilisé 33 %" in shown
    assert "Ont reçu, pas encore utilisé 33 % N’ont rien reçu 34 %" in shown
    assert "Le recours ne compte que des jours finis" in shown
    assert page.text.count('role="img" lang="fr"') == 1
    assert lines[1:] == [
        "Ont utilisé;1;0;1",
        "Ont reçu, pas encore utilisé;0;1;1",
        "N’ont rien reçu;0;1;1",
        "Total;1;2;3",
    ]


def test_days_that_are_not_closed_are_not_counted(stage: Stage, operator: FlaskClient) -> None:
    assert "ne sont pas encore comptés" in words(operator.get(TAKE_UP))
    assert "ne sont pas encore comptés" in words(operator.get(f"{TAKE_UP}?first=2027-05"))


def test_before_anybody_had_a_right_there_is_nothing(stage: Stage, operator: FlaskClient) -> None:
    stage.close(date(2026, 3, 20))

    page = words(operator.get(f"{TAKE_UP}?first=2025-01&last=2025-06"))

    assert "Personne n’avait de droit pendant ces mois." in page
