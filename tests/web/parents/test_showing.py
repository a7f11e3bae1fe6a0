"""Choose how many, show the code, see it used."""

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.programmes.models import Programme
from repit.domain.vouchers import service
from repit.domain.vouchers.models import Presentation
from tests import cast
from tests.web.parents.stage import Home, code_in, statements
from tests.web.providers.stage import in_days, token_in


def presentations(db: Session) -> int:
    db.rollback()
    return db.scalar(select(func.count()).select_from(Presentation)) or 0


def test_one_is_chosen_unless_the_parent_says_more(home: Home) -> None:
    page = home.phone.get("/mes-cheques/montrer").text
    assert page.count('type="radio"') == 4
    assert 'value="1" checked' in page
    assert "40" in page


def test_the_code_shown_is_taken_and_the_page_says_so(home: Home) -> None:
    address = home.shows(2)
    page = home.phone.get(address)
    assert "2 chèques à montrer" in page.text
    assert "Valable jusqu’à" in page.text
    assert home.phone.get(f"{address}/etat").text == "open"
    assert home.desk.take(code_in(page)).status_code == 303
    after = home.phone.get(address).text
    assert "C’est fait" in after
    assert "2 chèques utilisés" in after
    assert "La Roseraie" in after
    assert home.phone.get(f"{address}/etat").text == "used"


def test_a_new_code_replaces_the_one_before(home: Home) -> None:
    first, second = home.shows(1), home.shows(3)
    assert "Ce code ne sert plus." in home.phone.get(first).text
    assert "3 chèques à montrer" in home.phone.get(second).text


def test_a_code_used_before_a_newer_one_still_says_it_was_used(home: Home) -> None:
    first = home.shows(1)
    home.desk.take(code_in(home.phone.get(first)))
    home.shows(2)
    assert "1 chèque utilisé" in home.phone.get(first).text


def test_a_code_taken_back_gives_the_vouchers_back(home: Home) -> None:
    address = home.shows(1)
    taken = home.desk.take(code_in(home.phone.get(address)))
    token = token_in(home.desk.phone.get(taken.location))
    home.desk.phone.post(f"{taken.location}/annuler", data={"csrf_token": token})
    assert "Vos chèques vous sont rendus." in home.phone.get(address).text


def test_an_old_code_says_so_and_offers_a_new_one(home: Home, db: Session) -> None:
    address = home.shows(1)
    with unit_of_work(db):
        db.scalars(select(Presentation)).one().expires_at = clock.now()
    page = home.phone.get(address).text
    assert "Ce code n’est plus valable." in page
    assert "Faire un nouveau code" in page


def test_too_many_is_refused_with_words_and_keeps_the_choice(home: Home, db: Session) -> None:
    with unit_of_work(db):
        key = cast.voucher_id_of(db, home.desk.codes[0])
        service.block(db, key, motive="perdu", actor=cast.OPERATOR, now=clock.now())
    answer = home.choose(4)
    assert answer.status_code == 409
    assert "C’est plus qu’il ne reste de chèques à montrer : 3." in answer.text
    assert 'value="4" checked' in answer.text
    assert presentations(db) == 0


def test_a_number_that_cannot_be_is_refused(home: Home, db: Session) -> None:
    for typed in ("0", "-1", "9999999999", "deux", ""):
        answer = home.choose(typed)
        assert answer.status_code == 422, typed
        assert 'class="wrong"' in answer.text
    assert presentations(db) == 0


def test_without_the_page_s_token_nothing_is_made(home: Home, db: Session) -> None:
    answer = home.phone.post("/mes-cheques/montrer", data={"cheques": "1"})
    assert answer.status_code == 422
    assert 'value="1" checked' in answer.text
    assert presentations(db) == 0


def test_a_suspended_parent_shows_nothing(home: Home, db: Session) -> None:
    token = token_in(home.phone.get("/mes-cheques/montrer"))
    home.suspend()
    answer = home.phone.post("/mes-cheques/montrer", data={"csrf_token": token, "cheques": 1})
    assert answer.status_code == 409
    assert "Vos chèques sont en pause." in answer.text
    assert presentations(db) == 0


def test_a_stranger_finds_nothing_at_somebody_s_code(home: Home) -> None:
    address = home.shows(1)
    for page in (address, f"{address}/etat", "/mes-cheques/code/00ff"):
        assert home.chloe.get(page).status_code == 404
        assert home.desk.phone.get(page).status_code == 404
    assert home.phone.get(address).status_code == 200


def test_a_stranger_s_programme_is_not_there(home: Home) -> None:
    for page in ("montrer", "papier"):
        assert home.chloe.get(f"/mes-cheques/{page}?dispositif=nothing").status_code == 404


def test_the_code_stays_nowhere_and_costs_few_statements(home: Home, engine: Engine) -> None:
    address = home.shows(1)
    with statements(engine) as seen:
        page = home.phone.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert len(seen) <= 3, seen


def test_the_code_never_stands_in_an_address(home: Home) -> None:
    address = home.shows(1)
    code = code_in(home.phone.get(address))
    assert code not in address.upper()


def test_with_two_programmes_the_parent_says_which(home: Home, db: Session) -> None:
    other = cast.a_programme(db, name="Relais du soir", face_cents=500)
    fund = cast.a_fund(db, other, funder_id=cast.a_funder(db, "CAF"))
    cast.vouchers_for(db, home.desk.amina, fund, vouchers=2, last_day=in_days(90))
    programme = db.get_one(Programme, other).public_id
    for address in ("/mes-cheques/montrer", "/mes-cheques/papier"):
        assert "Quels chèques ?" in home.phone.get(address).text
    answer = home.choose(2, programme)
    assert answer.status_code == 303
    seen = home.desk.look(code_in(home.phone.get(answer.location)))
    assert "10 €" in seen.text.replace("\u202f", " ").replace("\xa0", " ")
    assert home.chloe.get(f"/mes-cheques/montrer?dispositif={programme}").status_code == 404
