"""Amina's own phone, with the provider's phone in front of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain.households.models import Parent
from tests import cast
from tests.visits import visit_as
from tests.web.providers.stage import Stage, a_stage, token_in


@dataclass
class Home:
    """`desk` holds the vouchers and the provider's phone; Chloé is somebody else."""

    desk: Stage
    phone: FlaskClient
    chloe: FlaskClient

    def shows(self, vouchers: int = 1) -> str:
        """Choose a number on Amina's phone; return the address of the code."""
        answer = self.choose(vouchers)
        assert answer.status_code == 303, answer.text
        return answer.location

    def choose(self, vouchers: int | str, programme: str | None = None) -> TestResponse:
        """Send the number, with the page's own token."""
        address = f"/mes-cheques/montrer?dispositif={programme}" if programme else None
        address = address or "/mes-cheques/montrer"
        token = token_in(self.phone.get(address))
        return self.phone.post(address, data={"csrf_token": token, "cheques": vouchers})

    def suspend(self) -> None:
        """Put Amina's rights on hold, as the operator does."""
        with unit_of_work(self.desk.db):
            self.desk.db.get_one(Parent, self.desk.amina).state = "suspended"


def a_home(app: Flask, db: Session) -> Home:
    desk = a_stage(app, db)
    amina = cast.person_named(db, "Amina Dupont")
    chloe = cast.a_person(db, "Chloe Petit")
    cast.a_parent(db, "Chloé", person_id=chloe)
    return Home(desk=desk, phone=visit_as(app, amina), chloe=visit_as(app, chloe))


def code_in(page: TestResponse) -> str:
    """Return the code in letters, without its hyphens."""
    [found] = re.findall(r'<p class="code"><bdi dir="ltr">([0-9A-Z-]{14})</bdi>', page.text)
    return str(found).replace("-", "")


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the SQL a block sends."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        if not sql.startswith(("PRAGMA", "BEGIN")):
            seen.append(sql)

    event.listen(engine, "before_cursor_execute", listen)
    yield seen
    event.remove(engine, "before_cursor_execute", listen)
