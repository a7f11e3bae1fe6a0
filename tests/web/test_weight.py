import gzip
import re

import brotli
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
BROTLI = {"Accept-Encoding": "br"}


def fetch(client: FlaskClient, address: str) -> tuple[int, Headers]:
    """Return how many bytes an address costs, and its headers; static files are closed."""
    with client.get(address, headers=BROTLI) as answer:
        return len(answer.data), answer.headers


def test_pages_are_compressed_when_the_browser_can(client: FlaskClient) -> None:
    plain = client.get("/")
    small = client.get("/", headers={"Accept-Encoding": "gzip, deflate, br"})
    older = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "br"
    assert older.headers["Content-Encoding"] == "gzip"
    assert brotli.decompress(small.data) == gzip.decompress(older.data)
    assert len(small.data) < len(plain.data) / 2
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_what_another_site_chose_to_ask_is_not_compressed(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "br", "Sec-Fetch-Site": "cross-site"}
    assert "Content-Encoding" not in client.get("/?q=guess", headers=headers).headers
    assert client.get("/", headers=headers).headers["Content-Encoding"] == "br"


def test_static_files_are_kept_a_year_under_an_address_of_their_content(
    client: FlaskClient,
) -> None:
    addresses = set(STATIC.findall(client.get("/").text))
    assert len(addresses) >= 6
    for address in addresses:
        assert "?v=" in address
        _, headers = fetch(client, address)
        assert headers["Cache-Control"] == "public, max-age=31536000"


def test_a_static_file_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    _, first = fetch(client, "/static/css/base.css")
    known = {**BROTLI, "If-None-Match": first["ETag"]}
    with client.get("/static/css/base.css", headers=known) as again:
        assert again.status_code == 304


def test_the_first_page_is_light_and_the_next_lighter(client: FlaskClient) -> None:
    page, _ = fetch(client, "/")
    addresses = set(STATIC.findall(client.get("/").text)) | {"/static/img/icons.svg"}
    files = sum(fetch(client, address)[0] for address in addresses)
    assert page < 8_000
    assert page + files < 30_000
