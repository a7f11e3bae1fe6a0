"""Hold every answer of the API against the OpenAPI document that it publishes."""

import json
import re
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

PROBLEM = "application/problem+json"


class Contract:
    """The document, as a client that believes it would read it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.operations = [
            (method, _matching(path), path)
            for path, methods in document["paths"].items()
            for method in methods
        ]

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        """Fail unless the document allows this answer, to the last member."""
        assert "Set-Cookie" not in answer.headers
        if answer.status_code == 308:
            return  # doubled slashes are one, to the routing
        assert answer.headers["Cache-Control"] == "no-store"
        place = self._place(method, path)
        if place is None:
            assert answer.status_code in {400, 404, 405}
            self._valid("/components/schemas/Problem", answer)
            return
        if answer.status_code not in {404, 500}:  # those may come from before the API
            assert "Cookie" not in answer.headers.get("Vary", "")
        template, name = place
        responses = self.document["paths"][template][name]["responses"]
        assert str(answer.status_code) in responses, (answer.status_code, answer.text)
        [kind] = responses[str(answer.status_code)]["content"]
        assert answer.mimetype == kind
        where = (f"/paths/{_escaped(template)}/{name}/responses/{answer.status_code}"
                 f"/content/{_escaped(kind)}/schema")  # fmt: skip
        self._valid(where, answer)
        self._headers(name, responses, answer)

    def _headers(self, method: str, responses: dict[str, Any], answer: TestResponse) -> None:
        for name in responses[str(answer.status_code)].get("headers", {}):
            assert name in answer.headers
        repeated = "201" in responses and answer.status_code == 200
        assert (answer.headers.get("Idempotent-Replayed") == "true") == repeated
        if answer.mimetype == PROBLEM:
            assert answer.json is not None
            assert answer.json["status"] == answer.status_code
            assert answer.json["type"] == f"/api/v1/problems/{answer.json['code']}"

    def _place(self, method: str, path: str) -> tuple[str, str] | None:
        for name, pattern, template in self.operations:
            if name == method.lower() and pattern.fullmatch(path):
                return template, name
        return None

    def _valid(self, pointer: str, answer: TestResponse) -> None:
        schema = {**self.document, "$ref": f"#{pointer}"}
        checker = FormatChecker(["uuid", "date"])
        Draft202012Validator(schema, format_checker=checker).validate(json.loads(answer.data))


def _matching(template: str) -> re.Pattern[str]:
    """A code may hold anything, an id no slash."""
    return re.compile(template.replace("{code}", "[^/].*").replace("{id}", "[^/]+"), re.DOTALL)


def _escaped(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
