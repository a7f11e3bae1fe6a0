import csv
import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.domain.care.models import CareSlot
from repit.domain.programmes import queries
from repit.domain.programmes.models import Programme
from tests.cast import Town, a_programme
from tests.domain.bookings.workshop import a_child
from tests.web.operators.desk import Desk, counted, words
from tests.web.operators.winter import a_winter, books

LIST = "/porteur/dispositifs/"
TYPED = {
    "name": "Chèques répit 2027",
    "first_day": "2027-01-01",
    "last_day": "31/12/2027",
    "zone": "Europe/Brussels",
    "face": "12,50",
    "categories": ["babysitting", "home_help"],
    "isolated_kinds": ["alone"],
    "validity_months": "12",
    "grace_days": "60",
    "undo_hours": "48",
    "presentation_minutes": "15",
    "pays_within_days": "30",
    "pair_month_vouchers": "",
    "provider_month_vouchers": "200",
    "cancel_hours": "48",
    "no_show_minutes": "20",
    "sheet_days": "14",
    "late_is_paid": "y",
    "carer_checks": ["honorability", "insurance"],
}


@pytest.fixture
def programme(db: Session, town: Town) -> str:
    return LIST + db.get_one(Programme, town.programme_id).public_id


def test_a_programme_is_created_with_what_was_typed(desk: Desk, db: Session) -> None:
    page = words(desk.send(LIST + "nouveau", **TYPED))
    assert "Le dispositif est créé" in page
    [made] = queries.programmes(db).items
    settings = made.settings
    assert (settings.name, settings.zone) == ("Chèques répit 2027", "Europe/Brussels")
    assert (settings.face_cents, settings.last_day) == (1_250, date(2027, 12, 31))
    assert (settings.pair_month_vouchers, settings.provider_month_vouchers) == (None, 200)
    assert (settings.cancel_hours, settings.no_show_minutes) == (48, 20)
    assert settings.sheet_days == 14
    assert (settings.late_is_paid, settings.no_show_is_paid) == (True, False)
    assert settings.carer_checks == ("honorability", "insurance")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Remplissez ce champ"),
        ({"first_day": "hier"}, "Écrivez une date"),
        ({"last_day": "2026-12-31"}, "Le dernier jour vient avant le premier"),
        ({"face": "gratuit"}, "Écrivez un montant en euros"),
        ({"face": "0,50"}, "Écrivez au moins 1,00 €"),
        ({"categories": []}, "Cochez au moins une réponse"),
        ({"categories": ["cinema"]}, "Choisissez une réponse de la liste"),
        ({"validity_months": "6"}, "Écrivez 12 mois ou plus, ou cochez"),
        ({"validity_months": "99999999999999999999"}, "Écrivez un nombre de 1 à 60"),
        ({"cancel_hours": "337"}, "Écrivez un nombre de 0 à 336"),
        ({"no_show_minutes": ""}, "Remplissez ce champ"),
        ({"carer_checks": ["diploma"]}, "Choisissez une réponse de la liste"),
        ({"zone": "Mars/Olympus"}, "Choisissez une réponse de la liste"),
    ],
)
def test_settings_are_refused_with_words_and_kept(
    desk: Desk, db: Session, changes: dict[str, object], said: str
) -> None:
    page = desk.send(LIST + "nouveau", **(TYPED | {"name": "Mon dispositif"} | changes))
    assert page.status_code == 422
    assert said in words(page)
    assert 'value="200"' in page.text
    assert queries.programmes(db).items == []


def test_two_programmes_never_share_a_name(desk: Desk) -> None:
    desk.send(LIST + "nouveau", **TYPED)
    page = desk.send(LIST + "nouveau", **TYPED)
    assert page.status_code == 422
    assert "Un autre dispositif s’appelle déjà" in words(page)


def test_a_change_of_settings_is_in_the_history(desk: Desk, programme: str) -> None:
    form = desk.open(programme + "/reglages")
    assert 'value="10,00"' in form.text
    page = words(desk.send(programme + "/reglages", **TYPED, short_is_meant="y"))
    assert "Les réglages sont enregistrés" in page
    assert "valeur d’un chèque : 10,00 €, devenu 12,50 €" in page
    assert "Garde d’enfants, Aide à domicile" in page
    assert "Odile Porteur" in page


def test_a_programme_is_closed_with_a_motive_and_reopened(desk: Desk, programme: str) -> None:
    refused = desk.send(programme + "/fermer", motive="")
    assert (refused.status_code, "Remplissez ce champ" in words(refused)) == (422, True)
    closed = words(desk.send(programme + "/fermer", motive="Fin du financement"))
    assert ("Dispositif fermé" in closed, "Fin du financement" in closed) == (True, True)
    again = desk.send(programme + "/fermer", motive="Encore")
    assert (again.status_code, "Ce dispositif est fermé" in words(again)) == (422, True)
    assert "Le dispositif est rouvert" in words(desk.send(programme + "/rouvrir", motive="Oui"))


def test_the_list_is_searched_filtered_and_exported_as_shown(desk: Desk, db: Session) -> None:
    a_programme(db, name="=Répit du soir")
    a_programme(db, name="Autre", closed_at=queries.programmes(db).items[0].created_at)
    assert "2 dispositifs" in words(desk.open(LIST))
    assert "1 dispositif" in words(desk.open(LIST + "?state=closed"))
    assert "Aucun dispositif ne correspond" in words(desk.open(LIST + "?q=inconnu"))
    download = desk.open(LIST + "?q=soir&format=csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(download), delimiter=";"))
    assert [row[0] for row in rows] == ["Nom", "'=Répit du soir"]


def test_a_long_list_has_pages(desk: Desk, db: Session) -> None:
    for number in range(27):
        a_programme(db, name=f"Dispositif {number:02}")
    assert "Page 2" in desk.open(LIST).text
    second = words(desk.open(LIST + "?page=2"))
    assert ("Dispositif 01" in second, "Dispositif 02" in second) == (True, False)
    assert "Dispositif 00" in words(desk.open(LIST + "?page=999"))


def test_the_list_costs_three_statements(desk: Desk, town: Town, engine: Engine) -> None:
    del town
    with counted(engine) as sent:
        desk.open(LIST)
    assert len(sent) <= 3


@pytest.mark.parametrize("path", ["", "/reglages", "/demandes", "/bareme"])
def test_a_stranger_learns_nothing(chloe: FlaskClient, programme: str, path: str) -> None:
    assert chloe.get(programme + path).status_code == 404
    assert chloe.get(LIST + "rien" + path).status_code == 404


def test_an_unknown_programme_is_nowhere(desk: Desk) -> None:
    assert desk.open(LIST + "inconnu").status_code == 404


def test_another_site_changes_nothing(desk: Desk, db: Session, programme: str) -> None:
    before = queries.programmes(db).items
    for path in ("/reglages", "/fermer", "/rouvrir"):
        refused = desk.send_without_token(programme + path, **TYPED, motive="Oui")
        assert refused.status_code == 422
    assert desk.send_without_token(LIST + "nouveau", **TYPED).status_code == 422
    db.expire_all()
    assert queries.programmes(db).items == before


def test_a_paper_that_is_newly_asked_for_counts_the_open_slots_again(
    desk: Desk, db: Session, town: Town, programme: str
) -> None:
    winter = a_winter(db, town)
    books(db, winter, town.amina, a_child(db, town.amina))

    page = words(desk.send(programme + "/reglages", **TYPED | {"name": "Chèques"}))

    assert "Attestation d’honorabilité, Assurance" in page
    assert db.get_one(CareSlot, winter.slot_id).over_capacity  # nobody has shown an insurance
