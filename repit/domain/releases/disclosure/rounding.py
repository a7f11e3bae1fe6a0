"""Rounding that is secret, lasting and unbiased.

A figure goes to the multiple of its step below or above it, above the more often the nearer it
is, so that means are kept. Which one depends on a secret key and on which figure it is, never on
the release: the same cell has the same value for ever, and asking again tells nothing more.
"""

import hmac
from collections.abc import Sequence
from datetime import date

STEPS = 1 << 64


def rounded(value: int, step: int, key: bytes, identity: Sequence[str]) -> int:
    """Return a neighbouring multiple of `step`; a multiple stays as it is.

    Args:
        value: In any whole unit; below zero too.
        step: In the same unit; the error is at most `step` - 1.
        key: Secret; whoever has it can tell how a figure was rounded.
        identity: Which figure it is, see `identity_of`.
    """
    if step <= 1:
        return value
    below, over = divmod(value, step)
    said = "\x1f".join(identity).encode()
    dice = int.from_bytes(hmac.digest(key, said, "sha256")[:8], "big")
    return (below + (dice * step < over * STEPS)) * step


def identity_of(name: str, scope: str, first: date, last: date, at: Sequence[str]) -> list[str]:
    """Return the texts that make a figure this one and no other."""
    return ["repit release", name, scope, first.isoformat(), last.isoformat(), *at]
