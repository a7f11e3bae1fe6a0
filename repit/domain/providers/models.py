"""Who is paid: providers, their right to be, the agreed prices, and their devices."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Provider(Base):
    """`revision` grows with every change of what this provider may do: see `touch`."""

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'suspended')", name="known_state"),
        CheckConstraint("identifier_kind IN ('siret', 'siren', 'bce')", name="known_identifier"),
        UniqueConstraint("identifier_kind", "identifier"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    identifier_kind: Mapped[str] = mapped_column(String(8))
    identifier: Mapped[str] = mapped_column(String(20))
    """Compact, checked: SIRET, SIREN (France) or BCE/KBO (Belgium)."""
    town: Mapped[str] = mapped_column(String(80))
    postcode: Mapped[str] = mapped_column(String(12))
    address: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    description: Mapped[str | None] = mapped_column(String(500))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """The home of a provider who is a person: they cannot be paid for their own children."""
    state: Mapped[str] = mapped_column(String(12), default="active")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]


class Accreditation(Base):
    """A dated right to be paid for one category. Ends early by `withdrawn_on`."""

    __tablename__ = "accreditation"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        Index("ix_accreditation_provider", "provider_id", "category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    category: Mapped[str] = mapped_column(String(24))
    number: Mapped[str] = mapped_column(String(60))
    authority: Mapped[str | None] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    withdrawn_on: Mapped[date | None]
    """First day on which it no longer counts."""
    created_at: Mapped[datetime]


class Tariff(Base):
    """An agreed price, per hour or per session, and the most a family may be asked beside."""

    __tablename__ = "tariff"
    __table_args__ = (
        CheckConstraint("unit IN ('hour', 'session')", name="known_unit"),
        CheckConstraint("unit_cents > 0", name="costs_something"),
        CheckConstraint("family_share_cents >= 0", name="share_not_negative"),
        CheckConstraint("family_share_cents <= unit_cents", name="share_within_price"),
        CheckConstraint("last_day IS NULL OR first_day <= last_day", name="days_in_order"),
        Index("ix_tariff_provider", "provider_id", "category"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    category: Mapped[str] = mapped_column(String(24))
    unit: Mapped[str] = mapped_column(String(8))
    unit_cents: Mapped[int]
    family_share_cents: Mapped[int] = mapped_column(default=0)
    """Per unit, at most."""
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    created_at: Mapped[datetime]


class Device(Base):
    """A phone, a browser or a program that may redeem for a provider."""

    __tablename__ = "device"
    __table_args__ = (CheckConstraint("kind IN ('browser', 'api')", name="known_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    """Too many wrong codes; the operator unlocks it."""
    unlocked_at: Mapped[datetime | None]
    """Wrong codes before this moment no longer count."""
