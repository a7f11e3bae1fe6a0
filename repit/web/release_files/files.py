"""A release as a download, in the format and the language its reader asked for."""

from collections.abc import Callable
from datetime import datetime

from flask import Response, current_app
from flask_babel import gettext as _

from repit.domain.errors import NoSuchObject
from repit.domain.releases.content import Content
from repit.integrations import pdf, workbook
from repit.settings import Settings
from repit.web.exports import csv_file, download
from repit.web.release_files import body, book, lines, paper
from repit.web.release_files.composing import report_of
from repit.web.release_files.report import Report

Writer = Callable[[Report, Content, str], Response]


def release_file(
    content: Content, *, kind: str, number: str | None, sha256: str | None,
    approved_at: datetime | None,
) -> Response:  # fmt: skip
    """Return a release as a file, the same bytes whenever it is asked for in a language.

    Args:
        kind: a key of `KINDS`.
        number: None, with the two that follow, for a draft.

    Raises:
        NoSuchObject: nobody writes that kind.
    """
    if kind not in KINDS:
        raise NoSuchObject
    report = report_of(content, number=number, sha256=sha256, approved_at=approved_at)
    return KINDS[kind](report, content, _file_name(report))


def _file_name(report: Report) -> str:
    """Plain letters, figures and hyphens, whatever the number is made of."""
    if report.number is None:
        return "publication-projet"
    plain = "".join(one if one.isascii() and one.isalnum() else "-" for one in report.number)
    return f"publication-{plain}"


def _paper(report: Report, _content: Content, name: str) -> Response:
    settings: Settings = current_app.extensions["repit.settings"]
    made = paper.written(report, logo=settings.operator_logo, now=_written_at(report))
    return download(f"{name}.pdf", pdf.CONTENT_TYPE, made)


def _book(report: Report, _content: Content, name: str) -> Response:
    made = book.written(report, now=_written_at(report))
    return download(f"{name}.xlsx", workbook.CONTENT_TYPE, made)


def _lines(report: Report, _content: Content, name: str) -> Response:
    return csv_file(name, lines.columns(), lines.lines(report))


def _body(report: Report, content: Content, name: str) -> Response:
    return download(f"{name}.json", body.CONTENT_TYPE, body.written(report, content))


def _written_at(report: Report) -> datetime:
    return report.approved_at or report.counted_at


KINDS: dict[str, Writer] = {"pdf": _paper, "xlsx": _book, "csv": _lines, "json": _body}


def kinds() -> list[tuple[str, str, str]]:
    """Return each kind for a list of links: its key, its name, what it is good for."""
    return [
        ("pdf", "PDF", _("à lire et à imprimer")),
        ("xlsx", "XLSX", _("pour un tableur : une feuille par tableau")),
        ("csv", "CSV", _("une ligne par nombre")),
        ("json", "JSON", _("pour un programme")),
    ]
