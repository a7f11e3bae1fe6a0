import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.web.parents.stage import Home, a_home


@pytest.fixture
def home(app: Flask, db: Session) -> Home:
    return a_home(app, db)
