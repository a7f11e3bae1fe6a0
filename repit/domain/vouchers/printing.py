"""Make many vouchers at once: one statement on PostgreSQL, a few on SQLite. Core."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, text

from repit.domain.actors import Actor
from repit.domain.codes import CodeVault, new_codes
from repit.domain.ledger.models import STRIPES
from repit.domain.ledger.statements import POSTED, SQLITE_BALANCE, SQLITE_POST
from repit.domain.money import Cents
from repit.domain.vouchers.models import Voucher


@dataclass(frozen=True)
class Sheet:
    """What the vouchers of one run have in common. Days included; `face` in cents."""

    programme_id: int
    face: Cents
    first_day: date
    last_day: date
    grace_until: date


@dataclass(frozen=True)
class Pile:
    """That many vouchers for one parent from one fund; `categories` as bits."""

    parent_id: int
    fund_id: int
    allowance_id: int
    categories: int
    vouchers: int


_MOVEMENT = f"""
SELECT 'issue' AS kind, debit.id AS debit_id, credit.id AS credit_id,
       made.face_cents AS amount_cents, made.id AS voucher_id, 0 AS round,
       {{no_redemption}} AS redemption_id, {{actor}} AS actor, {{now}} AS at
  FROM {{made}} AS made
  JOIN account AS debit ON debit.fund_id = made.fund_id AND debit.kind = 'available'
  JOIN account AS credit ON credit.fund_id = made.fund_id AND credit.kind = 'outstanding'
   AND credit.stripe = made.parent_id {{modulo}} {STRIPES}
"""

_POSTGRESQL = f"""
WITH made AS (
  INSERT INTO voucher (code_hash, code_sealed, programme_id, fund_id, parent_id, allowance_id,
                       face_cents, categories, first_day, last_day, grace_until, issued_at)
  SELECT code_hash, code_sealed, %(programme_id)s, fund_id, parent_id, allowance_id,
         %(face)s, categories, %(first_day)s, %(last_day)s, %(grace_until)s, %(now)s
    FROM unnest(%(hashes)s::bytea[], %(seals)s::bytea[], %(funds)s::bigint[],
                %(parents)s::bigint[], %(allowances)s::bigint[], %(categories)s::bigint[])
      AS row (code_hash, code_sealed, fund_id, parent_id, allowance_id, categories)
  RETURNING id, fund_id, parent_id, face_cents
), movement AS (
  {
    _MOVEMENT.format(
        no_redemption="NULL::uuid",
        actor="%(actor)s",
        now="%(now)s::timestamptz",
        made="made",
        modulo="%%",
    )
}
), {POSTED}
SELECT count(*) FROM made
"""

_SQLITE_MOVE = SQLITE_POST.format(
    movement=_MOVEMENT.format(
        no_redemption="NULL",
        actor=":actor",
        now=":now",
        made="(SELECT * FROM voucher WHERE id > :before)",
        modulo="%",
    )
)


def make(
    connection: Connection,
    piles: Sequence[Pile],
    sheet: Sheet,
    *,
    vault: CodeVault,
    actor: Actor,
    now: datetime,
) -> int:
    """Create the vouchers of these piles and promise their value; return how many.

    Raises:
        IntegrityError: a fund has less than that available (`ck_account_never_overdrawn`).
    """
    columns = _columns(piles, vault)
    count = len(columns["hashes"])
    if not count:
        return 0
    shared = {
        "programme_id": sheet.programme_id,
        "face": sheet.face,
        "first_day": sheet.first_day,
        "last_day": sheet.last_day,
        "grace_until": sheet.grace_until,
        "actor": actor,
        "now": now,
    }
    if connection.dialect.name == "sqlite":
        _make_on_sqlite(connection, columns, shared)
    else:
        connection.exec_driver_sql(_POSTGRESQL, columns | shared)
    return count


def _columns(piles: Sequence[Pile], vault: CodeVault) -> dict[str, list[Any]]:
    codes = new_codes(sum(pile.vouchers for pile in piles))
    each = [pile for pile in piles for _ in range(pile.vouchers)]
    return {
        "hashes": [vault.hash(code) for code in codes],
        "seals": [vault.seal(code) for code in codes],
        "funds": [pile.fund_id for pile in each],
        "parents": [pile.parent_id for pile in each],
        "allowances": [pile.allowance_id for pile in each],
        "categories": [pile.categories for pile in each],
    }


def _make_on_sqlite(
    connection: Connection, columns: dict[str, list[Any]], shared: dict[str, Any]
) -> None:
    before = connection.execute(text("SELECT coalesce(max(id), 0) FROM voucher")).scalar_one()
    moved = connection.execute(text("SELECT coalesce(max(id), 0) FROM transfer")).scalar_one()
    names = ("code_hash", "code_sealed", "fund_id", "parent_id", "allowance_id", "categories")
    same = {
        "programme_id": shared["programme_id"],
        "face_cents": shared["face"],
        "first_day": shared["first_day"],
        "last_day": shared["last_day"],
        "grace_until": shared["grace_until"],
        "issued_at": shared["now"],
    }
    connection.execute(
        insert(Voucher.__table__),  # type: ignore[arg-type]
        [
            dict(zip(names, values, strict=True)) | same
            for values in zip(*columns.values(), strict=True)
        ],
    )
    stamp = shared["now"].strftime("%Y-%m-%d %H:%M:%S.%f")
    connection.exec_driver_sql(
        _SQLITE_MOVE, {"before": before, "actor": shared["actor"], "now": stamp}
    )
    connection.exec_driver_sql(SQLITE_BALANCE.format(written="id > :moved"), {"moved": moved})
