"""Ask for everything somebody could reach, and read it as far as it can be read.

Every route of the application with every name one may know, what the pages link to, forms sent
with nonsense, and files opened: sheets unzipped, documents read page by page.
"""

import html
import io
import re
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from repit.web.access import ANYONE
from tests.journeys.access_table import ENDS_THE_VISIT, PLACES, Word
from tests.journeys.routes import Route, routes
from tests.journeys.two_sides import Visitor, made_up

LINK = re.compile(r'(?:href|src|action|data-[a-z-]+)="([^"#]+)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
AS_FILES = ("csv", "format=csv", "format=pdf", "format=xlsx", "format=json")
MOST = 3_000
SENT_HOME = ("/static/", "/sortir", "/quitter")


@dataclass
class Crawl:
    """What one visitor was answered, by address; and what kinds of answers these were."""

    visitor: Visitor
    read: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)

    def everywhere(self, app: Flask) -> None:
        """Ask for every address there is, then for what the answers lead to."""
        every = [route for route in routes(app) if route.endpoint not in ENDS_THE_VISIT]
        waiting = deque(
            address
            for route in every
            if route.method == "GET" and set(route.places) <= set(PLACES)
            for address in self.addresses(route)
        )
        while waiting and len(self.read) < MOST:
            address = waiting.popleft()
            if address not in self.read and not address.startswith(SENT_HOME):
                waiting.extend(self.ask(address))
        self._send_nonsense([route for route in every if route.method == "POST"])

    def addresses(self, route: Route) -> Iterator[str]:
        """Return the route's address for one's own, for somebody else's and for nothing."""
        plain = route.address(self.visitor)
        yield plain
        if route.audience in {self.visitor.role, ANYONE}:
            mark = "&" if "?" in plain else "?"
            yield from (f"{plain}{mark}{asked}" for asked in AS_FILES)
        for place in route.places:
            stands = PLACES[place]
            if isinstance(stands, Word):
                continue
            theirs = self.visitor.other.things[stands]
            for name in (theirs, made_up(stands, theirs)):
                yield route.address(self.visitor, **{place: name})

    def ask(self, address: str) -> list[str]:
        """Ask, keep what is read, and return the addresses of this site that it names."""
        answer = self.visitor.client.get(address, buffered=True)
        self.keep(address, answer)
        links = LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        return list(_of_this_site(address, [answer.headers.get("Location", ""), *links]))

    def keep(self, address: str, answer: TestResponse) -> None:
        """Read an answer: its headers, and its content as what it is."""
        self.kinds.add(answer.mimetype or "")
        self.statuses.add(answer.status_code)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        self.read[address] = "\n".join([headers, *readings(answer.data)])

    def token(self) -> str:
        """Return the token that this visitor's browser would send with a form."""
        found = TOKEN.search(self.visitor.client.get("/entrer").text)
        return found.group(1) if found else ""

    def _send_nonsense(self, posts: Iterable[Route]) -> None:
        """Send every form that may be sent, with a good token and nothing that means anything."""
        token = self.token()
        for route in posts:
            if route.audience not in {self.visitor.role, ANYONE}:
                continue
            address = route.address(self.visitor)
            data = {"csrf_token": token, "canary": "nonsense"}
            answer = self.visitor.client.post(address, data=data, buffered=True)
            self.keep(f"POST {address}", answer)


def readings(content: bytes) -> Iterator[str]:
    """Return all that can be read in an answer: of a file also what is inside."""
    yield html.unescape(content.decode("utf-8", "replace"))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                yield name
                yield from readings(parts.read(name))
    if content.startswith(b"%PDF"):
        yield from _of_a_document(content)


def _of_a_document(content: bytes) -> Iterator[str]:
    document = PdfReader(io.BytesIO(content))
    yield str(document.metadata)
    for page in document.pages:
        yield page.extract_text()
    for name, attached in document.attachments.items():
        yield name
        for one in attached:
            yield from readings(one)
    for number in {
        *document.xref_objStm,
        *(one for part in document.xref.values() for one in part),
    }:
        yield str(document.get_object(number))  # what a screen reader is told stands here


def _of_this_site(where: str, found: Iterable[str]) -> Iterator[str]:
    for link in found:
        address = urldefrag(urljoin(f"http://localhost{where}", html.unescape(link))).url
        parts = urlsplit(address)
        if link and parts.netloc == "localhost" and parts.scheme == "http":
            yield parts.path + (f"?{parts.query}" if parts.query else "")
