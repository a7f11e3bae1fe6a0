"""Refusals met when the fields of a summary are named, or filled."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class SummaryEmpty(Refused):
    """A summary without a field says nothing."""

    code = "summary_empty"


@dataclass(eq=False)
class SummaryTooLong(Refused):
    most: int
    code = "summary_too_long"


@dataclass(eq=False)
class SummaryFieldTwice(Refused):
    """Two fields of one name cannot be told apart in the file."""

    label: str
    code = "summary_field_twice"


@dataclass(eq=False)
class SummarySourceUnknown(Refused):
    """No release has such a figure."""

    label: str
    source: str
    code = "summary_source_unknown"


@dataclass(eq=False)
class SummaryOtherUnit(Refused):
    """A field of numbers would be filled with euros, or the like."""

    label: str
    source: str
    code = "summary_other_unit"


@dataclass(eq=False)
class SummaryYearUnknown(Refused):
    """The programme has nothing to say of that year."""

    year: int
    code = "summary_year_unknown"
