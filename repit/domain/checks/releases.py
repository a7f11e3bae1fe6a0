"""Releases: what was approved is what stands there, and the truth behind it is kept."""

import hashlib
from typing import Any

from sqlalchemy import Connection, text

from repit.domain.checks.invariants import Computed, Invariant

RELEASES = (
    Invariant(
        "R1",
        "behind every release that is approved or waits for approval stands its truth, once",
        """
        SELECT r.id AS release_id, r.state FROM release r
          LEFT JOIN release_fact f ON f.release_id = r.id
         WHERE (r.state IN ('drafted', 'blocked', 'approved')) <> (f.id IS NOT NULL)
        """,
    ),
    Invariant(
        "R2",
        "releases of a year are numbered from 1 without a gap",
        """
        SELECT year, count(*) AS releases, max(serial) AS last FROM release
         WHERE serial IS NOT NULL GROUP BY year
        HAVING count(*) <> max(serial) OR min(serial) <> 1
        """,
    ),
    Invariant(
        "R3",
        "a release is of a fund of its own programme, and of a fund with a funder",
        """
        SELECT r.id AS release_id FROM release r JOIN fund f ON f.id = r.fund_id
         WHERE f.programme_id <> r.programme_id OR f.funder_id IS NULL
        """,
    ),
    Invariant(
        "R4",
        "an approved release was attacked together with all that were approved before it",
        """
        SELECT r.id AS release_id, r.earlier, count(b.id) AS approved_before FROM release r
          LEFT JOIN release b ON b.programme_id = r.programme_id AND b.state = 'approved'
           AND (b.year < r.year OR (b.year = r.year AND b.serial < r.serial))
         WHERE r.state = 'approved'
         GROUP BY r.id, r.earlier HAVING r.earlier <> count(b.id)
        """,
    ),
)


def changed_releases(connection: Connection, most: int) -> list[dict[str, Any]]:
    """Return approved releases and drafts whose content has another SHA-256 than is written."""
    rows = connection.execute(
        text("SELECT id, content, sha256 FROM release WHERE sha256 IS NOT NULL ORDER BY id")
    )
    changed = (
        {"release_id": key}
        for key, content, sha256 in rows
        if hashlib.sha256(content or b"").digest() != bytes(sha256)
    )
    return [row for row, _place in zip(changed, range(most), strict=False)]


COMPUTED_RELEASES = (
    Computed("R5", "what a release says is what was hashed when it was drafted", changed_releases),
)
