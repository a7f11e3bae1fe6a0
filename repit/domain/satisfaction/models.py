"""Two questions after a session. Who answered and what was answered never meet."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class UsedAnswerLink(Base):
    """A link that has been used: its fingerprint alone, so that it works once."""

    __tablename__ = "used_answer_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id"), index=True)
    used_on: Mapped[date]


class Answer(Base):
    """An answer, under a key drawn at random: rows stand in no order that says who came when."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("did_good BETWEEN 1 AND 5", name="known_good"),
        CheckConstraint("comes_again BETWEEN 1 AND 3", name="known_again"),
    )

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id"), index=True)
    did_good: Mapped[int]
    """1: not at all, 5: very much."""
    comes_again: Mapped[int]
    """1: no, 2: perhaps, 3: yes."""
