"""The audit as it is stored beside a release, for the operator to read. Pure."""

from dataclasses import asdict
from typing import Any

from repit.domain.releases.disclosure.outcome import Audit, Guarded, Where
from repit.domain.releases.rules import ReleasePeriod


def stored_audit(audit: Audit, *, instead: ReleasePeriod | None) -> dict[str, Any]:
    """Return an audit as plain JSON, the narrowest intervals first.

    Args:
        instead: when it blocks, a longer period that would pass.
    """
    return {
        "guarded": [_guarded(one) for one in sorted(audit.guarded, key=lambda one: one.width)],
        "blocks": [{"why": one.why, "where": _where(one.where)} for one in audit.blocks],
        "coarsened": [[name, list(what)] for name, what in audit.coarsened],
        "hidden": list(audit.hidden),
        "programs": audit.programs,
        "instead": _period(instead) if instead else None,
    }


def _guarded(one: Guarded) -> dict[str, Any]:
    return {
        "where": _where(one.where),
        "low": one.low,
        "high": one.high,
        "needed": one.needed,
    }


def _where(where: Where) -> dict[str, Any]:
    return asdict(where) | {
        "first_day": where.first_day.isoformat(),
        "last_day": where.last_day.isoformat(),
        "at": list(where.at),
    }


def _period(period: ReleasePeriod) -> dict[str, str]:
    return {"kind": period.kind.value, "first_day": period.first_day.isoformat()}
