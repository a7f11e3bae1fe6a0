"""From layouts to published tables, and back from published tables to what they say."""

from dataclasses import dataclass
from itertools import product

from repit.domain.releases.content import OTHERS, Part, ShownCell, ShownTable
from repit.domain.releases.disclosure.grouping import Layout, regions
from repit.domain.releases.disclosure.primary import Region, Truth
from repit.domain.releases.disclosure.rounding import identity_of, rounded
from repit.domain.releases.facts import ALL, Table

MONTH = "month"


@dataclass(frozen=True)
class Said:
    """One published number: which region, and how far from the truth it may be."""

    region: Region
    value: int
    error: int


def said_by(truth: Truth, layout: Layout, key: bytes) -> list[Said]:
    """Return what a layout would publish."""
    return [_said(truth, region, key) for region in regions(truth, layout)]


def said_in(truth: Truth, shown: ShownTable) -> list[Said]:
    """Return what a published table says."""
    error = shown.step - 1
    found = []
    for cell in shown.cells:
        if cell.value is None:
            continue
        region = _region(truth, shown, cell)
        exact = truth.table.exact_total and region == truth.everything
        found.append(Said(region, cell.value, 0 if exact else error))
    return found


def shown_table(truth: Truth, layout: Layout, key: bytes) -> ShownTable:
    """Return the published form of a layout."""
    table = truth.table
    kept = layout.divided
    whole = truth.everything
    cells = [
        ShownCell(_parts(truth, layout, whole), _said(truth, whole, key).value)
        if layout.total
        else ShownCell(_parts(truth, layout, whole), None)
    ]
    for region in regions(truth, layout):
        if region != whole:
            value = _said(truth, region, key).value
            cells.append(ShownCell(_parts(truth, layout, region), value))
    names = tuple(table.dimensions[place].name for place in kept)
    return ShownTable(table.name, names, tuple(cells), table.step, _lost(truth, layout))


def total_key(table: Table) -> str:
    """Return the name of the figure that a table divides; several may divide the same."""
    return table.total_name or table.name


def _said(truth: Truth, region: Region, key: bytes) -> Said:
    table = truth.table
    value = truth.value(region)
    if table.exact_total and region == truth.everything:
        return Said(region, value, 0)
    step = table.step
    return Said(region, rounded(value, step, key, _identity(truth, region)), step - 1)


def _identity(truth: Truth, region: Region) -> list[str]:
    """Return which figure it is: a month is the same in each period that holds it."""
    table = truth.table
    months = any(one.name == MONTH for one in table.dimensions)
    first, last = table.first_day, table.last_day
    if region == truth.everything and not months:
        return identity_of(total_key(table), table.scope, first, last, ("total",))
    at = []
    for dimension, codes in zip(table.dimensions, region, strict=True):
        all_of_it = codes == dimension.parts and dimension.name != MONTH
        at.append(f"{dimension.name}=" + (ALL if all_of_it else "+".join(sorted(codes))))
    if months:
        return ["repit release", table.name, table.scope, *at]
    return identity_of(table.name, table.scope, first, last, at)


def _parts(truth: Truth, layout: Layout, region: Region) -> tuple[Part, ...]:
    found = []
    for place in layout.divided:
        dimension, codes = truth.table.dimensions[place], region[place]
        whole = codes == dimension.parts
        if dimension.tells and (whole or len(codes) > 1):
            codes = () if whole else (OTHERS,)
        found.append(Part(codes, whole))
    return tuple(found)


def _lost(truth: Truth, layout: Layout) -> tuple[str, ...]:
    """Return what the reader would have had with more people."""
    names = [one.name for one in truth.table.dimensions]
    coarse = [
        name
        for name, parts, groups in zip(names, truth.parts, layout.groups, strict=True)
        if len(groups) < len(parts)
    ]
    both = len(names) == 2 and not layout.inside  # noqa: PLR2004
    return (*coarse, *(["*".join(names)] if both else []))


def _region(truth: Truth, shown: ShownTable, cell: ShownCell) -> Region:
    at = dict(zip(shown.dimensions, cell.at, strict=True))
    found = []
    for place, dimension in enumerate(truth.table.dimensions):
        part = at.get(dimension.name)
        if part is None or part.whole:
            found.append(dimension.parts)
        elif part.codes == (OTHERS,):
            named = _named(shown, place_of=shown.dimensions.index(dimension.name))
            found.append(tuple(one for one in truth.parts[place] if one not in named))
        else:
            wanted = set(part.codes)
            found.append(tuple(one for one in dimension.parts if one in wanted))
    return tuple(found)


def _named(shown: ShownTable, place_of: int) -> set[str]:
    parts = {cell.at[place_of] for cell in shown.cells}
    return {code for part in parts if not part.whole for code in part.codes} - {OTHERS}


def coordinates(region: Region) -> list[tuple[str, ...]]:
    """Return the fine cells of a region."""
    return list(product(*region))
