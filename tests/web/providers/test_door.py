"""The door every code opens: `/V/<token>`."""

import pytest
from flask import Flask
from sqlalchemy import event, select

from repit.domain.redemptions.models import Redemption, Refusal
from tests import cast
from tests.visits import visit_as
from tests.web.providers.stage import Stage

NOBODYS = "000000000000"


def test_a_stranger_reads_the_same_for_any_code(app: Flask, stage: Stage) -> None:
    spent, open_code = stage.codes[:2]
    stage.take(spent)

    pages = {
        app.test_client().get(f"/V/{token}").text.replace(token, "TOKEN")
        for token in (spent, open_code, NOBODYS, "nothing-like-a-code", "X" * 180)
    }

    assert len(pages) == 1
    [page] = pages
    assert "À montrer à un prestataire agréé" in page
    assert "Amina" not in page
    assert "€" not in page


def test_a_stranger_s_visit_asks_the_database_nothing(app: Flask, stage: Stage) -> None:
    asked: list[str] = []
    engine = stage.db.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *about: asked.append(about[2]))

    app.test_client().get(f"/V/{stage.codes[0]}")

    assert asked == []


@pytest.mark.parametrize("door", ["V", "v"])
def test_no_trace_of_the_visit_is_kept(app: Flask, stage: Stage, door: str) -> None:
    answer = app.test_client().get(f"/{door}/{stage.codes[0].lower()}")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert "wasm" not in answer.headers["Content-Security-Policy"]


def test_a_parent_who_opens_their_own_code_reads_what_a_stranger_reads(stage: Stage) -> None:
    person = cast.a_person(stage.db, "Chloé Petit")
    cast.a_parent(stage.db, "Chloé", person_id=person)

    page = visit_as(stage.app, person).get(f"/V/{stage.codes[0]}")

    assert "À montrer à un prestataire agréé" in page.text
    assert "€" not in page.text


@pytest.mark.parametrize("door", ["V", "v"])
def test_a_provider_s_phone_goes_on_to_look(stage: Stage, door: str) -> None:
    page = stage.phone.get(f"/{door}/{stage.codes[0].lower()}", follow_redirects=True)

    assert page.request.path == "/prestataire/regarder"
    assert "Vérifier et encaisser" in page.text
    assert stage.db.scalars(select(Redemption)).all() == []


def test_a_longer_token_is_its_code_to_the_server(stage: Stage) -> None:
    token = f"{stage.codes[0]}{'A1B2C3D4' * 12}"

    page = stage.phone.get(f"/V/{token}", follow_redirects=True)

    assert "Vérifier et encaisser" in page.text


def test_somebody_else_s_page_cannot_try_codes_on_this_phone(stage: Stage) -> None:
    page = stage.phone.get(
        f"/V/{NOBODYS}", headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=True
    )

    assert page.status_code == 200
    assert f'value="{NOBODYS}"' in page.text
    assert stage.db.scalars(select(Refusal)).all() == []


def test_the_way_in_comes_back_to_the_code(app: Flask, stage: Stage) -> None:
    page = app.test_client().get(f"/V/{stage.codes[0]}")

    assert f'href="/entrer?next=/V/{stage.codes[0]}"' in page.text
