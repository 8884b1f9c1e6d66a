"""Each kind of entry: it waits with a button to take it back, is published, and waits again or is gone by an undo."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copy

import pytest

from arshjul.office.draft.draft import Draft
from arshjul.office.draft.enter import enter
from arshjul.office.store import drafts
from arshjul.office.store.store import open_store
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.entries import LISTS
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, desk_like
from tests.office.console.test_kept_edit import OURS, chosen, sent, with_operation
from tests.office.console.test_other_with_its_number import published as publish
from tests.office.console.test_published_meanwhile import renamed
from tests.office.console.test_undo import WAITS, draft, served, undo

UNTIL_FURTHER_NOTICE = {"id": "W-1", "police": ["p1"], "from": "2026-12-27", "until_further_notice": True}
NEW = {"id": "OP-050", "title": "Ny", "sector": "restaurant", "area": "city", "programme": "akc", "lead_agency": "a1"}

ENTRIES: Mapping[str, Mapping[str, object]] = {
    "withdrawals": {"id": "W-2", "police": ["p0", "p1"], "from": "2027-02-01", "to": "2027-02-12", "cause": "match"},
    "given_back": {"id": "G-1", "withdrawal": "W-1", "from": "2027-01-02", "to": "2027-01-05"},
    "still": {"withdrawal": "W-1"},
    "operations": {**NEW, "officers": 1, "agencies": {"a1": 1}},
    "cancelled": {"operation": "OP-000"},
    "promoted": {"operation": "OP-100"},
    "unpinned": {"operation": "OP-001"},
    "pinned": {"operation": "OP-000", "date": "2027-06-01", "shift": "day"},
    "not_on": {"operation": "OP-000", "agency": "a0", "dates": ["2027-02-01"]},
    "agencies": {"agency": "a0", "from": "2027-02-01", "to": "2027-02-01", "teams_left": 0},
    "fewer_officers": {"operation": "OP-000", "officers": 1},
    "without_police": {"operation": "OP-000"},
    "left_out": {"operation": "OP-000"},
}
"""One of each list that is no fact: what was answered, held, learnt, or came out stays whatever is taken back."""


def some(of: Mapping[str, object], *daily: str) -> list[object]:
    """All names, of which only a few are tried before every commit."""
    return [name if name in daily else pytest.param(name, marks=pytest.mark.slow) for name in of]


def test_each_kind_is_tried() -> None:
    assert ENTRIES.keys() == {*LISTS} - {"answers", "held", "outcomes", *LEARNT}


def entered(desk: Desk, list: str, item: Mapping[str, object]) -> None:
    enter(desk.store, [(list, item)], "coordinator", desk.now, draft(desk.store).stamp)


@pytest.fixture(scope="module")
def prepared(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published year with a pin, a reserve, and a withdrawal until further notice."""
    desk = desk_like(published, tmp_path_factory.mktemp("kinds"))
    browser = desk.browser()

    def with_reserve(year: Scenario) -> Scenario:
        reserve = replace(year.operations["OP-002"], id="OP-100", reserve=True, sites=())
        return replace(year, operations={**year.operations, "OP-100": reserve})

    sent(desk, browser, with_reserve)
    place = served(desk.store).placed["OP-001"].slot
    entered(desk, "pinned", {"operation": "OP-001", "date": place.day.isoformat(), "shift": place.shift})
    entered(desk, "withdrawals", UNTIL_FURTHER_NOTICE)
    chosen(browser)
    publish(browser)
    return Path(desk.url)


@pytest.fixture
def year(prepared: Path, tmp_path: Path) -> Desk:
    return Desk(open_store(str(copy(prepared, tmp_path / "y.db"))), url=str(tmp_path / "y.db"))


def waiting(found: Draft) -> list[tuple[str, Mapping[str, object]]]:
    return [(entry.list, json.loads(entry.body)) for entry in found.waiting]


@pytest.mark.parametrize("list", some(ENTRIES, "promoted", "without_police", "given_back"))
def test_an_entry_waits_again_and_is_taken_back(year: Desk, list: str) -> None:
    browser, before = year.browser(), draft(year.store)
    assert before.plan is not None
    entered(year, list, ENTRIES[list])
    what = waiting(draft(year.store))
    assert [name for name, _ in what] == [list]
    taken_back(browser)
    assert draft(year.store).is_published
    entered(year, list, ENTRIES[list])
    what = waiting(draft(year.store))
    chosen(browser)
    publish(browser)
    made = draft(year.store)
    undo(year.store, again=True)
    after = draft(year.store)
    assert after.plan is not None
    assert after.plan.placed == before.plan.placed
    assert after.scenario == before.scenario
    assert waiting(after) == what
    taken_back(browser)
    assert draft(year.store).is_published
    assert made.plan is not None
    undo(year.store)
    with year.store.reading() as db:
        assert not [entry for entry in drafts.entries(db) if entry.waits]
    assert served(year.store).placed == made.plan.placed, "the undo undone"
    undo(year.store, number=5)
    assert draft(year.store).scenario == before.scenario


def test_an_undo_that_is_undone_lets_nothing_wait_that_nobody_entered(year: Desk) -> None:
    """A new operation was gone with its publishing; it is not to be cancelled once it is there again."""
    entered(year, "operations", ENTRIES["operations"])
    chosen(year.browser())
    publish(year.browser())
    undo(year.store)
    assert "OP-050" not in served(year.store).placed
    undo(year.store, again=True)
    assert "OP-050" in served(year.store).placed
    assert not draft(year.store).waiting


def new_operation(year: Scenario) -> Scenario:
    new = replace(year.operations["OP-002"], id="OP-051", title="Ny")
    return replace(year, operations={**year.operations, new.id: new})


EDITS: Mapping[str, Callable[[Scenario], Scenario]] = {
    "title": lambda year: with_operation(year, "OP-001", lambda one: replace(one, title=OURS)),
    "operation": new_operation,
    "without police": lambda year: with_operation(year, "OP-001", lambda one: replace(one, officers=0)),
    "calendar": lambda year: replace(year, calendar=replace(year.calendar, closed_weekdays=frozenset({0, 6}))),
    "name": renamed,
    "offer": lambda year: replace(
        year,
        police={id: replace(one, officers=one.officers[1:]) if id == "p0" else one for id, one in year.police.items()},
    ),
    "year": lambda year: replace(year, span=replace(year.span, last=date(2028, 12, 31))),
}


@pytest.mark.parametrize("name", some(EDITS, "operation", "year"))
def test_an_edit_waits_again_and_is_taken_back(year: Desk, name: str) -> None:
    browser, before, edit = year.browser(), draft(year.store), EDITS[name]
    assert before.plan is not None
    sent(year, browser, edit)
    taken_back(browser, "/take-back-edit")
    assert draft(year.store).is_published
    sent(year, browser, edit)
    wanted = draft(year.store).given
    chosen(browser)
    publish(browser)
    undo(year.store, again=True)
    after = draft(year.store)
    assert after.plan is not None
    assert (after.plan.placed, after.scenario) == (before.plan.placed, before.scenario)
    assert after.given == wanted
    taken_back(browser, "/take-back-edit")
    assert draft(year.store).is_published


def taken_back(browser: Browser, path: str = "/take-back") -> None:
    """Presses `Ta tillbaka` of what waits."""
    page = browser.get("/")
    assert WAITS in page.text
    assert "Ta tillbaka" in page.text
    what = {"entry": page.field("entry")} if path == "/take-back" else {}
    assert browser.send(page, path, **what).status == 303
    assert WAITS not in browser.get("/").text
