"""A funder's code reads frozen releases and its own money: the way to rows about people is closed.

What a page really asks the database is watched in `tests/web/funders/test_releases.py`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from repit.settings import ROOT

WEB = ROOT / "repit" / "web"
ALLOWED = {
    "repit.domain.cards.queries",  # whether its promise can be paid online
    "repit.domain.clock",
    "repit.domain.errors",
    "repit.domain.periods",
    "repit.domain.programmes",
    "repit.domain.programmes.contribution_queries",
    "repit.domain.programmes.queries",
    "repit.domain.referrals.rules",  # the names of kinds
    "repit.domain.releases",
    "repit.domain.releases.content",
    "repit.domain.releases.published",
    "repit.domain.reports",
    "repit.domain.reports.own_funds",
    "repit.domain.summaries.rules",  # which indicator goes in which field of the Caf
}
READERS = [
    *sorted((WEB / "funders").glob("*.py")),
    *sorted((WEB / "release_files").glob("*.py")),
    WEB / "release_pages.py",
    WEB / "public" / "figures.py",
]
TRUTH = ("ReleaseFact", "release_fact", "KeptFact", "read_facts", "facts_of")
"""What only the job that drafts, and the operator's pages, may name."""


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


@pytest.mark.parametrize("path", READERS, ids=lambda path: str(path.relative_to(WEB)))
def test_what_a_funder_reads_comes_from_releases_and_money_alone(path: Path) -> None:
    modules = {
        name
        for name in imported(path)
        if name.startswith("repit.domain.")
        and (ROOT / name.replace(".", "/")).with_suffix(".py").exists()
    }

    assert modules <= ALLOWED


@pytest.mark.parametrize(
    "path",
    [
        *READERS,
        ROOT / "repit/domain/releases/published.py",
        ROOT / "repit/domain/releases/content.py",
        ROOT / "repit/domain/reports/own_funds.py",
    ],
    ids=lambda path: path.name,
)
def test_nothing_that_a_funder_reaches_names_the_truth(path: Path) -> None:
    assert [word for word in TRUTH if word in path.read_text()] == []


def test_what_publishes_reads_no_row_about_people() -> None:
    models = {
        name
        for name in imported(ROOT / "repit/domain/releases/published.py")
        if ".models." in f"{name}."
    }

    assert {name.rpartition(".models")[0] for name in models} == {
        "repit.domain.programmes",
        "repit.domain.releases",
    }
