"""The portal's own database: its tables, and what it takes for another one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from arshjul.errors import InputError
from arshjul.office.store.store import make_store, open_store
from arshjul.portal.store import views
from arshjul.portal.store.schema import PORTAL
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql.database import make_database, open_database
from tests.databases import KINDS


@pytest.mark.parametrize(
    ("databases", "n", "n_again"),
    [("sqlite", 33_000, 1), *(pytest.param(kind, 70_000, 70_000, marks=pytest.mark.slow) for kind in KINDS)],
    indirect=["databases"],
)
def test_of_more_rows_than_one_statement_takes_the_outcomes_are_told(url: str, n: int, n_again: int) -> None:
    at = datetime(2027, 2, 1, tzinfo=UTC)
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
        with pytest.raises(InputError, match="is of the other kind"):
            opened(url)


def test_the_year_s_is_not_taken_for_it(url: str) -> None:
    make_store(url)
    for opened in (make_database, open_database):
        with pytest.raises(InputError, match="is of the other kind"):
            opened(url, PORTAL)


def test_a_missing_one_is_said_to_be_made_by_carry(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="make it with `arshjul sync`"):
        open_database(str(tmp_path / "portal.db"), PORTAL)
