"""Workshops, care slots, bookings, attendance.

Why: a parent books a seat, places for the children and the vouchers that pay in one gesture.
Undo: drops what was booked; vouchers that were held for a booking become free again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Each with its rule beside it: neither database has to rebuild a table, nor lose its triggers.
COLUMNS = (
    (
        "child",
        "care_weight",
        (
            "{int} NOT NULL DEFAULT 1"
            " CONSTRAINT ck_child_weight_in_reach CHECK (care_weight BETWEEN 1 AND 5)"
        ),
    ),
    ("child", "dedicated_carer", "BOOLEAN NOT NULL DEFAULT false"),
    ("child", "confirmed", "BOOLEAN NOT NULL DEFAULT true"),
    (
        "parent",
        "discretion",
        (
            "VARCHAR(8) NOT NULL DEFAULT 'normal'"
            " CONSTRAINT ck_parent_known_discretion"
            " CHECK (discretion IN ('normal', 'silent', 'hidden'))"
        ),
    ),
    (
        "parent",
        "declared",
        "VARCHAR(8) CONSTRAINT ck_parent_known_declared CHECK (declared IN ('woman', 'man'))",
    ),
    (
        "programme",
        "cancel_hours",
        (
            "{int} NOT NULL DEFAULT 24"
            " CONSTRAINT ck_programme_cancel_deadline CHECK (cancel_hours BETWEEN 0 AND 336)"
        ),
    ),
    ("programme", "late_is_paid", "BOOLEAN NOT NULL DEFAULT false"),
    ("programme", "no_show_is_paid", "BOOLEAN NOT NULL DEFAULT false"),
    (
        "programme",
        "no_show_minutes",
        (
            "{int} NOT NULL DEFAULT 30"
            " CONSTRAINT ck_programme_no_show_grace CHECK (no_show_minutes BETWEEN 0 AND 240)"
        ),
    ),
    ("programme", "carer_checks", "JSON NOT NULL DEFAULT '[\"honorability\"]'"),
    (
        "voucher",
        "booked",
        (
            "BOOLEAN NOT NULL DEFAULT false"
            " CONSTRAINT ck_voucher_booked_is_held"
            " CHECK (NOT booked OR (state = 'issued' AND held_for_id IS NOT NULL))"
        ),
    ),
)
ROLES = {
    "membership": "'operator', 'provider', 'funder'",
    "browser_stay": "'choosing', 'parent', 'operator', 'provider', 'funder'",
}
FACILITATOR = ", 'facilitator'"


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _add_columns() -> None:
    whole = "BIGINT" if _on_postgresql() else "INTEGER"
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind.format(int=whole)}")


def _drop_columns() -> None:
    op.execute("UPDATE voucher SET booked = false, held_for_id = NULL WHERE booked")
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _know_facilitators(*, known: bool) -> None:
    for table, roles in ROLES.items():
        rules = [f"CHECK (role IN ({roles}{more}))" for more in ("", FACILITATOR)]
        before, after = rules if known else reversed(rules)
        if _on_postgresql():
            name = f"ck_{table}_known_role"
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {after}")
        else:
            _rebuild(table, before, after)


def _rebuild(table: str, before: str, after: str) -> None:
    """Change a table's definition on SQLite, which knows no ALTER for it. Keeps its indexes."""
    connection = op.get_bind()
    kept = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL"),
        {"table": table},
    ).all()
    [definition] = [row.sql for row in kept if row.type == "table"]
    if before not in definition:
        raise RuntimeError(f"{table} is not defined as expected")
    columns = ", ".join(
        row.name
        for row in connection.execute(sa.text(f"PRAGMA table_info({table})"))
        if row.name in definition.replace(before, after)
    )
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    op.execute(definition.replace(before, after))
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_before")
    op.execute(f"DROP TABLE {table}_before")
    for row in kept:
        if row.type == "index" and "booking_id" not in row.sql:
            op.execute(row.sql)


def _name_bookings_in_notices() -> None:
    whole = "BIGINT" if _on_postgresql() else "INTEGER"
    op.execute(
        f"ALTER TABLE notice ADD COLUMN booking_id {whole}"
        " CONSTRAINT fk_notice_booking_id REFERENCES booking (id)"
    )
    op.execute("CREATE INDEX ix_notice_booking ON notice (booking_id) WHERE booking_id IS NOT NULL")


def _forget_bookings_in_notices() -> None:
    op.execute("DELETE FROM notice WHERE booking_id IS NOT NULL")
    if _on_postgresql():
        op.execute("ALTER TABLE notice DROP COLUMN booking_id")
    else:
        _rebuild(
            "notice",
            ", booking_id INTEGER CONSTRAINT fk_notice_booking_id REFERENCES booking (id)",
            "",
        )


def _keep_attendance() -> None:
    if _on_postgresql():
        op.execute(
            "CREATE TRIGGER attendance_append_only BEFORE UPDATE OR DELETE ON attendance "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER attendance_never_emptied BEFORE TRUNCATE ON attendance "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER attendance_no_{verb.lower()} BEFORE {verb} ON attendance "
            f"BEGIN SELECT RAISE(ABORT, '{verb} on attendance is refused'); END"
        )


def upgrade() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=12), nullable=False),
        sa.Column("step_free", sa.Boolean(), nullable=False),
        sa.Column("access", sa.String(length=600), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("public_id", name=op.f("uq_place_public_id")),
    )
    op.create_table(
        "child_sheet",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("walking_since", sa.Date(), nullable=True),
        sa.Column("helps", sa.String(length=500), nullable=True),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_child_sheet_child_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_child_sheet_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_sheet")),
        sa.UniqueConstraint(
            "child_id", "household_id", name=op.f("uq_child_sheet_child_id_household_id")
        ),
    )
    op.create_index(
        op.f("ix_child_sheet_household_id"), "child_sheet", ["household_id"], unique=False
    )
    op.create_table(
        "collector",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=240), nullable=False),
        sa.Column("relation", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("decision_seen_on", sa.Date(), nullable=True),
        sa.Column("decision_seen_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "standing IN ('may', 'never')", name=op.f("ck_collector_known_standing")
        ),
        sa.CheckConstraint(
            "(decision_seen_on IS NULL) = (decision_seen_by IS NULL)",
            name=op.f("ck_collector_seen_by_and_on"),
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_collector_child_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_collector_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collector")),
        sa.UniqueConstraint("public_id", name=op.f("uq_collector_public_id")),
    )
    op.create_index("ix_collector_child", "collector", ["child_id", "household_id"], unique=False)
    op.create_table(
        "workshop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("public_title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=True),
        sa.Column("charter", sa.String(length=2000), nullable=True),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("with_children", sa.Boolean(), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column(
            "min_people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "max_people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("only_isolated", sa.Boolean(), nullable=False),
        sa.Column("only_towns", sa.JSON(), nullable=False),
        sa.Column(
            "child_under_years", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("parents_in_turn", sa.Boolean(), nullable=False),
        sa.Column("promotion", sa.String(length=8), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "audience IN ('everyone', 'women', 'men')", name=op.f("ck_workshop_known_audience")
        ),
        sa.CheckConstraint("format IN ('open', 'cohort')", name=op.f("ck_workshop_known_format")),
        sa.CheckConstraint(
            "promotion IN ('fit', 'strict')", name=op.f("ck_workshop_known_promotion")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'closed')", name=op.f("ck_workshop_known_state")
        ),
        sa.CheckConstraint("max_people <= 500", name=op.f("ck_workshop_fits_a_room")),
        sa.CheckConstraint(
            "min_people BETWEEN 1 AND max_people", name=op.f("ck_workshop_min_within_max")
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_workshop_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_workshop_place_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_workshop_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
        sa.UniqueConstraint("public_id", name=op.f("uq_workshop_public_id")),
    )
    op.create_index(op.f("ix_workshop_programme_id"), "workshop", ["programme_id"], unique=False)
    op.create_table(
        "carer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column(
            "personal_cap", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('animator', 'childminder', 'volunteer')", name=op.f("ck_carer_known_kind")
        ),
        sa.CheckConstraint("personal_cap > 0", name=op.f("ck_carer_keeps_somebody")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_carer_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_carer_public_id")),
    )
    op.create_index(op.f("ix_carer_provider_id"), "carer", ["provider_id"], unique=False)
    op.create_table(
        "workshop_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "workshop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decide_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=True),
        sa.Column("guests", sa.String(length=300), nullable=True),
        sa.Column(
            "min_people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "max_people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "seats_taken",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("over_capacity", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_motive", sa.String(length=500), nullable=True),
        sa.Column(
            "version",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_workshop_session_cancelled_at_a_moment"),
        ),
        sa.CheckConstraint(
            "decision IN ('run', 'postpone', 'cancel')",
            name=op.f("ck_workshop_session_known_decision"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'cancelled')", name=op.f("ck_workshop_session_known_state")
        ),
        sa.CheckConstraint(
            "min_people BETWEEN 1 AND max_people", name=op.f("ck_workshop_session_min_within_max")
        ),
        sa.CheckConstraint(
            "seats_taken <= max_people OR over_capacity",
            name=op.f("ck_workshop_session_never_oversold"),
        ),
        sa.CheckConstraint("seats_taken >= 0", name=op.f("ck_workshop_session_seats_not_negative")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_workshop_session_starts_before_it_ends")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_workshop_session_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_session_workshop_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_workshop_session_public_id")),
    )
    op.create_index(
        "ix_workshop_session_starts", "workshop_session", ["state", "starts_at"], unique=False
    )
    op.create_index(
        "ix_workshop_session_workshop",
        "workshop_session",
        ["workshop_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "answer",
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("did_good", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "comes_again", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.CheckConstraint("comes_again BETWEEN 1 AND 3", name=op.f("ck_answer_known_again")),
        sa.CheckConstraint("did_good BETWEEN 1 AND 5", name=op.f("ck_answer_known_good")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_answer_session_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_session_id"), "answer", ["session_id"], unique=False)
    op.create_table(
        "booking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("seat", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "version",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (ended_at IS NOT NULL)",
            name=op.f("ck_booking_ended_at_a_moment"),
        ),
        sa.CheckConstraint(
            "(state = 'offered') = (expires_at IS NOT NULL)",
            name=op.f("ck_booking_offered_for_a_time"),
        ),
        sa.CheckConstraint(
            "ended_by IN ('parent', 'service', 'expired', 'declined')",
            name=op.f("ck_booking_known_ending"),
        ),
        sa.CheckConstraint(
            "origin IN ('self', 'phone', 'walk_in', 'waiting')",
            name=op.f("ck_booking_known_origin"),
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'confirmed', 'cancelled')", name=op.f("ck_booking_known_state")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_booking_ended_by_somebody")
        ),
        sa.CheckConstraint(
            "NOT seat OR session_id IS NOT NULL", name=op.f("ck_booking_seat_in_a_session")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["parent.id"], name=op.f("fk_booking_parent_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_booking_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_booking_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("public_id", name=op.f("uq_booking_public_id")),
        sa.UniqueConstraint("request_id", name=op.f("uq_booking_request_id")),
    )
    op.create_index(
        "ix_booking_offered",
        "booking",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index("ix_booking_parent", "booking", ["parent_id", "state"], unique=False)
    op.create_index("ix_booking_session", "booking", ["session_id", "state"], unique=False)
    op.create_index(
        "uq_booking_live_seat",
        "booking",
        ["parent_id", "session_id"],
        unique=True,
        sqlite_where=sa.text("session_id IS NOT NULL AND seat AND state <> 'cancelled'"),
        postgresql_where=sa.text("session_id IS NOT NULL AND seat AND state <> 'cancelled'"),
    )
    op.create_table(
        "care_slot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("public_title", sa.String(length=120), nullable=True),
        sa.Column("description", sa.String(length=2000), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "room_places", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "youngest_months", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "oldest_years", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("preset", sa.String(length=24), nullable=False),
        sa.Column("mixing", sa.String(length=20), nullable=False),
        sa.Column(
            "vouchers_per_child",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column(
            "places_taken",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("over_capacity", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_motive", sa.String(length=500), nullable=True),
        sa.Column(
            "version",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_care_slot_cancelled_at_a_moment"),
        ),
        sa.CheckConstraint(
            "mixing IN ('per_band', 'sum_of_fractions', 'youngest_decides')",
            name=op.f("ck_care_slot_known_mixing"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'open', 'cancelled')", name=op.f("ck_care_slot_known_state")
        ),
        sa.CheckConstraint(
            "places_taken <= room_places OR over_capacity", name=op.f("ck_care_slot_never_overfull")
        ),
        sa.CheckConstraint("places_taken >= 0", name=op.f("ck_care_slot_places_not_negative")),
        sa.CheckConstraint(
            "room_places BETWEEN 1 AND 200", name=op.f("ck_care_slot_room_for_somebody")
        ),
        sa.CheckConstraint(
            "session_id IS NOT NULL OR public_title IS NOT NULL",
            name=op.f("ck_care_slot_has_a_name"),
        ),
        sa.CheckConstraint("starts < ends", name=op.f("ck_care_slot_starts_before_it_ends")),
        sa.CheckConstraint(
            "vouchers_per_child BETWEEN 0 AND 50", name=op.f("ck_care_slot_price_in_reach")
        ),
        sa.CheckConstraint(
            "youngest_months <= oldest_years * 12 + 11", name=op.f("ck_care_slot_ages_in_order")
        ),
        sa.CheckConstraint(
            "youngest_months >= 0 AND oldest_years <= 18",
            name=op.f("ck_care_slot_ages_of_children"),
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_care_slot_place_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_care_slot_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["provider.id"], name=op.f("fk_care_slot_provider_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_care_slot_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_slot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_care_slot_public_id")),
    )
    op.create_index(
        "ix_care_slot_provider", "care_slot", ["provider_id", "starts_at"], unique=False
    )
    op.create_index("ix_care_slot_session", "care_slot", ["session_id"], unique=False)
    op.create_index("ix_care_slot_starts", "care_slot", ["state", "starts_at"], unique=False)
    op.create_table(
        "carer_check",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("carer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("seen_by", sa.String(length=40), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('honorability', 'criminal_record', 'insurance', 'agreement')",
            name=op.f("ck_carer_check_known_kind"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_carer_check_days_in_order")),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_carer_check_carer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer_check")),
    )
    op.create_index(
        "ix_carer_check_carer", "carer_check", ["carer_id", "kind", "last_day"], unique=False
    )
    op.create_table(
        "facilitator",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "workshop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "session_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_facilitator_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_facilitator_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_facilitator_workshop_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilitator")),
        sa.UniqueConstraint(
            "workshop_id",
            "person_id",
            "session_key",
            name=op.f("uq_facilitator_workshop_id_person_id_session_key"),
        ),
    )
    op.create_index(op.f("ix_facilitator_person_id"), "facilitator", ["person_id"], unique=False)
    op.create_index(op.f("ix_facilitator_session_id"), "facilitator", ["session_id"], unique=False)
    op.create_table(
        "used_answer_link",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_used_answer_link_session_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_used_answer_link")),
    )
    op.create_index(
        op.f("ix_used_answer_link_session_id"), "used_answer_link", ["session_id"], unique=False
    )
    op.create_table(
        "care_refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("children", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("came_without", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('room', 'carers', 'cap', 'age', 'other')",
            name=op.f("ck_care_refusal_known_reason"),
        ),
        sa.CheckConstraint("children > 0", name=op.f("ck_care_refusal_refused_somebody")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["parent.id"], name=op.f("fk_care_refusal_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_care_refusal_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_care_refusal_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["care_slot.id"], name=op.f("fk_care_refusal_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_refusal")),
    )
    op.create_index("ix_care_refusal_at", "care_refusal", ["programme_id", "at"], unique=False)
    op.create_table(
        "carer_assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("carer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('counts', 'on_call')", name=op.f("ck_carer_assignment_known_role")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'withdrawn')",
            name=op.f("ck_carer_assignment_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["carer_id"], ["carer.id"], name=op.f("fk_carer_assignment_carer_id")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["care_slot.id"], name=op.f("fk_carer_assignment_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer_assignment")),
        sa.UniqueConstraint(
            "slot_id", "carer_id", name=op.f("uq_carer_assignment_slot_id_carer_id")
        ),
    )
    op.create_index("ix_carer_assignment_carer", "carer_assignment", ["carer_id"], unique=False)
    op.create_table(
        "child_place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("vouchers", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_child_place_booking_id")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_child_place_child_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["care_slot.id"], name=op.f("fk_child_place_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child_place")),
        sa.UniqueConstraint("public_id", name=op.f("uq_child_place_public_id")),
    )
    op.create_index("ix_child_place_booking", "child_place", ["booking_id"], unique=False)
    op.create_index("ix_child_place_slot", "child_place", ["slot_id"], unique=False)
    op.create_index(
        "uq_child_place_live",
        "child_place",
        ["child_id", "slot_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "waiting_party",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column(
            "parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "programme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("waits_for", sa.String(length=24), nullable=False),
        sa.Column("seat", sa.Boolean(), nullable=False),
        sa.Column("without_care", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "skips",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("why", sa.String(length=24), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'offered') <= (booking_id IS NOT NULL)",
            name=op.f("ck_waiting_party_offered_something"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'served', 'left', 'closed')",
            name=op.f("ck_waiting_party_known_state"),
        ),
        sa.CheckConstraint(
            "(session_id IS NULL) <> (slot_id IS NULL)",
            name=op.f("ck_waiting_party_waits_for_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_waiting_party_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["parent.id"], name=op.f("fk_waiting_party_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_waiting_party_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["workshop_session.id"], name=op.f("fk_waiting_party_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["care_slot.id"], name=op.f("fk_waiting_party_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_party")),
        sa.UniqueConstraint("public_id", name=op.f("uq_waiting_party_public_id")),
    )
    op.create_index(
        "ix_waiting_party_line",
        "waiting_party",
        ["waits_for", "state", "asked_at", "id"],
        unique=False,
    )
    op.create_index(
        "uq_waiting_party_live",
        "waiting_party",
        ["parent_id", "waits_for"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'offered')"),
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("nonce", sa.Uuid(), nullable=False),
        sa.Column(
            "booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "child_place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("offline", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("forced", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("motive", sa.String(length=300), nullable=True),
        sa.Column("person_name", sa.String(length=120), nullable=True),
        sa.Column(
            "collector_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.CheckConstraint(
            "kind <> 'left' OR child_place_id IS NULL OR person_name IS NOT NULL",
            name=op.f("ck_attendance_left_with_somebody"),
        ),
        sa.CheckConstraint(
            "kind IN ('arrived', 'left', 'no_show', 'excused', 'annulled', 'refused')",
            name=op.f("ck_attendance_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_attendance_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["child_place_id"], ["child_place.id"], name=op.f("fk_attendance_child_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["collector_id"], ["collector.id"], name=op.f("fk_attendance_collector_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("nonce", name=op.f("uq_attendance_nonce")),
    )
    op.create_index("ix_attendance_booking", "attendance", ["booking_id", "at"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "child_place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "provider_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("service_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'held') = (ended_at IS NULL)", name=op.f("ck_hold_ended_at_a_moment")
        ),
        sa.CheckConstraint(
            "state IN ('held', 'redeemed', 'released')", name=op.f("ck_hold_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["child_place_id"], ["child_place.id"], name=op.f("fk_hold_child_place_id")
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_hold_provider_id")),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_hold_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_place", "hold", ["child_place_id"], unique=False)
    op.create_index(
        "uq_hold_live",
        "hold",
        ["voucher_id"],
        unique=True,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "waiting_child",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("child_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_waiting_child_child_id")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["waiting_party.id"], name=op.f("fk_waiting_child_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["care_slot.id"], name=op.f("fk_waiting_child_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_child")),
        sa.UniqueConstraint(
            "party_id",
            "child_id",
            "slot_id",
            name=op.f("uq_waiting_child_party_id_child_id_slot_id"),
        ),
    )
    _add_columns()
    _know_facilitators(known=True)
    _name_bookings_in_notices()
    _keep_attendance()


def downgrade() -> None:
    _forget_bookings_in_notices()
    op.execute("DELETE FROM membership WHERE role = 'facilitator'")
    op.execute("DELETE FROM browser_stay WHERE role = 'facilitator'")
    _know_facilitators(known=False)
    _drop_columns()

    op.drop_table("waiting_child")
    op.drop_table("hold")
    op.drop_table("attendance")
    op.drop_table("waiting_party")
    op.drop_table("child_place")
    op.drop_table("carer_assignment")
    op.drop_table("care_refusal")
    op.drop_table("used_answer_link")
    op.drop_table("facilitator")
    op.drop_table("carer_check")
    op.drop_table("care_slot")
    op.drop_table("booking")
    op.drop_table("answer")
    op.drop_table("workshop_session")
    op.drop_table("carer")
    op.drop_table("workshop")
    op.drop_table("collector")
    op.drop_table("child_sheet")
    op.drop_table("place")
