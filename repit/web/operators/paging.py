"""What the address of a list asks for: which page of it, or all of it as a file."""

from flask import request


def page_number() -> int:
    """Return the page asked for; anything else is the first."""
    return max(1, min(request.args.get("page", 1, type=int), 1_000_000))


def exporting() -> bool:
    """Tell whether the list is asked for as a CSV file."""
    return request.args.get("format") == "csv"


def wanted_page() -> int | None:
    """Return the page asked for, or None when a file shall hold them all."""
    return None if exporting() else page_number()
