"""What makes a setting unusable, said so that the person at the keyboard can mend it."""

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SECRET_KEY_CHARACTERS = 32
CODE_KEY_BYTES = 32
MOST_PROXIES = 5
_STRIPE_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9]{8,}")
_WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,}")
DATABASES = {"sqlite", "postgresql", "postgresql+psycopg", "postgres"}


def is_loopback(public_url: str) -> bool:
    """Whether only this machine can reach the address."""
    parts = _split(public_url)
    return parts is not None and parts.hostname in LOOPBACK


def public_url_problems(public_url: str, *, demo: bool) -> list[str]:
    """Return what is wrong with the address visitors use."""
    parts = _split(public_url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return [f"REPIT_PUBLIC_URL: {public_url!r} is not an address like https://repit.example"]
    problems = []
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        problems.append("REPIT_PUBLIC_URL must be a scheme and a host, nothing after and no user")
    if demo and not is_loopback(public_url):
        problems.append("REPIT_DEMO=1 opens every door: REPIT_PUBLIC_URL must be this machine")
    if parts.scheme == "http" and not is_loopback(public_url):
        problems.append("REPIT_PUBLIC_URL must be https, except on this machine")
    return problems


def secret_key_problems(key: str | None) -> list[str]:
    """Return what is wrong with the key that signs sessions."""
    if not key:
        return ["REPIT_SECRET_KEY is missing (REPIT_DEMO=1 supplies one)"]
    if len(key) < SECRET_KEY_CHARACTERS or len(set(key)) < SECRET_KEY_CHARACTERS // 4:
        return [f"REPIT_SECRET_KEY must be {SECRET_KEY_CHARACTERS} random characters or more"]
    return []


def code_key_problems(key: str | None) -> list[str]:
    """Return what is wrong with the key that finds and seals the codes."""
    if not key:
        return ["REPIT_CODE_KEY is missing (REPIT_DEMO=1 supplies one)"]
    raw = _base64url(key)
    if raw is None or len(raw) != CODE_KEY_BYTES:
        return [f"REPIT_CODE_KEY must be base64url of exactly {CODE_KEY_BYTES} bytes"]
    if len(set(raw)) < CODE_KEY_BYTES // 4:
        return ["REPIT_CODE_KEY is not random: make one with secrets.token_bytes(32)"]
    return []


def key_reuse_problems(keys: Mapping[str, str], demo_keys: Mapping[str, str]) -> list[str]:
    """Return the keys that serve twice, or that a demo made."""
    problems = []
    if keys and len(set(keys.values())) < len(keys):
        problems.append("REPIT_SECRET_KEY and REPIT_CODE_KEY must differ")
    problems += [
        f"{name} is the demo's key: make another for a real installation"
        for name, value in keys.items()
        if value == demo_keys.get(name)
    ]
    return problems


def database_problems(url: str) -> list[str]:
    """Return what is wrong with the database's address; empty means the embedded one."""
    if not url:
        return []
    try:
        parsed = make_url(url)
    except ArgumentError:
        return ["REPIT_DATABASE_URL is not an address like postgresql://user:password@host/name"]
    if parsed.drivername not in DATABASES:
        return [f"REPIT_DATABASE_URL: {parsed.drivername!r} is neither sqlite nor postgresql"]
    if parsed.drivername != "sqlite" and not parsed.database:
        return ["REPIT_DATABASE_URL names no database"]
    return []


def worker_problems(workers: str | None, database_url: str) -> list[str]:
    """Return what is wrong with the number of processes."""
    if not workers:
        return []
    if not workers.isascii() or not workers.isdigit() or int(workers) < 1:
        return [f"WEB_CONCURRENCY: {workers!r} is not a number of processes"]
    if int(workers) > 1 and database_url in {"sqlite://", "sqlite:///:memory:"}:
        return ["a database in memory cannot serve several processes (WEB_CONCURRENCY)"]
    return []


def proxy_problems(proxies: str | None) -> list[str]:
    """Return what is wrong with the number of proxies; one too many lets callers lie."""
    if not proxies or (proxies.isascii() and proxies.isdigit() and int(proxies) <= MOST_PROXIES):
        return []
    return [f"REPIT_PROXIES: {proxies!r} is not a number of proxies, 0 to {MOST_PROXIES}"]


def smtp_problems(url: str | None, sender: str | None) -> list[str]:
    """Return what is wrong with the way letters leave."""
    if not url:
        return []
    parts = _split(url)
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        return ["REPIT_SMTP_URL is not an address like smtp://user:password@host:587?tls"]
    name, _, domain = (sender or "").partition("@")
    if not name or not domain:
        return ["REPIT_MAIL_FROM must be an e-mail address when REPIT_SMTP_URL is set"]
    return []


def stripe_problems(key: str | None, webhook_secret: str | None, *, public_url: str) -> list[str]:
    """Return what is wrong with the keys that let people pay online; both, or none of them."""
    if not key and not webhook_secret:
        return []
    problems = []
    if not key:
        problems.append("REPIT_STRIPE_KEY is missing: REPIT_STRIPE_WEBHOOK_SECRET is set")
    elif not _STRIPE_KEY.fullmatch(key):
        problems.append("REPIT_STRIPE_KEY must be a secret key: sk_test_…, sk_live_… or rk_…")
    elif "_live_" in key and is_loopback(public_url):
        problems.append(
            "REPIT_STRIPE_KEY moves real money: REPIT_PUBLIC_URL must be an address Stripe reaches"
        )
    if not webhook_secret:
        problems.append("REPIT_STRIPE_WEBHOOK_SECRET is missing: REPIT_STRIPE_KEY is set")
    elif not _WEBHOOK_SECRET.fullmatch(webhook_secret):
        problems.append("REPIT_STRIPE_WEBHOOK_SECRET must be the endpoint's secret: whsec_…")
    return problems


def psycopg_url(url: str) -> str:
    """Return the address with the driver this project installs."""
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg{separator}{rest}"
    return url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a bad port only shows when it is read
    except ValueError:
        return None
    return parts


def _base64url(text: str) -> bytes | None:
    try:
        padded = text + "=" * (-len(text) % 4)
        return b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
