import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.web.parents.evening import Evening, an_evening
from tests.web.parents.stage import Home, a_home


@pytest.fixture
def home(app: Flask, db: Session) -> Home:
    return a_home(app, db)


@pytest.fixture
def evening(app: Flask, db: Session) -> Evening:
    return an_evening(app, db)
