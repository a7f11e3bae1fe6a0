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


def _payouts() -> None:
    pass


def _undo_payouts() -> None:
    pass


# Cards.


def _cards() -> None:
    pass


def _undo_cards() -> None:
    pass


# Family shares paid online.


def _family_shares() -> None:
    op.add_column(
        "care_slot",
        sa.Column(
            "family_share_cents", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
    )


def _undo_family_shares() -> None:
    op.drop_column("care_slot", "family_share_cents")


# Accounting profiles.


def _accounting() -> None:
    pass


def _undo_accounting() -> None:
    pass


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
