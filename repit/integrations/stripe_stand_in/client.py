"""The line between Stripe's library and the imitation: encoding, keys of idempotency, bad lines."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

import stripe

from repit.domain import clock
from repit.integrations.stripe_stand_in import desk
from repit.integrations.stripe_stand_in.refusals import StandInRefusal
from repit.integrations.stripe_stand_in.shelf import Books, Shelf

KEYS_KEPT = timedelta(hours=24)
"""Afterwards the same key is a new call, as at Stripe: our rows must know what they asked."""
UNREACHABLE, REPLY_LOST, BROKEN = "unreachable", "reply_lost", "broken"

Answer = tuple[str, int, dict[str, str]]


class StandInClient(stripe.HTTPClient):
    """What the library takes for a connection to Stripe."""

    name = "stand-in"

    def __init__(
        self, shelf: Shelf, key: str, *, moment: Callable[[], datetime] = clock.now
    ) -> None:
        """Answer whoever has the key, from the books on a shelf."""
        super().__init__()
        self.calls: list[tuple[str, str]] = []
        """Every call that was sent, the repeated ones too."""
        self.troubles: list[str] = []
        """What happens to the next calls, one each: UNREACHABLE, REPLY_LOST or BROKEN."""
        self._shelf = shelf
        self._key = key
        self._moment = moment

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Answer:
        """Answer one call, or lose it on the way there or back."""
        self.calls.append((method, urlsplit(url).path))
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble == UNREACHABLE:
            _break_the_line()
        if trouble == BROKEN:
            return _body({"error": {"type": "api_error", "message": "Went wrong"}}), 500, {}
        answer = self._answer(method, url, headers or {}, post_data)
        if trouble == REPLY_LOST:
            _break_the_line()
        return answer

    def close(self) -> None:
        """Close nothing."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0  # nobody is busy at the other end

    def _answer(self, method: str, url: str, headers: Mapping[str, str], post_data: Any) -> Answer:
        sent = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(url)
        if sent.get("authorization") != f"Bearer {self._key}":
            return _body({"error": {"message": "Invalid API Key provided"}}), 401, {}
        try:
            params = unflatten(post_data if method == "post" else parts.query)
            with self._shelf.open() as books:
                return self._once(books, method, parts.path, params, sent.get("idempotency-key"))
        except StandInRefusal as refusal:
            return _body({"error": refusal.error}), refusal.status, {"request-id": "req_stand_in"}

    def _once(
        self, books: Books, method: str, path: str, params: dict[str, Any], key: str | None
    ) -> Answer:
        at = int(self._moment().timestamp())
        known = books["answers"].get(key) if method == "post" and key else None
        if known and at - known["at"] < KEYS_KEPT.total_seconds():
            if known["asked"] != [path, params]:
                raise StandInRefusal(
                    "idempotency_key_reused",
                    "Keys for idempotent requests can only be used with the same parameters",
                    type="idempotency_error",
                )
            return known["body"], known["status"], {"idempotent-replayed": "true"}
        status, body = 200, ""
        try:
            body = _body(desk.answer(books, method, path, params, at))
        except StandInRefusal as refusal:
            status, body = refusal.status, _body({"error": refusal.error})
            # What was refused for its form never ran, so Stripe keeps no answer to it. Any other
            # answer stays: asked again under the same key, too small a balance stays too small.
            key = None if refusal.formal else key
        if method == "post" and key:
            books["answers"][key] = {
                "asked": [path, params], "at": at, "status": status, "body": body
            }  # fmt: skip
        return body, status, {"request-id": "req_stand_in"}


def _break_the_line() -> NoReturn:
    broken: Callable[..., Exception] = stripe.APIConnectionError
    raise broken("the line broke", should_retry=True)


def unflatten(text: str | bytes | None) -> dict[str, Any]:
    """Return `a[b][0]=c` as `{"a": {"b": ["c"]}}`."""
    if isinstance(text, bytes):
        text = text.decode()
    found: dict[str, Any] = {}
    for name, value in parse_qsl(text or "", keep_blank_values=True):
        *way, last = re.findall(r"[^\[\]]+", name)
        inside = found
        for step in way:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return {name: _lists(value) for name, value in found.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {name: _lists(one) for name, one in value.items()}
    if inside and all(name.isdigit() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside


def _body(content: Mapping[str, Any]) -> str:
    return json.dumps(content)
