"""What a voucher may pay for, and the set of them as one number in the database."""

from collections.abc import Iterable
from enum import StrEnum


class Category(StrEnum):
    BABYSITTING = "babysitting"
    HOME_HELP = "home_help"
    WELL_BEING = "well_being"
    WORKSHOP_CHILDCARE = "workshop_childcare"

    @property
    def bit(self) -> int:
        """The category's place in a stored set; never renumber a published one."""
        return 1 << list(Category).index(self)


ALL_CATEGORIES = sum(category.bit for category in Category)


def as_bits(categories: Iterable[Category]) -> int:
    """Return the stored form of a set of categories."""
    return sum(category.bit for category in set(categories))


def from_bits(bits: int) -> list[Category]:
    """Return the categories of a stored set, in their published order."""
    return [category for category in Category if bits & category.bit]
