"""What the address of a list asks for: which page of it, or all of it as a file."""

from flask import request

from repit.web.paging import page_number

__all__ = ["exporting", "page_number", "wanted_page"]


def exporting() -> bool:
    """Tell whether the list is asked for as a CSV file."""
    return request.args.get("format") == "csv"


def wanted_page() -> int | None:
    """Return the page asked for, or None when a file shall hold them all."""
    return None if exporting() else page_number()
