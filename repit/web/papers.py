"""Documents as their readers get them: who hands them out, in their language, as a download."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, current_app
from flask_babel import get_locale, gettext

from repit.integrations import pdf
from repit.settings import Settings
from repit.web import telephones
from repit.web.exports import download


def handed_out(
    name: str,
    *,
    title: str,
    blocks: Sequence[pdf.Block],
    now: datetime,
    lead: str = "",
    foot: str = "",
    reference: str = "",
) -> Response:
    """Return a document of the operator's as a download.

    Args:
        name: of the file, without `.pdf`; plain letters, figures and hyphens.
        foot: at the bottom of every page; who to call, when it is left out.
        reference: the document's own number, kept in the file.
    """
    document = pdf.Document(
        title=title,
        sender=_settings().operator_name,
        blocks=blocks,
        lead=lead,
        foot=foot or _who_to_call(),
        reference=reference,
        language=str(getattr(get_locale(), "language", "fr")),
        logo=_settings().operator_logo,
    )
    return download(f"{name}.pdf", pdf.CONTENT_TYPE, pdf.write(document, now=now))


def _who_to_call() -> str:
    settings = _settings()
    if not settings.operator_phone:
        return settings.operator_name
    phone = telephones.telephone(settings.operator_phone)
    return gettext("Une question ? %(name)s, %(phone)s", name=settings.operator_name, phone=phone)


def _settings() -> Settings:
    found: Settings = current_app.extensions["repit.settings"]
    return found
