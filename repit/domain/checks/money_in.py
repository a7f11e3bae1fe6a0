"""Money in: what arrived, what was taken back of it, and the bank lines behind it."""

from repit.domain.checks.invariants import Invariant

MONEY_IN = (
    Invariant(
        "M1",
        "what was taken back of an arrival is written, and moved out of its own fund",
        """
        SELECT r.id AS arrival_id, r.returned_cents, coalesce(w.amount, 0) AS written,
               coalesce(w.shortage, 0) AS shortage, coalesce(t.amount, 0) AS moved,
               coalesce(t.lost, 0) AS lost
          FROM arrival r
          LEFT JOIN (SELECT arrival_id, sum(amount_cents) AS amount,
                            sum(shortage_cents) AS shortage
                       FROM arrival_return GROUP BY arrival_id) w ON w.arrival_id = r.id
          LEFT JOIN (SELECT t.arrival_id, sum(t.amount_cents) AS amount,
                            sum(CASE WHEN a.kind = 'loss' THEN t.amount_cents ELSE 0 END) AS lost,
                            count(DISTINCT a.fund_id) AS funds, min(a.fund_id) AS fund_id
                       FROM transfer t JOIN account a ON a.id = t.debit_id
                      WHERE t.kind = 'dispute' GROUP BY t.arrival_id) t ON t.arrival_id = r.id
         WHERE r.returned_cents <> coalesce(w.amount, 0)
            OR r.returned_cents <> coalesce(t.amount, 0)
            OR coalesce(w.shortage, 0) <> coalesce(t.lost, 0)
            OR (t.funds IS NOT NULL AND (t.funds <> 1 OR t.fund_id <> r.fund_id))
        """,
    ),
    Invariant(
        "M2",
        "a bank line brought no more than its amount, and in whole when nothing is set aside",
        """
        SELECT l.id AS line_id, l.amount_cents, coalesce(m.amount, 0) AS matched
          FROM bank_line l
          LEFT JOIN (SELECT m.line_id, sum(r.amount_cents) AS amount
                       FROM bank_match m JOIN arrival r ON r.id = m.arrival_id
                      WHERE m.ended_at IS NULL GROUP BY m.line_id) m ON m.line_id = l.id
         WHERE coalesce(m.amount, 0) > l.amount_cents
            OR (m.amount < l.amount_cents AND l.motive IS NULL)
        """,
    ),
    Invariant(
        "M3",
        "a bank line is matched when it is some money, and only then",
        """
        SELECT l.id AS line_id, l.state, l.why, count(m.id) AS matches
          FROM bank_line l
          LEFT JOIN bank_match m ON m.line_id = l.id AND m.ended_at IS NULL
         GROUP BY l.id, l.state, l.why
        HAVING (l.state = 'matched')
               <> (count(m.id) > 0 OR coalesce(l.why, '') IN ('payout', 'repayment'))
            OR (count(m.id) > 0 AND l.why IN ('payout', 'repayment'))
        """,
    ),
    Invariant(
        "M4",
        "money that came in for a contribution went into it once: only what came in is matched",
        """
        SELECT m.id AS match_id, m.line_id, m.arrival_id FROM bank_match m
          JOIN bank_line l ON l.id = m.line_id
          JOIN arrival r ON r.id = m.arrival_id
         WHERE m.ended_at IS NULL
           AND (NOT l.credit OR (m.how = 'entered') <> (r.way = 'hand')
                OR (m.how <> 'entered' AND r.received_on <> l.booked_on))
        """,
    ),
)
