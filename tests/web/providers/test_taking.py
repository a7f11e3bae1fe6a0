"""Taking vouchers through the page, and taking it back."""

import html

import pytest
from sqlalchemy import select, update

from repit.db.unit_of_work import unit_of_work
from repit.domain.ledger.queries import owed_to
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Tariff
from repit.domain.redemptions.models import Redemption, Reversal
from repit.domain.vouchers.models import Voucher
from repit.web import formats
from tests import cast
from tests.visits import visit_as
from tests.web.providers.stage import Stage, in_days, today, token_in, works_for


def words(text: str) -> str:
    return html.unescape(text).replace("\xa0", " ").replace("\u202f", " ")


def test_looking_shows_a_first_name_the_worth_and_the_last_day_and_takes_nothing(
    stage: Stage,
) -> None:
    page = stage.look(stage.shown(3))

    shown = words(page.text)
    with stage.app.test_request_context():
        last_day = formats.day(in_days(200))
    assert "Amina" in shown
    assert "Dupont" not in shown
    assert "30 €" in shown
    assert "3 chèques" in shown
    assert last_day in shown
    assert stage.db.scalars(select(Redemption)).all() == []


def test_how_far_the_vouchers_go_is_said_without_javascript(stage: Stage) -> None:
    with unit_of_work(stage.db):
        stage.db.execute(update(Tariff).values(unit_cents=2_250))

    shown = words(stage.look(stage.shown(2)).text)

    assert "22,50 € l’heure, soit 53 min pour 20 €" in shown


def test_a_code_may_be_typed_in_any_way(stage: Stage) -> None:
    code = stage.codes[0].lower()
    spaced = f" {code[:4]} {code[4:8]}-{code[8:]} "

    for typed in (spaced, f"HTTPS://REPIT.EXEMPLE.FR/V/{stage.codes[0]}"):
        assert "Vérifier et encaisser" in stage.look(typed).text


def test_taking_answers_green_with_the_euros_the_day_and_the_way_back(stage: Stage) -> None:
    taken = stage.take(stage.shown(2), take="2", family_share="0")

    page = stage.phone.get(taken.location)

    shown = words(page.text)
    row = stage.db.scalars(select(Redemption)).one()
    with stage.app.test_request_context():
        assert formats.day(row.paid_by_on) in shown
        assert words(formats.moment(row.undo_until)) in shown
    assert "result--ok" in shown
    assert "20,00 €" in shown
    assert "Annuler cet encaissement" in shown
    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 2_000}


def test_fewer_vouchers_than_shown_may_be_taken(stage: Stage) -> None:
    stage.take(stage.shown(3), take="1")

    row = stage.db.scalars(select(Redemption)).one()
    assert (row.vouchers, row.amount_cents) == (1, 1_000)


def test_a_service_by_the_session_asks_for_sessions(stage: Stage) -> None:
    with unit_of_work(stage.db):
        stage.db.execute(update(Tariff).values(unit="session", unit_cents=3_500))
    page = stage.look(stage.codes[0])
    assert "Nombre de séances" in page.text
    assert 'name="hours"' not in page.text

    refused = stage.confirm(page, hours="")
    taken = stage.confirm(page, hours="", sessions="1")

    assert refused.status_code == 422
    assert "Écrivez le nombre de séances." in words(refused.text)
    assert taken.status_code == 303
    assert stage.db.scalars(select(Redemption)).one().sessions == 1


def test_a_double_tap_is_one_receipt(stage: Stage) -> None:
    page = stage.look(stage.codes[0])

    first, again = stage.confirm(page), stage.confirm(page)

    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 1_000}


def test_a_stale_or_foreign_form_takes_nothing(stage: Stage) -> None:
    page = stage.look(stage.codes[0])

    refused = stage.confirm(page, csrf_token="a token of nobody")

    assert refused.status_code == 422
    assert stage.db.scalars(select(Redemption)).all() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "gold"),
        ("take", "0"),
        ("take", "-1"),
        ("hours", "99999999999999999999"),
        ("hours", "un peu"),
        ("minutes", "60"),
        ("hours", ""),
        ("service_on", "31/02/2026"),
        ("family_share", "beaucoup"),
        ("redemption_id", "not-an-id"),
    ],
)
def test_an_answer_that_means_nothing_is_asked_again(stage: Stage, field: str, value: str) -> None:
    refused = stage.confirm(stage.look(stage.codes[0]), **{field: value})

    assert refused.status_code == 422
    assert "à corriger" in words(refused.text)
    assert stage.db.scalars(select(Redemption)).all() == []


def test_undoing_gives_the_voucher_back_once(stage: Stage) -> None:
    place = stage.take(stage.codes[0]).location
    token = token_in(stage.phone.get(place))

    for _ in range(2):
        undone = stage.phone.post(f"{place}/annuler", data={"csrf_token": token})
        assert undone.location == place

    assert "Annulé" in stage.phone.get(place).text
    assert owed_to(stage.db, [stage.roseraie.id]) == {stage.roseraie.id: 0}
    assert stage.db.scalars(select(Voucher.state)).all() == ["issued"] * 4
    assert len(stage.db.scalars(select(Reversal)).all()) == 1


def test_after_the_window_only_the_operator_undoes(stage: Stage) -> None:
    with unit_of_work(stage.db):
        stage.db.execute(update(Programme).values(undo_hours=0))
    place = stage.take(stage.codes[0]).location
    token = token_in(stage.phone.get(place))

    page = stage.phone.post(f"{place}/annuler", data={"csrf_token": token}, follow_redirects=True)

    assert "Le délai pour annuler a pris fin le " in words(page.text)
    assert "Le porteur du dispositif peut encore" in words(page.text)
    assert "Annuler cet encaissement" not in page.text
    assert stage.db.scalars(select(Reversal)).all() == []


def test_undoing_needs_the_token_of_the_page(stage: Stage) -> None:
    place = stage.take(stage.codes[0]).location

    stage.phone.post(f"{place}/annuler", data={"csrf_token": "none"})

    assert stage.db.scalars(select(Reversal)).all() == []


def test_another_provider_neither_sees_nor_undoes_it(stage: Stage) -> None:
    place = stage.take(stage.codes[0]).location
    other = cast.a_provider(stage.db, "Le Tilleul", until=in_days(90))
    theo = visit_as(stage.app, works_for(stage.db, other, "Théo"))

    assert theo.get(place).status_code == 404
    token = token_in(theo.get("/prestataire"))
    page = theo.post(f"{place}/annuler", data={"csrf_token": token}, follow_redirects=True)

    assert page.status_code == 404
    assert stage.db.scalars(select(Reversal)).all() == []


def test_the_day_of_service_is_today_unless_said_otherwise(stage: Stage) -> None:
    assert f'value="{today().isoformat()}"' in stage.look(stage.codes[0]).text


def test_a_page_open_for_too_long_is_sent_once_more(stage: Stage) -> None:
    page = stage.phone.post(
        "/prestataire/regarder", data={"csrf_token": "old", "typed": stage.codes[0]}
    )

    assert page.status_code == 422
    assert "Envoyez encore une fois." in words(page.text)
    assert f'value="{stage.codes[0]}"' in page.text


def test_nothing_typed_is_asked_for(stage: Stage) -> None:
    page = stage.look("")

    assert page.status_code == 422
    assert "Scannez le code, ou écrivez-le ici." in words(page.text)


def test_reloading_a_refused_form_leads_back_to_the_scanner(stage: Stage) -> None:
    assert stage.phone.get("/prestataire/encaisser").location == "/prestataire"
