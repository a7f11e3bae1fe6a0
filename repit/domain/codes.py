"""The code on a voucher: eleven random symbols and one that checks them.

Crockford's base 32, so that it survives a telephone call and capital letters. The check
symbol makes the weighted sum over GF(32) zero; the twelve weights differ, so every single
wrong symbol and every swap of two symbols, at any distance, is caught.
"""

import hmac
import os
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
HASH_BYTES = 16
KEY_BYTES = 32

_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1 is primitive: the powers of x are all different
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_HEARD_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
_URL = re.compile(r"^\s*https?://[^/\s]+/v/([^/?#\s]+)", re.IGNORECASE)


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & 32 else doubled


def _products() -> list[list[int]]:
    """Return, per place and symbol, the symbol's share of the check."""
    table = [list(range(32))]
    for _ in range(LENGTH - 1):
        table.append([_times_x(value) for value in table[-1]])
    return table


_SHARE = _products()  # row 0 is the check symbol itself, row 1 the eleventh symbol, …


@dataclass(frozen=True)
class BadCode(Exception):
    """What was typed cannot be a code; `mistyped` when only the check symbol disagrees."""

    mistyped: bool


def check_symbol(body: str) -> str:
    """Return the twelfth symbol for eleven others."""
    total = 0
    for place, symbol in enumerate(reversed(body), start=1):
        total ^= _SHARE[place][_VALUE[symbol]]
    return ALPHABET[total]


def new_codes(count: int) -> list[str]:
    """Return that many fresh random codes (55 bits each)."""
    raw = os.urandom(8 * count)
    return [
        _code(int.from_bytes(raw[start : start + 8], "big") >> 9)
        for start in range(0, 8 * count, 8)
    ]


def _code(bits: int) -> str:
    body = []
    total = 0
    for place in range(LENGTH - 1, 0, -1):
        value = (bits >> (5 * (place - 1))) & 31
        total ^= _SHARE[place][value]
        body.append(ALPHABET[value])
    return "".join(body) + ALPHABET[total]


def read_code(text: str) -> str:
    """Return the code in what was typed, said or scanned.

    Args:
        text: the code with or without spaces, hyphens and capitals, or the whole QR URL.
            A longer token in the URL starts with the code; the rest serves offline use.

    Raises:
        BadCode: it is not twelve symbols, or the check symbol says one of them is wrong.
    """
    found = _URL.match(text)
    token = found.group(1) if found else text
    symbols = token.upper().translate(_HEARD_AS).strip()
    if found and len(symbols) > LENGTH:
        symbols = symbols[:LENGTH]
    if len(symbols) != LENGTH or any(symbol not in _VALUE for symbol in symbols):
        raise BadCode(mistyped=False)
    if check_symbol(symbols[:-1]) != symbols[-1]:
        raise BadCode(mistyped=True)
    return symbols


def derived_key(key: str, purpose: bytes) -> bytes:
    """Return the key (32 bytes) of another purpose, from the base64url text of the settings."""
    return _derive(_read_key(key), purpose, KEY_BYTES)


class CodeVault:
    """Looks codes up by a keyed hash and keeps them sealed: a stolen database spends nothing."""

    def __init__(self, key: bytes) -> None:
        """Derive the two working keys from the installation's code key (32 bytes)."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the code key must be {KEY_BYTES} bytes long")
        self._hash_key = _derive(key, b"repit/code/look-up", 32)
        self._seal = AESSIV(_derive(key, b"repit/code/seal", 64))

    @classmethod
    def from_text(cls, key: str) -> "CodeVault":
        """Build the vault from the base64url text of the settings."""
        return cls(_read_key(key))

    def hash(self, code: str) -> bytes:
        """Return the look-up key of a code (16 bytes)."""
        return hmac.digest(self._hash_key, code.encode(), "sha256")[:HASH_BYTES]

    def seal(self, code: str) -> bytes:
        """Return the code encrypted; the same code always seals to the same bytes."""
        return self._seal.encrypt(code.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Return the code that was sealed."""
        return self._seal.decrypt(sealed, None).decode()


def _read_key(key: str) -> bytes:
    return urlsafe_b64decode(key + "=" * (-len(key) % 4))


def _derive(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(key)
