"""Long work, done at least once by a worker that may die: a lease, attempts, progress."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repit.db.base import Base


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        CheckConstraint("state IN ('ready', 'running', 'done', 'failed')", name="known_state"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress_counts_up"),
        Index(
            "ix_job_open",
            "run_at",
            sqlite_where=text("state IN ('ready', 'running')"),
            postgresql_where=text("state IN ('ready', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    facts: Mapped[dict[str, Any]]
    dedupe: Mapped[str | None] = mapped_column(String(120))
    actor: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default="ready")
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None]
    trouble: Mapped[str | None] = mapped_column(String(2000))
