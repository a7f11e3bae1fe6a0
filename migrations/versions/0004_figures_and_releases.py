"""Sums kept for figures, frozen releases, referrals, and staff time and costs.

Why: a funder reads figures that are safe for ever, and no page costs more as history grows.
Undo: drops them; sums are computed again from the ledger, releases are lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _figures()
    _releases()
    _referrals()
    _costs()
    _summaries()
    _lists_by_place()


def downgrade() -> None:
    _undo_lists_by_place()
    _undo_summaries()
    _undo_costs()
    _undo_referrals()
    _undo_releases()
    _undo_figures()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


# -- figures ------------------------------------------------------------------------------------


def _figures() -> None:
    _tables_of_days()
    _tables_of_sums()
    _tables_of_counts()
    _find_transfers_by_moment()


def _undo_figures() -> None:
    op.drop_index("ix_transfer_at", "transfer")
    for table in (
        "kept_fact",
        "kept_count",
        "kept_reached",
        "kept_tally",
        "kept_money",
        "kept_sum",
        "kept_parent",
        "kept_day",
    ):
        op.drop_table(table)


def _find_transfers_by_moment() -> None:
    """Rows come in the order of their moments: a summary of pages finds them, and costs nothing."""
    if _on_postgresql():
        op.execute("CREATE INDEX ix_transfer_at ON transfer USING brin (at) WITH (autosummarize)")
    else:
        op.create_index("ix_transfer_at", "transfer", ["at"])


def _of_programme(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["programme_id"], ["programme.id"], name=op.f(f"fk_{table}_programme_id")
    )


def _of_fund(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f(f"fk_{table}_fund_id"))


def _tables_of_days() -> None:
    op.create_table(
        "kept_day",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_kept_day_moments_in_order")),
        _of_programme("kept_day"),
        sa.PrimaryKeyConstraint("programme_id", "day", name=op.f("pk_kept_day")),
    )
    op.create_table(
        "kept_parent",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("parent_id", ROW, autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("household_id", ROW, nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("priority_area", sa.String(length=12), nullable=True),
        sa.Column("declared", sa.String(length=8), nullable=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_kept_parent_days_in_order")),
        sa.CheckConstraint(
            "declared IN ('woman', 'man')", name=op.f("ck_kept_parent_known_declared")
        ),
        _of_programme("kept_parent"),
        sa.PrimaryKeyConstraint(
            "programme_id", "parent_id", "first_day", name=op.f("pk_kept_parent")
        ),
    )
    op.create_index("ix_kept_parent_household", "kept_parent", ["programme_id", "household_id"])


def _tables_of_sums() -> None:
    sums = (
        "vouchers_issued",
        "issued_cents",
        "vouchers_used",
        "used_cents",
        "vouchers_lapsed",
        "lapsed_cents",
        "vouchers_cancelled",
        "cancelled_cents",
        "respite_minutes",
        "respite_sessions",
    )
    divided_by = ("fund_id", "category", "town", "isolated", "priority_area")
    op.create_table(
        "kept_sum",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("isolated", sa.Boolean(), nullable=False),
        sa.Column("priority_area", sa.Boolean(), nullable=False),
        *(sa.Column(name, ROW, nullable=False) for name in sums),
        sa.CheckConstraint("span IN ('day', 'month')", name=op.f("ck_kept_sum_known_span")),
        _of_programme("kept_sum"),
        _of_fund("kept_sum"),
        sa.PrimaryKeyConstraint(
            "programme_id", "span", "first_day", *divided_by, name=op.f("pk_kept_sum")
        ),
    )
    op.create_table(
        "kept_money",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("debit_kind", sa.String(length=16), nullable=False),
        sa.Column("credit_kind", sa.String(length=16), nullable=False),
        sa.Column("transfers", ROW, nullable=False),
        sa.Column("cents", ROW, nullable=False),
        sa.CheckConstraint("span IN ('day', 'month')", name=op.f("ck_kept_money_known_span")),
        sa.CheckConstraint(
            "transfers > 0 AND cents > 0", name=op.f("ck_kept_money_moved_something")
        ),
        _of_programme("kept_money"),
        _of_fund("kept_money"),
        sa.PrimaryKeyConstraint(
            "programme_id",
            "span",
            "first_day",
            "fund_id",
            "kind",
            "debit_kind",
            "credit_kind",
            name=op.f("pk_kept_money"),
        ),
    )

    op.create_table(
        "kept_tally",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("span", sa.String(length=5), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("about", sa.String(length=8), nullable=False),
        sa.Column("key", ROW, autoincrement=False, nullable=False),
        sa.Column("number", ROW, nullable=False),
        sa.CheckConstraint("span IN ('day', 'month')", name=op.f("ck_kept_tally_known_span")),
        sa.CheckConstraint("about IN ('provider', 'days')", name=op.f("ck_kept_tally_known_about")),
        _of_programme("kept_tally"),
        _of_fund("kept_tally"),
        sa.PrimaryKeyConstraint(
            "programme_id",
            "span",
            "first_day",
            "fund_id",
            "about",
            "key",
            name=op.f("pk_kept_tally"),
        ),
    )


def _tables_of_counts() -> None:
    op.create_table(
        "kept_reached",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("month_last_day", sa.Date(), nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("isolated", sa.Boolean(), nullable=False),
        sa.Column("parent_id", ROW, autoincrement=False, nullable=False),
        sa.Column("vouchers", ROW, nullable=False),
        _of_programme("kept_reached"),
        _of_fund("kept_reached"),
        sa.PrimaryKeyConstraint(
            "programme_id",
            "month_last_day",
            "fund_id",
            "category",
            "isolated",
            "parent_id",
            name=op.f("pk_kept_reached"),
        ),
    )
    op.create_index("ix_kept_reached_parent", "kept_reached", ["parent_id", "month_last_day"])
    _counts_of_periods(
        "kept_count",
        (
            sa.Column("dimension", sa.String(length=24), nullable=False),
            sa.Column("part", sa.String(length=80), nullable=False),
            sa.Column("households", ROW, nullable=False),
            sa.Column("parents", ROW, nullable=False),
            sa.Column("until_day", sa.Date(), nullable=False),
        ),
        "households >= 0 AND parents >= 0",
    )
    _counts_of_periods(
        "kept_fact",
        (
            sa.Column("name", sa.String(length=32), nullable=False),
            sa.Column("part", sa.String(length=80), nullable=False),
            sa.Column("value", ROW, nullable=False),
            sa.Column("households", ROW, nullable=False),
        ),
        "households >= 0",
    )


def _counts_of_periods(table: str, columns: tuple[sa.Column, ...], not_negative: str) -> None:
    op.create_table(
        table,
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("fund_id", ROW, autoincrement=False, nullable=False),
        *columns,
        sa.CheckConstraint(
            "period IN ('month', 'quarter', 'semester', 'year')",
            name=op.f(f"ck_{table}_known_period"),
        ),
        sa.CheckConstraint(not_negative, name=op.f(f"ck_{table}_not_negative")),
        _of_programme(table),
        sa.PrimaryKeyConstraint(
            "programme_id",
            "period",
            "first_day",
            "fund_id",
            columns[0].name,
            columns[1].name,
            name=op.f(f"pk_{table}"),
        ),
    )


# -- releases -----------------------------------------------------------------------------------


def _releases() -> None:
    op.execute("ALTER TABLE programme ADD COLUMN publishes BOOLEAN NOT NULL DEFAULT false")
    _tables_of_releases()
    if _on_postgresql():
        _keep_releases_on_postgresql()
    else:
        _keep_releases_on_sqlite()


def _undo_releases() -> None:
    op.drop_table("release_fact")
    op.drop_table("release")
    if _on_postgresql():
        op.execute("DROP FUNCTION refuse_change_behind_release()")
    op.execute("ALTER TABLE programme DROP COLUMN publishes")


def _tables_of_releases() -> None:
    op.create_table(
        "release",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("drafted_by", sa.String(length=40), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("earlier", ROW, server_default="0", nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("year", ROW, nullable=True),
        sa.Column("serial", ROW, nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('drafting', 'drafted', 'blocked', 'approved', 'discarded')",
            name=op.f("ck_release_known_state"),
        ),
        sa.CheckConstraint(
            "kind IN ('quarter', 'semester', 'year')", name=op.f("ck_release_known_kind")
        ),
        sa.CheckConstraint("first_day < last_day", name=op.f("ck_release_days_in_order")),
        sa.CheckConstraint("earlier >= 0", name=op.f("ck_release_earlier")),
        sa.CheckConstraint(
            "state NOT IN ('drafted', 'approved') OR (content IS NOT NULL AND sha256 IS NOT NULL)",
            name=op.f("ck_release_drafted_says_something"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (serial IS NOT NULL) AND (serial IS NULL) = (year IS NULL)"
            " AND (serial IS NULL) = (approved_by IS NULL)"
            " AND (serial IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_release_numbered_when_approved"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_release_programme_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_release_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("public_id", name=op.f("uq_release_public_id")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_release_year_serial")),
    )
    live = sa.text("state <> 'discarded'")
    op.create_index(
        "uq_release_fund_id_period",
        "release",
        ["fund_id", "first_day", "last_day"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("ix_release_programme_id_state", "release", ["programme_id", "state"])
    op.create_table(
        "release_fact",
        sa.Column("id", ROW, nullable=False),
        sa.Column("release_id", ROW, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("audit", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_fact_release_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_fact")),
        sa.UniqueConstraint("release_id", name=op.f("uq_release_fact_release_id")),
    )


def _keep_releases_on_postgresql() -> None:
    """An approved release never changes, nor does what is true behind it."""
    op.execute(
        "CREATE TRIGGER release_kept BEFORE UPDATE OR DELETE ON release FOR EACH ROW"
        " WHEN (OLD.state = 'approved') EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change_behind_release() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT 1 FROM release
                      WHERE release.id = OLD.release_id AND state = 'approved') THEN
            RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME
              USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN OLD;
          END IF;
          RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER release_fact_kept BEFORE UPDATE OR DELETE ON release_fact"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_behind_release()"
    )
    for table in ("release", "release_fact"):
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _keep_releases_on_sqlite() -> None:
    approved = {
        "release": "OLD.state = 'approved'",
        "release_fact": "EXISTS (SELECT 1 FROM release"
        " WHERE release.id = OLD.release_id AND state = 'approved')",
    }
    for table, condition in approved.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{verb} on {table} is refused'); END"
            )


# -- referrals ----------------------------------------------------------------------------------


def _referrals() -> None:
    op.create_table(
        "referral",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("nonce", sa.Uuid(), nullable=False),
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("session_id", ROW, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("for_household", sa.Boolean(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.String(length=40), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('insertion', 'childcare', 'psychologist', 'health', 'rights', 'housing',"
            " 'association', 'other')",
            name=op.f("ck_referral_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_referral_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_referral_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("nonce", name=op.f("uq_referral_nonce")),
        sa.UniqueConstraint("public_id", name=op.f("uq_referral_public_id")),
    )
    op.create_index("ix_referral_programme", "referral", ["programme_id", "on_day"])
    op.create_index(op.f("ix_referral_session_id"), "referral", ["session_id"])
    op.create_index(op.f("ix_referral_noted_by"), "referral", ["noted_by"])
    op.create_table(
        "referral_news",
        sa.Column("id", ROW, nullable=False),
        sa.Column("referral_id", ROW, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("noted", ROW, nullable=False),
        sa.Column("worked", ROW, nullable=False),
        sa.Column("says", sa.Boolean(), nullable=True),
        sa.CheckConstraint("noted BETWEEN -1 AND 1", name=op.f("ck_referral_news_noted_once")),
        sa.CheckConstraint("worked BETWEEN -1 AND 1", name=op.f("ck_referral_news_worked_once")),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_news_referral_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_news")),
    )
    op.create_index("ix_referral_news_at", "referral_news", ["at"])
    op.create_index(op.f("ix_referral_news_referral_id"), "referral_news", ["referral_id"])
    _never_change("referral_news")


def _undo_referrals() -> None:
    op.drop_table("referral_news")
    op.drop_table("referral")


# -- costs --------------------------------------------------------------------------------------


def _costs() -> None:
    op.create_table(
        "cost_line",
        sa.Column("id", ROW, nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("nonce", sa.Uuid(), nullable=False),
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("whole_month", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("minutes", ROW, nullable=False),
        sa.Column("amount_cents", ROW, nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("cancels_id", ROW, nullable=True),
        sa.Column("typed_by", sa.String(length=40), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('team', 'supplier', 'purchases', 'room', 'travel', 'other')",
            name=op.f("ck_cost_line_known_kind"),
        ),
        sa.CheckConstraint(
            "minutes <> 0 OR amount_cents <> 0", name=op.f("ck_cost_line_says_something")
        ),
        sa.CheckConstraint(
            "minutes = 0 OR kind = 'team'", name=op.f("ck_cost_line_time_is_of_the_team")
        ),
        sa.CheckConstraint(
            "(cancels_id IS NULL AND minutes >= 0 AND amount_cents >= 0)"
            " OR (cancels_id IS NOT NULL AND minutes <= 0 AND amount_cents <= 0)",
            name=op.f("ck_cost_line_only_cancelling_is_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["cancels_id"], ["cost_line.id"], name=op.f("fk_cost_line_cancels_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_cost_line_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_line")),
        sa.UniqueConstraint("cancels_id", name=op.f("uq_cost_line_cancels_id")),
        sa.UniqueConstraint("nonce", name=op.f("uq_cost_line_nonce")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cost_line_public_id")),
    )
    op.create_index("ix_cost_line_programme", "cost_line", ["programme_id", "on_day"])
    _never_change("cost_line")


def _undo_costs() -> None:
    op.drop_table("cost_line")


def _never_change(table: str) -> None:
    """Rows that figures were counted from stay as they were written."""
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


# -- summaries ----------------------------------------------------------------------------------


def _summaries() -> None:
    op.create_table(
        "summary_fields",
        sa.Column("programme_id", ROW, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_summary_fields_programme_id")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_summary_fields")),
    )
    op.create_table(
        "summary_answer",
        sa.Column("fund_id", ROW, nullable=False),
        sa.Column("year", ROW, nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_summary_answer_known_year")),
        sa.CheckConstraint("said <> ''", name=op.f("ck_summary_answer_says_something")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_summary_answer_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "year", "field", name=op.f("pk_summary_answer")),
    )


def _undo_summaries() -> None:
    op.drop_table("summary_answer")
    op.drop_table("summary_fields")


# -- lists by place -----------------------------------------------------------------------------


def _lists_by_place() -> None:
    """The parents' list starts from the towns near them, and reads no more than it shows."""
    op.create_index("ix_workshop_session_place", "workshop_session", ["place_id", "starts_at"])
    op.create_index("ix_care_slot_place", "care_slot", ["place_id", "starts_at"])


def _undo_lists_by_place() -> None:
    op.drop_index("ix_care_slot_place", "care_slot")
    op.drop_index("ix_workshop_session_place", "workshop_session")
