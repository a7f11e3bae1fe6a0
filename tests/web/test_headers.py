from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from repit.app import create_app
from repit.web.access import ANYONE, require
from tests.settings import settings_for


def reachable(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            yield str(rule.rule)


def test_every_answer_tells_the_browser_what_to_refuse(demo: FlaskClient) -> None:
    addresses = [*reachable(demo.application), "/static/css/base.css", "/nowhere"]
    for address in addresses:
        with demo.get(address) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "unsafe-inline" not in policy, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "no-referrer", address
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_only_scan_pages_may_compile_the_reader_and_open_the_camera(trials: Flask) -> None:
    client = trials.test_client()
    scan, home = client.get("/trials/scan").headers, client.get("/").headers
    assert "'wasm-unsafe-eval'" in scan["Content-Security-Policy"]
    assert "'wasm-unsafe-eval'" not in home["Content-Security-Policy"]
    assert "camera=(self)" in scan["Permissions-Policy"]
    assert "camera=()" in home["Permissions-Policy"]


def test_https_is_remembered_and_its_cookies_are_locked(database_url: str) -> None:
    settings = settings_for(database_url, public_url="https://repit.example")
    client = create_app(settings).test_client()
    answer = client.get("/", base_url="https://repit.example")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    assert client.application.config["SESSION_COOKIE_NAME"] == "__Host-repit"
    assert client.get("/", base_url="https://evil.example").status_code == 400


def test_a_page_made_for_someone_is_kept_nowhere(trials: Flask) -> None:
    client = trials.test_client()
    assert client.get("/trials/signed-in").headers["Cache-Control"] == "no-store"
    assert trials.test_client().get("/").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:9"}, 403),
    ],
)
def test_changes_come_from_our_pages(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/langue", data={"language": "nl"}, headers=headers)
    assert answer.status_code == status


def test_guards_stay_on_public_pages(app: Flask) -> None:
    assert app.before_request_funcs["public"] == [require(ANYONE)]
