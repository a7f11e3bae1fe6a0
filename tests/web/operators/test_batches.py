"""From what is due to the bank's answer: two operators, one file, every reason shown."""

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.domain import clock
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Provider
from repit.domain.settlements.models import BankAccount, BatchFile, Payout, PayoutBatch
from repit.domain.settlements.paydays import next_pay_day
from tests import cast
from tests.cast import Town
from tests.domain.redemptions.taking import take
from tests.domain.settlements.paying import IBANS, an_account
from tests.today import THE_DAY
from tests.visits import visit_as
from tests.web.funders.test_funds import address_of, reader
from tests.web.operators.desk import Desk, words

LOTS = "/porteur/lots/"
PAY_DAY = next_pay_day(THE_DAY + timedelta(days=1)).isoformat()


@pytest.fixture
def programme(db: Session, engine: Engine, town: Town) -> str:
    """Roseraie took three vouchers in March: 30 €; both accounts are confirmed."""
    path = db.get_one(Programme, town.programme_id).public_id
    db.close()
    take(engine, town.roseraie, town.codes[:3], minutes=180)
    an_account(db, provider_id=town.roseraie.id)
    an_account(db, programme_id=town.programme_id, iban=IBANS[3])
    db.close()
    return path


@pytest.fixture
def paul(app: Flask, db: Session) -> Desk:
    """A second operator, in another browser."""
    person_id = cast.an_operator(db, "Paul Second")
    db.close()
    return Desk(visit_as(app, person_id), "/porteur/prestataires/nouveau")


def refused(status: int, desk: Desk, path: str, **fields: str) -> TestResponse:
    page = desk.send(path, **fields)
    assert page.status_code == status
    return page


def drafted(desk: Desk, programme: str) -> str:
    page = desk.send(f"{LOTS}nouveau/{programme}", until=THE_DAY.isoformat())
    assert "Le lot est préparé" in words(page)
    return page.request.path


def test_who_would_be_paid_and_who_not_is_said_before_anybody_approves(
    desk: Desk, engine: Engine, town: Town, db: Session, programme: str
) -> None:
    tilleul = cast.a_provider(db, "Le Tilleul")
    db.close()
    take(engine, tilleul, town.codes[3:4], 77)

    page = words(desk.open(f"{LOTS}nouveau/{programme}"))

    assert "À virer" in page
    assert "30,00 €" in page
    assert "Le Tilleul" in page
    assert "pas d’IBAN" in page


def test_what_waits_is_said_to_the_cent_and_with_its_day(
    desk: Desk, engine: Engine, town: Town, db: Session, programme: str
) -> None:
    tilleul = cast.a_provider(db, "Le Tilleul")
    db.close()
    fresh = clock.now()
    take(engine, town.roseraie, town.codes[3:4], 77, now=fresh)
    take(engine, tilleul, town.codes[4:5], 78, now=fresh)

    page = words(desk.open(f"{LOTS}nouveau/{programme}"))

    assert "10,00 € chez 1 prestataire, 10,00 € plus tard aux autres" in page
    assert "Peut être payé à partir du" in page


def test_one_prepares_another_approves_and_one_file_is_written(
    desk: Desk, paul: Desk, db: Session, programme: str
) -> None:
    batch = drafted(desk, programme)
    assert "une autre personne du porteur doit l’approuver" in words(desk.open(batch))

    approved = paul.send(f"{batch}/approuver", requested_on=PAY_DAY, amount="30,00")
    assert "Le lot est approuvé" in words(approved)
    for _ in range(2):
        paul.send(f"{batch}/fichier")
    files = [paul.open(f"{batch}/fichier").data for _ in range(3)]

    db.rollback()
    [kept] = db.scalars(select(BatchFile))
    assert {hashlib.sha256(one).digest() for one in files} == {kept.sha256}
    root = etree.fromstring(files[0])
    name = db.scalars(select(PayoutBatch.public_id)).one()
    assert root.findtext(".//{*}MsgId") == name
    assert root.findtext(".//{*}CtrlSum") == "30.00"
    assert root.findtext(".//{*}Cdtr/{*}Nm") == "Association Eclaircie"
    assert kept.sha256.hex() in paul.open(batch).text


def test_what_is_in_transit_is_its_own_part_of_a_fund_everywhere(
    app: Flask, desk: Desk, paul: Desk, db: Session, town: Town, programme: str
) -> None:
    paul.send(f"{drafted(desk, programme)}/approuver", requested_on=PAY_DAY, amount="30,00")
    fanny = reader(app, db, town.funder_id)
    theirs = words(fanny.get(address_of(db, town.fund_id)))
    own = words(desk.open(address_of(db, town.fund_id).replace("financeur", "porteur")))

    for page in (own, theirs):
        assert "Payé 0,00 € Dû 0,00 € Engagé" in page
        assert "En virement 30,00 € Disponible" in page


def test_whoever_prepared_it_cannot_approve_even_by_asking_directly(
    desk: Desk, db: Session, programme: str
) -> None:
    batch = drafted(desk, programme)

    page = refused(422, desk, f"{batch}/approuver", requested_on=PAY_DAY, amount="30,00")

    assert "Vous l’avez préparé vous-même" in words(page)
    assert db.scalars(select(PayoutBatch.state)).one() == "drafted"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "30,01"}, "Ce n’est pas le montant de ce lot"),
        ({"amount": ""}, "montant"),
        ({"requested_on": "2026-03-21"}, "Les banques ne font pas de virement"),
        ({"requested_on": "2031-01-06"}, "Le dernier jour possible est"),
        ({"requested_on": "2026-01-02"}, "Le premier jour possible est"),
    ],
)
def test_an_approval_with_a_slip_changes_nothing(
    desk: Desk, paul: Desk, db: Session, programme: str, typed: dict[str, str], said: str
) -> None:
    batch = drafted(desk, programme)
    form = {"requested_on": PAY_DAY, "amount": "30,00"} | typed

    assert said in words(refused(422, paul, f"{batch}/approuver", **form))
    assert db.scalars(select(PayoutBatch.state)).one() == "drafted"


def test_a_second_draft_is_refused_with_its_reason(desk: Desk, programme: str) -> None:
    drafted(desk, programme)
    page = desk.send(f"{LOTS}nouveau/{programme}", until=THE_DAY.isoformat())

    assert "attend d’être approuvé" in words(page)


def test_a_draft_is_given_up_and_everything_stays_due(desk: Desk, programme: str) -> None:
    batch = drafted(desk, programme)
    page = desk.send(f"{batch}/abandonner", motive="Trop tôt")

    assert "Tout ce qu’il payait reste dû" in words(page)
    assert "30,00 €" in words(desk.open(f"{LOTS}nouveau/{programme}"))


def test_what_the_bank_answers_by_hand_is_followed(
    desk: Desk, paul: Desk, db: Session, programme: str
) -> None:
    batch = drafted(desk, programme)
    paul.send(f"{batch}/approuver", requested_on=PAY_DAY, amount="30,00")
    paul.send(f"{batch}/fichier")
    paul.send(f"{batch}/envoye")
    payout = f"{batch}/virement/{db.scalars(select(Payout.public_id)).one()}"
    db.rollback()

    page = words(
        paul.send(f"{payout}/reponse", result="rejected", day=THE_DAY.isoformat(), reason="ac04")
    )
    again = words(
        paul.send(f"{payout}/reponse", result="rejected", day=THE_DAY.isoformat(), reason="AC04")
    )

    assert "le compte est fermé (AC04)" in page
    assert "C’était déjà noté" in again
    assert "IBAN refusé" in words(desk.open(f"{LOTS}nouveau/{programme}"))
    assert "aucun lot ne les paie tant que l’IBAN" in page
    assert "terminé" in words(desk.open(batch))
    account = proposed_iban(desk, db)
    assert "attend d’être confirmé par une seconde personne" in words(desk.open(payout))
    paul.send(f"{account}/confirmer")
    assert "Le nouvel IBAN sert à partir du" in words(desk.open(payout))
    preview = words(desk.open(f"{LOTS}nouveau/{programme}"))
    assert "IBAN en attente" in preview
    assert "Le nouvel IBAN sert à partir du" in preview


def proposed_iban(desk: Desk, db: Session) -> str:
    """Propose another account for the provider of the only payout; return its address."""
    owner = db.scalars(select(Provider.public_id).join(Payout)).one()
    db.rollback()
    here = f"/porteur/comptes-bancaires/prestataire/{owner}"
    desk.send(here, holder="La Roseraie", iban="BE68 5390 0754 7034")
    account = db.scalars(
        select(BankAccount.public_id).where(BankAccount.confirmed_at.is_(None))
    ).one()
    db.rollback()
    return f"{here}/{account}"


def test_a_refusal_needs_its_reason(desk: Desk, paul: Desk, db: Session, programme: str) -> None:
    batch = drafted(desk, programme)
    paul.send(f"{batch}/approuver", requested_on=PAY_DAY, amount="30,00")
    paul.send(f"{batch}/fichier")
    payout = f"{batch}/virement/{db.scalars(select(Payout.public_id)).one()}"
    db.rollback()

    page = refused(422, paul, f"{payout}/reponse", result="rejected", day=THE_DAY.isoformat())
    assert "Écrivez le code du refus" in words(page)

    ahead = refused(422, paul, f"{payout}/reponse", result="settled", day="2199-01-01")
    assert "Cette date est dans le futur" in words(ahead)


def test_an_account_is_proposed_by_one_and_confirmed_by_another(
    desk: Desk, paul: Desk, db: Session, town: Town
) -> None:
    public_id = db.get_one(Provider, town.roseraie.id).public_id
    db.rollback()
    here = f"/porteur/comptes-bancaires/prestataire/{public_id}"
    typed = {"holder": "La Roseraie SARL", "iban": "fr76 3000 6000 0112 3456 7890 189"}

    assert "Une autre personne doit le confirmer" in words(desk.send(here, **typed))
    account = db.scalars(select(BankAccount.public_id)).one()
    db.rollback()
    assert "Vous l’avez préparé vous-même" in words(
        refused(409, desk, f"{here}/{account}/confirmer")
    )
    assert "Le compte est confirmé" in words(paul.send(f"{here}/{account}/confirmer"))

    kept = db.scalars(select(BankAccount)).one()
    assert kept.iban == "FR7630006000011234567890189"
    assert kept.counts_at is not None
    assert kept.counts_at - clock.now() > timedelta(hours=47)


def test_a_bad_account_is_refused_beside_its_field(desk: Desk, db: Session, town: Town) -> None:
    public_id = db.get_one(Provider, town.roseraie.id).public_id
    db.rollback()
    here = f"/porteur/comptes-bancaires/prestataire/{public_id}"

    page = refused(422, desk, here, holder="La Roseraie", iban="FR7630006000011234567890188")

    assert "Cet IBAN a une faute de frappe" in words(page)
    assert db.scalars(select(BankAccount)).all() == []
