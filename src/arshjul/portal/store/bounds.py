"""Tables that `carry` writes, and whoever has the portal's machine too: their sizes are known before a row is read.

What is larger than `carry` makes it, or cannot be read, counts as absent, and is written anew.
"""

from collections.abc import Callable
from functools import lru_cache
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, ColumnElement, Integer, Select, Table, delete, event, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from arshjul.serving.sql.database import Database, Transaction
from arshjul.serving.sql.errors import UNREADABLE

MOST_ROWS, MOST_BYTES = 50_000, 5_000_000

MOST_S = 60
"""The seconds that a transaction may take in SQLite; in PostgreSQL a statement."""

T = TypeVar("T")


class _Size(FunctionElement[int]):
    """The bytes of a column. Numbers have a size in SQLite alone, where there may be anything in their place."""

    name, type, inherit_cache = "octet_length", Integer(), True


@compiles(_Size)
def _written(element: _Size, compiler: SQLCompiler, **more: Any) -> str:
    (column,) = element.clauses
    is_number = isinstance(column.type, Integer | Boolean)
    has_none = is_number and compiler.dialect.name == "postgresql"
    return "0" if has_none else compiler.process(func.octet_length(column), **more)


def size(*columns: Column[Any]) -> ColumnElement[int]:
    """The bytes in the columns of a row, which neither database reads for that."""
    first, *rest = (func.coalesce(_Size(column), 0) for column in columns)
    return sum(rest, first)


@lru_cache
def _sizes(query: Select[Any]) -> Select[int, int]:
    columns = [column for column in query.selected_columns if isinstance(column, Column)]
    return query.with_only_columns(func.count(), func.coalesce(func.sum(size(*columns)), 0)).order_by(None)


def bounded(db: Transaction, query: Select[Any], made: Callable[[Any], T], **given: object) -> list[T] | None:
    """Values of the query's rows; None if they are too many or too large, or if one cannot be read.

    `given`: values of the query's parameters.
    """
    n, n_bytes = db.execute(_sizes(query), given).one()
    if n > MOST_ROWS or n_bytes > MOST_BYTES:
        return None
    try:
        return [made(row) for row in db.execute(query, given).mappings()]
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
