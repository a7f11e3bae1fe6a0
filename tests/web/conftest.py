import pytest
from flask.testing import FlaskClient

from tests.applications import application
from tests.settings import settings_for
from tests.web.trials import trials

__all__ = ["trials"]


@pytest.fixture
def demo(database_url: str) -> FlaskClient:
    return application(settings_for(database_url, demo=True)).test_client()
