"""Whoever starts over from what is served is asked about what was edited, and can keep it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from arshjul.office.draft.edit_operation import add_object, edit_operations, remove_object
from arshjul.office.draft.enter import enter
from arshjul.office.publishing.ledger_entries import published as published_now
from arshjul.office.publishing.publish import refresh
from arshjul.office.store import drafts
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.verify import prices
from tests import years
from tests.commands import ran
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, desk_like, over, small_year
from tests.office.console.test_asking import answer
from tests.office.console.test_importing import send_all
from tests.office.console.test_offers import CALL
from tests.office.console.test_other_with_its_number import FIRST, NEW_NAME, YEAR, published, renamed
from tests.office.console.test_voluntary import VOLUNTARY
from tests.office.console.test_voluntary import desk as desk_with_a_voluntary_agency
from tests.office.console.test_withdrawal import HIT
from tests.worlds import Worlds

__all__ = ["desk_with_a_voluntary_agency"]


KEEPS = "Behåll redigeringar"
OURS, EDITED = "Vår titel", "Året redigerades"


def with_operation(year: Scenario, id: str, change: Callable[[Operation], Operation]) -> Scenario:
    return replace(year, operations={**year.operations, id: change(year.operations[id])})


def ours(year: Scenario) -> Scenario:
    """Another title, and one operation more."""
    fresh = replace(year.operations["OP-002"], id="OP-100")
    titled = with_operation(year, "OP-001", lambda one: replace(one, title=OURS))
    return replace(titled, operations={**titled.operations, "OP-100": fresh})


def sent(desk: Desk, browser: Browser, edit: Callable[[Scenario], Scenario] = ours) -> None:
    """An edited workbook, taken over."""
    browser.upload(None, "/import", scenario_workbook(edit(desk.draft.scenario)))
    assert send_all(browser).status == 303


def edited_year(folder: Path, worlds: Worlds) -> None:
    """The world of a small year in which such a workbook waits."""
    desk = desk_like(worlds.of(small_year) / "y.db", folder)
    sent(desk, desk.browser())


EDITED_YEAR = over(edited_year)


def chosen(browser: Browser) -> None:
    browser.plan()


def overtaken(desk: Desk, folder: Path, edit: Callable[[Scenario], Scenario] = renamed, seen: int = 1) -> None:
    """Somebody at a terminal publishes an edited scenario."""
    year = edit(years.scenario())
    years.published(desk.store, years.write(folder / "theirs", year, years.plan(year)), seen=seen)


@EDITED_YEAR
@pytest.mark.parametrize("is_chosen", often([True], [False]))
def test_what_was_edited_waits_on_after_starting_over(desk: Desk, tmp_path: Path, is_chosen: bool) -> None:
    browser = desk.browser()
    if is_chosen:
        chosen(browser)
    overtaken(desk, tmp_path)
    for path in ("/", "/publish"):
        assert KEEPS in browser.get(path).text
    assert browser.press("/start-over", keep="on").status == 303
    waits = browser.get("/").text
    assert f"{EDITED}: en ny insats och en ändrad insats." in waits, "and nothing else: theirs is not undone"
    assert OURS in waits
    chosen(browser)
    assert browser.publish().status == 303
    now = desk.draft.scenario
    assert (now.operations["OP-001"].title, now.agencies["a0"].name) == (OURS, NEW_NAME)
    assert [site.name for site in now.operations["OP-100"].sites] == ["Kanariekrogen 2"]


@EDITED_YEAR
@pytest.mark.parametrize("is_chosen", often([False], [True]))
def test_what_was_edited_is_given_up_where_that_is_said(desk: Desk, tmp_path: Path, is_chosen: bool) -> None:
    browser = desk.browser()
    if is_chosen:
        chosen(browser)
    overtaken(desk, tmp_path)
    assert browser.press("/start-over").status == 303
    assert EDITED not in browser.get("/").text
    assert desk.draft.given is None
    assert "tog tillbaka redigeringen" in browser.get("/log").text


def test_a_choice_without_an_edit_asks_about_none(desk: Desk, tmp_path: Path) -> None:
    browser = desk.browser()
    browser.press("/withdrawals/new", **HIT)
    chosen(browser)
    assert KEEPS not in browser.get("/publish").text
    overtaken(desk, tmp_path)
    assert KEEPS not in browser.get("/").text
    assert browser.press("/start-over").status == 303
    assert desk.draft.given is None
    assert "tog tillbaka redigeringen" not in browser.get("/log").text


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(desk: Desk, tmp_path: Path) -> None:
    """Ours comes at the same time as an operation that theirs has no more."""

    def tied(year: Scenario) -> Scenario:
        new = replace(year.operations["OP-002"], id="OP-100", same_slot_as="OP-003")
        return replace(year, operations={**year.operations, "OP-100": new})

    def without(year: Scenario) -> Scenario:
        return replace(year, operations={id: one for id, one in year.operations.items() if id != "OP-003"})

    browser = desk.browser()
    sent(desk, browser, tied)
    overtaken(desk, tmp_path, without)
    refused = browser.press("/start-over", keep="on")
    assert refused.status >= 400
    assert "går inte ihop med" in refused.text
    assert desk.draft.is_overtaken
    assert desk.draft.given is not None
    assert browser.press("/start-over").status == 303


@EDITED_YEAR
@pytest.mark.parametrize("side", often(["mine"], ["theirs"]))
def test_what_both_edited_is_shown_and_asked_about(desk: Desk, tmp_path: Path, side: str) -> None:
    """Nothing is decided before: neither is her title lost, nor the published one."""

    def theirs(year: Scenario, title: str = "Deras titel") -> Scenario:
        return renamed(with_operation(year, "OP-001", lambda one: replace(one, title=title)))

    browser = desk.browser()
    overtaken(desk, tmp_path, theirs)
    asked = browser.press("/start-over", keep="on")
    assert asked.status == 409
    assert "Deras titel" in asked.text
    assert OURS in asked.text
    assert NEW_NAME not in asked.text, "what only one changed is no question"
    assert desk.draft.is_overtaken
    overtaken(desk, tmp_path / "again", lambda year: theirs(year, "Deras nya titel"), seen=2)
    asked = browser.send(asked, "/start-over", keep="on", **{side: asked.field(side)})
    assert asked.status == 409, "not what was shown"
    assert browser.send(asked, "/start-over", keep="on", **{side: asked.field(side)}).status == 303
    given = desk.draft.given
    assert given is not None
    assert given.operations["OP-001"].title == (OURS if side == "mine" else "Deras nya titel")
    assert "OP-100" in given.operations
    assert given.agencies["a0"].name == NEW_NAME


def test_what_waits_is_not_replaced_from_a_terminal_unasked(desk: Desk, tmp_path: Path) -> None:
    browser, theirs = desk.browser(), tmp_path / "deras.xlsx"
    theirs.write_bytes(scenario_workbook(renamed(desk.draft.scenario)))
    sent(desk, browser)
    words = ["import", str(theirs), "--db", desk.url]
    refused = ran(words)
    assert refused.exit_code == 4
    assert "väntar på en plan" in refused.output
    assert OURS in browser.get("/").text
    assert ran([*words, "--replace-edit"]).exit_code == 0
    assert OURS not in browser.get("/").text
    assert ran(words).exit_code == 0, "the same once more replaces nothing"


def numbers(browser: Browser) -> list[str]:
    """Those of the edits that wait, in order."""
    return re.findall(r'name="edit" value="(\d+)"', browser.get("/").body.decode())


def taken_back(browser: Browser, number: str) -> Page:
    return browser.press("/take-back-one-edit", edit=number)


def edits(desk: Desk, **values: object) -> Callable[[str], None]:
    """Gives an operation these values on its page."""
    return lambda id: edit_operations(desk.store, [id], values, "Anna", desk.now, desk.draft.stamp)


@EDITED_YEAR
def test_one_edit_is_taken_back_and_the_others_stay(desk: Desk) -> None:
    browser = desk.browser()
    edits(desk, title="Nytt namn")("OP-000")
    edits(desk, priority=1)("OP-002")
    shown = browser.get("/").text
    assert "Anna redigerade en insats: OP-000" in shown
    assert "Coordinator importerade en arbetsbok: Göteborg 2027 Året redigerades: en ny insats och en ändrad" in shown
    book, _, _ = numbers(browser)
    enter(desk.store, [("cancelled", {"operation": "OP-100"})], "Anna", desk.now, desk.draft.stamp)
    refused = taken_back(browser, book)
    assert refused.status == 409
    assert "OP-100" in refused.text, "the entry that needs what the edit added is named"
    assert "OP-100" in desk.draft.present.operations
    assert browser.press("/take-back", entry="1").status == 303
    assert taken_back(browser, book).status == 303
    given = desk.draft.present
    assert (given.operations["OP-000"].title, given.operations["OP-002"].priority) == ("Nytt namn", 1)
    assert given.operations["OP-001"].title == years.scenario().operations["OP-001"].title
    assert "OP-100" not in given.operations
    assert "tog tillbaka en redigering" in browser.get("/log").text
    again = taken_back(browser, book)
    assert again.status == 409
    assert "Posten finns inte längre" in again.text
    for number in numbers(browser):
        assert taken_back(browser, number).status == 303
    assert desk.draft.given is None
    assert "Ännu inte i planen" not in browser.get("/").text


def test_what_is_not_published_comes_back_with_its_sites(desk: Desk) -> None:
    browser = desk.browser()
    item = {"id": "O-1", "sector": "restaurant", "area": "city", "sites": [{"ref": "1", "name": "Kanariekrogen 9"}]}
    known = next(iter(years.scenario().operations.values()))
    item |= {"sector": known.sector, "area": known.area}
    edits(desk, priority=1)("OP-000")
    add_object(desk.store, item, "Anna", desk.now, desk.draft.stamp)
    remove_object(desk.store, "O-1", "Anna", desk.now, desk.draft.stamp)
    edits(desk, priority=1)("OP-001")
    assert taken_back(browser, numbers(browser)[2]).status == 303
    (site,) = desk.draft.present.objects["O-1"].sites
    assert site.name == "Kanariekrogen 9"
    with desk.store.reading() as db:
        told = str(db.execute(select(drafts.EDITS.table)).all())
    assert "Kanariekrogen" not in told


def test_an_edit_that_a_later_one_undid_is_not_taken_back_before_it(desk: Desk) -> None:
    """Else the later one would bring back, once it is taken back, what nobody has edited any more."""
    browser, before = desk.browser(), years.scenario().operations["OP-000"]
    edits(desk, officers=3)("OP-001")
    edits(desk, title="Nytt namn", priority=1)("OP-000")
    edits(desk, title=before.title)("OP-000")
    edits(desk, officers=3)("OP-002")
    other, first, undone, last = numbers(browser)
    refused = taken_back(browser, first)
    assert refused.status == 409
    assert refused.text.partition("Senare")[2].count("redigerade en insats") == 1, (
        "the last one has nothing to do with it"
    )
    for number in (last, undone, first):
        assert taken_back(browser, number).status == 303
    assert desk.draft.present.operations["OP-000"] == before
    assert numbers(browser) == [other]


@pytest.mark.parametrize("n_steps", often([12], [48]))
def test_edits_are_taken_back_in_any_order_that_nothing_hangs_on(desk: Desk, n_steps: int) -> None:
    """Against a model: what is left is what was edited in order without what was taken back."""
    chance, browser = Random(43), desk.browser()
    made: dict[str, tuple[str, str, object]] = {}
    choices = [(id, key) for id in ("OP-000", "OP-001") for key in ("title", "priority", "officers")]
    for n in range(n_steps):
        if made and chance.random() < 0.5:
            number = chance.choice([*made])
            id, key, _ = made[number]
            is_free = not any(int(other) > int(number) and made[other][:2] == (id, key) for other in made)
            assert (taken_back(browser, number).status == 303) == is_free, (number, made)
            if is_free:
                del made[number]
        else:
            id, key = chance.choice(choices)
            value: object = f"Titel {n}" if key == "title" else n % 3 + 1
            if getattr(desk.draft.present.operations[id], key) == value:
                continue
            edits(desk, **{key: value})(id)
            if desk.draft.given is None:  # it is as it was: nothing waits
                made.clear()
                continue
            (new,) = {*numbers(browser)} - {*made}
            made[new] = (id, key, value)
        assert numbers(browser) == sorted(made, key=int)
        wanted = dict(years.scenario().operations)
        for id, key, value in (made[one] for one in sorted(made, key=int)):
            edit: dict[str, Any] = {key: value}
            wanted = {**wanted, id: replace(wanted[id], **edit)}
        assert desk.draft.present.operations == wanted


def test_an_optional_agencys_no_outlives_somebody_elses_publication(
    desk_with_a_voluntary_agency: Desk, tmp_path: Path
) -> None:
    desk = desk_with_a_voluntary_agency
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(f"{path}/ask", option="fewest-changes")
    answer(desk, browser, VOLUNTARY, "no")
    before = desk.draft
    made = years.plan(before.scenario, {"OP-001": date(2027, 6, 1)}, before=before.made_plan)
    stays = before.made_plan.placed["OP-000"]
    made = replace(
        made, placements=tuple(stays if placement.operation == "OP-000" else placement for placement in made.placements)
    )
    made = replace(made, prices=prices(context_of(before.scenario, made), made))
    read = years.write(tmp_path / "other", before.scenario, made)
    years.published(desk.store, read, years.NOW + timedelta(days=1), seen=1)
    assert browser.press("/start-over").status == 303
    again = browser.press("/options").headers["location"]
    assert "OP-000 utan Myndighet 2" in browser.get(again).text


# -- a call is beside the plan: no options, the parties have it at once, and nothing that befalls a plan loses it


THEIRS = OfferCall("H2", date(2027, 2, 1), span=Span(date(2027, 7, 1), date(2027, 8, 31)))


def calls(desk: Desk) -> set[str]:
    return {call.id for call in desk.draft.scenario.calls}


def called(desk: Desk) -> Desk:
    browser = desk.browser()
    assert browser.send(browser.get("/calls"), "/calls", **CALL).status == 303
    assert calls(desk) == {"H1"}
    return desk


def test_a_call_asks_for_no_options_is_no_edit_and_a_publishing_that_has_it_is_taken_back_without_it(
    desk: Desk,
) -> None:
    browser = called(desk).browser()
    today = browser.get("/")
    assert "Räkna fram alternativ" not in today.text
    assert "Året redigerades" not in today.text
    assert "Allt är publicerat" in browser.get("/publish").text
    assert not published_now(desk.store, lambda _: None).is_overtaken
    assert refresh(desk.store, "timer", desk.now + timedelta(days=20)).is_new
    assert "Allt är publicerat" in browser.get("/publish").text
    assert calls(desk) == {"H1"}
    browser.press("/withdrawals/new", **HIT)
    browser.plan()
    published(browser)
    assert calls(desk) == {"H1"}
    path = browser.press("/publish/undo", revision="3", entered="gone").headers["location"]
    assert browser.press(path, option="fewest-changes").status == 303
    published(browser)
    assert calls(desk) == {"H1"}


@pytest.mark.parametrize("keep", ["on", ""])
def test_whoever_starts_over_keeps_it_beside_what_others_have_published(desk: Desk, tmp_path: Path, keep: str) -> None:
    browser, year = called(desk).browser(), replace(YEAR, calls=(THEIRS,))
    made = years.plan(year, {"OP-003": date(2027, 6, 1)}, before=FIRST)
    years.published(desk.store, years.write(tmp_path / "theirs", year, made), years.NOW + timedelta(days=1), seen=1)
    assert browser.send(browser.get("/"), "/start-over", keep=keep).status == 303
    assert calls(desk) == {"H1", "H2"}
