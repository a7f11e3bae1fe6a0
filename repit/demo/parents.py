"""Four hundred parents, the same every time: towns, children, situations, languages."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from repit.demo.names import CHILDREN, FIRST_NAMES, LAST_NAMES, POSTCODES, PRIORITY_AREAS
from repit.domain.households.folding import fold
from repit.domain.households.rules import (
    Details,
    NewChild,
    NewParent,
    NewSituation,
    SituationKind,
)

PARENTS = 400
_SITUATIONS = (
    (SituationKind.ALONE, 46),
    (SituationKind.SHARED_CUSTODY, 14),
    (SituationKind.PARTNER_ABSENT, 8),
    (SituationKind.SEPARATED_SAME_ROOF, 4),
    (SituationKind.COUPLE, 28),
)
"""Kind, and how many in a hundred."""
_EVIDENCE = {
    SituationKind.ALONE: "attestation CAF",
    SituationKind.SHARED_CUSTODY: "jugement de garde",
    SituationKind.PARTNER_ABSENT: "attestation sur l’honneur",
}
_LOCALES = ("fr",) * 17 + ("ar", "en", "nl")


@dataclass(frozen=True)
class Newcomer:
    """A parent and the day on which they come to the counter."""

    comes_on: date
    file: NewParent


def newcomers(first_day: date, last_day: date) -> list[Newcomer]:
    """Return the parents in the order in which they come.

    Six in ten come in the first month, the others little by little.
    """
    rng = random.Random(2022)
    days = (last_day - first_day).days
    people = [_newcomer(rng, place, first_day, days) for place in range(PARENTS)]
    return sorted(people, key=lambda newcomer: newcomer.comes_on)


def _newcomer(rng: random.Random, place: int, first_day: date, days: int) -> Newcomer:
    early = place < 3 or rng.random() < 0.6
    comes_on = first_day + timedelta(days=rng.randrange(28) if early else rng.randrange(days))
    first_name = FIRST_NAMES[place % len(FIRST_NAMES)]
    last_name = LAST_NAMES[(place * 7 + place // len(FIRST_NAMES)) % len(LAST_NAMES)]
    town = "Lens" if place < 3 else rng.choice(sorted(POSTCODES))
    kind = SituationKind.ALONE if place == 0 else _kind(rng)
    reachable = place < 3 or rng.random() < 0.85
    address = fold(first_name) if place < 3 else f"{fold(first_name)}.{fold(last_name)}.{place}"
    details = Details(
        first_name=first_name,
        last_name=last_name,
        town=town,
        postcode=POSTCODES[town],
        requested_on=comes_on,
        email=f"{address.replace(' ', '')}@exemple.test" if reachable else None,
        phone=f"+336390{place:05d}" if rng.random() < 0.8 else None,
        locale="fr" if place < 3 else rng.choice(_LOCALES),
        priority_area=PRIORITY_AREAS.get(town) if rng.random() < 0.4 else None,
    )
    children = tuple(_child(rng, comes_on) for _ in range(rng.choice((1, 1, 2, 2, 3))))
    return Newcomer(comes_on, NewParent(details, children, _situation(rng, kind, comes_on)))


def _kind(rng: random.Random) -> SituationKind:
    return rng.choices([kind for kind, _ in _SITUATIONS], [many for _, many in _SITUATIONS])[0]


def _child(rng: random.Random, day: date) -> NewChild:
    return NewChild(
        first_name=rng.choice(CHILDREN),
        born_on=day - timedelta(days=rng.randrange(200, 4_300)),
        more_support=rng.random() < 0.06,
    )


def _situation(rng: random.Random, kind: SituationKind, day: date) -> NewSituation:
    evidence = _EVIDENCE.get(kind)
    seen = evidence is not None and rng.random() < 0.8
    return NewSituation(
        kind=kind,
        first_day=day - timedelta(days=rng.randrange(60, 900)),
        evidence=evidence if seen else None,
        evidence_seen=seen,
    )
