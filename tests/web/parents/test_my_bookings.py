"""« Rendez-vous »: seeing, giving back, answering, the calendar; nothing for a stranger."""

import re
from datetime import time, timedelta

import pytest
from icalendar import Calendar, Event
from sqlalchemy import select, update

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings import own_children
from repit.domain.bookings.models import Booking, WaitingParty
from repit.domain.bookings.redeeming import take_held
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.care.sheet_errors import ChildIsKnown
from repit.domain.households.models import Child
from repit.domain.programmes.models import Programme
from repit.domain.providers.standing import standing_of_newest
from repit.domain.vouchers.models import Hold
from repit.domain.workshops.models import WorkshopSession
from tests.cast import OPERATOR
from tests.today import THE_DAY
from tests.web.parents.evening import Evening, without_tokens


def events_in(file: bytes) -> list[Event]:
    found = Calendar.from_ical(file).walk("VEVENT")
    return [event for event in found if isinstance(event, Event)]


def feed_in(evening: Evening) -> str:
    """Return the path of the calendar's address on the page."""
    found = re.search(
        r"https?://[^/]+(/r/[^<]+/agenda\.ics)", evening.phone.get("/mes-rendez-vous").text
    )
    assert found
    return found[1]


def places_in(evening: Evening, address: str) -> list[str]:
    """Return the addresses of the buttons that give one child's place back."""
    page = evening.phone.get(address).text
    return [part.split('"')[0] for part in page.split('href="') if "annuler?place=" in part[:120]]


def offered(evening: Evening) -> str:
    """Let Amina wait for a full session, and Chloé go; return the offer's address."""
    evening.fill()
    evening.book("Mia", act="wait")
    [taken] = evening.live()
    answer = evening.press(f"/mes-rendez-vous/{taken.public_id}/annuler", evening.of_chloe)
    assert answer.status_code == 303
    evening.db.rollback()
    offer = evening.db.scalars(select(Booking).where(Booking.state == "offered")).one()
    return f"/mes-rendez-vous/{offer.public_id}"


def test_one_child_is_given_back_after_saying_what_returns(evening: Evening) -> None:
    address = evening.booked("Léo", "Mia")
    give_back = places_in(evening, address)[0]
    screen = evening.phone.get(give_back).text
    assert "1 chèque vous est rendu." in screen
    assert evening.held() == 2

    assert evening.press(give_back).status_code == 303
    assert "C’est annulé. 1 chèque vous est rendu." in evening.phone.get(address).text
    assert evening.held() == 1
    assert len(evening.live()) == 1

    assert evening.press(give_back).location == address
    assert "C’est déjà annulé." in evening.phone.get(address).text
    assert evening.held() == 1


def test_all_of_it_is_given_back_in_one_tap_and_twice_is_once(evening: Evening) -> None:
    address = evening.booked("Léo", "Mia")
    screen = evening.phone.get(f"{address}/annuler").text
    assert "2 chèques vous sont rendus." in screen
    assert evening.press(f"{address}/annuler").status_code == 303
    assert "2 chèques vous sont rendus." in evening.phone.get(address).text
    assert evening.held() == 0
    assert evening.live() == []
    assert evening.press(f"{address}/annuler").location == address
    assert "C’est déjà annulé." in evening.phone.get(address).text


def test_too_late_says_what_stays_before_it_stays(evening: Evening) -> None:
    address = evening.booked("Mia")
    evening.change(Programme, evening.town.programme_id, late_is_paid=True)
    evening.change(WorkshopSession, evening.session_id, day=THE_DAY - timedelta(days=1))
    screen = evening.phone.get(f"{address}/annuler").text
    assert "1 chèque reste au prestataire" in screen
    evening.press(f"{address}/annuler")
    assert "1 chèque reste au prestataire." in evening.phone.get(address).text


def test_what_has_begun_is_not_given_back_here(evening: Evening) -> None:
    address = evening.booked("Mia")
    past = {"starts_at": evening.db.get_one(WorkshopSession, evening.session_id).created_at}
    evening.change(WorkshopSession, evening.session_id, **past)
    assert "Tout annuler" not in evening.phone.get(address).text
    assert evening.phone.get(f"{address}/annuler").status_code == 303
    assert "C’est commencé" in evening.phone.get(address).text
    assert len(evening.live()) == 1


@pytest.mark.parametrize(
    ("act", "told", "state"),
    [
        ("accept", "La place est à vous.", "confirmed"),
        ("decline", "La place est rendue.", "cancelled"),
    ],
)
def test_an_offer_is_answered_once(evening: Evening, act: str, told: str, state: str) -> None:
    address = offered(evening)
    assert "Répondez avant" in evening.phone.get("/mes-rendez-vous").text
    assert "Oui, je la prends" in evening.phone.get(address).text
    for _ in range(2):
        assert evening.press(f"{address}/repondre", act=act).status_code == 303
        assert told in evening.phone.get(address).text
    evening.db.rollback()
    public_id = address.rsplit("/", 1)[1]
    found = evening.db.scalars(select(Booking).where(Booking.public_id == public_id)).one()
    assert found.state == state


def test_an_offer_that_ran_out_says_so(evening: Evening) -> None:
    address = offered(evening)
    [key] = evening.db.scalars(select(Booking.id).where(Booking.state == "offered"))
    evening.change(Booking, key, expires_at=evening.db.get_one(Booking, key).made_at)
    assert "C’est trop tard pour répondre." in evening.phone.get(address).text
    evening.press(f"{address}/repondre", act="accept")
    assert "n’attend plus votre réponse" in evening.phone.get(address).text


def test_the_code_of_the_held_vouchers_fills_the_screen(evening: Evening) -> None:
    address = evening.booked("Léo", "Mia")
    answer = evening.press(f"{address}/code")
    assert answer.status_code == 303
    assert answer.location.startswith("/mes-cheques/code/")
    assert "2 chèques à montrer" in evening.phone.get(answer.location).text


def test_a_booking_without_vouchers_has_no_code(evening: Evening) -> None:
    address = evening.booked()
    assert "Montrer le code" not in evening.phone.get(address).text
    assert evening.press(f"{address}/code").status_code == 303
    assert "Aucun chèque n’est réservé" in evening.phone.get(address).text


def test_nobody_shows_a_code_or_adds_a_child_for_a_day_that_is_put_off(evening: Evening) -> None:
    address = evening.booked("Léo")
    offered = ("Montrer le code", "Ajouter un enfant")
    before = evening.phone.get(address).text
    assert all(words in before for words in offered)
    evening.change(WorkshopSession, evening.session_id, decision="postpone")
    after = evening.phone.get(address).text
    assert "Ce rendez-vous est reporté" in after
    assert not any(words in after for words in offered)


def test_the_calendar_follows_the_booking(evening: Evening) -> None:
    address = evening.booked("Léo", "Mia")
    [first] = events_in(evening.phone.get(f"{address}/agenda.ics").data)
    evening.press(places_in(evening, address)[0])
    evening.change(WorkshopSession, evening.session_id, version=3)
    [moved] = events_in(evening.phone.get(f"{address}/agenda.ics").data)
    evening.press(f"{address}/annuler")
    [gone] = events_in(evening.phone.get(f"{address}/agenda.ics").data)

    assert str(first["uid"]) == str(moved["uid"]) == str(gone["uid"])
    assert first.decoded("sequence") < moved.decoded("sequence") < gone.decoded("sequence")
    assert [str(one["status"]) for one in (first, moved, gone)] == [
        "CONFIRMED",
        "CONFIRMED",
        "CANCELLED",
    ]
    assert str(first["summary"]) == "Un temps pour soi"
    assert first["dtstart"].params["TZID"] == "Europe/Paris"
    assert first.decoded("dtstart").hour == 18
    assert "Léo" not in evening.phone.get(f"{address}/agenda.ics").text


def test_a_calendar_that_was_stopped_shows_nothing_and_another_does(evening: Evening) -> None:
    evening.booked("Léo")
    first = feed_in(evening)
    assert len(events_in(evening.phone.get(first).data)) == 1

    assert evening.press("/mes-rendez-vous/agenda/arreter").status_code == 303

    second = feed_in(evening)
    assert second != first
    assert evening.phone.get(first).status_code == 404
    assert len(events_in(evening.phone.get(second).data)) == 1


def test_nothing_in_a_calendar_that_others_may_read_acts(evening: Evening) -> None:
    address = evening.booked("Léo")
    for file in (feed_in(evening), f"{address}/agenda.ics"):
        text = evening.phone.get(file).text.replace("\r\n ", "")
        assert "/r/" not in text
        [event] = events_in(evening.phone.get(file).data)
        assert str(event["url"]).endswith(address)


def test_a_calendar_says_when_the_care_is(evening: Evening) -> None:
    address = evening.booked("Léo")
    evening.change(CareSlot, evening.slot_id, starts=time(17, 40), ends=time(20, 20))
    [event] = events_in(evening.phone.get(f"{address}/agenda.ics").data)
    said = str(event["description"]).replace("\xa0", " ").replace("\u202f", " ")
    assert said == "Garde de 17 h 40 à 20 h 20"


def test_vouchers_taken_already_are_not_said_to_come_back(evening: Evening) -> None:
    address = evening.booked("Léo", "Mia")
    takes_all(evening)
    one, everything = places_in(evening, address)[0], f"{address}/annuler"
    said = {one: "1 chèque est déjà encaissé : appelez-nous.",
            everything: "2 chèques sont déjà encaissés : appelez-nous."}  # fmt: skip
    for page, words in said.items():
        assert words in evening.phone.get(page).text
        assert "Vous ne perdez rien" not in evening.phone.get(page).text
    evening.press(one)
    assert said[one] in evening.phone.get(address).text
    evening.press(everything)
    assert said[one] in evening.phone.get(address).text


def takes_all(evening: Evening) -> None:
    """Let who keeps the children take what is held for them."""
    standing = standing_of_newest(evening.db, evening.town.roseraie.id)
    places = evening.db.scalars(select(Hold.child_place_id).order_by(Hold.id)).all()
    ends_at = evening.db.get_one(CareSlot, evening.slot_id).ends_at
    evening.db.rollback()
    assert standing
    with unit_of_work(evening.db):
        for place in places:
            take_held(evening.db, place, standing=standing, now=ends_at)


def test_a_discreet_calendar_names_nothing(evening: Evening) -> None:
    address = evening.booked()
    evening.discreet("silent")
    [event] = events_in(evening.phone.get(f"{address}/agenda.ics").data)
    assert str(event["summary"]) == "Rendez-vous"
    assert "Espace Famille" not in str(event["location"])
    assert "url" not in event


def test_for_a_hidden_parent_nothing_is_listed(evening: Evening) -> None:
    address = evening.booked("Mia")
    evening.phone.get(address)
    evening.discreet("hidden")
    mine = evening.phone.get("/mes-rendez-vous").text
    assert "nous vous appelons" in mine
    for text in (mine, evening.phone.get("/ateliers").text, evening.phone.get("/gardes").text):
        assert "réservé" not in text
    for page in (address, f"{address}/annuler", f"{address}/agenda.ics"):
        assert evening.phone.get(page).status_code == 404
    page = evening.phone.get(evening.session).text
    assert "Appelez-nous." in page
    assert "data-booking" not in page
    assert "Voir mon rendez-vous" not in page
    answer = evening.send(evening.session, seat="y", act="book")
    assert answer.status_code == 409
    assert "déjà réservé" not in answer.text


def test_a_stranger_finds_no_booking(evening: Evening) -> None:
    address = evening.booked("Léo")
    place = places_in(evening, address)[0] if places_in(evening, address) else address
    for stranger in (evening.of_bruno, evening.of_chloe):
        for page in (address, f"{address}/annuler", f"{address}/agenda.ics", place):
            assert stranger.get(page).status_code == 404, page
        for act in ("annuler", "repondre", "code"):
            assert evening.press(f"{address}/{act}", stranger).status_code == 404, act
    assert len(evening.live()) == 1


def pages_of_bruno(evening: Evening) -> list[str]:
    """Return what Bruno can open about this evening, without what is drawn at random."""
    browser = evening.of_bruno
    addresses = ("/mes-rendez-vous", "/mes-enfants", "/mes-cheques", "/gardes")
    return [without_tokens(browser.get(address)) for address in addresses]


def test_what_one_parent_books_stands_on_no_page_of_the_other(evening: Evening) -> None:
    before = pages_of_bruno(evening)
    address = evening.booked("Léo")
    assert pages_of_bruno(evening) == before
    evening.press(f"{address}/annuler")
    assert pages_of_bruno(evening) == before


def test_a_rank_is_the_place_in_the_line(evening: Evening) -> None:
    evening.change(CareSlot, evening.slot_id, room_places=1)
    evening.fill()
    evening.book(act="wait", by=evening.of_bruno)
    evening.book("Mia", act="wait")
    assert "Vous êtes numéro 2." in evening.phone.get("/mes-rendez-vous").text
    assert len(evening.db.scalars(select(WaitingParty)).all()) == 2


def test_a_place_that_waits_for_a_yes_is_not_said_to_be_reserved(evening: Evening) -> None:
    offered(evening)

    page = evening.phone.get(evening.session)

    assert "Une place est proposée." in page.text
    assert "Répondez avant" in page.text
    assert "Votre place est réservée" not in page.text
    for act in ("accept", "decline"):
        assert f'value="{act}"' in page.text
    assert "place proposée" in evening.phone.get("/ateliers").text


def test_care_that_nobody_confirmed_is_not_announced(evening: Evening) -> None:
    assert "avec garde" in evening.phone.get("/ateliers").text
    with unit_of_work(evening.db):
        evening.db.execute(update(CarerAssignment).values(state="asked"))

    page = evening.phone.get("/ateliers").text

    assert "garde demandée, pas encore confirmée" in page
    assert "avec garde" not in page.replace("Avec garde", "")


def test_a_waiting_card_names_the_parent_too(evening: Evening) -> None:
    evening.fill()
    evening.book("Mia", act="wait")

    assert "Vous, Mia" in evening.phone.get("/mes-rendez-vous").text


def test_an_empty_sheet_is_asked_for_where_the_appointment_stands(evening: Evening) -> None:
    address = evening.booked("Léo", "Mia")
    page = evening.phone.get(address).text
    sheets = re.findall(r'href="(/mes-enfants/[^"]+)"', page)
    assert "La fiche de Léo est à remplir avant la garde." in page
    assert len(set(sheets)) == 2

    assert evening.press(sheets[0]).status_code == 303

    page = evening.phone.get(address).text
    assert re.findall(r'href="(/mes-enfants/[^"]+)"', page) == sheets[1:]


def test_a_child_that_was_ever_booked_is_not_removed(evening: Evening) -> None:
    with unit_of_work(evening.db):
        evening.db.execute(update(Child).values(confirmed=False))
    public_id = evening.db.scalars(select(Child.public_id).where(Child.first_name == "Mia")).one()
    evening.db.rollback()
    sheet = f"/mes-enfants/{public_id}"
    assert "/corriger" in evening.phone.get(sheet).text

    address = evening.booked("Mia")
    evening.press(f"{address}/annuler")

    assert "/corriger" not in evening.phone.get(sheet).text
    evening.db.rollback()
    with pytest.raises(ChildIsKnown), unit_of_work(evening.db):
        own_children.remove(
            evening.db, evening.town.amina, public_id, actor=OPERATOR, now=clock.now()
        )
