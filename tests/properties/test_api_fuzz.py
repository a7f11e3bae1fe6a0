"""Whatever is sent, the API answers by its contract and never with a fault of ours."""

import json
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.cast import a_town, redemption_id
from tests.properties.test_api_content import bodies
from tests.web.api.software import REDEMPTIONS, Software

TYPES = st.sampled_from(["application/json", "application/json; charset=latin-1", "text/html", ""])
HEADERS = st.dictionaries(
    st.sampled_from(["Accept", "Accept-Language", "Content-Encoding", "Authorization", "Cookie",
                     "Transfer-Encoding", "Origin", "Sec-Fetch-Site", "X-Forwarded-For"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30), max_size=2,
)  # fmt: skip
PARTS = st.text(st.characters(exclude_characters="?#", exclude_categories=["Cs"]), max_size=20)
PATHS = st.one_of(
    st.just(REDEMPTIONS),
    st.builds("/api/v1/vouchers/{}".format, PARTS),
    st.builds(f"{REDEMPTIONS}/{{}}".format, PARTS),
    st.builds(f"{REDEMPTIONS}/{{}}/reversal".format, PARTS | st.just(redemption_id(1))),
    st.builds("/api/v1/account?before={}".format, PARTS),
    st.builds("/api/v1/x{}".format, PARTS),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_there_is_no_5xx(app: Flask, db: Session, data: st.DataObject) -> None:
    town_token = app.config.get("TOWN_TOKEN") or a_town(db).roseraie.token
    app.config["TOWN_TOKEN"] = town_token
    roseraie = Software(app, town_token)
    more: dict[str, Any] = {"headers": data.draw(HEADERS), "content_type": data.draw(TYPES)}
    body = data.draw(st.binary(max_size=60) | bodies().map(json.dumps))

    answer = roseraie.open(data.draw(st.sampled_from(["GET", "POST"])), data.draw(PATHS),
                           data=body, **more)  # fmt: skip

    assert answer.status_code < 500
