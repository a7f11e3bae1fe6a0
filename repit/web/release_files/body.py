"""A release as JSON, for programs. Its form is written down in static/schemas/release-1.json.

Amounts are cents, durations minutes or days, shares two bounds from 0 to 1. A value of null
without bounds is a secret.
"""

from typing import Any

import orjson
from flask import url_for

from repit.domain.releases.content import Content
from repit.web.release_files.report import Figure, Indicator, Label, Report, Section

CONTENT_TYPE = "application/json"
VERSION = "1"
SCHEMA = "schemas/release-1.json"


def written(report: Report, content: Content) -> bytes:
    """Return the file; the same release in the same language is the same bytes."""
    body = {
        "$schema": url_for("static", filename=SCHEMA, _external=True),
        "version": VERSION,
        "language": report.language,
        "number": report.number,
        "sha256": report.sha256,
        "approved_at": report.approved_at,
        "counted_at": report.counted_at,
        "operator": report.operator,
        "funder": report.funder,
        "fund": report.fund,
        "programme": report.programme,
        "voucher_cents": content.face_cents,
        "period": {
            "kind": content.period_kind,
            "name": report.period,
            "first_day": report.first_day,
            "last_day": report.last_day,
            "time_zone": content.zone,
        },
        "money_only": content.small,
        "sections": [_section(one) for one in report.sections],
        "notes": list(report.notes),
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": section.title,
        "scope": section.lead,
        "indicators": [_indicator(one) for one in section.indicators],
    }


def _indicator(one: Indicator) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "definition": one.definition,
        "unit": one.unit,
        "unit_label": one.unit_words,
        "rounded_to": one.step,
        "dimensions": [{"key": key, "label": name} for key, name in one.dimensions],
        "figures": [_figure(figure) for figure in one.figures],
        "notes": list(one.notes),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    told = {"at": [_part(label) for label in figure.at], "value": figure.cell.value}
    return told | ({"between": figure.cell.between} if figure.cell.between else {})


def _part(label: Label) -> dict[str, Any]:
    return {"label": label.text, "whole": label.whole, "codes": list(label.codes)}
