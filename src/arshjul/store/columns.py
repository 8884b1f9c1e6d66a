"""What the tables of every kind of database share: moments and digests, how keys are named, and the tables' own id."""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import Dialect, MetaData, String
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator

from arshjul.store.faults import Damaged

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}
"""How constraints are named."""

Digest = String(64)
"""A SHA-256 in hexadecimal."""


class Moment(TypeDecorator[datetime]):
    """An aware moment as text in UTC: the same characters in every database, so that hashes agree."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the tables."""
        return None if value is None else moment_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in a column's text, which must have exactly the written form."""
        return None if value is None else moment_in(value)


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
    indexes = sorted((one for table in tables.sorted_tables for one in table.indexes), key=lambda one: str(one.name))
    said = [str(CreateTable(table)) for table in tables.sorted_tables] + [str(CreateIndex(one)) for one in indexes]
    return f"{kind}_{hashlib.sha256(''.join(said).encode()).hexdigest()[:12]}"
