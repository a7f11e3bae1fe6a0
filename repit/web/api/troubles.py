"""What can be wrong with a request before the domain is asked. Facts, no sentences."""

from dataclasses import dataclass
from typing import ClassVar

from repit.web.api.checking import Flaw


@dataclass(eq=False)
class Trouble(Exception):
    """Base of the API's own refusals; `code` is published."""

    code: ClassVar[str]


@dataclass(eq=False)
class TokenNotValid(Trouble):
    """Missing, unknown or revoked: all alike."""

    code = "token_not_valid"


@dataclass(eq=False)
class NotJson(Trouble):
    given: str
    code = "not_json"


@dataclass(eq=False)
class EncodedContent(Trouble):
    code = "encoded_content"


@dataclass(eq=False)
class TooLarge(Trouble):
    most_bytes: int
    code = "too_large"


@dataclass(eq=False)
class NotUtf8(Trouble):
    byte: int
    code = "not_utf8"


@dataclass(eq=False)
class MalformedJson(Trouble):
    line: int
    column: int
    code = "malformed_json"


@dataclass(eq=False)
class DuplicateMembers(Trouble):
    flaws: list[Flaw]
    code = "duplicate_members"


@dataclass(eq=False)
class ContentNotValid(Trouble):
    flaws: list[Flaw]
    code = "content_not_valid"


@dataclass(eq=False)
class NoSuchAddress(Trouble):
    code = "not_found"


@dataclass(eq=False)
class WrongMethod(Trouble):
    code = "wrong_method"


@dataclass(eq=False)
class BadRequest(Trouble):
    code = "bad_request"


@dataclass(eq=False)
class Unavailable(Trouble):
    code = "busy"


@dataclass(eq=False)
class Internal(Trouble):
    """A bug of ours; `reference` finds it in the log."""

    reference: str
    code = "internal"
