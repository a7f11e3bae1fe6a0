"""Figures: what is kept of closed days is what the ledger and the vouchers say of them."""

from repit.domain.checks.invariants import Invariant

# Every movement of a voucher on a closed day, with where its parent lived then. Minutes are a
# redemption's and counted once for each fund: they are compared for a whole redemption below.
_MOVED = """
  SELECT k.programme_id, k.day, v.fund_id, v.parent_id, a.isolated, t.kind, t.amount_cents,
         credited.kind AS credit_kind, p.household_id, p.town, t.redemption_id,
         CASE WHEN p.priority_area IS NULL THEN 0 ELSE 1 END AS in_area,
         r.category, r.provider_id, r.received_at, t.at, p.parent_id AS known
    FROM kept_day k
    JOIN transfer t ON t.at >= k.starts_at AND t.at < k.ends_at
     AND t.kind IN ('issue', 'redeem', 'reverse', 'expire', 'cancel')
    JOIN account credited ON credited.id = t.credit_id
    JOIN voucher v ON v.id = t.voucher_id AND v.programme_id = k.programme_id
    JOIN allowance a ON a.id = v.allowance_id
    LEFT JOIN redemption r ON r.id = t.redemption_id
    LEFT JOIN kept_parent p ON p.programme_id = k.programme_id AND p.parent_id = v.parent_id
     AND p.first_day <= k.day AND p.last_day >= k.day
   WHERE k.counted
"""

FIGURES = (
    Invariant(
        "K1",
        "closed days follow on one another, each counted, and each begins where the last one ended",
        """
        SELECT k.programme_id, k.day, 'gap' AS what FROM kept_day k
         WHERE k.day > (SELECT min(o.day) FROM kept_day o WHERE o.programme_id = k.programme_id)
           AND NOT EXISTS (SELECT 1 FROM kept_day b
                            WHERE b.programme_id = k.programme_id AND b.ends_at = k.starts_at)
        UNION ALL
        SELECT k.programme_id, k.day, 'not counted' FROM kept_day k WHERE NOT k.counted
        """,
    ),
    Invariant(
        "K2",
        "the money kept of each day is its transfers, by kind and accounts",
        """
        SELECT coalesce(kept.fund_id, moved.fund_id) AS fund_id,
               coalesce(kept.first_day, moved.day) AS day, coalesce(kept.kind, moved.kind) AS kind,
               kept.cents AS kept_cents, moved.cents AS moved_cents
          FROM (SELECT * FROM kept_money WHERE span = 'day') kept
          FULL JOIN (SELECT k.programme_id, k.day, d.fund_id, t.kind, d.kind AS debit_kind,
                            c.kind AS credit_kind, count(*) AS transfers,
                            sum(t.amount_cents) AS cents
                       FROM kept_day k
                       JOIN transfer t ON t.at >= k.starts_at AND t.at < k.ends_at
                       JOIN account d ON d.id = t.debit_id
                       JOIN account c ON c.id = t.credit_id
                       JOIN fund f ON f.id = d.fund_id AND f.programme_id = k.programme_id
                      WHERE k.counted
                      GROUP BY k.programme_id, k.day, d.fund_id, t.kind, d.kind, c.kind) moved
            ON moved.programme_id = kept.programme_id AND moved.day = kept.first_day
           AND moved.fund_id = kept.fund_id AND moved.kind = kept.kind
           AND moved.debit_kind = kept.debit_kind AND moved.credit_kind = kept.credit_kind
         WHERE kept.cents IS NULL OR moved.cents IS NULL OR kept.cents <> moved.cents
            OR kept.transfers <> moved.transfers
        """,
    ),
    Invariant(
        "K3",
        "vouchers and euros kept of each day are those that moved, in every division",
        f"""
        SELECT coalesce(kept.day, moved.day) AS day,
               coalesce(kept.fund_id, moved.fund_id) AS fund_id,
               coalesce(kept.category, moved.category) AS category,
               coalesce(kept.town, moved.town) AS town,
               kept.issued AS kept_issued, moved.issued AS moved_issued,
               kept.used AS kept_used, moved.used AS moved_used,
               kept.cents AS kept_cents, moved.cents AS moved_cents
          FROM (SELECT programme_id, first_day AS day, fund_id, category, town,
                       CASE WHEN isolated THEN 1 ELSE 0 END AS alone,
                       CASE WHEN priority_area THEN 1 ELSE 0 END AS in_area,
                       vouchers_issued AS issued, vouchers_used AS used,
                       vouchers_lapsed AS lapsed, vouchers_cancelled AS cancelled,
                       issued_cents + used_cents + lapsed_cents + cancelled_cents AS cents
                  FROM kept_sum WHERE span = 'day') kept
          FULL JOIN (
            SELECT programme_id, day, fund_id, category, town, alone, in_area,
                   sum(issued) AS issued, sum(used) AS used, sum(lapsed) AS lapsed,
                   sum(cancelled) AS cancelled, sum(cents) AS cents
              FROM (
                SELECT programme_id, day, fund_id, town, in_area,
                       CASE WHEN isolated THEN 1 ELSE 0 END AS alone,
                       CASE WHEN kind IN ('redeem', 'reverse') THEN category ELSE ''
                            END AS category,
                       CASE kind WHEN 'issue' THEN 1 ELSE 0 END AS issued,
                       CASE kind WHEN 'redeem' THEN 1 WHEN 'reverse' THEN -1 ELSE 0 END AS used,
                       CASE kind WHEN 'expire' THEN 1 ELSE 0 END AS lapsed,
                       CASE kind WHEN 'cancel' THEN 1 ELSE 0 END AS cancelled,
                       CASE kind WHEN 'reverse' THEN -amount_cents ELSE amount_cents END AS cents
                  FROM ({_MOVED}) every_move
                UNION ALL
                SELECT programme_id, day, fund_id, town, in_area,
                       CASE WHEN isolated THEN 1 ELSE 0 END, '', 0, 0, 1, 0, amount_cents
                  FROM ({_MOVED}) came_back_too_late
                 WHERE kind = 'reverse' AND credit_kind = 'available'
              ) rows_of_days
             GROUP BY programme_id, day, fund_id, category, town, alone, in_area) moved
            ON moved.programme_id = kept.programme_id AND moved.day = kept.day
           AND moved.fund_id = kept.fund_id AND moved.category = kept.category
           AND moved.town = kept.town AND moved.alone = kept.alone
           AND moved.in_area = kept.in_area
         WHERE kept.day IS NULL OR moved.day IS NULL OR kept.issued <> moved.issued
            OR kept.used <> moved.used OR kept.lapsed <> moved.lapsed
            OR kept.cancelled <> moved.cancelled OR kept.cents <> moved.cents
        """,
    ),
    Invariant(
        "K4",
        "the time kept of each day is that of the redemptions and reversals of the day",
        """
        SELECT k.programme_id, k.day, kept.minutes AS kept_minutes, kept.sessions AS kept_sessions,
               coalesce(taken.minutes, 0) - coalesce(undone.minutes, 0) AS minutes,
               coalesce(taken.sessions, 0) - coalesce(undone.sessions, 0) AS sessions
          FROM kept_day k
          LEFT JOIN (SELECT programme_id, first_day, sum(respite_minutes) AS minutes,
                            sum(respite_sessions) AS sessions
                       FROM kept_sum WHERE span = 'day' GROUP BY programme_id, first_day) kept
            ON kept.programme_id = k.programme_id AND kept.first_day = k.day
          LEFT JOIN (SELECT k.programme_id, k.day, sum(coalesce(r.minutes, 0)) AS minutes,
                            sum(coalesce(r.sessions, 0)) AS sessions
                       FROM kept_day k
                       JOIN redemption r ON r.received_at >= k.starts_at
                        AND r.received_at < k.ends_at AND r.programme_id = k.programme_id
                      GROUP BY k.programme_id, k.day) taken
            ON taken.programme_id = k.programme_id AND taken.day = k.day
          LEFT JOIN (SELECT k.programme_id, k.day, sum(coalesce(r.minutes, 0)) AS minutes,
                            sum(coalesce(r.sessions, 0)) AS sessions
                       FROM kept_day k
                       JOIN reversal x ON x.at >= k.starts_at AND x.at < k.ends_at
                       JOIN redemption r ON r.id = x.redemption_id
                        AND r.programme_id = k.programme_id
                      GROUP BY k.programme_id, k.day) undone
            ON undone.programme_id = k.programme_id AND undone.day = k.day
         WHERE k.counted
           AND (coalesce(kept.minutes, 0)
                <> coalesce(taken.minutes, 0) - coalesce(undone.minutes, 0)
             OR coalesce(kept.sessions, 0)
                <> coalesce(taken.sessions, 0) - coalesce(undone.sessions, 0))
        """,
    ),
    Invariant(
        "K5",
        "a kept month is the sum of its days",
        """
        SELECT m.programme_id, m.first_day, m.fund_id, m.category, m.town
          FROM kept_sum m
          LEFT JOIN kept_sum d
            ON d.programme_id = m.programme_id AND d.span = 'day' AND d.fund_id = m.fund_id
           AND d.category = m.category AND d.town = m.town AND d.isolated = m.isolated
           AND d.priority_area = m.priority_area AND d.first_day >= m.first_day
           AND substr(CAST(d.first_day AS varchar(10)), 1, 7)
             = substr(CAST(m.first_day AS varchar(10)), 1, 7)
         WHERE m.span = 'month'
         GROUP BY m.programme_id, m.first_day, m.fund_id, m.category, m.town, m.isolated,
                  m.priority_area, m.vouchers_issued, m.vouchers_used, m.used_cents,
                  m.vouchers_lapsed, m.vouchers_cancelled, m.respite_minutes, m.respite_sessions
        HAVING m.vouchers_issued <> coalesce(sum(d.vouchers_issued), 0)
            OR m.vouchers_used <> coalesce(sum(d.vouchers_used), 0)
            OR m.used_cents <> coalesce(sum(d.used_cents), 0)
            OR m.vouchers_lapsed <> coalesce(sum(d.vouchers_lapsed), 0)
            OR m.vouchers_cancelled <> coalesce(sum(d.vouchers_cancelled), 0)
            OR m.respite_minutes <> coalesce(sum(d.respite_minutes), 0)
            OR m.respite_sessions <> coalesce(sum(d.respite_sessions), 0)
        """,
    ),
    Invariant(
        "K6",
        "the money of a kept month is the sum of its days",
        """
        SELECT m.programme_id, m.first_day, m.fund_id, m.kind, m.cents, sum(d.cents) AS of_days
          FROM kept_money m
          LEFT JOIN kept_money d
            ON d.programme_id = m.programme_id AND d.span = 'day' AND d.fund_id = m.fund_id
           AND d.kind = m.kind AND d.debit_kind = m.debit_kind AND d.credit_kind = m.credit_kind
           AND substr(CAST(d.first_day AS varchar(10)), 1, 7)
             = substr(CAST(m.first_day AS varchar(10)), 1, 7)
         WHERE m.span = 'month'
         GROUP BY m.programme_id, m.first_day, m.fund_id, m.kind, m.debit_kind, m.credit_kind,
                  m.cents, m.transfers
        HAVING m.cents <> coalesce(sum(d.cents), 0)
            OR m.transfers <> coalesce(sum(d.transfers), 0)
        """,
    ),
    Invariant(
        "K7",
        "who was reached in a month is who used vouchers in it, less those of it taken back in it",
        f"""
        SELECT coalesce(kept.month, moved.month) AS month,
               coalesce(kept.parent_id, moved.parent_id) AS parent_id,
               kept.vouchers AS kept_vouchers, moved.vouchers AS moved_vouchers
          FROM (SELECT programme_id, substr(CAST(month_last_day AS varchar(10)), 1, 7) AS month,
                       fund_id, category, CASE WHEN isolated THEN 1 ELSE 0 END AS alone,
                       parent_id, vouchers
                  FROM kept_reached) kept
          FULL JOIN (
            SELECT programme_id, month, fund_id, category, alone, parent_id,
                   sum(CASE WHEN kind = 'redeem' THEN 1
                            WHEN month = used_in THEN -1 ELSE 0 END) AS vouchers
              FROM (SELECT moves.programme_id,
                           substr(CAST(moves.day AS varchar(10)), 1, 7) AS month,
                           moves.fund_id, moves.category, moves.parent_id, moves.kind,
                           CASE WHEN moves.isolated THEN 1 ELSE 0 END AS alone,
                           substr(CAST(taken.day AS varchar(10)), 1, 7) AS used_in
                      FROM ({_MOVED}) moves
                      LEFT JOIN kept_day taken ON taken.programme_id = moves.programme_id
                       AND moves.received_at >= taken.starts_at
                       AND moves.received_at < taken.ends_at
                     WHERE moves.kind IN ('redeem', 'reverse')) of_months
             WHERE kind = 'redeem' OR month = used_in
             GROUP BY programme_id, month, fund_id, category, alone, parent_id) moved
            ON moved.programme_id = kept.programme_id AND moved.month = kept.month
           AND moved.fund_id = kept.fund_id AND moved.category = kept.category
           AND moved.alone = kept.alone AND moved.parent_id = kept.parent_id
         WHERE coalesce(kept.vouchers, 0) <> coalesce(moved.vouchers, 0)
        """,
    ),
    Invariant(
        "K8",
        "distinct households and parents of a period are those of its months, each counted once",
        """
        SELECT c.programme_id, c.period, c.first_day, c.fund_id, c.dimension, c.part,
               c.households, c.parents, count(DISTINCT p.household_id) AS homes,
               count(DISTINCT p.parent_id) AS people
          FROM kept_count c
          LEFT JOIN kept_reached r
            ON r.programme_id = c.programme_id AND (c.fund_id = 0 OR r.fund_id = c.fund_id)
           AND r.vouchers > 0 AND r.month_last_day > c.first_day
           AND (c.dimension = '' OR r.category = c.part)
           AND (CAST(substr(CAST(r.month_last_day AS varchar(10)), 1, 4) AS integer) * 12
              + CAST(substr(CAST(r.month_last_day AS varchar(10)), 6, 2) AS integer))
             - (CAST(substr(CAST(c.first_day AS varchar(10)), 1, 4) AS integer) * 12
              + CAST(substr(CAST(c.first_day AS varchar(10)), 6, 2) AS integer))
             < CASE c.period WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'semester' THEN 6
                             ELSE 12 END
          LEFT JOIN kept_parent p
            ON p.programme_id = r.programme_id AND p.parent_id = r.parent_id
           AND p.first_day <= r.month_last_day AND p.last_day >= r.month_last_day
         WHERE c.dimension IN ('', 'category')
         GROUP BY c.programme_id, c.period, c.first_day, c.fund_id, c.dimension, c.part,
                  c.households, c.parents
        HAVING c.households <> count(DISTINCT p.household_id)
            OR c.parents <> count(DISTINCT p.parent_id)
        UNION ALL
        SELECT w.programme_id, w.period, w.first_day, w.fund_id, d.dimension, '',
               w.households, w.parents, sum(d.households), sum(d.parents)
          FROM kept_count w
          JOIN kept_count d
            ON d.programme_id = w.programme_id AND d.period = w.period
           AND d.first_day = w.first_day AND d.fund_id = w.fund_id
           AND d.dimension IN ('town', 'isolated', 'priority_area', 'isolated*priority_area')
         WHERE w.dimension = ''
         GROUP BY w.programme_id, w.period, w.first_day, w.fund_id, d.dimension,
                  w.households, w.parents
        HAVING w.households <> sum(d.households) OR w.parents <> sum(d.parents)
        """,
    ),
    Invariant(
        "K9",
        "hours by provider and vouchers by delay add up to what was used, by fund and span",
        """
        SELECT k.programme_id, k.span, k.first_day, k.fund_id, k.minutes, coalesce(p.number, 0)
               AS by_provider, coalesce(t.redeemed, 0) AS redeemed, coalesce(d.number, 0) AS by_days
          FROM (SELECT programme_id, span, first_day, fund_id, sum(respite_minutes) AS minutes
                  FROM kept_sum GROUP BY programme_id, span, first_day, fund_id) k
          LEFT JOIN (SELECT programme_id, span, first_day, fund_id, sum(number) AS number
                       FROM kept_tally WHERE about = 'provider'
                      GROUP BY programme_id, span, first_day, fund_id) p
            ON p.programme_id = k.programme_id AND p.span = k.span AND p.first_day = k.first_day
           AND p.fund_id = k.fund_id
          LEFT JOIN (SELECT programme_id, span, first_day, fund_id, sum(number) AS number
                       FROM kept_tally WHERE about = 'days'
                      GROUP BY programme_id, span, first_day, fund_id) d
            ON d.programme_id = k.programme_id AND d.span = k.span AND d.first_day = k.first_day
           AND d.fund_id = k.fund_id
          LEFT JOIN (SELECT programme_id, span, first_day, fund_id, sum(transfers) AS redeemed
                       FROM kept_money WHERE kind = 'redeem'
                      GROUP BY programme_id, span, first_day, fund_id) t
            ON t.programme_id = k.programme_id AND t.span = k.span AND t.first_day = k.first_day
           AND t.fund_id = k.fund_id
         WHERE k.minutes <> coalesce(p.number, 0)
            OR coalesce(t.redeemed, 0) <> coalesce(d.number, 0)
        """,
    ),
)
