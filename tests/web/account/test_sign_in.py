"""One-time links and codes, as a browser meets them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from repit.app import create_app
from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.notices.models import Notice
from repit.domain.people import service as people
from repit.domain.people.models import SignIn, SignInCount
from repit.domain.people.rules import Role
from repit.domain.stays.sign_in import LIVES
from tests.cast import a_parent, a_person
from tests.settings import settings_for
from tests.web.account.letters import AMINA, ask, last_letter, submit, token_of


def amina(db: Session) -> int:
    person_id = a_person(db, "Amina", email=AMINA)
    a_parent(db, "Amina", person_id=person_id)
    return person_id


def is_in(client: FlaskClient) -> bool:
    answer = client.get("/entrer/suite")
    assert answer.status_code == 303
    return answer.location != "/entrer"


def test_the_link_shows_a_button_and_the_button_lets_in(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)

    page = client.get(letter.path)
    entered = submit(client, letter.path)

    assert page.status_code == 200
    assert (entered.status_code, entered.location) == (303, "/mes-cheques")
    assert is_in(client)


def test_mail_programs_that_open_links_spend_nothing(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    amina(db)
    letter = ask(client, db)
    robot = app.test_client()

    for _ in range(3):
        assert robot.get(letter.path).status_code == 200
        assert robot.head(letter.path).status_code == 200

    assert not is_in(robot)
    assert submit(client, letter.path).status_code == 303


def test_looking_at_a_link_asks_the_database_nothing(client: FlaskClient, engine: Engine) -> None:
    statements: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement),
    )

    assert client.get("/entrer/lien/nobody-knows-this-one").status_code == 200

    assert statements == []


def test_a_link_works_once(app: Flask, client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    submit(client, letter.path)
    thief = app.test_client()

    replayed = submit(thief, letter.path)

    assert replayed.status_code == 409
    assert "a déjà servi" in replayed.text
    assert not is_in(thief)


def test_the_code_works_in_another_browser(app: Flask, client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    library = app.test_client()

    typed = f"{letter.code[:3]} {letter.code[3:]}"
    entered = submit(library, "/entrer/code", email=" AMINA@exemple.test", code=typed)

    assert entered.location == "/mes-cheques"
    assert not is_in(client)
    assert submit(client, letter.path).status_code == 409  # one message, used once


def test_arabic_digits_are_digits(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    arabic = letter.code.translate({ord("0") + n: chr(0x660 + n) for n in range(10)})

    assert submit(client, "/entrer/code", email=AMINA, code=arabic).status_code == 303


def test_five_wrong_codes_kill_the_code_but_not_the_link(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    wrong = f"{(int(letter.code) + 1) % 1_000_000:06d}"

    answers = [
        submit(client, "/entrer/code", email=AMINA, code=wrong).status_code for _ in range(5)
    ]
    right = submit(client, "/entrer/code", email=AMINA, code=letter.code)

    assert answers == [422] * 5
    assert right.status_code == 422
    assert submit(client, letter.path).status_code == 303


def test_four_wrong_codes_leave_one_try(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    wrong = f"{(int(letter.code) + 1) % 1_000_000:06d}"

    for _ in range(4):
        submit(client, "/entrer/code", email=AMINA, code=wrong)

    assert submit(client, "/entrer/code", email=AMINA, code=letter.code).status_code == 303


def test_what_was_asked_twice_is_spent_together(client: FlaskClient, db: Session) -> None:
    amina(db)
    first, second = ask(client, db), ask(client, db)

    assert submit(client, second.path).status_code == 303
    assert submit(client, first.path).status_code == 409


def test_a_message_lives_a_quarter_of_an_hour(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    with unit_of_work(db):
        db.execute(update(SignIn).values(expires_at=clock.now()))

    assert submit(client, letter.path).status_code == 409
    assert submit(client, "/entrer/code", email=AMINA, code=letter.code).status_code == 422
    assert LIVES.total_seconds() == 15 * 60


def test_nothing_that_opens_is_stored(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)
    token = letter.path.rpartition("/")[2]

    [row] = db.scalars(select(SignIn))

    assert token.encode() not in row.token_hash
    assert letter.code.encode() not in row.code_hash
    [facts] = db.scalars(select(Notice.facts))
    assert facts == {}


def test_a_known_and_an_unknown_address_get_the_same_answer(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    amina(db)
    closed = a_person(db, "Fermée", email="fermee@exemple.test")
    with unit_of_work(db):
        people.disable(db, closed, motive="départ", actor=actors.COMMAND, now=clock.now())
    answers = set()
    for email in (AMINA, "nobody@exemple.test", "fermee@exemple.test"):
        browser = app.test_client()
        asked = submit(browser, "/entrer", email=email)
        page = browser.get(asked.location).text.replace(email, "…")
        tried = submit(browser, "/entrer/code", email=email, code="000000")
        tokenless = page.partition("csrf_token")[0] + page.rpartition("</form>")[2]
        answers.add((asked.status_code, asked.location, tokenless, tried.status_code))

    assert len(answers) == 1
    assert db.scalars(select(Notice.to_address)).all() == [AMINA]


def test_a_known_and_an_unknown_address_cost_the_same_statements(
    client: FlaskClient, db: Session, engine: Engine
) -> None:
    amina(db)
    done: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: done.append(statement),
    )
    costs = []
    for email in (AMINA, "nobody@exemple.test"):
        token = token_of(client, "/entrer")
        done.clear()
        client.post("/entrer", data={"csrf_token": token, "email": email})
        client.post("/entrer/code", data={"csrf_token": token, "email": email, "code": "000000"})
        costs.append(list(done))

    assert costs[0] == costs[1]
    assert costs[0]


def test_too_many_messages_are_refused_known_or_not(app: Flask, db: Session) -> None:
    amina(db)
    for email in (AMINA, "nobody@exemple.test"):
        browser = app.test_client()
        answers = [submit(browser, "/entrer", email=email) for _ in range(7)]

        assert [answer.status_code for answer in answers] == [303] * 6 + [429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
        assert f'value="{email}"' in answers[-1].text
    assert db.scalar(select(func.count()).select_from(Notice)) == 6


def test_too_many_codes_from_one_place_are_refused(client: FlaskClient, db: Session) -> None:
    token = token_of(client, "/entrer/code")
    form = {"csrf_token": token, "email": "nobody@exemple.test", "code": "123456"}

    answers = [client.post("/entrer/code", data=form).status_code for _ in range(61)]

    assert answers == [422] * 60 + [429]


def test_what_cannot_be_an_address_is_said_and_kept(client: FlaskClient) -> None:
    refused = submit(client, "/entrer", email="amina at exemple")

    assert refused.status_code == 422
    assert 'value="amina at exemple"' in refused.text


def test_without_the_forms_token_nothing_happens(client: FlaskClient, db: Session) -> None:
    amina(db)
    letter = ask(client, db)

    assert client.post(letter.path).status_code == 422
    assert client.post("/entrer", data={"email": AMINA}).status_code == 422
    assert submit(client, letter.path).status_code == 303


def test_links_use_the_public_address_whatever_host_is_asked(
    client: FlaskClient, db: Session
) -> None:
    amina(db)
    token = token_of(client, "/entrer")
    client.post(
        "/entrer",
        data={"csrf_token": token, "email": AMINA},
        headers={"X-Forwarded-Host": "evil.example", "Host": "localhost"},
    )

    assert "http://127.0.0.1:5000/entrer/lien/" in last_letter(client.application, db, AMINA).body


def test_sign_in_pages_are_kept_nowhere_and_tell_nobody(client: FlaskClient) -> None:
    for path in ("/entrer", "/entrer/code", "/entrer/lien/anything"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_code_field_helps_the_phone(client: FlaskClient) -> None:
    page = client.get("/entrer/code").text

    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page


def test_somebody_who_asks_for_a_page_goes_on_to_it(client: FlaskClient, db: Session) -> None:
    person = a_person(db, "Odile", email="odile@exemple.test")
    with unit_of_work(db):
        people.give_role(db, person, Role.OPERATOR, actor=actors.COMMAND, now=clock.now())
    client.get("/entrer?next=/porteur/parents?q=dupont")
    letter = ask(client, db, "odile@exemple.test")

    assert submit(client, letter.path).location == "/porteur/parents?q=dupont"


def test_nobody_is_sent_elsewhere(app: Flask, db: Session) -> None:
    amina(db)
    for bad in ("https://evil.example/", "//evil.example", "/\\evil.example", "/porteur", "x"):
        browser = app.test_client()
        browser.get("/entrer", query_string={"next": bad})
        letter = ask(browser, db)

        assert submit(browser, letter.path).location == "/mes-cheques", bad
        with unit_of_work(db):
            db.execute(update(Notice).values(state="sent"))


@pytest.mark.parametrize(("proxies", "counted"), [(0, [2, 1, 1]), (1, [1, 1, 1, 1])])
def test_callers_are_told_apart_only_by_proxies_of_ours(
    database_url: str, engine: Engine, proxies: int, counted: list[int]
) -> None:
    app = create_app(settings_for(database_url, proxies=proxies))
    for address in ("198.51.100.7", "198.51.100.8"):
        client = app.test_client()
        token = token_of(client, "/entrer")
        client.post(
            "/entrer",
            data={"csrf_token": token, "email": f"{address}@exemple.test"},
            headers={"X-Forwarded-For": f"203.0.113.{address[-1]}, {address}"},
        )

    with Session(engine) as db:
        used = db.scalars(select(SignInCount.used).order_by(SignInCount.used.desc())).all()
    assert used == counted
