"""The browser somebody signs in with: what to call it, where it is, the secret it keeps."""

from ipaddress import IPv6Address, ip_address

from flask import Response, current_app, request, session
from flask_babel import gettext

from repit.domain import ids
from repit.domain.stays.service import Browser

COOKIE = "appareil"
KEPT_SECONDS = 400 * 24 * 3600  # the longest that browsers accept
OWN = "own_device"
TOKEN_LENGTH = 43

# The first one found counts: everybody claims to be Safari, and Edge to be Chrome.
BROWSERS = (
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("OPR/", "Opera"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def this_browser(*, own: bool = False) -> Browser:
    """Return the browser of this request; a new one gets its secret with `remember`."""
    kept = request.cookies.get(COOKIE, "")
    token = kept if len(kept) == TOKEN_LENGTH else ids.secret_token()
    return Browser(token=token, name=name_of(request.user_agent.string), own=own)


def remember(response: Response, browser: Browser) -> None:
    """Let the browser keep its secret: the provider's device is found again by it."""
    response.set_cookie(
        COOKIE,
        browser.token,
        max_age=KEPT_SECONDS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def is_own() -> bool:
    """Whether the visitor said that nobody else uses this browser."""
    return bool(session.get(OWN))


def name_of(user_agent: str) -> str:
    """Return « Firefox sur Android »."""
    browser = _first(BROWSERS, user_agent) or gettext("Navigateur")
    system = _first(SYSTEMS, user_agent)
    if system is None:
        return browser
    return gettext("%(browser)s sur %(system)s", browser=browser, system=system)


def source() -> str:
    """Return where the request comes from; in IPv6 a home has a whole /64 to itself."""
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  (a name, not a socket)
    if isinstance(address, IPv6Address):
        return address.exploded[:19]
    return str(address)


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for mark, name in known if mark in user_agent), None)
