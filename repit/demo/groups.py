"""The real workshops behind the demo, with their real dates moved to a coming year.

Entreparent'aise of Blagnac (2023) and the workshops of the Hauts-de-France laureates that offered
care. Where a source gives no dates, one a month is ours.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

from repit.demo import scheme
from repit.domain.workshops.times import Monthly, moved_to_year, propose

_BLAGNAC = Path(__file__).with_name("blagnac-entreparentaise-2023.json")
DREAMS = "Bulle de rêverie"
DREAMS_MINUTES = 120


@dataclass(frozen=True)
class Group:
    """A workshop as its source tells it. `dates`: those of the source, of 2023; or none."""

    title: str
    public_title: str
    organisation: str
    place: str
    town: str
    postcode: str
    starts: time
    ends: time
    least: int
    most: int
    description: str
    facilitator: str
    email: str
    audience: str = "everyone"
    with_children: bool = False
    carers: str = "animator"
    dates: tuple[date, ...] = ()
    child_under_years: int | None = None

    def in_year(self, year: int, first_day: date) -> list[date]:
        """Return its dates in a year: the source's, or every month from a day on."""
        if self.dates:
            return moved_to_year(self.dates, year)
        return propose(Monthly(), first_day, count=6)


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_BLAGNAC.read_text(encoding="utf-8"))
    return found


def groups() -> list[Group]:
    """Return the workshops of the demo, Entreparent'aise and the Saturdays of Rivéry first."""
    return [_entreparentaise(), _dreams(), *_monthly()]


def coming_year(dates: Sequence[date], today: date) -> int:
    """Return the year in which a list of dates lies ahead in full."""
    year = today.year
    return year if moved_to_year(dates, year)[0] > today else year + 1


def _entreparentaise() -> Group:
    told = _read()
    return Group(
        title=told["title"],
        public_title="Un temps entre parents",
        organisation="Ville de Blagnac",
        place="Espace Famille, salle d’animation",
        town="Blagnac",
        postcode="31700",
        starts=time.fromisoformat(told["start"]),
        ends=time.fromisoformat(told["end"]),
        least=told["min_participants"],
        most=told["max_participants"],
        description="Parler de sa vie de parent, écouter, souffler un peu. Les thèmes sont choisis"
        " par le groupe. Les dernières minutes sont un temps pour soi.",
        facilitator="Claire Espinasse",
        email="claire@exemple.test",
        dates=tuple(date.fromisoformat(day) for day in told["dates"]),
        child_under_years=20,
    )


def _dreams() -> Group:
    told = scheme.laureate("Maison pour tous Rivéry")
    series = next(one for one in told["series"] if one["title"] == DREAMS)
    starts = time.fromisoformat(series["time"])
    return Group(
        title=series["title"],
        public_title=series["title"],
        organisation=told["organisation"],
        place="Maison pour tous",
        town=told["location"],
        postcode="80136",
        starts=starts,
        ends=time(starts.hour + DREAMS_MINUTES // 60, starts.minute),
        least=3,
        most=10,
        description="Un samedi après-midi pour créer et rêver, avec une médiatrice artistique."
        " Les enfants ont leur atelier à côté.",
        facilitator=series["facilitator"].split(",")[0],
        email="mathilde@exemple.test",
        dates=tuple(date.fromisoformat(day) for day in series["dates"]),
    )


def _monthly() -> list[Group]:
    """The other laureates that offered care while the parents met."""
    told = (
        ("Centre socio culturel Michel Jubert", "Un café entre nous", "60120", time(9, 30),
         time(11, 30), 3, 12, "everyone", "animator"),
        ("Espace socioculturel de la Lys", "Prendre soin de soi", "62120", time(14), time(16),
         3, 10, "everyone", "animator"),
        ("Ville d'Avion", "La parlotte", "62210", time(18), time(20), 3, 12, "everyone",
         "animator"),
        ("MFPF62", "Se sentir plus forte", "62300", time(10), time(17), 4, 12, "women",
         "childminder"),
    )  # fmt: skip
    return [
        Group(
            title=scheme.laureate(organisation)["project"],
            public_title=public_title,
            organisation=organisation,
            place=organisation,
            town=scheme.laureate(organisation)["location"],
            postcode=postcode,
            starts=starts,
            ends=ends,
            least=least,
            most=most,
            description=f"Garde sur place : {scheme.laureate(organisation)[CARE]}.",
            facilitator="Sabine Wattel",
            email="sabine@exemple.test",
            audience=audience,
            carers=carers,
        )
        for (
            organisation,
            public_title,
            postcode,
            starts,
            ends,
            least,
            most,
            audience,
            carers,
        ) in told
    ]


CARE = "childcare_during_workshop"
