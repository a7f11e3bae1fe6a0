"""The reader by hand, the checker that explains and the published schema: one judgement."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from repit.web.api import checking, content, schema
from repit.web.api.redemption_body import brought_by
from repit.web.api.troubles import ContentNotValid

PUBLISHED = Draft202012Validator(schema.REDEMPTION, format_checker=FormatChecker(["date", "uuid"]))

GOOD: dict[str, st.SearchStrategy[Any]] = {
    "id": st.uuids().map(str),
    "codes": st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3),
    "category": st.sampled_from(["babysitting", "home_help", "well_being", "workshop_childcare"]),
    "service_on": st.dates().map(str),
    "minutes": st.integers(1, 1440),
    "sessions": st.integers(1, 50),
    "family_share_cents": st.integers(0, 100_000),
}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
ALMOST: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from(["", "0190f3a2-7c1e-7b7e-9d55-3f2b8e6c4a1", "g" * 36, "\u0660" * 36]),
    "codes": st.lists(st.just("X"), min_size=49, max_size=52) | st.just(["X" * 501]),
    "category": st.sampled_from(["", "Babysitting", "babysitting "]),
    "service_on": st.sampled_from(["2026-02-29", "2024-02-29", "20260314", "2026-W11-6",
                                   "\u0662026-03-14", "0000-01-01", "9999-12-31", "2026-03-14 "]),
    "minutes": st.sampled_from([0, 1, 1440, 1441, 60.0, 60.5, True, 2**70, -1]),
    "sessions": st.sampled_from([0, 1, 50, 51, 1.0, False, None]),
    "family_share_cents": st.sampled_from([-1, 0, 100_000, 100_001, 1e5, True]),
}  # fmt: skip


@st.composite
def bodies(draw: st.DrawFn) -> object:
    """Mostly right bodies, with at most a few members spoilt, missing or too many."""
    if draw(st.integers(0, 9)) == 0:
        return draw(ANYTHING)
    left_out = draw(st.sampled_from(["minutes", "sessions", "both", "neither"]))
    body = {name: draw(good) for name, good in GOOD.items() if name != left_out}
    if left_out == "both":
        del body["minutes"], body["sessions"]
    for name in draw(st.lists(st.sampled_from(sorted(GOOD)), max_size=2)):
        what = draw(st.sampled_from(["almost", "anything", "gone"]))
        if what == "gone":
            body.pop(name, None)
        else:
            body[name] = draw(ALMOST[name] if what == "almost" else ANYTHING)
    if draw(st.integers(0, 9)) == 0:
        body[draw(st.text(max_size=5))] = 1
    return body


@given(bodies())
@example({})
@example(["id"])
def test_the_three_judge_alike(body: object) -> None:
    read = content.parse(json.dumps(body).encode())

    flaws = checking.flaws_of(read, schema.REDEMPTION)
    assert PUBLISHED.is_valid(read) == (not flaws)
    if not flaws:
        brought_by(read)
        return
    with pytest.raises(ContentNotValid) as refused:
        brought_by(read)
    assert refused.value.flaws == flaws


@given(bodies().filter(lambda body: isinstance(body, dict) and "id" in body))
def test_what_is_read_is_what_was_written(body: dict[str, Any]) -> None:
    try:
        brought = brought_by(content.parse(json.dumps(body).encode()))
    except ContentNotValid:
        return
    service = brought.service
    assert str(brought.id) == body["id"].lower()
    assert (list(brought.codes), service.category.value) == (body["codes"], body["category"])
    assert service.service_on.isoformat() == body["service_on"]
    assert (service.minutes, service.sessions) == (body.get("minutes"), body.get("sessions"))
    assert service.family_share == body.get("family_share_cents", 0)
