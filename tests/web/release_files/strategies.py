"""Any release there could be: divided, put together, hidden, or down to its total."""

from itertools import product

from hypothesis import strategies as st

from repit.domain.releases.content import (
    OTHERS,
    Amount,
    Content,
    Count,
    Part,
    ShownCell,
    ShownStatistic,
    ShownTable,
)
from tests.web.release_files.contents import MONEY, a_release

CODES = {
    "isolated": ("yes", "no"),
    "priority_area": ("yes", "no"),
    "declared": ("woman", "man", "unsaid"),
    "age": ("0-2", "3-5", "6-11", "12-17"),
    "category": ("babysitting", "home_help", "well_being", "workshop_childcare"),
    "month": ("2026-04", "2026-05", "2026-06"),
    "stage": ("not_reached", "received", "used"),
    "outcome": ("served", "left", "still"),
}
DIVIDED = {
    "households_reached": ("isolated", "priority_area"),
    "households_by_town": ("town",),
    "parents_reached": ("declared",),
    "children_reached": ("age",),
    "vouchers_used": ("category", "month"),
    "respite_minutes": ("category",),
    "take_up": ("stage", "isolated"),
    "participants": ("isolated",),
    "waiting_parties": ("outcome",),
    "attendances": (),
    "no_shows": (),
}
MINUTES = 60
START = st.sampled_from(["=", "+", "-", "@", "", "", ""])
LETTERS = st.characters(categories=("L", "N"), max_codepoint=0x6FF)
towns = st.lists(
    st.builds(lambda start, name: start + name, START, st.text(LETTERS, min_size=3, max_size=12)),
    unique=True,
    max_size=5,
)
values = st.none() | st.integers(0, 20_000).map(lambda fives: fives * 5)


@st.composite
def parts(draw: st.DrawFn, dimension: str) -> list[Part]:
    """Return the parts of a dimension, neighbours put together here and there."""
    codes = tuple(draw(towns)) if dimension == "town" else CODES[dimension]
    found: list[Part] = []
    together: tuple[str, ...] = ()
    for code in codes:
        together = (*together, code)
        if draw(st.booleans()):
            found.append(Part(together))
            together = ()
    if together:
        found.append(Part(together))
    if dimension in {"town", "category"} and draw(st.booleans()):
        found.append(Part((OTHERS,)))
    return found


@st.composite
def tables(draw: st.DrawFn, name: str) -> ShownTable:
    dimensions = DIVIDED[name]
    divided = [draw(parts(one)) for one in dimensions]
    whole = [
        Part(tuple(code for part in parts for code in part.codes), whole=True) for parts in divided
    ]
    places = [[whole[at], *divided[at]] for at in range(len(dimensions))]
    told = draw(st.sampled_from(["all", "margins", "total"]))
    cells = [at for at in product(*places) if _is_told(at, told)]
    cells = cells[:1] + [at for at in cells[1:] if draw(st.integers(0, 9))]
    hours = MINUTES if name == "respite_minutes" else 1
    return ShownTable(
        name=name,
        dimensions=dimensions,
        cells=tuple(
            ShownCell(at, None if (value := draw(values)) is None else value * hours)
            for at in cells
        ),
        step=5 * hours,
    )


def _is_told(at: tuple[Part, ...], told: str) -> bool:
    divided = sum(not part.whole for part in at)
    return divided <= {"all": 2, "margins": 1, "total": 0}[told]


@st.composite
def releases(draw: st.DrawFn) -> Content:
    names = draw(st.lists(st.sampled_from(sorted(DIVIDED)), unique=True))
    cents = st.integers(-(10**9), 10**12)
    return a_release(
        money=tuple(Amount(one.name, draw(cents)) for one in MONEY),
        tables=tuple(draw(tables(name)) for name in names),
        counts=(Count("staff_minutes", draw(st.integers(0, 10**6))),),
        statistics=(
            ShownStatistic(
                "satisfaction_good",
                draw(st.none() | st.integers(0, 19).map(lambda n: n / 20)),
                draw(st.sampled_from((None, 0.05))),
            ),
            ShownStatistic("days_to_payment", draw(st.none() | st.integers(0, 400).map(float))),
        ),
    )
