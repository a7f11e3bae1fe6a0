"""Processes that ask for one thing each, and end without a word at the moment they were given."""

import json
import os
import sys
from dataclasses import asdict
from typing import Any

from sqlalchemy import create_engine

from repit.db.engine import prepare
from tests.crash.power import power
from tests.crash.stories import STORIES, Asked

GONE = 86


def main(database_url: str, story: str) -> None:
    """Read [moment, asked] pairs; write how each process ended."""
    ends = [_end_of(database_url, story, moment, asked) for moment, asked in json.load(sys.stdin)]
    json.dump(ends, sys.stdout)


def _end_of(database_url: str, story: str, moment: int, asked: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    engine = create_engine(database_url)
    prepare(engine)
    lists = {"codes": tuple(asked["codes"]), "party": tuple(asked["party"])}
    given = Asked(**{**asked, **lists})
    with power(engine, moment, lambda: os._exit(GONE)):
        STORIES[story].ask(engine, given)
    os._exit(0)


def sent(scenes: list[tuple[int, Asked]]) -> str:
    """Write down what `main` reads."""
    return json.dumps([(moment, asdict(asked)) for moment, asked in scenes])


if __name__ == "__main__":
    main(*sys.argv[1:])
