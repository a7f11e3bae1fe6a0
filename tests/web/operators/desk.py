"""An operator's browser in the tests: it reads a page's token before it sends a form."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Desk:
    """What an operator does: open pages and send forms."""

    def __init__(self, client: FlaskClient, page_with_token: str) -> None:
        """Read the token from a page that has a form."""
        self.client = client
        found = TOKEN.search(client.get(page_with_token).text)
        assert found
        self.token = found.group(1)

    def open(self, path: str, **given: Any) -> TestResponse:
        """Open a page."""
        return self.client.get(path, **given)

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with the session's token, and go where it leads."""
        data = {"csrf_token": self.token, **fields}
        return self.client.post(path, data=data, follow_redirects=True)

    def send_without_token(self, path: str, **fields: Any) -> TestResponse:
        """Send a form as another site would."""
        return self.client.post(path, data=fields)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the SQL statements sent meanwhile, transaction control left out."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET ", "PRAGMA")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def words(page: TestResponse) -> str:
    """Return a page's text without its tags, spaces made plain."""
    bare = re.sub(r"<[^>]+>", " ", page.text)
    return re.sub(r"[\s\u00a0\u202f]+", " ", bare)
