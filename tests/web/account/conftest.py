from collections.abc import Iterator

import pytest
from flask import Flask

from repit.app import create_app
from repit.web import database
from tests.settings import settings_for


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The demo, which keeps its letters where a test can read them."""
    app = create_app(settings_for(database_url, demo=True))
    app.testing = True
    yield app
    with app.app_context():
        database.extension.engine.dispose()
