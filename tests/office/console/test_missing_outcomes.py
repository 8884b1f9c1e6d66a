"""All outcomes that are missing are entered on one page, in few presses."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.office.draft.enter import enter
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.store.store import make_store
from tests import years
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, desk_in
from tests.worlds import Worlds

FULL = years.scenario(12, 2, 1)
WITHOUT = "OP-003"
YEAR = replace(FULL, operations={**FULL.operations, WITHOUT: FULL.operations[WITHOUT].without_officers})
MADE = years.plan(YEAR)
PLAN = replace(
    MADE, placements=tuple(replace(p, police=None) if p.operation == WITHOUT else p for p in MADE.placements)
)
ENDS = {id: YEAR.moments(one.slot)[1] for id, one in PLAN.placed.items()}
SECOND = sorted(ENDS.values())[9]
"""The moment at which ten are over."""


def long_year(folder: Path, _: Worlds) -> None:
    """The world of a published year of twelve operations."""
    store = make_store(str(folder / "y.db"), wal=False)
    publish(store, years.write(folder / "0", YEAR, PLAN), Cause("skäl", "test", years.NOW, is_rehearsal=True))


@pytest.fixture
def desk(worlds: Worlds, tmp_path: Path) -> Desk:
    """It, when ten are over."""
    worlds.copied(long_year, tmp_path)
    return desk_in(tmp_path, SECOND.astimezone(UTC))


def shown(browser: Browser) -> list[str]:
    return re.findall(r'name="operation" value="([^"]+)"', browser.get("/outcomes").body.decode())


def entered(desk: Desk) -> dict[str, tuple[str, int | None]]:
    draft = desk.draft
    found = draft.usable(desk.now)[0].known_outcomes()
    assert all(PLAN.placed[id].slot.day == day for id, day in found)
    return {id: (one.result, one.officers) for (id, _), one in found.items()}


def test_ten_at_once_as_planned(desk: Desk) -> None:
    browser = desk.browser()
    over = [id for id, end in ENDS.items() if end <= SECOND]
    assert len(over) == 10 and "10 insatser Utfall saknas Fyll i" in browser.get("/").text
    assert sorted(shown(browser)) == sorted(over)
    page = browser.get("/outcomes").body.decode()
    for id in over:
        has_police = id != WITHOUT
        assert (f'name="result.{id}" value="without-police"' in page) is has_police
        assert (f'name="officers.{id}"' in page) is has_police
    first, *rest = over
    page = browser.get(f"/operations/{first}").text
    assert "Datum passerat, utfall saknas" in page
    browser.press("/outcomes", operation=[first], rest="done")
    assert entered(desk) == {first: ("done", None)}, "only what the page showed"
    assert "utfall saknas" not in browser.get(f"/operations/{first}").text
    sent = browser.press("/outcomes", operation=rest, rest="done")
    assert (sent.status, sent.headers["location"]) == (303, "/")
    assert entered(desk) == dict.fromkeys(over, ("done", None))
    gone = browser.press("/outcomes", operation=rest, rest="done")
    assert (gone.status, {*entered(desk)}) == (409, {*over}), "they have their outcomes"
    assert "/outcomes" not in browser.get("/").body.decode()
    assert "Inget utfall saknas" in browser.get("/outcomes").text


def test_what_went_otherwise_is_chosen_and_the_rest_waits_or_went_as_planned(desk: Desk) -> None:
    desk.now -= timedelta(minutes=1)
    moment, browser = desk.now.astimezone(YEAR.zone), desk.browser()
    under_way = {id for id, one in PLAN.placed.items() if YEAR.moments(one.slot)[0] <= moment < ENDS[id]}
    first, second, *rest = over = shown(browser)
    assert under_way and {*over} == {id for id, end in ENDS.items() if end <= moment}
    chosen = {f"result.{first}": "aborted", f"officers.{first}": "1"}
    sent = browser.press("/outcomes", operation=over, **chosen)
    assert sent.headers["location"] == "/outcomes", "the others are still missing"
    assert (entered(desk), shown(browser)) == ({first: ("aborted", 1)}, [second, *rest])
    chosen = {f"result.{second}": "aborted"}
    browser.press("/outcomes", operation=[second, *rest], rest="done", **chosen)
    assert entered(desk) == {first: ("aborted", 1), second: ("aborted", None), **dict.fromkeys(rest, ("done", None))}


def test_what_cannot_be_comes_back_as_it_was_typed(desk: Desk) -> None:
    browser = desk.browser()
    first, second, *_ = over = shown(browser)
    without = browser.press("/outcomes", operation=over, **{f"officers.{first}": "3"})
    assert (without.status, entered(desk)) == (422, {}), "officers without a result are not lost"
    assert f"Välj hur {first} gick." in without.text and 'value="3"' in without.body.decode()
    chosen = {f"result.{first}": "done", f"officers.{first}": "5000", f"result.{second}": "aborted"}
    sent = browser.press("/outcomes", operation=over, **chosen)
    assert (sent.status, entered(desk)) == (422, {})
    assert first in sent.text and 'value="5000"' in sent.body.decode()
    assert f'name="result.{second}" value="aborted" checked' in sent.body.decode()
    assert browser.send(sent, "/outcomes", operation=over, sure="on", **chosen).status == 303
    assert entered(desk) == {first: ("done", 5000), second: ("aborted", None)}
    first, *_ = over = shown(browser)
    sent = browser.press("/outcomes", operation=over, **{f"result.{first}": "called-off"})
    assert sent.headers["location"].startswith("/options")


def test_one_whose_police_were_withdrawn_before_it_began_needs_a_choice(desk: Desk) -> None:
    browser = desk.browser()
    first, *_ = over = shown(browser)
    place = PLAN.placed[first]
    day = place.slot.day.isoformat()
    gone = {"id": "A7", "reported": f"{day}T05:00", "police": [place.police], "from": day, "to": day}
    later = {**gone, "id": "A8", "reported": f"{day}T23:00"}  # when it was over
    seen = desk.draft.stamp
    enter(desk.store, [("withdrawals", gone), ("withdrawals", later)], "x", desk.now, seen)
    page = browser.get("/outcomes")
    (told,) = re.findall(r"Polis avbokad innan den började: ([^.]+)\.", page.text)
    assert told.strip() == "A7"
    assert browser.send(page, "/outcomes", operation=over, rest="done").headers["location"] == "/outcomes"
    assert first not in entered(desk) and len(entered(desk)) == len(over) - 1
    chosen = {f"result.{first}": "without-police"}
    assert browser.press("/outcomes", operation=[first], rest="done", **chosen).status == 303
    assert entered(desk)[first] == ("without-police", None)


def test_who_may_not_fill_in_is_led_nowhere_that_is_closed(desk: Desk) -> None:
    """Neither to outcomes nor, near the plan's end, to the next year."""
    auditor = desk.browser("auditor")
    for _ in range(2):
        for page in ("/", "/report"):
            links = set(re.findall(r'href="(/[^"#]+)', auditor.get(page).body.decode()))
            assert "/operations" in links
            assert [link for link in links if auditor.get(link).status >= 400] == [], page
        assert "Utfall saknas" in auditor.get("/").text
        desk.now = datetime(2027, 12, 1, 9, tzinfo=UTC)
        auditor = desk.browser("auditor")
    assert "Planen tar slut" in auditor.get("/").text
