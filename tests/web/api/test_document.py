"""What developers read: the document, the page, a page for each problem, the command."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from repit.domain.codes import read_code
from repit.web.api import examples, schema
from repit.web.api.document import SCHEMAS
from repit.web.api.kinds import KINDS
from repit.web.api.pages import document_in
from tests.web.api.software import Software

LANGUAGES = ["fr", "nl", "en", "ar"]


@pytest.fixture
def document(client: FlaskClient) -> dict[str, object]:
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, object] = answer.get_json()
    return found


def test_the_document_is_valid(document: dict[str, object]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"


def test_every_route_is_described_and_nothing_else(
    app: Flask, document: dict[str, dict[str, dict[str, object]]]
) -> None:
    routes = {
        (re.sub(r"<(?:path:)?(\w+)>", r"{\1}", rule.rule).replace("redemption_id", "id"), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method.upper()) for path, methods in document["paths"].items() for method in methods
    }
    assert routes == described


def test_its_examples_are_what_its_schemas_allow() -> None:
    def allows(name: str, value: object) -> bool:
        whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SCHEMAS}}
        return bool(Draft202012Validator(whole).is_valid(value))

    assert allows("Redemption", examples.REDEMPTION)
    assert all(allows(name, value) for name, value in examples.answers_of().items())
    assert read_code(examples.CODE)
    assert not allows("Redemption", {**examples.REDEMPTION, "sessions": 1})


def test_the_schemas_use_no_word_that_the_checker_does_not_know() -> None:
    known = {"type", "properties", "required", "additionalProperties", "items", "minItems",
             "maxItems", "minLength", "maxLength", "pattern", "format", "enum", "minimum",
             "maximum", "oneOf", "default"}  # fmt: skip

    def words(part: dict[str, object]) -> set[str]:
        inner = list(part.get("properties", {}).values())  # type: ignore[attr-defined]
        inner += [part["items"]] if "items" in part else []
        return set(part) | {word for one in inner for word in words(one)}

    assert words(schema.REDEMPTION) | words(schema.NOTHING) <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_and_the_page_speak_four_languages(client: FlaskClient, language: str) -> None:
    asked = {"Accept-Language": language}
    answer = client.get("/api/v1/openapi.json", headers=asked)
    assert answer.headers["Content-Language"] == language
    page = client.get("/api/v1/", headers=asked)
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text
    assert "POST /api/v1/redemptions" in page.text


def test_every_problem_has_its_page(client: FlaskClient) -> None:
    page = client.get("/api/v1/").text
    codes = {getattr(kind, "public_code", kind.code) for kind in KINDS} - {"device_revoked"}
    for code in codes:
        assert f"/api/v1/problems/{code}" in page
        assert client.get(f"/api/v1/problems/{code}").status_code == 200
    assert client.get("/api/v1/problems/nothing").status_code == 404


def test_a_problem_s_type_leads_to_its_page(roseraie: Software, client: FlaskClient) -> None:
    problem = roseraie.redeem(["hello"]).get_json()
    page = client.get(problem["type"])
    assert page.status_code == 200
    assert problem["title"] in page.text


def test_the_command_prints_the_document(app: Flask, document: dict[str, object]) -> None:
    printed = app.test_cli_runner().invoke(args=["openapi"])
    assert printed.exit_code == 0
    assert json.loads(printed.output) == document
    other = app.test_cli_runner().invoke(args=["openapi", "--language", "en"])
    assert json.loads(other.output) == json.loads(document_in("en"))
