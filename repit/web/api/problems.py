"""A problem as RFC 9457 wants it, in the words of the reader. Facts are members of their own."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

from flask import Response, request
from flask_babel import force_locale

from repit.domain.errors import DomainError
from repit.domain.money import Cents
from repit.web import wording
from repit.web.api import words
from repit.web.api.answers import dumped
from repit.web.api.checking import Flaw
from repit.web.api.kinds import KINDS
from repit.web.api.troubles import TokenNotValid, Trouble
from repit.web.locale import LANGUAGES, SOURCE

TYPES = "/api/v1/problems/"
RETRY_AFTER_SECONDS = 2
UNAUTHORIZED = 401
UNAVAILABLE = 503

# A name that says more, outside, than the domain's own.
NAMES = {
    ("voucher_spent_here", "at"): "used_at",
    ("presentation_expired", "at"): "expired_at",
    ("already_reversed", "at"): "reversed_at",
    ("undo_window_over", "until"): "undo_until",
    ("more_than_it_costs", "most"): "most_vouchers",
}


def code_of(error: DomainError | Trouble) -> str:
    """Return the published code: two reasons may share one."""
    if KINDS[type(error)].status == UNAUTHORIZED:
        return TokenNotValid.code  # missing, unknown and revoked answer alike
    return str(getattr(error, "public_code", error.code))


def body_of(error: DomainError | Trouble) -> dict[str, Any]:
    """Return the problem's members, in the language of the moment."""
    kind = KINDS[type(error)]
    if kind.status == UNAUTHORIZED:
        error = TokenNotValid()
    happened = words.word(error) if isinstance(error, Trouble) else wording.word(error)
    instead = words.NEXT_STEPS.get(error.code)
    code = code_of(error)
    return {
        "type": TYPES + code,
        "title": str(kind.title),
        "status": kind.status,
        "detail": happened.happened,
        "code": code,
        "next_step": happened.next_step if instead is None else str(instead),
        **facts_of(error),
    }


def facts_of(error: DomainError | Trouble) -> dict[str, Any]:
    """Return the error's facts under their published names."""
    found = {}
    for field in dataclasses.fields(error):
        value = getattr(error, field.name)
        if value == "":
            continue
        if field.name == "flaws":
            found["errors"] = [_shown_flaw(flaw) for flaw in value]
            continue
        usual = f"{field.name}_cents" if field.type is Cents else field.name
        found[NAMES.get((error.code, field.name), usual)] = _shown(value)
    return found


def response_to(error: DomainError | Trouble) -> Response:
    """Return the whole answer, in the language that the request prefers."""
    language = language_asked()
    with force_locale(language):
        body = body_of(error)
    response = Response(dumped(body), body["status"], mimetype="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    if response.status_code == UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="repit"'
    if response.status_code == UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def language_asked() -> str:
    """Return the language of the answer: no cookie counts here, only the request's header."""
    return request.accept_languages.best_match(LANGUAGES) or SOURCE


def _shown_flaw(flaw: Flaw) -> dict[str, str]:
    return {"pointer": flaw.pointer, "detail": words.word_flaw(flaw)}


def _shown(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, date):
        return value
    return list(value) if isinstance(value, tuple) else value
