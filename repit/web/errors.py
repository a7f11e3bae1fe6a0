"""Pages for what goes wrong: what happened, and what to do next. Never a bare number."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import (
    Flask,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    MethodNotAllowed,
    SecurityError,
)

from repit.domain.errors import Busy, DomainError, NotFound, Refused
from repit.web import reopening
from repit.web.wording import Answer, word

log = logging.getLogger(__name__)

NOT_FOUND = 404
CONFLICT = 409
UNAVAILABLE = 503
RETRY_AFTER = "5"


@dataclass(frozen=True)
class Problem:
    """One failed request, ready to be shown: as a page, or by the API as a problem."""

    status: int
    code: str
    answer: Answer
    reference: str = ""


Answerer = Callable[[Problem], ResponseReturnValue]

WORDS: dict[int, tuple[LazyString, LazyString]] = {
    400: (
        lazy_gettext("Cette demande n’est pas complète."),
        lazy_gettext("Revenez à la page précédente et recommencez."),
    ),
    403: (
        lazy_gettext("Cette demande vient d’une autre page que les nôtres."),
        lazy_gettext("Ouvrez la page ici et recommencez."),
    ),
    404: (
        lazy_gettext("Cette page n’existe pas."),
        lazy_gettext("Vérifiez l’adresse, ou revenez à l’accueil."),
    ),
    405: (
        lazy_gettext("Cette page ne s’ouvre pas de cette façon."),
        lazy_gettext("Revenez à la page précédente et utilisez ses boutons."),
    ),
    409: (
        lazy_gettext("Cette action n’est plus possible."),
        lazy_gettext("Revenez à la page précédente pour voir où vous en êtes."),
    ),
    413: (
        lazy_gettext("Ce fichier est trop gros."),
        lazy_gettext("Envoyez un fichier de 5 Mo au plus."),
    ),
    422: (
        lazy_gettext("Il manque une information."),
        lazy_gettext("Revenez à la page précédente et vérifiez vos réponses."),
    ),
    429: (
        lazy_gettext("Il y a eu trop d’essais."),
        lazy_gettext("Attendez un peu, puis recommencez."),
    ),
    500: (
        lazy_gettext("Quelque chose n’a pas marché chez nous."),
        lazy_gettext("Rien n’est perdu. Recommencez dans une minute."),
    ),
    503: (
        lazy_gettext("Beaucoup de monde en même temps."),
        lazy_gettext("Attendez quelques secondes, puis recommencez."),
    ),
}
CODES = {400: "bad_request", 403: "foreign_page", 404: "not_found", 405: "wrong_method",
         413: "too_large", 422: "incomplete", 429: "too_many_tries", 500: "internal",
         503: "busy"}  # fmt: skip


def register(app: Flask) -> None:
    """Answer every failure with words."""
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(HTTPException, _failure)
    # Flask would log the path, and a path may hold a code, which is money: see `_bug`.
    app.log_exception = lambda exc_info: None  # type: ignore[method-assign]


def answer_under(app: Flask, prefix: str, answerer: Answerer) -> None:
    """Let one part of the site (the API) put problems in its own form, routing errors too."""
    app.extensions.setdefault("repit.answerers", {})[prefix] = answerer


def _refusal(error: DomainError) -> ResponseReturnValue:
    status = _status(error)
    return _answer(Problem(status, error.code, word(error)))


def _failure(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004
        return error  # a redirect made by the routing
    if isinstance(error, SecurityError):
        return str(WORDS[400][0]), 400, {"Content-Type": "text/plain; charset=utf-8"}
    if isinstance(error, InternalServerError):
        return _bug(error)
    if isinstance(error, MethodNotAllowed) and (above := reopening.page_above()):
        return redirect(above, 303)
    status = error.code if error.code in WORDS else 400
    response = make_response(_answer(Problem(status, CODES.get(status, "refused"), _words(status))))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _bug(error: InternalServerError) -> ResponseReturnValue:
    """Log what happened under a reference that the visitor can read out on the telephone."""
    reference = secrets.token_hex(4).upper()
    route = request.url_rule.rule if request.url_rule else "no route"
    cause = error.original_exception or error
    log.error("reference %s: %s %s", reference, request.method, route, exc_info=cause)
    return _answer(Problem(500, CODES[500], _words(500), reference))


def _status(error: DomainError) -> int:
    if isinstance(error, NotFound):
        return NOT_FOUND
    if isinstance(error, Busy):
        return UNAVAILABLE
    return CONFLICT if isinstance(error, Refused) else 400


def _answer(problem: Problem) -> ResponseReturnValue:
    for prefix, answerer in current_app.extensions.get("repit.answerers", {}).items():
        if request.path.startswith(prefix):
            return _with_patience(answerer(problem), problem.status)
    page = render_template("errors/problem.html", problem=problem, **_frame(problem))
    return _with_patience((page, problem.status), problem.status)


def _frame(problem: Problem) -> dict[str, object]:
    """Show nothing of a room around « not found »: it would say that there is a room."""
    return {"signed_in": False, "person_label": None} if problem.status == NOT_FOUND else {}


def _with_patience(answer: ResponseReturnValue, status: int) -> Response:
    response = make_response(answer)
    if status == UNAVAILABLE:
        response.headers.setdefault("Retry-After", RETRY_AFTER)
    return response


def _words(status: int) -> Answer:
    happened, next_step = WORDS[status]
    return Answer(str(happened), str(next_step))
