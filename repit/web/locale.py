"""Which language a page speaks: chosen, else the person's, else the browser's, else French."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, request
from flask_babel import Babel, refresh

LANGUAGES = {"fr": "Français", "nl": "Nederlands", "en": "English", "ar": "العربية"}
SOURCE = "fr"
COOKIE = "lang"
ONE_YEAR = 31_536_000
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
TIME_ZONE = "Europe/Paris"


@dataclass(frozen=True)
class PersonLanguage:
    """How the account pages tell us the signed-in person's language, and learn a new choice."""

    read: Callable[[], str | None]
    remember: Callable[[str], None]


def register(app: Flask) -> None:
    """Set up the translations and the choice among them."""
    compile_catalogues(TRANSLATIONS)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = SOURCE
    app.config["BABEL_DEFAULT_TIMEZONE"] = TIME_ZONE
    Babel(app, locale_selector=choose)
    app.before_request(_choose_again)


def follow_person(app: Flask, person: PersonLanguage) -> None:
    """Let the signed-in person's own language count, and be changed by a choice."""
    app.extensions["repit.person_language"] = person


def person_language() -> PersonLanguage | None:
    """Return what the account pages registered, if they did."""
    person: PersonLanguage | None = current_app.extensions.get("repit.person_language")
    return person


def choose() -> str:
    """Return the language of this answer."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    person = person_language()
    own = person.read() if person else None
    if own in LANGUAGES:
        return own
    return _preferred_by_browser()


def _choose_again() -> None:
    """Flask-Babel remembers on the application's context, which may outlive one request."""
    refresh()


def _preferred_by_browser() -> str:
    """« nl-BE » comes before a second-choice « fr », which Werkzeug's exact match would take."""
    for tag, quality in request.accept_languages:
        language = tag.partition("-")[0].lower()
        if quality > 0 and language in LANGUAGES:
            return language
    return SOURCE


def compile_catalogues(folder: Path) -> None:
    """Compile every catalogue that changed since it was last compiled."""
    for source in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        language = source.parent.parent.name
        with source.open("rb") as lines:
            catalogue = read_po(lines, locale=language)
        if language == SOURCE:
            _speak_source(catalogue)
        draft = target.with_suffix(f".mo.{os.getpid()}")
        with draft.open("wb") as compiled:
            write_mo(compiled, catalogue)
        draft.replace(target)  # whole or not at all: another process may be reading


def _speak_source(catalogue: Catalog) -> None:
    """Without a French catalogue Python would apply English plurals: « 0 chèques »."""
    for message in catalogue:
        if not message.id or any(message.string or ()):
            continue
        forms = [message.id] if isinstance(message.id, str) else message.id
        kept = tuple(_keep_marks_together(form) for form in forms)
        message.string = kept[0] if isinstance(message.id, str) else kept


def _keep_marks_together(words: str) -> str:
    """A line never ends between a French quotation mark and what it quotes."""
    return words.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
