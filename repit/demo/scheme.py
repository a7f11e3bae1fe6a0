"""The real scheme behind the demo: who funded it, how much, and the projects it chose.

From the call for projects « Parents solos » of Hauts-de-France, 2022: two funders, €222,166,
24 projects of 49 proposals. How the two shared the sum is not published; the split is ours.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from repit.domain.money import Cents

_FILE = Path(__file__).with_name("hauts-de-france-2022.json")
_GENERAL_PERCENT = 36
"""Share of the sum that every parent may get; the rest is for isolated parents."""


@dataclass(frozen=True)
class Partner:
    """An organisation whose project was chosen."""

    name: str
    town: str
    project: str
    childcare: bool


@cache
def _read() -> dict[str, Any]:
    scheme: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return scheme


def title() -> str:
    """Return the programme's real name."""
    return str(_read()["programme"]["name"])


def funders() -> list[tuple[str, str]]:
    """Return the two funders: short name, long name."""
    return [(funder["name"], funder["long_name"]) for funder in _read()["programme"]["funders"]]


def envelope() -> Cents:
    """Return the sum that was granted in all."""
    return Cents(_read()["programme"]["envelope_eur"] * 100)


def shares() -> tuple[Cents, Cents]:
    """Return what each funder gives: for every parent, and for isolated parents only."""
    general = Cents(envelope() * _GENERAL_PERCENT // 100)
    return general, Cents(envelope() - general)


def laureate(organisation: str) -> dict[str, Any]:
    """Return what the source tells of one chosen project."""
    found: dict[str, Any] = next(
        one for one in _read()["laureates"] if one["organisation"] == organisation
    )
    return found


def partners() -> list[Partner]:
    """Return the chosen organisations, each once."""
    found = {
        laureate["organisation"]: Partner(
            name=laureate["organisation"],
            town=laureate["location"],
            project=laureate["project"],
            childcare="childcare_during_workshop" in laureate,
        )
        for laureate in _read()["laureates"]
    }
    return list(found.values())
