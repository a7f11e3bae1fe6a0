"""What goes in and comes out, as JSON Schema 2020-12: cents, minutes, days, UTC moments.

The one source: requests are checked by it (`checking`), the OpenAPI document publishes it,
and tests hold every answer against it.
"""

from typing import Any

from repit.domain.categories import Category
from repit.domain.redemptions.redeem import MOST_CODES

Schema = dict[str, Any]

MOST_MINUTES = 1_440
MOST_SESSIONS = 50
MOST_SHARE = 100_000
LONGEST_CODE = 500

UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
DAY_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

_UUID: Schema = {"type": "string", "format": "uuid", "pattern": UUID_PATTERN}
_DAY: Schema = {"type": "string", "format": "date", "pattern": DAY_PATTERN}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_CENTS: Schema = {"type": "integer", "minimum": 0}
_COUNT: Schema = {"type": "integer", "minimum": 1}
_TEXT: Schema = {"type": "string"}
_CATEGORY: Schema = {"type": "string", "enum": [category.value for category in Category]}


def _or_null(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def _object(properties: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


REDEMPTION: Schema = {
    **_object(
        {
            "id": _UUID,
            "codes": {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_CODE},
                "minItems": 1,
                "maxItems": MOST_CODES,
            },
            "category": _CATEGORY,
            "service_on": _DAY,
            "minutes": {"type": "integer", "minimum": 1, "maximum": MOST_MINUTES},
            "sessions": {"type": "integer", "minimum": 1, "maximum": MOST_SESSIONS},
            "family_share_cents": {
                "type": "integer",
                "minimum": 0,
                "maximum": MOST_SHARE,
                "default": 0,
            },
        },
        optional=("minutes", "sessions", "family_share_cents"),
    ),
    "oneOf": [{"required": ["minutes"]}, {"required": ["sessions"]}],
}

NOTHING: Schema = _object({})

RECEIPT: Schema = _object(
    {
        "id": _UUID,
        "vouchers": _COUNT,
        "amount_cents": _CENTS,
        "paid_by_on": _DAY,
        "undo_until": _MOMENT,
    }
)

REVERSAL: Schema = _object(
    {"id": _UUID, "vouchers": _COUNT, "amount_cents": _CENTS, "reversed_at": _MOMENT}
)

_UNIT: Schema = {"type": "string", "enum": ["hour", "session"]}

SEEN: Schema = _object(
    {
        "first_name": _TEXT,
        "vouchers": _COUNT,
        "face_cents": _CENTS,
        "amount_cents": _CENTS,
        "last_day": _DAY,
        "today": _DAY,
        "categories": _list(
            _object(
                {
                    "category": _CATEGORY,
                    "unit": _or_null(_TEXT),
                    "unit_cents": _or_null(_CENTS),
                    "family_share_cents": _or_null(_CENTS),
                }
            )
        ),
    }
)

TAKEN: Schema = _object(
    {
        "id": _UUID,
        "state": {"type": "string", "enum": ["live", "reversed", "paid"]},
        "category": _CATEGORY,
        "service_on": _DAY,
        "minutes": _or_null(_COUNT),
        "sessions": _or_null(_COUNT),
        "vouchers": _COUNT,
        "amount_cents": _CENTS,
        "family_share_cents": _CENTS,
        "received_at": _MOMENT,
        "paid_by_on": _DAY,
        "undo_until": _MOMENT,
        "reversed_at": _or_null(_MOMENT),
        "paid_on": _or_null(_DAY),
    }
)

ACCOUNT: Schema = _object(
    {
        "provider": _object({"id": _TEXT, "name": _TEXT}),
        "state": {"type": "string", "enum": ["active", "suspended", "device_locked"]},
        "owed_cents": _CENTS,
        "expected": _list(
            _object({"paid_by_on": _DAY, "amount_cents": _CENTS, "redemptions": _COUNT})
        ),
        "accreditations": _list(
            _object(
                {
                    "category": _CATEGORY,
                    "first_day": _DAY,
                    "last_day": _DAY,
                    "withdrawn_on": _or_null(_DAY),
                }
            )
        ),
        "tariffs": _list(
            _object(
                {
                    "category": _CATEGORY,
                    "unit": _UNIT,
                    "unit_cents": _CENTS,
                    "family_share_cents": _CENTS,
                    "first_day": _DAY,
                    "last_day": _or_null(_DAY),
                }
            )
        ),
        "redemptions": _list({"$ref": "#/components/schemas/Taken"}),
        "next": _or_null(_TEXT),
    }
)

PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "code": _TEXT,
        "next_step": _TEXT,
        "errors": _list(_object({"pointer": _TEXT, "detail": _TEXT})),
    },
    "required": ["type", "title", "status", "detail", "code", "next_step"],
}
