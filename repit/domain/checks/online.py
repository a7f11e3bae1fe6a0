"""What was paid online, given back and taken back, and what providers are paid at Stripe."""

from repit.domain.checks.invariants import Invariant

ONLINE = (
    Invariant(
        "C1",
        "a payment that was paid is an arrival of its own contribution, of the same amount",
        """
        SELECT p.id AS payment_id, p.amount_cents, a.amount_cents AS arrived
          FROM online_payment p LEFT JOIN arrival a ON a.id = p.arrival_id
         WHERE (p.state = 'paid') <> (p.arrival_id IS NOT NULL)
            OR (p.arrival_id IS NOT NULL AND (a.amount_cents <> p.amount_cents
                                              OR a.contribution_id <> p.contribution_id))
        """,
    ),
    Invariant(
        "C2",
        "what a payment gave back is its refunds that did not fail, and what was moved for them",
        """
        SELECT p.id AS payment_id, p.refunded_cents, coalesce(r.amount, 0) AS refunds,
               coalesce(t.amount, 0) AS moved
          FROM online_payment p
          LEFT JOIN (SELECT payment_id, sum(amount_cents) AS amount FROM online_refund
                      WHERE state <> 'failed' GROUP BY payment_id) r ON r.payment_id = p.id
          LEFT JOIN (SELECT t.arrival_id,
                            sum(CASE WHEN c.kind = 'bank' THEN t.amount_cents
                                     ELSE -t.amount_cents END) AS amount
                       FROM transfer t JOIN account c ON c.id = t.credit_id
                      WHERE t.kind = 'return' AND t.arrival_id IS NOT NULL
                      GROUP BY t.arrival_id) t ON t.arrival_id = p.arrival_id
         WHERE p.refunded_cents <> coalesce(r.amount, 0)
            OR p.refunded_cents <> coalesce(t.amount, 0)
        """,
    ),
    Invariant(
        "C3",
        "a dispute that stands took its amount from the arrival of its payment",
        """
        SELECT d.payment_id, d.amount AS disputed, a.returned_cents
          FROM (SELECT payment_id, sum(amount_cents) AS amount FROM payment_dispute
                 WHERE posted GROUP BY payment_id) d
          JOIN online_payment p ON p.id = d.payment_id
          LEFT JOIN arrival a ON a.id = p.arrival_id
         WHERE a.id IS NULL OR a.returned_cents < d.amount
        """,
    ),
    Invariant(
        "C4",
        "a payout that Stripe sent is of the same amount, and settled; one taken back is rejected",
        """
        SELECT o.id AS payout_id, o.state, o.amount_cents, c.state AS transfer_state,
               c.amount_cents AS sent
          FROM payout o LEFT JOIN connect_transfer c ON c.payout_id = o.id
         WHERE (o.way = 'stripe' AND o.state = 'settled' AND coalesce(c.state, '') <> 'sent')
            OR (c.state = 'sent' AND o.state <> 'settled')
            OR (c.state IN ('refused', 'reversed') AND o.state <> 'rejected')
            OR c.amount_cents <> o.amount_cents
        """,
    ),
)
