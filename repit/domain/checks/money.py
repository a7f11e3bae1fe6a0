"""Money and vouchers: double entry, and this scheme's rules."""

from repit.domain.checks.invariants import Invariant

MONEY = (
    Invariant(
        "I1",
        "what was debited in all is what was credited in all",
        """
        SELECT sum(debits_cents) AS debits, sum(credits_cents) AS credits FROM account
        HAVING sum(debits_cents) <> sum(credits_cents)
        """,
    ),
    Invariant(
        "I2",
        "every balance is the sum of its transfers",
        """
        SELECT a.id AS account_id, a.kind, a.debits_cents, a.credits_cents,
               coalesce(d.amount, 0) AS debits, coalesce(c.amount, 0) AS credits
          FROM account a
          LEFT JOIN (SELECT debit_id, sum(amount_cents) AS amount FROM transfer
                      GROUP BY debit_id) d ON d.debit_id = a.id
          LEFT JOIN (SELECT credit_id, sum(amount_cents) AS amount FROM transfer
                      GROUP BY credit_id) c ON c.credit_id = a.id
         WHERE a.debits_cents <> coalesce(d.amount, 0)
            OR a.credits_cents <> coalesce(c.amount, 0)
        """,
    ),
    Invariant(
        "I3",
        "no account is overdrawn, and a fund's share of the bank only as far as its loss and what"
        " providers owe it back",
        """
        SELECT a.id AS account_id, a.kind, a.debits_cents, a.credits_cents FROM account a
          LEFT JOIN (SELECT fund_id, sum(debits_cents - credits_cents) AS away FROM account
                      WHERE kind IN ('loss', 'owed_back') GROUP BY fund_id) l
            ON l.fund_id = a.fund_id
         WHERE (a.kind NOT IN ('bank', 'loss', 'owed_back') AND a.debits_cents > a.credits_cents)
            OR (a.kind = 'owed_back' AND a.credits_cents > a.debits_cents)
            OR (a.kind = 'bank' AND a.credits_cents - a.debits_cents > coalesce(l.away, 0))
            OR (a.kind = 'loss' AND a.credits_cents > a.debits_cents)
        """,
    ),
    Invariant(
        "I4",
        "what a fund has outstanding is the face value of its vouchers that wait",
        """
        SELECT a.fund_id, a.stripe, a.credits_cents - a.debits_cents AS outstanding,
               coalesce(v.face, 0) AS vouchers
          FROM account a
          LEFT JOIN (SELECT fund_id, parent_id % 8 AS stripe, sum(face_cents) AS face
                       FROM voucher WHERE state = 'issued'
                      GROUP BY fund_id, parent_id % 8) v
            ON v.fund_id = a.fund_id AND v.stripe = a.stripe
         WHERE a.kind = 'outstanding'
           AND a.credits_cents - a.debits_cents <> coalesce(v.face, 0)
        """,
    ),
    Invariant(
        "I5",
        "a voucher is redeemed once more than reversed, or as often; its state says which",
        """
        SELECT v.id AS voucher_id, v.state, v.round,
               count(CASE WHEN t.kind = 'redeem' THEN 1 END) AS redeemed,
               count(CASE WHEN t.kind = 'reverse' THEN 1 END) AS reversed
          FROM voucher v LEFT JOIN transfer t ON t.voucher_id = v.id
         GROUP BY v.id, v.state, v.round
        HAVING count(CASE WHEN t.kind = 'issue' THEN 1 END) <> 1
            OR count(CASE WHEN t.kind = 'reverse' THEN 1 END) <> v.round
            OR count(CASE WHEN t.kind = 'redeem' THEN 1 END)
               <> v.round + CASE WHEN v.state = 'redeemed' THEN 1 ELSE 0 END
            OR count(CASE WHEN t.kind = 'cancel' THEN 1 END)
               <> CASE WHEN v.state = 'cancelled' THEN 1 ELSE 0 END
        """,
    ),
    Invariant(
        "I6",
        "what a provider is owed, less what it owes back, is what it redeemed and did not give"
        " back, less the payouts that left, and what it repaid or was written off",
        """
        SELECT p.id AS provider_id, coalesce(a.owed, 0) AS owed, coalesce(r.live, 0) AS live,
               coalesce(o.paid, 0) AS paid, coalesce(b.back, 0) AS back
          FROM provider p
          LEFT JOIN (SELECT provider_id, sum(credits_cents - debits_cents) AS owed
                       FROM account WHERE kind IN ('payable', 'owed_back')
                      GROUP BY provider_id) a
            ON a.provider_id = p.id
          LEFT JOIN (SELECT r.provider_id, sum(r.amount_cents + coalesce(s.share, 0)) AS live
                       FROM redemption r
                       LEFT JOIN (SELECT redemption_id, sum(amount_cents) AS share FROM transfer
                                   WHERE kind = 'share_due' GROUP BY redemption_id) s
                         ON s.redemption_id = r.id
                      WHERE NOT EXISTS (SELECT 1 FROM reversal x WHERE x.redemption_id = r.id)
                      GROUP BY r.provider_id) r ON r.provider_id = p.id
          LEFT JOIN (SELECT provider_id, sum(amount_cents) AS paid FROM payout
                      WHERE state IN ('approved', 'sent', 'settled')
                      GROUP BY provider_id) o ON o.provider_id = p.id
          LEFT JOIN (SELECT m.provider_id, sum(c.amount_cents) AS back
                       FROM repayment m JOIN recovery c ON c.repayment_id = m.id
                      WHERE m.state = 'done' AND c.ended_at IS NULL
                      GROUP BY m.provider_id) b ON b.provider_id = p.id
         WHERE coalesce(a.owed, 0)
            <> coalesce(r.live, 0) - coalesce(o.paid, 0) + coalesce(b.back, 0)
        """,
    ),
    Invariant(
        "I7",
        "a redemption is in one live payout at most, of the same provider; one that is recovered"
        " was reversed",
        """
        SELECT CAST(p.redemption_id AS varchar(36)) AS redemption_id, 'twice' AS what
          FROM payout_redemption p WHERE p.ended_at IS NULL
         GROUP BY p.redemption_id HAVING count(*) > 1
        UNION ALL
        SELECT CAST(p.redemption_id AS varchar(36)), 'somebody else''s'
          FROM payout_redemption p
          JOIN redemption r ON r.id = p.redemption_id
          JOIN payout o ON o.id = p.payout_id
         WHERE r.provider_id <> o.provider_id
            OR (p.ended_at IS NULL) <> (o.state NOT IN ('rejected', 'discarded'))
            OR (p.moved_at IS NOT NULL AND o.state = 'drafted')
            OR (p.moved_at IS NULL AND o.state IN ('approved', 'sent', 'settled'))
            OR (p.paid_on IS NOT NULL) <> (o.state = 'settled')
        UNION ALL
        SELECT CAST(c.redemption_id AS varchar(36)), 'recovered'
          FROM recovery c
          JOIN payout o ON o.id = c.payout_id
          JOIN redemption r ON r.id = c.redemption_id
          LEFT JOIN reversal x ON x.redemption_id = c.redemption_id
          LEFT JOIN (SELECT redemption_id, sum(amount_cents) AS share FROM transfer
                      WHERE kind = 'share_due' GROUP BY redemption_id) s
            ON s.redemption_id = r.id
         WHERE x.id IS NULL OR c.amount_cents <> r.amount_cents + coalesce(s.share, 0)
            OR r.provider_id <> o.provider_id
            OR (c.ended_at IS NULL) <> (o.state NOT IN ('rejected', 'discarded'))
            OR (c.moved_at IS NOT NULL AND o.state = 'drafted')
            OR (c.moved_at IS NULL AND o.state IN ('approved', 'sent', 'settled'))
        """,
    ),
    Invariant(
        "I8",
        "a payout is its redemptions less its recoveries, and once it left, its transfers;"
        " a batch is its payouts, a file its batch",
        """
        SELECT o.id AS payout_id, o.amount_cents, coalesce(r.amount, 0) AS redemptions,
               coalesce(c.amount, 0) AS recovered, coalesce(t.amount, 0) AS moved
          FROM payout o
          LEFT JOIN (SELECT p.payout_id, sum(r.amount_cents + coalesce(s.share, 0)) AS amount
                       FROM payout_redemption p
                       JOIN redemption r ON r.id = p.redemption_id
                       LEFT JOIN (SELECT redemption_id, sum(amount_cents) AS share FROM transfer
                                   WHERE kind = 'share_due' GROUP BY redemption_id) s
                         ON s.redemption_id = r.id
                      GROUP BY p.payout_id) r
            ON r.payout_id = o.id
          LEFT JOIN (SELECT payout_id, sum(amount_cents) AS amount FROM recovery
                      GROUP BY payout_id) c ON c.payout_id = o.id
          LEFT JOIN (SELECT payout_id, sum(amount_cents) AS amount FROM transfer
                      WHERE kind = 'batch' GROUP BY payout_id) t ON t.payout_id = o.id
         WHERE o.amount_cents <> coalesce(r.amount, 0) - coalesce(c.amount, 0)
            OR coalesce(t.amount, 0) <> CASE WHEN o.state IN ('drafted', 'discarded') THEN 0
                                             ELSE o.amount_cents END
        UNION ALL
        SELECT b.id, b.amount_cents, coalesce(o.amount, 0), b.payouts, coalesce(o.payouts, 0)
          FROM payout_batch b
          LEFT JOIN (SELECT batch_id, count(*) AS payouts, sum(amount_cents) AS amount
                       FROM payout WHERE state <> 'discarded' GROUP BY batch_id) o
            ON o.batch_id = b.id
         WHERE b.state NOT IN ('preparing', 'discarded')
           AND (b.payouts <> coalesce(o.payouts, 0) OR b.amount_cents <> coalesce(o.amount, 0))
        UNION ALL
        SELECT b.id, w.amount, f.amount_cents, w.payouts, f.payouts
          FROM batch_file f JOIN payout_batch b ON b.id = f.batch_id
          LEFT JOIN (SELECT batch_id, count(*) AS payouts, sum(amount_cents) AS amount
                       FROM payout WHERE way = 'file' AND state <> 'discarded'
                      GROUP BY batch_id) w ON w.batch_id = b.id
         WHERE coalesce(w.payouts, 0) <> f.payouts OR coalesce(w.amount, 0) <> f.amount_cents
            OR b.state NOT IN ('exported', 'sent', 'over')
        """,
    ),
    Invariant(
        "I9",
        "in transit is what was approved and is not over: nothing stays behind a payout",
        """
        SELECT o.id AS payout_id, o.state, o.amount_cents, coalesce(t.amount, 0) AS in_transit
          FROM payout o
          LEFT JOIN (SELECT t.payout_id,
                            sum(CASE WHEN c.kind = 'transit' THEN t.amount_cents ELSE 0 END)
                          - sum(CASE WHEN d.kind = 'transit' THEN t.amount_cents ELSE 0 END)
                            AS amount
                       FROM transfer t
                       JOIN account c ON c.id = t.credit_id
                       JOIN account d ON d.id = t.debit_id
                      WHERE t.payout_id IS NOT NULL GROUP BY t.payout_id) t
            ON t.payout_id = o.id
         WHERE coalesce(t.amount, 0) <> CASE WHEN o.state IN ('approved', 'sent')
                                             THEN o.amount_cents ELSE 0 END
        UNION ALL
        SELECT b.id, b.state, 0, count(o.id) FROM payout_batch b
          JOIN payout o ON o.batch_id = b.id AND o.state IN ('drafted', 'approved', 'sent')
         WHERE b.state IN ('over', 'discarded') GROUP BY b.id, b.state
        """,
    ),
    Invariant(
        "I10",
        "an allowance counts the vouchers made for it, and no more than it grants",
        """
        SELECT a.id AS allowance_id, a.granted, a.issued, coalesce(v.made, 0) AS made
          FROM allowance a
          LEFT JOIN (SELECT allowance_id, count(*) AS made FROM voucher
                      GROUP BY allowance_id) v ON v.allowance_id = a.id
         WHERE a.issued <> coalesce(v.made, 0) OR a.issued > a.granted
        """,
    ),
    Invariant(
        "I12",
        "every transfer names who made it",
        "SELECT id AS transfer_id FROM transfer WHERE actor IS NULL OR actor = ''",
    ),
    Invariant(
        "I13",
        "a fund's money is somewhere: available, outstanding, due, in transit, paid or returned",
        """
        SELECT fund_id,
               sum(CASE WHEN kind = 'bank' THEN debits_cents - credits_cents
                        ELSE 0 END) AS held,
               sum(CASE WHEN kind = 'bank' THEN 0
                        ELSE credits_cents - debits_cents END) AS promised
          FROM account GROUP BY fund_id
        HAVING sum(CASE WHEN kind = 'bank' THEN debits_cents - credits_cents ELSE 0 END)
            <> sum(CASE WHEN kind = 'bank' THEN 0 ELSE credits_cents - debits_cents END)
        """,
    ),
    Invariant(
        "I14",
        "nothing was taken outside its days, its categories or its provider's accreditation",
        """
        SELECT CAST(r.id AS varchar(36)) AS redemption_id, v.id AS voucher_id
          FROM redemption r
          JOIN transfer t ON t.redemption_id = r.id AND t.kind = 'redeem'
          JOIN voucher v ON v.id = t.voucher_id
         WHERE r.service_on < v.first_day OR r.service_on > v.last_day
            OR (v.categories & CASE r.category WHEN 'babysitting' THEN 1 WHEN 'home_help' THEN 2
                                WHEN 'well_being' THEN 4 ELSE 8 END) = 0
            OR v.parent_id <> r.parent_id
            OR NOT EXISTS (SELECT 1 FROM accreditation a
                            WHERE a.provider_id = r.provider_id AND a.category = r.category
                              AND a.first_day <= r.service_on
                              AND r.service_on <= a.last_day)
        """,
    ),
    Invariant(
        "I15",
        "a redemption is exactly the vouchers moved under its id, taken and given back alike",
        """
        SELECT CAST(r.id AS varchar(36)) AS redemption_id, r.vouchers, r.amount_cents
          FROM redemption r
          LEFT JOIN (SELECT redemption_id,
                            count(CASE WHEN kind = 'redeem' THEN 1 END) AS taken,
                            sum(CASE WHEN kind = 'redeem' THEN amount_cents ELSE 0 END) AS amount,
                            count(CASE WHEN kind = 'reverse' THEN 1 END) AS returned
                       FROM transfer WHERE redemption_id IS NOT NULL GROUP BY redemption_id) t
            ON t.redemption_id = r.id
          LEFT JOIN reversal x ON x.redemption_id = r.id
         WHERE coalesce(t.taken, 0) <> r.vouchers OR coalesce(t.amount, 0) <> r.amount_cents
            OR coalesce(t.returned, 0) <> CASE WHEN x.id IS NULL THEN 0 ELSE r.vouchers END
        """,
    ),
    Invariant(
        "I17",
        "a voucher that is spent points at a redemption that was not reversed",
        """
        SELECT v.id AS voucher_id FROM voucher v
          JOIN reversal x ON x.redemption_id = v.redemption_id
        """,
    ),
    Invariant(
        "I18",
        "an arrival is one transfer of the same amount into the fund of its contribution",
        """
        SELECT r.id AS arrival_id, r.amount_cents FROM arrival r
          JOIN contribution c ON c.id = r.contribution_id
          LEFT JOIN transfer t ON t.arrival_id = r.id AND t.kind = 'fund'
          LEFT JOIN account a ON a.id = t.credit_id
         GROUP BY r.id, r.amount_cents, r.fund_id, c.fund_id
        HAVING count(t.id) <> 1 OR sum(t.amount_cents) <> r.amount_cents
            OR min(a.fund_id) <> r.fund_id OR c.fund_id <> r.fund_id
        """,
    ),
    Invariant(
        "I19",
        "a monthly limit never counts more vouchers than were taken and not given back",
        """
        SELECT l.id AS limit_use_id, l.used, l.ceiling, coalesce(sum(r.vouchers), 0) AS live
          FROM limit_use l
          LEFT JOIN redemption r
            ON r.provider_id = l.provider_id AND r.programme_id = l.programme_id
           AND (l.parent_id IS NULL OR r.parent_id = l.parent_id)
           AND substr(CAST(r.service_on AS varchar(10)), 1, 7)
             = substr(CAST(l.month_first_day AS varchar(10)), 1, 7)
           AND NOT EXISTS (SELECT 1 FROM reversal x WHERE x.redemption_id = r.id)
         GROUP BY l.id, l.used, l.ceiling
        HAVING l.used > coalesce(sum(r.vouchers), 0) OR l.used > l.ceiling
        """,
    ),
    Invariant(
        "I20",
        "what a provider owes back is what was reversed after it was paid, and not recovered yet",
        """
        SELECT p.id AS provider_id, coalesce(a.owed, 0) AS owed_back, coalesce(r.owed, 0) AS owed
          FROM provider p
          LEFT JOIN (SELECT provider_id, sum(debits_cents - credits_cents) AS owed
                       FROM account WHERE kind = 'owed_back' GROUP BY provider_id) a
            ON a.provider_id = p.id
          LEFT JOIN (SELECT r.provider_id, sum(r.amount_cents + coalesce(s.share, 0)) AS owed
                       FROM redemption r
                       LEFT JOIN (SELECT redemption_id, sum(amount_cents) AS share FROM transfer
                                   WHERE kind = 'share_due' GROUP BY redemption_id) s
                         ON s.redemption_id = r.id
                       JOIN reversal x ON x.redemption_id = r.id
                      WHERE (EXISTS (SELECT 1 FROM payout_redemption l
                                      WHERE l.redemption_id = r.id AND l.ended_at IS NULL)
                             OR EXISTS (SELECT 1 FROM recovery c
                                         WHERE c.redemption_id = r.id AND c.ended_at IS NULL))
                        AND NOT EXISTS (SELECT 1 FROM recovery c
                                         WHERE c.redemption_id = r.id AND c.ended_at IS NULL
                                           AND c.moved_at IS NOT NULL)
                      GROUP BY r.provider_id) r ON r.provider_id = p.id
         WHERE coalesce(a.owed, 0) <> coalesce(r.owed, 0)
        """,
    ),
)
