import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.web.facilitators.stage import Hall, a_hall


@pytest.fixture
def hall(app: Flask, db: Session) -> Hall:
    return a_hall(app, db)
