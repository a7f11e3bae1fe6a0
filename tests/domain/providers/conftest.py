from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.providers import queries, service
from repit.domain.providers.rules import IdentifierKind, Identity

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
TODAY = date(2026, 3, 14)
ROSEN = Identity(
    name="La Roseraie",
    identifier_kind=IdentifierKind.SIRET,
    identifier="732 829 320 00074",
    town="Rivéry",
    postcode="80136",
    email="Contact@Roseraie.example",
)


@pytest.fixture
def change(db: Session) -> Callable[..., Any]:
    """Call one verb in its own unit of work, as the operator of the tests."""

    def apply(verb: Callable[..., Any], *arguments: Any, **given: Any) -> Any:
        with unit_of_work(db):
            return verb(db, *arguments, **{"actor": actors.COMMAND, "now": NOON, **given})

    return apply


@pytest.fixture
def roseraie(db: Session, change: Callable[..., Any]) -> queries.ProviderView:
    return view(db, change(service.open_provider, ROSEN))


def view(db: Session, public_id: str, today: date = TODAY) -> queries.ProviderView:
    db.rollback()
    found = queries.provider(db, public_id, today=today)
    assert found
    return found
