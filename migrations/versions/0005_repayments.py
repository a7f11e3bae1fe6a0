"""What providers owe back is paid back by a transfer of theirs, or written off as a loss.

Why: a provider that gets no more payouts from a fund could never be even with it.
Undo: drops the tables, as long as nothing was repaid: books do not forget money that moved.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALIVE = sa.text("ended_at IS NULL")
NOT_DISCARDED = sa.text("state <> 'discarded'")
RULE = "ck_transfer_known_kind"
BEFORE = (
    "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle',"
    " 'return', 'reject', 'bounce', 'recover', 'dispute', 'cover', 'share_in',"
    " 'share_due', 'share_undo', 'share_back')"
)
AFTER = BEFORE.replace("'share_back')", "'share_back', 'repay', 'write_off')")


def upgrade() -> None:
    _table_of_repayments()
    _allow(BEFORE, AFTER)
    _recoveries(repaid=True)


def downgrade() -> None:
    found = op.get_bind().scalar(sa.text("SELECT count(*) FROM repayment"))
    if found:
        raise RuntimeError(f"{found} repayments are in the books: they cannot be forgotten")
    _recoveries(repaid=False)
    _allow(AFTER, BEFORE)
    op.drop_table("repayment")


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _table_of_repayments() -> None:
    op.create_table(
        "repayment",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("provider_id", ROW, nullable=False),
        sa.Column("way", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("motive", sa.String(length=500), nullable=True),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_repayment_repays_something")),
        sa.CheckConstraint(
            "way IN ('transfer', 'written_off')", name=op.f("ck_repayment_known_way")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'done', 'discarded')", name=op.f("ck_repayment_known_state")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by", name=op.f("ck_repayment_four_eyes")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (decided_by IS NOT NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_repayment_decided_by_and_at"),
        ),
        sa.CheckConstraint(
            "way <> 'transfer' OR (received_on IS NOT NULL AND reference IS NOT NULL)",
            name=op.f("ck_repayment_a_transfer_has_its_line"),
        ),
        sa.CheckConstraint(
            "way <> 'written_off' OR motive IS NOT NULL",
            name=op.f("ck_repayment_a_loss_has_a_motive"),
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_repayment_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment")),
        sa.UniqueConstraint("public_id", name=op.f("uq_repayment_public_id")),
    )
    op.create_index("ix_repayment_provider", "repayment", ["provider_id", "id"])
    op.create_index(
        "uq_repayment_reference",
        "repayment",
        ["provider_id", "reference"],
        unique=True,
        sqlite_where=NOT_DISCARDED,
        postgresql_where=NOT_DISCARDED,
    )


def _allow(before: str, after: str) -> None:
    if _on_postgresql():
        op.execute(
            f"ALTER TABLE transfer DROP CONSTRAINT {RULE}, ADD CONSTRAINT {RULE} CHECK ({after})"
        )
        return
    # SQLite has no ALTER for a rule, and a rebuilt table would lose those that point at it.
    named = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'transfer'")
    [definition] = op.get_bind().execute(named).scalars()
    if f"CHECK ({before})" not in definition:
        raise RuntimeError("transfer is not defined as expected: no list of its kinds")
    changed = definition.replace(f"CHECK ({before})", f"CHECK ({after})")
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'transfer'"),
        {"sql": changed},
    )
    op.execute("PRAGMA writable_schema = RESET")


def _recoveries(*, repaid: bool) -> None:
    """Nothing points at a recovery: it is made anew, with its rows."""
    if _on_postgresql():
        _change_recoveries(repaid=repaid)
        return
    op.execute("ALTER TABLE recovery RENAME TO recovery_before")
    op.drop_index("ix_recovery_payout_id", "recovery_before")
    op.drop_index("uq_recovery_live", "recovery_before")
    if not repaid:
        op.drop_index("ix_recovery_repayment_id", "recovery_before")
    _make_recoveries(repaid=repaid)
    columns = "id, redemption_id, payout_id, amount_cents, moved_at, ended_at"
    op.execute(f"INSERT INTO recovery ({columns}) SELECT {columns} FROM recovery_before")
    op.drop_table("recovery_before")


def _make_recoveries(*, repaid: bool) -> None:
    by_repayment: list[sa.schema.SchemaItem] = [
        sa.Column("repayment_id", ROW, nullable=True),
        sa.CheckConstraint(
            "(payout_id IS NULL) <> (repayment_id IS NULL)",
            name=op.f("ck_recovery_by_payout_or_repayment"),
        ),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["repayment.id"], name=op.f("fk_recovery_repayment_id")
        ),
    ]
    op.create_table(
        "recovery",
        sa.Column("id", ROW, nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("payout_id", ROW, nullable=repaid),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_recovery_recovers_something")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_recovery_payout_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_recovery_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        *(by_repayment if repaid else []),
    )
    op.create_index("ix_recovery_payout_id", "recovery", ["payout_id"])
    op.create_index(
        "uq_recovery_live", "recovery", ["redemption_id"], unique=True, sqlite_where=ALIVE
    )
    if repaid:
        op.create_index("ix_recovery_repayment_id", "recovery", ["repayment_id"])


def _change_recoveries(*, repaid: bool) -> None:
    rule = "ck_recovery_by_payout_or_repayment"
    if not repaid:
        op.execute(f"ALTER TABLE recovery DROP CONSTRAINT {rule}")
        op.drop_column("recovery", "repayment_id")
        op.execute("ALTER TABLE recovery ALTER COLUMN payout_id SET NOT NULL")
        return
    op.execute("ALTER TABLE recovery ALTER COLUMN payout_id DROP NOT NULL")
    op.execute(
        "ALTER TABLE recovery ADD COLUMN repayment_id BIGINT"
        " CONSTRAINT fk_recovery_repayment_id REFERENCES repayment (id)"
    )
    op.execute(
        f"ALTER TABLE recovery ADD CONSTRAINT {rule}"
        " CHECK ((payout_id IS NULL) <> (repayment_id IS NULL))"
    )
    op.create_index("ix_recovery_repayment_id", "recovery", ["repayment_id"])
