"""Write down what was done. Called inside the change it describes."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from repit.domain.actors import Actor
from repit.domain.audit.models import Event


def record(  # noqa: PLR0913  (every fact has its name)
    db: Session,
    *,
    actor: Actor,
    kind: str,
    of: tuple[str, int],
    now: datetime,
    motive: str | None = None,
    facts: dict[str, Any] | None = None,
    for_parent_id: int | None = None,
) -> None:
    """Add one event to the history of an object.

    Args:
        kind: a past participle of the field: `granted`, `blocked`, `tariff_agreed`.
        of: the object's kind (its table) and id.
        facts: plain JSON values; for a change, `{"field": [before, after]}`.
        for_parent_id: the parent in whose place it was done, if any.

    Raises:
        Nothing of its own.
    """
    db.add(
        Event(
            at=now,
            actor=actor,
            kind=kind,
            object_kind=of[0],
            object_id=of[1],
            motive=motive,
            facts=facts or {},
            for_parent_id=for_parent_id,
        )
    )
