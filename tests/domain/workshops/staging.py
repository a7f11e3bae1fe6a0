"""A place, a workshop and dates, through the services: what the tests of workshops start from."""

from dataclasses import replace
from datetime import date, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain.workshops import service, sessions
from repit.domain.workshops.models import Place, Workshop
from repit.domain.workshops.rules import Outline, PlaceDetails, Row
from tests.cast import NOON, OPERATOR

HOUSE = PlaceDetails("Maison des familles", "3 rue du Parc", "Blagnac", "31700", step_free=True)
DAYS = (date(2026, 5, 20), date(2026, 6, 24), date(2026, 9, 16))
EVENING = time(18), time(20)


def a_place(db: Session, name: str = HOUSE.name) -> int:
    with unit_of_work(db):
        public_id = service.add_place(db, replace(HOUSE, name=name), actor=OPERATOR, now=NOON)
    return db.scalars(select(Place.id).where(Place.public_id == public_id)).one()


def an_outline(programme_id: int, place_id: int) -> Outline:
    return Outline(
        programme_id=programme_id,
        place_id=place_id,
        title="Entreparent’aise",
        public_title="Le mercredi des familles",
        starts=EVENING[0],
        ends=EVENING[1],
        zone="Europe/Paris",
        min_people=3,
        max_people=12,
    )


def a_workshop(db: Session, programme_id: int, *, opened: bool = True) -> int:
    """Three to twelve people, on Wednesdays from 18 h to 20 h in Paris; no date yet."""
    outline = an_outline(programme_id, a_place(db))
    with unit_of_work(db):
        public_id = service.create(db, outline, actor=OPERATOR, now=NOON)
        workshop_id = db.scalars(select(Workshop.id).where(Workshop.public_id == public_id)).one()
        if opened:
            service.open_to_parents(db, workshop_id, actor=OPERATOR, now=NOON)
    return workshop_id


def some_sessions(
    db: Session, workshop_id: int, days: tuple[date, ...] = DAYS, *, published: bool = True
) -> list[int]:
    rows = [Row(day, *EVENING) for day in days]
    with unit_of_work(db):
        added = sessions.add(db, workshop_id, rows, actor=OPERATOR, now=NOON)
        for session_id in added if published else ():
            sessions.publish(db, session_id, actor=OPERATOR, now=NOON)
    return added
