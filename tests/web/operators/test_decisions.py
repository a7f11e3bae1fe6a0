import csv
import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.entitlements.models import Entitlement
from repit.domain.entitlements.queries import RightView, rights_of
from repit.domain.households.models import Parent
from repit.domain.programmes.models import Programme
from tests.cast import TODAY, Town
from tests.web.operators.desk import Desk, counted, words


@pytest.fixture
def page_of(db: Session, town: Town) -> str:
    """The requests of the town's programme: Amina's and Chloé's wait."""
    with unit_of_work(db):
        for parent_id in (town.amina, town.chloe):
            db.add(
                Entitlement(
                    parent_id=parent_id,
                    programme_id=town.programme_id,
                    state="requested",
                    requested_on=TODAY,
                    first_day=TODAY,
                )
            )
    public_id = db.get_one(Programme, town.programme_id).public_id
    return f"/porteur/dispositifs/{public_id}/demandes"


def right(db: Session, parent_id: int) -> RightView:
    db.expire_all()
    [found] = rights_of(db, parent_id)
    return found


def parent_page(db: Session, parent_id: int) -> str:
    return f"/porteur/parents/{db.get_one(Parent, parent_id).public_id}/droits"


def test_requests_wait_with_the_family_as_it_is(desk: Desk, page_of: str) -> None:
    page = words(desk.open(page_of))
    assert "2 demandes" in page
    assert "aucune condition particulière" in page
    assert "14 mars 2026" in page


def test_several_are_granted_at_once(desk: Desk, db: Session, town: Town, page_of: str) -> None:
    ids = [right(db, one).id for one in (town.amina, town.chloe)]
    page = words(desk.send(page_of, ids=ids, act="grant", first_day="2026-04-01"))
    assert "2 droits sont accordés" in page
    assert "Tout est décidé" in page
    assert right(db, town.amina).first_day == date(2026, 4, 1)


def test_one_is_refused_with_a_motive(desk: Desk, db: Session, town: Town, page_of: str) -> None:
    chloe = right(db, town.chloe).id
    mute = desk.send(page_of, ids=[chloe], act="refuse", motive=" ")
    assert (mute.status_code, "Écrivez pourquoi" in words(mute)) == (422, True)
    assert f'value="{chloe}" checked' in mute.text
    page = words(desk.send(page_of, ids=[chloe], act="refuse", motive="Hors de la ville"))
    assert "1 demande est refusée" in page
    assert (right(db, town.chloe).state, right(db, town.amina).state) == ("refused", "requested")
    assert "Hors de la ville" in words(desk.open(page_of + "?state=refused"))


def test_nothing_is_decided_twice_or_without_a_choice(
    desk: Desk, db: Session, town: Town, page_of: str
) -> None:
    nothing = desk.send(page_of, act="grant")
    assert (nothing.status_code, "Cochez au moins une demande" in words(nothing)) == (422, True)
    amina = right(db, town.amina).id
    desk.send(page_of, ids=[amina], act="grant")
    again = desk.send(page_of, ids=[amina], act="refuse", motive="Trop tard")
    assert (again.status_code, "déjà décidée" in words(again)) == (422, True)
    assert right(db, town.amina).state == "granted"
    assert desk.send(page_of, ids=["tout"], act="grant").status_code == 422
    assert desk.send(page_of, ids=[999], act="grant").status_code == 404


def test_all_are_ticked_by_an_address(desk: Desk, page_of: str) -> None:
    assert desk.open(page_of + "?all=1").text.count(" checked>") == 2


def test_the_list_is_searched_exported_and_cheap(desk: Desk, page_of: str, engine: Engine) -> None:
    assert "1 demande" in words(desk.open(page_of + "?q=amina"))
    assert "Aucune demande ne correspond" in words(desk.open(page_of + "?q=personne"))
    download = desk.open(page_of + "?q=chlo%C3%A9&format=csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(download), delimiter=";"))
    assert [row[1] for row in rows] == ["Nom", "Chloé Dupont"]
    with counted(engine) as sent:
        desk.open(page_of)
    assert len(sent) <= 6


def test_a_right_is_asked_for_granted_and_ended_on_the_parents_page(
    desk: Desk, db: Session, town: Town
) -> None:
    address = parent_page(db, town.bruno)
    programme = db.get_one(Programme, town.programme_id).public_id
    ahead = desk.send(address, programme=programme, requested_on="2199-02-01")
    assert (ahead.status_code, "Cette date est dans le futur." in words(ahead)) == (422, True)
    asked = words(desk.send(address, programme=programme, requested_on="2026-02-01"))
    assert "La demande est enregistrée" in asked
    again = desk.send(address, programme=programme, requested_on="2026-02-01")
    assert (again.status_code, "déjà un droit ou une demande" in words(again)) == (422, True)
    bruno = right(db, town.bruno).id
    assert "Motif" in words(desk.send(address + "/decision", ids=[bruno], act="refuse"))
    assert right(db, town.bruno).state == "requested"
    desk.send(address + "/decision", ids=[bruno], act="grant")
    early = desk.send(address + "/fin", right_id=bruno, last_day="2026-01-01", motive="Parti")
    assert (early.status_code, "commence le 1er février 2026" in words(early)) == (
        422,
        True,
    )
    page = words(desk.send(address + "/fin", right_id=bruno, last_day="2026-06-30", motive="Parti"))
    assert "jusqu’au 30 juin 2026" in page


def test_another_parents_right_is_out_of_reach(
    desk: Desk, db: Session, town: Town, page_of: str
) -> None:
    del page_of
    amina = right(db, town.amina).id
    address = parent_page(db, town.bruno)
    desk.send(address + "/decision", ids=[amina], act="grant")
    assert right(db, town.amina).state == "requested"
    ended = desk.send(address + "/fin", right_id=amina, last_day="2026-06-30", motive="Parti")
    assert ended.status_code == 404


def test_a_stranger_learns_nothing(
    chloe: FlaskClient, db: Session, town: Town, page_of: str
) -> None:
    assert chloe.get(page_of).status_code == 404
    assert chloe.get(parent_page(db, town.amina)).status_code == 404


def test_another_site_changes_nothing(desk: Desk, db: Session, town: Town, page_of: str) -> None:
    amina = right(db, town.amina).id
    address = parent_page(db, town.amina)
    given = {"ids": [amina], "act": "grant", "right_id": amina, "last_day": "2026-06-30"}
    for path in (page_of, address, address + "/decision", address + "/fin"):
        desk.send_without_token(path, **given, motive="Volé")
    assert right(db, town.amina).state == "requested"
