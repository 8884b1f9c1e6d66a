"""Databases in which parties are asked whether they can come, for tests of how questions are sent."""

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from arshjul.office.store import audit, proposals
from arshjul.office.store.store import make_store
from tests import years
from tests.office.console.conftest import NOW, Desk, reachable_by_mail
from tests.office.console.test_asking import asked

ASKED = ("a0", "a1", "a2")


def ask(url: str, parties: Collection[str] = ASKED) -> None:
    """Fills an empty database with a published year, of whose parties these are asked by mail.

    By no clock is the time to answer over, or has too much of it passed since something was noted.
    """
    store, year = make_store(url), years.scenario()
    with TemporaryDirectory() as folder:
        years.published(store, years.write(Path(folder) / "plan", year, years.plan(year)))
    reachable_by_mail(store, {id: "" for id in year.parties if id not in parties})
    asked(Desk(store, NOW, url).browser())
    with store.writing() as db:
        proposals.PROPOSALS.set(db, deadline=NOW.replace(year=2100))
        audit.LINES.remove(db)
