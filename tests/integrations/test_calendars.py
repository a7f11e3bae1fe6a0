"""The calendar file, read back as a telephone would."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from repit.domain.workshops.times import moment
from repit.integrations.calendars import Appointment, write

NOW = datetime(2023, 1, 10, 9, tzinfo=UTC)
PARIS = "Europe/Paris"
BLAGNAC = {
    date(2023, 3, 15): datetime(2023, 3, 15, 17, tzinfo=UTC),
    date(2023, 5, 24): datetime(2023, 5, 24, 16, tzinfo=UTC),
    date(2023, 11, 22): datetime(2023, 11, 22, 17, tzinfo=UTC),
}
"""« le mercredi de 18h à 20h », on both sides of the clock changes."""


def an_appointment(day: date = date(2023, 3, 15)) -> Appointment:
    starts_at = moment(day, time(18), PARIS)
    return Appointment(
        uid="booking-1@repit",
        sequence=0,
        summary="Groupe du mercredi",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        zone=PARIS,
        location="Salle des fêtes; 1, rue de l’Église",
        link="https://exemple.test/r/abc",
    )


def events_in(file: bytes) -> list[Event]:
    calendar = Calendar.from_ical(file)
    return [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]


@pytest.mark.parametrize(("day", "starts_at"), BLAGNAC.items())
def test_an_event_stands_on_the_wall_clock_of_its_place(day: date, starts_at: datetime) -> None:
    file = write([an_appointment(day)], name="Rendez-vous", now=NOW)
    [event] = events_in(file)
    start = event.decoded("dtstart")
    assert start == starts_at
    assert (start.hour, start.utcoffset()) == (
        18,
        starts_at.astimezone(ZoneInfo(PARIS)).utcoffset(),
    )
    assert event["dtstart"].params["TZID"] == PARIS
    [zone] = Calendar.from_ical(file).walk("VTIMEZONE")
    assert zone["tzid"] == PARIS


def test_an_event_keeps_its_uid_and_grows_its_sequence() -> None:
    first = an_appointment()
    moved = replace(first, sequence=1, starts_at=first.starts_at + timedelta(days=1))
    gone = replace(moved, sequence=2, cancelled=True)
    read = [events_in(write([one], name="Rendez-vous", now=NOW))[0] for one in (first, moved, gone)]
    assert {str(event["uid"]) for event in read} == {"booking-1@repit"}
    assert [event.decoded("sequence") for event in read] == [0, 1, 2]
    assert [str(event["status"]) for event in read] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(read[2]["transp"]) == "TRANSPARENT"


def test_what_is_written_is_read_back_whole() -> None:
    [event] = events_in(write([an_appointment()], name="Rendez-vous", now=NOW))
    assert str(event["location"]) == "Salle des fêtes; 1, rue de l’Église"
    assert str(event["url"]) == "https://exemple.test/r/abc"
    assert event.decoded("dtstamp") == NOW


def test_a_feed_holds_many_events_and_says_how_often_to_look() -> None:
    days = [date(2023, 1, 4) + timedelta(weeks=week) for week in range(50)]
    many = [replace(an_appointment(day), uid=f"booking-{day}@repit") for day in days]
    file = write(many, name="Rendez-vous", now=NOW)
    assert len(events_in(file)) == 50
    assert file.count(b"BEGIN:VTIMEZONE") == 1
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in file
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


def test_an_empty_feed_is_still_a_calendar() -> None:
    file = write([], name="Rendez-vous", now=NOW)
    assert events_in(file) == []
    assert file.startswith(b"BEGIN:VCALENDAR\r\n")
