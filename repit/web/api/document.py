"""The OpenAPI 3.1 document, from the tables that check requests and word refusals."""

from collections import defaultdict
from typing import Any

from flask_babel import gettext

from repit.web.api import examples, problems, schema
from repit.web.api.kinds import KINDS
from repit.web.api.operations import ALWAYS, OPERATIONS, Operation, Refusals

Part = dict[str, Any]

SCHEMAS = {
    "Redemption": schema.REDEMPTION,
    "Receipt": schema.RECEIPT,
    "Reversal": schema.REVERSAL,
    "Seen": schema.SEEN,
    "Taken": schema.TAKEN,
    "Account": schema.ACCOUNT,
    "Problem": schema.PROBLEM,
}
VERSION = "1.0.0"


def build() -> Part:
    """Return the document, in the language of the moment."""
    paths: dict[str, Part] = defaultdict(dict)
    for operation in OPERATIONS:
        paths[operation.path][operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": gettext("Chèques répit : API des prestataires"),
            "version": VERSION,
            "description": gettext(
                "Pour le logiciel d’un prestataire. Les montants sont en centimes d’euro, les"
                " jours en AAAA-MM-JJ, les moments en UTC. Les réponses peuvent gagner des"
                " membres dans problem+json ; les demandes n’en acceptent pas d’autres que ceux"
                " écrits ici."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": dict(paths),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": gettext(
                        "Le jeton d’un appareil, donné une seule fois par le porteur du dispositif."
                    ),
                }
            },
        },
    }


def refusals_of(operation: Operation) -> Refusals:
    """Return everything an operation may refuse with."""
    return (*ALWAYS, *operation.refusals)


def _operation(operation: Operation) -> Part:
    part: Part = {
        "operationId": operation.name,
        "summary": str(operation.summary),
        "description": str(operation.description),
        "parameters": _parameters(operation),
        "responses": {**_successes(operation), **_failures(refusals_of(operation))},
    }
    if operation.body:
        part["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _ref(operation.body),
                    "example": examples.REDEMPTION,
                }
            },
        }
    return part


def _parameters(operation: Operation) -> list[Part]:
    language: Part = {
        "name": "Accept-Language",
        "in": "header",
        "description": gettext("La langue des problèmes : fr, nl, en ou ar."),
        "schema": {"type": "string"},
        "example": "fr",
    }
    if operation.parameter == "code":
        code = {"type": "string", "minLength": 1}
        return [
            _in("path", "code", code, gettext("Le code, tapé ou scanné."), examples.CODE),
            language,
        ]
    words = gettext("L’identifiant fait par votre logiciel.")
    uuid = {"type": "string", "format": "uuid"}
    if operation.parameter == "id":
        return [_in("path", "id", uuid, words, str(examples.ID)), language]
    if operation.query:
        older = gettext("Seulement ce qui est plus ancien que cet encaissement.")
        return [_in("query", operation.query, uuid, older, str(examples.ID)), language]
    return [language]


def _in(place: str, name: str, kind: Part, description: str, example: str) -> Part:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": kind,
        "example": example,
    }


def _successes(operation: Operation) -> Part:
    content = {
        "application/json": {
            "schema": _ref(operation.answer),
            "example": examples.answers_of()[operation.answer],
        }
    }
    if not operation.creates:
        return {"200": {"description": str(operation.summary), "content": content}}
    replayed = {"Idempotent-Replayed": {"schema": {"type": "string", "const": "true"}}}
    again = gettext("La même demande était déjà passée : la même réponse.")
    located = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
    return {
        "201": {"description": str(operation.summary), "headers": located, "content": content},
        "200": {"description": again, "headers": replayed, "content": content},
    }


def _failures(refusals: Refusals) -> Part:
    by_status: dict[int, list[Any]] = defaultdict(list)
    for refusal in refusals:
        by_status[KINDS[refusal].status].append(KINDS[refusal])
    return {str(status): _failure(by_status[status], status) for status in sorted(by_status)}


def _failure(kinds: list[Any], status: int) -> Part:
    bodies = {kind.example.code: problems.body_of(kind.example) for kind in kinds}
    codes = list(dict.fromkeys(body["code"] for body in bodies.values()))
    of_these = {"properties": {"code": {"enum": codes}, "status": {"const": status}}}
    part: Part = {
        "description": " · ".join(dict.fromkeys(str(kind.title) for kind in kinds)),
        "headers": {"Content-Language": {"schema": {"type": "string"}}},
        "content": {
            "application/problem+json": {
                "schema": {"allOf": [_ref("Problem"), of_these]},
                "examples": {name: {"value": body} for name, body in bodies.items()},
            }
        },
    }
    extra = {problems.UNAUTHORIZED: "WWW-Authenticate", problems.UNAVAILABLE: "Retry-After"}
    if status in extra:
        part["headers"][extra[status]] = {"schema": {"type": "string"}}
    return part


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}
