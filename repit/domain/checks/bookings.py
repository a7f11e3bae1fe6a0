"""Bookings: what is counted twice, what may be live at once, and what every hold comes to."""

from repit.domain.checks.invariants import Invariant

BOOKINGS = (
    Invariant(
        "B1",
        "the seats taken are the live seats and who came without a file, no more than there are"
        " unless it is flagged",
        """
        SELECT s.id AS session_id, s.seats_taken, s.max_people, coalesce(b.seats, 0) AS seats
          FROM workshop_session s
          LEFT JOIN (SELECT session_id, count(*) AS seats FROM (
                       SELECT session_id FROM booking WHERE seat AND state <> 'cancelled'
                       UNION ALL
                       SELECT session_id FROM unnamed_arrival WHERE annulled_at IS NULL) everyone
                      GROUP BY session_id) b
            ON b.session_id = s.id
         WHERE s.seats_taken <> coalesce(b.seats, 0)
            OR (coalesce(b.seats, 0) > s.max_people AND NOT s.over_capacity)
        """,
    ),
    Invariant(
        "B2",
        "the places taken are the children expected, no more than fit unless it is flagged",
        """
        SELECT s.id AS slot_id, s.places_taken, s.room_places, coalesce(p.places, 0) AS places
          FROM care_slot s
          LEFT JOIN (SELECT slot_id, count(*) AS places FROM child_place
                      WHERE ended_at IS NULL GROUP BY slot_id) p ON p.slot_id = s.id
         WHERE s.places_taken <> coalesce(p.places, 0)
            OR (coalesce(p.places, 0) > s.room_places AND NOT s.over_capacity)
        """,
    ),
    Invariant(
        "B3",
        "a parent has one seat in a session, a child one place in a slot",
        """
        SELECT 'seat' AS what, parent_id AS whose_id, session_id AS where_id, count(*) AS live
          FROM booking WHERE seat AND state <> 'cancelled'
         GROUP BY parent_id, session_id HAVING count(*) > 1
        UNION ALL
        SELECT 'place', child_id, slot_id, count(*)
          FROM child_place WHERE ended_at IS NULL
         GROUP BY child_id, slot_id HAVING count(*) > 1
        """,
    ),
    Invariant(
        "B4",
        "no child is expected in two places at once",
        """
        SELECT p.child_id, p.slot_id, q.slot_id AS other_slot_id
          FROM child_place p
          JOIN child_place q ON q.child_id = p.child_id AND q.slot_id > p.slot_id
           AND q.ended_at IS NULL
          JOIN care_slot s ON s.id = p.slot_id
          JOIN care_slot t ON t.id = q.slot_id
         WHERE p.ended_at IS NULL AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at
        """,
    ),
    Invariant(
        "B5",
        "no carer has confirmed two slots at once",
        """
        SELECT a.carer_id, a.slot_id, b.slot_id AS other_slot_id
          FROM carer_assignment a
          JOIN carer_assignment b ON b.carer_id = a.carer_id AND b.slot_id > a.slot_id
           AND b.state = 'confirmed'
          JOIN care_slot s ON s.id = a.slot_id AND s.state <> 'cancelled'
          JOIN care_slot t ON t.id = b.slot_id AND t.state <> 'cancelled'
         WHERE a.state = 'confirmed' AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at
        """,
    ),
    Invariant(
        "B6",
        "a child's place is of a live booking, of that session, whose home has or had the child",
        """
        SELECT p.id AS child_place_id, b.id AS booking_id, b.state, b.session_id,
               s.session_id AS slot_session_id
          FROM child_place p
          JOIN booking b ON b.id = p.booking_id
          JOIN care_slot s ON s.id = p.slot_id
          JOIN parent r ON r.id = b.parent_id
         WHERE p.ended_at IS NULL
           AND (b.state = 'cancelled'
                OR coalesce(b.session_id, 0) <> coalesce(s.session_id, 0)
                OR (NOT EXISTS (SELECT 1 FROM child_home h
                                 WHERE h.child_id = p.child_id
                                   AND h.household_id = r.household_id)
                    AND NOT EXISTS (SELECT 1 FROM event e
                                     WHERE (e.object_kind = 'child' AND e.kind = 'left_home'
                                            AND e.object_id = p.child_id)
                                        OR (e.object_kind = 'parent' AND e.kind = 'moved'
                                            AND e.object_id = r.id))))
        """,
    ),
    Invariant(
        "B7",
        "what is cancelled has nobody coming or waiting, nothing held and nothing to remind of",
        """
        SELECT 'seat' AS what, b.id AS id FROM booking b
          JOIN workshop_session s ON s.id = b.session_id
         WHERE s.state = 'cancelled' AND b.state <> 'cancelled'
        UNION ALL
        SELECT 'place', p.id FROM child_place p
          JOIN care_slot s ON s.id = p.slot_id
         WHERE s.state = 'cancelled' AND p.ended_at IS NULL
        UNION ALL
        SELECT 'slot', c.id FROM care_slot c
          JOIN workshop_session s ON s.id = c.session_id
         WHERE s.state = 'cancelled' AND c.state <> 'cancelled'
        UNION ALL
        SELECT 'hold', h.id FROM hold h
          JOIN child_place p ON p.id = h.child_place_id
          JOIN care_slot s ON s.id = p.slot_id
         WHERE h.state = 'held' AND s.state = 'cancelled'
        UNION ALL
        SELECT 'party', w.id FROM waiting_party w
          JOIN workshop_session s ON s.id = w.session_id
         WHERE w.state IN ('waiting', 'offered') AND s.state = 'cancelled'
        UNION ALL
        SELECT 'party', w.id FROM waiting_party w
          JOIN care_slot s ON s.id = w.slot_id
         WHERE w.state IN ('waiting', 'offered') AND s.state = 'cancelled'
        UNION ALL
        SELECT 'waiting_child', c.id FROM waiting_child c
          JOIN waiting_party w ON w.id = c.party_id
          JOIN care_slot s ON s.id = c.slot_id
         WHERE w.state = 'waiting' AND s.state = 'cancelled'
        UNION ALL
        SELECT 'notice', n.id FROM notice n
          JOIN booking b ON b.id = n.booking_id
         WHERE n.state = 'waiting' AND b.state = 'cancelled'
        """,
    ),
    Invariant(
        "B8",
        "a voucher is booked exactly when one live hold promises it, to the same provider",
        """
        SELECT v.id AS voucher_id, count(h.id) AS holds FROM voucher v
          LEFT JOIN hold h ON h.voucher_id = v.id AND h.state = 'held'
         WHERE v.booked GROUP BY v.id HAVING count(h.id) <> 1
        UNION ALL
        SELECT v.id, 1 FROM hold h
          JOIN voucher v ON v.id = h.voucher_id
          JOIN child_place p ON p.id = h.child_place_id
          JOIN care_slot s ON s.id = p.slot_id
         WHERE h.state = 'held'
           AND (NOT v.booked OR v.held_for_id <> h.provider_id OR s.provider_id <> h.provider_id)
        """,
    ),
    Invariant(
        "B9",
        "a place has the holds it was booked with; none outlives it but late, none ends before it"
        " unless it was noted that the child did not come",
        """
        SELECT p.id AS child_place_id, p.vouchers, count(h.id) AS holds
          FROM child_place p
          JOIN booking b ON b.id = p.booking_id
          JOIN care_slot s ON s.id = p.slot_id
          LEFT JOIN hold h ON h.child_place_id = p.id
          LEFT JOIN voucher v ON v.id = h.voucher_id
          LEFT JOIN (SELECT DISTINCT q.id AS child_place_id FROM child_place q
                       JOIN attendance n ON n.booking_id = q.booking_id
                        AND (n.child_place_id = q.id OR n.child_place_id IS NULL)
                      WHERE n.kind IN ('no_show', 'excused')) a ON a.child_place_id = p.id
         GROUP BY p.id, p.vouchers
        HAVING count(h.id) <> p.vouchers
            OR count(CASE WHEN v.parent_id <> b.parent_id THEN 1 END) > 0
            OR count(CASE WHEN h.state = 'released' AND p.ended_at IS NULL
                           AND (h.ended_at < s.ends_at OR a.child_place_id IS NULL)
                          THEN 1 END) > 0
            OR count(CASE WHEN h.state = 'held' AND b.state = 'cancelled' AND NOT b.late
                           AND p.ended_at >= b.ended_at THEN 1 END) > 0
        """,
    ),
    Invariant(
        "B10",
        "a hold ended once or is live; one that was redeemed ended with its voucher's redemption",
        """
        SELECT h.id AS hold_id, h.state FROM hold h
         WHERE (h.state = 'held' AND h.ended_at IS NOT NULL)
            OR (h.state <> 'held' AND h.ended_at IS NULL)
            OR (h.state = 'redeemed'
                AND NOT EXISTS (SELECT 1 FROM transfer t
                                 WHERE t.voucher_id = h.voucher_id AND t.kind = 'redeem'
                                   AND t.at = h.ended_at))
        """,
    ),
    Invariant(
        "B11",
        "an offer is one waiting party's, whole, and a party that was made an offer has it",
        """
        SELECT 'booking' AS what, b.id AS id FROM booking b
          LEFT JOIN waiting_party w
            ON w.booking_id = coalesce(b.lead_id, b.id) AND w.state = 'offered'
           AND w.parent_id = b.parent_id
         WHERE b.state = 'offered' AND b.origin = 'waiting'
         GROUP BY b.id HAVING count(w.id) <> 1
        UNION ALL
        SELECT 'party', w.id FROM waiting_party w
          LEFT JOIN booking b ON b.id = w.booking_id AND b.state = 'offered'
         WHERE w.state = 'offered' AND b.id IS NULL
        UNION ALL
        SELECT 'group', b.id FROM booking b
          JOIN booking l ON l.id = b.lead_id
         WHERE b.state = 'offered'
           AND (l.state <> 'offered' OR l.expires_at <> b.expires_at OR l.lead_id IS NOT NULL)
        """,
    ),
    Invariant(
        "B12",
        "no child left with somebody who never may collect it",
        """
        SELECT a.id AS attendance_id, a.collector_id FROM attendance a
          JOIN collector c ON c.id = a.collector_id
          JOIN child_place p ON p.id = a.child_place_id
         WHERE a.kind = 'left' AND (c.standing = 'never' OR c.child_id <> p.child_id)
        """,
    ),
)
