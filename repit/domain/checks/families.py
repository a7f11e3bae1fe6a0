"""Families' shares paid online: what came, what providers were credited with, what goes back."""

from repit.domain.checks.invariants import Invariant

FAMILIES = (
    Invariant(
        "F1",
        "a payment is what moved under it: in once, on to providers, back with its refunds",
        """
        SELECT p.id AS family_payment_id, p.amount_cents, p.passed_cents, p.refund_cents,
               coalesce(t.kept, 0) AS kept, coalesce(t.passed, 0) AS passed,
               coalesce(r.asked, 0) AS asked, coalesce(r.sent, 0) AS sent
          FROM family_payment p
          LEFT JOIN (SELECT t.family_payment_id,
                            sum(CASE WHEN t.kind NOT IN ('share_in', 'share_back') THEN 0
                                     WHEN c.kind = 'bank' THEN -t.amount_cents
                                     ELSE t.amount_cents END) AS kept,
                            sum(CASE t.kind WHEN 'share_due' THEN t.amount_cents
                                            WHEN 'share_undo' THEN -t.amount_cents
                                            ELSE 0 END) AS passed
                       FROM transfer t JOIN account c ON c.id = t.credit_id
                      WHERE t.family_payment_id IS NOT NULL
                      GROUP BY t.family_payment_id) t ON t.family_payment_id = p.id
          LEFT JOIN (SELECT payment_id, sum(amount_cents) AS asked,
                            sum(CASE WHEN state IN ('sent', 'done') THEN amount_cents
                                     ELSE 0 END) AS sent
                       FROM family_refund GROUP BY payment_id) r ON r.payment_id = p.id
         WHERE coalesce(t.kept, 0) <> CASE WHEN p.state = 'paid' THEN p.amount_cents ELSE 0 END
                                    - coalesce(r.sent, 0)
            OR coalesce(t.passed, 0) <> p.passed_cents
            OR coalesce(r.asked, 0) <> p.refund_cents
        """,
    ),
    Invariant(
        "F2",
        "what is kept for families is what they paid, less what went on and what went back",
        """
        SELECT a.fund_id, a.credits_cents - a.debits_cents AS kept, coalesce(p.paid, 0) AS paid
          FROM account a
          LEFT JOIN (SELECT p.fund_id,
                            sum(p.amount_cents - p.passed_cents - coalesce(r.sent, 0)) AS paid
                       FROM family_payment p
                       LEFT JOIN (SELECT payment_id, sum(amount_cents) AS sent
                                    FROM family_refund WHERE state IN ('sent', 'done')
                                   GROUP BY payment_id) r ON r.payment_id = p.id
                      WHERE p.state = 'paid' GROUP BY p.fund_id) p ON p.fund_id = a.fund_id
         WHERE a.kind = 'family_share'
           AND a.credits_cents - a.debits_cents <> coalesce(p.paid, 0)
        """,
    ),
    Invariant(
        "F3",
        "who comes has paid its share online, where that was asked",
        """
        SELECT b.id AS booking_id, c.share AS share, coalesce(p.left_over, 0) AS paid
          FROM booking b
          JOIN (SELECT booking_id, sum(share_cents) AS share FROM child_place
                 WHERE ended_at IS NULL AND share_cents > 0 AND EXISTS (
                       SELECT 1 FROM hold h WHERE h.child_place_id = child_place.id
                          AND h.state = 'held')
                 GROUP BY booking_id) c ON c.booking_id = b.id
          LEFT JOIN (SELECT booking_id, sum(amount_cents - refund_cents) AS left_over
                       FROM family_payment WHERE state = 'paid' GROUP BY booking_id) p
            ON p.booking_id = b.id
         WHERE b.state = 'confirmed' AND coalesce(p.left_over, 0) < c.share
        """,
    ),
    Invariant(
        "F4",
        "a share goes with its redemption: to the same provider, and back when it is reversed",
        """
        SELECT t.id AS transfer_id, CAST(t.redemption_id AS varchar(36)) AS redemption_id
          FROM transfer t
          JOIN account a ON a.id = t.credit_id
          JOIN redemption r ON r.id = t.redemption_id
          LEFT JOIN reversal x ON x.redemption_id = r.id
          LEFT JOIN transfer u ON u.redemption_id = t.redemption_id AND u.kind = 'share_undo'
           AND u.family_payment_id = t.family_payment_id AND u.amount_cents = t.amount_cents
         WHERE t.kind = 'share_due'
           AND (a.provider_id <> r.provider_id OR (x.id IS NULL) <> (u.id IS NULL))
        """,
    ),
    Invariant(
        "F5",
        "what families paid is in a fund without a funder, and pays for no voucher",
        """
        SELECT a.fund_id, a.kind FROM account a
          JOIN fund f ON f.id = a.fund_id
         WHERE (a.kind = 'family_share' AND f.funder_id IS NOT NULL)
            OR (a.kind IN ('available', 'outstanding') AND f.funder_id IS NULL)
        UNION ALL
        SELECT v.fund_id, 'voucher' FROM voucher v
          JOIN fund f ON f.id = v.fund_id WHERE f.funder_id IS NULL
        """,
    ),
)
