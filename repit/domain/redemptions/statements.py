"""Redeeming as SQL: one statement on PostgreSQL, four on SQLite, the same decision in both.

`SPENDABLE` is the decision. It stands in the WHERE of the write, so nothing can change between
deciding and taking. Its twin in Python, `rules.check_vouchers`, is only asked for the reason
when this one has taken nothing.
"""

from repit.domain.ledger.models import STRIPES
from repit.domain.ledger.statements import POSTED, SQLITE_BALANCE, SQLITE_POST

SPENDABLE = """
      v.state = 'issued' AND v.blocked_at IS NULL
  AND (v.held_for_id IS NULL OR v.held_for_id = {provider_id})
  AND v.first_day <= {service_on} AND {service_on} <= v.last_day
  AND {service_on} <= {today} AND {today} <= v.grace_until
  AND (v.categories & {category_bit}) <> 0
  AND {not_own}
"""

_FROM = f"""
  FROM {{vouchers}} v
  JOIN programme g ON g.id = v.programme_id AND g.zone = {{zone}}
   AND ({{looked_into}}
        OR (g.pair_month_vouchers IS NULL AND g.provider_month_vouchers IS NULL))
   AND NOT v.booked
  JOIN account debit ON debit.fund_id = v.fund_id AND debit.kind = 'outstanding'
   AND debit.provider_id IS NULL AND debit.stripe = v.parent_id %% {STRIPES}
  JOIN account credit ON credit.provider_id = {{provider_id}} AND credit.fund_id = v.fund_id
   AND credit.kind = 'payable' AND credit.stripe = v.parent_id %% {STRIPES}
 WHERE {{which}}
   AND EXISTS (SELECT 1 FROM device d JOIN provider p ON p.id = d.provider_id
                WHERE d.id = {{device_id}} AND d.provider_id = {{provider_id}}
                  AND d.revoked_at IS NULL AND d.locked_at IS NULL
                  AND p.state = 'active' AND p.revision = {{revision}})
   AND {SPENDABLE}
"""

_WHOLE = """
HAVING count(*) = {count} AND count(DISTINCT parent_id) = 1
   AND count(DISTINCT programme_id) = 1 AND sum(face_cents) + {family_share} <= {cost}
"""

_COLUMNS = (
    "id, programme_id, provider_id, device_id, parent_id, category, service_on, minutes,"
    " sessions, vouchers, amount_cents, family_share_cents, fingerprint, received_at,"
    " paid_by_on, undo_until"
)


def _named(names: str) -> dict[str, str]:
    return {name: f"%({name})s" for name in names.split()}


_PG = _named(
    "provider_id service_on today category_bit zone looked_into device_id revision count"
    " family_share cost"
) | {
    "vouchers": "asked",
    "not_own": "v.parent_id <> ALL(%(own_parents)s::text::bigint[])",
    "which": "TRUE",
}

# `asked` looks codes up by nothing but the code, and locks before the decision reads. Were the
# decision in the same WHERE, old statistics could make the planner walk through all open vouchers.
POSTGRESQL = f"""
WITH asked AS MATERIALIZED (
  SELECT * FROM voucher WHERE code_hash = ANY(%(hashes)s::text::bytea[]) ORDER BY id FOR UPDATE
), spendable AS (
  SELECT v.id, v.round, v.parent_id, v.programme_id, v.face_cents,
         debit.id AS debit_id, credit.id AS credit_id, g.undo_hours, g.pays_within_days
  {_FROM.format(**_PG)}
), whole AS (
  SELECT min(programme_id) AS programme_id, min(parent_id) AS parent_id,
         count(*) AS vouchers, sum(face_cents)::bigint AS amount_cents,
         min(undo_hours) AS undo_hours, min(pays_within_days) AS pays_within_days
    FROM spendable
  {_WHOLE.format(**_PG)}
), taken AS (
  UPDATE voucher SET state = 'redeemed', redemption_id = %(id)s, presentation_id = NULL
    FROM spendable, whole
   WHERE voucher.id = spendable.id AND voucher.state = 'issued'
  RETURNING voucher.id, spendable.round, spendable.face_cents,
            spendable.debit_id, spendable.credit_id
), made AS (
  INSERT INTO redemption ({_COLUMNS})
  SELECT %(id)s, programme_id, %(provider_id)s, %(device_id)s, parent_id, %(category)s,
         %(service_on)s, %(minutes)s::bigint, %(sessions)s::bigint, vouchers, amount_cents,
         %(family_share)s,
         %(fingerprint)s, %(now)s, %(today)s + pays_within_days::int,
         %(now)s + undo_hours * interval '1 hour'
    FROM whole
  RETURNING vouchers, amount_cents, paid_by_on, undo_until
), movement AS (
  SELECT 'redeem' AS kind, debit_id, credit_id, face_cents AS amount_cents, id AS voucher_id,
         round, %(id)s::uuid AS redemption_id, %(actor)s AS actor, %(now)s AS at
    FROM taken
), {POSTED}
SELECT vouchers, amount_cents, paid_by_on, undo_until FROM made
"""

_LITE = {name: f":{name}" for name in _PG} | {
    "not_own": "v.parent_id NOT IN (SELECT value FROM json_each(:own_parents))",
    "vouchers": "voucher",
    "which": "v.code_hash IN ({in_hashes})",
}

_SQLITE_MAKE = f"""
INSERT INTO redemption ({_COLUMNS})
SELECT :id, min(programme_id), :provider_id, :device_id, min(parent_id), :category,
       :service_on, :minutes, :sessions, count(*), sum(face_cents), :family_share,
       :fingerprint, :now, date(:today, '+' || min(pays_within_days) || ' days'),
       strftime('%Y-%m-%d %H:%M:%S', :now, '+' || min(undo_hours) || ' hours') || '.000000'
  FROM (SELECT v.parent_id, v.programme_id, v.face_cents, g.undo_hours, g.pays_within_days
        {_FROM.format(**_LITE).replace("%%", "%")})
{_WHOLE.format(**_LITE)}
RETURNING vouchers, amount_cents, paid_by_on, undo_until
"""

_SQLITE_TAKE = """
UPDATE voucher SET state = 'redeemed', redemption_id = :id, presentation_id = NULL
 WHERE state = 'issued' AND code_hash IN ({in_hashes})
"""

_SQLITE_MOVE = SQLITE_POST.format(
    movement=f"""
SELECT 'redeem', debit.id, credit.id, v.face_cents, v.id, v.round, :id, :actor, :now
  FROM voucher v
  JOIN account debit ON debit.fund_id = v.fund_id AND debit.kind = 'outstanding'
   AND debit.provider_id IS NULL AND debit.stripe = v.parent_id % {STRIPES}
  JOIN account credit ON credit.provider_id = :provider_id AND credit.fund_id = v.fund_id
   AND credit.kind = 'payable' AND credit.stripe = v.parent_id % {STRIPES}
 WHERE v.code_hash IN ({{in_hashes}}) AND v.redemption_id = :id
"""
)

_SQLITE_BALANCE = SQLITE_BALANCE.format(written="redemption_id = :id AND kind = 'redeem'")


def sqlite(hashes: int) -> tuple[str, str, str, str]:
    """Return the four statements for SQLite: make, take, move, balance.

    Args:
        hashes: how many codes are asked for; they are bound as `hash0`, `hash1`, …
    """
    places = ", ".join(f":hash{number}" for number in range(hashes))
    make, take, move = (
        statement.replace("{in_hashes}", places)
        for statement in (_SQLITE_MAKE, _SQLITE_TAKE, _SQLITE_MOVE)
    )
    return make, take, move, _SQLITE_BALANCE
