"""A whole booking as one statement of PostgreSQL.

It decides about the vouchers only: everything else was decided under the locks that the change
holds. When too few are good it holds none, and says so by `held`.
"""

from repit.domain.vouchers.holds import HOLDABLE

BOOK = f"""
WITH booked AS (
  INSERT INTO booking (public_id, request_id, parent_id, programme_id, session_id, seat, state,
                       origin, made_by, made_at, expires_at)
  VALUES (%(public_id)s, %(request_id)s, %(parent_id)s, %(programme_id)s, %(session_id)s,
          %(seat)s, %(state)s, %(origin)s, %(actor)s, %(now)s, %(expires_at)s)
  RETURNING id
), seated AS (
  UPDATE workshop_session
     SET seats_taken = seats_taken + 1, over_capacity = seats_taken + 1 > max_people
   WHERE id = %(session_id)s AND %(seat)s
), asked AS (
  SELECT * FROM unnest(%(place_public_ids)s::text[], %(child_ids)s::bigint[],
                       %(slot_ids)s::bigint[], %(vouchers)s::bigint[])
    AS asked (public_id, child_id, slot_id, vouchers)
), filled AS (
  UPDATE care_slot SET places_taken = places_taken + coming.children
    FROM (SELECT slot_id, count(*) AS children FROM asked GROUP BY slot_id) AS coming
   WHERE care_slot.id = coming.slot_id
), placed AS (
  INSERT INTO child_place (public_id, booking_id, child_id, slot_id, vouchers)
  SELECT asked.public_id, booked.id, asked.child_id, asked.slot_id, asked.vouchers
    FROM booked CROSS JOIN asked
  RETURNING id, vouchers
), locked AS (
  SELECT id FROM voucher
   WHERE id IN (SELECT id FROM voucher WHERE {HOLDABLE} ORDER BY last_day, id LIMIT %(most)s)
     AND {HOLDABLE}
   ORDER BY id FOR UPDATE
), chosen AS (
  SELECT id, row_number() OVER (ORDER BY id) AS turn FROM locked
   WHERE (SELECT count(*) FROM locked) = %(most)s
), wanted AS (
  SELECT placed.id, row_number() OVER (ORDER BY placed.id) AS turn
    FROM placed CROSS JOIN generate_series(1, placed.vouchers)
), held AS (
  INSERT INTO hold (voucher_id, child_place_id, provider_id, service_on, made_at, state)
  SELECT chosen.id, wanted.id, %(provider_id)s::bigint, %(day)s::date, %(now)s, 'held'
    FROM chosen JOIN wanted USING (turn)
), promised AS (
  UPDATE voucher SET booked = true, held_for_id = %(provider_id)s::bigint, presentation_id = NULL
    FROM chosen WHERE voucher.id = chosen.id
), noted AS (
  INSERT INTO event (at, actor, for_parent_id, kind, object_kind, object_id, motive, facts)
  SELECT %(now)s, %(actor)s, %(parent_id)s, %(kind)s, 'booking', booked.id, %(motive)s,
         %(facts)s::json
    FROM booked
), told AS (
  INSERT INTO notice (kind, person_id, to_address, locale, facts, dedupe, booking_id, created_at,
                      send_at, state, attempts)
  SELECT %(letter_kind)s, %(person_id)s::bigint, %(to_address)s, %(locale)s,
         %(letter_facts)s::json, replace(%(dedupe)s, '{{id}}', booked.id::text), booked.id,
         %(now)s, %(send_at)s::timestamptz, 'waiting', 0
    FROM booked WHERE %(letter)s
      ON CONFLICT (dedupe) DO NOTHING
)
SELECT booked.id, (SELECT count(*) FROM chosen) AS held FROM booked
"""
"""Every part sees the rows as they were before it: the counters are of the locked rows, the places
and holds get their numbers from each other by RETURNING.
"""
