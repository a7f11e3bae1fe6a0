"""A browser in which somebody is already in, without walking through the sign-in pages."""

from flask import Flask
from flask.testing import FlaskClient

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock, ids
from repit.domain.stays import queries, service
from repit.domain.stays.queries import CHOOSING
from repit.domain.stays.service import Browser
from repit.web import access, database


def visit_as(app: Flask, person_id: int, role: str | None = None) -> FlaskClient:
    """Return a browser in which this person is in.

    Args:
        role: `operator`, `parent`, or the name of a choice such as `provider:<public id>`;
            needed only when they have several.
    """
    client = app.test_client()
    browser = Browser(token=ids.secret_token(), name="Navigateur des tests")
    with app.app_context():
        key = _key(person_id, role, browser)
    with client.session_transaction() as session:
        session[access.KEY] = key
    return client


def _key(person_id: int, role: str | None, browser: Browser) -> str:
    db, now = database.session(), clock.now()
    with unit_of_work(db):
        key = service.start(db, person_id, browser=browser, now=now)
    here = queries.visitor(db, key, now)
    assert here is not None
    if role is None or here.role != CHOOSING:
        return key
    with unit_of_work(db):
        return service.take_role(db, here.stay_id, role, browser=browser, now=now)
