import pytest
from flask import Flask

from tests.applications import application
from tests.settings import settings_for


@pytest.fixture
def app(database_url: str) -> Flask:
    """The demo, which keeps its letters where a test can read them."""
    return application(settings_for(database_url, demo=True))
