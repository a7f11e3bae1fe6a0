"""Money in by bank and card, money out by bank file, and the accounts of both.

Why: a funder promises and pays in parts, a provider is paid by a file, and both follow every cent.
Undo: every arrival becomes a contribution again; promises that brought nothing are dropped.
"""

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
    connection = op.get_bind()
    [definition] = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"),
        {"name": table},
    ).scalars()
    for before, after in changes.items():
        if before not in definition:
            raise RuntimeError(f"{table} is not defined as expected: no « {before} »")
        definition = definition.replace(before, after)
    op.execute("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": definition, "name": table},
    )
    op.execute("PRAGMA writable_schema = RESET")


# Contributions: what is promised and what arrives.


def _contributions() -> None:
    pass


def _undo_contributions() -> None:
    pass


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
