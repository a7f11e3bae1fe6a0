"""What happened, in words: one line per event, for the history of an object and the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext

from repit.domain.audit.queries import Happened
from repit.web import categories, formats
from repit.web.operators.history_facts import FACTS, PLAIN
from repit.web.operators.history_words import KINDS


@dataclass(frozen=True)
class Entry:
    """One line for the `timeline` macro."""

    at: datetime
    what: str
    details: str
    who: str
    why: str | None
    tone: str
    icon: str


def entries(events: Iterable[Happened]) -> list[Entry]:
    """Return the events of a history in words."""
    return [_entry(event) for event in events]


def _entry(event: Happened) -> Entry:
    own = KINDS.get(f"{event.object_kind}.{event.kind}")  # the same verb, of another object
    words, icon, tone = own or KINDS.get(event.kind) or (event.kind, "info-circle", "")
    return Entry(
        at=event.at,
        what=str(words),
        details=in_words(event.facts),
        who=who(event),
        why=_why(event.motive),
        tone=tone,
        icon=icon,
    )


def _why(motive: str | None) -> str | None:
    """A provider's undo asks for no motive: its code stands there."""
    return gettext("Par le prestataire, dans le délai prévu.") if motive == "undo" else motive


def who(event: Happened) -> str:
    """Return a name, or what acted when it was nobody."""
    if event.who:
        return event.who
    kind = event.actor.partition(":")[0]
    others = {
        "device": gettext("un appareil"),
        "job": gettext("travail automatique"),
        "link": gettext("lien reçu"),
    }
    return others.get(kind, gettext("commande"))


def in_words(facts: dict[str, Any]) -> str:
    """Return « commune : Rivéry, devenu Amiens », leaving out what only the machine reads."""
    told = [
        gettext("%(fact)s : %(value)s", fact=FACTS[name], value=_change(name, value))
        for name, value in facts.items()
        if name in FACTS and value not in (None, "", [])
    ]
    return " · ".join(told)


def _change(name: str, value: Any) -> str:
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004  (before and after)
        before, after = (_one(name, one) for one in value)
        return gettext("%(before)s, devenu %(after)s", before=before, after=after)
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    if value in (None, ""):
        return gettext("rien")
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, list):
        return ", ".join(_one(name, one) for one in value)
    return _number(name, value) if isinstance(value, int | float) else _text(name, value)


def _number(name: str, value: float) -> str:
    if name == "categories":
        return categories.names(int(value))
    return formats.money(int(value)) if name.endswith("_cents") else formats.number(value)


def _text(name: str, value: Any) -> str:
    if name == "category":
        return categories.name(str(value))
    if name.endswith(("_day", "_on")) or name in {"day", "period"}:
        return formats.short_day(date.fromisoformat(str(value)))
    if name in {"starts", "ends"}:
        return formats.wall(time.fromisoformat(str(value)))
    return str(PLAIN.get(str(value), value))
