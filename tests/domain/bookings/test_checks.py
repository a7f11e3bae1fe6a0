"""Every invariant of bookings sees its own disagreement, made behind the services' back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from repit.db.unit_of_work import unit_of_work
from repit.domain import checks
from repit.domain.bookings.cancel import cancel
from repit.domain.bookings.waiting import wait
from tests.cast import NOON, OPERATOR, a_parent, vouchers_for
from tests.domain.bookings.workshop import Evening, a_child, a_slot, an_evening, asked, books

THEN = "'2026-03-14 12:00:00.000000'"


@dataclass
class World:
    """Amina comes with Léo and Mia, Chloé is offered a seat, Dora waits with her child.

    Beside it a slot of its own at the same hours, with Nour's child in it.
    """

    evening: Evening
    other_slot: int
    noe: int


@pytest.fixture
def world(db: Session) -> World:
    evening = an_evening(db, seats=2)
    town = evening.town
    nour, dora = a_parent(db, "Nour"), a_parent(db, "Dora")
    noe, lou = a_child(db, nour, name="Noé"), a_child(db, dora, name="Lou")
    vouchers_for(db, nour, town.fund_id)
    other = a_slot(db, town.roseraie.id, programme_id=town.programme_id, place_id=evening.place_id)
    alone = {"session_id": None, "seat": False}
    books(db, asked(evening, nour, children=((noe, other),), **alone))
    books(db, asked(evening, town.amina, evening.leo, evening.mia))
    last = books(db, asked(evening, nour))
    with unit_of_work(db):
        for wanted in (asked(evening, town.chloe), asked(evening, dora, lou)):
            wait(db, wanted, actor=OPERATOR, now=NOON)
    with unit_of_work(db):
        cancel(db, last.public_id, by="service", parent_id=None, actor=OPERATOR, now=NOON)
    db.rollback()
    return World(evening, other, noe)


def test_what_the_services_did_agrees(engine: Engine, world: World) -> None:
    with engine.connect() as connection:
        assert list(checks.drifts(connection)) == []
        states = connection.scalars(text("SELECT state FROM waiting_party ORDER BY id")).all()
    assert states == ["offered", "waiting"]


CANCELLED = f"state = 'cancelled', cancelled_at = {THEN}"
ENDED = f"state = 'cancelled', ended_at = {THEN}, ended_by = 'parent'"
LEO_S = "(SELECT min(booking_id) FROM child_place WHERE child_id = {leo})"

BREAKS = [
    ("B1", "UPDATE workshop_session SET seats_taken = seats_taken + 1, max_people = 5"),
    ("B1", "UPDATE workshop_session SET max_people = 1"),
    ("B2", "UPDATE care_slot SET places_taken = places_taken - 1"),
    ("B2", "UPDATE care_slot SET room_places = 1"),
    ("B3", "UPDATE booking SET parent_id = {amina}"),
    ("B3", "UPDATE child_place SET child_id = {leo} WHERE child_id = {mia}"),
    ("B4", "UPDATE child_place SET child_id = {leo} WHERE child_id = {noe}"),
    (
        "B5",
        (
            "UPDATE carer_assignment SET carer_id = (SELECT min(carer_id) FROM carer_assignment)"
            " WHERE carer_id = (SELECT max(carer_id) FROM carer_assignment)"
        ),
    ),
    ("B6", f"UPDATE booking SET {ENDED} WHERE id = {LEO_S}"),
    ("B6", "DELETE FROM child_home WHERE child_id = {mia}"),
    ("B6", "UPDATE care_slot SET session_id = NULL, public_title = '' WHERE id = {slot}"),
    ("B7 seat", f"UPDATE workshop_session SET {CANCELLED}"),
    ("B7 slot", f"UPDATE workshop_session SET {CANCELLED}"),
    ("B7 party", f"UPDATE workshop_session SET {CANCELLED}"),
    ("B7 place", f"UPDATE care_slot SET {CANCELLED} WHERE id = {{other}}"),
    ("B7 hold", f"UPDATE care_slot SET {CANCELLED} WHERE id = {{other}}"),
    ("B7 waiting_child", f"UPDATE care_slot SET {CANCELLED} WHERE id = {{slot}}"),
    ("B7 notice", f"UPDATE booking SET {ENDED} WHERE id = {LEO_S}"),
    (
        "B7 party",
        (
            "UPDATE waiting_party SET session_id = NULL, slot_id = {other} WHERE state = 'waiting';"
            f"UPDATE care_slot SET {CANCELLED} WHERE id = {{other}}"
        ),
    ),
    ("B8", "UPDATE voucher SET booked = false WHERE booked"),
    ("B8", "UPDATE voucher SET booked = true, held_for_id = {roseraie}"),
    ("B8", "UPDATE hold SET provider_id = {sureau}"),
    ("B8", "UPDATE care_slot SET provider_id = {sureau}"),
    ("B9", "DELETE FROM hold WHERE id = (SELECT min(id) FROM hold)"),
    ("B9", "UPDATE voucher SET parent_id = {chloe}"),
    ("B9", f"UPDATE hold SET state = 'released', ended_at = {THEN}"),
    (
        "B9",
        (
            f"UPDATE booking SET {ENDED} WHERE id = {LEO_S};"
            f"UPDATE child_place SET ended_at = {THEN} WHERE booking_id = {LEO_S}"
        ),
    ),
    ("B10", f"UPDATE hold SET state = 'redeemed', ended_at = {THEN}"),
    ("B10", f"UPDATE hold SET ended_at = {THEN}"),
    ("B11 booking", "UPDATE waiting_party SET state = 'left' WHERE state = 'offered'"),
    (
        "B11 party",
        "UPDATE booking SET state = 'confirmed', expires_at = NULL WHERE state = 'offered'",
    ),
    (
        "B12",
        (
            "INSERT INTO collector (public_id, child_id, household_id, name, name_key, standing,"
            f" created_at) SELECT 'x', {{leo}}, min(household_id), 'X', 'x', 'never', {THEN}"
            "   FROM parent;"
            "INSERT INTO attendance (nonce, booking_id, child_place_id, kind, at, received_at,"
            " device, actor, offline, forced, person_name, collector_id)"
            " SELECT '00000000000000000000000000000001', p.booking_id, p.id, 'left',"
            f" {THEN}, {THEN}, 'd', 'a', false, false, 'X', c.id"
            "   FROM child_place p, collector c WHERE p.child_id = {leo}"
        ),
    ),
]


@pytest.mark.parametrize(("named", "breaks"), BREAKS)
def test_a_disagreement_is_named(engine: Engine, world: World, named: str, breaks: str) -> None:
    invariant, _, what = named.partition(" ")
    with unguarded(engine) as connection:
        for statement in breaks.format(**_ids(world)).split(";"):
            connection.execute(text(statement))
        found = [one.row for one in checks.drifts(connection) if one.invariant == invariant]

    assert found
    assert not what or what in {row["what"] for row in found}


def test_who_has_left_a_home_may_still_be_expected(engine: Engine, world: World) -> None:
    with unguarded(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO event (at, actor, kind, object_kind, object_id, facts)"
                f" VALUES ({THEN}, 'a', 'left_home', 'child', {world.evening.mia}, '{{}}')"
            )
        )
        connection.execute(text(f"DELETE FROM child_home WHERE child_id = {world.evening.mia}"))

        assert list(checks.drifts(connection)) == []


def _ids(world: World) -> dict[str, int]:
    evening, town = world.evening, world.evening.town
    return {
        "amina": town.amina,
        "chloe": town.chloe,
        "roseraie": town.roseraie.id,
        "sureau": town.sureau.id,
        "leo": evening.leo,
        "mia": evening.mia,
        "noe": world.noe,
        "slot": evening.slot_id,
        "other": world.other_slot,
    }


GUARDS = {
    "workshop_session": ("never_oversold",),
    "care_slot": ("never_overfull",),
    "voucher": ("booked_is_held",),
    "hold": ("ended_at_a_moment",),
}


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """Lift the database's own guards inside a change that is given up in the end."""
    with engine.connect() as connection:
        lite = engine.dialect.name == "sqlite"
        if lite:
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            for table, names in GUARDS.items():
                for name in names:
                    guard = f"ck_{table}_{name}"
                    connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {guard}"))
        for index in ("uq_booking_live_seat", "uq_child_place_live", "uq_hold_live"):
            connection.execute(text(f"DROP INDEX {index}"))
        try:
            yield connection
        finally:
            connection.rollback()
            if lite:
                connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
