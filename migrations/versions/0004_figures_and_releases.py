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


def downgrade() -> None:
    _undo_costs()
    _undo_referrals()
    _undo_releases()
    _undo_figures()


def _on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


# -- figures ------------------------------------------------------------------------------------


def _figures() -> None:
    pass


def _undo_figures() -> None:
    pass


# -- releases -----------------------------------------------------------------------------------


def _releases() -> None:
    pass


def _undo_releases() -> None:
    pass


# -- referrals ----------------------------------------------------------------------------------


def _referrals() -> None:
    pass


def _undo_referrals() -> None:
    pass


# -- costs --------------------------------------------------------------------------------------


def _costs() -> None:
    pass


def _undo_costs() -> None:
    pass
