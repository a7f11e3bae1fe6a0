"""A visit: how long it lasts, what ends it, who is where."""

from datetime import timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.people import service as people
from repit.domain.people.models import BrowserStay, Person
from repit.domain.people.rules import Role
from repit.domain.providers.models import Device, Provider
from repit.domain.stays import queries
from repit.web import access
from tests.cast import a_funder, a_parent, a_person, a_provider, an_operator
from tests.visits import visit_as
from tests.web.account.letters import ask, submit

EMAIL = "camille@exemple.test"


@pytest.fixture
def camille(db: Session) -> int:
    """Parent, operator, at work for two providers, and reader for a funder."""
    person = a_person(db, "Camille", email=EMAIL)
    a_parent(db, "Camille", person_id=person)
    for place in (
        {"role": Role.OPERATOR},
        {"role": Role.PROVIDER, "provider_id": a_provider(db, "La Roseraie").id},
        {"role": Role.PROVIDER, "provider_id": a_provider(db, "Le Sureau").id},
        {"role": Role.FUNDER, "funder_id": a_funder(db, "CAF du Nord")},
    ):
        with unit_of_work(db):
            people.give_role(db, person, actor=actors.COMMAND, now=clock.now(), **place)
    return person


def roles(db: Session, person_id: int) -> dict[str, str]:
    """Return the names of the choices by what they lead to."""
    return {choice.place or choice.role: choice.name for choice in queries.choices(db, person_id)}


def stays(db: Session) -> list[BrowserStay]:
    db.expire_all()
    return list(db.scalars(select(BrowserStay).order_by(BrowserStay.id)))


def is_in(client: FlaskClient) -> bool:
    answer = client.get("/entrer/suite")
    assert answer.status_code == 303
    return answer.location != "/entrer"


def key_of(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie[access.KEY])


def test_somebody_with_several_roles_chooses_one(
    client: FlaskClient, db: Session, camille: int
) -> None:
    letter = ask(client, db, EMAIL)
    entered = submit(client, letter.path)
    page = client.get(entered.location).text

    assert entered.location == "/entrer/role"
    for place in ("La Roseraie", "Le Sureau", "CAF du Nord", "Pour mes chèques"):
        assert place in page
    chosen = submit(client, "/entrer/role", role=roles(db, camille)["Le Sureau"])
    assert chosen.location == "/prestataire"


def test_until_they_choose_every_page_asks_them_to(
    app: Flask, client: FlaskClient, db: Session, camille: int
) -> None:
    letter = ask(client, db, EMAIL)
    submit(client, letter.path)

    for role in ("operator", "parent"):
        with app.test_request_context("/"):
            session[access.KEY] = key_of(client)
            answer = access.require(role)()
        assert answer is not None
        assert answer.location == "/entrer/role"


def test_another_role_is_another_key(client: FlaskClient, db: Session, camille: int) -> None:
    letter = ask(client, db, EMAIL)
    submit(client, letter.path)
    submit(client, "/entrer/role", role="operator")
    old = key_of(client)
    assert submit(client, "/entrer/role", role="parent").location == "/mes-cheques"

    assert key_of(client) != old
    assert queries.visitor(db, old, clock.now()) is None
    here = queries.visitor(db, key_of(client), clock.now())
    assert here is not None
    assert here.role == "parent"


def test_nobody_takes_a_role_that_is_not_theirs(
    client: FlaskClient, db: Session, camille: int
) -> None:
    other = a_provider(db, "L’Étrangère")
    public_id = db.get_one(Provider, other.id).public_id
    letter = ask(client, db, EMAIL)
    submit(client, letter.path)

    refused = submit(client, "/entrer/role", role=f"provider:{public_id}")

    assert refused.status_code == 422
    assert [stay.role for stay in stays(db)] == ["choosing"]


def test_somebody_without_any_role_is_told_whom_to_call(client: FlaskClient, db: Session) -> None:
    a_person(db, "Denise", email="denise@exemple.test")
    letter = ask(client, db, "denise@exemple.test")

    entered = submit(client, letter.path)

    assert entered.location == "/entrer/role"
    assert "Rien n’est encore ouvert" in client.get("/entrer/role").text


def test_a_visit_lasts_twelve_hours(client: FlaskClient, db: Session) -> None:
    an_operator(db, "Odile")
    letter = ask(client, db, "odile@exemple.test")
    submit(client, letter.path, own_device="y")

    [stay] = stays(db)
    assert stay.expires_at - stay.started_at == timedelta(hours=12)


@pytest.mark.parametrize(
    ("ticked", "lasts"), [("y", timedelta(days=90)), ("", timedelta(hours=12))]
)
def test_a_parents_own_phone_is_remembered_only_when_they_say_so(
    client: FlaskClient, db: Session, ticked: str, lasts: timedelta
) -> None:
    a_parent(db, "Amina", person_id=a_person(db, "Amina"))
    letter = ask(client, db, "amina@exemple.test")
    entered = submit(client, letter.path, **({"own_device": ticked} if ticked else {}))

    [stay] = stays(db)
    assert stay.expires_at - stay.started_at == lasts
    [cookie] = [one for one in entered.headers.getlist("Set-Cookie") if one.startswith("repit=")]
    assert ("Expires=" in cookie) == bool(ticked)


def test_a_phone_trusted_as_a_parents_opens_no_other_role_later(
    client: FlaskClient, db: Session, camille: int
) -> None:
    letter = ask(client, db, EMAIL)
    submit(client, letter.path, own_device="y")
    submit(client, "/entrer/role", role="parent")
    with unit_of_work(db):
        db.execute(update(BrowserStay).values(started_at=clock.now() - timedelta(hours=13)))

    refused = submit(client, "/entrer/role", role="operator")

    assert refused.location == "/entrer"
    here = queries.visitor(db, key_of(client), clock.now())
    assert here is not None
    assert here.role == "parent"


def test_signing_out_ends_the_visit_for_every_copy_of_the_cookie(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    a_parent(db, "Amina", person_id=a_person(db, "Amina"))
    letter = ask(client, db, "amina@exemple.test")
    submit(client, letter.path)
    copied = app.test_client()
    with copied.session_transaction() as cookie:
        cookie[access.KEY] = key_of(client)
    assert is_in(copied)

    out = client.post("/entrer/sortir")

    assert out.status_code == 303
    assert out.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)
    assert not is_in(copied)


def test_signing_out_needs_a_post(client: FlaskClient, db: Session) -> None:
    a_parent(db, "Amina", person_id=a_person(db, "Amina"))
    submit(client, ask(client, db, "amina@exemple.test").path)
    assert client.get("/entrer/sortir").location == "/entrer"
    assert is_in(client)


def test_another_site_signs_nobody_out(client: FlaskClient, db: Session) -> None:
    a_parent(db, "Amina", person_id=a_person(db, "Amina"))
    letter = ask(client, db, "amina@exemple.test")
    submit(client, letter.path)

    foreign = client.post("/entrer/sortir", headers={"Sec-Fetch-Site": "cross-site"})

    assert foreign.status_code == 403
    assert is_in(client)


def test_an_old_visit_is_over_and_says_so(app: Flask, db: Session) -> None:
    client = visit_as(app, an_operator(db, "Odile"))
    with unit_of_work(db):
        db.execute(update(BrowserStay).values(expires_at=clock.now()))

    assert not is_in(client)
    assert "visite est terminée" in client.get("/entrer").text


def test_closing_an_account_ends_its_visits_at_once(app: Flask, db: Session) -> None:
    an_operator(db, "Omar")
    odile = an_operator(db, "Odile")
    client = visit_as(app, odile)
    assert is_in(client)

    with unit_of_work(db):
        people.disable(db, odile, motive="départ", actor=actors.COMMAND, now=clock.now())

    assert not is_in(client)


def test_losing_a_role_ends_the_visits_in_it(app: Flask, db: Session, camille: int) -> None:
    an_operator(db, "Omar")
    operator, parent = visit_as(app, camille, "operator"), visit_as(app, camille, "parent")

    with unit_of_work(db):
        people.end_role(db, camille, Role.OPERATOR, actor=actors.COMMAND, now=clock.now())

    assert not is_in(operator)
    assert "Votre accès est fermé" in operator.get("/entrer").text
    assert is_in(parent)


def test_a_provider_works_on_a_device_found_again(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    person = a_person(db, "Rose", email="rose@exemple.test")
    roseraie = a_provider(db)
    with unit_of_work(db):
        people.give_role(
            db,
            person,
            Role.PROVIDER,
            provider_id=roseraie.id,
            actor=actors.COMMAND,
            now=clock.now(),
        )
    phone = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"}
    for _ in range(2):
        letter = ask(client, db, "rose@exemple.test")
        token = submit(client, letter.path, page=letter.path)
        assert token.status_code == 303
    devices = list(db.scalars(select(Device).where(Device.kind == "browser")))

    assert len(devices) == 1
    assert {stay.device_id for stay in stays(db)} == {devices[0].id}
    elsewhere = app.test_client()
    letter = ask(elsewhere, db, "rose@exemple.test")
    page = elsewhere.get(letter.path).text
    form = {"csrf_token": page.partition('name="csrf_token"')[2].partition('value="')[2][:200]}
    form["csrf_token"] = form["csrf_token"].partition('"')[0]
    elsewhere.post(letter.path, data=form, headers=phone)
    names = set(db.scalars(select(Device.name).where(Device.kind == "browser")))
    assert "Firefox sur Android" in names
    assert len(names) == 2


def test_a_revoked_device_ends_the_visit_and_says_why(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    person = a_person(db, "Rose", email="rose@exemple.test")
    roseraie = a_provider(db)
    with unit_of_work(db):
        people.give_role(
            db,
            person,
            Role.PROVIDER,
            provider_id=roseraie.id,
            actor=actors.COMMAND,
            now=clock.now(),
        )
    letter = ask(client, db, "rose@exemple.test")
    submit(client, letter.path)
    with unit_of_work(db):
        db.execute(update(Device).where(Device.kind == "browser").values(revoked_at=clock.now()))

    assert not is_in(client)
    assert "Cet appareil n’a plus le droit" in client.get("/entrer").text
    letter = ask(client, db, "rose@exemple.test")
    refused = submit(client, letter.path)
    assert refused.status_code == 409
    assert "La Roseraie" in refused.text


def test_one_statement_finds_the_visitor(app: Flask, db: Session, engine: Engine) -> None:
    client = visit_as(app, an_operator(db, "Odile"))
    statements: list[str] = []
    event.listen(
        engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: statements.append(statement),
    )

    client.get("/entrer/suite")

    assert len([one for one in statements if one.startswith("SELECT")]) == 1


def test_the_person_chooses_the_language_they_come_back_to(app: Flask, db: Session) -> None:
    odile = an_operator(db, "Odile")
    client = visit_as(app, odile)
    client.post("/langue", data={"language": "nl", "next": "/"})

    db.expire_all()
    assert db.get_one(Person, odile).locale == "nl"


def test_the_roles_of_one_person_stay_apart(app: Flask, db: Session, camille: int) -> None:
    sureau = visit_as(app, camille, roles(db, camille)["Le Sureau"])
    assert sureau.get("/entrer/suite").location == "/prestataire"
    here = queries.visitor(db, key_of(sureau), clock.now())

    assert here is not None
    assert here.place == "Le Sureau"
    assert here.parent_id is None
    assert here.funder_id is None


def test_only_somebody_with_several_roles_is_offered_another(
    app: Flask, db: Session, camille: int
) -> None:
    several = visit_as(app, camille, "parent")
    one = visit_as(app, an_operator(db, "Odile"))

    assert "Changer de rôle" in several.get("/aide").text
    assert "Changer de rôle" not in one.get("/aide").text
    assert "Changer de rôle" not in app.test_client().get("/aide").text


def test_who_is_in_finds_the_way_back_from_every_public_page(app: Flask, db: Session) -> None:
    amina = a_person(db, "Amina Dupont")
    a_parent(db, "Amina", person_id=amina)
    phone, stranger = visit_as(app, amina), app.test_client()

    for address in ("/", "/aide", "/accessibilite", "/confidentialite"):
        page = phone.get(address).text
        assert "Revenir à mon espace" in page
        assert 'href="/entrer"' not in page
        assert "Revenir à mon espace" not in stranger.get(address).text
    assert phone.get("/entrer/suite").location == "/mes-cheques"


def test_the_home_promises_only_the_ways_in_that_exist(app: Flask) -> None:
    page = app.test_client().get("/").text

    assert "Entrez avec votre e-mail." in page
    assert "e-mail ou votre téléphone" not in page
