"""The portal's own database: its tables, and what it takes for another one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from arshjul.errors import InputError, StorageError
from arshjul.store import versions
from arshjul.store.database import make_database, open_database
from arshjul.store.portal import views
from arshjul.store.portal.schema import metadata
from arshjul.store.portal.views import EntryOutcome
from arshjul.store.store import make_store, open_store
from arshjul.store.versions import PORTAL


def test_tables_are_those_of_the_schema(url: str) -> None:
    with make_database(url, PORTAL).reading() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def test_outcomes_of_a_former_version_are_told_of_the_same_rows(url: str) -> None:
    """By the number of the row: what it said of rows that are not there says nothing."""
    former = replace(PORTAL, known=("p0001",), head="p0001")
    with make_database(url, former).writing() as db:
        for id in ("a", "b", "c"):
            values = f"'{id}', 'c', '{id}', 'police-p0', 'report', '{{}}', '', '', '2027-02-01T06:10:00.000000Z', 's'"
            names = "id, contact, key, party, kind, body, corrects, seen, reported, session"
            db.execute(text(f"INSERT INTO inbox ({names}) VALUES ({values})"))
        for id in ("c", "a", "gone"):
            db.execute(text(f"INSERT INTO outcome VALUES ('{id}', 'waits', 'of {id}', '2027-02-01T06:11:00.000000Z')"))
    with make_database(url, PORTAL).reading() as db:
        assert {id: one.about for id, one in views.outcomes_of(db, ["a", "b", "c", "gone"]).items()} == {
            "a": "of a", "c": "of c",
        }  # fmt: skip
        assert len(db.execute(text("SELECT id FROM portal_writer")).all()) == 1


@pytest.mark.parametrize("n_again", [1, pytest.param(70_000, marks=pytest.mark.slow)])
def test_of_more_rows_than_one_statement_takes_the_outcomes_are_told(url: str, n_again: int) -> None:
    n, at = 70_000, datetime(2027, 2, 1, tzinfo=UTC)
    with make_database(url, PORTAL).writing() as db:
        for some in (n, n_again):  # the second time in place of the first
            views.put_outcomes(db, {number: EntryOutcome("waits", str(number), at) for number in range(some)})
        there = views.outcomes(db, range(n))
        assert [there[number].about for number in range(n)] == [str(number) for number in range(n)]


def test_making_it_twice_changes_nothing(url: str) -> None:
    make_database(url, PORTAL)
    with make_database(url, PORTAL).writing() as db:
        assert db.execute(text("SELECT count(*) FROM state")).scalar() == 1


def test_it_is_not_taken_for_the_year_s_nor_the_year_s_for_it(url: str) -> None:
    make_database(url, PORTAL)
    for opened in (make_store, open_store):
        with pytest.raises(StorageError, match=f"is of version {PORTAL.head}"):
            opened(url)


def test_the_year_s_is_not_taken_for_it(url: str) -> None:
    make_store(url)
    for opened in (make_database, open_database):
        with pytest.raises(StorageError, match=f"is of version {versions.YEAR.head}"):
            opened(url, PORTAL)


def test_a_missing_one_is_said_to_be_made_by_carry(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`arshjul carry` makes it"):
        open_database(str(tmp_path / "portal.db"), PORTAL)
