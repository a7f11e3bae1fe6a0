"""First tables: people, money, vouchers, redemptions.

Why: the whole scheme, from a contribution to a payout.
Undo: drops everything; there is nothing before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY = ("transfer", "redemption", "reversal", "contribution", "event")


def _refuse_changes_on_postgresql() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        """
        CREATE TRIGGER voucher_redeemed_once BEFORE UPDATE ON voucher FOR EACH ROW
        WHEN (OLD.redemption_id IS NOT NULL AND NEW.redemption_id <> OLD.redemption_id)
        EXECUTE FUNCTION refuse_change()
        """
    )


def _refuse_changes_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{verb} on {table} is refused'); END"
            )
    op.execute(
        """
        CREATE TRIGGER voucher_redeemed_once BEFORE UPDATE ON voucher FOR EACH ROW
        WHEN OLD.redemption_id IS NOT NULL AND NEW.redemption_id <> OLD.redemption_id
        BEGIN SELECT RAISE(ABORT, 'UPDATE on voucher is refused'); END
        """
    )


def upgrade() -> None:
    op.create_table(
        "child",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("more_support", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
        sa.UniqueConstraint("public_id", name=op.f("uq_child_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "funder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("long_name", sa.String(length=300), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funder")),
        sa.UniqueConstraint("name", name=op.f("uq_funder_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_funder_public_id")),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("public_id", name=op.f("uq_household_public_id")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dedupe", sa.String(length=120), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("done", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("trouble", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "state IN ('ready', 'running', 'done', 'failed')", name=op.f("ck_job_known_state")
        ),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_progress_counts_up")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe", name=op.f("uq_job_dedupe")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_open",
            ["run_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('ready', 'running')"),
            postgresql_where=sa.text("state IN ('ready', 'running')"),
        )

    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "face_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "categories", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("isolated_kinds", sa.JSON(), nullable=False),
        sa.Column(
            "validity_months", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "grace_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "undo_hours", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "presentation_minutes",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "pays_within_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "pair_month_vouchers",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column(
            "provider_month_vouchers",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("categories > 0", name=op.f("ck_programme_pays_for_something")),
        sa.CheckConstraint("face_cents > 0", name=op.f("ck_programme_has_value")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_programme_days_in_order")),
        sa.CheckConstraint(
            "pays_within_days BETWEEN 0 AND 365", name=op.f("ck_programme_pays_in_time")
        ),
        sa.CheckConstraint(
            "presentation_minutes BETWEEN 1 AND 1440", name=op.f("ck_programme_presentation_window")
        ),
        sa.CheckConstraint(
            "undo_hours >= 0 AND grace_days >= 0", name=op.f("ck_programme_windows")
        ),
        sa.CheckConstraint("validity_months BETWEEN 1 AND 60", name=op.f("ck_programme_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("name", name=op.f("uq_programme_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_programme_public_id")),
    )
    op.create_table(
        "sign_in_count",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("hour_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_count")),
        sa.UniqueConstraint("key_hash", "hour_at", name=op.f("uq_sign_in_count_key_hash_hour_at")),
    )
    with op.batch_alter_table("sign_in_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_count_hour_at"), ["hour_at"], unique=False)

    op.create_table(
        "child_home",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_child_home_child_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_child_home_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_home")),
        sa.UniqueConstraint(
            "child_id", "household_id", name=op.f("uq_child_home_child_id_household_id")
        ),
    )
    with op.batch_alter_table("child_home", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_child_home_household_id"), ["household_id"], unique=False
        )

    op.create_table(
        "fund",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "funder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column(
            "categories", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("only_isolated", sa.Boolean(), nullable=False),
        sa.Column("only_priority_area", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("categories > 0", name=op.f("ck_fund_pays_for_something")),
        sa.ForeignKeyConstraint(["funder_id"], ["funder.id"], name=op.f("fk_fund_funder_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_fund_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("programme_id", "title", name=op.f("uq_fund_programme_id_title")),
        sa.UniqueConstraint("public_id", name=op.f("uq_fund_public_id")),
    )
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_funder_id"), ["funder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fund_programme_id"), ["programme_id"], unique=False)

    op.create_table(
        "parent_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("job_public_id", sa.String(length=22), nullable=True),
        sa.Column("rows_new", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "rows_same", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "rows_refused", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('checked', 'running', 'done', 'undone', 'dropped')",
            name=op.f("ck_parent_import_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_parent_import_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parent_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_parent_import_public_id")),
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("identifier_kind", sa.String(length=8), nullable=False),
        sa.Column("identifier", sa.String(length=20), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column(
            "revision",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "identifier_kind IN ('siret', 'siren', 'bce')",
            name=op.f("ck_provider_known_identifier"),
        ),
        sa.CheckConstraint(
            "state IN ('active', 'suspended')", name=op.f("ck_provider_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_provider_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint(
            "identifier_kind", "identifier", name=op.f("uq_provider_identifier_kind_identifier")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_provider_public_id")),
    )
    op.create_table(
        "scale",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("period", sa.String(length=12), nullable=False),
        sa.Column("cap", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "period IN ('month', 'quarter', 'semester', 'school_year', 'year')",
            name=op.f("ck_scale_known_period"),
        ),
        sa.CheckConstraint("cap IS NULL OR cap > 0", name=op.f("ck_scale_cap_leaves_something")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_scale_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        sa.UniqueConstraint("programme_id", "version", name=op.f("uq_scale_programme_id_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_scale_public_id")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "wrong_tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "stripe",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "debits_cents",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "credits_cents",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'payable') = (provider_id IS NOT NULL)",
            name=op.f("ck_account_payable_to_a_provider"),
        ),
        sa.CheckConstraint(
            "kind <> 'bank' OR credits_cents <= debits_cents",
            name=op.f("ck_account_bank_never_overdrawn"),
        ),
        sa.CheckConstraint(
            "kind IN ('bank', 'available', 'outstanding', 'payable', 'transit', 'loss')",
            name=op.f("ck_account_known_kind"),
        ),
        sa.CheckConstraint(
            "kind IN ('bank', 'loss') OR debits_cents <= credits_cents",
            name=op.f("ck_account_never_overdrawn"),
        ),
        sa.CheckConstraint(
            "debits_cents >= 0 AND credits_cents >= 0", name=op.f("ck_account_only_grows")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_account_fund_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_account_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        postgresql_with={"fillfactor": 40},
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(
            "uq_account_of_fund",
            ["fund_id", "kind", "stripe"],
            unique=True,
            sqlite_where=sa.text("provider_id IS NULL"),
            postgresql_where=sa.text("provider_id IS NULL"),
        )
        batch_op.create_index(
            "uq_account_of_provider",
            ["provider_id", "fund_id", "kind", "stripe"],
            unique=True,
            sqlite_where=sa.text("provider_id IS NOT NULL"),
            postgresql_where=sa.text("provider_id IS NOT NULL"),
        )

    op.create_table(
        "accreditation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("authority", sa.String(length=120), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_accreditation_days_in_order")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_accreditation_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_accreditation_public_id")),
    )
    with op.batch_alter_table("accreditation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_accreditation_provider", ["provider_id", "category"], unique=False
        )

    op.create_table(
        "contribution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "amount_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_contribution_gives_something")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_contribution_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("fund_id", "reference", name=op.f("uq_contribution_fund_id_reference")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('browser', 'api')", name=op.f("ck_device_known_kind")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_device_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("public_id", name=op.f("uq_device_public_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("funder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'funder') = (funder_id IS NOT NULL)", name=op.f("ck_membership_reads_for")
        ),
        sa.CheckConstraint(
            "(role = 'provider') = (provider_id IS NOT NULL)", name=op.f("ck_membership_works_for")
        ),
        sa.CheckConstraint(
            "role IN ('operator', 'provider', 'funder')", name=op.f("ck_membership_known_role")
        ),
        sa.ForeignKeyConstraint(["funder_id"], ["funder.id"], name=op.f("fk_membership_funder_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_membership_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "provider_id",
            "funder_id",
            name=op.f("uq_membership_person_id_role_provider_id_funder_id"),
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_membership_provider_id"), ["provider_id"], unique=False
        )

    op.create_table(
        "parent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("name_key", sa.String(length=360), nullable=False),
        sa.Column("search_key", sa.String(length=720), nullable=False),
        sa.Column("priority_area", sa.String(length=12), nullable=True),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name=op.f("ck_parent_known_state")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_parent_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["parent_import.id"], name=op.f("fk_parent_import_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_parent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parent")),
        sa.UniqueConstraint("number", name=op.f("uq_parent_number")),
        sa.UniqueConstraint("person_id", name=op.f("uq_parent_person_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_parent_public_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("parent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parent_household_id"), ["household_id"], unique=False)
        batch_op.create_index(
            "ix_parent_import",
            ["import_id"],
            unique=False,
            sqlite_where=sa.text("import_id IS NOT NULL"),
            postgresql_where=sa.text("import_id IS NOT NULL"),
        )
        batch_op.create_index("ix_parent_name_key", ["name_key"], unique=False)

    op.create_table(
        "payout",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "amount_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("cut_off_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payout_pays_something")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_payout_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint(
            "provider_id", "reference", name=op.f("uq_payout_provider_id_reference")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_payout_public_id")),
    )
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_provider_id"), ["provider_id"], unique=False)

    op.create_table(
        "scale_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("condition", sa.String(length=24), nullable=False),
        sa.Column("threshold", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("effect", sa.String(length=4), nullable=False),
        sa.Column("vouchers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(condition IN ('child_under', 'children_at_least')) = (threshold IS NOT NULL)",
            name=op.f("ck_scale_rule_threshold_when_needed"),
        ),
        sa.CheckConstraint(
            "condition IN ('every_parent', 'isolated', 'child_under', 'child_more_support', 'priority_area', 'children_at_least')",
            name=op.f("ck_scale_rule_known_condition"),
        ),
        sa.CheckConstraint("effect IN ('add', 'set')", name=op.f("ck_scale_rule_known_effect")),
        sa.CheckConstraint("vouchers >= 0", name=op.f("ck_scale_rule_gives_or_nothing")),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_scale_rule_scale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale_rule")),
        sa.UniqueConstraint("scale_id", "position", name=op.f("uq_scale_rule_scale_id_position")),
    )
    op.create_table(
        "tariff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column(
            "unit_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "family_share_cents",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('hour', 'session')", name=op.f("ck_tariff_known_unit")),
        sa.CheckConstraint(
            "family_share_cents <= unit_cents", name=op.f("ck_tariff_share_within_price")
        ),
        sa.CheckConstraint("family_share_cents >= 0", name=op.f("ck_tariff_share_not_negative")),
        sa.CheckConstraint(
            "last_day IS NULL OR first_day <= last_day", name=op.f("ck_tariff_days_in_order")
        ),
        sa.CheckConstraint("unit_cents > 0", name=op.f("ck_tariff_costs_something")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_tariff_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint("public_id", name=op.f("uq_tariff_public_id")),
    )
    with op.batch_alter_table("tariff", schema=None) as batch_op:
        batch_op.create_index("ix_tariff_provider", ["provider_id", "category"], unique=False)

    op.create_table(
        "allowance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("scale_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_first_day", sa.Date(), nullable=False),
        sa.Column("period_last_day", sa.Date(), nullable=False),
        sa.Column("granted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issued", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("isolated", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waits_for", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "issued >= 0 AND issued <= granted", name=op.f("ck_allowance_never_more_than_granted")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name=op.f("fk_allowance_parent_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_allowance_programme_id")
        ),
        sa.ForeignKeyConstraint(["scale_id"], ["scale.id"], name=op.f("fk_allowance_scale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint(
            "parent_id",
            "programme_id",
            "period_first_day",
            name=op.f("uq_allowance_parent_id_programme_id_period_first_day"),
        ),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_allowance_period", ["programme_id", "period_first_day"], unique=False
        )

    op.create_table(
        "browser_stay",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("funder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'funder') = (funder_id IS NOT NULL)", name=op.f("ck_browser_stay_reads_for")
        ),
        sa.CheckConstraint(
            "(role = 'parent') = (parent_id IS NOT NULL)", name=op.f("ck_browser_stay_is_a_parent")
        ),
        sa.CheckConstraint(
            "(role = 'provider') = (device_id IS NOT NULL)",
            name=op.f("ck_browser_stay_on_a_device"),
        ),
        sa.CheckConstraint(
            "(role = 'provider') = (provider_id IS NOT NULL)",
            name=op.f("ck_browser_stay_works_for"),
        ),
        sa.CheckConstraint(
            "role IN ('choosing', 'parent', 'operator', 'provider', 'funder')",
            name=op.f("ck_browser_stay_known_role"),
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_browser_stay_device_id")
        ),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["funder.id"], name=op.f("fk_browser_stay_funder_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["parent.id"], name=op.f("fk_browser_stay_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_browser_stay_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_browser_stay_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_stay")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_browser_stay_key_hash")),
    )
    with op.batch_alter_table("browser_stay", schema=None) as batch_op:
        batch_op.create_index(
            "ix_browser_stay_parent",
            ["parent_id"],
            unique=False,
            sqlite_where=sa.text("parent_id IS NOT NULL"),
            postgresql_where=sa.text("parent_id IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_browser_stay_person_id"), ["person_id"], unique=False)

    op.create_table(
        "entitlement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("motive", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'granted', 'refused', 'ended')",
            name=op.f("ck_entitlement_known"),
        ),
        sa.CheckConstraint(
            "last_day IS NULL OR first_day <= last_day", name=op.f("ck_entitlement_days_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["parent.id"], name=op.f("fk_entitlement_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_entitlement_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
        sa.UniqueConstraint(
            "parent_id", "programme_id", name=op.f("uq_entitlement_parent_id_programme_id")
        ),
    )
    with op.batch_alter_table("entitlement", schema=None) as batch_op:
        batch_op.create_index("ix_entitlement_programme", ["programme_id", "state"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column(
            "for_parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=24), nullable=False),
        sa.Column(
            "object_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("motive", sa.String(length=500), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["for_parent_id"], ["parent.id"], name=op.f("fk_event_for_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)
        batch_op.create_index(
            "ix_event_for_parent",
            ["for_parent_id"],
            unique=False,
            sqlite_where=sa.text("for_parent_id IS NOT NULL"),
            postgresql_where=sa.text("for_parent_id IS NOT NULL"),
        )
        batch_op.create_index("ix_event_object", ["object_kind", "object_id", "id"], unique=False)

    op.create_table(
        "limit_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pair_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month_first_day", sa.Date(), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ceiling", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= ceiling", name=op.f("ck_limit_use_never_over")),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name=op.f("fk_limit_use_parent_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_limit_use_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_limit_use_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_use")),
        sa.UniqueConstraint(
            "programme_id",
            "provider_id",
            "pair_key",
            "month_first_day",
            name=op.f("uq_limit_use_programme_id_provider_id_pair_key_month_first_day"),
        ),
    )
    op.create_table(
        "presentation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("vouchers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("vouchers > 0", name=op.f("ck_presentation_shows_something")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["parent.id"], name=op.f("fk_presentation_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_presentation_code_hash")),
    )
    with op.batch_alter_table("presentation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_presentation_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "redemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sessions", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("vouchers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "amount_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "family_share_cents",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_by_on", sa.Date(), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(minutes IS NULL) <> (sessions IS NULL)",
            name=op.f("ck_redemption_minutes_or_sessions"),
        ),
        sa.CheckConstraint(
            "family_share_cents >= 0", name=op.f("ck_redemption_share_not_negative")
        ),
        sa.CheckConstraint(
            "vouchers > 0 AND amount_cents > 0", name=op.f("ck_redemption_takes_something")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_redemption_device_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name=op.f("fk_redemption_parent_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_redemption_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_redemption_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index("ix_redemption_parent", ["parent_id", "received_at"], unique=False)
        batch_op.create_index(
            "ix_redemption_provider", ["provider_id", "received_at"], unique=False
        )
        batch_op.create_index("ix_redemption_received", ["received_at"], unique=False)

    op.create_table(
        "situation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=True),
        sa.Column(
            "evidence_seen_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("evidence_seen_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('alone', 'shared_custody', 'partner_absent', 'separated_same_roof', 'couple')",
            name=op.f("ck_situation_known_kind"),
        ),
        sa.CheckConstraint(
            "(evidence_seen_on IS NULL) = (evidence_seen_by IS NULL)",
            name=op.f("ck_situation_seen_by_and_on"),
        ),
        sa.CheckConstraint(
            "last_day IS NULL OR first_day <= last_day", name=op.f("ck_situation_days_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_seen_by"], ["person.id"], name=op.f("fk_situation_evidence_seen_by")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name=op.f("fk_situation_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation")),
    )
    with op.batch_alter_table("situation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_situation_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_situation_seen_by", ["evidence_seen_by"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dedupe", sa.String(length=120), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("body", sa.String(length=8000), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed')", name=op.f("ck_notice_known_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_notice_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("dedupe", name=op.f("uq_notice_dedupe")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_notice_redemption", ["redemption_id"], unique=False)
        batch_op.create_index(
            "ix_notice_waiting",
            ["send_at"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "paid_redemption",
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column(
            "payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_paid_redemption_payout_id")
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_paid_redemption_redemption_id")
        ),
        sa.PrimaryKeyConstraint("redemption_id", name=op.f("pk_paid_redemption")),
    )
    with op.batch_alter_table("paid_redemption", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_paid_redemption_payout_id"), ["payout_id"], unique=False
        )

    op.create_table(
        "reversal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("redemption_id", sa.Uuid(), nullable=False),
        sa.Column("motive", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_reversal_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversal")),
        sa.UniqueConstraint("redemption_id", name=op.f("uq_reversal_redemption_id")),
    )
    with op.batch_alter_table("reversal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reversal_at"), ["at"], unique=False)

    op.create_table(
        "voucher",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("fund_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "allowance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "face_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "categories", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("grace_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="issued", nullable=False),
        sa.Column(
            "round",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "held_for_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "presentation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'redeemed') = (redemption_id IS NOT NULL)",
            name=op.f("ck_voucher_redeemed_by_a_redemption"),
        ),
        sa.CheckConstraint(
            "state IN ('issued', 'redeemed', 'expired', 'cancelled')",
            name=op.f("ck_voucher_known_state"),
        ),
        sa.CheckConstraint("categories > 0", name=op.f("ck_voucher_pays_for_something")),
        sa.CheckConstraint("face_cents > 0", name=op.f("ck_voucher_has_value")),
        sa.CheckConstraint(
            "first_day <= last_day AND last_day <= grace_until",
            name=op.f("ck_voucher_days_in_order"),
        ),
        sa.CheckConstraint("round >= 0", name=op.f("ck_voucher_rounds_count_up")),
        sa.ForeignKeyConstraint(
            ["allowance_id"], ["allowance.id"], name=op.f("fk_voucher_allowance_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_voucher_fund_id")),
        sa.ForeignKeyConstraint(
            ["held_for_id"], ["provider.id"], name=op.f("fk_voucher_held_for_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name=op.f("fk_voucher_parent_id")),
        sa.ForeignKeyConstraint(
            ["presentation_id"], ["presentation.id"], name=op.f("fk_voucher_presentation_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_voucher_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_voucher_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_voucher_code_hash")),
        postgresql_with={"fillfactor": 85},
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index("ix_voucher_allowance", ["allowance_id"], unique=False)
        batch_op.create_index(
            "ix_voucher_open_until",
            ["grace_until"],
            unique=False,
            sqlite_where=sa.text("state = 'issued'"),
            postgresql_where=sa.text("state = 'issued'"),
        )
        batch_op.create_index("ix_voucher_parent", ["parent_id", "state", "last_day"], unique=False)
        batch_op.create_index(
            "ix_voucher_presentation",
            ["presentation_id"],
            unique=False,
            sqlite_where=sa.text("presentation_id IS NOT NULL"),
            postgresql_where=sa.text("presentation_id IS NOT NULL"),
        )

    op.create_table(
        "refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "device_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("wrong_code", sa.Boolean(), nullable=False),
        sa.Column(
            "voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_refusal_device_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_refusal_provider_id")
        ),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_refusal_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.create_index("ix_refusal_device", ["device_id", "wrong_code", "at"], unique=False)
        batch_op.create_index("ix_refusal_provider", ["provider_id", "at"], unique=False)

    op.create_table(
        "transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("debit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "credit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "amount_cents", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("round", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("redemption_id", sa.Uuid(), nullable=True),
        sa.Column(
            "contribution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("payout_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('fund', 'issue', 'redeem', 'reverse', 'expire', 'cancel', 'batch', 'settle', 'return')",
            name=op.f("ck_transfer_known_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('redeem', 'reverse') OR redemption_id IS NOT NULL",
            name=op.f("ck_transfer_redemption_named"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('issue', 'redeem', 'reverse', 'expire', 'cancel') OR (voucher_id IS NOT NULL AND round IS NOT NULL)",
            name=op.f("ck_transfer_voucher_named"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_transfer_moves_something")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfer_two_accounts")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_transfer_contribution_id")
        ),
        sa.ForeignKeyConstraint(["credit_id"], ["account.id"], name=op.f("fk_transfer_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["account.id"], name=op.f("fk_transfer_debit_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_transfer_payout_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_transfer_redemption_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_transfer_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint(
            "voucher_id", "kind", "round", name=op.f("uq_transfer_voucher_id_kind_round")
        ),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index("ix_transfer_credit", ["credit_id", "id"], unique=False)
        batch_op.create_index("ix_transfer_debit", ["debit_id", "id"], unique=False)
        batch_op.create_index(
            "ix_transfer_redemption",
            ["redemption_id"],
            unique=False,
            sqlite_where=sa.text("redemption_id IS NOT NULL"),
            postgresql_where=sa.text("redemption_id IS NOT NULL"),
        )
    if op.get_bind().dialect.name == "postgresql":
        _refuse_changes_on_postgresql()
    else:
        _refuse_changes_on_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute("DROP TRIGGER voucher_redeemed_once")
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_transfer_redemption",
            sqlite_where=sa.text("redemption_id IS NOT NULL"),
            postgresql_where=sa.text("redemption_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_transfer_debit")
        batch_op.drop_index("ix_transfer_credit")

    op.drop_table("transfer")
    with op.batch_alter_table("refusal", schema=None) as batch_op:
        batch_op.drop_index("ix_refusal_provider")
        batch_op.drop_index("ix_refusal_device")

    op.drop_table("refusal")
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_voucher_presentation",
            sqlite_where=sa.text("presentation_id IS NOT NULL"),
            postgresql_where=sa.text("presentation_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_voucher_parent")
        batch_op.drop_index(
            "ix_voucher_open_until",
            sqlite_where=sa.text("state = 'issued'"),
            postgresql_where=sa.text("state = 'issued'"),
        )
        batch_op.drop_index("ix_voucher_allowance")

    op.drop_table("voucher")
    with op.batch_alter_table("reversal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reversal_at"))

    op.drop_table("reversal")
    with op.batch_alter_table("paid_redemption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paid_redemption_payout_id"))

    op.drop_table("paid_redemption")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notice_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_notice_redemption")
        batch_op.drop_index(batch_op.f("ix_notice_person_id"))

    op.drop_table("notice")
    with op.batch_alter_table("situation", schema=None) as batch_op:
        batch_op.drop_index("ix_situation_seen_by")
        batch_op.drop_index(batch_op.f("ix_situation_parent_id"))

    op.drop_table("situation")
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.drop_index("ix_redemption_received")
        batch_op.drop_index("ix_redemption_provider")
        batch_op.drop_index("ix_redemption_parent")

    op.drop_table("redemption")
    with op.batch_alter_table("presentation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_presentation_parent_id"))

    op.drop_table("presentation")
    op.drop_table("limit_use")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_object")
        batch_op.drop_index(
            "ix_event_for_parent",
            sqlite_where=sa.text("for_parent_id IS NOT NULL"),
            postgresql_where=sa.text("for_parent_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_event_at"))

    op.drop_table("event")
    with op.batch_alter_table("entitlement", schema=None) as batch_op:
        batch_op.drop_index("ix_entitlement_programme")

    op.drop_table("entitlement")
    with op.batch_alter_table("browser_stay", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_browser_stay_person_id"))
        batch_op.drop_index(
            "ix_browser_stay_parent",
            sqlite_where=sa.text("parent_id IS NOT NULL"),
            postgresql_where=sa.text("parent_id IS NOT NULL"),
        )

    op.drop_table("browser_stay")
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index("ix_allowance_period")

    op.drop_table("allowance")
    with op.batch_alter_table("tariff", schema=None) as batch_op:
        batch_op.drop_index("ix_tariff_provider")

    op.drop_table("tariff")
    op.drop_table("scale_rule")
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payout_provider_id"))

    op.drop_table("payout")
    with op.batch_alter_table("parent", schema=None) as batch_op:
        batch_op.drop_index("ix_parent_name_key")
        batch_op.drop_index(
            "ix_parent_import",
            sqlite_where=sa.text("import_id IS NOT NULL"),
            postgresql_where=sa.text("import_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_parent_household_id"))

    op.drop_table("parent")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_provider_id"))
        batch_op.drop_index(batch_op.f("ix_membership_person_id"))

    op.drop_table("membership")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_provider_id"))

    op.drop_table("device")
    op.drop_table("contribution")
    with op.batch_alter_table("accreditation", schema=None) as batch_op:
        batch_op.drop_index("ix_accreditation_provider")

    op.drop_table("accreditation")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_account_of_provider",
            sqlite_where=sa.text("provider_id IS NOT NULL"),
            postgresql_where=sa.text("provider_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_account_of_fund",
            sqlite_where=sa.text("provider_id IS NULL"),
            postgresql_where=sa.text("provider_id IS NULL"),
        )

    op.drop_table("account")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    op.drop_table("scale")
    op.drop_table("provider")
    op.drop_table("parent_import")
    with op.batch_alter_table("fund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_programme_id"))
        batch_op.drop_index(batch_op.f("ix_fund_funder_id"))

    op.drop_table("fund")
    with op.batch_alter_table("child_home", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_child_home_household_id"))

    op.drop_table("child_home")
    with op.batch_alter_table("sign_in_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_count_hour_at"))

    op.drop_table("sign_in_count")
    op.drop_table("programme")
    op.drop_table("person")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_job_open",
            sqlite_where=sa.text("state IN ('ready', 'running')"),
            postgresql_where=sa.text("state IN ('ready', 'running')"),
        )

    op.drop_table("job")
    op.drop_table("household")
    op.drop_table("funder")
    op.drop_table("child")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change() CASCADE")
