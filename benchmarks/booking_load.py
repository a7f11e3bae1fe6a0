"""The load of bookings: the parents' own form over HTTP, and its statements by pgbench.

One turn is one party: a parent with two children and a session of theirs. Both loads take the
turns in the same order, so that rooms fill alike; no parent comes to one session twice.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.evenings import FAMILIES, PARTIES, SESSIONS, Evenings, Town
from benchmarks.load import DONE, Measured, measured, run_pgbench, wrk
from repit.domain import ids

STRIDE = SESSIONS + 1
"""From one round over the sessions to the next, the parents move on by one."""

# Every thread takes its own slice of the parties, in order, so that none is sent twice.
_LUA = """
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args)
  parties = {}
  local line = 0
  for path, cookie, body in io.open(args[1]):read("*a"):gmatch("(%S+)\\t(%S+)\\t(%S+)\\n") do
    if line % tonumber(args[2]) == number then
      parties[#parties + 1] = wrk.format("POST", path, {
        ["Cookie"] = cookie, ["Accept-Language"] = "fr",
        ["Content-Type"] = "application/x-www-form-urlencoded" }, body)
    end
    line = line + 1
  end
  at, failed = 0, 0
end
function request()
  at = at + 1
  if not parties[at] then io.stderr:write("the parties ran out\\n"); at = 1 end
  return parties[at]
end
function response(status, headers, body)
  if status == 303 then return end
  failed = failed + 1
  if failed == 1 then io.stderr:write("answered " .. status .. " " .. body:sub(1, 4000) .. "\\n") end
end
"""

# The statements of one booking, in the order and with the locks of `repit.domain.bookings.book`.
_PGBENCH = r"""
\set n :n + 1
\set turn :n * :clients_all + :client_id
{turn}
\set one :first_child + 2 * :p
\set two :one + 1
\set parent :first_parent + :p
BEGIN;
SELECT s.*, w.*, p.*, place.*, (SELECT min(expires_at) FROM booking WHERE session_id = :session
    AND state = 'offered')
  FROM workshop_session s JOIN workshop w ON w.id = s.workshop_id
  JOIN programme p ON p.id = w.programme_id JOIN place ON place.id = s.place_id
  WHERE s.id = :session AND w.format <> 'cohort' FOR UPDATE OF s;
SELECT * FROM care_slot WHERE session_id = :session ORDER BY id FOR UPDATE;
SELECT p.*, person.id, person.email, person.locale, person.disabled_at, c.id, c.first_name, c.born_on,
  c.care_weight, c.dedicated_carer, sheet.walking_since
  FROM parent p LEFT JOIN person ON person.id = p.person_id
  JOIN child_home h ON h.household_id = p.household_id JOIN child c ON c.id = h.child_id
  LEFT JOIN child_sheet sheet ON sheet.child_id = c.id AND sheet.household_id = p.household_id
  WHERE p.id = :parent AND c.id IN (:one, :two) ORDER BY c.id FOR NO KEY UPDATE OF p, c;
SELECT (SELECT id FROM booking WHERE request_id = '00000000-0000-4000-8000-000000000000'),
  EXISTS (SELECT * FROM waiting_party WHERE waits_for = 'session:' || (:session)::bigint::text
    AND state = 'waiting' AND skips >= 1),
  seat.public_id, seat.session_id, EXISTS (SELECT * FROM booking b, parent me, parent other
    WHERE b.session_id = :session AND b.seat AND b.state <> 'cancelled' AND b.parent_id = other.id
    AND other.id <> me.id AND me.id = :parent AND (other.household_id = me.household_id
      OR EXISTS (SELECT * FROM child_home mine, child_home theirs
        WHERE mine.household_id = me.household_id AND theirs.child_id = mine.child_id
        AND theirs.household_id = other.household_id))), place.*
  FROM parent LEFT JOIN (SELECT b.public_id, b.session_id FROM booking b
      JOIN workshop_session s ON s.id = b.session_id WHERE b.parent_id = :parent AND b.seat
      AND b.state <> 'cancelled'
      AND s.starts_at < (SELECT ends_at FROM workshop_session WHERE id = :session)
      AND s.ends_at > (SELECT starts_at FROM workshop_session WHERE id = :session) LIMIT 1) AS seat ON true
  LEFT JOIN (
    {places}, true AS there {of_places} WHERE place.ended_at IS NULL AND place.slot_id IN (:slot)
    UNION ALL
    {places}, false {of_places} JOIN care_slot s ON s.id = place.slot_id
      WHERE place.ended_at IS NULL AND place.child_id IN (SELECT child_id FROM child_home
        WHERE household_id = (SELECT household_id FROM parent WHERE id = :parent))
      AND EXISTS (SELECT * FROM care_slot asked WHERE asked.id IN (:slot)
        AND s.starts_at < asked.ends_at AND s.ends_at > asked.starts_at)) AS place ON true
  WHERE parent.id = :parent;
SELECT a.slot_id, s.day, c.id, c.kind, c.personal_cap, programme.carer_checks, paper.kind
  FROM carer_assignment a JOIN care_slot s ON s.id = a.slot_id JOIN carer c ON c.id = a.carer_id
  JOIN provider p ON p.id = c.provider_id AND p.state = 'active'
  JOIN programme ON programme.id = s.programme_id
  LEFT JOIN carer_check paper ON paper.carer_id = c.id AND paper.first_day <= s.day AND paper.last_day >= s.day
  WHERE a.slot_id IN (:slot) AND a.state = 'confirmed' AND a.role = 'counts'
  AND (c.left_on IS NULL OR c.left_on > s.day) AND EXISTS (SELECT ok.id FROM accreditation ok
    WHERE ok.provider_id = c.provider_id AND ok.category = 'workshop_childcare' AND ok.first_day <= s.day
    AND ok.last_day >= s.day AND (ok.withdrawn_on IS NULL OR ok.withdrawn_on > s.day))
  ORDER BY a.slot_id, c.id;
WITH booked AS (
  INSERT INTO booking (public_id, request_id, parent_id, programme_id, session_id, seat, state, origin,
    made_by, made_at) VALUES (substr(md5(random()::text), 1, 22), gen_random_uuid(), :parent, :programme,
    :session, true, 'confirmed', 'self', 'person:1', now()) RETURNING id
), seated AS (
  UPDATE workshop_session SET seats_taken = seats_taken + 1, over_capacity = seats_taken + 1 > max_people
   WHERE id = :session
), asked AS (
  SELECT * FROM unnest(ARRAY[substr(md5(random()::text), 1, 22), substr(md5(random()::text), 1, 22)],
    ARRAY[:one, :two]::bigint[], ARRAY[:slot, :slot]::bigint[], ARRAY[1, 1]::bigint[])
    AS asked (public_id, child_id, slot_id, vouchers)
), filled AS (
  UPDATE care_slot SET places_taken = places_taken + coming.children
    FROM (SELECT slot_id, count(*) AS children FROM asked GROUP BY slot_id) AS coming
   WHERE care_slot.id = coming.slot_id
), placed AS (
  INSERT INTO child_place (public_id, booking_id, child_id, slot_id, vouchers)
  SELECT asked.public_id, booked.id, asked.child_id, asked.slot_id, asked.vouchers
    FROM booked CROSS JOIN asked RETURNING id, vouchers
), locked AS (
  SELECT id FROM voucher WHERE id IN (
    SELECT id FROM voucher WHERE {holdable} ORDER BY last_day, id LIMIT 2) AND {holdable}
   ORDER BY id FOR UPDATE
), chosen AS (
  SELECT id, row_number() OVER (ORDER BY id) AS turn FROM locked WHERE (SELECT count(*) FROM locked) = 2
), wanted AS (
  SELECT placed.id, row_number() OVER (ORDER BY placed.id) AS turn
    FROM placed CROSS JOIN generate_series(1, placed.vouchers)
), held AS (
  INSERT INTO hold (voucher_id, child_place_id, provider_id, service_on, made_at, state)
  SELECT chosen.id, wanted.id, :provider, (SELECT day FROM care_slot WHERE id = :slot), now(), 'held'
    FROM chosen JOIN wanted USING (turn)
), promised AS (
  UPDATE voucher SET booked = true, held_for_id = :provider, presentation_id = NULL
    FROM chosen WHERE voucher.id = chosen.id
), noted AS (
  INSERT INTO event (at, actor, for_parent_id, kind, object_kind, object_id, facts)
  SELECT now(), 'person:1', :parent, 'booked', 'booking', booked.id,
    '{{"children": 2, "seat": true, "forced": false}}' FROM booked
), told AS (
  INSERT INTO notice (kind, person_id, to_address, locale, facts, dedupe, booking_id, created_at, send_at,
    state, attempts) SELECT 'booked', person_id, 'parent@exemple.test', 'fr', '{{"title": "Un temps pour soi",
    "session_day": "2026-12-01", "starts": "18h00", "ends": "20h00", "zone": "Europe/Paris", "place": "Espace",
    "address": "2 rue des Lilas, 62300 Lens"}}', 'booking ' || booked.id || '.booked.0', booked.id, now(),
    now(), 'waiting', 0 FROM parent CROSS JOIN booked WHERE parent.id = :parent ON CONFLICT (dedupe) DO NOTHING
)
SELECT booked.id, (SELECT count(*) FROM chosen) FROM booked;
COMMIT;
"""
_PLACES = """SELECT place.child_id, place.slot_id, b.public_id, p.household_id, c.born_on, sheet.walking_since,
      c.care_weight, c.dedicated_carer"""
_OF_PLACES = """FROM child_place place JOIN booking b ON b.id = place.booking_id
      JOIN parent p ON p.id = b.parent_id JOIN child c ON c.id = place.child_id
      LEFT JOIN child_sheet sheet ON sheet.child_id = c.id AND sheet.household_id = p.household_id"""
_HOLDABLE = """parent_id = :parent AND programme_id = :programme AND state = 'issued'
  AND blocked_at IS NULL AND held_for_id IS NULL AND (categories & 8) <> 0
  AND first_day <= (SELECT day FROM care_slot WHERE id = :slot)
  AND last_day >= (SELECT day FROM care_slot WHERE id = :slot)"""
_SPREAD_TURN = r"""
\set s :turn % {sessions}
\set k :turn / {sessions}
\set p (:s + {stride} * :k) % {families}
\set session :first_session + {sessions} * (:k / {parties}) + :s
\set slot :first_slot + {sessions} * (:k / {parties}) + :s
"""
_HOT_TURN = r"""
\set p :turn % {families}
\set session :first_session + :turn / {families}
\set slot :first_slot + {rooms} * (:turn / {families}) + :p % {rooms}
"""


@dataclass(frozen=True)
class Spread:
    """The parties go round over 200 sessions, 25 each, then over 200 others."""

    evenings: Evenings

    def at(self, turn: int) -> tuple[int, int, int]:
        """Return which parent, session and slot a turn is about, counted from the first."""
        lap, which = divmod(turn, SESSIONS)
        session = SESSIONS * (lap // PARTIES) + which
        return (which + STRIDE * lap) % FAMILIES, session, session

    @property
    def script(self) -> str:
        """The same for pgbench."""
        return _SPREAD_TURN.format(
            sessions=SESSIONS, stride=STRIDE, families=FAMILIES, parties=PARTIES
        )


@dataclass(frozen=True)
class Hot:
    """Every parent wants the one session; then the next one. Care is in many rooms beside it."""

    evenings: Evenings

    def at(self, turn: int) -> tuple[int, int, int]:
        """Return which parent, session and slot a turn is about, counted from the first."""
        session, parent = divmod(turn, FAMILIES)
        rooms = self.evenings.rooms
        return parent, session, rooms * session + parent % rooms

    @property
    def script(self) -> str:
        """The same for pgbench."""
        return _HOT_TURN.format(families=FAMILIES, rooms=self.evenings.rooms)


Turns = Spread | Hot


def book(
    address: str, town: Town, turns: Turns, *, most: int, clients: int, seconds: int
) -> Measured:
    """Send the form for so long, one party after the other; every answer must be 303.

    Raises:
        RuntimeError: a booking was refused, or `most` were too few.
    """
    threads = min(2, clients)
    with tempfile.TemporaryDirectory(prefix="repit-bench-") as folder:
        parties, script = Path(folder, "parties"), Path(folder, "book.lua")
        parties.write_text("".join(islice(_parties(town, turns), most)))
        script.write_text(_LUA + DONE)
        found = wrk(address, script, clients, threads, seconds, [str(parties), str(threads)])
    if found["requests"] > most:
        raise RuntimeError("the parties ran out")
    return measured(found)


def _parties(town: Town, turns: Turns) -> Iterator[str]:
    turn = 0
    while True:
        parent, session, slot = turns.at(turn)
        home, name = town.homes[parent], turns.evenings.slots[slot]
        body = [
            ("csrf_token", home.token),
            ("request_id", str(ids.request_id())),
            ("seat", "y"),
            *(("children", f"{child}.{name}") for child in home.children),
        ]
        path = f"/ateliers/{turns.evenings.sessions[session]}"
        yield f"{path}\t{home.cookie}\t{urlencode(body)}\n"
        turn += 1


def pgbench(
    programs: Path, dsn: str, town: Town, turns: Turns, *, clients: int, seconds: int
) -> Measured:
    """Run the same statements for so long."""
    values = {
        "n": -1,
        "clients_all": clients,
        "first_session": turns.evenings.first_session,
        "first_slot": turns.evenings.first_slot,
        "first_parent": town.first_parent,
        "first_child": town.first_child,
        "programme": town.here.town.programme_id,
        "provider": town.here.providers[0].id,
    }
    parts = {"holdable": _HOLDABLE, "places": _PLACES, "of_places": _OF_PLACES}
    script = _PGBENCH.format(turn=turns.script, **parts)
    return run_pgbench(programs, dsn, script, values, clients=clients, seconds=seconds)
