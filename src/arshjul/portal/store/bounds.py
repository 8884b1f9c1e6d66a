"""Tables that `carry` writes, and whoever has the portal's machine too: their sizes are known before a row is read.

What is larger than `carry` makes it, or cannot be read, counts as absent, and is written anew.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, ColumnElement, Integer, Select, Table, delete, event, func

from arshjul.serving.sql.database import Database, Transaction
from arshjul.serving.sql.errors import UNREADABLE

MOST_ROWS, MOST_BYTES = 50_000, 5_000_000

MOST_S = 60
"""The seconds that a transaction may take in SQLite; in PostgreSQL a statement."""

T = TypeVar("T")


def size(db: Transaction, *columns: Column[Any]) -> ColumnElement[int]:
    """The bytes in the columns of a row, which neither database reads for that. Numbers have a size in SQLite alone."""
    has_sizes = db.dialect.name == "sqlite"
    sized = [column for column in columns if has_sizes or not isinstance(column.type, Integer | Boolean)]
    first, *rest = (func.coalesce(func.octet_length(column), 0) for column in sized)
    return sum(rest, first)


def bounded(db: Transaction, query: Select[Any], made: Callable[[Any], T]) -> list[T] | None:
    """Values of the query's rows; None if they are too many or too large, or if one cannot be read."""
    columns = [column for column in query.selected_columns if isinstance(column, Column)]
    sizes = query.with_only_columns(func.count(), func.coalesce(func.sum(size(db, *columns)), 0))
    n, n_bytes = db.execute(sizes.order_by(None)).one()
    if n > MOST_ROWS or n_bytes > MOST_BYTES:
        return None
    try:
        return [made(row) for row in db.execute(query).mappings()]
    except (*UNREADABLE, ValueError, TypeError):
        return None


def in_time(portal: Database) -> Database:
    """The database, where nothing lasts for ever: a table of SQLite's may be a question without an end."""

    def begun(connection: Any, _: object) -> None:
        until = monotonic() + MOST_S
        connection.set_progress_handler(lambda: monotonic() > until, 1_000_000)

    if portal.engine.dialect.name == "sqlite":
        event.listen(portal.engine, "connect", begun)
    return portal


def emptied(db: Transaction, table: Table, there: list[T] | None) -> list[T]:
    """The rows; where they cannot be read, the table is emptied."""
    if there is None:
        db.execute(delete(table))
    return there or []
