"""What an attempt to redeem needs, and the ways to spoil it beforehand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.households.models import Parent
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Tariff
from repit.domain.vouchers.models import Voucher
from repit.domain.vouchers.present import present
from tests.cast import (
    NOON,
    OPERATOR,
    TODAY,
    VAULT,
    AProvider,
    Town,
)

NOBODYS = "0000-0000-0000"
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@dataclass(frozen=True)
class Try:
    """Who brings what, when; `service` says what differs from an hour of babysitting today."""

    provider: AProvider
    codes: list[str]
    service: dict[str, Any] = field(default_factory=dict)
    now: datetime = NOON
    number: int = 100


@dataclass
class Scene:
    db: Session
    engine: Engine
    town: Town

    def voucher(self, code: str) -> int:
        wanted = select(Voucher.id).where(Voucher.code_hash == VAULT.hash(code))
        return self.db.scalars(wanted).one()

    def by_roseraie(self, *codes: str, **service: Any) -> Try:
        return Try(self.town.roseraie, list(codes or self.town.codes[:1]), service)

    def operator(self, act: Callable[..., Any], *about: Any, **more: Any) -> None:
        """Let the operator do something, with a motive."""
        with unit_of_work(self.db):
            act(self.db, *about, motive="essai", actor=OPERATOR, now=NOON, **more)

    def limit(self, **limits: int) -> None:
        with unit_of_work(self.db):
            self.db.execute(
                update(Programme).where(Programme.id == self.town.programme_id).values(**limits)
            )


def shown(scene: Scene) -> str:
    with unit_of_work(scene.db):
        return present(
            scene.db, scene.town.amina, scene.town.programme_id, vouchers=1, vault=VAULT, now=NOON
        ).code


def person_of(scene: Scene, parent_id: int) -> int:
    found = scene.db.scalar(select(Parent.person_id).where(Parent.id == parent_id))
    assert found is not None
    return found


def household_of(scene: Scene, parent_id: int) -> int:
    return scene.db.scalars(select(Parent.household_id).where(Parent.id == parent_id)).one()


def count_sessions(db: Session, provider: AProvider) -> None:
    with unit_of_work(db):
        db.execute(update(Tariff).where(Tariff.provider_id == provider.id).values(unit="session"))


def end_tariffs(db: Session, provider: AProvider, *, last_day: date) -> None:
    with unit_of_work(db):
        db.execute(
            update(Tariff).where(Tariff.provider_id == provider.id).values(last_day=last_day)
        )
