"""Read what a request carries: its token and its JSON. Strict, because money follows from it."""

import json
from collections import Counter
from json import JSONDecodeError
from typing import Any

from werkzeug.http import parse_options_header

from repit.domain.ids import fingerprint
from repit.web.api.checking import MOST_FLAWS, Flaw, escaped
from repit.web.api.troubles import (
    DuplicateMembers,
    EncodedContent,
    MalformedJson,
    NotJson,
    NotUtf8,
    TokenNotValid,
    TooLarge,
)

Environ = dict[str, Any]

LARGEST = 65_536
JSON = "application/json"
UTF8 = {"utf-8", "utf8"}


def key_of(environ: Environ) -> bytes:
    """Return the fingerprint of the request's token.

    Raises:
        TokenNotValid: there is none.
    """
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    token = token.strip()
    if not token or scheme.lower() != "bearer":
        raise TokenNotValid
    return fingerprint(token)


def json_of(environ: Environ) -> Any:
    """Return the request's JSON value.

    Raises:
        NotJson, EncodedContent: it says that it is something else (415).
        TooLarge: more than 64 kB (413).
        NotUtf8, MalformedJson, DuplicateMembers: it cannot be read (400).
    """
    _check_headers(environ)
    return parse(_body(environ))


def parse(body: bytes) -> Any:
    """Return the value of a JSON text; a member given twice is a mistake, not the last wins.

    Raises:
        NotUtf8, MalformedJson, DuplicateMembers: see their names.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as bad:
        raise NotUtf8(byte=bad.start + 1) from bad
    try:
        return _DECODER.decode(text)
    except JSONDecodeError as bad:
        raise MalformedJson(line=bad.lineno, column=bad.colno) from bad
    except (ValueError, RecursionError) as bad:  # thousands of digits, or of brackets
        raise MalformedJson(line=1, column=1) from bad


def _check_headers(environ: Environ) -> None:
    given = environ.get("CONTENT_TYPE", "")
    if given != JSON:
        kind, options = parse_options_header(given)
        if kind.lower() != JSON or options.get("charset", "utf-8").lower() not in UTF8:
            raise NotJson(given=given[:100])
    if environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise EncodedContent


def _body(environ: Environ) -> bytes:
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced.isascii() and announced.isdigit():
        length = int(announced)
        if length > LARGEST:
            raise TooLarge(most_bytes=LARGEST)
        body: bytes = environ["wsgi.input"].read(length)
        return body
    if not environ.get("wsgi.input_terminated"):
        return b""
    chunks: bytes = environ["wsgi.input"].read(LARGEST + 1)  # nobody said how many
    if len(chunks) > LARGEST:
        raise TooLarge(most_bytes=LARGEST)
    return chunks


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        count = Counter(name for name, _ in pairs)
        twice = [name for name, times in count.items() if times > 1]
        raise DuplicateMembers([Flaw(f"/{escaped(name)}", "twice") for name in twice[:MOST_FLAWS]])
    return members


def _number(text: str) -> float:
    """Return 60 for `60.0`: the same number, says JSON Schema."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _no_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity are not JSON


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=_number, parse_constant=_no_constant
)
