"""Each kind of entry, in a plan that somebody takes out, replans and publishes at a terminal: it is answered for good.

Whoever starts over from that is asked about what she entered herself since, and about nothing else of the year.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import pytest

from arshjul.office.contacts.ledger import LEDGERS, add, judged
from arshjul.office.publishing.publish import Cause
from arshjul.office.publishing.publish import publish as publish_folder
from arshjul.office.store import drafts
from arshjul.office.store.store import open_store
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.formats.plan.entries import LISTS
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests.commands import ran
from tests.office.console.conftest import Desk
from tests.office.console.test_answers_kept import answer
from tests.office.console.test_asking import asked
from tests.office.console.test_kept_edit import chosen
from tests.office.console.test_other_with_its_number import OVERTAKEN, WAITS
from tests.office.console.test_other_with_its_number import published as publish
from tests.office.console.test_undecided import chosen as chosen_all_the_same
from tests.office.console.test_undo import draft, undo
from tests.office.console.test_undo_each_kind import ENTRIES, entered, prepared, some

__all__ = ["prepared"]

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


@pytest.fixture
def year(prepared: Path, tmp_path: Path) -> Desk:
    return Desk(open_store(str(copy(prepared, tmp_path / "y.db"))), url=str(tmp_path / "y.db"))


def test_each_kind_is_tried() -> None:
    assert {*ENTRIES, *FACTS, *LEARNT_ITEMS, "answers"} == {*LISTS}
    assert LEARNT_ITEMS.keys() == {*LEARNT}


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


@pytest.mark.parametrize("list", some(ENTRIES, "withdrawals", "operations"))
def test_what_a_plan_has_answered(year: Desk, tmp_path: Path, list: str) -> None:
    entered(year, list, ENTRIES[list])
    chosen(year.browser())
    publish(year.browser())
    only_its_own_waits_after_starting_over(year, tmp_path)


@pytest.mark.parametrize("list", FACTS)
def test_a_fact(year: Desk, tmp_path: Path, list: str) -> None:
    year.now = AFTER
    entered(year, list, FACTS[list])
    chosen(year.browser())
    publish(year.browser())
    only_its_own_waits_after_starting_over(year, tmp_path)


@pytest.mark.parametrize("list", some(LEARNT_ITEMS, "evaluations", "pictures"))
def test_what_is_learnt(year: Desk, tmp_path: Path, list: str) -> None:
    year.now = AFTER
    with year.store.writing() as db:
        _, item = judged(draft(year.store), LEDGERS[list], LEARNT_ITEMS[list], year.now)
        add(db, LEDGERS[list], item, "x", year.now)
    only_its_own_waits_after_starting_over(year, tmp_path)
    with year.store.reading() as db:
        assert [entry.list for entry in drafts.of_lists(db, (list,))] == [list]
    assert len(getattr(draft(year.store).learnt_plan.entries, list)) == 1


def test_an_answer(year: Desk, tmp_path: Path) -> None:
    browser = year.browser()
    asked(browser)
    answer(year, browser, "a0", "no")
    shown = chosen_all_the_same(browser)
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on").status == 303
    only_its_own_waits_after_starting_over(year, tmp_path)


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
