"""The rows of a table as objects of a frozen class whose fields are its columns."""

import json
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from types import NoneType
from typing import Annotated, Any, Generic, NamedTuple, TypeVar, get_type_hints

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Executable,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from arshjul.serving.sql.columns import said_of
from arshjul.serving.sql.database import Transaction, once
from arshjul.serving.sql.hashes import inflated, packed

T = TypeVar("T")
S = TypeVar("S")

_EQUAL = "is_"
"""The beginning of the names of parameters with which columns are compared."""


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

    Columns that are no fields are left to the database, or given by name. To build a statement takes longer than to run
    it: each is built once, and what differs between two calls is a parameter of it.
    """

    def __init__(self, table: Table, made: type[T], *order: str) -> None:
        self.table, self.c, self._made = table, table.c, made
        hints = {name: hint for name, hint in get_type_hints(made, include_extras=True).items() if name in table.c}
        self._fields = list(hints)
        self._forms = {name: form for name, hint in hints.items() if (form := _form(hint)) is not None}
        self._order: tuple[ColumnElement[Any], ...] = tuple(table.c[name] for name in order)
        self._which: tuple[ColumnElement[bool], ...] = ()
        self._equal: dict[str, object] = {}
        self._given: dict[str, object] = {}
        self._statements: dict[object, Any] = {}

    def where(self, *which: ColumnElement[bool], **equal: object) -> "TableRows[T]":
        """A restricted copy: the rows of this kind whose columns have these values."""
        some = copy(self)
        some._equal = self._equal | equal
        if which:
            some._which, some._statements = (*self._which, *which), {}
        return some

    def given(self, **values: object) -> "TableRows[T]":
        """A copy with values of the parameters that its conditions name."""
        some = copy(self)
        some._given = self._given | values
        return some

    def by(self, *order: ColumnElement[Any]) -> "TableRows[T]":
        some = copy(self)
        some._order, some._statements = order, {}
        return some

    @property
    def query(self) -> Select[Any]:
        return self._built("all", self._selected)

    def _selected(self) -> Select[Any]:
        order = self._order or tuple(self.table.primary_key.columns)
        return select(*(self.c[name] for name in self._fields)).where(*self._conditions).order_by(*order)

    @property
    def _conditions(self) -> Iterator[ColumnElement[bool]]:
        yield from self._which
        for name, value in self._equal.items():
            yield self.c[name].is_(None) if value is None else self.c[name] == bindparam(_EQUAL + name)

    def _built(self, what: object, build: Callable[[], S]) -> S:
        """A statement about rows that are so, whatever the values are."""
        key = (what, *((name, value is None) for name, value in self._equal.items()))
        if key not in self._statements:
            self._statements[key] = build()
        statement: S = self._statements[key]
        return statement

    def _run(self, db: Transaction, statement: Executable) -> CursorResult[Any]:
        return db.execute(statement, self._given | {_EQUAL + name: value for name, value in self._equal.items()})

    def made(self, row: Any) -> T:
        """The object of a row, a mapping."""
        return self._made(**{**row, **{name: form.read(row[name]) for name, form in self._forms.items()}})

    def all(self, db: Transaction, most: int | None = None) -> list[T]:
        query = self.query if most is None else self._built(most, lambda: self._selected().limit(most))
        of = (query, *self._given.values(), *self._equal.values())
        return [*once(db, of, lambda: [self.made(row) for row in self._run(db, query).mappings()])]

    def first(self, db: Transaction) -> T | None:
        return next(iter(self.all(db, 1)), None)

    def get(self, db: Transaction, *key: object) -> T | None:
        return self.where(**dict(zip(self.table.primary_key.columns.keys(), key, strict=True))).first(db)

    def values(self, db: Transaction, column: Column[Any]) -> list[Any]:
        query = self._built(column, lambda: self._selected().with_only_columns(column))
        return list(self._run(db, query).scalars())

    def value(self, db: Transaction, column: Column[Any]) -> Any:
        return next(iter(self.values(db, column)), None)

    def n(self, db: Transaction) -> int:
        count = self._built("n", lambda: self._over_all(func.count()))
        n: int = self._run(db, count).scalar_one()
        return n

    def highest(self, db: Transaction, column: Column[Any]) -> int:
        """The highest number in a column; 0 if there is none."""
        highest = self._built(("highest", column), lambda: self._over_all(func.max(column)))
        return self._run(db, highest).scalar() or 0

    def _over_all(self, value: ColumnElement[Any]) -> Select[Any]:
        return select(value).select_from(self.table).where(*self._conditions)

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
        return self._run(db, update(self.table).where(*self._conditions).values(values)).rowcount

    def remove(self, db: Transaction) -> None:
        self._run(db, self._built("remove", lambda: delete(self.table).where(*self._conditions)))
