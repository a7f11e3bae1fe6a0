"""How many statements the provider's pages and the desk itself cost (goal G16)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from repit.domain import clock, ids
from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.rules import Service
from tests.cast import VAULT
from tests.web.providers.stage import Stage, today

MOST_ON_A_PAGE = 7
"""The account: rights, tariffs, devices, what comes, what came, what is owed back; and who asks."""
TO_TAKE = {"postgresql": 1, "sqlite": 4}


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements sent meanwhile; BEGIN and COMMIT are not statements."""
    sent: list[str] = []

    def note(*about: object) -> None:
        if not str(about[2]).startswith("BEGIN"):
            sent.append(str(about[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_taking_a_voucher_is_one_statement_once_the_standing_is_known(
    stage: Stage, engine: Engine
) -> None:
    desk, now = Desk(engine, VAULT), clock.now()
    service = Service(Category.BABYSITTING, today(), 60, None, Cents(0))
    key = stage.roseraie.device_id
    # The first one opens the provider's account on the fund, and reads the standing.
    desk.redeem(key, Brought(ids.redemption_id(), [stage.codes[0]], service), now=now)

    with counted(engine) as sent:
        desk.redeem(key, Brought(ids.redemption_id(), [stage.codes[1]], service), now=now)

    assert len(sent) == TO_TAKE[engine.dialect.name]


@pytest.mark.parametrize(
    "page",
    ["/prestataire", "/prestataire/encaissements", "/prestataire/compte", "/prestataire/regarder"],
)
def test_a_page_stays_within_its_statements(stage: Stage, engine: Engine, page: str) -> None:
    stage.take(stage.codes[0])

    with counted(engine) as sent:
        assert stage.phone.get(page).status_code == 200

    assert len(sent) <= MOST_ON_A_PAGE


@pytest.mark.parametrize("shown", [False, True], ids=["a voucher", "a shown code"])
def test_looking_stays_within_its_statements(stage: Stage, engine: Engine, *, shown: bool) -> None:
    stage.take(stage.codes[0])
    code = stage.shown(2) if shown else stage.codes[1]

    with counted(engine) as sent:
        assert stage.phone.get(f"/prestataire/regarder?code={code}").status_code == 200

    # Who is here, may they still, the vouchers, what else of this parent waits for today's
    # childcare, the first name; a shown code is looked for among both kinds.
    assert len(sent) <= (7 if shown else 5)
