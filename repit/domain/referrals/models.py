"""Referrals, and what was said of each, when and by whom. No parent is named in either."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Referral(Base):
    """Somebody was put in touch with a service. What it is never changes; how it went may.

    Funders learn how many there were of each kind and how many worked; never an organisation.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('insertion', 'childcare', 'psychologist', 'health', 'rights', 'housing',"
            " 'association', 'other')",
            name="known_kind",
        ),
        Index("ix_referral_programme", "programme_id", "on_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    nonce: Mapped[UUID] = mapped_column(unique=True)
    """Made by the page before it is sent: sent twice is counted once."""
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_session.id"), index=True)
    """Where it came up, if it was in a session."""
    kind: Mapped[str] = mapped_column(String(12))
    organisation: Mapped[str] = mapped_column(String(120))
    """With whom; staff's eyes only."""
    on_day: Mapped[date]
    for_household: Mapped[bool]
    """A household is behind it, and no more is known of it; not one service met by another."""
    worked: Mapped[bool | None]
    """None: nobody knows yet."""
    annulled_at: Mapped[datetime | None]
    """It was noted by mistake."""
    noted_by: Mapped[str] = mapped_column(String(40), index=True)
    noted_at: Mapped[datetime]


class ReferralNews(Base):
    """One thing learnt of a referral. Append-only: what a period counted stays as it was.

    The figures of a period are the sum of `noted` over the moments in it, and what `says` last of
    each referral in it.
    """

    __tablename__ = "referral_news"
    __table_args__ = (
        CheckConstraint("noted BETWEEN -1 AND 1", name="noted_once"),
        CheckConstraint("worked BETWEEN -1 AND 1", name="worked_once"),
        Index("ix_referral_news_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    noted: Mapped[int]
    """1 when it was noted, -1 when it was annulled, 0 otherwise."""
    worked: Mapped[int]
    """1 when it came to work, -1 when it turned out not to have, 0 otherwise."""
    says: Mapped[bool | None]
    """Whether it worked, as it was known from then on."""
