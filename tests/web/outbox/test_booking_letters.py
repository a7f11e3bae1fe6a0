"""Letters about bookings: the day, the hour, the place and one tap; nobody's name."""

import re
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.bookings import offers, staffing, waiting
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.changes import decide, move_session, set_seats
from repit.domain.bookings.closing import cancel_session, cancel_slot
from repit.domain.bookings.models import Booking
from repit.domain.care import sheets
from repit.domain.care.models import CarerAssignment, CareSlot
from repit.domain.households.models import Child
from repit.domain.notices.models import Notice
from repit.domain.notices.rules import Kind
from repit.domain.notices.service import tell
from repit.domain.people.models import Person
from repit.domain.reminders.afterwards import enqueue_questionnaires
from repit.domain.reminders.bookings import enqueue_booking_reminders
from repit.domain.reminders.deciding import enqueue_decisions
from repit.domain.workshops import facilitators
from repit.domain.workshops.models import Workshop, WorkshopSession
from repit.web.door import settings
from repit.web.links import Links, Purpose
from repit.web.outbox.delivery import Delivered, deliver_due
from tests.cast import NOON, OPERATOR
from tests.domain.bookings.workshop import Evening, a_session, an_evening, asked, books
from tests.web.outbox.conftest import LetterBox

DAY = date(2026, 12, 9)  # the tests live on 21 November 2026
NAMES = re.compile(r"Léo|Mia|Dupont|Amina|Bruno|Chloé|Irène|Intervenante")
OUTSIDE = re.compile(r"r[ée]pit|atelier|garde|chèque|voucher|\d", re.IGNORECASE)


@pytest.fixture
def evening(app: Flask, db: Session) -> Evening:
    """One seat, on 9 December from 18 h to 20 h; the children come at 17 h 45."""
    stage = an_evening(db, seats=1)
    moves(db, stage, DAY, now=NOON)
    with unit_of_work(db):  # the carers say yes to the new day; what the move told is read
        db.execute(update(CarerAssignment).values(state="confirmed"))
        db.execute(delete(Notice))
    return stage


def moves(
    db: Session,
    evening: Evening,
    day: date,
    starts: time = time(18),
    now: datetime | None = None,
) -> None:
    with unit_of_work(db):
        move_session(
            db,
            evening.session_id,
            day=day,
            starts=starts,
            ends=time(20),
            place_id=evening.place_id,
            actor=OPERATOR,
            now=now or clock.now(),
        )


def amina_books(db: Session, evening: Evening, *children: int) -> str:
    done = books(db, asked(evening, evening.town.amina, *children), now=clock.now())
    return str(done.public_id)


def gives_back(db: Session, public_id: str) -> None:
    with unit_of_work(db):
        cancel(db, public_id, by="parent", parent_id=None, actor=OPERATOR, now=clock.now())


def chloe_is_offered(db: Session, evening: Evening) -> str:
    with unit_of_work(db):
        waiting.wait(db, asked(evening, evening.town.chloe), actor=OPERATOR, now=clock.now())
    with unit_of_work(db):
        set_seats(
            db, evening.session_id, min_people=1, max_people=2, actor=OPERATOR, now=clock.now()
        )
    return db.scalars(select(Booking.public_id).where(Booking.state == "offered")).one()


def deliver(db: Session) -> Delivered:
    """Let the night pass, if it is one, and send."""
    with unit_of_work(db):
        db.execute(update(Notice).values(send_at=clock.now() - timedelta(seconds=1)))
    return deliver_due(db)


def only(letter_box: LetterBox, kind: Kind) -> str:
    return text_of(*[one for one in letter_box.received if f"<{kind}-" in one["Message-ID"]])


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part
    assert not OUTSIDE.search(str(letter["Subject"])), letter["Subject"]
    text = str(part.get_content()).replace("\N{NO-BREAK SPACE}", " ").replace("\r\n", "\n")
    assert not NAMES.search(text), text
    return text


def named(text: str, purpose: Purpose) -> str:
    """Return what the one link of this purpose in a text is about."""
    [token] = re.findall(rf"https://cheques\.ville\.test/r/({purpose}\S+)", text)
    signed = Links.of(settings()).read(token)
    assert signed
    return signed.name


def test_what_was_booked_is_confirmed_with_all_it_takes(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    booking = amina_books(db, evening, evening.leo, evening.mia)

    assert deliver(db).sent == 1

    text = only(letter_box, Kind.BOOKED)
    assert "Un temps pour soi\nLe mercredi 9 décembre, de 18 h à 20 h\nEspace Famille\n" in text
    assert "2 rue des Lilas, 62300 Lens" in text
    assert "2 enfants sont attendus à 17 h 45.\n2 chèques sont réservés pour la garde." in text
    assert named(text, Purpose.BOOKING) == booking


def test_an_offer_says_until_when_on_the_clock_there(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    offer = chloe_is_offered(db, evening)
    until = clock.now().replace(year=2026, month=11, day=23, hour=14, minute=30)
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(zone="Indian/Reunion"))
        db.execute(update(Booking).where(Booking.public_id == offer).values(expires_at=until))

    deliver(db)

    text = only(letter_box, Kind.PLACE_OFFERED)
    assert "Répondez avant le lundi 23 novembre à 18 h 30." in text
    assert "dites oui ou non" in text
    assert named(text, Purpose.OFFER) == offer
    assert "/r/b" not in text


def test_an_offer_that_was_answered_is_not_sent_any_more(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    offer = chloe_is_offered(db, evening)
    with unit_of_work(db):
        offers.accept(db, offer, parent_id=None, actor=OPERATOR, now=clock.now())

    assert deliver(db).dropped == 1

    kinds = {str(one["Message-ID"]).partition("-")[0] for one in letter_box.received}
    assert kinds == {"<booked", "<waiting"}


def test_who_waits_may_leave_the_list_from_the_message(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    with unit_of_work(db):
        party = waiting.wait(
            db, asked(evening, evening.town.chloe), actor=OPERATOR, now=clock.now()
        )

    deliver(db)

    text = only(letter_box, Kind.WAITING)
    assert named(text, Purpose.WAITING) == party
    assert not re.search(r"\brang\b|\bpremi|\d+ (personne|parent)", text)


def test_who_waits_is_told_of_a_move_once_and_keeps_the_rank(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    with unit_of_work(db):
        waiting.wait(db, asked(evening, evening.town.chloe), actor=OPERATOR, now=clock.now())
    deliver(db)

    moves(db, evening, date(2026, 12, 16))
    deliver(db)
    deliver(db)

    text = only(letter_box, Kind.WAITING_MOVED)
    assert "mercredi 16 décembre, de 18 h à 20 h" in text
    assert "Vous gardez votre rang" in text
    assert "/r/w" in text


def test_a_group_is_offered_with_all_its_dates(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    with unit_of_work(db):
        db.get_one(Workshop, evening.workshop_id).format = "cohort"
    a_session(db, evening.workshop_id, day=date(2026, 12, 16))
    done = books(db, asked(evening, evening.town.amina), now=clock.now())
    with unit_of_work(db):
        waiting.wait(db, asked(evening, evening.town.chloe), actor=OPERATOR, now=clock.now())
    mine = select(Booking.public_id).where(Booking.parent_id == evening.town.amina)
    for public_id in list(db.scalars(mine)):
        gives_back(db, public_id)
    deliver(db)

    text = only(letter_box, Kind.PLACE_OFFERED)

    assert done.state == "confirmed"
    assert "à toutes ces dates" in text
    assert "mercredi 9 décembre, de 18 h à 20 h" in text
    assert "mercredi 16 décembre, de 18 h à 20 h" in text


def test_an_offer_that_ran_out_is_said_once_and_kindly(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    chloe_is_offered(db, evening)
    with unit_of_work(db):
        offers.expire_one(db, now=clock.now() + timedelta(days=4))

    assert deliver(db).dropped == 1  # the offer itself

    text = only(letter_box, Kind.OFFER_OVER)
    assert "Demandez de nouveau une place." in text
    assert "/r/" not in text


def test_what_came_back_is_said(db: Session, evening: Evening, letter_box: LetterBox) -> None:
    gives_back(db, amina_books(db, evening, evening.leo, evening.mia))

    deliver(db)

    text = only(letter_box, Kind.BOOKING_CANCELLED)
    assert "C’est annulé :\n\nUn temps pour soi\nLe mercredi 9 décembre" in text
    assert "2 chèques vous sont rendus." in text
    assert "/r/" not in text


def test_vouchers_kept_by_the_policy_are_said(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    facts = {
        "title": "Un temps pour soi",
        "session_day": "2026-12-09",
        "starts": "18:00",
        "ends": "20:00",
        "place": "Espace Famille",
        "address": "2 rue des Lilas",
        "vouchers": 0,
        "kept": 1,
    }
    [person_id] = db.scalars(select(Person.id).where(Person.name == "Amina Dupont"))
    with unit_of_work(db):
        tell(db, Kind.BOOKING_CANCELLED, person_id, facts=facts, dedupe="x", now=clock.now())

    deliver(db)

    text = only(letter_box, Kind.BOOKING_CANCELLED)
    assert "1 chèque reste au prestataire." in text
    assert "rendu" not in text


def test_a_session_called_off_is_told_to_each_once(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening, evening.leo)
    with unit_of_work(db):
        waiting.wait(db, asked(evening, evening.town.chloe), actor=OPERATOR, now=clock.now())
    with unit_of_work(db):
        cancel_session(
            db, evening.session_id, motive="Dégât des eaux", actor=OPERATOR, now=clock.now()
        )

    deliver(db)
    deliver(db)

    told = [one for one in letter_box.received if "<called_off-" in one["Message-ID"]]
    assert sorted(str(one["To"]) for one in told) == [
        "amina.dupont@exemple.test",
        "chloe.petit@exemple.test",
    ]
    amina = next(one for one in told if "amina" in one["To"])
    text = text_of(amina)
    assert "1 chèque vous est rendu." in text
    assert "Dégât" not in text
    assert len(letter_box.received) == 4  # also: Chloé waits, the team; never « noté »
    assert "Merci d’avoir réservé ce temps." in only(letter_box, Kind.TEAM_CALLED_OFF)


def test_whoever_keeps_the_children_reads_that_the_day_is_put_off(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    with unit_of_work(db):
        decide(db, evening.session_id, "postpone", motive="Peu", actor=OPERATOR, now=clock.now())

    deliver(db)

    text = only(letter_box, Kind.TEAM_POSTPONED)
    assert "Ne venez pas ce jour-là" in text
    assert "La nouvelle date n’est pas encore choisie." in text
    assert "/prestataire/gardes/creneaux/" in text


def test_a_provider_reads_that_its_carers_are_asked(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    irene = db.scalars(select(CarerAssignment.carer_id).order_by(CarerAssignment.carer_id)).first()
    assert irene
    db.rollback()
    with unit_of_work(db):
        db.execute(delete(CarerAssignment))
        staffing.ask(db, evening.slot_id, irene, actor=OPERATOR, now=clock.now())

    deliver(db)

    text = only(letter_box, Kind.CARE_ASKED)
    assert "Le mercredi 9 décembre, de 17 h 45 à" in text
    assert "Répondez oui ou non" in text
    assert "/prestataire/gardes/creneaux/" in text
    assert not NAMES.search(text)


def test_without_the_care_the_rest_stays_and_can_be_given_back(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    booking = amina_books(db, evening, evening.leo)
    with unit_of_work(db):
        cancel_slot(db, evening.slot_id, motive="Malade", actor=OPERATOR, now=clock.now())

    deliver(db)

    text = only(letter_box, Kind.CARE_CALLED_OFF)
    assert "La garde des enfants n’aura pas lieu." in text
    assert "1 chèque vous est rendu." in text
    assert "est attendu" not in text
    assert named(text, Purpose.BOOKING) == booking


def test_every_letter_says_the_hour_that_counts_when_it_leaves(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    booking = amina_books(db, evening)
    moves(db, evening, DAY + timedelta(days=1), time(18, 30))

    assert deliver(db).sent == 3
    team = only(letter_box, Kind.CARE_MOVED)
    assert "Le jeudi 10 décembre, de 18 h 15 à 20 h 15" in team
    assert "n’est plus compté" in team
    assert "/prestataire/gardes/creneaux/" in team

    for kind in (Kind.BOOKED, Kind.BOOKING_MOVED):
        text = only(letter_box, kind)
        assert "Le jeudi 10 décembre, de 18 h 30 à 20 h" in text
        assert named(text, Purpose.BOOKING) == booking


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        (Kind.BOOKING_WEEK, 7, "Une date à retenir"),
        (Kind.BOOKING_TWO_DAYS, 2, "C’est bientôt"),
        (Kind.BOOKING_MORNING, 0, "C’est aujourd’hui"),
    ],
)
def test_reminders_carry_the_way_out(
    db: Session, evening: Evening, letter_box: LetterBox, kind: Kind, days: int, words: str
) -> None:
    booking = amina_books(db, evening)
    remind(db, days)

    deliver(db)

    text = only(letter_box, kind)
    assert words in text
    assert named(text, Purpose.BOOKING) == booking


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (Kind.BOOKED, None),
        (Kind.BOOKING_WEEK, 7),
        (Kind.BOOKING_TWO_DAYS, 2),
        (Kind.BOOKING_MORNING, 0),
    ],
)
def test_an_empty_sheet_is_asked_for_until_it_is_written(
    db: Session, evening: Evening, letter_box: LetterBox, kind: Kind, days: int | None
) -> None:
    amina_books(db, evening, evening.leo)
    leo = db.get_one(Child, evening.leo).public_id
    db.rollback()
    if days is not None:
        remind(db, days)
    deliver(db)
    text = only(letter_box, kind)
    assert "La fiche d’un enfant est à remplir avant la garde" in text
    assert f"/mes-enfants/{leo}\n" in text
    assert not NAMES.search(text)


def test_a_sheet_written_before_the_letter_leaves_is_not_asked_for(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening, evening.leo)
    leo = db.get_one(Child, evening.leo).public_id
    db.rollback()
    with unit_of_work(db):
        sheets.write(db, evening.town.amina, leo, sheets.Sheet(), actor=OPERATOR, now=clock.now())

    deliver(db)

    text = only(letter_box, Kind.BOOKED)
    assert "est attendu" in text
    assert "à remplir" not in text


def remind(db: Session, days: int) -> None:
    now = clock.now().replace(month=12, day=DAY.day - days, hour=11)
    with unit_of_work(db):
        assert enqueue_booking_reminders(db, now=now) == 1


def test_the_command_writes_reminders_too(
    app: Flask,
    db: Session,
    evening: Evening,
    letter_box: LetterBox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    amina_books(db, evening)
    noon = clock.now().replace(month=12, day=DAY.day - 2, hour=12)
    monkeypatch.setattr(clock, "now", lambda: noon)

    said = app.test_cli_runner().invoke(args=["send-notices"])

    assert said.exit_code == 0, said.output
    assert "C’est bientôt" in only(letter_box, Kind.BOOKING_TWO_DAYS)


def test_a_reminder_of_a_day_that_is_no_more_is_thrown_away(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    remind(db, 7)
    moves(db, evening, DAY + timedelta(days=1))

    assert deliver(db).dropped == 1


def test_the_questions_have_a_link_of_their_own_that_is_forgotten(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    after = clock.now().replace(month=12, day=DAY.day + 1, hour=11)
    with unit_of_work(db):
        assert enqueue_questionnaires(db, now=after) == 1
    letter_box.hangs_up = True
    deliver(db)
    letter_box.hangs_up = False
    deliver(db)

    copies = [one for one in letter_box.received if "<how_was_it-" in one["Message-ID"]]
    assert len(copies) == 2
    first, second = (named(text_of(one), Purpose.ANSWER) for one in copies)
    assert first == second
    session, _, nonce = first.partition(".")
    assert session == db.scalars(select(WorkshopSession.public_id)).one()
    db.rollback()
    kept = db.scalars(select(Notice.facts).where(Notice.kind == Kind.HOW_WAS_IT)).one()
    assert nonce
    assert nonce not in str(kept)


def test_those_who_lead_are_told_how_many_come(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    with unit_of_work(db):
        db.execute(update(WorkshopSession).values(min_people=3, max_people=12))
        facilitators.add(
            db,
            evening.workshop_id,
            name="Fanny",
            email="fanny@exemple.test",
            actor=OPERATOR,
            now=NOON,
        )
    amina_books(db, evening)
    with unit_of_work(db):
        enqueue_decisions(db, now=clock.now().replace(month=12, day=8, hour=11))

    deliver(db)

    text = only(letter_box, Kind.DECIDE)
    assert "1 personne est attendue.\nIl en faut au moins 3." in text
    session = db.scalars(select(WorkshopSession.public_id)).one()
    assert f"https://cheques.ville.test/animateur/seances/{session}\n" in text


def test_who_reads_arabic_gets_the_same_links(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    with unit_of_work(db):
        db.execute(update(Person).values(locale="ar"))
    booking = amina_books(db, evening, evening.leo)

    deliver(db)

    [letter] = letter_box.received
    assert letter["Content-Language"] == "ar"
    text = only(letter_box, Kind.BOOKED)
    assert "ديسمبر" in text
    assert named(text, Purpose.BOOKING) == booking


def test_a_slot_alone_says_its_own_hours(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    with unit_of_work(db):
        db.execute(update(CareSlot).values(session_id=None, public_title="Pour souffler"))
    pairs = ((evening.leo, evening.slot_id),)
    books(
        db,
        asked(evening, evening.town.amina, session_id=None, seat=False, children=pairs),
        now=clock.now(),
    )

    deliver(db)

    assert "Pour souffler\nLe mercredi 9 décembre, de 17 h 45 à 20 h 15\n" in only(
        letter_box, Kind.BOOKED
    )


def events(letter_box: LetterBox, kind: Kind) -> list[Event]:
    """Return the events that came with letters of a kind."""
    letters = [one for one in letter_box.received if f"<{kind}-" in one["Message-ID"]]
    found: list[Event] = []
    for file in (file for one in letters for file in one.iter_attachments()):
        assert isinstance(file, EmailMessage)
        assert file.get_content_type() == "text/calendar"
        assert file.get_filename() == "rendez-vous.ics"
        content = file.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert not NAMES.search(content.decode())
        found += [one for one in Calendar.from_ical(content).walk() if isinstance(one, Event)]
    return found


def test_the_calendar_keeps_one_event_that_moves_and_is_taken_out(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    booking = amina_books(db, evening)
    deliver(db)
    moves(db, evening, DAY + timedelta(days=1))
    deliver(db)
    gives_back(db, booking)
    deliver(db)

    kinds = (Kind.BOOKED, Kind.BOOKING_MOVED, Kind.BOOKING_CANCELLED)
    [kept], [moved], [gone] = (events(letter_box, kind) for kind in kinds)
    assert kept.uid == moved.uid == gone.uid
    assert kept.sequence < moved.sequence < gone.sequence
    assert [str(one["STATUS"]) for one in (kept, moved)] == ["CONFIRMED", "CONFIRMED"]
    assert str(gone["STATUS"]) == "CANCELLED"
    assert kept.start.isoformat() == "2026-12-09T18:00:00+01:00"
    assert moved.start.isoformat() == "2026-12-10T18:00:00+01:00"
    assert str(kept["SUMMARY"]) == "Un temps pour soi"


def test_an_offer_is_no_appointment_yet(
    db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    chloe_is_offered(db, evening)

    deliver(db)

    assert events(letter_box, Kind.PLACE_OFFERED) == []
    assert events(letter_box, Kind.WAITING) == []


def opens(app: Flask, text: str) -> str:
    """Open the link of a letter, as a telephone without an account does."""
    [path] = re.findall(r"https://cheques\.ville\.test(/r/\S+)", text)
    answer = app.test_client().get(path, base_url="https://cheques.ville.test")
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def test_every_link_opens_what_the_letter_promises(
    app: Flask, db: Session, evening: Evening, letter_box: LetterBox
) -> None:
    amina_books(db, evening)
    chloe_is_offered(db, evening)
    after = clock.now().replace(month=12, day=DAY.day + 1, hour=11)
    with unit_of_work(db):
        enqueue_questionnaires(db, now=after)
    deliver(db)

    assert "Tout annuler" in opens(app, only(letter_box, Kind.BOOKED))
    offer = opens(app, only(letter_box, Kind.PLACE_OFFERED))
    assert "Oui," in offer
    assert "Non merci" in offer
    assert "Deux questions" in opens(app, only(letter_box, Kind.HOW_WAS_IT))
    opens(app, only(letter_box, Kind.WAITING))
