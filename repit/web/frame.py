"""What every template may use: the site's own facts, languages, navigation, the token."""

from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Flask, current_app
from flask_babel import get_locale

from repit.settings import Settings
from repit.web import formats, locale, navigation
from repit.web.forms import csrf_token
from repit.web.telephones import dialled, telephone

QUICK_EXIT = "https://www.wikipedia.org/"


@dataclass(frozen=True)
class Site:
    """What the pages say about this installation."""

    operator_name: str
    operator_phone: str
    demo: bool
    quick_exit: str = QUICK_EXIT

    @property
    def phone_link(self) -> str:
        """The telephone number as an address."""
        return f"tel:{dialled(self.operator_phone)}"


def register(app: Flask, settings: Settings) -> None:
    """Give the templates what the layouts need."""
    site = Site(settings.operator_name, telephone(settings.operator_phone), settings.demo)
    formats.register(app)
    app.jinja_env.globals.update(
        csrf_token=csrf_token,
        current_entry=navigation.current,
        here=navigation.here,
        has_page=_has_page,
    )
    app.jinja_env.add_extension("jinja2.ext.do")

    @app.context_processor
    def shared() -> dict[str, Any]:
        speaking: Locale = get_locale() or Locale(locale.SOURCE)
        return {
            "site": site,
            "languages": locale.LANGUAGES,
            "lang": speaking.language,
            "direction": speaking.text_direction,
            "nav": (),
            "signed_in": False,
        }


def _has_page(endpoint: str) -> bool:
    """Whether this installation serves the page (the demo has more than a real one)."""
    return endpoint in current_app.view_functions
