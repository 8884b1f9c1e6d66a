"""The databases, and one in which the first plan is published."""

from pathlib import Path

import pytest

from arshjul.store.store import Store, make_store, open_store
from tests import years
from tests.databases import Databases, databases, filled_databases, postgresql

__all__ = ["databases", "filled_databases", "postgresql", "store", "url"]


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Store:
    """A database in which the plan of `years.scenario()` is published."""
    year = years.scenario()

    def fill(address: str) -> None:
        years.published(make_store(address), years.write(tmp_path / "first", year, years.plan(year)))

    return open_store(databases.filled("first", fill))


@pytest.fixture
def url(databases: Databases) -> str:
    """The address of a database that has its tables, and nothing in them."""
    return databases.filled("made", make_store)
