"""Every route of the application, and its addresses for this or that visitor."""

import re
from dataclasses import dataclass

from flask import Flask

from tests.journeys.access_table import PLACES, QUERIES, ROOMS, Word
from tests.journeys.two_sides import Visitor

PLACE = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Route:
    method: str
    endpoint: str
    rule: str

    @property
    def room(self) -> str:
        return self.endpoint.partition(".")[0]

    @property
    def audience(self) -> str | None:
        return ROOMS.get(self.room)

    @property
    def places(self) -> list[str]:
        """The address up to each of its brackets."""
        return [self.rule[: found.end()] for found in PLACE.finditer(self.rule)]

    def kind(self, place: str) -> str | None:
        """Return what kind of thing somebody has stands there; None for a word."""
        stands = PLACES[place]
        return None if isinstance(stands, Word) else stands

    def address(self, visitor: Visitor, **instead: str) -> str:
        """Return the address of the visitor's own thing; `instead`: others, by place."""
        values = iter(instead.get(place) or self._own(place, visitor) for place in self.places)
        query = QUERIES.get(self.endpoint, "") if self.method == "GET" else ""
        return PLACE.sub(lambda _: next(values), self.rule) + query.format(**visitor.own.things)

    def _own(self, place: str, visitor: Visitor) -> str:
        stands = PLACES[place]
        return stands.text if isinstance(stands, Word) else visitor.own.things[stands]

    def __str__(self) -> str:
        return f"{self.method} {self.rule} ({self.endpoint})"


def routes(app: Flask) -> list[Route]:
    """Return every route, the one that ends a visit last."""
    found = [
        Route(method, rule.endpoint, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda one: (one.endpoint == "account.sign_out", str(one)))
