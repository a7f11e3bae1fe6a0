"""Who may enter: nobody signed in is asked to; the others learn nothing."""

import pytest
from flask import Blueprint, Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from repit.app import create_app
from repit.web import access
from repit.web.access import ANYONE, require, safe_next
from tests.cast import a_parent, a_person, an_operator
from tests.settings import settings_for
from tests.visits import visit_as


@pytest.fixture
def desk(database_url: str) -> Flask:
    """An application with one page for operators."""
    app = create_app(settings_for(database_url))
    blueprint = Blueprint("desk", __name__, url_prefix="/porteur")
    blueprint.before_request(require("operator"))
    blueprint.add_url_rule("/ici", "here", lambda: f"{access.actor()}", methods=["GET", "POST"])
    app.register_blueprint(blueprint)
    return app


def test_a_stranger_is_asked_to_sign_in_and_comes_back(desk: Flask) -> None:
    asked = desk.test_client().get("/porteur/ici?q=dupont")

    assert asked.status_code == 303
    assert asked.location == "/entrer?next=/porteur/ici?q%3Ddupont"


def test_a_change_is_not_sent_again_after_sign_in(desk: Flask) -> None:
    assert desk.test_client().post("/porteur/ici").location == "/entrer"


def test_a_script_is_told_plainly(desk: Flask) -> None:
    told = desk.test_client().get("/porteur/ici", headers={"Sec-Fetch-Mode": "cors"})

    assert told.status_code == 401
    assert told.headers["HX-Redirect"].startswith("/entrer")


def test_the_right_role_enters(desk: Flask, db: Session) -> None:
    odile = an_operator(db, "Odile")

    assert visit_as(desk, odile).get("/porteur/ici").text == f"person:{odile}"


def test_another_role_learns_nothing(desk: Flask, db: Session) -> None:
    person = a_person(db, "Amina")
    a_parent(db, "Amina", person_id=person)
    amina = visit_as(desk, person)

    assert amina.get("/porteur/ici").status_code == 404
    here, nowhere = (amina.get(path).text for path in ("/porteur/ici", "/porteur/non"))
    assert here.replace("/porteur/ici", "/porteur/non") == nowhere


def test_a_made_up_key_opens_nothing(desk: Flask) -> None:
    client = desk.test_client()
    with client.session_transaction() as session:
        session[access.KEY] = "made-up"

    assert client.get("/porteur/ici").status_code == 303


def test_a_guard_names_its_roles() -> None:
    with pytest.raises(ValueError, match="names the roles"):
        require()
    assert require(ANYONE)() is None


def test_behind_an_open_door_there_may_be_nobody(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(NotFound):
        access.visitor()


@pytest.mark.parametrize("target", ["/", "/porteur/parents?q=é", "/V/ABC", "/a//b"])
def test_pages_of_this_site_may_follow(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "porteur",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/%0d%0aSet-Cookie:a=b" * 100,
    ],
)
def test_nothing_else_may(target: str | None) -> None:
    assert safe_next(target) is None
