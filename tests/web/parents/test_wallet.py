"""« Mes chèques »: what a parent reads about their own vouchers."""

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.entitlements.models import Allowance, Entitlement
from repit.domain.vouchers import service
from repit.domain.vouchers.models import Voucher
from tests import cast
from tests.visits import visit_as
from tests.web.parents.stage import Home, statements
from tests.web.providers.stage import in_days, today
from tests.web.test_weight import BROTLI, STATIC, fetch

PAGES = (
    "/mes-cheques",
    "/mes-cheques/montrer",
    "/mes-cheques/pourquoi",
    "/mes-cheques/utilises",
    "/mes-cheques/papier",
    "/mes-cheques/papier?cheques=4",
    "/mes-cheques/trouver",
    "/mes-cheques/aide",
)


def test_the_wallet_says_how_many_and_which_end_first(home: Home) -> None:
    home.desk.more(2, last_day=in_days(20))
    page = home.phone.get("/mes-cheques").text
    assert '<span class="hero-figure">6</span>' in page
    assert "60,00" in page
    assert "2 chèques finissent le" in page
    assert "Montrer mon code" in page


def test_what_cannot_be_spent_is_said_with_its_reason(home: Home) -> None:
    blocked, held, *_ = home.desk.codes
    home.desk.more(3, first_day=in_days(10))
    with unit_of_work(home.desk.db):
        db, actor, now = home.desk.db, cast.OPERATOR, clock.now()
        key = cast.voucher_id_of(db, blocked)
        service.block(db, key, motive="perdu", actor=actor, now=now)
        service.hold(
            db,
            cast.voucher_id_of(db, held),
            provider_id=home.desk.roseraie.id,
            motive="rendez-vous",
            actor=actor,
            now=now,
        )
    page = home.phone.get("/mes-cheques").text
    assert '<span class="hero-figure">2</span>' in page
    assert "1 chèque est bloqué" in page
    assert "1 chèque est réservé" in page
    assert "La Roseraie" in page
    assert "3 chèques pour plus tard" in page
    assert "perdu" not in page


def test_each_programme_has_its_own_card(home: Home) -> None:
    db = home.desk.db
    other = cast.a_programme(db, name="Relais du soir", face_cents=500)
    fund = cast.a_fund(db, other, funder_id=cast.a_funder(db, "CAF"))
    cast.vouchers_for(db, home.desk.amina, fund, vouchers=9, last_day=in_days(90))
    page = home.phone.get("/mes-cheques").text
    assert page.index("Relais du soir") < page.index("Chèques répit ")
    assert page.count("hero-figure") == 2
    assert page.count("/mes-cheques/montrer?dispositif=") == 2


@pytest.mark.parametrize(
    ("right", "waits_for", "words"),
    [
        ("requested", None, "Votre demande est à l’étude."),
        ("refused", None, "Votre demande n’est pas acceptée."),
        ("granted", "money_short", "L’argent manque encore."),
        ("granted", None, "Vos chèques arrivent bientôt."),
    ],
)
def test_no_voucher_always_comes_with_the_reason(
    app: Flask, home: Home, right: str, waits_for: str | None, words: str
) -> None:
    db, programme_id = home.desk.db, home.desk.programme_id
    person = cast.a_person(db, "Bruno Martin")
    bruno = cast.a_parent(db, "Bruno", person_id=person)
    with unit_of_work(db):
        db.add(
            Entitlement(
                parent_id=bruno,
                programme_id=programme_id,
                state=right,
                requested_on=today(),
                first_day=today(),
            )
        )
    if waits_for:
        _waits(db, bruno, programme_id, waits_for)
    page = visit_as(app, person).get("/mes-cheques").text
    assert words in page
    assert "hero-figure" not in page


def test_a_parent_without_any_right_is_told_whom_to_ask(home: Home) -> None:
    page = home.chloe.get("/mes-cheques").text
    assert "Vous n’avez pas encore de chèques." in page
    assert "Amina" not in page


def test_all_used_says_so_and_shows_where(home: Home) -> None:
    for code in home.desk.codes:
        assert home.desk.take(code, hours="1").status_code == 303
    page = home.phone.get("/mes-cheques").text
    assert "Tous vos chèques sont utilisés." in page
    assert page.count("La Roseraie") == 3


def test_what_was_used_is_listed_with_my_share_and_what_was_given_back(home: Home) -> None:
    taken = home.desk.take(home.desk.codes[0], family_share="1,00")
    page = home.phone.get("/mes-cheques/utilises").text
    assert "La Roseraie" in page
    assert "J’ai payé 1,00" in page
    receipt = home.desk.phone.get(taken.location)
    token = receipt.text.split('name="csrf_token" value="')[1].split('"')[0]
    home.desk.phone.post(f"{taken.location}/annuler", data={"csrf_token": token})
    assert "Annulé, chèque rendu" in home.phone.get("/mes-cheques/utilises").text


def test_why_shows_the_stored_lines_that_add_up(home: Home) -> None:
    db = home.desk.db
    with unit_of_work(db):
        [one] = db.query(Allowance).filter_by(parent_id=home.desk.amina).all()
        one.granted, one.issued = 12, 10
        one.period_last_day = in_days(30)
        one.waits_for, one.waits_since = "money_short", clock.now()
        one.explanation = [
            {"label": "de base", "condition": "every_parent", "vouchers": 6},
            {"label": "parent isolé", "condition": "isolated", "vouchers": 8},
            {"label": "", "condition": "cap", "vouchers": -2},
        ]
    page = home.phone.get("/mes-cheques/pourquoi").text
    assert page.index("de base") < page.index("parent isolé") < page.index("Plafond du barème")
    assert "2 chèques sont en attente" in page
    assert "version 1" in page


def test_why_adds_up_to_what_the_home_says(home: Home) -> None:
    assert home.desk.take(home.desk.codes[0]).status_code == 303
    _belongs_to_a_period_now(home, home.desk.more(13))
    said = home.phone.get("/mes-cheques").text
    why = home.phone.get("/mes-cheques/pourquoi").text
    assert '<span class="hero-figure">16</span>' in said
    assert "Vous avez 16 chèques à utiliser." in why
    assert "3 + 13 = 16" in why
    assert "déjà utilisé<" in why
    assert "Périodes passées" not in why


def test_the_words_of_the_scale_stay_french(home: Home) -> None:
    with unit_of_work(home.desk.db):
        [one] = home.desk.db.query(Allowance).filter_by(parent_id=home.desk.amina).all()
        one.explanation = [{"label": "de base", "condition": "every_parent", "vouchers": 4}]
    home.phone.set_cookie("lang", "nl")
    page = home.phone.get("/mes-cheques/pourquoi").text
    assert '<html lang="nl"' in page
    assert '<bdi lang="fr">de base</bdi>' in page
    assert '<bdi lang="fr">Barème</bdi>' in page


def test_a_suspended_parent_is_calmly_told_whom_to_call(home: Home) -> None:
    home.suspend()
    for address in ("/mes-cheques", "/mes-cheques/montrer", "/mes-cheques/papier?cheques=1"):
        page = home.phone.get(address)
        assert page.status_code == 200
        assert "Vos chèques sont en pause." in page.text
        assert "Montrer mon code</span>" not in page.text


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_the_database_little(home: Home, engine: Engine, address: str) -> None:
    home.desk.take(home.desk.codes[0])
    with statements(engine) as seen:
        assert home.phone.get(address).status_code == 200
    assert len(seen) <= 4, seen


@pytest.mark.parametrize("address", PAGES)
def test_a_page_weighs_less_than_a_photo(home: Home, address: str) -> None:
    page, headers = fetch(home.phone, address)
    files = set(STATIC.findall(home.phone.get(address).text)) | {"/static/img/icons.svg"}
    assert headers["Cache-Control"] == "no-store"
    assert page < 15_000
    assert page + sum(fetch(home.phone, one)[0] for one in files) < 60_000


@pytest.mark.parametrize("address", PAGES)
def test_only_parents_have_these_pages(home: Home, address: str) -> None:
    assert home.desk.phone.get(address, headers=BROTLI).status_code == 404
    assert home.desk.app.test_client().get(address).status_code == 303


def _waits(db: Session, parent_id: int, programme_id: int, waits_for: str) -> None:
    scale_id = db.query(Allowance.scale_id).first()
    assert scale_id is not None
    with unit_of_work(db):
        db.add(
            Allowance(
                parent_id=parent_id,
                programme_id=programme_id,
                scale_id=scale_id[0],
                period_first_day=in_days(-30),
                period_last_day=in_days(30),
                granted=6,
                issued=0,
                isolated=False,
                facts={},
                explanation=[],
                waits_since=clock.now(),
                waits_for=waits_for,
            )
        )


def _belongs_to_a_period_now(home: Home, codes: list[str]) -> None:
    """These vouchers are of a running period, all the others of one that is over."""
    db = home.desk.db
    with unit_of_work(db):
        [earlier] = db.query(Allowance).filter_by(parent_id=home.desk.amina).all()
        earlier.period_first_day, earlier.period_last_day = in_days(-400), in_days(-100)
        earlier.granted = earlier.issued = earlier.issued - len(codes)
        now = Allowance(
            parent_id=home.desk.amina,
            programme_id=home.desk.programme_id,
            scale_id=earlier.scale_id,
            period_first_day=in_days(-99),
            period_last_day=in_days(100),
            granted=len(codes),
            issued=len(codes),
            isolated=False,
            facts={},
            explanation=[],
        )
        db.add(now)
        db.flush()
        for code in codes:
            db.get_one(Voucher, cast.voucher_id_of(db, code)).allowance_id = now.id
