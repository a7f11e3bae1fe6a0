"""The ledger's part of the statements that move many vouchers, or one very fast.

Each takes the rows `movement(kind, debit_id, credit_id, amount_cents, voucher_id, round,
redemption_id, actor, at)` of the statement it is put into, and does what `service.post` does:
append the transfers, add to both balances. The CHECKs of `account` refuse an overdraft.
"""

POSTED = """
posted AS (
  INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round,
                        redemption_id, actor, at)
  SELECT kind, debit_id, credit_id, amount_cents, voucher_id, round, redemption_id, actor, at
  FROM movement
), side AS (
  SELECT account_id, sum(debit)::bigint AS debits, sum(credit)::bigint AS credits
  FROM (SELECT debit_id AS account_id, amount_cents AS debit, 0 AS credit FROM movement
        UNION ALL
        SELECT credit_id, 0, amount_cents FROM movement) AS sides
  GROUP BY account_id
), in_turn AS MATERIALIZED (
  SELECT account.id, side.debits, side.credits
  FROM account JOIN side ON account.id = side.account_id
  ORDER BY account.id FOR NO KEY UPDATE OF account
), balanced AS (
  UPDATE account SET debits_cents = account.debits_cents + in_turn.debits,
                     credits_cents = account.credits_cents + in_turn.credits
  FROM in_turn WHERE account.id = in_turn.id
)
"""
"""For PostgreSQL: four more parts of a WITH, after one named `movement`.

An UPDATE meets its rows in any order; two of them on the same two accounts would wait for each
other. `in_turn` takes the accounts in the order of their ids, as `service.post` does.
"""

SQLITE_POST = """
INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round,
                      redemption_id, actor, at)
{movement}
"""
"""For SQLite, whose WITH cannot write: first the transfers, from a SELECT of the movements …"""

SQLITE_BALANCE = """
UPDATE account SET debits_cents = account.debits_cents + side.debits,
                   credits_cents = account.credits_cents + side.credits
FROM (SELECT account_id, sum(debit) AS debits, sum(credit) AS credits
      FROM (SELECT debit_id AS account_id, amount_cents AS debit, 0 AS credit
            FROM transfer WHERE {written}
            UNION ALL
            SELECT credit_id, 0, amount_cents FROM transfer WHERE {written}) AS sides
      GROUP BY account_id) AS side
WHERE account.id = side.account_id
"""
"""… then the balances, from the transfers just written."""
