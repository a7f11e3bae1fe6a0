"""Who is here, and who may enter which part of the site.

The cookie holds a random key, the database what it opens: ending the row ends the visit
(repit/decisions/0011-signed-in-browsers.md).
"""

from dataclasses import dataclass

from flask import (
    Flask,
    Response,
    abort,
    has_request_context,
    redirect,
    request,
    session,
    url_for,
)
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.actors import Actor
from repit.domain.people.service import speak
from repit.domain.stays import queries
from repit.domain.stays.queries import CHOOSING, Visitor
from repit.settings import Settings
from repit.web import database, locale

__all__ = [
    "ANYONE",
    "Guard",
    "Visitor",
    "actor",
    "require",
    "safe_next",
    "visitor",
    "visitor_or_none",
]

ANYONE = "anyone"
KEY = "stay"
MEMO = "repit.visitor"
LONGEST_NEXT = 512


@dataclass(frozen=True)
class Guard:
    """Lets these roles in. A blueprint has exactly one, as its only `before_request`."""

    roles: frozenset[str]

    def __call__(self) -> AnyResponse | None:
        """Let the request through, send to the sign-in page, or answer that nothing is here."""
        if ANYONE in self.roles:
            return None
        here = visitor_or_none()
        if here is None:
            return _ask_to_sign_in()
        if here.role == CHOOSING:
            return redirect(url_for("account.choose_role"), 303)
        if here.role not in self.roles:
            abort(404)  # an outsider learns nothing, not even that the page exists
        return None


def require(*roles: str) -> Guard:
    """Return a guard: `blueprint.before_request(require("operator"))`."""
    if not roles:
        raise ValueError("a guard names the roles it lets in, or ANYONE")
    return Guard(frozenset(roles))


def visitor() -> Visitor:
    """Return who is signed in; behind a guard that is not ANYONE there is always somebody."""
    here = visitor_or_none()
    if here is None:
        abort(404)
    return here


def visitor_or_none() -> Visitor | None:
    """Return who is signed in, if anybody is. Asks the database once per request."""
    # On the request rather than on `g`: a test keeps one `g` for several requests.
    if MEMO not in request.environ:
        key = session.get(KEY)
        found = queries.visitor(database.session(), str(key), clock.now()) if key else None
        request.environ[MEMO] = found
    here: Visitor | None = request.environ[MEMO]
    return here


def forget_visitor() -> None:
    """Ask the database again: the stay has just begun, changed or ended."""
    request.environ.pop(MEMO, None)


def actor() -> Actor:
    """Return the signed-in person, as transfers and events name them."""
    return actors.person(visitor().person_id)


def register(app: Flask) -> None:
    """Let the signed-in person's language speak, and believe our own proxies about callers."""
    locale.follow_person(app, locale.PersonLanguage(read=_language, remember=_remember))
    app.context_processor(_roles)
    settings: Settings = app.extensions["repit.settings"]
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]


def safe_next(target: str | None) -> str | None:
    """Return the address to go on to, if it is a page of this site and nothing else."""
    if not target or len(target) > LONGEST_NEXT:
        return None
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    # Browsers drop tabs and line ends and read « \\ » as « / ».
    if "\\" in target or not target.isprintable():
        return None
    return target


def _ask_to_sign_in() -> AnyResponse:
    onward = None
    if request.method in {"GET", "HEAD"}:
        onward = safe_next(request.full_path.rstrip("?"))
    door = url_for("account.enter", next=onward)
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        # A script asked: it would show the sign-in page inside the one it is on.
        return Response(status=401, headers={"HX-Redirect": door})
    return redirect(door, 303)


def _roles() -> dict[str, object]:
    """Tell the layouts whether somebody is in already, and whether to offer another role."""
    if not has_request_context():
        return {}
    here = visitor_or_none()
    return {
        "inside_already": here is not None,
        "other_roles": here is not None and here.other_roles,
    }


def _language() -> str | None:
    here = visitor_or_none()
    return here.locale if here else None


def _remember(language: str) -> None:
    here = visitor_or_none()
    if here is None:
        return
    db = database.session()
    with unit_of_work(db):
        speak(db, here.person_id, language)
