"""What was paid to providers. Bank files and approvals come with their own issue."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Payout(Base):
    """One transfer to one provider, recorded by hand from the bank's statement."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="pays_something"),
        UniqueConstraint("provider_id", "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    amount_cents: Mapped[int]
    cut_off_at: Mapped[datetime]
    """Pays every redemption whose undo window had closed by then."""
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
