"""Which page of a list an address asks for."""

from flask import request

LAST_PAGE = 1_000_000


def page_number() -> int:
    """Return the page asked for; anything else is the first."""
    return max(1, min(request.args.get("page", 1, type=int), LAST_PAGE))
