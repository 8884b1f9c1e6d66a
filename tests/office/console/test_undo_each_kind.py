"""Each kind of entry: it waits with a button to take it back, is published, and waits again or is gone by an undo."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.office.contacts.ledger import LEDGERS, add, judged
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.enter import enter
from arshjul.office.publishing.publish import Cause
from arshjul.office.publishing.publish import publish as publish_folder
from arshjul.office.store import drafts
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.entries import LISTS
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests.commands import ran
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, desk_like, small_year
from tests.office.console.test_asking import answer, asked
from tests.office.console.test_kept_edit import OURS, chosen, sent, with_operation
from tests.office.console.test_other_with_its_number import OVERTAKEN, renamed
from tests.office.console.test_other_with_its_number import published as publish
from tests.office.console.test_undecided import chosen as chosen_all_the_same
from tests.office.console.test_undo import WAITS, draft, served, undo
from tests.worlds import Worlds

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


def test_each_kind_is_tried() -> None:
    assert ENTRIES.keys() == {*LISTS} - {"answers", "held", "outcomes", *LEARNT}
    assert {*ENTRIES, *FACTS, *LEARNT_ITEMS, "answers"} == {*LISTS}
    assert LEARNT_ITEMS.keys() == {*LEARNT}


def entered(desk: Desk, list: str, item: Mapping[str, object]) -> None:
    enter(desk.store, [(list, item)], "coordinator", desk.now, draft(desk.store).stamp)


def prepared(folder: Path, worlds: Worlds) -> None:
    """The world of a published year with a pin, a reserve, and a withdrawal until further notice."""
    desk = desk_like(worlds.of(small_year) / "y.db", folder)
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


@pytest.fixture
def year(worlds: Worlds, tmp_path: Path) -> Desk:
    return desk_like(worlds.of(prepared) / "y.db", tmp_path)


def waiting(found: Draft) -> list[tuple[str, Mapping[str, object]]]:
    return [(entry.list, json.loads(entry.body)) for entry in found.waiting]


@pytest.mark.parametrize("list", often(["given_back"], ENTRIES))
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
    assert len(undo(year.store, again=True).entries) == len(what)
    after = draft(year.store)
    assert after.plan is not None
    assert after.plan.placed == before.plan.placed
    assert after.scenario == before.scenario
    assert waiting(after) == what
    taken_back(browser)
    assert draft(year.store).is_published
    assert made.plan is not None
    assert undo(year.store).entries == (), "what was entered holds again"
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


@pytest.mark.parametrize("name", often(["operation"], EDITS))
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


# -- each kind of entry, in a plan that somebody takes out, replans and publishes at a terminal: it is answered for good


AFTER = datetime(2027, 2, 4, 9, tzinfo=UTC)
"""The first operation has been, and its follow-up."""

FACTS: Mapping[str, Mapping[str, object]] = {
    "outcomes": {"operation": "OP-000", "date": "2027-02-01", "result": "done"},
    "held": {"operation": "OP-000", "milestone": "nomination", "date": "2027-01-03"},
}

LEARNT_ITEMS: Mapping[str, Mapping[str, object]] = {
    "evaluations": {"operation": "OP-000", "party": "a0", "as_planned": "yes", "lead_time": 5},
    "improvements": {
        "id": "F1",
        "from": "OP-000",
        "observation": "Sent underlag",
        "action": "Skicka tidigare",
        "kind": "planning",
        "owner": "a0",
        "due": "2027-03-01",
    },
    "obstacles": {
        "id": "HI1",
        "date": "2027-02-01",
        "operation": "OP-000",
        "asker": "a0",
        "asked": "a1",
        "category": "economy",
        "needed_for": "prepare",
        "rule": "27:1",
        "how_known": "written",
        "effect": ["weaker"],
    },
    "cards": {
        **dict.fromkeys(("may", "may_not", "looks_for", "told_when", "before", "phone"), "Ja"),
        "party": "a0",
        "review_by": "2028-01-31",
    },
    "agenda_points": {"party": "a0", "meeting": "network-meeting", "date": "2027-03-17", "point": "Beslut"},
    "minutes": {"meeting": "network-meeting", "date": "2027-02-01", "agenda": "Beslut"},
    "meeting_actions": {
        "id": "M1",
        "meeting": "network-meeting",
        "date": "2027-02-01",
        "action": "Skriv",
        "party": "a0",
        "due": "2027-03-01",
    },
    "pictures": {
        "id": "L1",
        "by": "a0",
        "area": "city",
        "period": {"from": "2027-01-01", "to": "2027-01-20"},
        "valid_to": "2027-06-30",
        "themes": [{"sector": "restaurant", "level": 2}],
    },
}


def published_at_a_terminal(year: Desk, folder: Path) -> None:
    """Takes the year out and replans it; meanwhile something is entered and chosen here, and then it is published."""

    def run(*words: str | Path) -> None:
        done = ran(words)
        assert done.exit_code == 0, (words, done.output, done.exception)

    run("checkout", "--db", year.url, "-o", folder / "f")
    moment = max(draft(year.store).moment(year.now), draft(year.store).made_plan.as_of)
    run("replan", folder / "f", "-o", folder / "g", "--as-of", f"{moment:%Y-%m-%dT%H:%M}")
    entered(year, "left_out", {"operation": "OP-003"})
    chosen(year.browser())
    publish_folder(year.store, read_plan_folder(folder / "g"), Cause("x", "it", year.now))


def only_its_own_waits_after_starting_over(year: Desk, folder: Path) -> None:
    published_at_a_terminal(year, folder)
    browser = year.browser()
    assert OVERTAKEN in browser.get("/").text
    assert browser.send(browser.get("/"), "/start-over").status == 303
    assert WAITS in browser.get("/").text
    found = [(entry.list, json.loads(entry.body).get("operation")) for entry in draft(year.store).waiting]
    assert found == [("left_out", "OP-003")]
    chosen(browser)
    publish(browser)


@pytest.mark.parametrize("list", often(["operations"], ENTRIES))
def test_what_a_plan_has_answered(year: Desk, tmp_path: Path, list: str) -> None:
    entered(year, list, ENTRIES[list])
    chosen(year.browser())
    publish(year.browser())
    only_its_own_waits_after_starting_over(year, tmp_path)


def test_answers_facts_and_what_is_learnt(year: Desk, tmp_path: Path) -> None:
    browser = year.browser()
    asked(browser)
    answer(year, browser, "a0", "yes")
    shown = chosen_all_the_same(browser)
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on").status == 303
    year.now = AFTER
    for list, item in FACTS.items():
        entered(year, list, item)
    chosen(year.browser())
    publish(year.browser())
    with year.store.writing() as db:
        for list, body in LEARNT_ITEMS.items():
            _, item = judged(draft(year.store), LEDGERS[list], body, year.now)
            add(db, LEDGERS[list], item, "x", year.now)
    only_its_own_waits_after_starting_over(year, tmp_path)
    with year.store.reading() as db:
        assert {entry.list for entry in drafts.of_lists(db, LEARNT_ITEMS)} == {*LEARNT_ITEMS}
    learnt = draft(year.store).learnt_plan.entries
    assert learnt.answers
    assert {list: len(getattr(learnt, list)) for list in LEARNT_ITEMS} == dict.fromkeys(LEARNT_ITEMS, 1)


def test_an_undo(year: Desk, tmp_path: Path) -> None:
    entered(year, "cancelled", ENTRIES["cancelled"])
    chosen(year.browser())
    publish(year.browser())
    undo(year.store)
    year.now += timedelta(days=2)
    only_its_own_waits_after_starting_over(year, tmp_path)


def test_what_is_refused_is_named_and_can_be_put_aside(year: Desk) -> None:
    """A hand in the database, a backup, a fault of ours: whatever it is that no plan can take in, she can go on."""
    browser = year.browser()
    with year.store.writing() as db:
        items: list[tuple[str, dict[str, object]]] = [
            ("left_out", {"operation": "OP-404"}),
            ("left_out", {"operation": "OP-003"}),
            ("operations", {**ENTRIES["operations"], "id": "OP-000"}),
        ]
        numbers = drafts.add_entries(db, items, "x", year.now)
    answered = browser.send(browser.get("/"), "/options")
    assert (answered.status, answered.headers["location"]) == (303, "/")
    page = browser.get("/").body.decode()
    rows = {int(number): row for row in page.split("<li>") for number in re.findall(r'name="entry" value="(\d+)"', row)}
    assert rows.keys() == {*numbers}
    assert ["<strong>" in rows[number] for number in numbers] == [True, False, True]
    assert "OP-404" in rows[numbers[0]].partition("<strong>")[2]
    for number in (numbers[0], numbers[2]):
        assert browser.send(browser.get("/"), "/take-back", entry=str(number)).status == 303
    assert "<strong>" not in browser.get("/").body.decode().partition('id="waiting"')[2].partition("</section>")[0]
    chosen(browser)
