"""What a funder is shown of some plain cases, and what is refused."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from repit.domain.releases.content import (
    OTHERS,
    Amount,
    Part,
    ShownCell,
    ShownStatistic,
    ShownTable,
)
from repit.domain.releases.disclosure.errors import DoesNotAddUp
from repit.domain.releases.disclosure.grouping import finest
from repit.domain.releases.disclosure.outcome import Earlier
from repit.domain.releases.disclosure.primary import Truth
from repit.domain.releases.facts import ALL, Dimension, Fact, Facts, Statistic, Table
from tests.domain.releases.tables import (
    FUND,
    QUARTER,
    SECOND,
    SEMESTER,
    facts,
    households,
    safe,
    total,
    values,
)

YES_NO = ("yes", "no")
ISOLATED = Dimension("isolated", YES_NO)
TOWNS = Dimension("town", ("Lyon", "Bron", "Irigny"), tells=True)


def reached(yes: int, no: int, period: tuple[date, date] = QUARTER) -> Table:
    return households("households_reached", (ISOLATED,), {("yes",): yes, ("no",): no}, period)


def test_a_table_of_enough_is_shown_whole_and_rounded() -> None:
    made = safe(facts(reached(40, 60)))
    [table] = made.tables
    assert table.dimensions == ("isolated",)
    assert [cell.at[0].codes for cell in table.cells] == [YES_NO, ("yes",), ("no",)]
    assert [cell.at[0].whole for cell in table.cells] == [True, False, False]
    assert values(table) == [100, 40, 60]
    assert made.audit.passed
    assert made.audit.coarsened == ()


def test_a_complement_of_four_households_is_not_to_be_had() -> None:
    made = safe(facts(reached(4, 46)))
    [table] = made.tables
    assert table.dimensions == ()
    assert table.coarsened == ("isolated",)
    guarded = [one.where.at for one in made.audit.guarded]
    assert ("yes",) in guarded
    assert made.audit.narrowest is not None
    assert made.audit.narrowest >= 11


def test_everybody_is_a_possible_answer_and_nobody_is_not_told() -> None:
    [table] = safe(facts(reached(0, 46))).tables
    assert table.dimensions == ()


def test_mothers_and_fathers_of_the_same_eight_households_are_eight() -> None:
    behind = {("woman",): (8, 8), ("man",): (8, 8), ("unsaid",): (30, 30), (ALL,): (46, 38)}
    cells: dict[tuple[str, ...], Fact] = {at: Fact(*known) for at, known in behind.items()}
    declared = Dimension("declared", ("woman", "man", "unsaid"))
    truth = Truth(Table("parents_reached", FUND, *QUARTER, (declared,), cells))
    assert truth.fact((("woman", "man"),)) == Fact(16, 8)
    assert finest(truth).divided == ()


def test_names_of_towns_that_are_put_together_are_not_told() -> None:
    towns = households(
        "households_by_town", (TOWNS,), {("Lyon",): 60, ("Bron",): 30, ("Irigny",): 1}
    )
    [table] = safe(facts(towns)).tables
    assert [cell.at[0] for cell in table.cells] == [
        Part((), whole=True),
        Part(("Lyon",)),
        Part((OTHERS,)),
    ]
    assert "Irigny" not in str(table)


def test_one_total_is_one_figure_in_both_tables() -> None:
    for many in range(40, 50):
        by_town = households(
            "households_by_town",
            (TOWNS,),
            {("Lyon",): many, ("Bron",): 11, ("Irigny",): 11},
            total_name="households_reached",
        )
        area = replace(reached(many, 22), total_name="households_reached")
        first, second = safe(facts(area, by_town)).tables
        assert first.cells[0].value == second.cells[0].value


def test_a_month_is_the_same_in_the_quarter_and_in_the_semester() -> None:
    quarter, semester = (months(*period) for period in (QUARTER, SEMESTER))
    first = safe(facts(quarter))
    out = Earlier((quarter,), first.tables)
    over = Earlier((months(*SECOND),))
    second = safe(facts(semester), out, over, period=SEMESTER)
    shown = [
        {cell.at[0].codes: cell.value for cell in one.tables[0].cells} for one in (first, second)
    ]
    same = {codes for codes in shown[0] if len(codes) == 1} & set(shown[1])
    assert len(same) == 3
    assert all(shown[0][codes] == shown[1][codes] for codes in same)


def months(first: date, last: date) -> Table:
    parts = tuple(f"2026-{month:02}" for month in range(first.month, last.month + 1))
    ladder = {part: f"2026-Q{(int(part[-2:]) + 2) // 3}" for part in parts}
    cells: dict[tuple[str, ...], Fact] = {(part,): Fact(int(part[-2:]) * 31, 30) for part in parts}
    cells[(ALL,)] = Fact(sum(one.value for one in cells.values()), 60)
    dimension = Dimension("month", parts, "ordered", (ladder,))
    return Table(
        "vouchers_used", FUND, first, last, (dimension,), cells, distinct=False, exact_total=True
    )


def test_what_is_published_stays_as_it_is_and_other_figures_block() -> None:
    [first] = safe(facts(reached(40, 60))).tables
    out = Earlier((reached(40, 60),), (first,))
    assert safe(facts(reached(40, 60)), out).tables == (first,)
    changed = safe(facts(reached(41, 60)), out)
    assert changed.tables == (first,)
    assert [block.why for block in changed.audit.blocks] == ["changed"]


def test_who_came_in_the_semester_and_not_in_the_quarter_stays_open() -> None:
    """Both counts are of many, their difference of three."""
    for many in range(60, 80):
        quarter, semester = total("reached", many), total("reached", many + 3, SEMESTER)
        second = total("reached", 30, SECOND)
        [shown] = safe(facts(quarter)).tables
        made = safe(
            facts(semester), Earlier((quarter,), (shown,)), Earlier((second,)), period=SEMESTER
        )
        assert made.audit.passed
        before, now = shown.cells[0].value, made.tables[0].cells[0].value
        assert before is not None
        if now is not None:
            # The published difference and twice four, but never less than nobody.
            assert now - before + 8 - max(0, now - before - 8) >= 11


def test_an_earlier_release_that_gives_a_cell_away_blocks_the_next() -> None:
    """Published by hand, without the engine: 46 of 50 are not isolated."""
    quarter = reached(4, 46)
    parts = [Part(YES_NO, whole=True), Part(("no",))]
    cells = tuple(ShownCell((part,), value) for part, value in zip(parts, (50, 46), strict=True))
    bare = ShownTable("households_reached", ("isolated",), cells, 1)
    made = safe(
        facts(reached(20, 60, SEMESTER)),
        Earlier((quarter,), (bare,)),
        Earlier((reached(16, 20, SECOND),)),
        period=SEMESTER,
    )
    assert {block.why for block in made.audit.blocks} == {"narrow_before"}
    assert ("yes",) in {block.where.at for block in made.audit.blocks}


def test_the_quarter_nobody_released_is_guarded_too() -> None:
    """A semester less its first quarter is the second one, which was about few."""
    first, second, both = (
        Table("attendances", FUND, *period, (), {(): fact}, distinct=False)
        for period, fact in (
            (QUARTER, Fact(80, 40)),
            (SECOND, Fact(3, 2)),
            (SEMESTER, Fact(83, 41)),
        )
    )
    [shown] = safe(facts(first)).tables
    made = safe(facts(both), Earlier((first,), (shown,)), Earlier((second,)), period=SEMESTER)
    guarded = {one.where.first_day: one for one in made.audit.guarded}
    assert guarded[SECOND[0]].width >= 11
    before, now = shown.cells[0].value, made.tables[0].cells[0].value
    assert now is None or before is None or now - before >= 5


@pytest.mark.parametrize(
    "fact",
    [
        Fact(300, 40, providers=2, largest_share=0.5, second_share=0.5),
        Fact(300, 40, providers=6, largest_share=0.86, second_share=0.04),
        Fact(300, 40, providers=6, largest_share=0.60, second_share=0.35),
        Fact(300, 10, providers=6, largest_share=0.20, second_share=0.20),
    ],
)
def test_what_one_provider_took_is_not_to_be_had(fact: Fact) -> None:
    category = Dimension("category", ("care", "help", "rest"))
    fine = Fact(500, 60, providers=9, largest_share=0.2, second_share=0.2)
    cells: dict[tuple[str, ...], Fact] = {
        ("care",): fine,
        ("help",): fine,
        ("rest",): fact,
        (ALL,): Fact(1_300, 90, 12, 0.2, 0.2),
    }
    table = Table("vouchers_used", FUND, *QUARTER, (category,), cells, distinct=False)
    [shown] = safe(facts(table)).tables
    assert ("rest",) not in {cell.at[0].codes for cell in shown.cells if shown.dimensions}


def test_a_programme_of_ten_households_is_shown_money_in_hundreds_of_euros() -> None:
    money = {"contributed": 123_456, "available": 23_457, "due": 1_001, "used": 98_765}
    made = safe(Facts(10, (reached(5, 5),), (Statistic("days_to_payment", 3, 40),), money))
    assert made.small
    assert not made.tables
    assert not made.statistics
    shown = {one.name: one for one in made.money}
    assert shown["contributed"] == Amount("contributed", 123_456)
    assert shown["available"].cents == 23_457
    assert shown["due"].cents in {0, 10_000}
    assert shown["used"].rounded
    assert shown["used"].cents in {90_000, 100_000}


def test_money_of_a_larger_programme_is_exact() -> None:
    made = safe(Facts(11, (reached(5, 6),), (), {"used": 98_765}))
    assert made.money == (Amount("used", 98_765),)
    assert values(made.tables[0]) in ([10], [15])


def test_statistics_need_eleven_and_three_providers_behind_them() -> None:
    given = (
        Statistic("days_to_payment", 12.4, 40, providers=3),
        Statistic("days_issue_to_use", 12.4, 10),
        Statistic("satisfaction_good", 0.777, 11, step=0.05),
        Statistic("providers_used", 2, 90, providers=2),
        Statistic("no_show_rate", 0.07, 15, step=0.05, share=True),
        Statistic("no_show_rate", 0.07, 43, step=0.05, share=True),
        Statistic("no_show_rate", 0.07, 44, step=0.05, share=True),
        Statistic("no_show_rate", 0.07, 110, step=0.05, share=True),
        Statistic("no_show_rate", 0.07, 220, step=0.05, share=True),
    )
    assert safe(Facts(90, (), given)).statistics == (
        ShownStatistic("days_to_payment", 12),
        ShownStatistic("days_issue_to_use", None),
        ShownStatistic("satisfaction_good", 0.75, 0.05),
        ShownStatistic("providers_used", None),
        ShownStatistic("no_show_rate", None),
        ShownStatistic("no_show_rate", 0, 0.5),
        ShownStatistic("no_show_rate", 0, 0.25),
        ShownStatistic("no_show_rate", 0, 0.1),
        ShownStatistic("no_show_rate", 0.05, 0.05),
    )


@pytest.mark.parametrize("behind", [22, 30, 43, 44, 109, 110, 219, 220, 500])
def test_a_share_lies_between_its_bounds_and_eleven_others_lie_there_too(behind: int) -> None:
    """Rounded to the nearest, 3 of 30 were « 0 % », and so were only seven others."""
    alike: dict[tuple[float, float], int] = {}
    for some in range(behind + 1):
        one = Statistic("no_show_rate", some / behind, behind, step=0.05, share=True)
        bounds = safe(Facts(90, (), (one,))).statistics[0].between
        assert bounds is not None
        assert bounds[0] <= some / behind <= bounds[1]
        alike[bounds] = alike.get(bounds, 0) + 1
    assert min(alike.values()) >= 11


@pytest.mark.parametrize("value", [-0.2, 1.4])
def test_what_is_no_share_is_secret(value: float) -> None:
    one = Statistic("response_rate", value, 90, step=0.05, share=True)
    assert safe(Facts(90, (), (one,))).statistics == (ShownStatistic("response_rate", None),)


@pytest.mark.parametrize(
    ("name", "value", "bounds"),
    [
        ("no_show_rate", 0.0, (0.0, 0.25)),
        ("no_show_rate", 0.1, (0.05, 0.15)),
        ("no_show_rate", 0.35, (0.325, 0.375)),
        ("no_show_rate", 0.75, (0.625, 0.875)),
        ("no_show_rate", 1.0, (0.75, 1.0)),
        ("satisfaction_good", 1.0, (0.975, 1.0)),
        ("satisfaction_good", None, None),
    ],
)
def test_a_share_frozen_without_its_step_is_bounded_by_the_coarsest_it_may_have_had(
    name: str, value: float | None, bounds: tuple[float, float] | None
) -> None:
    assert ShownStatistic(name, value).between == bounds


def test_the_order_of_parts_of_tables_and_of_earlier_releases_does_not_matter() -> None:
    counts: dict[tuple[str, ...], int] = {("Lyon",): 60, ("Bron",): 30, ("Irigny",): 4}
    quarter, second = reached(20, 22), reached(15, 30, SECOND)
    semester = reached(30, 40, SEMESTER)
    found = []
    for backwards in (False, True):
        sign = -1 if backwards else 1
        towns = households(
            "households_by_town",
            (Dimension("town", TOWNS.parts[::sign], tells=True),),
            counts,
            SEMESTER,
        )
        parts = reached(20, 22).dimensions[0].parts[::sign]
        turned = replace(semester, dimensions=(Dimension("isolated", parts),))
        tables = (turned, towns)[::sign]
        out = (Earlier((quarter,), safe(facts(quarter)).tables), Earlier((second,)))[::sign]
        made = safe(facts(*tables), *out, period=SEMESTER)
        found.append(
            {
                (one.name, frozenset(frozenset(part.codes) for part in cell.at), cell.value)
                for one in made.tables
                for cell in one.cells
            }
        )
    assert found[0] == found[1]


def test_corrections_below_zero_are_attacked_like_others() -> None:
    """More was reversed in the quarter than was used: the sum of one category is negative."""
    category = Dimension("category", ("care", "help"))
    cells: dict[tuple[str, ...], Fact] = {
        ("care",): Fact(-3, 2),
        ("help",): Fact(90, 40),
        (ALL,): Fact(87, 41),
    }
    table = Table(
        "vouchers_used", FUND, *QUARTER, (category,), cells, distinct=False, exact_total=True
    )
    made = safe(facts(table))
    assert values(made.tables[0]) == [87]
    assert made.audit.passed


def test_two_dimensions_fall_back_to_their_margins() -> None:
    area = Dimension("priority_area", YES_NO)
    counts = (5, 25, 25, 45)
    cells: dict[tuple[str, ...], int] = {}
    cells.update(zip(product(YES_NO, YES_NO), counts, strict=True))
    [table] = safe(facts(households("households_reached", (ISOLATED, area), cells))).tables
    assert table.dimensions == ("isolated", "priority_area")
    assert values(table) == [100, 30, 70, 30, 70]
    assert table.coarsened == ("isolated*priority_area",)


def test_a_margin_that_is_not_the_sum_of_its_cells_is_a_fault() -> None:
    """A household counted as isolated and as not: the parts are one more than the total."""
    table = reached(40, 61)
    cells = {**table.cells, (ALL,): Fact(100, 100)}
    with pytest.raises(DoesNotAddUp) as refused:
        safe(facts(replace(table, cells=cells)))
    assert (refused.value.at, refused.value.margin, refused.value.cells) == ((ALL,), 100, 101)


def test_a_category_renamed_in_the_middle_keeps_both_names_guarded() -> None:
    """« group » in the first quarter, « circle » in the second, both in the semester's table."""

    def used(period: tuple[date, date], **many: int) -> Table:
        category = Dimension("category", tuple(many))
        cells: dict[tuple[str, ...], Fact] = {
            (code,): Fact(count, count // 2, 5, 0.4, 0.2) for code, count in many.items()
        }
        cells[ALL,] = Fact(sum(many.values()), sum(many.values()) // 2, 9, 0.3, 0.2)
        return Table("minutes", FUND, *period, (category,), cells, distinct=False)

    first, second = used(QUARTER, care=80, help=60, group=12), used(SECOND, care=70, circle=44)
    both = used(SEMESTER, care=150, help=60, group=12, circle=44)
    out = Earlier((first,), safe(facts(first)).tables)
    made = safe(facts(both), out, Earlier((second,)), period=SEMESTER)
    assert made.audit.passed
    small = [one for one in made.audit.guarded if one.where.at == ("group",)]
    assert {one.where.first_day for one in small} == {QUARTER[0]}
    assert all(one.width >= 11 for one in small)


def test_a_household_that_moved_breaks_the_towns_relation_and_not_the_totals() -> None:
    """From Bron to Lyon in May: Bron has fewer in the semester than in its first quarter."""

    def by_town(period: tuple[date, date], *counts: int) -> Table:
        cells: dict[tuple[str, ...], int] = {}
        cells.update(((town,), many) for town, many in zip(TOWNS.parts, counts, strict=True))
        return households("households_by_town", (TOWNS,), cells, period)

    quarter, second = by_town(QUARTER, 30, 20, 0), by_town(SECOND, 31, 19, 0)
    semester = by_town(SEMESTER, 46, 19, 0)
    out = Earlier((quarter,), safe(facts(quarter)).tables)
    made = safe(facts(semester), out, Earlier((second,)), period=SEMESTER)
    assert made.audit.passed
    assert made.audit.narrowest is None or made.audit.narrowest >= 11
