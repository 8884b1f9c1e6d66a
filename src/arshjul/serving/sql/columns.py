"""Tables as they follow from frozen classes, what those say of their columns, and the id of all tables."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Boolean, Column, Dialect, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.schema import CreateIndex, CreateTable, SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

from arshjul.serving.sql.errors import Damaged

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}

Digest = String(64)
"""A SHA-256 in hexadecimal."""

Sha256 = Annotated[str, Digest]
Name = Annotated[str, String(80)]
Id = Annotated[str, String(32)]
Word = Annotated[str, String(16)]
"""Fields whose columns have a length, `Name` those of parties' ids: all other texts have none."""


class Of(NamedTuple):
    """Said of a field: the other table's column that it refers to, `table.column`."""

    column: str


class Transient:
    """Said of a field that is no column."""


class Default(NamedTuple):
    """Said of a field: what the database itself writes where a row says nothing."""

    text: str


class Moment(TypeDecorator[datetime]):
    """An aware moment as text in UTC: the same characters in every database, so that hashes agree."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in a column's text, which must have exactly the written form."""
        return None if value is None else moment_in(value)


_TYPES: dict[Any, TypeEngine[Any]] = {
    str: Text(),
    int: Integer(),
    bool: Boolean(),
    bytes: LargeBinary(),
    datetime: Moment(),
    tuple[str, ...]: Text(),
}


def table_of(
    tables: MetaData,
    name: str,
    made: type,
    *key: str,
    first: Sequence[Column[Any]] = (),
    last: Sequence[SchemaItem] = (),
) -> Table:
    """The table of a frozen class's fields. `first`, `last`: columns that are no fields, constraints and indexes."""
    hints = get_type_hints(made, include_extras=True)
    said = {field: list(said_of(hint)) for field, hint in hints.items()}
    columns = (_column(field, words, is_key=field in key) for field, words in said.items() if Transient not in words)
    return Table(name, tables, *first, *columns, *last)


def said_of(hint: Any) -> Iterator[Any]:
    """The types in an annotation, and what else it says."""
    if get_origin(hint) is Annotated:
        yield from said_of(hint.__origin__)
        yield from hint.__metadata__
    elif get_origin(hint) in (Union, UnionType):
        for arg in get_args(hint):
            yield from said_of(arg)
    else:
        yield str if get_origin(hint) is Literal else hint


def _column(name: str, said: list[Any], *, is_key: bool) -> Column[Any]:
    """The column of a field: of the type that is said, else of that of its values; empty where it may be None."""
    sized = [engine for engine in said if isinstance(engine, TypeEngine)]
    kind, *_ = sized or [_TYPES[word] for word in said if word in _TYPES]
    return Column(
        name,
        kind,
        *(ForeignKey(of.column) for of in said if isinstance(of, Of)),
        primary_key=is_key,
        autoincrement=False,
        nullable=NoneType in said,
        server_default=next((default.text for default in said if isinstance(default, Default)), None),
    )


def moment_in(text: str) -> datetime:
    """The moment that is stored in that form. Damaged if it is none."""
    try:
        moment = datetime.fromisoformat(text)
        written = moment_text(moment)
    except (ValueError, TypeError, OverflowError):  # a SQLite column holds what was put in, whatever its type
        raise Damaged("a moment that is none") from None
    if written != text:
        raise Damaged("a moment in another form")
    return moment


def moment_text(moment: datetime) -> str:
    """The moment as stored in the tables: 2027-03-02T08:00:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def tables_id(kind: str, tables: MetaData) -> str:
    """An id of the declared tables: their kind, and a digest of the statements that make them."""
    indexes = sorted(
        (index for table in tables.sorted_tables for index in table.indexes), key=lambda one: str(one.name)
    )
    said = [str(CreateTable(table)) for table in tables.sorted_tables] + [str(CreateIndex(index)) for index in indexes]
    return f"{kind}_{hashlib.sha256(''.join(said).encode()).hexdigest()[:12]}"
