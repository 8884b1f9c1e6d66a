"""Databases that earlier versions made, with subscribers who go on reading them."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest

from arshjul.actions.backup import backup
from arshjul.actions.doctor import damage
from arshjul.actions.refresh import refresh
from arshjul.actions.restore import restore
from arshjul.actions.subscribe import subscribe
from arshjul.agenda import view
from arshjul.agenda.uid import Uids
from arshjul.errors import StorageError
from arshjul.store import revisions, schema, versions
from arshjul.store.shelf import Shelf, fill
from arshjul.store.store import Store, make_store, open_store
from tests import years

YEAR = years.scenario()
PLAN = years.plan(YEAR)
DAY = timedelta(days=1)


@pytest.fixture
def first(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A database of version 0001, where the feeds below full name operations, with a subscriber of each level."""
    with monkeypatch.context() as old:
        old.setattr(versions, "HEAD", "0001")
        old.setattr(revisions, "uid_key", lambda _: b"")
        old.setattr(view, "_uids", lambda scenario, *_: Uids.of(scenario.name))
        old.setattr(schema, "TABLES", tuple(table for table in schema.TABLES if table is not schema.uid_key))
        store = make_store(url)
        years.published(store, years.write(tmp_path / "1", YEAR, PLAN))
        for level in ("full", "area", "busy"):
            subscribe(store, "agency-a0", "Någon", level, 4000, "test", years.NOW)
        backup(store, tmp_path / "old.db", years.NOW)
    yield store


def events(store: Store, level: str) -> dict[str, icalendar.Component]:
    """What a subscriber of that level reads, by UID."""
    with store.reading() as db:
        shelf = fill(db, Shelf())
    assert len(shelf.readers) == 3
    read = icalendar.Calendar.from_ical(shelf.feeds["agency-a0", level].ics)
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def times(events: list[icalendar.Component]) -> list[tuple[object, object]]:
    return sorted((str(event["DTSTART"].to_ical()), str(event["DTEND"].to_ical())) for event in events)


def test_addresses_change_once_and_then_stay(first: Store, url: str) -> None:
    before = {level: events(first, level) for level in ("full", "area", "busy")}
    assert all("OP-000@" in " ".join(there) for there in before.values())
    with pytest.raises(StorageError, match="arshjul refresh"):
        open_store(url)
    store = open_store(url, bring_up_to_date=True)
    refresh(store, "test", years.NOW + DAY)
    assert events(store, "full") == before["full"]
    for level in ("area", "busy"):
        after = events(store, level)
        fresh = [event for uid, event in after.items() if uid not in before[level]]
        assert {str(after[uid]["STATUS"]) for uid in before[level]} == {"CANCELLED"}
        assert {str(event["STATUS"]) for event in fresh} == {"TENTATIVE"}
        assert times(fresh) == times(list(before[level].values()))
    hidden = {uid for uid in events(store, "busy") if "OP-" not in uid}
    refresh(store, "test", years.NOW + 20 * DAY)
    assert events(store, "busy").keys() == hidden | before["busy"].keys()
    refresh(store, "test", years.NOW + 40 * DAY)
    assert events(store, "busy").keys() == hidden, "old names tell what the new ones hide: they do not stay"
    assert damage(store) == []


def test_each_database_has_a_key_of_its_own_and_keeps_it(url: str, tmp_path: Path) -> None:
    keys = []
    for name in (url, str(tmp_path / "other.db"), url):
        with make_store(name).reading() as db:
            keys.append(revisions.uid_key(db))
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) == 32


def test_names_outlive_a_restore(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    years.published(store, years.write(tmp_path / "1", YEAR, PLAN))
    for level in ("full", "area", "busy"):
        subscribe(store, "agency-a0", "Någon", level, 4000, "test", years.NOW)
    backup(store, tmp_path / "copy.db", years.NOW)
    restore(tmp_path / "copy.db", str(tmp_path / "other.db"), "test", years.NOW + DAY, keep=True)
    other = open_store(str(tmp_path / "other.db"))
    moved = years.plan(YEAR, {"OP-000": date(2027, 6, 1)}, before=PLAN)
    years.published(other, years.write(tmp_path / "2", YEAR, moved), years.NOW + 2 * DAY)
    assert events(other, "busy").keys() == events(store, "busy").keys()


@pytest.mark.usefixtures("first")
def test_a_backup_of_an_earlier_version_can_be_put_back(url: str, tmp_path: Path) -> None:
    store = open_store(url, bring_up_to_date=True)
    with store.reading() as db:
        key = revisions.uid_key(db)
    before = events(store, "busy")
    restore(tmp_path / "old.db", url, "test", years.NOW + DAY, replace=True, keep=True)
    assert events(store, "busy") == before
    with store.reading() as db:
        assert revisions.uid_key(db) == key
    assert damage(store) == []
