"""The day's page dates milestones as the coordinator's calendar does, whatever has moved and been published since."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.served_revision import milestones_told
from arshjul.office.store.store import make_store
from arshjul.year.agenda.channel import Channel, Uids
from arshjul.year.agenda.party import COORDINATOR
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Every, Meeting, Milestone, Settings
from tests import years
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, desk_in
from tests.worlds import Worlds

SHEET, MEETING = Milestone("sheet", "Informationsblad", -28), Milestone("prep", "Träff", -14, start=time(10))
YEAR = replace(years.scenario(2, 2, 1), cycle=Cycle((SHEET, MEETING)), settings=Settings())
FIRST = years.plan(YEAR)
MARCH = {"OP-000": date(2027, 3, 2)}

On = Callable[[date], Desk]


def rehearsed(folder: Path, year: Scenario, day: date) -> Desk:
    """A console over that year, published for a rehearsal, in the morning of a day."""
    store = make_store(str(folder / "y.db"), wal=False)
    read = years.write(folder / "0", year, years.plan(year))
    publish(store, read, Cause("skäl", "test", years.NOW, is_rehearsal=True))
    return Desk(store, datetime.combine(day, time(9), UTC))


def with_milestones(folder: Path, _: Worlds) -> None:
    """The world of that year."""
    rehearsed(folder, YEAR, years.NOW.date())


@pytest.fixture
def on(worlds: Worlds, tmp_path: Path) -> On:
    """A console over it, in the morning of a day."""
    worlds.copied(with_milestones, tmp_path)
    return lambda day: desk_in(tmp_path, datetime.combine(day, time(9), UTC))


@pytest.mark.parametrize("is_rehearsal", [False, True])
def test_what_was_held_is_dated_as_in_the_calendar(tmp_path: Path, is_rehearsal: bool) -> None:
    store = make_store(str(tmp_path / "y.db"))
    moved = years.plan(YEAR, MARCH, datetime(2027, 1, 25, 9), FIRST)
    again = years.plan(YEAR, MARCH, datetime(2027, 1, 26, 9), moved)
    before = None
    for n, plan in enumerate((FIRST, moved, again)):
        read = years.write(tmp_path / str(n), YEAR, plan, before)
        now = years.NOW if before is None else plan.as_of.astimezone(UTC)
        publish(store, read, Cause("skäl", "test", now, is_rehearsal))
        before = plan
    desk = Desk(store, datetime(2027, 2, 1, 9, tzinfo=UTC))
    page = desk.browser().get("/").text
    assert re.search(r"mån 4 jan OP-000 \w+ 0 Informationsblad, Träff Alla 2 gjorda", page)
    with store.reading() as db:
        said = milestones_told(db).feeds[Channel(COORDINATOR, "full", "milestones").name]
    there = {entry.event.uid: str(entry.event.day) for entry in said.entries}
    assert there[Uids.of(YEAR.name).milestone("OP-000", "sheet")] == "2027-01-04", "by the name of the year itself"
    assert there[Uids.of(YEAR.name).milestone("OP-000", "prep")] == "2027-01-18"


def test_milestones_are_ticked_one_by_one_or_all_that_are_late(on: On) -> None:
    browser = on(date(2027, 2, 1)).browser()

    def due() -> list[str]:
        return re.findall(r'name="milestone" value="([^"]+)"', browser.get("/").body.decode())

    first = due()
    assert [one for one in first if one.endswith(("sheet", "prep"))]
    one = first[0]
    assert browser.press("/held", milestone=one).status == 303
    assert one not in due()
    others = due()
    assert browser.press("/held", milestone=others).status == 303
    assert due() == []
    assert browser.press("/held", milestone=others).status == 409, "ticked already"
    operation, _, milestone = one.partition(" ")
    page = browser.get(f"/operations/{operation}").body.decode()
    assert f'name="milestone" value="{milestone}"' not in page
    assert "hölls" in page


def test_any_milestone_is_ticked_on_its_operation_s_page_and_taken_back_also_once_it_is_published(on: On) -> None:
    """The journal tells both; the button of a tick never takes one back, even without its date."""
    where, offered = "/operations/OP-001", '<option value="prep"'
    browser = on(date(2027, 1, 5)).browser()
    assert offered in browser.get(where).body.decode()
    assert browser.press(where, ask="held", milestone="prep", date="2027-01-06").status == 409, "it lies ahead"
    browser = on(date(2027, 1, 12)).browser()
    page = browser.get("/operations/OP-000").body.decode()
    pressed = re.findall(r'name="date" value="([^"]*)"><button[^>]* name="milestone" value="(\w+)"', page)
    assert pressed == [("2027-01-12", "sheet")], "what is due was held today; another day is asked for"
    assert re.findall(r'<option value="(\w+)"', page.partition("Gjort en annan dag")[2])[:2] == ["sheet", "prep"]
    assert re.search(r'type="date" name="date" value="" required', page)
    assert re.search(r'value="sheet">Gjort<span', page), "by the word of the day's page"
    done = browser.press(where, ask="held", milestone="prep", date="2027-01-04")
    assert (done.status, done.headers.get("location")) == (303, where)
    page = browser.get(where).body.decode()
    assert offered not in page
    assert 'name="not_held" value="prep"' in page, "while it waits"
    published(browser)
    assert 'name="not_held" value="prep"' in browser.get(where).body.decode(), "it stands in the plan"
    assert browser.press(where, ask="held", milestone="prep", date="").status == 422
    assert browser.press(where, ask="not-held", not_held="prep").status == 303
    page = browser.get(where).body.decode()
    assert 'name="not_held"' not in page
    assert offered in page, "it can be ticked again"
    log = browser.get("/log").text
    assert "Träff för OP-001 hölls måndag 4 januari 2027." in log
    assert "Träff för OP-001 hölls inte." in log
    published(browser)
    assert offered in browser.get(where).body.decode(), "nor does the plan say so"


def published(browser: Browser) -> None:
    """Publishes what waits."""
    browser.plan("balanced")
    assert browser.publish("bock").status == 303


def test_what_lies_ahead_is_not_offered_as_held(tmp_path: Path) -> None:
    """On Wednesday 6 January the week's sheet of the 4th can be ticked; that of Friday, and the next week's, cannot."""
    year = replace(years.scenario(4, 2, 1), cycle=Cycle((SHEET,)), settings=Settings())
    browser = rehearsed(tmp_path, year, date(2027, 1, 6)).browser()
    page = browser.get("/").body.decode()
    assert 'href="/operations/OP-002"' in page, "it is told that it comes"
    assert {*re.findall(r'name="milestone" value="([^"]+)"', page)} == {"OP-000 sheet", "OP-001 sheet"}
    assert browser.press("/held", milestone="OP-002 sheet").status == 409


STANDING = Meeting("weekly", "Veckomöte", every=Every(0, time(10)), agencies=("a0",), parties=("units",))
AT_MEETING = replace(
    YEAR, cycle=Cycle((replace(SHEET, at="weekly"), replace(MEETING, at="weekly", parties=("police",))), (STANDING,))
)


def test_what_is_due_at_a_meeting_is_ticked_on_its_page_in_one_press(tmp_path: Path) -> None:
    """The sheets of both operations, due on Monday 4 and Tuesday 5 January, are dealt with on the 4th."""
    browser, where = rehearsed(tmp_path, AT_MEETING, date(2027, 1, 12)).browser(), "/meetings/weekly/2027-01-04"
    assert f'href="{where}"' in browser.get("/").body.decode(), "the day's page leads to the meeting"
    page = browser.get(where).body.decode()
    there = re.findall(r'type="checkbox" name="milestone" value="([^"]+)" checked', page)
    assert len(there) > 1, "all are ticked from the start"
    left, *ticked = there
    assert browser.press(where, ask="held", milestone=ticked).status == 303
    listed = browser.get(where)
    assert re.findall(r'type="checkbox" name="milestone" value="([^"]+)"', listed.body.decode()) == [left]
    assert listed.text.count("gjort mån 4 jan") == len(ticked)
    assert browser.send(listed, where, ask="held", milestone=ticked).status == 409, "they are ticked already"
    meetings = re.findall(r'href="(/meetings/weekly/[^"]+)"', browser.get("/meetings").body.decode())
    ahead = next(one for one in meetings if one > "/meetings/weekly/2027-01-12")
    assert 'type="checkbox" name="milestone"' not in browser.get(ahead).body.decode(), "it has not been held"
    assert browser.press(ahead, ask="held", milestone=ticked).status == 409
