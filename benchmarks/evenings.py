"""A town that books: parents with an account and two children, sessions with care beside them.

Made in bulk, after `world`. Keys of one kind follow each other, so that a raw script can count
its way to them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import session as cookie_of
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from benchmarks.issuing import plainly
from benchmarks.world import FOR_LONG, World
from repit.app import create_app
from repit.domain import clock, ids
from repit.domain.households.models import Child, Parent
from repit.domain.people.models import BrowserStay
from repit.web import access
from repit.web.forms import csrf_token
from tests.domain.bookings import workshop
from tests.settings import settings_for

SESSIONS = 200
PARTIES = 25
"""In one session, before the load goes on to two hundred others: 50 children in a room of 60."""
FAMILIES = 500
ROOMS = FAMILIES // PARTIES
"""Beside the one session that everybody wants: enough for two children of every parent."""
ROOM_PLACES, CARERS, SEATS = 60, 8, FAMILIES
A_DAY = 4
"""Sessions a day, one after the other: nobody is in two at once."""


@dataclass(frozen=True)
class Home:
    """One parent at their telephone. `cookie` and `token` are those of a page they opened."""

    parent_id: int
    cookie: str
    token: str
    children: tuple[str, str]
    """Public ids, the older first."""


@dataclass(frozen=True)
class Evenings:
    """Sessions that follow each other, each with so many slots; public ids in the same order."""

    first_session: int
    first_slot: int
    sessions: Sequence[str]
    slots: Sequence[str]

    @property
    def rooms(self) -> int:
        """How many slots there are beside each session."""
        return len(self.slots) // len(self.sessions)


@dataclass
class Town:
    """Everything the load needs to know."""

    here: World
    homes: list[Home]
    first_parent: int
    first_child: int
    place_id: int
    workshop_id: int
    opened: int = 0
    """How many sessions there are: the next comes after them."""


def town(here: World) -> Town:
    """Give every parent of the world an account, a signed-in browser and two children."""
    with here.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        whose = sorted(connection.scalars(select(Parent.id).where(Parent.person_id.is_(None))))
        for statement in _FAMILIES:
            connection.execute(text(statement))
        children = connection.execute(select(Child.id, Child.public_id).order_by(Child.id)).all()
    firsts = whose[0], children[0].id
    _counted(whose, firsts[0])
    _counted([child.id for child in children], firsts[1])
    place_id, workshop_id = _workshop(here)
    names = [child.public_id for child in children]
    pairs = list(zip(names[::2], names[1::2], strict=True))
    homes = [
        Home(parent_id, cookie, token, pair)
        for parent_id, (cookie, token), pair in zip(
            whose, _browsers(here, whose), pairs, strict=True
        )
    ]
    return Town(here, homes, *firsts, place_id, workshop_id)


def evenings(here: Town, sessions: int, *, rooms: int = 1) -> Evenings:
    """Open sessions that no other overlaps, with that many care slots beside each."""
    first, here.opened = here.opened, here.opened + sessions
    values = {
        "first": first,
        "count": sessions,
        "rooms": rooms,
        "from_day": clock.day_in(workshop.ZONE, clock.now()) + timedelta(days=10),
        "a_day": A_DAY,
        "workshop": here.workshop_id,
        "place": here.place_id,
        "seats": SEATS,
        "places": ROOM_PLACES,
        "carers": CARERS,
        "programme": here.here.town.programme_id,
        "provider": here.here.providers[0].id,
    }
    with here.here.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        found = connection.execute(text(_SESSIONS), values).all()
        slots = connection.execute(text(_SLOTS), values).all()
        connection.execute(text(_ASSIGNED), values | {"first_slot": slots[0].id})
    _counted([row.id for row in found], found[0].id)
    _counted([row.id for row in slots], slots[0].id)
    return Evenings(
        found[0].id,
        slots[0].id,
        [row.public_id for row in found],
        [row.public_id for row in slots],
    )


def hand_out(here: Town, each: int) -> None:
    """Give every parent so many more vouchers, good for years, and count them."""
    with here.here.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        plainly(
            connection,
            here.here.fund_id,
            each * (FAMILIES + 1),  # Amina has an allowance too
            kind="booking",
            last_day=FOR_LONG,
        )
        connection.execute(text(_COUNT_ALLOWANCES))


def everybody_waits(here: Town, opened: Evenings) -> None:
    """Put every family in the line for the first of these sessions: the parent and both children."""
    values = {
        "session": opened.first_session,
        "slot": opened.first_slot,
        "rooms": opened.rooms,
        "programme": here.here.town.programme_id,
        "parent": here.first_parent,
        "child": here.first_child,
        "last": len(here.homes) - 1,
    }
    with here.here.engine.begin() as connection:
        for statement in _WAITING:
            connection.execute(text(statement), values)


def settle(engine: Engine) -> None:
    """Let PostgreSQL count and tidy what was made in bulk."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


def _counted(found: Sequence[int], first: int) -> None:
    if list(found) != list(range(first, first + len(found))):
        raise RuntimeError("keys made in bulk do not follow each other")


def _workshop(here: World) -> tuple[int, int]:
    with Session(here.engine) as db:
        place_id = workshop.a_place(db)
        workshop_id = workshop.a_workshop(
            db, here.town.programme_id, place_id, min_people=1, max_people=SEATS
        )
        for number in range(CARERS * ROOMS):
            workshop.a_carer(db, here.providers[0].id, f"Intervenante {number}")
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE carer_check SET last_day = :day"), {"day": FOR_LONG})
    return place_id, workshop_id


def _browsers(here: World, whose: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Sign every parent in; yield the cookie of their browser and the token of its pages."""
    app = create_app(settings_for(here.url))
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    keys = [ids.secret_token() for _ in whose]
    _open_stays(here.engine, dict(zip(whose, keys, strict=True)))
    for key in keys:
        with app.test_request_context():
            token = csrf_token()
            cookie_of[access.KEY] = key
            signed = serializer.dumps(dict(cookie_of))
        yield f"{app.config['SESSION_COOKIE_NAME']}={signed}", token


def _open_stays(engine: Engine, keys: dict[int, str]) -> None:
    now = clock.now()
    with engine.begin() as connection:
        people = connection.execute(select(Parent.id, Parent.person_id).where(Parent.id.in_(keys)))
        connection.execute(
            insert(BrowserStay),
            [
                {
                    "key_hash": ids.fingerprint(keys[row.id]),
                    "person_id": row.person_id,
                    "role": "parent",
                    "parent_id": row.id,
                    "started_at": now,
                    "expires_at": now + timedelta(days=1),
                }
                for row in people
            ],
        )


_FAMILIES = (
    """
    INSERT INTO person (public_id, name, email, locale, created_at)
    SELECT 'personne-' || id, first_name || ' ' || last_name, 'parent' || id || '@exemple.test',
           'fr', '2026-01-01'
      FROM parent WHERE person_id IS NULL ORDER BY id
    """,
    """
    UPDATE parent SET person_id = person.id FROM person
     WHERE person.public_id = 'personne-' || parent.id
    """,
    """
    INSERT INTO child (public_id, first_name, born_on, more_support, created_at)
    SELECT 'enfant-' || parent.id || '-' || n, 'Enfant ' || n, DATE '2019-02-01' + n * 700, false,
           '2026-01-01'
      FROM parent JOIN person ON person.public_id = 'personne-' || parent.id
     CROSS JOIN generate_series(1, 2) AS n ORDER BY parent.id, n
    """,
    """
    INSERT INTO child_home (child_id, household_id)
    SELECT child.id, parent.household_id
      FROM parent CROSS JOIN generate_series(1, 2) AS n
      JOIN child ON child.public_id = 'enfant-' || parent.id || '-' || n
    """,
    """
    INSERT INTO child_sheet (child_id, household_id, walking_since, consents, confirmed_on,
      updated_at)
    SELECT child_id, household_id, '2022-06-01', '{}', '2026-01-01', '2026-01-01' FROM child_home
    """,
)

_SESSIONS = """
INSERT INTO workshop_session (public_id, workshop_id, place_id, day, starts, ends, zone, starts_at,
  ends_at, decide_at, min_people, max_people, state, created_at)
SELECT 'seance-' || n, :workshop, :place, day, starts, starts + INTERVAL '2 hours', 'Europe/Paris',
       (day + starts) AT TIME ZONE 'Europe/Paris',
       (day + starts + INTERVAL '2 hours') AT TIME ZONE 'Europe/Paris',
       (day + starts - INTERVAL '48 hours') AT TIME ZONE 'Europe/Paris', 1, :seats, 'open',
       '2026-01-01'
  FROM (SELECT n, CAST(:from_day AS date) + n / CAST(:a_day AS int) AS day,
               TIME '08:00' + (n % CAST(:a_day AS int)) * INTERVAL '3 hours' AS starts
          FROM generate_series(CAST(:first AS int), CAST(:first AS int) + :count - 1) AS n) AS date
 ORDER BY n
RETURNING id, public_id
"""

_SLOTS = """
INSERT INTO care_slot (public_id, programme_id, session_id, provider_id, place_id, room, day,
  starts, ends, zone, starts_at, ends_at, room_places, preset, mixing, vouchers_per_child, state,
  youngest_months, oldest_years, created_at)
SELECT 'garde-' || s.id || '-' || n, :programme, s.id, :provider, s.place_id, 'Salle ' || n, s.day,
       s.starts, s.ends, s.zone, s.starts_at, s.ends_at, :places, 'fr_acm_extra', 'per_band', 1,
       'open', 0, 17, '2026-01-01'
  FROM workshop_session s CROSS JOIN generate_series(1, :rooms) AS n
 WHERE CAST(substr(s.public_id, 8) AS int) BETWEEN :first AND CAST(:first AS int) + :count - 1
 ORDER BY s.id, n
RETURNING id, public_id
"""

# Eight in every room; nobody is in two rooms at once.
_ASSIGNED = """
INSERT INTO carer_assignment (slot_id, carer_id, role, state, changed_at)
SELECT slot.id, carer.id, 'counts', 'confirmed', '2026-01-01'
  FROM care_slot AS slot
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM carer) AS carer
    ON carer.place / CAST(:carers AS int) = (slot.id - :first_slot) % CAST(:rooms AS int)
 WHERE slot.id >= :first_slot
"""

_COUNT_ALLOWANCES = """
UPDATE allowance SET issued = made, granted = made
  FROM (SELECT allowance_id, count(*) AS made FROM voucher GROUP BY allowance_id) AS counted
 WHERE allowance.id = counted.allowance_id
"""

_WAITING = (
    """
    INSERT INTO waiting_party (public_id, parent_id, programme_id, session_id, waits_for, seat,
      without_care, asked_at, state)
    SELECT 'attente-' || n, CAST(:parent AS int) + n, :programme, :session,
           'session:' || CAST(:session AS int), true, false,
           TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 minute', 'waiting'
      FROM generate_series(0, CAST(:last AS int)) AS n ORDER BY n
    """,
    """
    INSERT INTO waiting_child (party_id, child_id, slot_id)
    SELECT party.id, CAST(:child AS int) + 2 * (party.parent_id - :parent) + n,
           CAST(:slot AS int) + (party.parent_id - :parent) % CAST(:rooms AS int)
      FROM waiting_party party CROSS JOIN generate_series(0, 1) AS n
     WHERE party.session_id = :session
    """,
)
