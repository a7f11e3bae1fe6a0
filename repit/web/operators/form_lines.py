"""Forms with a list of lines that grows, shrinks and changes order without scripts."""

import re
from collections.abc import Iterable, Mapping

from werkzeug.datastructures import MultiDict

Typed = MultiDict[str, str]
Line = dict[str, str]

_ACT = re.compile(r"^(up|down|remove)-(\d{1,2})$")


def rearranged(
    typed: Typed, act: str, *, name: str, most: int, fresh: Mapping[str, str]
) -> Typed | None:
    """Return what was typed with its lines in another order, or None when `act` is no such act.

    Works on the text itself, so that a half-written line moves as it is.

    Args:
        name: of the list of lines (its `FieldList`).
        fresh: what a new line starts with.
    """
    moved = _ACT.match(act)
    if act != "add" and moved is None:
        return None
    lines = lines_of(typed, name)
    if moved is None:
        lines.append(dict(fresh))
    else:
        _move(lines, moved.group(1), int(moved.group(2)))
    return with_lines(typed, name, (lines or [dict(fresh)])[:most])


def lines_of(typed: Typed, name: str) -> list[Line]:
    """Return the text of each line, in order."""
    part_of = _part_of(name)
    found: dict[int, Line] = {}
    for key, value in typed.items():
        part = part_of.match(key)
        if part:
            found.setdefault(int(part.group(1)), {})[part.group(2)] = value
    return [found[place] for place in sorted(found)]


def with_lines(typed: Typed, name: str, lines: Iterable[Line]) -> Typed:
    """Return what was typed with these lines instead of its own."""
    part_of = _part_of(name)
    kept = [(key, value) for key, value in typed.items(multi=True) if not part_of.match(key)]
    return MultiDict(
        kept
        + [
            (f"{name}-{place}-{key}", value)
            for place, line in enumerate(lines)
            for key, value in line.items()
        ]
    )


def _part_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(name)}-(\d{{1,3}})-(\w+)$")


def _move(lines: list[Line], act: str, place: int) -> None:
    if place >= len(lines):
        return
    line = lines.pop(place)
    if act != "remove":
        lines.insert(max(0, place - 1) if act == "up" else place + 1, line)
