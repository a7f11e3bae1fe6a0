"""The entries of a navigation, which of them the reader is in, and links to this page."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel.speaklater import LazyString


class Entry(NamedTuple):
    """One link: its endpoint, its words, its icon."""

    endpoint: str
    label: str | LazyString
    icon: str


def current(entries: Sequence[Entry]) -> str:
    """Return the endpoint of the entry that holds this page: the longest matching address."""
    inside = [
        (len(address), entry[0])
        for entry in entries
        if _holds(address := url_for(entry[0]), request.path)
    ]
    return max(inside, default=(0, ""))[1]


def _holds(address: str, path: str) -> bool:
    return path == address or path.startswith(address.rstrip("/") + "/")


def here(**changes: object) -> str:
    """Return this page's address with some of its filters changed; None takes one away."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    new = [(name, str(value)) for name, value in changes.items() if value is not None]
    query = urlencode(kept + new)
    return f"{request.path}?{query}" if query else request.path
