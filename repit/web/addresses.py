"""Addresses that came from outside, made safe to send someone to."""

from urllib.parse import urlsplit


def same_site(address: str) -> str:
    """Return the address when it stays on this site, else the home page."""
    if not address.startswith("/") or address.startswith("//") or not address.isprintable():
        return "/"
    if "\\" in address:  # some browsers read a backslash as a slash
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc else address
