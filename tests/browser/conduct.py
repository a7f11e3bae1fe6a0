"""How every page must behave, whatever a test is about."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# Chromium writes this for every refusal, and refusals are answers here.
EXPECTED_REFUSAL = "Failed to load resource: the server responded with a status of 4"
# Only where a test takes the network away.
NO_NETWORK = (
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",
    "An unknown error occurred when fetching the script.",  # of a service worker
)


class Conduct:
    """What pages did wrong: a policy violated, a script that failed, a call to another host."""

    def __init__(self, home: str) -> None:
        """`home` is the only address pages may call."""
        self.home = urlsplit(home).netloc
        self.complaints: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a browser context, those to come included."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((EXPECTED_REFUSAL, *NO_NETWORK)):
            self.complaints.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.home:
            self.complaints.append(f"request to another host: {request.url}")
