"""A provider's software: it speaks HTTP, and believes the published contract."""

import json
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from repit.web.api.pages import document_in
from tests.cast import TODAY, redemption_id
from tests.web.api.contract import Contract

REDEMPTIONS = "/api/v1/redemptions"


class Software:
    """Every answer is held against the document before the test sees it."""

    def __init__(self, app: Flask, token: str | None, language: str = "fr") -> None:
        self.token = token
        self.language = language
        self.client = app.test_client()
        with app.app_context():
            self.contract = Contract(json.loads(document_in("fr")))

    def open(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {"Accept-Language": self.language, **more.pop("headers", {})}
        if self.token is not None:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        answer = self.client.open(path, method=method, headers=headers, **more)
        self.contract.check(method, path.partition("?")[0], answer)
        return answer

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.open("GET", path, **more)

    def send(
        self, body: bytes | str, content_type: str = "application/json", **more: Any
    ) -> TestResponse:
        """Send a body as it is to the redemptions, whatever it says."""
        return self.open("POST", REDEMPTIONS, data=body, content_type=content_type, **more)

    def redeem(self, codes: list[str], number: int = 1, **changes: Any) -> TestResponse:
        return self.send(json.dumps(asked(codes, number, **changes)))

    def look(self, code: str) -> TestResponse:
        return self.get(f"/api/v1/vouchers/{code}")

    def undo(self, number: int = 1, **more: Any) -> TestResponse:
        return self.open("POST", f"{REDEMPTIONS}/{redemption_id(number)}/reversal", **more)

    def redemption(self, key: UUID | str) -> TestResponse:
        return self.get(f"{REDEMPTIONS}/{key}")

    def account(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/api/v1/account").get_json()
        return found


def asked(codes: list[str], number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return an hour of babysitting today; a change to None leaves the member out."""
    body = {
        "id": str(redemption_id(number)),
        "codes": codes,
        "category": "babysitting",
        "service_on": TODAY.isoformat(),
        "minutes": 60,
        "family_share_cents": 0,
    } | changes
    return {name: value for name, value in body.items() if value is not None}
