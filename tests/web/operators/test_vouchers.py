import csv
import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors
from repit.domain.programmes.models import Fund
from repit.domain.providers.models import Provider
from repit.domain.redemptions import reverse
from repit.domain.vouchers import present, queries
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.cast import NOON, VAULT, Town
from tests.domain.redemptions.taking import take
from tests.web.operators.desk import Desk, counted, words

LIST = "/porteur/cheques/"


def name_of(code: str) -> str:
    return VAULT.hash(code).hex()


@pytest.fixture
def first(town: Town) -> str:
    return LIST + name_of(town.codes[0])


def stored(db: Session, town: Town) -> Voucher:
    db.expire_all()
    return db.scalars(select(Voucher).where(Voucher.code_hash == VAULT.hash(town.codes[0]))).one()


def test_the_list_counts_and_filters_by_state(
    desk: Desk, engine: Engine, db: Session, town: Town
) -> None:
    db.close()
    take(engine, town.roseraie, town.codes[:3], minutes=90)

    assert "10 chèques" in words(desk.open(LIST))
    assert "3 chèques" in words(desk.open(LIST + "?state=redeemed"))
    assert "10 chèques" in words(desk.open(LIST + "?state=nonsense&fund=x&town=y&ends=z"))


def test_the_list_filters_by_fund_town_and_parent(desk: Desk, db: Session, town: Town) -> None:
    fund = db.get_one(Fund, town.fund_id).public_id

    assert "10 chèques" in words(desk.open(f"{LIST}?fund={fund}&town=Lens&q=amina"))
    assert "Aucun chèque ne correspond" in words(desk.open(LIST + "?q=chloe"))


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ({}, "open"),
        ({"blocked_at": NOON}, "blocked"),
        ({"last_day": date(2026, 3, 1)}, "lapsed"),
        ({"first_day": date(2026, 12, 1)}, "early"),
        ({"state": "cancelled"}, "cancelled"),
        ({"state": "expired"}, "expired"),
    ],
)
def test_the_state_shown_is_the_state_filtered_by(
    db: Session, town: Town, change: dict[str, object], standing: str
) -> None:
    with unit_of_work(db):
        row = stored(db, town)
        for field, value in change.items():
            setattr(row, field, value)

    today = date(2026, 3, 14)
    for each in queries.STANDINGS:
        kept = queries.vouchers(db, queries.VoucherFilter(standing=each), today=today).items
        assert {one.standing(today) for one in kept} <= {each}
    mine = queries.VoucherFilter(standing=standing)
    assert name_of(town.codes[0]) in {
        one.name for one in queries.vouchers(db, mine, today=today).items
    }


def test_the_export_has_one_line_per_voucher_and_no_code(desk: Desk, town: Town) -> None:
    download = desk.open(LIST + "?format=csv")

    rows = list(csv.reader(io.StringIO(download.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 11
    assert rows[1][6] == "10,00"
    assert not any(code in download.text for code in town.codes)


def test_the_list_costs_few_statements(desk: Desk, town: Town, engine: Engine) -> None:
    del town
    with counted(engine) as sent:
        desk.open(LIST)

    assert len(sent) <= 6, sent


@pytest.mark.parametrize("shape", ["{}", "{} ", "HTTPS://REPIT.TEST/V/{}"])
def test_a_code_typed_or_scanned_opens_its_voucher(desk: Desk, town: Town, shape: str) -> None:
    page = desk.send(LIST + "chercher", code=shape.format(town.codes[0]))

    assert f"Chèque {name_of(town.codes[0])[:8].upper()}" in words(page)
    assert town.codes[0] not in page.text


def test_the_code_a_parent_shows_opens_what_it_stands_for(
    desk: Desk, db: Session, town: Town
) -> None:
    with unit_of_work(db):
        shown = present.present(
            db, town.amina, town.programme_id, vouchers=2, vault=VAULT, now=NOON
        )

    assert "Amina Dupont" in words(desk.send(LIST + "chercher", code=shown.code))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "Code du chèque"),
        ("bonjour", "code"),
        ("ZZZZZZZZZZZZ", "code"),
    ],
)
def test_what_is_no_code_is_said_beside_the_field(
    desk: Desk, town: Town, code: str, said: str
) -> None:
    del town
    page = desk.send(LIST + "chercher", code=code)

    assert page.status_code == 422
    assert "Il y a" in words(page) or "wrong" in page.text
    assert said in words(page)


def test_a_voucher_is_blocked_with_a_motive_and_unblocked(
    desk: Desk, db: Session, town: Town, first: str
) -> None:
    without = desk.send(first + "/bloquer", motive="")
    blocked = words(desk.send(first + "/bloquer", motive="Téléphone volé"))
    assert stored(db, town).blocked_at is not None
    desk.send(first + "/debloquer", motive="Téléphone retrouvé")

    assert without.status_code == 422
    assert "Téléphone volé" in blocked
    assert stored(db, town).blocked_at is None


def test_a_cancelled_voucher_gives_its_value_back_and_stays_to_be_seen(
    desk: Desk, db: Session, town: Town, first: str
) -> None:
    page = words(desk.send(first + "/annuler", motive="Départ de la commune"))
    again = desk.send(first + "/annuler", motive="Encore")

    assert stored(db, town).state == "cancelled"
    assert "Annulé : rendu à l’enveloppe" in page
    assert again.status_code == 422


def test_a_voucher_is_prolonged_but_never_shortened(
    desk: Desk, db: Session, town: Town, first: str
) -> None:
    shorter = desk.send(first + "/prolonger", last_day="2026-06-01", motive="Erreur")
    beyond = desk.send(first + "/prolonger", last_day="9999-12-31", motive="Faute de frappe")
    desk.send(first + "/prolonger", last_day="31/01/2027", motive="Hospitalisation")

    assert [shorter.status_code, beyond.status_code] == [422, 422]
    assert stored(db, town).last_day == date(2027, 1, 31)


def test_a_voucher_is_held_for_a_provider_and_released(
    desk: Desk, db: Session, town: Town, first: str
) -> None:
    roseraie = db.get_one(Provider, town.roseraie.id).public_id
    sureau = db.get_one(Provider, town.sureau.id).public_id

    held = words(desk.send(first + "/reserver", provider=roseraie, motive="Samedi"))
    elsewhere = desk.send(first + "/reserver", provider=sureau, motive="Dimanche")
    nobody = desk.send(first + "/reserver", provider="x" * 22, motive="Personne")
    assert stored(db, town).held_for_id == town.roseraie.id
    desk.send(first + "/liberer", motive="Annulé")

    assert "La Roseraie" in held
    assert elsewhere.status_code == 422
    assert nobody.status_code == 422
    assert stored(db, town).held_for_id is None


def test_a_redemption_is_reversed_once_with_a_motive(
    desk: Desk, engine: Engine, db: Session, town: Town, first: str
) -> None:
    db.close()
    receipt = take(engine, town.roseraie, town.codes[:2], minutes=90)
    path = f"/porteur/encaissements/{receipt.id}"

    assert "Voir l’encaissement" in words(desk.open(first))
    without = desk.send(path + "/annuler", motive=" ")
    done = words(desk.send(path + "/annuler", motive="Service non rendu"))
    again = desk.send(path + "/annuler", motive="Encore")

    assert without.status_code == 422
    assert "Service non rendu" in done
    assert "Cet encaissement a été annulé le" in words(again)
    assert "Il n’y a rien de plus à faire" in words(again)
    assert "rendus au parent" in done
    assert stored(db, town).state == "issued"
    assert "Encaissement annulé : n’est plus dû" in words(desk.open(first))


def test_what_a_provider_took_back_is_said_in_words(
    desk: Desk, engine: Engine, db: Session, town: Town
) -> None:
    db.close()
    receipt = take(engine, town.roseraie, town.codes[:1], minutes=90)
    with Session(engine) as other, unit_of_work(other):
        reverse.undo(
            other,
            receipt.id,
            provider_id=town.roseraie.id,
            actor=actors.person(1),
            now=NOON,
        )

    page = words(desk.open("/porteur/journal/"))
    assert "Par le prestataire, dans le délai prévu." in page
    assert "undo" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/porteur/cheques/" + "0" * 32,
        "/porteur/cheques/pas-un-nom",
        "/porteur/encaissements/00000000-0000-0000-0000-000000000009",
        "/porteur/encaissements/9",
    ],
)
def test_what_does_not_exist_is_not_found(desk: Desk, path: str) -> None:
    assert desk.open(path).status_code == 404


def test_an_act_nobody_knows_is_not_found(desk: Desk, first: str) -> None:
    assert desk.send(first + "/dupliquer", motive="Pourquoi pas").status_code == 404


def test_a_stranger_finds_nothing(chloe: FlaskClient, town: Town, first: str) -> None:
    assert chloe.get(LIST).status_code == 404
    assert chloe.get(first).status_code == 404
    assert chloe.post(LIST + "chercher", data={"code": town.codes[0]}).status_code == 404
    assert chloe.post(first + "/annuler", data={"motive": "Jalousie"}).status_code == 404


@pytest.mark.parametrize("act", ["bloquer", "annuler", "prolonger", "reserver"])
def test_a_form_from_another_site_changes_nothing(
    desk: Desk, db: Session, town: Town, first: str, act: str
) -> None:
    roseraie = db.get_one(Provider, town.roseraie.id).public_id
    answer = desk.send_without_token(
        f"{first}/{act}", motive="Piège", last_day="2027-12-31", provider=roseraie
    )

    row = stored(db, town)
    assert answer.status_code == 422
    assert (row.state, row.blocked_at, row.held_for_id) == ("issued", None, None)
    assert row.last_day == date(2026, 12, 31)


def test_names_of_people_are_text_and_never_markup(desk: Desk, db: Session, town: Town) -> None:
    mallory = cast.a_parent(db, "<b>Mallory</b>")
    cast.a_voucher(db, mallory, town.fund_id)

    assert "<b>Mallory" not in desk.open(LIST).text
