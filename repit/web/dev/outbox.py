"""The demo's letter box: every message to everybody, readable by anybody. Never elsewhere."""

import re
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue

from repit.domain.notices import queries
from repit.domain.notices.queries import NoticeView
from repit.web import database
from repit.web.outbox.delivery import deliver_due

_LINK = re.compile(r"(https?://\S+)")


@dataclass(frozen=True)
class Line:
    """One line of a letter; a link when the line is one."""

    text: str
    is_link: bool


@dataclass(frozen=True)
class Letter:
    """A message as its reader sees it."""

    notice: NoticeView
    lines: list[Line]


def outbox() -> ResponseReturnValue:
    """Bring what waits and show it all: in the demo, opening the letter box empties it."""
    db = database.session()
    deliver_due(db, most=200)
    chosen = request.args.get("to") or None
    letters = [
        Letter(notice, _lines(notice.body or ""))
        for notice in queries.outbox(db, to_address=chosen)
    ]
    return render_template(
        "dev/outbox.html", letters=letters, addresses=queries.addresses(db), chosen=chosen
    )


def _lines(body: str) -> list[Line]:
    return [Line(line, _LINK.fullmatch(line) is not None) for line in body.splitlines()]
