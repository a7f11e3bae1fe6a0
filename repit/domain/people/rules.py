"""What an account may be, without a database."""

from enum import StrEnum


class Role(StrEnum):
    """What a person does here. `parent` comes from their file, the others from a membership."""

    PARENT = "parent"
    OPERATOR = "operator"
    PROVIDER = "provider"
    FUNDER = "funder"
    FACILITATOR = "facilitator"


def plain_address(email: str) -> str:
    """Return the stored form of an e-mail address: addresses differ by more than capitals."""
    return email.strip().lower()
