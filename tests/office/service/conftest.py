"""The databases, and one in which the first plan is published."""

from pathlib import Path

import pytest

from arshjul.office.store.store import Store, make_store, open_store
from tests import years
from tests.databases import Databases, databases, filled_databases, made_at_once, postgresql
from tests.worlds import worlds

__all__ = ["databases", "filled_databases", "made_at_once", "postgresql", "store", "url", "worlds"]


def first_published(address: str, folder: Path) -> Store:
    """Makes a database in which the plan of `years.scenario()` is published; its folder is written too."""
    year, made = years.scenario(), make_store(address)
    years.published(made, years.write(folder, year, years.plan(year)))
    return made


@pytest.fixture
def store(databases: Databases, tmp_path: Path) -> Store:
    """Such a database."""
    return open_store(databases.filled("first", lambda address: first_published(address, tmp_path / "first")))


@pytest.fixture
def url(databases: Databases) -> str:
    """The address of a database that has its tables, and nothing in them."""
    return databases.filled("made", make_store)
