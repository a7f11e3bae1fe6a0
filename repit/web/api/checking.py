"""Say everything that is wrong with a request's content, at once, each with its place.

Knows the few words of JSON Schema that `schema` uses for requests, and refuses others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from repit.web.api.schema import Schema

MOST_FLAWS = 50
LONGEST_NAME = 100

_KINDS: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int}


@dataclass(frozen=True)
class Flaw:
    """One thing wrong, at a JSON pointer (RFC 6901). `kind` has its words in `words.FLAWS`."""

    pointer: str
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)


def flaws_of(value: object, schema: Schema) -> list[Flaw]:
    """Return what is wrong, in the order it is met; at most fifty, so that an answer ends."""
    found: list[Flaw] = []
    for flaw in _check(value, schema, ""):
        found.append(flaw)
        if len(found) == MOST_FLAWS:
            break
    return found


def is_day(text: str) -> bool:
    """Tell whether a text of the right shape is a day of the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check(value: object, schema: Schema, pointer: str) -> Iterator[Flaw]:
    # True and False are integers to Python, and to nobody else.
    if type(value) is not _KINDS[schema["type"]]:
        yield Flaw(pointer, f"not_{schema['type']}")
    elif isinstance(value, dict):
        yield from _check_object(value, schema, pointer)
    elif isinstance(value, list):
        yield from _check_list(value, schema, pointer)
    elif isinstance(value, str):
        yield from _check_text(value, schema, pointer)
    elif isinstance(value, int):
        yield from _check_number(value, schema, pointer)


def _check_object(value: dict[str, Any], schema: Schema, pointer: str) -> Iterator[Flaw]:
    known = schema["properties"]
    for name in schema["required"]:
        if name not in value:
            yield Flaw(f"{pointer}/{name}", "missing", {"name": name})
    yield from _check_choice(value, schema, pointer)
    for name, member in value.items():
        place = f"{pointer}/{escaped(name)}"
        if name in known:
            yield from _check(member, known[name], place)
        else:
            yield Flaw(place, "unknown", {"names": ", ".join(known) or "∅"})


def _check_choice(value: dict[str, Any], schema: Schema, pointer: str) -> Iterator[Flaw]:
    names = [name for choice in schema.get("oneOf", ()) for name in choice["required"]]
    given = [name for name in names if name in value]
    if names and len(given) != 1:
        yield Flaw(pointer, "several_of" if given else "none_of", {"names": ", ".join(names)})


def _check_list(value: list[Any], schema: Schema, pointer: str) -> Iterator[Flaw]:
    least, most = schema["minItems"], schema["maxItems"]
    if not least <= len(value) <= most:
        yield Flaw(pointer, "wrong_count", {"least": least, "most": most, "count": len(value)})
        return
    for place, item in enumerate(value):
        yield from _check(item, schema["items"], f"{pointer}/{place}")


def _check_text(value: str, schema: Schema, pointer: str) -> Iterator[Flaw]:
    if "enum" in schema:
        if value not in schema["enum"]:
            yield Flaw(pointer, "not_one_of", {"names": ", ".join(schema["enum"])})
        return
    if "format" in schema:
        shaped = re.fullmatch(schema["pattern"], value) is not None
        if not shaped or (schema["format"] == "date" and not is_day(value)):
            yield Flaw(pointer, f"not_{schema['format']}")
        return
    least, most = schema["minLength"], schema["maxLength"]
    if not least <= len(value) <= most:
        yield Flaw(pointer, "wrong_length", {"least": least, "most": most})


def _check_number(value: int, schema: Schema, pointer: str) -> Iterator[Flaw]:
    least, most = schema["minimum"], schema["maximum"]
    if not least <= value <= most:
        yield Flaw(pointer, "out_of_range", {"least": least, "most": most})


def escaped(name: str) -> str:
    """Return a member's name as a pointer writes it: short, and never a broken character."""
    whole = name[:LONGEST_NAME].encode("utf-8", "backslashreplace").decode()
    return whole.replace("~", "~0").replace("/", "~1")
