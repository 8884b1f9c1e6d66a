"""Databases that earlier versions made, with subscribers who go on reading them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import Column, MetaData, Table, delete, insert, inspect, select

from arshjul.actions.database.backup import backup
from arshjul.actions.database.doctor import damage
from arshjul.actions.database.restore import restore
from arshjul.actions.publishing import publish, revision_feeds
from arshjul.actions.publishing.publish import refresh
from arshjul.actions.subscribers.subscribe import Wanted, subscribe
from arshjul.agenda import channel, view
from arshjul.agenda.channel import LEVELS, Channel
from arshjul.agenda.uid import Uids
from arshjul.errors import InputError, StorageError
from arshjul.formats.feeds import feeds_json
from arshjul.store import revisions, schema, versions
from arshjul.store.revisions import FeedKey
from arshjul.store.shelf import Shelf, fill
from arshjul.store.store import Store, make_store, open_store
from tests import years

YEAR = years.scenario()
PLAN = years.plan(YEAR)
DAY = timedelta(days=1)


@pytest.fixture
def first(url: str, tmp_path: Path) -> Store:
    """A database of version 0001, where the feeds below full name operations, with a subscriber of each level."""
    with pytest.MonkeyPatch.context() as old:
        old.setattr(view, "uids_of", lambda scenario, *_: Uids.of(scenario.name))
        return made_by(old, "0001", url, tmp_path)


@pytest.fixture
def second(url: str, tmp_path: Path) -> Store:
    """A database of version 0002, where each party has one calendar, with a subscriber of each level."""
    with pytest.MonkeyPatch.context() as old:
        return made_by(old, "0002", url, tmp_path)


def made_by(old: pytest.MonkeyPatch, version: str, url: str, folder: Path) -> Store:
    """What that version wrote: its tables, with the rows and columns that it knew; and a backup in old.db."""
    old.setattr(revision_feeds, "channels", lambda party: [Channel(party, level, "all") for level in LEVELS])
    old.setitem(channel.MARKS, "all", "")
    old.setattr(feeds_json, "FORMAT", feeds_json.FIRST_FORMAT)
    old.setattr(publish, "end_of_term", lambda *_: None)
    source = make_store(str(folder / "source.db"))
    years.published(source, years.write(folder / "1", YEAR, PLAN))
    for level in LEVELS:
        subscribe(source, Wanted("agency-a0", level, "all"), "Någon", 4000, "test", years.NOW)
    old.setattr(versions, "YEAR", replace(versions.YEAR, head=version))
    store = make_store(url)
    with source.reading() as rows, store.writing() as db:
        there = inspect(db)
        known = [table for table in schema.TABLES if there.has_table(table.name)]
        for table in known:
            names = {column["name"] for column in there.get_columns(table.name)}
            older = Table(table.name, MetaData(), *(Column(c.name, c.type) for c in table.columns if c.name in names))
            db.execute(delete(older))
            if found := [dict(row) for row in rows.execute(select(older)).mappings()]:
                db.execute(insert(older), found)
            if table is schema.revision:
                old.setattr(schema, "revision", older)
    old.setattr(schema, "TABLES", known)
    backup(store, folder / "old.db", years.NOW)
    return store


def events(store: Store, level: str, content: str = "all") -> dict[str, icalendar.Component]:
    """What a subscriber of that level reads, by UID."""
    with store.reading() as db:
        shelf = fill(db, Shelf())
    read = icalendar.Calendar.from_ical(shelf.feeds[FeedKey("agency-a0", level, content)].ics)
    return {str(event["UID"]): event for event in read.walk("VEVENT")}


def shelved(store: Store, level: str) -> bytes:
    """The bytes that a subscriber of before is served."""
    with store.reading() as db:
        return fill(db, Shelf()).feeds[FeedKey("agency-a0", level, "all")].ics


def times(events: list[icalendar.Component]) -> list[tuple[object, object]]:
    return sorted((str(event["DTSTART"].to_ical()), str(event["DTEND"].to_ical())) for event in events)


@pytest.mark.usefixtures("first")
def test_addresses_change_once_and_then_stay(url: str, tmp_path: Path) -> None:
    written = open_store(str(tmp_path / "source.db"))
    before = {level: events(written, level) for level in LEVELS}
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
    for level in LEVELS:
        subscribe(store, Wanted("agency-a0", level, "all"), "Någon", 4000, "test", years.NOW)
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


def test_addresses_of_one_calendar_go_on_as_they_were(second: Store, url: str, tmp_path: Path) -> None:
    with second.engine.connect() as db:
        assert "content" not in {column["name"] for column in inspect(db).get_columns("subscriber")}
    store = open_store(url, bring_up_to_date=True)
    assert damage(store) == [], "no row was written anew: the chain and the seals are as they were"
    before = {level: shelved(store, level) for level in LEVELS}
    with pytest.raises(InputError, match="arshjul refresh"):
        subscribe(store, Wanted("agency-a0"), "Ny", 400, "test", years.NOW)
    done = refresh(store, "test", years.NOW + DAY)
    assert done.is_new
    assert {key.content for key in done.changed if key.level == "full"} == {"operations", "milestones"}
    assert shelved(store, "full") == before["full"]
    subscribe(store, Wanted("agency-a0"), "Ny", 400, "test", years.NOW + DAY)
    subscribe(store, Wanted("agency-a0", content="milestones"), "Ny", 400, "test", years.NOW + DAY)
    apart = {**events(store, "full", "operations"), **events(store, "full", "milestones")}
    whole = events(store, "full")
    assert {uid: event.to_ical() for uid, event in apart.items()} == {u: e.to_ical() for u, e in whole.items()}
    moved = years.plan(YEAR, {"OP-000": date(2027, 6, 1)}, before=PLAN)
    years.published(store, years.write(tmp_path / "2", YEAR, moved), years.NOW + 2 * DAY)
    assert all(str(event["STATUS"]) != "CANCELLED" for event in events(store, "full").values())
    assert (
        str(next(event for uid, event in events(store, "full").items() if uid.startswith("OP-000@"))["SEQUENCE"]) == "1"
    )
    assert damage(store) == []
