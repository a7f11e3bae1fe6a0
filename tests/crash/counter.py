"""A provider's software in a bad hour: it sends the same request until it is told the end."""

import json
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event

REDEMPTIONS = "/api/v1/redemptions"
DONE = {200, 201}
PASSING = {500, 502, 503}
PATIENCE_SECONDS = 120


@dataclass
class Counter:
    """Brings what it was given, one request after another, from a thread of its own."""

    port: int
    token: str
    bodies: list[dict[str, object]]
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    """What was answered, by the id of the redemption."""
    interrupted: int = 0

    def work(self, enough: Event) -> None:
        """Bring until it is enough; what was begun is brought to its end."""
        for body in self.bodies:
            if enough.is_set():
                return
            self.acknowledged[str(body["id"])] = self.bring(body)
        raise AssertionError("nothing left to bring: give the counters more")

    def bring(self, body: dict[str, object]) -> bytes:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                status, answer = self._send(body)
            except (OSError, HTTPException):
                status, answer = 503, b"cut"
            if status in DONE:
                return answer
            assert status in PASSING, (status, answer)
            self.interrupted += 1
            time.sleep(0.02)
        raise AssertionError("nobody answered in time")

    def _send(self, body: dict[str, object]) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            }
            connection.request("POST", REDEMPTIONS, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
