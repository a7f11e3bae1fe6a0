"""Where money goes is never one person's word, nor a thief's of a mailbox."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.actors import Actor
from repit.domain.errors import NoSuchObject
from repit.domain.money import Cents
from repit.domain.notices.models import Notice
from repit.domain.providers import service as providers
from repit.domain.providers.rules import IdentifierKind, Identity
from repit.domain.settlements.accounts import account_in_force, confirm, end, propose
from repit.domain.settlements.by_hand import record_payout
from repit.domain.settlements.errors import (
    AccountProposed,
    NobodyInParticular,
    NothingProposed,
    PaidByFile,
    SameAccount,
    SamePerson,
)
from repit.domain.settlements.payees import checked_payee
from tests import cast
from tests.cast import NOON, TODAY, AProvider
from tests.domain.settlements.paying import IBANS, ODILE, PAUL, an_account

OLD, NEW = (checked_payee("La Roseraie", iban) for iban in IBANS[:2])


@pytest.fixture
def roseraie(db: Session) -> AProvider:
    return cast.a_provider(db)


def proposed(db: Session, provider: AProvider, actor: Actor = ODILE) -> str:
    with unit_of_work(db):
        return propose(db, NEW, actor=actor, now=NOON, provider_id=provider.id)


def confirmed(db: Session, provider: AProvider, name: str, actor: Actor = PAUL) -> None:
    with unit_of_work(db):
        confirm(db, actor=actor, now=NOON, public_id=name, provider_id=provider.id)


def in_force(db: Session, provider: AProvider, hours: float) -> str | None:
    found = account_in_force(db, provider_id=provider.id, now=NOON + timedelta(hours=hours))
    db.rollback()
    return found.iban if found else None


def test_it_counts_48_hours_after_another_person_confirmed_it(
    db: Session, roseraie: AProvider
) -> None:
    name = proposed(db, roseraie)
    assert in_force(db, roseraie, 1_000) is None

    confirmed(db, roseraie, name)

    assert [in_force(db, roseraie, hours) for hours in (0, 47.99, 48)] == [None, None, NEW.iban]


def test_whoever_proposed_does_not_confirm_nor_a_machine(db: Session, roseraie: AProvider) -> None:
    name = proposed(db, roseraie)
    with pytest.raises(SamePerson):
        confirmed(db, roseraie, name, ODILE)
    with pytest.raises(NobodyInParticular):
        confirmed(db, roseraie, name, actors.device(7))
    with pytest.raises(NobodyInParticular):
        proposed(db, cast.a_provider(db, "Le Tilleul"), actors.COMMAND)


def test_the_old_account_is_used_until_the_new_one_counts(db: Session, roseraie: AProvider) -> None:
    an_account(db, provider_id=roseraie.id, iban=OLD.iban)
    name = proposed(db, roseraie)
    confirmed(db, roseraie, name)

    assert [in_force(db, roseraie, hours) for hours in (0, 47, 49)] == [
        OLD.iban,
        OLD.iban,
        NEW.iban,
    ]


def test_the_old_contact_is_told_at_once_even_if_it_was_just_replaced(
    db: Session, roseraie: AProvider
) -> None:
    for address in ("ancien@exemple.test", "voleur@exemple.test"):
        with unit_of_work(db):
            wanted = identity(address)
            providers.change_identity(db, roseraie.id, wanted, actor=ODILE, now=NOON)

    name = proposed(db, roseraie)

    told = set(db.scalars(select(Notice.to_address).where(Notice.kind == "account_proposed")))
    assert told >= {"ancien@exemple.test", "voleur@exemple.test"}
    db.rollback()
    confirmed(db, roseraie, name)
    told = set(db.scalars(select(Notice.to_address).where(Notice.kind == "account_confirmed")))
    assert "ancien@exemple.test" in told


def identity(email: str) -> Identity:
    return Identity(
        name="La Roseraie",
        identifier_kind=IdentifierKind.SIRET,
        identifier="73282932000074",
        town="Lens",
        postcode="62300",
        email=email,
    )


def test_one_waits_at_a_time_and_the_same_one_is_not_proposed(
    db: Session, roseraie: AProvider
) -> None:
    proposed(db, roseraie)
    with pytest.raises(AccountProposed):
        proposed(db, roseraie)
    tilleul = cast.a_provider(db, "Le Tilleul")
    an_account(db, provider_id=tilleul.id, iban=NEW.iban, holder=NEW.holder)
    with pytest.raises(SameAccount):
        proposed(db, tilleul)


def test_the_same_account_is_proposed_again_when_the_bank_refused_it(
    db: Session, roseraie: AProvider
) -> None:
    doubt = {"doubted_at": NOON, "doubt": "AC04"}
    an_account(db, provider_id=roseraie.id, iban=NEW.iban, holder=NEW.holder, **doubt)

    confirmed(db, roseraie, proposed(db, roseraie))

    found = account_in_force(db, provider_id=roseraie.id, now=NOON + timedelta(hours=49))
    assert found is not None
    assert found.doubted_at is None


def test_one_person_is_enough_to_stop_an_account(db: Session, roseraie: AProvider) -> None:
    name = proposed(db, roseraie)
    with unit_of_work(db):
        end(db, actor=ODILE, now=NOON, public_id=name, provider_id=roseraie.id)

    with pytest.raises(NothingProposed):
        confirmed(db, roseraie, name)
    with pytest.raises(NothingProposed), unit_of_work(db):
        end(db, actor=PAUL, now=NOON, public_id=name, provider_id=roseraie.id)


def test_another_owner_has_no_such_account(db: Session, roseraie: AProvider) -> None:
    name = proposed(db, roseraie)
    tilleul = cast.a_provider(db, "Le Tilleul")

    with pytest.raises(NoSuchObject):
        confirmed(db, tilleul, name)


def test_who_has_an_account_is_not_paid_by_hand(db: Session, roseraie: AProvider) -> None:
    an_account(db, provider_id=roseraie.id)

    with pytest.raises(PaidByFile), unit_of_work(db):
        record_payout(
            db,
            roseraie.id,
            seen=Cents(1_000),
            paid_on=TODAY,
            reference="VIR 1",
            actor=ODILE,
            now=NOON,
        )
