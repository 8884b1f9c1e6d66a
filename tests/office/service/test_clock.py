"""A clock or a plan that is years ahead: refused; and what either has spoilt before is seen, and mended."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.errors import InputError, Refused
from arshjul.office.database.backup import backup
from arshjul.office.database.doctor import doctor
from arshjul.office.database.purge_sites import purge_sites
from arshjul.office.database.restore import restore
from arshjul.office.publishing import publish
from arshjul.office.publishing.publish import Published, mend, refresh
from arshjul.office.publishing.served_revision import is_ahead
from arshjul.office.store import audit, revisions
from arshjul.office.store.events import Unsubscribed
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.readers import Fetch, fetches, note_fetches
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.office.subscribers.subscribe import Wanted, reissue, rotate, subscribe
from tests import years
from tests.databases import FILE, Databases
from tests.office.service.test_publish import ics

YEAR = years.scenario()
FIRST = years.plan(YEAR)
WITHOUT = replace(YEAR, operations={id: one for id, one in YEAR.operations.items() if id != "OP-003"})
FAR = datetime(2031, 3, 1, 9)
DAY = timedelta(days=1)

Mending = Callable[[Store, str, datetime], Published]


pytestmark = FILE


def lines(store: Store) -> list[audit.AuditLine]:
    with store.reading() as db:
        return audit.lines(db)


@pytest.fixture
def spoilt(databases: Databases, tmp_path: Path) -> Store:
    """As it was made before plans of the future were refused: revision 3 lacks OP-003, and nobody is told."""
    return open_store(databases.filled("spoilt", lambda address: spoil(address, tmp_path / "plans")))


def spoil(address: str, folder: Path) -> None:
    store = make_store(address)
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(publish, "MOST_AHEAD", timedelta(days=3650))
        years.published(store, years.write(folder / "1", YEAR, FIRST))
        years.published(store, years.write(folder / "2", YEAR, years.plan(YEAR, as_of=FAR, before=FIRST)))
        left = replace(
            FIRST, placements=tuple(placement for placement in FIRST.placements if placement.operation != "OP-003")
        )
        gone = years.plan(WITHOUT, as_of=FAR, before=left)
        years.published(store, years.write(folder / "3", WITHOUT, gone), seen=2)
    assert "TENTATIVE" in ics(store, 1, "agency-a0")
    for party in ("coordinator", "agency-a0"):
        told = ics(store, 3, party)
        assert "STATUS:CONFIRMED" in event(told, "OP-003"), "in 2031 it has been, and stays as it was"
        assert "TENTATIVE" not in told


def event(told: str, operation: str) -> str:
    return next(part for part in told.split("BEGIN:VEVENT") if f"UID:{operation}@" in part)


def assert_mended(store: Store, number: int) -> None:
    for party in ("coordinator", "agency-a0", "police-p1"):
        told = ics(store, number, party)
        gone = event(told, "OP-003")
        assert "SUMMARY:INSTÄLLD: " in gone, party
        assert "STATUS:CANCELLED" in gone, party
        assert "SEQUENCE:2" in gone, party
        assert "STATUS:TENTATIVE" in event(told, "OP-001"), party
    assert "OP-003" not in ics(store, number, "police-p0")


@pytest.mark.parametrize("way", [mend, refresh])
def test_database_that_a_plan_of_the_future_has_spoilt_is_seen_and_mended(spoilt: Store, way: Mending) -> None:
    store, url = spoilt, str(spoilt.place.path)
    diagnosis = doctor(url, years.NOW + DAY)
    assert [(finding.check, finding.is_warning) for finding in diagnosis.findings] == [("clock", False)]
    assert "--mend" in str(diagnosis.findings[0].text)
    assert way(store, "test", years.NOW + DAY).revision.number == 4
    assert_mended(store, 4)
    assert doctor(url, years.NOW + DAY).findings == ()
    assert not refresh(store, "test", years.NOW + 25 * DAY / 24).is_new
    late = refresh(store, "test", years.NOW + 90 * DAY)
    assert "OP-003" in ics(store, late.revision.number, "coordinator"), "for 30 days after its old date"


def test_next_plan_in_a_spoilt_database_mends_it_too(spoilt: Store, tmp_path: Path) -> None:
    years.published(spoilt, years.write(tmp_path / "4", WITHOUT, years.plan(WITHOUT)), years.NOW + DAY, seen=3)
    assert_mended(spoilt, 4)


def test_plan_of_the_future_is_refused_but_for_tonight_or_as_a_rehearsal(databases: Databases, tmp_path: Path) -> None:
    """And makes no database, as one without a reason does not."""
    url, far = databases.empty(), years.write(tmp_path / "far", YEAR, years.plan(YEAR, as_of=FAR, before=FIRST))
    for reason, why in (("skäl", "--rehearsal"), (" ", "Give a reason for the revision")):
        with pytest.raises((Refused, InputError), match=why):
            publish.publish_to(url, far, publish.Cause(reason, "test", years.NOW))
    assert not Path(url).exists()
    store = make_store(url)
    with pytest.raises(Refused, match="--rehearsal"):
        years.published(store, far)
    with store.reading() as db:
        assert revisions.pointer(db) is None
    tomorrow = years.plan(YEAR, as_of=(years.NOW + DAY).replace(tzinfo=None))
    assert years.published(store, years.write(tmp_path / "1", YEAR, tomorrow)).revision.number == 1
    with pytest.raises(Refused, match="is not for rehearsals"):
        years.published(store, far, seen=1, rehearsal=True)


def test_rehearsal_is_one_for_ever_and_says_so(url: str, tmp_path: Path) -> None:
    store, near = make_store(url), datetime(2027, 1, 25, 9)
    first = years.plan(YEAR, as_of=near)
    years.published(store, years.write(tmp_path / "1", YEAR, first), rehearsal=True)
    told = ics(store, 1, "coordinator")
    assert "X-WR-CALNAME:Insatser: samordnaren – ÖVNING Göteborg 2027" in told
    assert "UID:OP-000@ovning-goteborg-2027.arshjul" in told, "no event of the real year's"
    assert "INSTÄLLD" not in told
    assert "STATUS:CONFIRMED" in event(told, "OP-000"), "it is the plan's day"
    assert not refresh(store, "test", years.NOW + DAY).is_new
    gone = years.write(tmp_path / "2", WITHOUT, years.plan(WITHOUT, as_of=near + DAY))
    with pytest.raises(Refused, match="is for rehearsals"):
        years.published(store, gone, seen=1)
    years.published(store, gone, seen=1, rehearsal=True)
    assert "SUMMARY:INSTÄLLD: " in event(ics(store, 2, "coordinator"), "OP-003")
    assert doctor(url, years.NOW + 9 * DAY).findings == ()
    backup(store, tmp_path / "copy.db", years.NOW)
    real = make_store(str(tmp_path / "real.db"))
    years.published(real, years.write(tmp_path / "3", YEAR, FIRST))
    with pytest.raises(Refused, match="is a rehearsal"):
        restore(tmp_path / "copy.db", str(tmp_path / "real.db"), "test", years.NOW, replace=True)
    restore(tmp_path / "copy.db", str(tmp_path / "new.db"), "test", years.NOW)
    with pytest.raises(Refused, match="is for rehearsals"):
        years.published(make_store(str(tmp_path / "new.db")), gone, seen=2)


def test_clock_that_jumps_is_refused_until_somebody_says_that_it_is_right(store: Store, tmp_path: Path) -> None:
    """One that was behind for a while stops nothing afterwards."""
    url = str(store.place.path)
    with store.writing() as db:
        audit.add(db, years.NOW.replace(year=2020), "test", Unsubscribed(1))
    assert doctor(url, years.NOW + DAY).findings == ()
    late = years.NOW + audit.LONGEST_PAUSE + DAY
    before = lines(store)
    for write in (
        lambda: refresh(store, "test", late),
        lambda: subscribe(store, Wanted("agency-a0", "full"), "x", 9, "test", late),
        lambda: years.published(store, years.write(tmp_path / "2", WITHOUT, years.plan(WITHOUT)), late, seen=1),
    ):
        with pytest.raises(Refused, match="93 days after"):
            write()
    assert lines(store) == before
    assert ["clock" in finding.check for finding in doctor(url, late).findings] == [True, False]
    mend(store, "test", late)
    assert "STATUS:CONFIRMED" in ics(store, 2, "agency-a0")
    refresh(store, "test", late + DAY)
    assert [finding.check for finding in doctor(url, late + DAY).findings] == []


def test_no_address_is_dated_by_a_clock_that_is_behind(store: Store) -> None:
    subscribe(store, Wanted("agency-a0"), "x", 9, "test", years.NOW - audit.MOST_BEHIND)
    before, early = lines(store), years.NOW - DAY
    for hand_out in (
        lambda: subscribe(store, Wanted("agency-a0"), "x", 9, "test", early),
        lambda: rotate(store, 1, 9, 1, "test", early),
        lambda: reissue(store, 9, "test", early).__enter__(),
    ):
        with pytest.raises(Refused, match="before the last change at"):
            hand_out()
    assert lines(store) == before
    mend(store, "test", early)
    subscribe(store, Wanted("agency-a0"), "x", 9, "test", early)


@pytest.mark.parametrize("now", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_clock_of_no_year_at_all_is_refused_in_words(store: Store, tmp_path: Path, now: datetime) -> None:
    url, read = str(store.place.path), years.write(tmp_path / "1", YEAR, FIRST)
    backup(store, tmp_path / "copy.db", years.NOW)
    before = lines(store)
    for write in (
        lambda: years.published(make_store(str(tmp_path / "other.db")), read, now),
        lambda: refresh(store, "test", now),
        lambda: mend(store, "test", now),
        lambda: subscribe(store, Wanted("agency-a0"), "x", 9, "test", now),
        lambda: purge_sites(store, 365, "test", now),
        lambda: restore(tmp_path / "copy.db", url, "test", now, replace=True),
        lambda: restore(tmp_path / "copy.db", str(tmp_path / "new.db"), "test", now),
    ):
        with pytest.raises(Refused, match=r"The clock says .*, outside 1970 to 2199"):
            write()
    assert not (tmp_path / "new.db").exists()
    assert lines(store) == before
    assert ["clock" in finding.check for finding in doctor(url, now).findings][:1] == [True]


def test_copy_that_is_older_than_a_clock_may_rest_is_put_back(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "copy.db", years.NOW)
    late = years.NOW + audit.LONGEST_PAUSE + DAY
    restore(tmp_path / "copy.db", str(store.place.path), "test", late, replace=True)
    restore(tmp_path / "copy.db", str(tmp_path / "new.db"), "test", late)
    assert not [found for found in doctor(str(tmp_path / "new.db"), late).findings if found.check == "clock"]
    refresh(make_store(str(tmp_path / "new.db")), "test", late + DAY)


def test_what_a_clock_years_ahead_has_spoilt_is_mended(store: Store) -> None:
    url = str(store.place.path)
    old = subscribe(store, Wanted("agency-a0", "full"), "x", 100, "test", years.NOW).token
    ahead = years.NOW.replace(year=2031)
    mend(store, "test", ahead)  # as a refresh did before jumps were refused
    with store.writing() as db:
        note_fetches(db, [Fetch(1, ahead, "Outlook")])
    assert "STATUS:CONFIRMED" in event(ics(store, 2, "agency-a0"), "OP-000")
    real = years.NOW + DAY
    with store.reading() as db:
        cache = fill(db, FeedCache())
    assert read_feed(cache, old, real) is not None, "no address expires by what was published"
    assert read_feed(cache, old, real + 101 * DAY) is None
    assert [finding.check for finding in doctor(url, real).findings] == ["clock"]
    mend(store, "test", real)
    told = ics(store, 3, "agency-a0")
    assert "STATUS:TENTATIVE" in event(told, "OP-000")
    assert "LAST-MODIFIED:2031" in event(told, "OP-000"), "stamps never go back"
    assert doctor(url, real).findings == ()
    assert not refresh(store, "test", real + DAY / 24).is_new
    with store.reading() as db:
        assert fetches(db) == {}
        assert not is_ahead(revisions.REVISIONS.all(db)[-1])
