"""Refusals of a whole file. What is wrong in one cell is a `Problem`, see `rows`."""

from dataclasses import dataclass

from repit.domain.errors import Refused


@dataclass(eq=False)
class FileEmpty(Refused):
    code = "import_file_empty"


@dataclass(eq=False)
class FileTooLarge(Refused):
    most_megabytes: int
    code = "import_file_too_large"


@dataclass(eq=False)
class TooManyRows(Refused):
    rows: int
    most: int
    code = "import_too_many_rows"


@dataclass(eq=False)
class TooManyCells(Refused):
    """Of one row."""

    row: int
    most: int
    code = "import_too_many_cells"


@dataclass(eq=False)
class IsAWorkbook(Refused):
    """An Excel or LibreOffice workbook: it has to be saved as CSV."""

    code = "import_is_a_workbook"


@dataclass(eq=False)
class NotText(Refused):
    """Zero bytes, a PDF, a picture."""

    code = "import_not_text"


@dataclass(eq=False)
class CellTooLarge(Refused):
    row: int
    code = "import_cell_too_large"


@dataclass(eq=False)
class NoHeader(Refused):
    """The first row names no column we know; `first_row` is what it says."""

    first_row: str
    code = "import_no_header"


@dataclass(eq=False)
class ColumnsMissing(Refused):
    """Headers of columns every parent needs."""

    columns: tuple[str, ...]
    code = "import_columns_missing"


@dataclass(eq=False)
class ColumnTwice(Refused):
    """Two headers of the file mean the same column."""

    headers: tuple[str, ...]
    code = "import_column_twice"


@dataclass(eq=False)
class NoRows(Refused):
    """A header and nothing under it."""

    code = "import_no_rows"


@dataclass(eq=False)
class ImportOver(Refused):
    """Already confirmed, dropped or undone."""

    state: str
    code = "import_over"


@dataclass(eq=False)
class NothingToImport(Refused):
    code = "import_nothing_new"
