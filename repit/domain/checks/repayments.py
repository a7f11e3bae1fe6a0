"""What providers paid back by themselves, and what was written off."""

from repit.domain.checks.invariants import Invariant

REPAYMENTS = (
    Invariant(
        "P1",
        "a repayment is the debts it settles, of its own provider, reversed; two people said so",
        """
        SELECT m.id AS repayment_id, m.state, m.amount_cents, coalesce(c.amount, 0) AS settles
          FROM repayment m
          LEFT JOIN (SELECT c.repayment_id, sum(c.amount_cents) AS amount,
                            sum(CASE WHEN x.id IS NULL OR r.provider_id <> m.provider_id
                                     THEN 1 ELSE 0 END) AS wrong,
                            sum(CASE WHEN (c.moved_at IS NOT NULL) <> (m.state = 'done')
                                     THEN 1 ELSE 0 END) AS early,
                            sum(CASE WHEN c.ended_at IS NOT NULL THEN 1 ELSE 0 END) AS ended
                       FROM recovery c
                       JOIN repayment m ON m.id = c.repayment_id
                       JOIN redemption r ON r.id = c.redemption_id
                       LEFT JOIN reversal x ON x.redemption_id = c.redemption_id
                      GROUP BY c.repayment_id) c ON c.repayment_id = m.id
         WHERE m.amount_cents <> coalesce(c.amount, 0) OR c.wrong > 0 OR c.early > 0
            OR (c.ended > 0) <> (m.ended_at IS NOT NULL)
            OR m.asked_by = coalesce(m.decided_by, '')
        """,
    ),
    Invariant(
        "P2",
        "what was repaid or written off of a redemption moved once, and back if it was undone",
        """
        SELECT CAST(c.redemption_id AS varchar(36)) AS redemption_id, c.settled,
               coalesce(t.repaid, 0) AS repaid, coalesce(t.lost, 0) AS lost
          FROM (SELECT c.redemption_id,
                       sum(CASE WHEN m.way = 'transfer' AND c.moved_at IS NOT NULL
                                THEN c.amount_cents ELSE 0 END) AS settled,
                       sum(CASE WHEN m.way = 'written_off' AND c.moved_at IS NOT NULL
                                 AND c.ended_at IS NULL
                                THEN c.amount_cents ELSE 0 END) AS given_up
                  FROM recovery c JOIN repayment m ON m.id = c.repayment_id
                 GROUP BY c.redemption_id) c
          LEFT JOIN (SELECT t.redemption_id,
                            sum(CASE WHEN t.kind = 'repay' THEN t.amount_cents ELSE 0 END)
                              AS repaid,
                            sum(CASE WHEN t.kind <> 'write_off' THEN 0
                                     WHEN a.kind = 'owed_back' THEN t.amount_cents
                                     ELSE -t.amount_cents END) AS lost
                       FROM transfer t JOIN account a ON a.id = t.credit_id
                      WHERE t.kind IN ('repay', 'write_off') GROUP BY t.redemption_id) t
            ON t.redemption_id = c.redemption_id
         WHERE c.settled <> coalesce(t.repaid, 0) OR c.given_up <> coalesce(t.lost, 0)
        """,
    ),
)
