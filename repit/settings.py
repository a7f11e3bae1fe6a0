"""Read the environment once, check it, and hand over plain values."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from repit import instance_keys, operator_logo
from repit.settings_checks import (
    code_key_problems,
    database_problems,
    is_loopback,
    key_reuse_problems,
    proxy_problems,
    psycopg_url,
    public_url_problems,
    secret_key_problems,
    smtp_problems,
    stripe_problems,
    worker_problems,
)

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instance"
DEFAULT_PUBLIC_URL = "http://127.0.0.1:5000"
STAND_IN = "stripe-stand-in.json"


class SettingsError(Exception):
    """The environment is unusable; the message names every variable to fix."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems one by one, and show them one per line."""
        self.problems = problems
        super().__init__("\n".join(["The settings cannot work:", *(f"- {p}" for p in problems)]))


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations."""

    secret_key: str
    code_key: str  # base64url of 32 bytes: finds and seals the voucher codes
    database_url: str
    public_url: str = DEFAULT_PUBLIC_URL
    demo: bool = False
    debug: bool = False
    smtp_url: str | None = None
    mail_from: str = "ne-pas-repondre@localhost"
    operator_name: str = "Chèques répit"
    operator_phone: str = ""
    operator_logo: str = ""
    """SVG text, on papers; see `operator_logo`."""
    proxies: int = 0
    """How many proxies of ours stand in front and say who calls (X-Forwarded-For)."""
    stripe_key: str | None = None
    """Without it nothing is paid online, and nothing says that it could be."""
    stripe_webhook_secret: str | None = None
    stripe_stand_in: Path | None = None
    """In a demo without a key: the file in which an imitation of Stripe keeps its books."""

    @property
    def secure(self) -> bool:
        """Whether visitors reach us over https."""
        return self.public_url.startswith("https://")


def from_environment(
    environment: Mapping[str, str] = os.environ, instance: Path = INSTANCE
) -> Settings:
    """Return the settings, or refuse to start with the full list of what is wrong.

    Raises:
        SettingsError: one or several settings are missing or cannot work.
    """
    given = {name: value.strip() for name, value in environment.items()}
    demo = given.get("REPIT_DEMO") == "1"
    public_url = given.get("REPIT_PUBLIC_URL", DEFAULT_PUBLIC_URL).rstrip("/")
    database_url = given.get("REPIT_DATABASE_URL") or given.get("DATABASE_URL") or ""
    problems = [
        *public_url_problems(public_url, demo=demo),
        *database_problems(database_url),
        *worker_problems(given.get("WEB_CONCURRENCY"), database_url),
        *proxy_problems(given.get("REPIT_PROXIES")),
        *smtp_problems(given.get("REPIT_SMTP_URL"), given.get("REPIT_MAIL_FROM")),
        *operator_logo.problems(given.get(operator_logo.NAME)),
        *stripe_problems(
            given.get("REPIT_STRIPE_KEY"),
            given.get("REPIT_STRIPE_WEBHOOK_SECRET"),
            public_url=public_url,
        ),
    ]
    supplied = instance_keys.load(instance) if demo and is_loopback(public_url) else {}
    keys = {**supplied, **{name: given[name] for name in instance_keys.NAMES if given.get(name)}}
    problems += secret_key_problems(keys.get("REPIT_SECRET_KEY"))
    problems += code_key_problems(keys.get("REPIT_CODE_KEY"))
    problems += key_reuse_problems(keys, instance_keys.known(instance) if not demo else {})
    if problems:
        raise SettingsError(problems)
    return Settings(
        secret_key=keys["REPIT_SECRET_KEY"],
        code_key=keys["REPIT_CODE_KEY"],
        database_url=psycopg_url(database_url) or _embedded_database(instance),
        public_url=public_url,
        demo=demo,
        debug=given.get("FLASK_DEBUG") == "1",
        smtp_url=given.get("REPIT_SMTP_URL") or None,
        mail_from=given.get("REPIT_MAIL_FROM") or Settings.mail_from,
        operator_name=given.get("REPIT_OPERATOR_NAME") or Settings.operator_name,
        operator_phone=given.get("REPIT_OPERATOR_PHONE", ""),
        operator_logo=operator_logo.load(given.get(operator_logo.NAME)),
        proxies=int(given.get("REPIT_PROXIES") or 0),
        stripe_key=given.get("REPIT_STRIPE_KEY") or None,
        stripe_webhook_secret=given.get("REPIT_STRIPE_WEBHOOK_SECRET") or None,
        stripe_stand_in=(
            instance / STAND_IN if demo and not given.get("REPIT_STRIPE_KEY") else None
        ),
    )


def _embedded_database(instance: Path) -> str:
    instance.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{instance / 'repit.sqlite3'}"
