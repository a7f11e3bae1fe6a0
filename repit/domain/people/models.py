"""Accounts: a person, what they may do here, and how they signed in."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    case,
    func,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from repit.db.base import Base


class Person(Base):
    """Somebody who can sign in. The address is stored in lower case."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(8), default="fr")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


def acts(
    actor: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    who: type[Person] = Person,
) -> ColumnElement[bool]:
    """Return the join of a person to what they did; the column also names devices and jobs.

    The number is cut out of `person:12`, so that each person is found by their key.
    """
    number = func.substr(actor, len("person:") + 1).cast(BigInteger)
    return who.id == case((actor.startswith("person:"), number))


class Membership(Base):
    """What a person may do: run the scheme, lead workshops, work for a provider, read for a funder.

    A parent's own access is not here: it is `parent.person_id`.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            "role IN ('operator', 'provider', 'funder', 'facilitator')", name="known_role"
        ),
        CheckConstraint("(role = 'provider') = (provider_id IS NOT NULL)", name="works_for"),
        CheckConstraint("(role = 'funder') = (funder_id IS NOT NULL)", name="reads_for"),
        UniqueConstraint("person_id", "role", "provider_id", "funder_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id"))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignIn(Base):
    """A one-time link and its six-digit code, sent in one message; used once."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Six digits are few: the hash needs the installation's key, and the tries are counted."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class SignInCount(Base):
    """How often, in one hour, an address or a source asked for a message or tried a code.

    Kept alike for known and unknown addresses, and only as keyed hashes.
    """

    __tablename__ = "sign_in_count"
    __table_args__ = (UniqueConstraint("key_hash", "hour_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hour_at: Mapped[datetime] = mapped_column(index=True)
    used: Mapped[int]


class BrowserStay(Base):
    """A signed-in browser. Ending the row ends the visit at the next request.

    `choosing` is somebody who proved who they are and still has to say in which role.
    """

    __tablename__ = "browser_stay"
    __table_args__ = (
        CheckConstraint(
            "role IN ('choosing', 'parent', 'operator', 'provider', 'funder', 'facilitator')",
            name="known_role",
        ),
        CheckConstraint("(role = 'parent') = (parent_id IS NOT NULL)", name="is_a_parent"),
        CheckConstraint("(role = 'provider') = (provider_id IS NOT NULL)", name="works_for"),
        CheckConstraint("(role = 'funder') = (funder_id IS NOT NULL)", name="reads_for"),
        CheckConstraint("(role = 'provider') = (device_id IS NOT NULL)", name="on_a_device"),
        Index(
            "ix_browser_stay_parent",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(12))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"))
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    started_at: Mapped[datetime]
    """When they proved who they are; another role taken later keeps this moment."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
