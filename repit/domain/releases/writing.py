"""Releases as bytes: canonical JSON, so that the same content always has the same SHA-256.

Keys in order, no spaces, UTF-8, days and moments in ISO form. Reading checks the digest first.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from repit.domain.releases.content import (
    Amount,
    Content,
    Count,
    Part,
    ShownCell,
    ShownStatistic,
    ShownTable,
)
from repit.domain.releases.errors import ReleaseChanged
from repit.domain.releases.facts import Dimension, Fact, Facts, Statistic, Table


def digest(stored: bytes) -> bytes:
    """Return the SHA-256 of what is stored (32 bytes)."""
    return hashlib.sha256(stored).digest()


def content_bytes(content: Content) -> bytes:
    """Return what is stored of a release; the counting moment is in UTC."""
    return _canonical(asdict(content) | {"counted_at": content.counted_at.astimezone(UTC)})


def read_content(stored: bytes | None, sha256: bytes | None, *, number: str) -> Content:
    """Return the content of a release as it was approved.

    Raises:
        ReleaseChanged: it is not there, or not what was hashed.
    """
    if stored is None or sha256 is None or digest(stored) != sha256:
        raise ReleaseChanged(number=number)
    return _content(json.loads(stored))


def facts_bytes(facts: Facts) -> bytes:
    """Return what is stored of the truth behind a release."""
    return _canonical(
        {
            "households": facts.households,
            "tables": [_stored_table(table) for table in facts.tables],
            "statistics": [asdict(one) for one in facts.statistics],
            "money": dict(facts.money),
            "operator": dict(facts.operator),
        }
    )


def read_facts(stored: bytes) -> Facts:
    """Return the truth behind a release."""
    read = json.loads(stored)
    return Facts(
        households=read["households"],
        tables=tuple(_table(one) for one in read["tables"]),
        statistics=tuple(Statistic(**one) for one in read["statistics"]),
        money=read["money"],
        operator=read["operator"],
    )


def _canonical(value: dict[str, Any]) -> bytes:
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_day_or_moment
    )
    return text.encode()


def _day_or_moment(value: object) -> str:
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    raise TypeError(f"not to be stored: {value!r}")


def _content(read: dict[str, Any]) -> Content:
    return Content(
        **read
        | {
            "first_day": date.fromisoformat(read["first_day"]),
            "last_day": date.fromisoformat(read["last_day"]),
            "counted_at": datetime.fromisoformat(read["counted_at"]),
            "money": tuple(Amount(**one) for one in read["money"]),
            "counts": tuple(Count(**one) for one in read["counts"]),
            "tables": tuple(_shown_table(one) for one in read["tables"]),
            "statistics": tuple(ShownStatistic(**one) for one in read["statistics"]),
        }
    )


def _shown_table(read: dict[str, Any]) -> ShownTable:
    return ShownTable(
        name=read["name"],
        dimensions=tuple(read["dimensions"]),
        cells=tuple(
            ShownCell(
                at=tuple(Part(tuple(part["codes"]), part["whole"]) for part in cell["at"]),
                value=cell["value"],
            )
            for cell in read["cells"]
        ),
        step=read["step"],
        coarsened=tuple(read["coarsened"]),
    )


def _stored_table(table: Table) -> dict[str, Any]:
    """A table's cells are keyed by tuples, which JSON does not have: pairs, in order."""
    named = {name: getattr(table, name) for name in Table.__dataclass_fields__}
    return named | {
        "dimensions": [asdict(one) for one in table.dimensions],
        "cells": [[list(at), asdict(fact)] for at, fact in sorted(table.cells.items())],
    }


def _table(read: dict[str, Any]) -> Table:
    return Table(
        **read
        | {
            "first_day": date.fromisoformat(read["first_day"]),
            "last_day": date.fromisoformat(read["last_day"]),
            "dimensions": tuple(_dimension(one) for one in read["dimensions"]),
            "cells": {tuple(at): Fact(**fact) for at, fact in read["cells"]},
        }
    )


def _dimension(read: dict[str, Any]) -> Dimension:
    return Dimension(**read | {"parts": tuple(read["parts"]), "ladder": tuple(read["ladder"])})
