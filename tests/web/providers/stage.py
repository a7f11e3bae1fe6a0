"""A provider's phone in front of a parent's vouchers, today by the machine's clock."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.people.models import Membership
from repit.domain.vouchers.present import present
from tests import cast
from tests.cast import VAULT, AProvider
from tests.visits import visit_as

ZONE = "Europe/Paris"


def today() -> date:
    return clock.day_in(ZONE, clock.now())


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


@dataclass
class Stage:
    """Amina has vouchers of 10 €; Rose, of La Roseraie (20 € an hour), holds the phone."""

    app: Flask
    db: Session
    programme_id: int
    fund_id: int
    amina: int
    roseraie: AProvider
    rose: int
    phone: FlaskClient
    codes: list[str] = field(default_factory=list)

    def more(self, vouchers: int = 1, *, parent_id: int | None = None, **days: Any) -> list[str]:
        """Issue more vouchers, to Amina unless somebody else is named."""
        about = {"first_day": in_days(-60), "last_day": in_days(200)} | days
        return cast.vouchers_for(
            self.db, parent_id or self.amina, self.fund_id, vouchers=vouchers, **about
        )

    def shown(self, vouchers: int) -> str:
        """Return the code that Amina's screen shows for some of her vouchers."""
        with unit_of_work(self.db):
            return present(
                self.db,
                self.amina,
                self.programme_id,
                vouchers=vouchers,
                vault=VAULT,
                now=clock.now(),
            ).code

    def look(self, *codes: str) -> TestResponse:
        """Bring codes to the page, the last one typed."""
        token = token_in(self.phone.get("/prestataire"))
        *kept, typed = codes
        return self.phone.post(
            "/prestataire/regarder", data={"csrf_token": token, "code": kept, "typed": typed}
        )

    def confirm(self, page: TestResponse, **answers: Any) -> TestResponse:
        """Fill in the page that `look` gave, an hour of babysitting unless said otherwise."""
        filled = hidden_in(page) | {
            "category": "babysitting",
            "service_on": today().isoformat(),
            "hours": "1",
        }
        return self.phone.post("/prestataire/encaisser", data=filled | answers)

    def take(self, *codes: str, **answers: Any) -> TestResponse:
        """Look and confirm."""
        return self.confirm(self.look(*codes), **answers)


def a_stage(app: Flask, db: Session, **programme: Any) -> Stage:
    programme_id = cast.a_programme(db, **programme)
    fund_id = cast.a_fund(db, programme_id, funder_id=cast.a_funder(db))
    amina = cast.a_parent(db, "Amina", person_id=cast.a_person(db, "Amina Dupont"))
    roseraie = cast.a_provider(db, until=in_days(365))
    rose = works_for(db, roseraie, "Rose Martin")
    stage = Stage(
        app=app,
        db=db,
        programme_id=programme_id,
        fund_id=fund_id,
        amina=amina,
        roseraie=roseraie,
        rose=rose,
        phone=visit_as(app, rose),
    )
    stage.codes = stage.more(4)
    return stage


def works_for(db: Session, provider: AProvider, name: str) -> int:
    person_id = cast.a_person(db, name)
    with unit_of_work(db):
        db.add(
            Membership(
                person_id=person_id,
                role="provider",
                provider_id=provider.id,
                since=clock.now(),
            )
        )
    return person_id


def token_in(page: TestResponse) -> str:
    """Return the token of the page's forms."""
    found = re.search(r'name="csrf_token" [^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def hidden_in(page: TestResponse) -> dict[str, Any]:
    """Return what the form to take vouchers carries along."""
    [form] = re.findall(r"<form[^>]* data-take .*?</form>", page.text, flags=re.DOTALL)
    pairs: dict[str, Any] = {"code": re.findall(r'name="code" value="([^"]+)"', form)}
    for name in ("csrf_token", "redemption_id"):
        found = re.search(rf'name="{name}" [^>]*value="([^"]+)"', form)
        assert found, form
        pairs[name] = found.group(1)
    return pairs
