"""How the door keeps short secrets: as keyed hashes, so that a stolen database opens nothing."""

import hmac


class SignInKeys:
    """Derived from the installation's secret key; each use has its own key."""

    def __init__(self, secret_key: str) -> None:
        """Derive the keys of codes and of counters."""
        self._codes = hmac.digest(secret_key.encode(), b"repit/sign-in/code", "sha256")
        self._counts = hmac.digest(secret_key.encode(), b"repit/sign-in/count", "sha256")

    def code_hash(self, token_hash: bytes, code: str) -> bytes:
        """Return what is stored of a six-digit code; it differs for every message."""
        return hmac.digest(self._codes, token_hash + code.encode(), "sha256")

    def count_key(self, what: str, value: str) -> bytes:
        """Return the name of a counter, from which neither address nor source can be read."""
        return hmac.digest(self._counts, f"{what}\n{value}".encode(), "sha256")
