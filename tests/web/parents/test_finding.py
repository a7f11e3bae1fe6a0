"""Where vouchers can be used today, and nothing about those that cannot take them."""

from repit.db.unit_of_work import unit_of_work
from repit.domain.categories import Category
from repit.domain.providers.models import Provider
from tests import cast
from tests.web.parents.stage import Home
from tests.web.providers.stage import in_days


def test_my_own_town_comes_first(home: Home) -> None:
    cast.a_provider(home.desk.db, "Les Lilas", town="Béthune", until=in_days(9))
    page = home.phone.get("/mes-cheques/trouver").text
    assert "La Roseraie" in page
    assert "Les Lilas</bdi>" not in page
    assert 'value="Lens"' in page


def test_a_town_is_found_without_its_accents(home: Home) -> None:
    cast.a_provider(
        home.desk.db, "Les Lilas", town="Béthune", phone="03 21 00 00 01", until=in_days(9)
    )
    page = home.phone.get("/mes-cheques/trouver?ville=bethune").text
    assert "Les Lilas" in page
    assert "La Roseraie" not in page
    assert 'href="tel:0321000001"' in page
    assert "20,00" in page
    assert "Vous payez au plus 1,00" in page


def test_a_category_filters_and_an_unknown_one_does_not(home: Home) -> None:
    cast.a_provider(home.desk.db, "Les Lilas", categories=(Category.WELL_BEING,), until=in_days(9))
    only = home.phone.get("/mes-cheques/trouver?besoin=babysitting").text
    both = home.phone.get("/mes-cheques/trouver?besoin=nonsense").text
    assert "Les Lilas" not in only
    assert "Les Lilas" in both
    assert "La Roseraie" in both


def test_lapsed_and_suspended_providers_are_not_shown(home: Home) -> None:
    db = home.desk.db
    cast.a_provider(db, "Le Sureau", until=in_days(-1))
    away = cast.a_provider(db, "Les Lilas", until=in_days(9))
    with unit_of_work(db):
        db.get_one(Provider, away.id).state = "suspended"
    page = home.phone.get("/mes-cheques/trouver?ville=").text
    assert "Le Sureau" not in page
    assert "Les Lilas" not in page
    assert "La Roseraie" in page


def test_nothing_here_leads_elsewhere(home: Home) -> None:
    page = home.phone.get("/mes-cheques/trouver?ville=Paris").text
    assert "Aucune adresse ici." in page
    assert "/mes-cheques/trouver?ville=" in page
