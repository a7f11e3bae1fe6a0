"""`flask --app wsgi demo`: a town to play with, and how to enter it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from flask import Flask

from repit.commands.notices import fresh_link
from repit.commands.upkeep import bring_to_shape
from repit.db.unit_of_work import end_reading
from repit.domain import clock
from repit.domain.codes import CodeVault
from repit.domain.releases.drafting import Instance
from repit.settings import INSTANCE, Settings
from repit.web import database

FILE = "demo.json"
_ROLES = {
    "parent": "Parent",
    "provider": "Prestataire",
    "operator": "Porteur",
    "second_operator": "Porteur 2",
    "facilitator": "Animatrice",
    "funder": "Financeur",
}


def register(app: Flask, settings: Settings) -> None:
    """Add the command to the application."""

    @app.cli.command("demo")
    def demo() -> None:
        """Migrate, play eighteen months when the database is empty, print the ways in."""
        if not settings.demo:
            raise click.ClickException("Only for a demo: set REPIT_DEMO=1 (make demo does).")
        bring_to_shape()
        known = _known_or_seeded(settings)
        links = {role: fresh_link(email) for role, email in known["emails"].items()}
        _write(known | {"base_url": settings.public_url, "sign_in": links})
        click.echo(f"\n  {settings.public_url}\n")
        for role, link in links.items():
            click.echo(f"  {_ROLES[role]:12} {known['emails'][role]:44} {link}")
        click.echo("\n  A fresh link: REPIT_DEMO=1 .venv/bin/flask --app wsgi sign-in EMAIL")
        click.echo("  Messages sent: /dev/outbox\n")


def _known_or_seeded(settings: Settings) -> dict[str, Any]:
    """Return what somebody needs to try a client; it is written once, when the town is made."""
    from repit.demo.seed import Seeded, is_empty, seed  # noqa: PLC0415  (its bank needs lxml)

    db = database.session()
    if not is_empty(db):
        return dict(json.loads((INSTANCE / FILE).read_text(encoding="utf-8")))
    end_reading(db)
    click.echo("Playing eighteen months of chèques répit…")
    seeded: Seeded = seed(
        database.extension.engine,
        CodeVault.from_text(settings.code_key),
        clock.now(),
        instance=Instance.of(settings.operator_name, settings.code_key),
    )
    known = asdict(seeded)
    return {
        "api_tokens": known["tokens"],
        "codes": known["codes"],
        "emails": known["emails"],
    }


def _write(known: dict[str, Any]) -> None:
    path: Path = INSTANCE / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    path.chmod(0o600)  # it opens doors, if only of a demo
