"""The rows of a table as objects of a frozen class whose fields are its columns."""

import json
from collections.abc import Callable
from copy import copy
from functools import partial
from types import NoneType
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, get_type_hints

from sqlalchemy import ColumnElement, Select, Table, bindparam, delete, func, insert, select, update

from arshjul.serving.sql.columns import said_of
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.hashes import inflated, packed

T = TypeVar("T")


class Conversion(NamedTuple):
    """Said of a field: how it is made of a column's value, and the other way."""

    read: Callable[[Any], Any]
    written: Callable[[Any], Any]


Packed = Annotated[bytes, Conversion(inflated, packed)]
"""Bytes that are kept gzipped."""

_FORMS: dict[Any, Conversion] = {
    tuple[str, ...]: Conversion(lambda text: tuple(json.loads(text)), json.dumps),
    bytes: Conversion(bytes, bytes),  # PostgreSQL gives a view
}


def _form(hint: Any) -> Conversion | None:
    said = list(said_of(hint))
    own = [conversion for conversion in said if isinstance(conversion, Conversion)]
    form = next(iter(own or [_FORMS[word] for word in said if word in _FORMS]), None)
    if form is None or NoneType not in said:
        return form
    return Conversion(*(partial(_unless_none, way) for way in form))


def _unless_none(way: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else way(value)


class TableRows(Generic[T]):
    """The rows of a table, or after `where` those that are so, in the order of the named columns, else of the key.

    Columns that are no fields are left to the database, or given by name.
    """

    def __init__(self, table: Table, made: type[T], *order: str) -> None:
        self.table, self.c, self._made = table, table.c, made
        hints = {name: hint for name, hint in get_type_hints(made, include_extras=True).items() if name in table.c}
        self._fields = list(hints)
        self._forms = {name: form for name, hint in hints.items() if (form := _form(hint)) is not None}
        self._order: tuple[ColumnElement[Any], ...] = tuple(table.c[name] for name in order)
        self._which: tuple[ColumnElement[bool], ...] = ()

    def where(self, *which: ColumnElement[bool], **equal: object) -> "TableRows[T]":
        """A restricted copy: the rows of this kind whose columns have these values."""
        some = copy(self)
        some._which = (*self._which, *which, *(self.c[name] == value for name, value in equal.items()))
        return some

    def by(self, *order: ColumnElement[Any]) -> "TableRows[T]":
        some = copy(self)
        some._order = order
        return some

    @property
    def query(self) -> Select[Any]:
        order = self._order or tuple(self.table.primary_key.columns)
        return select(*(self.c[name] for name in self._fields)).where(*self._which).order_by(*order)

    def made(self, row: Any) -> T:
        """The object of a row, a mapping."""
        return self._made(**{**row, **{name: form.read(row[name]) for name, form in self._forms.items()}})

    def all(self, db: Transaction, most: int | None = None) -> list[T]:
        return [self.made(row) for row in db.execute(self.query.limit(most)).mappings()]

    def first(self, db: Transaction) -> T | None:
        return next(iter(self.all(db, 1)), None)

    def get(self, db: Transaction, *key: object) -> T | None:
        return self.where(*(column == one for column, one in zip(self.table.primary_key, key, strict=True))).first(db)

    def values(self, db: Transaction, column: ColumnElement[Any]) -> list[Any]:
        return list(db.execute(self.query.with_only_columns(column)).scalars())

    def value(self, db: Transaction, column: ColumnElement[Any]) -> Any:
        return next(iter(self.values(db, column)), None)

    def n(self, db: Transaction) -> int:
        return db.execute(select(func.count()).select_from(self.table).where(*self._which)).scalar_one()

    def highest(self, db: Transaction, column: ColumnElement[Any]) -> int:
        """The highest number in a column; 0 if there is none."""
        return db.execute(select(func.max(column)).select_from(self.table).where(*self._which)).scalar() or 0

    def row(self, made: T) -> dict[str, Any]:
        row = {name: getattr(made, name) for name in self._fields}
        return row | {name: form.written(row[name]) for name, form in self._forms.items()}

    def add(self, db: Transaction, *made: T, **others: object) -> None:
        """Adds rows; `others`: columns that are no fields."""
        if made:
            db.execute(insert(self.table), [self.row(item) | others for item in made])

    def put(self, db: Transaction, *made: T, **others: object) -> None:
        """Adds rows, in place of those with the same keys; of two with one key, the latter."""
        keys = self.table.primary_key.columns
        rows = {tuple(row[key.name] for key in keys): row for row in (self.row(item) | others for item in made)}
        if rows:
            is_same = (key == bindparam(f"old_{key.name}") for key in keys)
            old = [{f"old_{key.name}": row[key.name] for key in keys} for row in rows.values()]
            db.execute(delete(self.table).where(*is_same), old)
            db.execute(insert(self.table), list(rows.values()))

    def set(self, db: Transaction, **values: object) -> int:
        """Gives all of them these values; returns their number."""
        return db.execute(update(self.table).where(*self._which).values(values)).rowcount

    def remove(self, db: Transaction) -> None:
        db.execute(delete(self.table).where(*self._which))
