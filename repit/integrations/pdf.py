"""Documents as tagged PDF (PDF/UA-1), typeset by typst from one template, without any network.

A document is plain values: what is written on it, already in the reader's language. The template
gets them as JSON, so no value can ever be read as markup. The same values and moment give the
same bytes. Fonts: those of static/vendor/ and no other, so a document looks alike on every machine.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typst

CONTENT_TYPE = "application/pdf"
ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "templates" / "pdf"
FONTS = ROOT / "static" / "vendor"
NOT_DRAWN = re.compile(
    "[^\\n\x20-\x7e\xa0-\u024f\u0300-\u03e1\u03f0-\u052f\u0600-\u06ff\u0750-\u077f"
    "\u1e00-\u1eff\u200e\u200f\u2010-\u205e\u2066-\u2069\u20a0-\u20bf\u2116-\u2122\ufb50-\ufbff"
    "\ufe70-\ufefc]"
)
"""What our fonts cannot write. PDF/UA refuses it, and a name must never stop a statement."""


@dataclass(frozen=True)
class Heading:
    """`level`: 2 under the title, 3 under another heading."""

    text: str
    level: int = 2
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Text:
    """`small`: what explains, beside what says. `stays`: on the page of what follows it."""

    text: str
    small: bool = False
    stays: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Figure:
    """The one number a reader looks for."""

    label: str
    value: str
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Facts:
    """Terms and what they are."""

    pairs: Sequence[tuple[str, str]]
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True)
class Column:
    """`number`: aligned at its end. `wide`: takes the room that is left."""

    title: str
    number: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """Rows, and a total, have as many cells as there are columns; the head repeats on each page."""

    caption: str
    """What the table shows: its heading."""
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] = ()
    headed: bool = True
    """Without it the heading before the table is the table's own."""
    kind: str = field(default="table", init=False)

    def __post_init__(self) -> None:
        """Refuse a ragged table before it is set.

        Raises:
            ValueError: a row has more or fewer cells than there are columns.
        """
        widths = {len(row) for row in self.rows} | ({len(self.total)} if self.total else set())
        if widths - {len(self.columns)}:
            raise ValueError(f"{self.caption}: {len(self.columns)} columns, rows of {widths}")


@dataclass(frozen=True)
class Drawing:
    """A picture as SVG text, with the words that replace it; square unless it is `wide`."""

    svg: str
    label: str
    wide: bool = False
    kind: str = field(default="drawing", init=False)


Block = Heading | Text | Figure | Facts | Table | Drawing


@dataclass(frozen=True)
class Document:
    """What is written. `title` is also the file's title, and `language` its language."""

    title: str
    sender: str
    """Who hands it out, above the title."""
    blocks: Sequence[Block]
    lead: str = ""
    foot: str = ""
    """At the bottom of every page, beside its number."""
    reference: str = ""
    """The document's own number, kept in the file."""
    language: str = "fr"
    logo: str = ""
    """The sender's, as SVG text; the sender's name is what replaces it."""


def write(document: Document, *, now: datetime) -> bytes:
    """Return the file.

    Args:
        now: when it is written; kept in the file.

    Raises:
        typst.TypstError: the document could not be set; an accessibility rule it breaks is one
            of the reasons.
    """
    import typst  # noqa: PLC0415  (twenty megabytes that few processes ever need)

    compiler = typst.Compiler(
        root=str(TEMPLATES), font_paths=_fonts(FONTS), ignore_system_fonts=True
    )
    made = compiler.compile(
        input=str(TEMPLATES / "document.typ"),
        format="pdf",
        sys_inputs={"document": json.dumps(_writable(asdict(document)), ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=now.replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{document.title}: not one file")
    return made


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return NOT_DRAWN.sub("?", value)
    if isinstance(value, dict):
        return {name: _writable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(one) for one in value]
    return value


@cache
def _fonts(folder: Path) -> "typst.Fonts":
    import typst  # noqa: PLC0415  (see `write`)

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )
