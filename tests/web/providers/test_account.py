"""What a provider reads about its own money, rights and devices."""

import csv
import html
import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock, ids
from repit.domain.categories import Category
from repit.domain.money import Cents
from repit.domain.programmes.models import Programme
from repit.domain.providers.models import Accreditation, Device
from repit.domain.redemptions.desk import Brought, Desk
from repit.domain.redemptions.models import Redemption
from repit.domain.redemptions.reverse import reverse_by_operator
from repit.domain.redemptions.rules import Service
from repit.domain.settlements.by_hand import record_payout
from repit.web import formats
from tests import cast
from tests.cast import OPERATOR, VAULT
from tests.visits import visit_as
from tests.web.providers.stage import Stage, in_days, today, token_in, works_for


def words(text: str) -> str:
    return html.unescape(text).replace("\xa0", " ").replace("\u202f", " ")


def takes(stage: Stage, vouchers: int, *, days_ago: int = 0, **service: Any) -> None:
    """Redeem that many vouchers one by one, some days ago."""
    engine = stage.db.get_bind()
    now = clock.now() - timedelta(days=days_ago)
    about: dict[str, Any] = {
        "category": Category.BABYSITTING,
        "service_on": today() - timedelta(days=days_ago),
        "minutes": 60,
        "sessions": None,
        "family_share": Cents(0),
    } | service
    desk = Desk(engine, VAULT)  # type: ignore[arg-type]  # an engine, in these tests
    for code in stage.more(vouchers, first_day=in_days(-100)):
        brought = Brought(ids.redemption_id(), [code], Service(**about))
        desk.redeem(stage.roseraie.device_id, brought, now=now)


def test_what_must_be_given_back_is_not_promised_again(stage: Stage) -> None:
    takes(stage, 1, days_ago=30)
    now = clock.now()
    with unit_of_work(stage.db):
        record_payout(
            stage.db, stage.roseraie.id, seen=Cents(1_000), paid_on=today(), reference="VIR 1",
            actor=OPERATOR, now=now,
        )  # fmt: skip
        taken = stage.db.scalars(select(Redemption.id)).one()
        reverse_by_operator(stage.db, taken, motive="Erreur", actor=OPERATOR, now=now)
    takes(stage, 1)

    page = words(stage.phone.get("/prestataire/compte").text)

    assert "Rien ne sera viré pour le moment" in page
    assert "Ce qui sera payé" not in page
    assert "au plus tard" not in page


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def test_the_last_twenty_are_listed_and_the_rest_one_tap_further(stage: Stage) -> None:
    takes(stage, 23)

    first = stage.phone.get("/prestataire/encaissements")
    [older] = [
        part.split('"')[0]
        for part in html.unescape(first.text).split('href="')
        if "avant=" in part.split('"')[0]
    ]
    second = stage.phone.get(older)

    assert first.text.count('class="card taking') == 20
    assert second.text.count('class="card taking') == 3
    assert "Les plus récents" in second.text


def test_a_reversed_one_stays_in_the_list_and_leaves_the_totals(stage: Stage) -> None:
    takes(stage, 1)
    place = stage.take(stage.codes[0]).location
    token = token_in(stage.phone.get(place))
    stage.phone.post(f"{place}/annuler", data={"csrf_token": token})

    page = words(stage.phone.get("/prestataire/encaissements").text)

    assert page.count("Amina</bdi>") == 2
    assert "Annulé le" in page
    assert "1 annulé" in page
    assert '<td class="num" data-label="Montant">10,00 €</td>' in page


def test_the_list_offers_to_undo_inside_the_window_only(stage: Stage) -> None:
    takes(stage, 1, days_ago=3)
    takes(stage, 2)

    page = stage.phone.get("/prestataire/encaissements").text

    assert page.count("/annuler") == 2


def test_a_month_shows_its_own_services_only(stage: Stage) -> None:
    takes(stage, 1, days_ago=45)
    takes(stage, 2)
    month = first_of_month(today() - timedelta(days=45))

    page = stage.phone.get(f"/prestataire/encaissements?mois={month:%Y-%m}")

    assert page.text.count('class="card taking') == 1


@pytest.mark.parametrize("month", ["2026-13", "mars", "", "2026-03-01", "9999-12"])
def test_a_month_that_is_none_is_not_a_file(stage: Stage, month: str) -> None:
    assert stage.phone.get(f"/prestataire/encaissements/{month}.csv").status_code == 404
    assert stage.phone.get(f"/prestataire/encaissements?mois={month}").status_code == 200


def test_the_file_of_a_month_has_its_redemptions_and_no_formula(stage: Stage) -> None:
    evil = cast.a_parent(stage.db, "=CMD()")
    code = stage.more(parent_id=evil)[0]
    stage.take(code, family_share="0,50")

    answer = stage.phone.get(f"/prestataire/encaissements/{today():%Y-%m}.csv")

    [line] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert answer.mimetype == "text/csv"
    assert line["Prénom"] == "'=CMD()"
    assert line["Montant (€)"] == "10,00"
    assert line["Participation de la famille (€)"] == "0,50"
    assert line["Minutes"] == "60"
    assert line["État"] == "à payer"


def test_what_is_owed_is_grouped_by_the_day_it_is_promised_for(stage: Stage) -> None:
    takes(stage, 2, days_ago=4)
    takes(stage, 1)

    page = words(stage.phone.get("/prestataire/compte").text)

    with stage.app.test_request_context():
        first, second = formats.day(in_days(26)), formats.day(in_days(30))
    assert '<p class="hero-figure">30,00 €</p>' in page
    assert page.index(first) < page.index(second)
    assert "2 encaissements" in page


def test_what_was_paid_is_no_longer_owed(stage: Stage) -> None:
    takes(stage, 2, days_ago=4)
    with unit_of_work(stage.db):
        record_payout(
            stage.db,
            stage.roseraie.id,
            seen=Cents(2_000),
            paid_on=today(),
            reference="VIR-2026-11",
            actor=OPERATOR,
            now=clock.now(),
        )

    page = words(stage.phone.get("/prestataire/compte").text)

    assert '<p class="hero-figure">0,00 €</p>' in page
    assert "VIR-2026-11" in page
    assert "20,00 €" in page


@pytest.mark.parametrize(
    ("days", "tone"),
    [(60, "brand"), (31, "brand"), (30, "warn"), (8, "warn"), (7, "bad"), (0, "bad")],
)
def test_the_end_of_a_right_is_said_ever_louder(stage: Stage, days: int, tone: str) -> None:
    _ends_in(stage.db, days)

    scanner = words(stage.phone.get("/prestataire").text)
    account = stage.phone.get("/prestataire/compte").text

    assert f"note--{tone}" in scanner
    assert "Un de vos agréments finit bientôt." in scanner
    assert f"pill--{tone}" in account


def test_nothing_is_said_while_the_end_is_far_or_renewed(stage: Stage) -> None:
    _ends_in(stage.db, 61)
    assert "finit bientôt" not in stage.phone.get("/prestataire").text


def test_another_device_can_be_taken_away_but_not_this_one(stage: Stage) -> None:
    lost = visit_as(stage.app, stage.rose)
    here, there = stage.db.scalars(
        select(Device.public_id).where(Device.kind == "browser").order_by(Device.id)
    )
    token = token_in(stage.phone.get("/prestataire/compte"))

    def take_away(public_id: str) -> int:
        place = f"/prestataire/compte/appareils/{public_id}/retirer"
        return stage.phone.post(place, data={"csrf_token": token}).status_code

    assert take_away(here) == 404
    assert take_away("nobody") == 404
    assert take_away(there) == 303
    assert lost.get("/prestataire").status_code == 303  # to the entrance
    assert stage.phone.get("/prestataire").status_code == 200


def test_another_provider_s_device_is_out_of_reach(stage: Stage) -> None:
    other = cast.a_provider(stage.db, "Le Tilleul")
    works_for(stage.db, other, "Théo")
    theirs = stage.db.scalars(select(Device.public_id).where(Device.provider_id == other.id)).one()
    token = token_in(stage.phone.get("/prestataire/compte"))

    place = f"/prestataire/compte/appareils/{theirs}/retirer"

    assert stage.phone.post(place, data={"csrf_token": token}).status_code == 404


def test_an_overdue_payment_is_named(stage: Stage) -> None:
    with unit_of_work(stage.db):
        stage.db.execute(update(Programme).values(pays_within_days=1))
    takes(stage, 1, days_ago=5)

    assert "En retard" in stage.phone.get("/prestataire/compte").text


def _ends_in(db: Session, days: int) -> None:
    babysitting = Accreditation.category == "babysitting"
    with unit_of_work(db):
        db.execute(update(Accreditation).where(babysitting).values(last_day=in_days(days)))
