"""One page of a long list, and how long the list is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import Session

PAGE_LENGTH = 25
ROWS_AT_ONCE = 1_000

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items of a list. `number` counts from 1; `total` is what all pages hold."""

    items: list[Item]
    total: int
    number: int = 1
    length: int = PAGE_LENGTH

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.length))


def flow(
    db: Session, query: Select[*tuple[Any, ...]], shown: Callable[[Any], Item]
) -> Iterator[Item]:
    """Yield all of a query in one statement, read while it is written out.

    Memory does not grow with it; the session must stay open until the last one is read.

    Args:
        shown: makes an item of one row of the query.
    """
    for row in db.execute(query.execution_options(yield_per=ROWS_AT_ONCE)):
        yield shown(row)


def cut(
    db: Session,
    query: Select[*tuple[Any, ...]],
    shown: Callable[[Any], Item],
    *,
    number: int | None,
    length: int = PAGE_LENGTH,
) -> Page[Item]:
    """Return one page of a query in two statements, or with `number` None all of it in one.

    Args:
        shown: makes an item of one row of the query.
    """
    if number is None:
        everything = [shown(row) for row in db.execute(query)]
        return Page(everything, len(everything), length=max(1, len(everything)))
    # Without its columns the database can leave out the joins that only bring names.
    one: Any = literal_column("1")
    bare: Any = query.order_by(None).with_only_columns(one, maintain_column_froms=True)
    total = db.scalar(select(func.count()).select_from(bare.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // length)))
    rows = db.execute(query.limit(length).offset((number - 1) * length))
    return Page([shown(row) for row in rows], total, number, length)
