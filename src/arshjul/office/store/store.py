"""The year's database: published revisions, the draft, subscribers, the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import insert, select

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.store.schema import YEAR
from arshjul.office.store.site_key import OPTION, key_in
from arshjul.office.store.site_key import is_needed as is_needed_in
from arshjul.office.store.tables import OF_SITES
from arshjul.serving.sql.database import Database, Transaction, is_there, make_database, open_database, place_there
from arshjul.serving.sql.engine import Place

__all__ = ["Store", "Transaction", "is_there", "make_store", "open_store", "place_of_year"]


@dataclass(frozen=True, slots=True)
class Store(Database):
    """The year's database; its sites may be under a key."""

    def with_key(self, file: Path | None) -> "Store":
        """The same store with its sites under the key in that file; None: unchanged."""
        if file is None:
            return self
        with self.reading() as db:
            is_needed = is_needed_in(db)
        return replace(self, engine=self.engine.execution_options(**{OPTION: key_in(file, make=not is_needed)}))

    def with_key_there(self, file: Path | None) -> "tuple[Store, Message | None]":
        """The same store with the key in that file, which is not made; else the problem with the file."""
        if file is None:
            return self, None
        try:
            key = key_in(file, make=False)
        except (InputError, StorageError) as error:
            return self, error.message
        return replace(self, engine=self.engine.execution_options(**{OPTION: key})), None

    def forget_what_was_removed(self) -> bool:
        """Removes deleted sites from the database's files too; False if a reader prevents it, to be tried again."""
        if self.engine.dialect.name == "sqlite":
            return self.empty_log()
        try:
            with self.rewriting_sites():
                return True
        except StorageError:
            return False

    @contextmanager
    def rewriting_sites(self) -> Iterator[Transaction]:
        """After it PostgreSQL's files hold no other sites: VACUUM FULL would copy what an old snapshot may see."""
        with self.writing() as db:
            tables = OF_SITES if db.dialect.name == "postgresql" else ()
            for table in tables:
                db.exec_driver_sql(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE")
            yield db
            for table in tables:
                left = [dict(row) for row in db.execute(select(table)).mappings()]
                db.exec_driver_sql(f"TRUNCATE TABLE {table.name}")
                if left:
                    db.execute(insert(table), left)


def place_of_year(given: str) -> Place:
    """The place of a year's database. InputError if there is none; for PostgreSQL it is assumed."""
    return place_there(given, YEAR)


def open_store(given: str) -> Store:
    """The year's database at that address. InputError if there is none yet; StorageError if it is another version's."""
    opened = open_database(given, YEAR)
    return Store(opened.place, opened.engine)


def make_store(given: str, *, wal: bool = True) -> Store:
    """The year's database, made if need be. StorageError if another version's. `wal`: it is read while written."""
    made = make_database(given, YEAR, wal=wal)
    return Store(made.place, made.engine)
