"""What the imitation answers to each call, and what it refuses. Amounts are cents."""

from collections.abc import Callable
from typing import Any

from repit.integrations.stripe_stand_in.refusals import (
    StandInRefusal,
    invalid,
    missing,
    no_such,
    unknown,
)
from repit.integrations.stripe_stand_in.shelf import Books, all_of, new

LEAST, MOST = 50, 99_999_999
SOONEST, LATEST = 30 * 60, 24 * 3600
WAYS = {"card", "sepa_debit", "customer_balance"}
COUNTRIES = {"AT", "BE", "DE", "ES", "FR", "IE", "IT", "LU", "NL", "PT"}
TRANSFER_COUNTRIES = {"BE", "DE", "ES", "FR", "IE", "NL"}

Params = dict[str, Any]
Answer = dict[str, Any]


def answer(books: Books, method: str, path: str, params: Params, at: int) -> Answer:
    """Return what Stripe would answer.

    Raises:
        StandInRefusal: it would refuse.
    """
    steps = path.strip("/").split("/")[1:]
    if path == "/v1/balance" and method == "get":
        amount = books["balance"]
        return {"object": "balance", "available": [{"amount": amount, "currency": "eur"}]}
    if method == "get":
        return _read(books, steps, params)
    match steps:
        case ["checkout", "sessions", name, "expire"]:
            return _expire_session(books, name)
        case ["transfers", name, "reversals"]:
            return _reverse_transfer(books, name, params, at)
    make = _MAKERS.get("/".join(steps))
    if make is None:
        raise StandInRefusal(
            "url_unrecognized", f"Unrecognized request URL ({method.upper()}: {path})", status=404
        )
    return make(books, params, at)


_KINDS = {"refunds": "refund", "transfers": "transfer", "payment_intents": "payment_intent",
          "customers": "customer", "checkout/sessions": "checkout.session",
          "accounts": "account", "disputes": "dispute"}  # fmt: skip


def _read(books: Books, steps: list[str], params: Params) -> Answer:
    path = "/".join(steps)
    if path in _KINDS:
        _only(params, "limit", "payment_intent", "transfer_group", "destination")
        asked = {name: value for name, value in params.items() if name != "limit"}
        found = all_of(books, _KINDS[path], **asked)
        most = _whole(params, "limit", default=10)
        return {"object": "list", "url": f"/v1/{path}", "has_more": len(found) > most,
                "data": found[::-1][:most]}  # fmt: skip
    kind = _KINDS.get("/".join(steps[:-1]), "object")
    return _found(books, kind, steps[-1])


def _make_customer(books: Books, params: Params, at: int) -> Answer:
    _only(params, "email", "name", "metadata")
    return new(books, "customer", "cus", at, metadata=params.get("metadata", {}))


def _make_session(books: Books, params: Params, at: int) -> Answer:
    _only(
        params, "mode", "locale", "client_reference_id", "metadata", "payment_intent_data",
        "payment_method_types", "payment_method_options", "line_items", "success_url", "cancel_url",
        "expires_at", "customer", "customer_email",
    )  # fmt: skip
    _need(params, "mode", "line_items", "success_url")
    if params["mode"] != "payment":
        raise invalid("mode", "only payments are imitated")
    ways = params.get("payment_method_types") or ["card"]
    if not set(ways) <= WAYS:
        raise invalid("payment_method_types", f"must be among {sorted(WAYS)}")
    if "customer_balance" in ways:
        _check_transfer(books, params)
    expires_at = _whole(params, "expires_at", default=at + LATEST)
    if not at + SOONEST <= expires_at <= at + LATEST:
        raise invalid("expires_at", "must be between 30 minutes and 24 hours from now")
    made = new(
        books, "checkout.session", "cs_test", at,
        mode="payment", status="open", payment_status="unpaid", currency="eur",
        amount_total=sum(_line(one) for one in params["line_items"]),
        payment_method_types=ways, client_reference_id=params.get("client_reference_id"),
        metadata=params.get("metadata", {}), success_url=params["success_url"],
        cancel_url=params.get("cancel_url"), payment_intent=None, expires_at=expires_at,
        title=params["line_items"][0]["price_data"]["product_data"]["name"],
        intent=params.get("payment_intent_data", {}),
    )  # fmt: skip
    made["url"] = f"/dev/checkout/{made['id']}"
    return made


def _check_transfer(books: Books, params: Params) -> None:
    _need(params, "customer")
    _found(books, "customer", params["customer"], status=400)
    options = (params.get("payment_method_options") or {}).get("customer_balance") or {}
    transfer = options.get("bank_transfer") or {}
    if options.get("funding_type") != "bank_transfer" or transfer.get("type") != "eu_bank_transfer":
        raise missing("payment_method_options[customer_balance][bank_transfer][type]")
    if (transfer.get("eu_bank_transfer") or {}).get("country") not in TRANSFER_COUNTRIES:
        raise invalid("eu_bank_transfer[country]", f"must be among {sorted(TRANSFER_COUNTRIES)}")


def _line(line: Params) -> int:
    _only(line, "quantity", "price_data")
    price = line.get("price_data") or {}
    _only(price, "currency", "unit_amount", "product_data")
    _need(price, "currency", "unit_amount", "product_data")
    if price["currency"] != "eur":
        raise invalid("currency", "this imitation has euros only")
    return _amount(price, "unit_amount") * _whole(line, "quantity", default=1)


def _expire_session(books: Books, name: str) -> Answer:
    session = _found(books, "checkout.session", name)
    if session["status"] != "open":
        raise StandInRefusal("session_not_open", "Only Checkout Sessions with status open expire")
    session["status"] = "expired"
    return session


def _make_refund(books: Books, params: Params, at: int) -> Answer:
    _only(params, "payment_intent", "amount", "reason", "metadata")
    _need(params, "payment_intent")
    intent = _found(books, "payment_intent", params["payment_intent"])
    if intent["status"] != "succeeded":
        raise StandInRefusal("payment_intent_unexpected_state", "This payment has not succeeded")
    if all_of(books, "dispute", payment_intent=intent["id"], taken=True):
        raise StandInRefusal("charge_disputed", "This charge has been charged back")
    left = intent["amount_received"] - intent["amount_refunded"]
    amount = _amount(params, "amount", least=1) if "amount" in params else left
    if left == 0:
        raise StandInRefusal("charge_already_refunded", "This charge was refunded already")
    if amount > left:
        why = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise StandInRefusal("amount_too_large", why, param="amount")
    intent["amount_refunded"] += amount
    books["balance"] -= amount
    return new(
        books, "refund", "re", at, amount=amount, currency="eur", payment_intent=intent["id"],
        metadata=params.get("metadata", {}),
        status="pending" if books["balance"] < 0 else "succeeded",
    )  # fmt: skip


def _make_account(books: Books, params: Params, at: int) -> Answer:
    _only(params, "country", "controller", "capabilities", "email", "metadata")
    _need(params, "country", "controller", "capabilities")
    if params["country"] not in COUNTRIES:
        raise invalid("country", f"{params['country']} is not imitated")
    if (params["capabilities"].get("transfers") or {}).get("requested") != "true":
        raise missing("capabilities[transfers][requested]")
    return new(
        books, "account", "acct", at, country=params["country"], details_submitted=False,
        payouts_enabled=False, capabilities={"transfers": "inactive"},
        requirements={"currently_due": ["external_account", "individual.verification.document"]},
        metadata=params.get("metadata", {}), received=0,
    )  # fmt: skip


def _make_account_link(books: Books, params: Params, at: int) -> Answer:
    _only(params, "account", "type", "return_url", "refresh_url")
    _need(params, "account", "type", "return_url", "refresh_url")
    account = _found(books, "account", params["account"], status=400)
    account["return_url"] = params["return_url"]
    return {"object": "account_link", "created": at, "expires_at": at + 300,
            "url": f"/dev/connect/{account['id']}"}  # fmt: skip


def _make_transfer(books: Books, params: Params, at: int) -> Answer:
    _only(params, "amount", "currency", "destination", "transfer_group", "metadata", "description")
    _need(params, "amount", "currency", "destination")
    amount = _amount(params, "amount", least=1)
    account = _found(books, "account", params["destination"], status=400)
    if account["capabilities"]["transfers"] != "active":
        raise StandInRefusal(
            "insufficient_capabilities_for_transfer", "The account cannot receive transfers yet"
        )
    if amount > books["balance"]:
        raise StandInRefusal("balance_insufficient", "You have insufficient available funds")
    books["balance"] -= amount
    account["received"] += amount
    return new(
        books, "transfer", "tr", at, amount=amount, amount_reversed=0, currency="eur",
        destination=account["id"], transfer_group=params.get("transfer_group"), reversed=False,
        metadata=params.get("metadata", {}),
    )  # fmt: skip


def _reverse_transfer(books: Books, name: str, params: Params, at: int) -> Answer:
    _only(params, "amount", "description", "metadata")
    transfer = _found(books, "transfer", name)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = _amount(params, "amount", least=1) if "amount" in params else left
    if left == 0 or amount > left:
        raise StandInRefusal("transfer_already_reversed", f"Only {left} is left to reverse")
    account = _found(books, "account", transfer["destination"])
    if amount > account["received"]:
        raise StandInRefusal("balance_insufficient", "The account does not have it any more")
    account["received"] -= amount
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    books["balance"] += amount
    return new(books, "transfer_reversal", "trr", at, amount=amount, transfer=name, currency="eur")


_MAKERS: dict[str, Callable[[Books, Params, int], Answer]] = {
    "customers": _make_customer,
    "checkout/sessions": _make_session,
    "refunds": _make_refund,
    "accounts": _make_account,
    "account_links": _make_account_link,
    "transfers": _make_transfer,
}


def _found(books: Books, kind: str, name: object, *, status: int = 404) -> dict[str, Any]:
    found: dict[str, Any] | None = books["objects"].get(name)
    if found is None or kind not in {"object", found["object"]}:
        raise no_such(kind, name, status=status)
    return found


def _only(params: Params, *known: str) -> None:
    for name in params:
        if name not in known:
            raise unknown(name)


def _need(params: Params, *names: str) -> None:
    for name in names:
        if not params.get(name):
            raise missing(name)


def _whole(params: Params, name: str, *, default: int) -> int:
    value = str(params.get(name, default))
    if not value.isascii() or not value.isdigit():
        raise invalid(name, f"{value} is not a whole number")
    return int(value)


def _amount(params: Params, name: str, *, least: int = LEAST) -> int:
    amount = _whole(params, name, default=0)
    if amount < least:
        raise StandInRefusal("amount_too_small", f"Amount must be at least {least}", param=name)
    if amount > MOST:
        raise StandInRefusal("amount_too_large", f"Amount must be at most {MOST}", param=name)
    return amount
