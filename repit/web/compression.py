"""Send less over a small data plan: brotli, else gzip (repit/decisions/0010-compression.md)."""

import gzip
from functools import lru_cache

import brotli
from flask import Flask, Response, request

SMALLEST = 600
TYPES = {
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/problem+json",
    "application/wasm",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/plain",
}


def register(app: Flask) -> None:
    """Compress what shrinks, when the browser accepts it."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in TYPES or response.status_code not in {200, *range(400, 600)}:
            return response
        response.vary.add("Accept-Encoding")
        coding = request.accept_encodings.best_match(["br", "gzip"])
        if coding is None or _leaves_as_is(response):
            return response
        response.direct_passthrough = False
        body = response.get_data()
        if len(body) < SMALLEST:
            return response
        shrink = _shrink_once if request.endpoint == "static" else _shrink
        response.set_data(shrink(body, coding))
        response.headers["Content-Encoding"] = coding
        etag, _ = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)
        return response


def _leaves_as_is(response: Response) -> bool:
    streamed = response.is_streamed and request.endpoint != "static"
    ranged = "Range" in request.headers
    return streamed or ranged or "Content-Encoding" in response.headers or _reflects_a_stranger()


def _reflects_a_stranger() -> bool:
    """Whether another site chose what this answer repeats: its size must tell it nothing."""
    foreign = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    return foreign and bool(request.query_string)


@lru_cache(maxsize=64)
def _shrink_once(body: bytes, coding: str) -> bytes:
    """Files never change while we run: press them harder, once."""
    return _shrink(body, coding, brotli_quality=9)


def _shrink(body: bytes, coding: str, brotli_quality: int = 5) -> bytes:
    if coding == "br":
        return bytes(brotli.compress(body, quality=brotli_quality))
    return gzip.compress(body, compresslevel=6, mtime=0)
