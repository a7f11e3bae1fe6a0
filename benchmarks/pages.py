"""What a parent and a provider wait for: their first pages, signed in, one visitor."""

import time
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from benchmarks.world import World
from repit.app import create_app
from repit.db.unit_of_work import unit_of_work
from repit.domain.households.models import Parent
from repit.domain.people.models import Membership
from repit.web import access, database
from tests.cast import NOON, a_person
from tests.settings import settings_for
from tests.visits import visit_as

VISITS = 60


def measure(add: Callable[[str, float], None], here: World, address: str) -> None:
    """Read the wallet and the scanner over HTTP; milliseconds per page, each visit."""
    app = create_app(settings_for(here.url))
    with app.app_context():
        db = database.session()
        person_id = db.get_one(Parent, here.town.amina).person_id
        staff_id = a_person(db, "Rose Accueil")
        with unit_of_work(db):
            db.add(
                Membership(
                    person_id=staff_id,
                    role="provider",
                    provider_id=here.providers[0].id,
                    since=NOON,
                )
            )
        for name, path, who in (
            ("wallet page ms", "/mes-cheques", person_id),
            ("scan page ms", "/prestataire", staff_id),
        ):
            assert who is not None
            with visit_as(app, who).session_transaction() as session:
                key = session[access.KEY]
            cookie = _cookie(app, key)
            for elapsed in visits(address, path, cookie):
                add(name, elapsed)
        database.extension.engine.dispose()


def _cookie(app: Flask, key: str) -> str:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({access.KEY: key})}"


def visits(address: str, path: str, cookie: str) -> list[float]:
    """Read a page again and again; return the milliseconds of each time."""
    place = urlsplit(address)
    connection = HTTPConnection(str(place.hostname), place.port)
    times = []
    for _ in range(VISITS):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "fr"})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
    connection.close()
    return times
