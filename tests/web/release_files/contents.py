"""Releases to write: one that has everything, and any there could be."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from repit.domain.releases.content import (
    Amount,
    Content,
    Count,
    Part,
    ShownCell,
    ShownStatistic,
    ShownTable,
)

AT = datetime(2026, 7, 2, 6, 30, tzinfo=UTC)
WHOLE = "*"
Cells = dict[tuple[str, ...], int | None]


def table(name: str, dimensions: Sequence[str], cells: Cells, *, step: int = 5,
          coarsened: Sequence[str] = ()) -> ShownTable:  # fmt: skip
    """Return a table. Parts put together are written `one|other`, a margin `*`."""
    codes = [
        tuple(dict.fromkeys(code for at in cells for code in at[place].split("|") if code != "*"))
        for place in range(len(dimensions))
    ]

    def part(place: int, written: str) -> Part:
        if written == WHOLE:
            return Part(codes[place], whole=True)
        return Part(tuple(written.split("|")))

    return ShownTable(
        name=name,
        dimensions=tuple(dimensions),
        cells=tuple(
            ShownCell(tuple(part(place, code) for place, code in enumerate(at)), value)
            for at, value in cells.items()
        ),
        step=step,
        coarsened=tuple(coarsened),
    )


HOUSEHOLDS = table(
    "households_reached",
    ("isolated", "priority_area"),
    {
        ("*", "*"): 210, ("yes", "*"): 90, ("no", "*"): 120, ("*", "yes"): 60, ("*", "no"): 150,
        ("yes", "yes"): 25, ("yes", "no"): 65, ("no", "yes"): 35, ("no", "no"): 85,
    },
)  # fmt: skip
TOWNS = table(
    "households_by_town",
    ("town",),
    {("*",): 210, ("Lille",): 150, ("=1+1 Lomme",): 35, ("Ronchin|Lezennes|Mons-en-Barœul",): 25},
    coarsened=("town",),
)
PARENTS = table(
    "parents_reached",
    ("declared",),
    {("*",): 230, ("woman",): None, ("man",): None, ("unsaid",): 15},
)
CHILDREN = table(
    "children_reached", ("age",), {("*",): 340, ("0-2|3-5",): 180, ("6-11",): 120, ("12-17",): 40},
    coarsened=("age",),
)  # fmt: skip
VOUCHERS = table(
    "vouchers_used",
    ("category", "month"),
    {
        ("*", "*"): 1_537, ("babysitting", "*"): 1_005, ("home_help|well_being", "*"): 530,
        ("*", "2026-04"): 480, ("*", "2026-05"): 515, ("*", "2026-06"): 540,
        ("babysitting", "2026-04"): 315, ("babysitting", "2026-05"): 330,
        ("babysitting", "2026-06"): 360, ("home_help|well_being", "2026-04"): 165,
        ("home_help|well_being", "2026-05"): None, ("home_help|well_being", "2026-06"): None,
    },
)  # fmt: skip
HOURS = table(
    "respite_minutes",
    ("category",),
    {("*",): 184_500, ("babysitting",): 120_600, ("home_help|well_being",): 63_900},
    step=300,
)
TAKE_UP = table(
    "take_up",
    ("stage", "isolated"),
    {
        ("*", "*"): 320, ("not_reached", "*"): 40, ("received", "*"): 70, ("used", "*"): 210,
        ("*", "yes"): 130, ("*", "no"): 190,
    },
    coarsened=("stage*isolated",),
)  # fmt: skip
PARTICIPANTS = table("participants", ("isolated",), {("*",): 65, ("yes",): 25, ("no",): 40})
ATTENDANCES = table("attendances", (), {(): 190})
NO_SHOWS = table("no_shows", (), {(): None})
WAITING = table(
    "waiting_parties", ("outcome",), {("*",): None, ("served",): None, ("left",): None,
    ("still",): None},
)  # fmt: skip
MONEY = (
    Amount("contributed", 10_000_000),
    Amount("issued", 5_200_050),
    Amount("used", 1_537_000),
    Amount("lapsed", 12_000),
    Amount("cancelled", 0),
    Amount("due", 43_210),
    Amount("paid", 1_493_790),
    Amount("returned", 0),
    Amount("available", 4_811_950),
)


def a_release(**changes: object) -> Content:
    """Return one that has everything; `changes` name the fields that differ."""
    given: dict[str, object] = {
        "operator": "CCAS de Lille",
        "funder": "Caf du Nord",
        "fund": "Parents isolés 2026",
        "programme": "Chèques répit",
        "period_kind": "quarter",
        "first_day": date(2026, 4, 1),
        "last_day": date(2026, 6, 30),
        "zone": "Europe/Paris",
        "counted_at": AT,
        "face_cents": 1_000,
        "small": False,
        "money": MONEY,
        "counts": (
            Count("sessions_held", 14),
            Count("sessions_cancelled", 0),
            Count("staff_minutes", 4_830),
            Count("staff_costs_cents", 123_456),
        ),
        "tables": (
            HOUSEHOLDS, TOWNS, PARENTS, CHILDREN, VOUCHERS, HOURS, TAKE_UP, PARTICIPANTS,
            ATTENDANCES, NO_SHOWS, WAITING,
        ),
        "statistics": (
            ShownStatistic("days_issue_to_use", 19.0),
            ShownStatistic("satisfaction_good", 0.85, 0.05),
            ShownStatistic("satisfaction_answers", 45.0),
            ShownStatistic("response_rate", None),
            ShownStatistic("providers_used", 12.0),
        ),
    }  # fmt: skip
    return Content(**(given | changes))  # type: ignore[arg-type]


def a_small_release() -> Content:
    """Return one of a scheme of fewer than eleven households."""
    money = tuple(
        Amount(one.name, round(one.cents, -4), rounded=True)
        if one.name in {"issued", "used", "lapsed", "cancelled", "paid"}
        else one
        for one in MONEY
    )
    return a_release(small=True, money=money, counts=(), tables=(), statistics=())
