import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain.categories import Category
from repit.domain.programmes.models import Fund, Programme
from repit.domain.providers.models import Tariff
from repit.domain.referrals import queries
from repit.domain.referrals import service as referrals
from repit.domain.referrals.rules import Kind, NewReferral, Outcome
from tests import cast
from tests.cast import NOON, OPERATOR
from tests.domain.bookings import workshop
from tests.domain.figures.stage import Stage, a_stage, noon
from tests.web.operators.desk import counted, words

BOARD = "/porteur/tableau-de-bord/"


@pytest.fixture
def stage(db: Session, engine: Engine) -> Stage:
    """Amina uses three vouchers in April and Chloé one in September, taken back in October."""
    stage = a_stage(db, engine)
    amina = stage.parent("Amina", isolated=True, town="Lens")
    chloe = stage.parent("Chloé", town="Croix", postcode="59170")
    stage.use(amina[:2], date(2026, 4, 3))
    stage.use(amina[2:3], date(2026, 4, 20), category=Category.HOME_HELP)
    taken = stage.use(chloe[:1], date(2026, 9, 8))
    stage.undo(taken, date(2026, 10, 1))
    return stage


def figure(page: TestResponse, label: str) -> str:
    """Return a number, and what is said of the year before."""
    card = page.text.split(f'"stat-label">{label}</span>', 1)[1].split("<details", 1)[0]
    return " ".join(re.sub(r"<[^>]+>|[\s\u00a0\u202f]", " ", card).split())


def used_a_year_before(stage: Stage, *, begins: date) -> None:
    """Let the programme begin earlier, and Nadia use two vouchers in April 2025."""
    with unit_of_work(stage.db):
        stage.db.get_one(Programme, stage.programme_id).first_day = begins
    codes = cast.vouchers_for(
        stage.db,
        cast.a_parent(stage.db, "Nadia"),
        stage.fund_id,
        vouchers=2,
        first_day=date(2025, 1, 1),
        last_day=date(2025, 12, 31),
    )
    stage.use(codes, date(2025, 4, 10))


def test_the_numbers_stand_first_each_with_its_definition(
    stage: Stage, operator: FlaskClient
) -> None:
    page = operator.get(f"{BOARD}?first=2026-01&last=2026-11")

    assert figure(page, "Foyers aidés") == "2 pas de données un an avant"
    assert figure(page, "dont foyers isolés").startswith("1 ")
    assert figure(page, "Chèques utilisés").startswith("3 ")
    assert figure(page, "Versé").startswith("100 000,00 € ")
    assert "Les foyers qui ont utilisé au moins un chèque. Unité : foyer" in words(page)
    assert "pas de données, donc rien à comparer" in words(page)
    assert page.text.index("Foyers aidés") < page.text.index("Par mois")


def test_every_plot_has_its_table(stage: Stage, operator: FlaskClient) -> None:
    page = operator.get(f"{BOARD}?first=2026-04&last=2026-04").text

    assert page.count("<figure>") == page.count('role="img" lang="fr"')
    for part in page.split("<figure>")[1:]:
        assert "<table" in part.split("</section>")[0]
    assert "style=" not in page


def test_a_year_is_compared_with_the_one_before(stage: Stage, operator: FlaskClient) -> None:
    used_a_year_before(stage, begins=date(2024, 1, 1))

    page = operator.get(f"{BOARD}?first=2026-04&last=2026-04")

    assert "Comparé à la même période, du 1er avril 2025 au 30 avril 2025." in words(page)
    assert figure(page, "Chèques utilisés") == "3 2 un an avant (+50 %)"
    assert figure(page, "Foyers aidés") == "1 1 un an avant (pareil)"


def test_before_the_programme_began_nothing_is_compared_by_month(
    stage: Stage, operator: FlaskClient
) -> None:
    used_a_year_before(stage, begins=date(2025, 4, 1))

    page = operator.get(f"{BOARD}?first=2026-03&last=2026-04")
    lines = operator.get(f"{BOARD}?first=2026-03&last=2026-04&format=csv&table=mois").text

    assert "la comparaison ne porte pas sur toute la période" in words(page)
    assert "(+50 %)" not in words(page)
    assert [line.rsplit(";", 1)[1] for line in lines.splitlines()[1:]] == ["", "2", "2"]


@pytest.mark.parametrize(
    ("filters", "used"),
    [
        ("town=Lens", "3 "),
        ("town=Croix", "0 "),
        ("isolated=yes", "3 "),
        ("isolated=no", "0 "),
        ("category=home_help", "1 "),
        ("category=well_being", None),
    ],
)
def test_filters_stand_in_the_address(
    stage: Stage, operator: FlaskClient, filters: str, used: str | None
) -> None:
    page = operator.get(f"{BOARD}?first=2026-01&last=2026-11&{filters}")

    if used is None:
        assert "Rien sur cette période." in words(page)
        return
    assert figure(page, "Chèques utilisés").startswith(used)
    assert " Versé " not in words(page)  # money is not divided by people


def test_a_fund_alone_shows_its_own_money(stage: Stage, operator: FlaskClient, db: Session) -> None:
    other = cast.a_fund(db, stage.programme_id, funder_id=stage.funder_id, cents=5_000)
    stage.use(stage.parent("Nadia", fund_id=other, vouchers=2)[:1], date(2026, 5, 5))
    public_id = db.get_one(Fund, other).public_id

    page = operator.get(f"{BOARD}?first=2026-01&last=2026-11&fund={public_id}")

    assert figure(page, "Versé").startswith("50,00 € ")
    assert figure(page, "Chèques utilisés").startswith("1 ")


@pytest.mark.parametrize(
    ("filters", "answer"),
    [
        ("fund=nothing", "Cette enveloppe n’est pas dans ce dispositif."),
        ("category=nothing", "Cette catégorie n’existe pas."),
        ("isolated=maybe", "Choisissez « Isolés » ou « Non isolés »."),
        ("town=zzz&isolated=yes", "Aucun parent n’habite « zzz »."),
    ],
)
def test_a_filter_that_names_nothing_is_said_and_counts_nothing(
    stage: Stage, operator: FlaskClient, filters: str, answer: str
) -> None:
    answered = operator.get(f"{BOARD}?{filters}")

    assert answered.status_code == 404
    assert answer in words(answered)
    assert "Foyers aidés" not in words(answered)


def test_a_town_where_nobody_lives_is_not_offered_and_other_filters_stay(
    stage: Stage, operator: FlaskClient
) -> None:
    page = operator.get(f"{BOARD}?town=zzz&isolated=yes").text

    assert 'value="zzz"' not in page
    assert 'value="Lens"' in page
    assert re.search(r'<option selected value="yes">', page)


@pytest.mark.parametrize(
    ("months", "shown"),
    [
        ("first=2026-13", "du 1er décembre 2025 au 30 novembre 2026"),
        ("first=abc&last=2026-06", "du 1er juillet 2025 au 30 juin 2026"),
        ("first=2026-03&last=0000-01", "du 1er mars 2026 au 30 novembre 2026"),
    ],
)
def test_a_month_that_is_none_is_said_with_what_is_shown_instead(
    stage: Stage, operator: FlaskClient, months: str, shown: str
) -> None:
    page = words(operator.get(f"{BOARD}?{months}"))

    assert f"Un mois n’a pas pu être lu : un mois s’écrit 2026-03. Voici {shown}." in page


def test_a_fund_of_another_programme_is_no_filter(
    stage: Stage, operator: FlaskClient, db: Session
) -> None:
    elsewhere = cast.a_fund(db, cast.a_programme(db), funder_id=stage.funder_id)
    public_id = db.get_one(Fund, elsewhere).public_id
    programme = db.get_one(Programme, stage.programme_id).public_id

    answered = operator.get(f"{BOARD}?programme={programme}&fund={public_id}")

    assert answered.status_code == 404
    assert "Cette enveloppe n’est pas dans ce dispositif." in words(answered)


def test_half_a_month_becomes_whole_months_and_is_said(stage: Stage, operator: FlaskClient) -> None:
    page = operator.get(f"{BOARD}?first=2026-04-15&last=2026-04-30")

    assert "Le tableau montre des mois entiers" in words(page)
    assert figure(page, "Chèques utilisés").startswith("3 ")


def test_months_to_come_and_a_period_without_data_say_so(
    stage: Stage, operator: FlaskClient
) -> None:
    assert "n’ont pas encore commencé" in words(operator.get(f"{BOARD}?first=2027-05"))
    empty = words(operator.get(f"{BOARD}?first=2026-06&last=2026-07"))
    assert "Rien sur cette période." in empty
    assert "Les douze derniers mois" in empty


def test_without_any_programme_the_way_on_is_shown(operator: FlaskClient) -> None:
    page = operator.get(BOARD)

    assert "Aucun dispositif pour l’instant." in words(page)
    assert "Aucun dispositif" in words(operator.get(f"{BOARD}previsions/"))


def test_a_programme_that_is_none_is_not_found(stage: Stage, operator: FlaskClient) -> None:
    assert operator.get(f"{BOARD}?programme=nothing").status_code == 404


def test_a_file_holds_its_table_as_it_is_filtered(stage: Stage, operator: FlaskClient) -> None:
    asked = f"{BOARD}?first=2026-01&last=2026-11&format=csv"

    towns = operator.get(f"{asked}&table=communes")
    months = operator.get(f"{asked}&table=mois&town=Lens")

    assert towns.headers["Content-Disposition"].endswith('"tableau-de-bord-communes.csv"')
    assert towns.get_data(as_text=True).lstrip("\ufeff").splitlines() == [
        "Commune;Foyers aidés;Parents aidés;Chèques émis;Chèques utilisés;Utilisé",
        "Croix;1;1;12;0;0,00",
        "Lens;1;1;12;3;30,00",
        "Total;2;2;24;3;30,00",
    ]
    lines = months.get_data(as_text=True).splitlines()
    assert len(lines) == 1 + 11 + 1
    assert lines[4] == "avril 2026;1;0;3;30,00;1,50;0"
    assert operator.get(f"{asked}&table=rien").status_code == 404


def test_a_town_named_like_a_formula_stays_words(stage: Stage, operator: FlaskClient) -> None:
    stage.use(stage.parent("Eve", town='=2+2<b>"')[:1], date(2026, 5, 5))

    page = operator.get(f"{BOARD}?first=2026-05&last=2026-05").text
    lines = operator.get(f"{BOARD}?first=2026-05&last=2026-05&format=csv&table=communes").text

    assert "<b>" not in page
    assert "'=2+2<b>" in lines


def test_the_page_asks_as_much_of_a_year_as_of_a_month(
    stage: Stage, operator: FlaskClient, engine: Engine
) -> None:
    def cost(query: str) -> int:
        with counted(engine) as sent:
            assert operator.get(BOARD + query).status_code == 200
        return len(sent)

    cost("")
    month = cost("?first=2026-04&last=2026-04")
    stage.use(stage.parent("Nadia", town="Lille")[:5], date(2026, 4, 4))
    stage.close(date(2026, 11, 20) - timedelta(days=1))

    assert cost("?first=2022-01&last=2026-11") <= month + 2
    assert month < 60


def called_off(db: Session, programme_id: int) -> None:
    workshop_id = workshop.a_workshop(
        db, programme_id, workshop.a_place(db), title="Café des parents"
    )
    workshop.a_session(
        db,
        workshop_id,
        day=date(2026, 4, 1),
        state="cancelled",
        cancelled_at=NOON,
        cancel_motive="=malade",
    )


def test_what_happens_besides_vouchers_has_its_tables(
    stage: Stage, operator: FlaskClient, db: Session
) -> None:
    called_off(db, stage.programme_id)

    asked = f"{BOARD}?first=2026-04&last=2026-04"
    page = operator.get(asked)
    lines = operator.get(f"{asked}&format=csv&table=seances-annulees").text

    assert figure(page, "Séances annulées") == "1 pas de données un an avant"
    assert figure(page, "Satisfaction") == "– rien à mesurer sur ces mois"
    assert "1 avril 2026;Café des parents;'=malade" in lines.replace("1er", "1")
    providers = operator.get(f"{asked}&format=csv&table=prestataires").text.splitlines()
    assert providers[1:] == ["La Roseraie;1,50"]
    assert operator.get(f"{asked}&town=Lens&format=csv&table=prestataires").status_code == 404
    assert "Pour tout le dispositif" in words(operator.get(f"{asked}&town=Lens"))


def test_hours_that_nobody_noted_are_no_zero_in_their_number_nor_in_their_table(
    stage: Stage, operator: FlaskClient
) -> None:
    with unit_of_work(stage.db):
        stage.db.execute(
            update(Tariff).where(Tariff.category == Category.WELL_BEING).values(unit="session")
        )
    kind = Category.WELL_BEING
    stage.use(stage.parent("Nour")[:2], date(2026, 5, 6), category=kind, minutes=None, sessions=1)

    asked = f"{BOARD}?first=2026-05&last=2026-05&category=well_being"
    page = operator.get(asked)
    lines = operator.get(f"{asked}&format=csv&table=categories").text.splitlines()

    assert figure(page, "Heures de répit") == "– durée non notée"
    assert lines[-1].startswith("Total;1;2;")
    assert lines[-1].split(";")[4] == ""


def test_isolated_and_priority_area_say_what_they_mean(stage: Stage, operator: FlaskClient) -> None:
    page = operator.get(f"{BOARD}?first=2026-04&last=2026-04").text

    isolated = page.split("dont foyers isolés</span>", 1)[1].split("</details>", 1)[0]
    area = page.split("dont en quartier prioritaire</span>", 1)[1].split("</details>", 1)[0]
    assert "garde alternée" in isolated
    assert "géographie de 2024" in area
    assert "au moins un chèque" not in isolated + area.split("Unité")[0].replace("où il a", "")


def test_a_share_says_of_how_many(stage: Stage, operator: FlaskClient) -> None:
    """Two referrals of March end in April, none is noted there: two of none would be no share."""
    for number, outcome in enumerate((Outcome.WORKED, Outcome.DID_NOT_WORK)):
        new = NewReferral(
            UUID(int=number), stage.programme_id, Kind.HOUSING, "Bailleur", date(2026, 3, 2)
        )
        with unit_of_work(stage.db):
            name = referrals.note(stage.db, new, actor=OPERATOR, now=noon(date(2026, 3, 3)))
        one = queries.referral(stage.db, name)
        with unit_of_work(stage.db):
            referrals.say(stage.db, one.id, outcome, actor=OPERATOR, now=noon(date(2026, 4, 3)))

    page = operator.get(f"{BOARD}?first=2026-04&last=2026-04")
    lines = operator.get(f"{BOARD}?first=2026-04&last=2026-04&format=csv&table=orientations").text

    label = "Part des orientations qui ont abouti"
    assert figure(page, label).startswith("1 sur 2 (50 %) ")
    assert lines.splitlines() == ["\ufeffSorte;Notées;Suite connue;Ont abouti", "Logement;0;2;1"]
