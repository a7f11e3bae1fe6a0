import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.web.providers.stage import Stage, a_stage


@pytest.fixture
def stage(app: Flask, db: Session) -> Stage:
    return a_stage(app, db)
