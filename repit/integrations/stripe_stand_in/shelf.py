"""The imitation's books: in memory for a test, in a file for a demo with several processes."""

import fcntl
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

Books = dict[str, Any]


def _empty() -> Books:
    mark = secrets.token_hex(4)  # new books never reuse a name that a database may remember
    return {"mark": mark, "numbers": 0, "objects": {}, "answers": {}, "events": [], "balance": 0}


class Shelf:
    """Holds the books; whoever reads or writes them is alone meanwhile."""

    def __init__(self, path: Path | None = None) -> None:
        """Keep the books in a file, or in memory when there is no path."""
        self._path = path
        self._lock = Lock()
        self._books = _empty()

    @contextmanager
    def open(self) -> Iterator[Books]:
        """Lend the books for one act; what an error leaves behind is thrown away in the file."""
        with self._lock:
            if self._path is None:
                yield self._books
                return
            with self._path.with_name(f"{self._path.name}.lock").open("w") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX)  # freed when the file is closed
                books = json.loads(self._path.read_text()) if self._path.exists() else _empty()
                yield books
                _replace(self._path, books)


def _replace(path: Path, books: Books) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(json.dumps(books))
    fresh.replace(path)


def name(books: Books, prefix: str) -> str:
    """Return a name that nothing has."""
    books["numbers"] += 1
    return f"{prefix}_{books['mark']}{books['numbers']:06d}"


def new(books: Books, kind: str, prefix: str, at: int, **values: Any) -> dict[str, Any]:
    """Add an object of a kind, and return it."""
    made = {"id": name(books, prefix), "object": kind, "created": at,
            "livemode": False, **values}  # fmt: skip
    books["objects"][made["id"]] = made
    return made


def all_of(books: Books, kind: str, **values: Any) -> list[dict[str, Any]]:
    """Return the objects of a kind that have these values, oldest first."""
    wanted = {"object": kind, **values}.items()
    return [one for one in books["objects"].values() if wanted <= _simple(one).items()]


def _simple(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if isinstance(value, str | int | None)}
