from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from repit.web import locale
from repit.web.access import ANYONE, require, safe_next

blueprint = Blueprint("public", __name__)
blueprint.before_request(require(ANYONE))


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return render_template("public/home.html")


@blueprint.get("/aide")
def help_page() -> ResponseReturnValue:
    return render_template("public/help.html")


@blueprint.get("/accessibilite")
def accessibility() -> ResponseReturnValue:
    return render_template("public/accessibility.html")


@blueprint.get("/confidentialite")
def privacy() -> ResponseReturnValue:
    return render_template("public/privacy.html")


@blueprint.post("/langue")
def choose_language() -> ResponseReturnValue:
    return _speak(request.form.get("language", ""), request.form.get("next", "/"))


@blueprint.get("/langue/<language>")
def link_language(language: str) -> ResponseReturnValue:
    """Same choice from a plain link; a preference is the only thing this GET changes."""
    return _speak(language, request.args.get("next", "/"))


def _speak(language: str, after: str) -> ResponseReturnValue:
    if language not in locale.LANGUAGES:
        raise NotFound
    person = locale.person_language()
    if person and request.method == "POST":
        person.remember(language)
    response = redirect(safe_next(after) or "/", 303)
    response.set_cookie(
        locale.COOKIE,
        language,
        max_age=locale.ONE_YEAR,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response
