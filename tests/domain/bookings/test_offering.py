"""What a parent is shown, and that it never says more than it should."""

from dataclasses import replace

from sqlalchemy.orm import Session

from repit.domain.bookings.offered import Offerable
from repit.domain.bookings.offering import availability, session_page, slot_page
from repit.domain.bookings.queries import booking, bookings_of
from repit.domain.workshops.models import WorkshopSession
from tests.cast import NOON
from tests.domain.bookings.workshop import a_slot, an_evening, asked, books


def page(db: Session, parent_id: int, session_id: int) -> Offerable:
    public_id = db.get_one(WorkshopSession, session_id).public_id
    found = session_page(db, parent_id, public_id, locale="fr", now=NOON)
    assert found is not None
    return found


def test_a_parent_sees_the_session_its_care_and_the_price(db: Session) -> None:
    evening = an_evening(db)

    found = page(db, evening.town.amina, evening.session_id)

    assert found.session is not None
    assert (found.session.title, found.session.full) == ("Un temps pour soi", False)
    assert [(c.first_name, c.trouble) for c in found.children] == [("Mia", None), ("Léo", None)]
    assert found.vouchers_left == 10


def test_the_page_of_the_other_parent_is_that_of_a_full_session(db: Session) -> None:
    evening = an_evening(db, seats=2)
    books(db, asked(evening, evening.town.amina, evening.leo))
    as_in_turn = page(db, evening.town.bruno, evening.session_id)
    db.rollback()
    books(db, asked(evening, evening.town.chloe))

    when_full = page(db, evening.town.bruno, evening.session_id)

    assert as_in_turn == when_full
    assert as_in_turn.session is not None
    assert as_in_turn.session.full
    assert [child.trouble for child in as_in_turn.children] == ["full"]


def test_the_list_says_the_same_as_the_page(db: Session) -> None:
    evening = an_evening(db)
    books(db, asked(evening, evening.town.amina))

    [for_bruno] = availability(db, evening.town.bruno, locale="fr", now=NOON)
    [for_chloe] = availability(db, evening.town.chloe, locale="fr", now=NOON)

    assert (for_bruno.full, for_chloe.full) == (True, False)
    assert replace(for_bruno, full=False) == for_chloe


def test_a_booking_shows_its_places_and_held_vouchers(db: Session) -> None:
    evening = an_evening(db)
    done = books(db, asked(evening, evening.town.amina, evening.leo, evening.mia))

    [mine] = bookings_of(db, evening.town.amina, locale="fr")

    assert mine.public_id == done.public_id
    assert mine.held == 2
    assert {place.first_name for place in mine.places} == {"Léo", "Mia"}
    assert booking(db, done.public_id, parent_id=evening.town.bruno) is None


def test_care_alone_has_a_page(db: Session) -> None:
    evening = an_evening(db)
    slot_id = a_slot(
        db,
        evening.town.roseraie.id,
        programme_id=evening.town.programme_id,
        place_id=evening.place_id,
    )
    wanted = asked(
        evening,
        evening.town.amina,
        session_id=None,
        seat=False,
        children=((evening.mia, slot_id),),
    )

    done = books(db, wanted)
    mine = booking(db, done.public_id, parent_id=evening.town.amina)

    assert mine is not None
    assert (mine.title, mine.seat, mine.held) == ("Un après-midi pour souffler", False, 1)
    assert slot_page(db, evening.town.amina, mine.places[0].slot_public_id) is not None
