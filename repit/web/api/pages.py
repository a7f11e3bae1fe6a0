"""What developers read: the API's page, a page for each problem, and the OpenAPI document."""

from functools import cache

import orjson
from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from repit.web.access import ANYONE, require
from repit.web.api import document, examples, problems
from repit.web.api.answers import dumped
from repit.web.api.kinds import KINDS, Kind
from repit.web.api.operations import OPERATIONS, Refusals

blueprint = Blueprint("api_pages", __name__, url_prefix="/api/v1")
blueprint.before_request(require(ANYONE))


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Explain the API to a person."""
    return render_template(
        "api/index.html",
        operations=OPERATIONS,
        request_example=pretty(examples.REDEMPTION),
        answers={name: pretty(answer) for name, answer in examples.answers_of().items()},
        codes={one.name: _codes(one.refusals) for one in OPERATIONS},
        kinds=_by_code(),
        code=examples.CODE,
        id=examples.ID,
    )


@blueprint.get("/problems/<code>")
def problem(code: str) -> ResponseReturnValue:
    """Explain one problem: the address in its `type`."""
    kinds = _by_code().get(code)
    if not kinds:
        abort(404)
    bodies = [problems.body_of(kind.example) for kind in kinds]
    return render_template(
        "api/problem.html", code=code, kind=kinds[0], bodies=bodies, pretty=pretty
    )


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Give the document to a program."""
    language = problems.language_asked()
    response = Response(document_in(language), mimetype="application/json")
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


@cache
def document_in(language: str) -> bytes:
    """Return the whole document in one language."""
    with force_locale(language):
        return dumped(document.build())


def pretty(value: object) -> str:
    """Return an example as one reads it."""
    return orjson.dumps(
        value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
    ).decode()


def _by_code() -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for error, kind in KINDS.items():
        if error.code != "device_revoked":
            found.setdefault(problems.code_of(kind.example), []).append(kind)
    return dict(sorted(found.items(), key=lambda item: (item[1][0].status, item[0])))


def _codes(refusals: Refusals) -> list[str]:
    return list(dict.fromkeys(problems.code_of(KINDS[error].example) for error in refusals))
