"""One story told by the document and the readable page: Roseraie takes three hours' vouchers."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from repit.domain.categories import Category
from repit.domain.codes import check_symbol
from repit.domain.money import Cents
from repit.domain.providers.standing import AccreditationFacts, Standing, TariffFacts
from repit.domain.redemptions.looking import Seen
from repit.domain.redemptions.redeem import Receipt
from repit.domain.redemptions.reverse import TakenBack
from repit.domain.redemptions.takings import Expected, Taken
from repit.web.api import answers

ID = UUID("0190f3a2-7c1e-7b7e-9d55-3f2b8e6c4a10")
_BODY = "7F3K9QWM2XT"
_SYMBOLS = _BODY + check_symbol(_BODY)
CODE = f"{_SYMBOLS[:4]}-{_SYMBOLS[4:8]}-{_SYMBOLS[8:]}"

_DAY = date(2026, 3, 14)
_PAID_BY = date(2026, 4, 13)
_NOW = datetime(2026, 3, 14, 13, 5, tzinfo=UTC)
_UNDO_UNTIL = datetime(2026, 3, 16, 13, 5, tzinfo=UTC)
_SITTING = Category.BABYSITTING

REDEMPTION: dict[str, Any] = {
    "id": str(ID),
    "codes": [CODE, f"HTTPS://REPIT.EXEMPLE.FR/V/{_SYMBOLS}"],
    "category": _SITTING.value,
    "service_on": _DAY.isoformat(),
    "minutes": 180,
    "family_share_cents": 300,
}

_TARIFF = TariffFacts(_SITTING, True, Cents(2_000), Cents(100), date(2025, 1, 1), None)  # noqa: FBT003

_STANDING = Standing(
    device_id=1,
    provider_id=1,
    provider_public_id="kP0mZr3vQ9a1Tz7cW5xYbA",
    provider_name="La Roseraie",
    revision=1,
    revoked_at=None,
    locked_at=None,
    suspended=False,
    accreditations=(AccreditationFacts(_SITTING, date(2025, 1, 1), date(2026, 12, 31), None),),
    tariffs=(_TARIFF,),
    own_parent_ids=(),
)

_TAKEN = Taken(
    id=ID,
    first_name="Amina",
    category=_SITTING,
    service_on=_DAY,
    minutes=180,
    sessions=None,
    vouchers=2,
    amount=Cents(2_000),
    family_share=Cents(300),
    received_at=_NOW,
    paid_by_on=_PAID_BY,
    undo_until=_UNDO_UNTIL,
    reversed_at=None,
    moved_at=None,
    paid_on=None,
)


def answers_of() -> dict[str, Any]:
    """Return an example of each schema that answers, made by what makes the real ones."""
    made = {
        "Receipt": answers.receipt(Receipt(ID, 2, Cents(2_000), _PAID_BY, _UNDO_UNTIL)),
        "Reversal": answers.reversal(TakenBack(ID, 2, Cents(2_000), _NOW)),
        "Seen": answers.seen(
            Seen(
                first_name="Amina",
                vouchers=2,
                face=Cents(1_000),
                amount=Cents(2_000),
                last_day=date(2026, 12, 31),
                today=_DAY,
                categories={_SITTING: _TARIFF},
            )
        ),
        "Taken": answers.taken(_TAKEN),
        "Account": answers.account(
            _STANDING,
            owed=Cents(2_000),
            expected=[Expected(_PAID_BY, Cents(2_000), 1)],
            redemptions=[_TAKEN],
            next_page=None,
        ),
    }
    return {name: orjson.loads(body) for name, body in made.items()}
