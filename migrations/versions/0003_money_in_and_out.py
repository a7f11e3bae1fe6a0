"""Money in by bank and card, money out by bank file, and the accounts of both.

Why: a funder promises and pays in parts, a provider is paid by a file, and both follow every cent.
Undo: every arrival becomes a contribution again; promises that brought nothing are dropped.
"""

import re
import secrets
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _contributions()
    _payouts()
    _cards()
    _family_shares()
    _accounting()
    _bookings()


def downgrade() -> None:
    _undo_bookings()
    _undo_accounting()
    _undo_family_shares()
    _undo_cards()
    _undo_payouts()
    _undo_contributions()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _redefine_on_sqlite(table: str, changes: Mapping[str, str]) -> None:
    """Change names and rules in a table's definition, its rows and its keys staying in place.

    SQLite has no ALTER for a rule. Rebuilding a table that others point at, inside a transaction,
    would leave them pointing at the old one.
    """
    definition = _definition_on_sqlite(table)
    for before, after in changes.items():
        if before not in definition:
            raise RuntimeError(f"{table} is not defined as expected: no « {before} »")
        definition = definition.replace(before, after)
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": definition, "name": table},
    )
    op.execute("PRAGMA writable_schema = RESET")


def _definition_on_sqlite(table: str) -> str:
    named = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    [definition] = op.get_bind().execute(named, {"name": table}).scalars()
    return str(definition)


# Contributions: what is promised and what arrives.


def _contributions() -> None:
    """What was a contribution is an arrival, under the same id, of a promise of the same amount."""
    _put_contributions_away()
    _tables_of_contributions()
    _tables_of_the_bank()
    _promise_what_arrived()
    _point_transfers_at("arrival_id", "arrival")
    op.drop_table("contribution_before")
    _keep_arrivals()


def _undo_contributions() -> None:
    op.drop_table("bank_match")
    op.drop_table("bank_line")
    op.drop_table("bank_statement")
    op.drop_table("arrival_return")
    _put_contributions_away()
    op.create_table(
        "contribution",
        sa.Column("id", ROW, nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_contribution_gives_something")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_contribution_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_contribution_fund_id_reference")),
    )
    # One line of the bank may have been shared among several: the second needs a name of its own.
    op.execute(
        "INSERT INTO contribution (id, fund_id, amount_cents, received_on, reference, note,"
        " created_at) SELECT id, fund_id, amount_cents, received_on,"
        " CASE WHEN EXISTS (SELECT 1 FROM arrival e WHERE e.fund_id = a.fund_id"
        " AND e.reference = a.reference AND e.id < a.id)"
        " THEN substr(reference, 1, 60) || ' #' || id ELSE reference END,"
        " note, created_at FROM arrival a"
    )
    _count_on("contribution")
    _point_transfers_at("contribution_id", "contribution")
    op.drop_table("arrival")
    op.drop_table("contribution_before")
    _refuse_changes("contribution")


def _put_contributions_away() -> None:
    """Free the name, and on PostgreSQL those of the key and of the counter."""
    op.rename_table("contribution", "contribution_before")
    if _on_postgresql():
        op.execute(
            "ALTER TABLE contribution_before RENAME CONSTRAINT pk_contribution"
            " TO pk_contribution_before"
        )
        op.execute("ALTER SEQUENCE contribution_id_seq RENAME TO contribution_before_id_seq")


def _tables_of_contributions() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("promised_cents", ROW, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("agreement", sa.String(length=80), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("promised_cents > 0", name=op.f("ck_contribution_promises_something")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_contribution_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contribution_public_id")),
    )
    op.create_index(op.f("ix_contribution_fund_id"), "contribution", ["fund_id"])
    op.create_table(
        "arrival",
        sa.Column("id", ROW, nullable=False),
        sa.Column("contribution_id", ROW, nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("returned_cents", ROW, server_default="0", nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_arrival_brings_something")),
        sa.CheckConstraint(
            "returned_cents BETWEEN 0 AND amount_cents", name=op.f("ck_arrival_returned_within")
        ),
        sa.CheckConstraint(
            "way IN ('hand', 'transfer', 'card', 'sepa_debit')", name=op.f("ck_arrival_known_way")
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_arrival_contribution_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_arrival_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
    )
    op.create_index(op.f("ix_arrival_contribution_id"), "arrival", ["contribution_id"])
    op.create_index(op.f("ix_arrival_fund_id"), "arrival", ["fund_id"])
    by_hand = sa.text("way = 'hand' AND returned_cents < amount_cents")
    op.create_index(
        "uq_arrival_by_hand",
        "arrival",
        ["fund_id", "reference"],
        unique=True,
        sqlite_where=by_hand,
        postgresql_where=by_hand,
    )
    op.create_table(
        "arrival_return",
        sa.Column("id", ROW, nullable=False),
        sa.Column("arrival_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("shortage_cents", ROW, server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("motive", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_arrival_return_takes_something")),
        sa.CheckConstraint(
            "shortage_cents BETWEEN 0 AND amount_cents",
            name=op.f("ck_arrival_return_shortage_within"),
        ),
        sa.CheckConstraint(
            "reason IN ('recalled', 'disputed', 'mistake')",
            name=op.f("ck_arrival_return_known_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrival.id"], name=op.f("fk_arrival_return_arrival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_return")),
    )
    op.create_index(op.f("ix_arrival_return_arrival_id"), "arrival_return", ["arrival_id"])


def _tables_of_the_bank() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=34), nullable=True),
        sa.Column("lines_new", ROW, nullable=False),
        sa.Column("lines_known", ROW, nullable=False),
        sa.Column("lines_pending", ROW, nullable=False),
        sa.Column("imported_by", sa.String(length=40), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_public_id", sa.String(length=22), nullable=True),
        sa.CheckConstraint(
            "kind IN ('camt.053', 'camt.054', 'csv', 'pain.002')",
            name=op.f("ck_bank_statement_known_kind"),
        ),
        sa.CheckConstraint(
            "lines_new >= 0 AND lines_known >= 0 AND lines_pending >= 0",
            name=op.f("ck_bank_statement_counts_lines"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_statement_public_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_statement_sha256")),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("statement_id", ROW, nullable=False),
        sa.Column("account", sa.String(length=34), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("credit", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("counterparty", sa.String(length=140), nullable=True),
        sa.Column("remittance", sa.String(length=1000), nullable=True),
        sa.Column("structured_reference", sa.String(length=35), nullable=True),
        sa.Column("end_to_end_id", sa.String(length=35), nullable=True),
        sa.Column("message_id", sa.String(length=35), nullable=True),
        sa.Column("entry_reference", sa.String(length=64), nullable=True),
        sa.Column("bank_reference", sa.String(length=64), nullable=True),
        sa.Column("reason_code", sa.String(length=4), nullable=True),
        sa.Column("state", sa.String(length=12), server_default="new", nullable=False),
        sa.Column("why", sa.String(length=24), nullable=True),
        sa.Column("motive", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_bank_line_moves_something")),
        sa.CheckConstraint(
            "state IN ('new', 'matched', 'set_aside')", name=op.f("ck_bank_line_known_state")
        ),
        sa.CheckConstraint(
            "state <> 'set_aside' OR motive IS NOT NULL",
            name=op.f("ck_bank_line_set_aside_has_motive"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_line_public_id")),
        sa.UniqueConstraint("account", "identity", name=op.f("uq_bank_line_account_identity")),
    )
    op.create_index("ix_bank_line_state", "bank_line", ["state", "booked_on"])
    op.create_index("ix_bank_line_entry", "bank_line", ["account", "entry_reference"])
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"])
    op.create_table(
        "bank_match",
        sa.Column("id", ROW, nullable=False),
        sa.Column("line_id", ROW, nullable=False),
        sa.Column("arrival_id", ROW, nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "how IN ('reference', 'hand', 'entered')", name=op.f("ck_bank_match_known_how")
        ),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrival.id"], name=op.f("fk_bank_match_arrival_id")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_match_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
    )
    op.create_index(op.f("ix_bank_match_line_id"), "bank_match", ["line_id"])
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_bank_match_live",
        "bank_match",
        ["arrival_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _promise_what_arrived() -> None:
    connection = op.get_bind()
    ids = connection.execute(sa.text("SELECT id FROM contribution_before ORDER BY id")).scalars()
    names = [{"id": row, "public_id": secrets.token_urlsafe(16)} for row in ids]
    if not names:
        return
    connection.execute(
        sa.text(
            "INSERT INTO contribution (id, public_id, fund_id, promised_cents, due_on, created_at)"
            " SELECT id, :public_id, fund_id, amount_cents, received_on, created_at"
            " FROM contribution_before WHERE id = :id"
        ),
        names,
    )
    op.execute(
        "INSERT INTO arrival (id, contribution_id, fund_id, amount_cents, returned_cents,"
        " received_on, way, reference, note, created_at)"
        " SELECT id, id, fund_id, amount_cents, 0, received_on, 'hand', reference, note,"
        " created_at FROM contribution_before"
    )
    _count_on("contribution", "arrival")


def _count_on(*tables: str) -> None:
    """Let PostgreSQL's counters go on after the rows that were copied with their ids."""
    if not _on_postgresql():
        return
    for table in tables:
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
            f" coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}"
        )


def _point_transfers_at(column: str, table: str) -> None:
    before = "contribution_id" if column == "arrival_id" else "arrival_id"
    op.execute(f"ALTER TABLE transfer RENAME COLUMN {before} TO {column}")
    if _on_postgresql():
        op.execute(
            f"ALTER TABLE transfer DROP CONSTRAINT fk_transfer_{before}, ADD CONSTRAINT"
            f" fk_transfer_{column} FOREIGN KEY ({column}) REFERENCES {table} (id)"
        )
        return
    pointed = "contribution_before" if table == "arrival" else "arrival"
    definition = _definition_on_sqlite("transfer")
    old = re.search(
        rf'CONSTRAINT "?fk_transfer_{before}"? FOREIGN KEY\(\s*"?{column}"?\s*\)'
        rf' REFERENCES "?{pointed}"? \(\s*"?id"?\s*\)',
        definition,
    )
    if old is None:
        raise RuntimeError("transfer is not defined as expected: no key to what arrived")
    new = f"CONSTRAINT fk_transfer_{column} FOREIGN KEY({column}) REFERENCES {table} (id)"
    _redefine_on_sqlite("transfer", {old.group(): new})


def _keep_arrivals() -> None:
    """An arrival and what was taken back of it are never edited; only the sum taken back grows."""
    _refuse_changes("arrival_return")
    fixed = (
        "id, contribution_id, fund_id, amount_cents, received_on, way, reference, note, created_at"
    )
    if _on_postgresql():
        op.execute(
            "CREATE TRIGGER arrival_append_only BEFORE DELETE OR UPDATE OF "
            f"{fixed} ON arrival FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER arrival_never_emptied BEFORE TRUNCATE ON arrival"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb, what in (("UPDATE", f"UPDATE OF {fixed}"), ("DELETE", "DELETE")):
        op.execute(
            f"CREATE TRIGGER arrival_no_{verb.lower()} BEFORE {what} ON arrival "
            f"BEGIN SELECT RAISE(ABORT, '{verb} on arrival is refused'); END"
        )


def _refuse_changes(table: str) -> None:
    if _on_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{verb} on {table} is refused'); END"
        )


# Payouts: bank files, approvals, what comes back.

ALIVE = sa.text("ended_at IS NULL")
PROPOSED = sa.text("confirmed_at IS NULL AND ended_at IS NULL")
IN_DRAFT = sa.text("state IN ('preparing', 'drafted')")
DOUBTFUL = sa.text("effect IN ('contradicts', 'disagrees')")
LEDGER_RULES = {
    "account": (
        (
            "known_kind",
            "kind IN ('bank', 'available', 'outstanding', 'payable', 'transit', 'loss')",
            (
                "kind IN ('bank', 'available', 'outstanding', 'payable', 'transit', 'loss',"
                " 'owed_back')"
            ),
        ),
        (
            "never_overdrawn",
            "kind IN ('bank', 'loss') OR debits_cents <= credits_cents",
            "kind IN ('bank', 'loss', 'owed_back') OR debits_cents <= credits_cents",
        ),
        (
            "payable_to_a_provider",
            "(kind = 'payable') = (provider_id IS NOT NULL)",
            "(kind IN ('payable', 'owed_back')) = (provider_id IS NOT NULL)",
        ),
    ),
    "transfer": (
        (
            "known_kind",
            (
                "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle',"
                " 'return')"
            ),
            (
                "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle',"
                " 'return', 'reject', 'bounce', 'recover', 'dispute', 'cover')"
            ),
        ),
    ),
}
PAYOUT_COLUMNS = (
    ("programme", "holdback_days", ("{int} NOT NULL DEFAULT 0"
     " CONSTRAINT ck_programme_holdback CHECK (holdback_days BETWEEN 0 AND 365)")),
    ("programme", "least_payout_cents", ("{int} NOT NULL DEFAULT 0"
     " CONSTRAINT ck_programme_least_payout CHECK (least_payout_cents >= 0)")),
    ("payout", "batch_id", "{int} CONSTRAINT fk_payout_batch_id REFERENCES payout_batch (id)"),
    ("payout", "state", ("VARCHAR(12) NOT NULL DEFAULT 'settled'"
     " CONSTRAINT ck_payout_known_state CHECK (state IN ('drafted', 'approved', 'sent',"
     " 'settled', 'rejected', 'discarded'))"
     " CONSTRAINT ck_payout_settled_on_a_day CHECK (state <> 'settled' OR paid_on IS NOT NULL)")),
    ("payout", "number", "{int}"),
    ("payout", "payee_name", "VARCHAR(70)"),
    ("payout", "iban", "VARCHAR(34)"),
    ("payout", "bic", "VARCHAR(11)"),
    ("payout", "rejected_on", "DATE"),
    ("payout", "reason", "VARCHAR(8)"),
    ("payout", "way", ("VARCHAR(8) NOT NULL DEFAULT 'hand'"
     " CONSTRAINT ck_payout_known_way CHECK (way IN ('hand', 'file', 'stripe'))"
     " CONSTRAINT ck_payout_file_has_payee"
     " CHECK (way <> 'file' OR (batch_id IS NOT NULL AND iban IS NOT NULL))")),
)  # fmt: skip


def _payouts() -> None:
    _tables_of_payouts()
    _redefine_ledger(LEDGER_RULES, known=True)
    _free_the_bank(known=True)
    whole = "BIGINT" if _on_postgresql() else "INTEGER"
    for table, column, kind in PAYOUT_COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.format(int=whole)}")
    _may_be_unpaid(known=True)
    # Whoever was paid so far has settlements numbered from 1 too.
    op.execute(
        "UPDATE payout SET number = (SELECT count(*) FROM payout AS earlier"
        " WHERE earlier.provider_id = payout.provider_id AND earlier.id <= payout.id)"
    )
    op.create_index(
        "uq_payout_provider_id_number", "payout", ["provider_id", "number"], unique=True
    )
    op.create_index(
        "uq_payout_batch_id_provider_id", "payout", ["batch_id", "provider_id"], unique=True
    )
    op.execute(
        "CREATE INDEX ix_transfer_payout ON transfer (payout_id) WHERE payout_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO payout_redemption (redemption_id, payout_id, paid_on)"
        " SELECT redemption_id, payout_id, paid_on FROM paid_redemption ORDER BY payout_id"
    )
    op.drop_table("paid_redemption")
    op.execute(
        "INSERT INTO account (kind, fund_id, provider_id)"
        " SELECT DISTINCT 'owed_back', fund_id, provider_id FROM account WHERE kind = 'payable'"
    )
    _refuse_changes("batch_file")
    _refuse_changes("payout_outcome")


def _tables_of_payouts() -> None:
    op.create_table(
        "payout_batch",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("number", ROW, nullable=False),
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("cut_off_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("payouts", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("drafted_by", sa.String(length=40), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("debtor_name", sa.String(length=70), nullable=True),
        sa.Column("debtor_iban", sa.String(length=34), nullable=True),
        sa.Column("debtor_bic", sa.String(length=11), nullable=True),
        sa.Column("sent_by", sa.String(length=40), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('preparing', 'drafted', 'approved', 'exported', 'sent', 'over', 'discarded')",
            name=op.f("ck_payout_batch_known_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'exported', 'sent', 'over') OR approved_at IS NOT NULL",
            name=op.f("ck_payout_batch_approved_first"),
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_payout_batch_approved_by_and_at"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> drafted_by",
            name=op.f("ck_payout_batch_four_eyes"),
        ),
        sa.CheckConstraint(
            "payouts >= 0 AND amount_cents >= 0", name=op.f("ck_payout_batch_totals")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_payout_batch_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_payout_batch_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_payout_batch_public_id")),
    )
    op.create_index(
        "ix_payout_batch_programme", "payout_batch", ["programme_id", "id"], unique=False
    )
    op.create_index(
        "uq_payout_batch_draft",
        "payout_batch",
        ["programme_id"],
        unique=True,
        sqlite_where=IN_DRAFT,
        postgresql_where=IN_DRAFT,
    )
    op.create_table(
        "batch_file",
        sa.Column("id", ROW, nullable=False),
        sa.Column("batch_id", ROW, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payouts", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("written_by", sa.String(length=40), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payout_batch.id"], name=op.f("fk_batch_file_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_file")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_batch_file_batch_id")),
    )
    op.create_table(
        "payout_redemption",
        sa.Column("id", ROW, nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", ROW, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "paid_on IS NULL OR ended_at IS NULL", name=op.f("ck_payout_redemption_paid_or_ended")
        ),
        sa.CheckConstraint(
            "paid_on IS NULL OR moved_at IS NOT NULL",
            name=op.f("ck_payout_redemption_moved_first"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_redemption_payout_id")
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_payout_redemption_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_redemption")),
    )
    op.create_index(
        op.f("ix_payout_redemption_payout_id"), "payout_redemption", ["payout_id"], unique=False
    )
    op.create_index(
        "uq_payout_redemption_live",
        "payout_redemption",
        ["redemption_id"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_table(
        "recovery",
        sa.Column("id", ROW, nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_recovery_recovers_something")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_recovery_payout_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_recovery_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
    )
    op.create_index(op.f("ix_recovery_payout_id"), "recovery", ["payout_id"], unique=False)
    op.create_index(
        "uq_recovery_live",
        "recovery",
        ["redemption_id"],
        unique=True,
        sqlite_where=ALIVE,
        postgresql_where=ALIVE,
    )
    op.create_table(
        "payout_outcome",
        sa.Column("id", ROW, nullable=False),
        sa.Column("payout_id", ROW, nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=True),
        sa.Column("amount_cents", ROW, nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("effect", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effect IN ('applied', 'noted', 'contradicts', 'disagrees')",
            name=op.f("ck_payout_outcome_known_effect"),
        ),
        sa.CheckConstraint(
            "result IN ('accepted', 'rejected', 'settled', 'returned')",
            name=op.f("ck_payout_outcome_known_result"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_outcome_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_outcome")),
        sa.UniqueConstraint(
            "payout_id",
            "result",
            "bank_reference",
            name=op.f("uq_payout_outcome_payout_id_result_bank_reference"),
        ),
    )
    op.create_index(
        "ix_payout_outcome_open",
        "payout_outcome",
        ["id"],
        unique=False,
        sqlite_where=DOUBTFUL,
        postgresql_where=DOUBTFUL,
    )
    op.create_table(
        "bank_account",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("provider_id", ROW, nullable=True),
        sa.Column("programme_id", ROW, nullable=True),
        sa.Column("holder", sa.String(length=70), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=True),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=40), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doubt", sa.String(length=8), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_at IS NULL) = (counts_at IS NULL)",
            name=op.f("ck_bank_account_confirmed_by_and_at"),
        ),
        sa.CheckConstraint(
            "(provider_id IS NULL) <> (programme_id IS NULL)",
            name=op.f("ck_bank_account_of_one_owner"),
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by",
            name=op.f("ck_bank_account_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_bank_account_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_bank_account_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bank_account_public_id")),
    )
    op.create_index(
        "ix_bank_account_programme", "bank_account", ["programme_id", "id"], unique=False
    )
    op.create_index("ix_bank_account_provider", "bank_account", ["provider_id", "id"], unique=False)
    op.create_index(
        "uq_bank_account_proposed_programme",
        "bank_account",
        ["programme_id"],
        unique=True,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )
    op.create_index(
        "uq_bank_account_proposed_provider",
        "bank_account",
        ["provider_id"],
        unique=True,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )


def _redefine_ledger(
    changes: Mapping[str, tuple[tuple[str, str, str], ...]], *, known: bool
) -> None:
    for table, rules in changes.items():
        for name, before, after in rules:
            old, new = (before, after) if known else (after, before)
            if _on_postgresql():
                rule = f"ck_{table}_{name}"
                op.execute(
                    f"ALTER TABLE {table} DROP CONSTRAINT {rule},"
                    f" ADD CONSTRAINT {rule} CHECK ({new})"
                )
            else:
                _redefine_on_sqlite(table, {f"CHECK ({old})": f"CHECK ({new})"})


def _free_the_bank(*, known: bool) -> None:
    """A fund that spent what is then taken back: its share of the bank is below zero meanwhile."""
    old = ("ck_account_bank_never_overdrawn", "kind <> 'bank' OR credits_cents <= debits_cents")
    new = (
        "ck_account_owed_back_never_overdrawn",
        "kind <> 'owed_back' OR credits_cents <= debits_cents",
    )
    (before, old_rule), (after, new_rule) = (old, new) if known else (new, old)
    if _on_postgresql():
        op.execute(
            f"ALTER TABLE account DROP CONSTRAINT {before},"
            f" ADD CONSTRAINT {after} CHECK ({new_rule})"
        )
        return
    _redefine_on_sqlite(
        "account",
        {f"CONSTRAINT {before} CHECK ({old_rule})": f"CONSTRAINT {after} CHECK ({new_rule})"},
    )


def _may_be_unpaid(*, known: bool) -> None:
    """Let a payout have no day and no reference until it is paid."""
    if _on_postgresql():
        verb = "DROP" if known else "SET"
        for column in ("paid_on", "reference"):
            op.execute(f"ALTER TABLE payout ALTER COLUMN {column} {verb} NOT NULL")
        return
    for column in ("paid_on DATE", "reference VARCHAR(80)"):
        always, perhaps = f"{column} NOT NULL", column
        old, new = (always, perhaps) if known else (perhaps, always)
        _redefine_on_sqlite("payout", {f"{old}, ": f"{new}, "})


def _undo_payouts() -> None:
    more = "SELECT count(*) FROM payout WHERE state <> 'settled' OR batch_id IS NOT NULL"
    if op.get_bind().execute(sa.text(more)).scalar_one():
        raise RuntimeError("payments by bank file were made: what came before cannot say them")
    op.create_table(
        "paid_redemption",
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", ROW, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_paid_redemption_payout_id")
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_paid_redemption_redemption_id")
        ),
        sa.PrimaryKeyConstraint("redemption_id", name=op.f("pk_paid_redemption")),
    )
    op.create_index(op.f("ix_paid_redemption_payout_id"), "paid_redemption", ["payout_id"])
    op.execute(
        "INSERT INTO paid_redemption (redemption_id, payout_id, paid_on)"
        " SELECT redemption_id, payout_id, paid_on FROM payout_redemption WHERE ended_at IS NULL"
    )
    for table in (
        "bank_account", "payout_outcome", "recovery", "payout_redemption", "batch_file",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_transfer_payout", "transfer")
    op.drop_index("uq_payout_batch_id_provider_id", "payout")
    op.drop_index("uq_payout_provider_id_number", "payout")
    _may_be_unpaid(known=False)
    points = "CONSTRAINT fk_payout_batch_id REFERENCES payout_batch (id)"
    if not _on_postgresql():
        _redefine_on_sqlite("payout", {f" {points}": ""})
    for table, column, _ in reversed(PAYOUT_COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("payout_batch")
    op.execute("DELETE FROM account WHERE kind = 'owed_back'")
    _free_the_bank(known=False)
    _redefine_ledger(LEDGER_RULES, known=False)


# Cards.


def _cards() -> None:
    _tables_of_payments()
    _tables_of_connect()


def _undo_cards() -> None:
    for table in (
        "connect_transfer",
        "connect_account",
        "payment_dispute",
        "online_refund",
        "stripe_event",
        "online_payment",
    ):
        op.drop_table(table)


def _where(rule: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(rule), "postgresql_where": sa.text(rule)}


def _tables_of_payments() -> None:
    op.create_table(
        "online_payment",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("contribution_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("session_id", sa.String(length=255), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("intent_id", sa.String(length=255), nullable=True),
        sa.Column("arrival_id", ROW, nullable=True),
        sa.Column("refunded_cents", ROW, server_default="0", nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_online_payment_pays_something")),
        sa.CheckConstraint(
            "way IN ('card', 'sepa_debit', 'bank_transfer')",
            name=op.f("ck_online_payment_known_way"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'open', 'processing', 'paid', 'failed', 'expired')",
            name=op.f("ck_online_payment_known_state"),
        ),
        sa.CheckConstraint(
            "state <> 'paid' OR (arrival_id IS NOT NULL AND intent_id IS NOT NULL)",
            name=op.f("ck_online_payment_paid_is_an_arrival"),
        ),
        sa.CheckConstraint(
            "refunded_cents BETWEEN 0 AND amount_cents",
            name=op.f("ck_online_payment_refunded_within"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_online_payment_contribution_id"),
        ),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrival.id"], name=op.f("fk_online_payment_arrival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_payment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_online_payment_public_id")),
        sa.UniqueConstraint("session_id", name=op.f("uq_online_payment_session_id")),
        sa.UniqueConstraint("intent_id", name=op.f("uq_online_payment_intent_id")),
        sa.UniqueConstraint("arrival_id", name=op.f("uq_online_payment_arrival_id")),
    )
    op.create_index(
        op.f("ix_online_payment_contribution_id"), "online_payment", ["contribution_id"]
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", ROW, nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=255), nullable=False),
        sa.Column("about", sa.String(length=255), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "state IN ('applied', 'idle', 'waiting', 'contradicts')",
            name=op.f("ck_stripe_event_known_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_stripe_event_event_id")),
    )
    op.create_index(
        "ix_stripe_event_open",
        "stripe_event",
        ["about"],
        **_where("state IN ('waiting', 'contradicts')"),
    )
    op.create_table(
        "online_refund",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("payment_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", ROW, nullable=False),
        sa.Column("refund_id", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("motive", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_online_refund_gives_something_back")),
        sa.CheckConstraint(
            "state IN ('asked', 'sent', 'done', 'failed')",
            name=op.f("ck_online_refund_known_state"),
        ),
        sa.CheckConstraint("tries >= 1", name=op.f("ck_online_refund_counts_tries")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["online_payment.id"], name=op.f("fk_online_refund_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_refund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_online_refund_public_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_online_refund_refund_id")),
    )
    op.create_index(op.f("ix_online_refund_payment_id"), "online_refund", ["payment_id"])
    op.create_index("ix_online_refund_open", "online_refund", ["id"], **_where("state = 'asked'"))
    op.create_table(
        "payment_dispute",
        sa.Column("id", ROW, nullable=False),
        sa.Column("dispute_id", sa.String(length=255), nullable=False),
        sa.Column("payment_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reinstated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("posted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_dispute_takes_something")),
        sa.CheckConstraint(
            "state IN ('open', 'won', 'lost')", name=op.f("ck_payment_dispute_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["online_payment.id"], name=op.f("fk_payment_dispute_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_dispute")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_payment_dispute_dispute_id")),
    )
    op.create_index(op.f("ix_payment_dispute_payment_id"), "payment_dispute", ["payment_id"])


def _tables_of_connect() -> None:
    op.create_table(
        "connect_account",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("provider_id", ROW, nullable=False),
        sa.Column("account_id", sa.String(length=255), nullable=True),
        sa.Column("can_be_paid", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("wanting", sa.JSON(), nullable=False),
        sa.Column("chosen_by", sa.String(length=40), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "NOT can_be_paid OR account_id IS NOT NULL",
            name=op.f("ck_connect_account_paid_somewhere"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_connect_account_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_connect_account_public_id")),
        sa.UniqueConstraint("account_id", name=op.f("uq_connect_account_account_id")),
    )
    op.create_index(
        "uq_connect_account_live",
        "connect_account",
        ["provider_id"],
        unique=True,
        **_where("ended_at IS NULL"),
    )
    op.create_table(
        "connect_transfer",
        sa.Column("id", ROW, nullable=False),
        sa.Column("payout_id", ROW, nullable=False),
        sa.Column("account_id", sa.String(length=255), nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", ROW, nullable=False),
        sa.Column("transfer_id", sa.String(length=255), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_connect_transfer_sends_something")),
        sa.CheckConstraint(
            "state IN ('asked', 'short', 'refused', 'sent', 'reversed')",
            name=op.f("ck_connect_transfer_known_state"),
        ),
        sa.CheckConstraint("tries >= 1", name=op.f("ck_connect_transfer_counts_tries")),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'reversed') OR transfer_id IS NOT NULL",
            name=op.f("ck_connect_transfer_sent_has_a_name"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_connect_transfer_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connect_transfer")),
        sa.UniqueConstraint("payout_id", name=op.f("uq_connect_transfer_payout_id")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_connect_transfer_transfer_id")),
    )


# Family shares paid online.


FAMILY_RULES = {
    "account": (
        (
            "known_kind",
            (
                "kind IN ('bank', 'available', 'outstanding', 'payable', 'transit', 'loss',"
                " 'owed_back')"
            ),
            (
                "kind IN ('bank', 'available', 'outstanding', 'payable', 'transit', 'loss',"
                " 'owed_back', 'family_share')"
            ),
        ),
    ),
    "transfer": (
        (
            "known_kind",
            (
                "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle',"
                " 'return', 'reject', 'bounce', 'recover', 'dispute', 'cover')"
            ),
            (
                "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle',"
                " 'return', 'reject', 'bounce', 'recover', 'dispute', 'cover', 'share_in',"
                " 'share_due', 'share_undo', 'share_back')"
            ),
        ),
    ),
}
FAMILY_COLUMNS = (
    ("care_slot", "family_share_cents", "{int} DEFAULT 0 NOT NULL"),
    ("programme", "share_online", "BOOLEAN DEFAULT false NOT NULL"),
    ("child_place", "share_cents", ("{int} DEFAULT 0 NOT NULL"
     " CONSTRAINT ck_child_place_share_not_negative CHECK (share_cents >= 0)")),
    ("booking", "taken_at", ("{moment} CONSTRAINT ck_booking_offered_by_the_list_or_to_pay"
     " CHECK (state <> 'offered' OR origin = 'waiting' OR taken_at IS NOT NULL)")),
    ("transfer", "family_payment_id", ("{int}"
     " CONSTRAINT fk_transfer_family_payment_id REFERENCES family_payment (id)"
     " CONSTRAINT ck_transfer_family_payment_named CHECK (kind NOT IN ('share_in', 'share_due',"
     " 'share_undo', 'share_back') OR family_payment_id IS NOT NULL)"
     " CONSTRAINT ck_transfer_share_of_a_redemption CHECK (kind NOT IN ('share_due', 'share_undo')"
     " OR redemption_id IS NOT NULL)")),
)  # fmt: skip
OF_FAMILIES = sa.text("funder_id IS NULL")
OPEN_PAGE = sa.text("state = 'open'")
REFUND_WAITING = sa.text("state IN ('asked', 'sent', 'refused')")
SHARE_DUE = sa.text("kind = 'share_due'")
SHARE_UNDO = sa.text("kind = 'share_undo'")
SHARE_OF = ["redemption_id", "family_payment_id"]
OF_A_PAYMENT = sa.text("family_payment_id IS NOT NULL")


def _family_shares() -> None:
    _tables_of_family_shares()
    whole, moment = ("BIGINT", "TIMESTAMP WITH TIME ZONE")
    if not _on_postgresql():
        whole, moment = ("INTEGER", "DATETIME")
    for table, column, kind in FAMILY_COLUMNS:
        described = kind.format(int=whole, moment=moment)
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {described}")
    _redefine_ledger(FAMILY_RULES, known=True)
    _may_lack_a_funder(known=True)
    for name, table, columns, unique, where in (
        ("uq_fund_of_families", "fund", ["programme_id"], True, OF_FAMILIES),
        ("uq_transfer_share_due", "transfer", SHARE_OF, True, SHARE_DUE),
        ("uq_transfer_share_undo", "transfer", SHARE_OF, True, SHARE_UNDO),
        ("ix_transfer_family_payment", "transfer", ["family_payment_id"], False, OF_A_PAYMENT),
    ):
        op.create_index(
            name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where
        )


def _tables_of_family_shares() -> None:
    op.create_table(
        "family_payment",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("booking_id", ROW, nullable=False),
        sa.Column("fund_id", ROW, nullable=True),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("refund_cents", ROW, server_default="0", nullable=False),
        sa.Column("passed_cents", ROW, server_default="0", nullable=False),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("stripe_session_id", sa.String(length=255), nullable=True),
        sa.Column("stripe_payment_id", sa.String(length=255), nullable=True),
        sa.Column("page", sa.String(length=2000), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'over')", name=op.f("ck_family_payment_known_state")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_family_payment_pays_something")),
        sa.CheckConstraint(
            "refund_cents >= 0 AND passed_cents >= 0",
            name=op.f("ck_family_payment_nothing_negative"),
        ),
        sa.CheckConstraint(
            "refund_cents + passed_cents <= amount_cents",
            name=op.f("ck_family_payment_no_more_than_paid"),
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_at IS NOT NULL) AND"
            " (state = 'paid') = (stripe_payment_id IS NOT NULL) AND"
            " (state = 'paid') = (fund_id IS NOT NULL)",
            name=op.f("ck_family_payment_paid_at_a_moment"),
        ),
        sa.CheckConstraint(
            "state = 'paid' OR refund_cents + passed_cents = 0",
            name=op.f("ck_family_payment_moved_once_paid"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_family_payment_booking_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_family_payment_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_payment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_family_payment_public_id")),
        sa.UniqueConstraint("stripe_session_id", name=op.f("uq_family_payment_stripe_session_id")),
        sa.UniqueConstraint("stripe_payment_id", name=op.f("uq_family_payment_stripe_payment_id")),
    )
    op.create_index("ix_family_payment_booking", "family_payment", ["booking_id"])
    op.create_index(
        "uq_family_payment_open",
        "family_payment",
        ["booking_id"],
        unique=True,
        sqlite_where=OPEN_PAGE,
        postgresql_where=OPEN_PAGE,
    )
    op.create_table(
        "family_refund",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("payment_id", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("state", sa.String(length=8), server_default="asked", nullable=False),
        sa.Column("attempt", ROW, server_default="0", nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("stripe_refund_id", sa.String(length=255), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_family_refund_gives_something")),
        sa.CheckConstraint(
            "state IN ('asked', 'sent', 'done', 'refused')",
            name=op.f("ck_family_refund_known_state"),
        ),
        sa.CheckConstraint(
            "state <> 'done' OR done_at IS NOT NULL", name=op.f("ck_family_refund_done_at_a_moment")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["family_payment.id"], name=op.f("fk_family_refund_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_refund")),
        sa.UniqueConstraint("public_id", name=op.f("uq_family_refund_public_id")),
    )
    op.create_index("ix_family_refund_payment", "family_refund", ["payment_id"])
    op.create_index(
        "ix_family_refund_waiting",
        "family_refund",
        ["id"],
        sqlite_where=REFUND_WAITING,
        postgresql_where=REFUND_WAITING,
    )


def _may_lack_a_funder(*, known: bool) -> None:
    if _on_postgresql():
        verb = "DROP" if known else "SET"
        op.execute(f"ALTER TABLE fund ALTER COLUMN funder_id {verb} NOT NULL")
        return
    always, perhaps = "funder_id INTEGER NOT NULL, ", "funder_id INTEGER, "
    old, new = (always, perhaps) if known else (perhaps, always)
    _redefine_on_sqlite("fund", {old: new})


def _undo_family_shares() -> None:
    paid = "SELECT count(*) FROM family_payment WHERE state = 'paid'"
    if op.get_bind().execute(sa.text(paid)).scalar_one():
        raise RuntimeError("families paid online: what came before cannot say it")
    for name, table in (
        ("uq_fund_of_families", "fund"),
        ("uq_transfer_share_due", "transfer"),
        ("uq_transfer_share_undo", "transfer"),
        ("ix_transfer_family_payment", "transfer"),
    ):
        op.drop_index(name, table)
    op.execute(
        "UPDATE booking SET state = 'confirmed', expires_at = NULL WHERE state = 'offered'"
        " AND taken_at IS NOT NULL"
    )
    _may_lack_a_funder(known=False)
    _redefine_ledger(FAMILY_RULES, known=False)
    for table, column, kind in reversed(FAMILY_COLUMNS):
        _drop_with_its_rules(table, column, kind)
    op.drop_table("family_refund")
    op.drop_table("family_payment")


def _drop_with_its_rules(table: str, column: str, kind: str) -> None:
    """Drop a column after its rules.

    SQLite drops no column that a rule speaks of, even one of its own; PostgreSQL keeps a rule that
    came with the column and speaks of others only.
    """
    if _on_postgresql():
        for rule in re.findall(r"CONSTRAINT (\w+) CHECK", kind):
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {rule}")
    else:
        rules = kind.partition(" CONSTRAINT ")
        described = kind.format(int="INTEGER", moment="DATETIME")
        if rules[1]:
            plain = described.partition(" CONSTRAINT ")[0]
            _redefine_on_sqlite(table, {described: plain})
    op.drop_column(table, column)


# Accounting profiles.


def _accounting() -> None:
    op.execute(
        "ALTER TABLE programme ADD COLUMN profile VARCHAR(16)"
        " CONSTRAINT ck_programme_known_profile CHECK (profile IN ('FR-CAP'))"
    )
    op.create_table(
        "bookkeeping",
        sa.Column("id", ROW, nullable=False),
        sa.Column("frame", sa.String(12), nullable=False),
        sa.Column("identifier", sa.String(10), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookkeeping")),
        sa.CheckConstraint("id = 1", name=op.f("ck_bookkeeping_only_one")),
        sa.CheckConstraint(
            "frame IN ('association', 'm57')", name=op.f("ck_bookkeeping_known_frame")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)",
            name=op.f("ck_bookkeeping_confirmed_by_and_at"),
        ),
    )
    op.create_table(
        "chart_entry",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_chart_entry")),
        sa.CheckConstraint("length(number) >= 2", name=op.f("ck_chart_entry_has_a_class")),
    )
    op.create_table(
        "annual_account",
        sa.Column("id", ROW, nullable=False),
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("year", ROW, nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("given_by", sa.String(40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_account")),
        sa.UniqueConstraint(
            "programme_id", "year", name=op.f("uq_annual_account_programme_id_year")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["programme.id"],
            name=op.f("fk_annual_account_programme_id_programme"),
        ),
    )


def _undo_accounting() -> None:
    op.drop_table("annual_account")
    op.drop_table("chart_entry")
    op.drop_table("bookkeeping")
    op.execute("ALTER TABLE programme DROP COLUMN profile")


# Bookings: offers to a whole group, who comes without a file, agendas that can be stopped.


def _bookings() -> None:
    whole = "BIGINT" if _on_postgresql() else "INTEGER"
    op.execute(
        f"ALTER TABLE booking ADD COLUMN lead_id {whole}"
        " CONSTRAINT fk_booking_lead_id_booking REFERENCES booking (id)"
    )
    op.execute("CREATE INDEX ix_booking_lead ON booking (lead_id) WHERE lead_id IS NOT NULL")
    op.execute(
        f"ALTER TABLE programme ADD COLUMN sheet_days {whole} NOT NULL DEFAULT 30"
        " CONSTRAINT ck_programme_sheets_readable CHECK (sheet_days BETWEEN 1 AND 365)"
    )
    op.execute("ALTER TABLE parent ADD COLUMN calendar_key VARCHAR(22)")
    op.create_table(
        "unnamed_arrival",
        sa.Column("id", ROW, nullable=False),
        sa.Column("nonce", sa.Uuid(), nullable=False),
        sa.Column("session_id", ROW, nullable=False),
        sa.Column("first_name", sa.String(40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unnamed_arrival")),
        sa.UniqueConstraint("nonce", name=op.f("uq_unnamed_arrival_nonce")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["workshop_session.id"],
            name=op.f("fk_unnamed_arrival_session_id_workshop_session"),
        ),
    )
    op.create_index("ix_unnamed_arrival_session", "unnamed_arrival", ["session_id"])
    _wait_for_whole_groups()


def _wait_for_whole_groups() -> None:
    """Let who waited for one date of a fixed group wait for the group, once, where they stood."""
    op.execute("""
        UPDATE waiting_party
           SET waits_for = 'group:' || (SELECT s.workshop_id FROM workshop_session s
                                         WHERE s.id = waiting_party.session_id)
         WHERE state = 'waiting' AND seat AND id IN (
               SELECT min(p.id) FROM waiting_party p
                 JOIN workshop_session s ON s.id = p.session_id
                 JOIN workshop w ON w.id = s.workshop_id
                WHERE p.state = 'waiting' AND p.seat AND w.format = 'cohort'
                GROUP BY p.parent_id, s.workshop_id)
    """)
    op.execute("""
        UPDATE waiting_party SET state = 'left'
         WHERE state = 'waiting' AND seat AND waits_for LIKE 'session:%' AND session_id IN (
               SELECT s.id FROM workshop_session s JOIN workshop w ON w.id = s.workshop_id
                WHERE w.format = 'cohort')
    """)


def _undo_bookings() -> None:
    op.execute(
        "UPDATE waiting_party SET waits_for = 'session:' || session_id"
        " WHERE waits_for LIKE 'group:%'"
    )
    op.execute("""
        UPDATE workshop_session SET seats_taken = seats_taken - (
               SELECT count(*) FROM unnamed_arrival u
                WHERE u.session_id = workshop_session.id AND u.annulled_at IS NULL)
    """)
    op.drop_index("ix_unnamed_arrival_session", "unnamed_arrival")
    op.drop_table("unnamed_arrival")
    op.execute("ALTER TABLE parent DROP COLUMN calendar_key")
    op.execute("ALTER TABLE programme DROP COLUMN sheet_days")
    op.execute("DROP INDEX ix_booking_lead")
    op.execute("ALTER TABLE booking DROP COLUMN lead_id")
