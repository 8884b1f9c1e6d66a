"""Copying a database into another one, of either kind, to make and restore backups."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, Table, insert, select, update

from arshjul.office.store import audit, readers, revisions
from arshjul.office.store.schema import MADE_WITH_A_ROW, OF_THIS_DATABASE, TABLES
from arshjul.office.store.site_key import is_in_clear
from arshjul.office.store.tables import OF_SITES, state
from arshjul.serving.sql.columns import moment_text
from arshjul.serving.sql.database import Transaction
from arshjul.serving.sql.errors import Damaged

_ROWS_AT_ONCE = 500


TakenSites = Literal["none", "encrypted", "all"]
"""The sites included in a copy."""


def copy(
    source: Transaction, target: Transaction, *, sites: TakenSites, tables: Iterable[str] | None = None
) -> dict[str, str]:
    """Copies the rows into an empty target, seals of sites always; returns the SHA-256 of each table's, by name."""
    wanted = {table.name for table in TABLES} if tables is None else set(tables)
    hashes = {}
    for table in TABLES:
        if table.name not in wanted or (table in OF_SITES and sites == "none"):
            continue
        if table in MADE_WITH_A_ROW:
            target.execute(table.delete())
        rows = [dict(row) for row in source.execute(_ordered(table)).mappings()]
        if table in OF_SITES and sites == "encrypted":
            rows = [row for row in rows if not is_in_clear(row["body"])]
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            target.execute(insert(table), rows[start : start + _ROWS_AT_ONCE])
        hashes[table.name] = _hash(rows)
    return hashes


def hashes(db: Transaction, names: list[str]) -> dict[str, str]:
    return {
        table.name: _hash(db.execute(_ordered(table), execution_options={"yield_per": 1}).mappings())
        for table in TABLES
        if table.name in names
    }


def is_plain(db: Transaction) -> bool:
    """True if a copy holds only what arshjul writes into one: tables, whose columns are all stored."""
    strange = "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE '%VIRTUAL%'"
    if db.exec_driver_sql(strange).scalar():
        return False
    made_up = "SELECT count(*) FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND c.hidden"
    return not db.exec_driver_sql(made_up).scalar()


def clear(db: Transaction) -> None:
    db.execute(update(state).values(revision=None))
    for table in reversed((*TABLES, *OF_THIS_DATABASE)):
        if table not in MADE_WITH_A_ROW:
            db.execute(table.delete())


def is_empty(db: Transaction) -> bool:
    """True if nothing was ever published or handed out."""
    return not any(rows.n(db) for rows in (revisions.REVISIONS, readers.SUBSCRIBERS, audit.LINES))


def generation(db: Transaction) -> int:
    """The number that readers compare. Damaged if it is no number."""
    number = db.execute(select(state.c.generation)).scalar() or 0
    if not isinstance(number, int):
        raise Damaged("a generation that is no number")
    return number


def restored(db: Transaction, after: int, now: datetime) -> None:
    """Lets every reader notice the restore, and no feed be served as older than now."""
    latest = max(after, generation(db)) + 1
    db.execute(update(state).values(generation=latest, floor=now))


def _ordered(table: Table) -> Select[tuple[object, ...]]:
    return select(table).order_by(*table.primary_key.columns)


def _hash(rows: Iterable[Mapping[Any, object]]) -> str:
    total = hashlib.sha256()
    for row in rows:
        total.update(json.dumps(dict(row), sort_keys=True, default=_text).encode("utf-8", "surrogatepass") + b"\n")
    return total.hexdigest()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, (bytes, memoryview)):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(f"Expected text, numbers, bytes or moments, got {type(value).__name__}")
