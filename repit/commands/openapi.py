"""The command that prints the API's description: `flask --app wsgi openapi > openapi.json`."""

import click
from flask import Flask

from repit.settings import Settings
from repit.web.api.pages import document_in
from repit.web.locale import LANGUAGES, SOURCE


def register(app: Flask, settings: Settings) -> None:
    """Add the command to the application."""

    @app.cli.command("openapi")
    @click.option("--language", type=click.Choice(list(LANGUAGES)), default=SOURCE)
    def openapi(language: str) -> None:
        """Print the OpenAPI 3.1 document of the providers' API."""
        click.echo(document_in(language))
