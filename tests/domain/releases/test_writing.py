"""The same content is the same bytes, and what was changed is refused loudly."""

from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest

from repit.domain.releases.errors import ReleaseChanged
from repit.domain.releases.facts import ALL, Dimension, Fact, Facts, Statistic, Table
from repit.domain.releases.writing import (
    content_bytes,
    digest,
    facts_bytes,
    read_content,
    read_facts,
)
from tests.domain.releases.releasing import APRIL, a_content


def test_content_comes_back_as_it_was() -> None:
    content = a_content()
    stored = content_bytes(content)

    assert read_content(stored, digest(stored), number="2026-001") == content
    assert content_bytes(read_content(stored, digest(stored), number="")) == stored


def test_the_same_moment_in_another_zone_is_the_same_content() -> None:
    elsewhere = APRIL.astimezone(timezone(timedelta(hours=2)))

    assert content_bytes(a_content(counted_at=elsewhere)) == content_bytes(a_content())


@pytest.mark.parametrize("place", [0, 40, -2])
def test_one_changed_byte_is_refused(place: int) -> None:
    stored = bytearray(content_bytes(a_content()))
    sha256 = digest(bytes(stored))
    stored[place] ^= 1

    with pytest.raises(ReleaseChanged) as refused:
        read_content(bytes(stored), sha256, number="2026-007")

    assert refused.value.number == "2026-007"


def test_nothing_stored_is_refused() -> None:
    with pytest.raises(ReleaseChanged):
        read_content(None, None, number="2026-007")


def test_facts_come_back_as_they_were() -> None:
    month = Dimension("month", ("2026-01", "2026-02"), "ordered", ({"2026-01": "2026-Q1"},))
    town = Dimension("town", ("Lens", "Liévin"), tells=True)
    cells: dict[tuple[str, ...], Fact] = {
        (one, other): Fact(3, 2, 4, 0.5, 0.25)
        for one in (*month.parts, ALL)
        for other in (*town.parts, ALL)
    }
    days = (date(2026, 1, 1), date(2026, 3, 31))
    table = Table("vouchers_used", "fund:1", *days, (month, town), cells, distinct=False)
    facts = Facts(
        47,
        (table, replace(table, name="respite_minutes", step=300, exact_total=True)),
        (Statistic("satisfaction_good", 0.8, 40, None, 0.05), Statistic("response_rate", None, 0)),
        {"contributed": 100_000},
        {"sessions_held": 12},
    )

    assert read_facts(facts_bytes(facts)) == facts
