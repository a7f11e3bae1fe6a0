"""A release on screen, the same for its funder, the operator and anybody: words, and its plots.

Every number comes from `release_files.report.Report`; a plot says no more than the table under it.
"""

from datetime import datetime
from typing import Any

from flask import Flask

from repit.domain.releases.content import Content
from repit.web.release_files.composing import report_of
from repit.web.release_files.drawings import drawing
from repit.web.words import indicator_parts


def register(app: Flask) -> None:
    """Give templates the filter `release_period`: « 1er trimestre 2026 »."""
    app.add_template_filter(
        lambda first_day, kind: indicator_parts.period(kind, first_day), "release_period"
    )


def release_page(
    content: Content,
    *,
    number: str | None = None,
    sha256: str | None = None,
    approved_at: datetime | None = None,
) -> dict[str, Any]:
    """Return what `templates/releases/_release.html` needs."""
    report = report_of(content, number=number, sha256=sha256, approved_at=approved_at)
    return {"report": report, "drawings": {one.key: drawing(one) for one in report.indicators}}
