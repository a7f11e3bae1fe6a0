import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import cast
from tests.cast import Town
from tests.visits import visit_as
from tests.web.operators.desk import Desk


@pytest.fixture
def town(db: Session) -> Town:
    return cast.a_town(db)


@pytest.fixture
def operator(app: Flask, db: Session) -> FlaskClient:
    return visit_as(app, cast.an_operator(db))


@pytest.fixture
def desk(operator: FlaskClient) -> Desk:
    """Odile's browser."""
    return Desk(operator, "/porteur/prestataires/nouveau")


@pytest.fixture
def chloe(app: Flask, db: Session, town: Town) -> FlaskClient:
    """A stranger's browser: she is in, but not as an operator."""
    del town
    person_id = cast.person_named(db, "Chloe Petit")
    return visit_as(app, person_id)
