"""A provider answers for its own carers, and may change its no; not what the operator took off.

Why: only the operator could note who comes, and the provider saw no question.
Undo: drops the mark. Who declined stays withdrawn, and the operator may ask again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RULE = "ck_carer_assignment_declined_is_withdrawn"


def upgrade() -> None:
    with op.batch_alter_table("carer_assignment") as table:
        table.add_column(
            sa.Column("declined", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        table.create_check_constraint(op.f(RULE), "state = 'withdrawn' OR NOT declined")


def downgrade() -> None:
    with op.batch_alter_table("carer_assignment") as table:
        table.drop_constraint(op.f(RULE), type_="check")
        table.drop_column("declined")
