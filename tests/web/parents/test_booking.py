"""Workshops near a parent, and booking one in one screen."""

import re
from datetime import date, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from repit.db.unit_of_work import unit_of_work
from repit.domain.bookings.models import CareRefusal, WaitingParty
from repit.domain.care.models import CareSlot
from repit.domain.households.children import leave
from repit.domain.households.models import Child, Parent
from repit.domain.workshops.models import Workshop, WorkshopSession
from tests import cast
from tests.domain.bookings import workshop
from tests.today import THE_DAY
from tests.visits import visit_as
from tests.web.parents.evening import DAY, Evening, hidden_in, without_tokens
from tests.web.parents.stage import statements
from tests.web.test_weight import STATIC, fetch


def test_a_child_joins_a_booking_all_or_nothing_and_twice_is_once(evening: Evening) -> None:
    address = evening.booked("Léo")
    assert f'href="{evening.session}"' in evening.phone.get(address).text
    screen = evening.phone.get(evening.session).text
    assert "Ajouter un enfant ?" in screen
    assert "A déjà sa place." in screen

    for _ in range(2):
        joined = evening.send(evening.session, None, evening.key("Mia"), act="add")
        assert (joined.status_code, joined.location) == (303, address)

    assert [one.version for one in evening.live()] == [1]
    assert evening.held() == 2
    assert "Mia" in evening.phone.get(address).text
    evening.press(f"{address}/annuler")
    assert evening.held() == 0


def test_a_child_who_does_not_fit_is_refused_as_when_booking(evening: Evening) -> None:
    address = evening.booked("Léo")
    evening.change(CareSlot, evening.slot_id, room_places=1)

    refused = evening.send(evening.session, None, evening.key("Mia"), act="add")

    assert refused.status_code == 409
    assert evening.held() == 1
    assert evening.db.scalars(select(CareRefusal.children)).all() == [1]
    assert "Mia" not in evening.phone.get(address).text


def test_a_child_who_left_every_home_is_only_where_it_was_kept(evening: Evening) -> None:
    address = evening.booked("Mia")
    parent = evening.db.get_one(Parent, evening.town.amina).public_id
    mia = evening.db.get_one(Child, evening.children["Mia"]).public_id
    evening.db.rollback()
    with unit_of_work(evening.db):
        leave(evening.db, cast.OPERATOR, (parent, mia), cast.NOON)
    odile = visit_as(evening.phone.application, cast.an_operator(evening.db))

    assert "Mia" in evening.phone.get(address).text
    for page in ("/mes-enfants", evening.session, "/gardes"):
        assert "Mia" not in evening.phone.get(page).text
    assert evening.phone.get(f"/mes-enfants/{mia}").status_code == 404
    assert odile.get(f"/porteur/parents/{parent}/enfants/{mia}").status_code == 404
    assert "Mia" not in odile.get(f"/porteur/parents/?q={parent}").text


def test_nobody_adds_a_child_where_they_have_no_booking(evening: Evening) -> None:
    evening.booked("Léo")

    answer = evening.send(evening.session, evening.of_chloe, act="add")

    assert answer.status_code in {404, 409}
    assert len(evening.live()) == 1


def test_a_parent_sees_what_is_to_come_under_its_neutral_title(evening: Evening) -> None:
    page = evening.phone.get("/ateliers").text
    assert "Un temps pour soi" in page
    assert "Entreparent" not in page
    assert "mercredi 9 décembre" in page
    assert "18 h" in page
    assert "places disponibles" in page
    assert "avec garde" in page


def test_a_title_without_translation_says_that_it_is_french(evening: Evening) -> None:
    evening.phone.get("/langue/ar")
    before = evening.phone.get("/ateliers").text
    assert '<bdi lang="fr">Un temps pour soi</bdi>' in before
    evening.change(
        Workshop, evening.workshop_id, translations={"ar": {"public_title": "وقت لنفسي"}}
    )
    after = evening.phone.get("/ateliers").text
    assert "<bdi>وقت لنفسي</bdi>" in after


def test_the_list_is_kept_by_town_month_and_care(evening: Evening) -> None:
    elsewhere = workshop.a_place(evening.db, town="Arras")
    other = workshop.a_workshop(
        evening.db, evening.town.programme_id, elsewhere, public_title="Marcher ensemble"
    )
    workshop.a_session(evening.db, other, day=date(2027, 1, 13))
    for query, shown, left_out in (
        ("ville=Arras", "Marcher", "Un temps"),
        ("mois=2026-12", "Un temps", "Marcher"),
        ("garde=y", "Un temps", "Marcher"),
    ):
        page = evening.phone.get(f"/ateliers?{query}").text
        assert shown in page, query
        assert left_out not in page, query
    nonsense = evening.phone.get("/ateliers?ville=Nulle-part&mois=demain")
    assert nonsense.status_code == 200
    assert "Marcher" in nonsense.text


def test_the_list_asks_the_same_few_statements_for_many_dates(
    evening: Evening, engine: Engine
) -> None:
    counts = []
    for weeks in (1, 20):
        for week in range(weeks):
            day = DAY + timedelta(weeks=weeks + week)
            workshop.a_session(evening.db, evening.workshop_id, day=day)
        with statements(engine) as sent:
            assert evening.phone.get("/ateliers").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6


def test_one_screen_books_the_seat_the_children_and_the_vouchers(evening: Evening) -> None:
    page = evening.phone.get(evening.session).text
    assert "2 enfants × 1 chèque = <strong>2 chèques</strong> ; il vous en restera 8" in page
    assert "Pas de cet âge ce jour-là." in page

    address = evening.booked("Léo", "Mia")

    shown = evening.phone.get(address).text
    assert "C’est réservé." in shown
    assert "Léo" in shown
    assert "Mia" in shown
    assert "2 chèques vous attendent." in shown
    assert evening.held() == 2
    assert "Un temps pour soi" in evening.phone.get("/mes-rendez-vous").text


def test_a_double_tap_books_once(evening: Evening) -> None:
    page = evening.phone.get(evening.session)
    data = hidden_in(page) | {"seat": "y", "children": [evening.key("Mia")], "act": "book"}
    first, second = (evening.phone.post(evening.session, data=data) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(evening.live()) == 1
    assert evening.held() == 1


def test_a_refusal_keeps_what_was_chosen_and_takes_nothing(evening: Evening) -> None:
    evening.change(CareSlot, evening.slot_id, room_places=1)
    answer = evening.book("Léo", "Mia")
    assert answer.status_code == 409
    assert "La garde est complète" in answer.text
    assert answer.text.count("checked") == 3
    assert "Attendre une place" in answer.text
    assert evening.live() == []
    assert evening.held() == 0
    refused = evening.db.scalars(select(CareRefusal)).one()
    assert (refused.children, refused.reason) == (2, "room")


def test_coming_even_without_care_is_a_choice_of_ones_own(evening: Evening) -> None:
    evening.change(CareSlot, evening.slot_id, room_places=1)
    address = evening.booked("Léo", "Mia", without_care="y")
    assert "vous venez sans garde" in evening.phone.get(address).text
    assert evening.held() == 0


def test_who_is_too_late_waits_with_an_honest_rank_and_may_leave(evening: Evening) -> None:
    evening.fill()
    page = evening.phone.get(evening.session).text
    assert "complet : liste d’attente" in page
    assert evening.book("Mia", act="wait").status_code == 303
    mine = evening.phone.get("/mes-rendez-vous").text
    assert "Vous êtes numéro 1." in mine
    [leave] = re.findall(r'action="(/mes-rendez-vous/attente/[^"]+)"', mine)
    assert evening.press(leave, evening.of_bruno).status_code == 404
    assert evening.press(leave).status_code == 303
    assert "Vous êtes numéro" not in evening.phone.get("/mes-rendez-vous").text
    assert evening.press(leave).status_code == 303


def test_nobody_chosen_is_nobody_booked(evening: Evening) -> None:
    answer = evening.send(evening.session, act="book")
    assert answer.status_code == 409
    assert "Personne n’est choisi." in answer.text


def test_another_home_s_child_cannot_be_named(evening: Evening) -> None:
    answer = evening.send(evening.session, evening.of_chloe, evening.key("Mia"), seat="y")
    assert answer.status_code == 422
    assert evening.live() == []


def test_a_request_number_that_is_none_is_asked_again(evening: Evening) -> None:
    answer = evening.book(request_id="<script>")
    assert answer.status_code == 422
    [fresh] = re.findall(r'name="request_id"[^>]*value="([^"]+)"', answer.text)
    assert UUID(fresh)


def test_too_few_vouchers_are_said_with_both_numbers(evening: Evening) -> None:
    evening.change(CareSlot, evening.slot_id, vouchers_per_child=6)
    page = evening.phone.get(evening.session).text
    assert "il vous en manque 2" in page
    answer = evening.book("Léo", "Mia")
    assert answer.status_code == 409
    assert "Il faut 12 chèques bons ce jour-là ; il vous en reste 10." in answer.text


def test_whoever_comes_the_page_of_a_parent_kept_out_says_full(evening: Evening) -> None:
    """Bruno comes to this session: Amina reads what she would if it were full of strangers."""
    assert evening.book(by=evening.of_bruno).status_code == 303
    pages = [
        without_tokens(evening.phone.get("/ateliers")),
        without_tokens(evening.phone.get(evening.session)),
        without_tokens(evening.book("Mia")),
    ]
    for booking in evening.live():
        answer = evening.press(f"/mes-rendez-vous/{booking.public_id}/annuler", evening.of_bruno)
        assert answer.status_code == 303
    evening.fill()
    again = [
        without_tokens(evening.phone.get("/ateliers")),
        without_tokens(evening.phone.get(evening.session)),
        without_tokens(evening.book("Mia")),
    ]
    assert pages == again
    assert "complet" in pages[0]


def test_a_child_who_is_expected_through_its_other_home_finds_the_care_full(
    evening: Evening,
) -> None:
    """Bruno booked care for Léo alone, without coming: Amina's page says that it is full."""
    answer = evening.send(
        evening.session, evening.of_bruno, evening.key("Léo"), seat="", act="book"
    )
    assert "il vous en manque" in evening.of_bruno.get(evening.session).text
    assert answer.status_code == 409
    cast.vouchers_for(evening.db, evening.town.bruno, evening.town.fund_id, vouchers=2)
    page = evening.of_bruno.get(evening.session)
    data = hidden_in(page) | {"children": [evening.key("Léo")], "act": "book"}
    assert evening.of_bruno.post(evening.session, data=data).status_code == 303

    evening.change(CareSlot, evening.slot_id, room_places=1)
    told = evening.book("Léo")
    assert told.status_code == 409
    of_bruno = evening.live()[0].public_id
    evening.press(f"/mes-rendez-vous/{of_bruno}/annuler", evening.of_bruno)
    stranger = workshop.a_child(evening.db, evening.town.chloe, name="Sami")
    cast.vouchers_for(evening.db, evening.town.chloe, evening.town.fund_id, vouchers=1)
    evening.children["Sami"] = stranger
    assert evening.book("Sami", by=evening.of_chloe, seat="").status_code == 303
    assert without_tokens(evening.book("Léo")) == without_tokens(told)


def test_care_that_stands_alone_is_booked_the_same_way(evening: Evening) -> None:
    slot_id = workshop.a_slot(
        evening.db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        day=DAY + timedelta(days=1),
        starts=time(14),
        ends=time(17),
    )
    listing = evening.phone.get("/gardes").text
    assert "Un après-midi pour souffler" in listing
    [address] = re.findall(r'href="(/gardes/[^"?]+)"', listing)
    answer = evening.send(address, None, evening.key("Mia", slot_id), act="book")
    assert answer.status_code == 303
    shown = evening.phone.get(answer.location).text
    assert "Un après-midi pour souffler" in shown
    assert "jeudi 10 décembre" in shown


def test_full_care_offers_the_list_at_once(evening: Evening) -> None:
    """Beside a session the parent may still come alone: both are offered."""
    alone = workshop.a_slot(
        evening.db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        day=DAY + timedelta(days=1),
        carers=0,
    )
    address = f"/gardes/{evening.db.get_one(CareSlot, alone).public_id}"
    assert acts_in(evening, address) == ["wait"]
    assert acts_in(evening, evening.session) == ["book"]
    evening.change(CareSlot, evening.slot_id, room_places=1)
    evening.book("Léo", by=evening.of_bruno, seat="")
    cast.vouchers_for(evening.db, evening.town.bruno, evening.town.fund_id, vouchers=2)
    evening.book("Léo", by=evening.of_bruno, seat="")
    assert acts_in(evening, evening.session) == ["book", "wait"]


def acts_in(evening: Evening, address: str) -> list[str]:
    """Return what the buttons of the form do, the first one first."""
    return re.findall(r'name="act"[^>]*value="(\w+)"', evening.phone.get(address).text)


def test_care_alone_can_be_waited_for(evening: Evening) -> None:
    slot_id = workshop.a_slot(
        evening.db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
        day=DAY,
        carers=0,
    )
    address = f"/gardes/{evening.db.get_one(CareSlot, slot_id).public_id}"
    answer = evening.send(address, None, evening.key("Mia", slot_id), act="book")
    assert answer.status_code == 409
    waits = evening.send(address, None, evening.key("Mia", slot_id), act="wait")
    assert waits.status_code == 303
    assert evening.db.scalars(select(WaitingParty.waits_for)).one() == f"slot:{slot_id}"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"state": "cancelled", "cancelled_at": cast.NOON}, "Cette date est annulée."),
        ({"starts_at": cast.NOON}, "C’est commencé, ou déjà passé."),
    ],
)
def test_what_is_cancelled_or_begun_cannot_be_booked(
    evening: Evening, changes: dict[str, object], told: str
) -> None:
    page = evening.phone.get(evening.session)
    data = hidden_in(page) | {"seat": "y", "act": "book"}
    evening.change(WorkshopSession, evening.session_id, **changes)
    shown = evening.phone.get(evening.session).text
    assert told in shown
    assert "data-booking" not in shown
    assert evening.phone.post(evening.session, data=data).status_code == 409


def test_a_draft_and_a_made_up_date_are_not_there(evening: Evening) -> None:
    evening.change(WorkshopSession, evening.session_id, state="draft")
    for address in (evening.session, "/ateliers/nowhere", "/gardes/nowhere"):
        assert evening.phone.get(address).status_code == 404


def test_who_does_not_meet_a_condition_reads_which(evening: Evening) -> None:
    evening.change(Workshop, evening.workshop_id, only_towns=["Arras"])
    assert "pour d’autres communes" in evening.phone.get(evening.session).text


def test_the_pages_are_light(evening: Evening) -> None:
    booked = evening.booked("Mia")
    for page in ("/ateliers", "/gardes", evening.session, booked, "/mes-rendez-vous"):
        size, _ = fetch(evening.phone, page)
        files = set(STATIC.findall(evening.phone.get(page).text)) | {"/static/img/icons.svg"}
        assert size < 15_000, page
        assert size + sum(fetch(evening.phone, one)[0] for one in files) < 60_000, page
    assert THE_DAY < DAY
