"""Identifiers shown outside and secrets handed out once."""

import hashlib
import secrets
from uuid import UUID, uuid4

_PLAIN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def public_id() -> str:
    """Return an unguessable identifier for URLs (128 bits, 22 characters)."""
    return secrets.token_urlsafe(16)


def transfer_id() -> str:
    """Return an unguessable identifier that a bank carries (110 bits, 22 letters and figures)."""
    return "".join(_PLAIN[byte & 31] for byte in secrets.token_bytes(22))  # of 32 letters


def redemption_id() -> UUID:
    """Return the id of a redemption to come; a page makes it before anything is sent."""
    return uuid4()


def request_id() -> UUID:
    """Return the id of a request to come: the same one sent twice is done once."""
    return uuid4()


def secret_token() -> str:
    """Return a secret to hand out once (256 bits); only its fingerprint is stored."""
    return secrets.token_urlsafe(32)


def six_digits() -> str:
    """Return a six-digit one-time code."""
    return f"{secrets.randbelow(1_000_000):06d}"


def fingerprint(token: str) -> bytes:
    """Return what is stored of a secret that has enough entropy to need no salt."""
    return hashlib.sha256(token.encode()).digest()
