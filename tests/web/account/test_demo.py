"""What only the demo does: the open letter box, and a link from the command line."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from repit.app import create_app
from tests.cast import a_parent, a_person
from tests.settings import settings_for
from tests.web.account.letters import AMINA, ask, submit


def amina(db: Session) -> int:
    return a_parent(db, "Amina", person_id=a_person(db, "Amina", email=AMINA))


def test_the_letter_box_is_read_by_everybody(client: FlaskClient, db: Session) -> None:
    amina(db)
    a_person(db, "Bruno", email="bruno@exemple.test")
    for email in (AMINA, "bruno@exemple.test"):
        submit(client, "/entrer", email=email)

    everything = client.get("/dev/outbox").text
    hers = client.get("/dev/outbox", query_string={"to": AMINA}).text

    assert everything.count('href="http://127.0.0.1:5000/entrer/lien/') == 2
    assert hers.count('href="http://127.0.0.1:5000/entrer/lien/') == 1
    assert "Votre code pour entrer" in hers


def test_there_is_no_letter_box_outside_the_demo(database_url: str) -> None:
    real = create_app(settings_for(database_url)).test_client()

    assert real.get("/dev/outbox").status_code == 404


def test_the_command_line_gives_a_link(app: Flask, client: FlaskClient, db: Session) -> None:
    amina(db)

    printed = app.test_cli_runner().invoke(args=["sign-in", "Amina@exemple.test"])

    assert printed.exit_code == 0
    path = printed.output.strip().removeprefix("http://127.0.0.1:5000")
    assert submit(client, path).location == "/mes-cheques"


def test_the_command_line_knows_nobody_else(app: Flask, db: Session) -> None:
    refused = app.test_cli_runner().invoke(args=["sign-in", "nobody@exemple.test"])

    assert refused.exit_code == 1
    assert "nobody can sign in as nobody@exemple.test" in refused.output


def test_the_first_operator_comes_from_the_command_line(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    runner = app.test_cli_runner()
    for _ in range(2):
        added = runner.invoke(args=["add-operator", "Odile@ville.test", "Odile Porteur"])
        assert added.exit_code == 0

    letter = ask(client, db, "odile@ville.test")

    assert submit(client, letter.path).location == "/porteur"
