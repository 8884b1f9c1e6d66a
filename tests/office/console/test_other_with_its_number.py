"""Two plans, revisions or jobs may bear one number: whatever is compared is what they are, so that nothing is lost."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from shutil import copy

import pytest

from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.draft import OvertakenDraft
from arshjul.office.draft.options import propose
from arshjul.office.draft.publish_draft import difference, folder_of, publish_draft
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.draft.study import JobAsked, begin
from arshjul.office.publishing.publish import Cause, refresh
from arshjul.office.publishing.served_revision import published_year
from arshjul.office.publishing.stale_revision import StaleRevision
from arshjul.office.store import drafts, jobs, revisions
from arshjul.office.store.feed_cache import FeedCache, Watch
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from tests import years
from tests.kills import watched
from tests.office.console.browser import Browser
from tests.office.console.conftest import BOTH, SLOWLY_BOTH, Desk
from tests.office.console.test_withdrawal import HIT

YEAR = years.scenario()
FIRST = years.plan(YEAR)
WAITS = "Inte i planen än"
OVERTAKEN = "Publicerat under tiden"


def of_another(store: Store, folder: Path, before: Plan = FIRST, *, seen: int) -> Plan:
    """The plan of somebody at a terminal, published in the place of the revision that was seen."""
    made = years.plan(YEAR, {"OP-003": date(2027, 6, 1)}, before=before)
    years.published(store, years.write(folder, YEAR, made), years.NOW + timedelta(days=1), seen=seen)
    return made


def entered(browser: Browser) -> str:
    """The address of the options, with a draft that goes on from what is served now."""
    return browser.press("/withdrawals/new", **HIT).headers["location"]


def chosen(browser: Browser) -> None:
    assert browser.press(entered(browser), option="fewest-changes").status == 303
    assert WAITS not in browser.get("/").text


def published(browser: Browser) -> None:
    assert browser.publish().status == 303


@SLOWLY_BOTH
def test_an_entry_waits_again_where_another_plan_of_its_version_is_published_over_it(
    desk: Desk, tmp_path: Path
) -> None:
    browser = desk.browser()
    chosen(browser)
    assert browser.publish().status == 303
    with desk.store.reading() as db:
        assert drafts.DRAFTS.first(db) is None
    assert WAITS not in browser.get("/").text
    of_another(desk.store, tmp_path / "other", seen=2)
    assert WAITS in browser.get("/").text


def test_a_plan_seen_from_another_day_is_the_same_plan(desk: Desk) -> None:
    """The nightly refresh makes a revision of its own, and nobody has published."""
    browser = desk.browser()
    chosen(browser)
    before = desk.draft
    assert refresh(desk.store, "timer", desk.now + timedelta(days=20)).is_new
    after = desk.draft
    assert not after.is_overtaken
    assert after.stamp == before.stamp, "what was seen is as it was"
    assert OVERTAKEN not in browser.get("/").text


@BOTH
def test_a_refresh_puts_nothing_over_a_backup_that_was_put_back(desk: Desk, tmp_path: Path) -> None:
    """Both databases have a revision 1; the refresh has read one, and writes where the other is by then."""
    other = make_store(str(tmp_path / "other.db"))
    moved = years.plan(YEAR, {"OP-003": date(2027, 6, 1)})
    years.published(other, years.write(tmp_path / "other", YEAR, moved))
    backup(other, tmp_path / "copy.db", years.NOW)
    steps: list[str] = []

    def at(step: str) -> None:
        steps.append(step)
        if step == "prepared":
            restore(tmp_path / "copy.db", desk.url, "test", desk.now, replace=True)

    with watched(at):
        refresh(desk.store, "timer", desk.now + timedelta(days=20))
    with desk.store.reading() as db:
        assert published_year(db).plan.placed == moved.placed
        assert [revision.kind for revision in revisions.REVISIONS.all(db)] == ["publish", "refresh"]
    assert steps.count("prepared") == 1
    assert "prepared 2" in steps


def test_a_page_of_before_a_backup_was_put_back_is_not_taken_for_a_new_one(desk: Desk, tmp_path: Path) -> None:
    entered(desk.browser())
    backup(desk.store, tmp_path / "copy.db", desk.now)
    seen = desk.draft
    restore(tmp_path / "copy.db", desk.url, "test", desk.now, replace=True)
    now = desk.draft
    assert (now.version, now.base) == (seen.version, seen.base)
    assert now.stamp != seen.stamp


def test_options_of_before_a_backup_was_put_back_are_not_shown_for_a_job_of_its_number(
    desk: Desk, tmp_path: Path
) -> None:
    browser = desk.browser()
    backup(desk.store, tmp_path / "copy.db", desk.now)
    path = entered(browser)
    with desk.store.reading() as db:
        assert opened_draft(db).plan is published_year(db).plan, "it has the very plan: it is not read again"
    assert desk.console.years.options(desk.store, 1)
    restore(tmp_path / "copy.db", desk.url, "test", desk.now, replace=True)
    browser = desk.browser()
    other = {**HIT, "from": "2027-06-01", "to": "2027-06-02"}
    assert browser.press("/withdrawals/new", **other).headers["location"] == path
    (withdrawal,) = desk.console.years.options(desk.store, 1)[0].plan.entries.withdrawals
    assert str(withdrawal.first) == "2027-06-01"


def test_a_job_of_before_a_backup_was_put_back_writes_into_no_other_ones_row(desk: Desk) -> None:
    number, _ = begin(desk.store, JobAsked("x", desk.now, desk.draft.stamp))
    with desk.store.reading() as db:
        job = jobs.JOBS.get(db, number)
    assert job is not None
    options = [jobs.StoredOption(number, "first", 0, b"{}", b"{}")]
    with desk.store.writing() as db:
        jobs.finish(db, replace(job, started_at=job.started_at - timedelta(seconds=1)), options, desk.now)
        assert jobs.OPTIONS_FOUND.where(job=number).all(db) == []
        jobs.finish(db, job, options, desk.now)
        assert jobs.OPTIONS_FOUND.where(job=number).all(db) == options


def test_no_job_of_a_copy_is_at_work(desk: Desk, tmp_path: Path) -> None:
    number, _ = begin(desk.store, JobAsked("x", desk.now, desk.draft.stamp))
    backup(desk.store, tmp_path / "copy.db", desk.now)
    restore(tmp_path / "copy.db", str(tmp_path / "other.db"), "test", desk.now)
    with open_store(str(tmp_path / "other.db")).reading() as db:
        job = jobs.JOBS.get(db, number)
    assert job is not None and job.state == "failed"


def test_the_log_names_no_revision_by_the_number_of_another(desk: Desk, tmp_path: Path) -> None:
    browser = desk.browser()
    backup(desk.store, tmp_path / "copy.db", desk.now)
    chosen(browser)
    assert browser.publish().status == 303
    restore(tmp_path / "copy.db", desk.url, "test", desk.now, replace=True)
    browser = desk.browser()
    assert "en borttagen publicering" in browser.get("/log").text
    of_another(desk.store, tmp_path / "other", seen=1)
    text = browser.get("/log").text
    assert "en borttagen publicering" in text
    assert "version 2: skäl" in text


@pytest.mark.parametrize("is_known", [True, False])
def test_a_plan_without_what_was_entered_at_a_terminal_does_not_go_on_from_it(desk: Desk, is_known: bool) -> None:
    """Both have version 2 before them, with every operation in the same place; one was made from another version 2."""
    day = date(2027, 9, 1)
    withdrawn = Withdrawal("A1", FIRST.as_of, ("p1",), day, day, revision=2)
    before = replace(years.plan(YEAR, before=FIRST), entries=Entries.of(withdrawals=(withdrawn,)))
    read = folder_of(replace(desk.draft, plan=before))
    years.published(desk.store, read, desk.now, seen=1)
    after = years.plan(YEAR, {"OP-003": date(2027, 6, 1)}, before=before)
    if is_known:
        after = replace(after, entries=before.entries, earlier=before.revisions)
    read = folder_of(replace(desk.draft, plan=after))
    if is_known:
        years.published(desk.store, read, desk.now)
    else:
        with pytest.raises(StaleRevision):
            years.published(desk.store, read, desk.now)


def test_a_file_that_was_put_in_the_databases_place_is_read_anew(desk: Desk, tmp_path: Path) -> None:
    """By hand, so that both have the same generation."""
    other = make_store(str(tmp_path / "other.db"), wal=False)
    moved = years.plan(YEAR, {"OP-003": date(2027, 6, 1)})
    years.published(other, years.write(tmp_path / "other", YEAR, moved), years.NOW + timedelta(hours=1))
    watch = Watch(desk.store)
    before = watch.latest(FeedCache())
    assert watch.latest(before) is before
    path = desk.store.place.path
    assert path is not None
    copy(tmp_path / "other.db", tmp_path / "new.db")
    (tmp_path / "new.db").replace(path)
    after = watch.latest(before)
    watch.close()
    assert (after.generation, after.revision) == (before.generation, before.revision)
    assert after.published_at == years.NOW + timedelta(hours=1)


# -- somebody publishes at a terminal while the console has a draft: nothing of theirs is lost, and nothing that waits


def is_theirs(desk: Desk) -> bool:
    """True if what is served is still the plan of the one at the terminal."""
    with desk.store.reading() as db:
        now = published_year(db)
    return now.revision.number == 2 and now.plan.placed["OP-003"].slot.day.isoformat() == "2027-06-01"


@SLOWLY_BOTH
def test_nothing_is_chosen_over_what_was_published_meanwhile(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    path = entered(browser)
    seen = browser.get(path)
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    for shown in (seen, browser.get(path)):
        refused = browser.send(shown, path, option="fewest-changes")
        assert refused.status == 409
        assert "test har publicerat planens version 2 (skäl)" in refused.text
    with pytest.raises(OvertakenDraft):
        propose(desk.store, 1, "fewest-changes", "x", desk.now, seen.field("seen"))
    page = browser.get(path).text
    assert OVERTAKEN in page
    assert b'class="choose"' not in browser.get(path).body
    assert is_theirs(desk)
    assert browser.press("/start-over").status == 303
    assert WAITS in browser.get("/").text


@SLOWLY_BOTH
def test_nothing_is_published_over_what_was_published_meanwhile(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither from a page that was opened before, nor from one that was opened after."""
    browser = desk.browser()
    chosen(browser)
    before = browser.get("/publish")
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    refused = browser.send(before, "/publish", digest=before.field("digest"), reason="x")
    assert refused.status == 409
    shown = browser.get("/publish").text
    for page in (refused.text, shown):
        assert OVERTAKEN in page
        assert "test publicerade version 2 av planen onsdag 25 november 2026: skäl" in page
        assert "Börja om" in page
        assert "--seen" not in page
    assert b'name="digest"' not in browser.get("/publish").body
    draft = desk.draft
    digest = difference(draft, years.WORDS).digest
    with pytest.raises(OvertakenDraft):
        publish_draft(desk.store, digest, Cause("x", "y", desk.now))
    assert is_theirs(desk)
    assert refresh(desk.store, "timer", desk.now + timedelta(days=20)).is_new
    told = "test publicerade version 2 av planen onsdag 25 november 2026: skäl"
    assert told in browser.get("/publish").text, "who has published is told after a nightly refresh too"
    assert browser.press("/start-over").status == 303
    assert WAITS in browser.get("/").text


def test_a_publishing_that_comes_while_another_is_at_it_is_refused_in_the_consoles_words(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    chosen(browser)
    draft = desk.draft
    digest = difference(draft, years.WORDS).digest

    def at(step: str) -> None:
        if step == "prepared":
            of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)

    with watched(at), pytest.raises(OvertakenDraft):
        publish_draft(desk.store, digest, Cause("x", "y", desk.now))
    assert is_theirs(desk)


NEW_NAME = "Myndigheten i Nord"


def renamed(scenario: Scenario) -> Scenario:
    """The scenario with another name of an agency."""
    agencies = {**scenario.agencies, "a0": replace(scenario.agencies["a0"], name=NEW_NAME)}
    return replace(scenario, agencies=agencies)
