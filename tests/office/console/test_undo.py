"""A publishing is taken back: what lies ahead stands where it stood, and what was entered for it waits or is gone."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.errors import Refused
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.publish_draft import PublishedUndo, publish_undo
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.publishing.publish import Cause
from arshjul.office.publishing.served_revision import published_year
from arshjul.office.store import audit, drafts, revisions
from arshjul.office.store.events import PublishingUndone
from arshjul.office.store.store import Store
from arshjul.year.domain.plan import Plan
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.verify import judge
from tests import years
from tests.examples import often
from tests.office.console import test_entry_forms
from tests.office.console.browser import Browser
from tests.office.console.conftest import NOW, SLOWLY_BOTH, Desk, desk_like, over, small_year
from tests.office.console.forms import forms
from tests.office.console.test_importing import send_all
from tests.office.console.test_kept_edit import OURS, chosen, sent, with_operation
from tests.office.console.test_objects import FRAMED, PLACE, add, bind, choose, framed, publish_all
from tests.office.console.test_other_with_its_number import published
from tests.worlds import Worlds

WAITS = "Inte i planen än"
BEFORE = years.plan(years.scenario()).placed
"""Where all stands in the first version."""
MOVING: Mapping[str, str | Sequence[str]] = {
    "from": "2027-01-25",
    "to": "2027-02-12",
    "officers_left": "0",
    "cause": "match",
    "police": ["", "p0", "p1"],
}
"""A withdrawal of both units, so that what stands there has to move."""


NEW = {
    "title": "Ny",
    "sector": "restaurant",
    "area": "city",
    "programme": "akc",
    "lead_agency": "a1",
    "officers": "1",
    "window.from": "2027-01-11",
    "window.to": "2027-01-22",
    "short_notice": "on",
    "agencies.a1": "1",
}
"""An operation that may come at short notice."""


def worked_out(browser: Browser, form: str, sent_to: str = "", **fields: str | Sequence[str]) -> None:
    """A form, sent, and the option with the fewest changes of those that it leads to, chosen."""
    path = browser.send(browser.get(form), sent_to or form, **fields).headers["location"]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303


def answered(browser: Browser, fields: Mapping[str, str | Sequence[str]] = MOVING) -> None:
    """A withdrawal, entered, answered and published."""
    worked_out(browser, "/withdrawals/new", "", **fields)
    published(browser)


def moved_year(folder: Path, worlds: Worlds) -> None:
    """The world of a small year in which such a withdrawal is published as its second version."""
    desk = desk_like(worlds.of(small_year) / "y.db", folder)
    answered(desk.browser())
    assert served(desk.store).placed != BEFORE


MOVED = over(moved_year)


def begun(browser: Browser, entered: str = "gone", revision: int = 2) -> str:
    """The publishing to be taken back; where its options stand."""
    page = browser.press("/publish/undo", revision=str(revision), entered=entered)
    assert page.status == 303, page.text
    return page.headers["location"]


def undone(browser: Browser, entered: str = "gone", revision: int = 2) -> str:
    """The publishing taken back in the draft; the text of the options."""
    path = begun(browser, entered, revision)
    shown = browser.get(path)
    assert browser.send(shown, path, option="fewest-changes").status == 303
    return shown.text


def served(store: Store) -> Plan:
    """The plan that is served; it passes its check."""
    with store.reading() as db:
        revision = published_year(db)
    verdict = judge(revision.scenario, revision.plan)
    assert verdict.clean, verdict
    return revision.plan


def draft(store: Store) -> Draft:
    with store.reading() as db:
        return opened_draft(db)


def undo(store: Store, *, again: bool = False, number: int | None = None, **more: object) -> PublishedUndo:
    """Of the last publishing if no number is given, also where that is an undo itself."""
    cause = Cause("fel enhet", "it", NOW + timedelta(days=1))
    with store.reading() as db:
        number = number or revisions.pointer(db)
    return publish_undo(store, number, cause, Effort(20), again=again, mail=False, **more)  # type: ignore[arg-type]


@SLOWLY_BOTH
def test_a_publishing_is_undone_in_four_clicks(desk: Desk) -> None:
    browser = desk.browser()
    answered(browser)
    assert served(desk.store).placed != BEFORE
    assert "Ångra publiceringen" in browser.get("/publish").text
    shown = undone(browser)
    assert "Planens version 2 är ångrad" in shown
    assert "Går inte tillbaka" not in shown
    told = browser.get("/publish").text
    assert "Ändringen av OP-000 (" in told
    assert ") togs tillbaka: flyttad från " in told
    assert "på grund av" not in told
    published(browser)
    after = served(desk.store)
    assert (after.placed, after.revision) == (BEFORE, 3)
    assert after.levels
    assert after.status == "optimal"
    assert WAITS not in browser.get("/").text
    refused = browser.send(browser.get("/publish"), "/publish/undo", revision="2", entered="gone")
    assert "Bara den senast publicerade" in refused.text
    assert 'name="entered" value="gone" checked' in refused.body.decode()
    log = browser.get("/log").text
    assert "ångrade en publicering" in log
    assert "tillbakatagen av coordinator" in log
    with desk.store.reading() as db:
        ((event, _),) = audit.told(db, PublishingUndone)
    assert event.revision == 2


@MOVED
def test_choosing_an_undo_can_be_undone_and_what_was_entered_waits_again(desk: Desk) -> None:
    browser = desk.browser()
    undone(browser, "again")
    assert browser.send(browser.get("/publish"), "/start-over").status == 303
    (waits,) = draft(desk.store).waiting
    assert waits.list == "undone"
    assert served(desk.store).revision == 2
    worked_out(browser, "/", "/options")
    assert WAITS not in browser.get("/").text, "only when it is published"
    published(browser)
    assert served(desk.store).placed == BEFORE
    shown = browser.get("/").text
    assert WAITS in shown
    assert "A1, rapporterad" in shown
    worked_out(browser, "/", "/options")
    published(browser)
    again = served(desk.store)
    assert again.placed != BEFORE
    assert [withdrawal.id for withdrawal in again.entries.in_force()] == ["A1"]


@MOVED
def test_an_undo_given_twice_asks_whether_the_first_is_meant_and_is_undone(desk: Desk) -> None:
    cause = Cause("fel enhet", "it", NOW + timedelta(days=1))
    moved = served(desk.store).placed

    def taken_back_by() -> list[str | None]:
        with desk.store.reading() as db:
            return [entry.taken_back_by for entry in drafts.entries(db)]

    done = publish_undo(desk.store, None, cause, Effort(20), again=False, mail=False)
    assert (served(desk.store).placed, done.stay, taken_back_by()) == (BEFORE, {}, ["it"])
    with pytest.raises(Refused, match=r"undid version \['?2'?\] of the plan.*--revision 3"):
        publish_undo(desk.store, None, cause, Effort(20), again=False, mail=False)
    assert served(desk.store).placed == BEFORE
    publish_undo(desk.store, 3, cause, Effort(20), again=False, mail=False)
    after = served(desk.store)
    assert after.placed == moved
    assert [withdrawal.id for withdrawal in after.entries.in_force()] == ["A1"]
    assert taken_back_by() == [None], "it holds again"


def test_the_first_publishing_is_not_undone_nor_another_under_a_chosen_plan(desk: Desk) -> None:
    browser = desk.browser()
    assert "Ångra publiceringen" not in browser.get("/publish").text
    first = browser.press("/publish/undo", revision="1", entered="gone")
    assert first.status == 409
    assert "Planens version 1 är den första" in first.text
    with pytest.raises(Refused, match="first one"):
        undo(desk.store)
    worked_out(browser, "/withdrawals/new", "", **MOVING)
    refused = browser.press("/publish/undo", revision="1", entered="gone")
    assert refused.status == 409
    assert 'name="mail" checked' in refused.body.decode(), "the form that was not sent is as it was first shown"
    published(browser)
    worked_out(browser, "/operations/OP-001", ask="cancelled")
    refused = browser.press("/publish/undo", revision="2", entered="gone")
    assert "En vald plan är inte publicerad" in refused.text
    published(browser)
    with pytest.raises(Refused, match="Only the last published"):
        undo(desk.store, number=2)


def test_a_cancelled_operation_comes_back_with_its_sites(desk: Desk) -> None:
    browser = desk.browser()
    worked_out(browser, "/operations/OP-002", ask="cancelled")
    published(browser)
    assert "OP-002" not in served(desk.store).placed
    undone(browser)
    assert "Ändringen av OP-002 (" in browser.get("/publish").text
    published(browser)
    assert served(desk.store).placed == BEFORE
    assert [site.name for site in draft(desk.store).scenario.operations["OP-002"].sites] == ["Kanariekrogen 2"]


@pytest.mark.parametrize("entered", often(["gone"], ["again"]))
def test_a_cancelled_operation_whose_date_has_passed_stays_cancelled_and_is_named(desk: Desk, entered: str) -> None:
    browser = desk.browser()
    day = served(desk.store).placed["OP-000"].slot.day
    worked_out(browser, "/operations/OP-000", ask="cancelled")
    published(browser)
    cancelled = served(desk.store)
    desk.now = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
    browser = desk.browser()
    stays = "Går inte tillbaka OP-000 förblir inställd: "
    assert stays in undone(browser, entered)
    shown = browser.get("/publish").text
    assert stays in shown
    assert shown.count("OP-000") == 1, "and nobody is told"
    published(browser)
    assert served(desk.store).placed == cancelled.placed
    assert WAITS not in browser.get("/").text, "its cancellation holds, and cannot wait"


def new_and_begun(desk: Desk) -> Plan:
    """The served plan; it answered a nomination, whose operation has begun, and then a withdrawal."""
    browser = desk.browser()
    worked_out(browser, "/nominations/new", id="OP-050", **NEW)
    answered(browser)
    plan = served(desk.store)
    day = plan.placed["OP-050"].slot.day
    desk.now = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
    return plan


def test_an_undo_at_once_names_no_entry_whose_operation_has_begun(desk: Desk) -> None:
    new_and_begun(desk)
    cause = Cause("fel enhet", "it", desk.now)
    done = publish_undo(desk.store, None, cause, Effort(20), again=False, mail=False)
    assert len(done.entries) == 1
    assert str(done.entries[0]).startswith("A1, reported")


def test_an_undo_at_once_names_each_thing_that_was_entered_once(desk: Desk) -> None:
    browser = desk.browser()
    worked_out(browser, "/withdrawals/new", "", **MOVING)
    longer = test_entry_forms.sent(browser, "/withdrawals/A1", "withdrawals", to="2027-02-19")
    test_entry_forms.chosen(browser, longer)
    worked_out(browser, "/nominations/new", id="OP-050", **NEW)
    published(browser)
    told = [str(entry) for entry in undo(desk.store, again=True).entries]
    assert [text.partition(" ")[0] for text in told] == ["OP-050", "A1,"]
    assert "2027-02-19" in told[1]
    with desk.store.reading() as db:
        waits = [entry.list for entry in drafts.entries(db) if entry.waits]
    assert waits == ["withdrawals", "operations"]
    assert undo(desk.store, again=True).entries == (), "that its nomination was gone nobody had entered"


@pytest.mark.parametrize("entered", often(["again"], ["gone"]))
def test_a_new_operation_that_has_begun_stays_and_the_rest_is_undone(desk: Desk, entered: str) -> None:
    placed = new_and_begun(desk).placed
    browser = desk.browser()
    undone(browser, entered)
    published(browser)
    assert served(desk.store).placed == {**BEFORE, "OP-050": placed["OP-050"]}
    with desk.store.reading() as db:
        waits = [entry.list for entry in drafts.entries(db) if entry.waits]
    assert waits == (["withdrawals"] if entered == "again" else [])


@MOVED
def test_what_cannot_go_back_is_named_with_why(desk: Desk) -> None:
    """The unit was really withdrawn, as was reported later, and so the former place is gone."""
    browser = desk.browser()
    again = {**MOVING, "from": "2027-02-01", "to": "2027-02-01", "sure": "on"}  # it is withdrawn already
    assert browser.press("/withdrawals/new", **again).status == 303
    shown = undone(browser)
    gone = next(id for id, one in BEFORE.items() if one.slot.day == date(2027, 2, 1))
    assert f"Går inte tillbaka {gone} kan inte återgå till " in shown
    published(browser)
    after = served(desk.store)
    assert {id for id, one in BEFORE.items() if not one.same_place(after.placed.get(id))} == {gone}


@MOVED
def test_what_has_begun_stays_and_of_a_place_that_has_passed_no_more_is_said_than_that(desk: Desk) -> None:
    """An operation was moved to an earlier date, which has passed; another one still lies ahead."""
    moved = served(desk.store)
    first = min(moved.placed.values(), key=lambda one: one.slot.day)
    desk.now = datetime.combine(max(first.slot.day, date(2027, 2, 2)), datetime.min.time(), UTC) + timedelta(hours=22)
    browser = desk.browser()
    why = undone(browser).partition("OP-000 kan inte återgå till ")[2].partition(".")[0]
    assert "ligger i passerad tid" in why
    assert not [word for word in ("varsel", "tillfrågas") if word in why]
    published(browser)
    after, today = served(desk.store), desk.now.date()
    assert after.placed[first.operation] == first
    for id, place in BEFORE.items():
        if id != first.operation and place.slot.day > today:
            assert after.placed[id] == place


@MOVED
def test_an_undo_that_waits_can_be_taken_back_and_takes_back_nobody_who_publishes_meanwhile(
    desk: Desk, tmp_path: Path
) -> None:
    browser, made = desk.browser(), served(desk.store)
    path = begun(browser)
    assert "Planens version 2 är ångrad" in browser.get("/").text
    (waits,) = draft(desk.store).waiting
    assert browser.press("/take-back", entry=str(waits.number)).status == 303
    assert draft(desk.store).is_published
    assert served(desk.store) == made
    assert browser.press(path, option="fewest-changes").status == 409
    path = begun(browser)
    year = years.scenario()
    theirs = years.plan(year, {"OP-003": date(2027, 6, 1)}, before=made)
    years.published(desk.store, years.write(tmp_path / "theirs", year, theirs), seen=2)
    assert browser.press(path, option="fewest-changes").status == 409
    assert "Publicerat under tiden" in browser.get("/publish").text


@pytest.mark.parametrize("zone", often(["America/New_York"], ["Pacific/Auckland"]))
@MOVED
def test_a_moment_without_an_offset_is_the_plans_whatever_the_machines_zone(
    desk: Desk, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        undo(desk.store, as_of=datetime(2026, 12, 25, 8))
    finally:
        monkeypatch.undo()
        time.tzset()
    made = served(desk.store)
    assert made.as_of == datetime(2026, 12, 25, 7, tzinfo=UTC)
    (entry,) = made.entries.undone_by(made.revision)
    assert entry.reported == made.as_of


# -- what an undo leaves where it is, and what was entered, edited or sent before and after it


def asked(browser: Browser, **fields: str) -> None:
    """What is entered on the page of OP-000, answered and published."""
    where = "/operations/OP-000"
    entered = browser.send(browser.get(where), where, **fields)
    assert entered.status == 303, entered.text
    path = entered.headers["location"]
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 303
    published(browser)


def test_a_workbook_that_has_it_still_does_not_bring_back_what_stays_cancelled(desk: Desk) -> None:
    """Its day has passed, so that the undo could only leave it cancelled; the workbook is of before all that."""
    browser, year = desk.browser(), draft(desk.store).scenario
    book = scenario_workbook(with_operation(year, "OP-002", lambda one: replace(one, title=OURS)))
    day = served(desk.store).placed["OP-000"].slot.day
    asked(browser, ask="cancelled")
    desk.now = datetime(day.year, day.month, day.day, 22, tzinfo=UTC)
    browser = desk.browser()
    undone(browser)
    published(browser)
    before = served(desk.store)
    browser.upload(browser.get("/import"), "/import", book)
    assert "OP-000" not in browser.get("/import").text
    assert send_all(browser).status == 303
    chosen(browser)
    published(browser)
    after = served(desk.store)
    assert (after.placed, after.unplaced) == (before.placed, before.unplaced)
    assert draft(desk.store).scenario.operations["OP-002"].title == OURS
    assert draft(desk.store).scenario.operations.keys() == {"OP-001", "OP-002", "OP-003"}


def other_object(browser: Browser, **fields: str) -> None:
    """OBJ-7 with these values, its places kept; bound and published."""
    where = "/objects/OBJ-7/edit"
    there = next(form.fields for form in forms(browser.get(where).body.decode()) if form.action == where)
    assert browser.post(where, {**there, **fields}).status == 303
    choose(browser, bind(browser))
    publish_all(browser)


def removed_year(folder: Path, worlds: Worlds) -> None:
    """The world in which OBJ-7 waited for a frame, and was removed by revision 3."""
    desk = desk_like(worlds.of(small_year) / "y.db", folder)
    framed(desk, "OBJ-7", "OBJ-8")
    other_object(desk.browser(), remove="on")
    assert "OBJ-7" not in draft(desk.store).scenario.objects


REMOVED = over(removed_year)


@pytest.mark.parametrize("entered", often(["gone"], ["again"]))
@REMOVED
def test_objects_that_an_undo_brings_back_are_not_removed_by_an_edit_that_waits(desk: Desk, entered: str) -> None:
    browser = desk.browser()
    sent(desk, browser, lambda year: with_operation(year, "OP-002", lambda one: replace(one, title=OURS)))
    undone(browser, entered, revision=3)
    published(browser)
    now = draft(desk.store)
    assert "OBJ-7" in now.scenario.objects
    assert ("OBJ-7" in now.present.objects) is (entered == "gone"), "its removal waits again where she chooses so"
    assert now.scenario.operations["OP-002"].title == OURS
    if entered == "gone":
        assert now.is_published, "both are in this plan, and nothing waits"
        assert now.scenario.objects.keys() == {"OBJ-7", "OBJ-8"}


@REMOVED
def test_a_filling_along_with_an_undo_leaves_the_returned_objects_there(desk: Desk) -> None:
    """Nothing moves, so that the objects that wait are bound by the plan that takes the removal back."""
    browser = desk.browser()
    assert add(browser, id="OBJ-9").status == 303
    choose(browser, begun(browser, revision=3))
    publish_all(browser)
    assert draft(desk.store).scenario.objects.keys() == {"OBJ-7", "OBJ-8", "OBJ-9"}


def test_an_edited_object_is_as_it_was_after_an_undo(desk: Desk) -> None:
    framed(desk, "OBJ-7")
    browser = desk.browser()
    other_object(browser, stops="2", must="on")
    assert draft(desk.store).scenario.objects["OBJ-7"].stops == 2
    undone(browser, revision=3)
    published(browser)
    assert draft(desk.store).scenario.objects["OBJ-7"].stops == 1
    undo(desk.store)
    assert draft(desk.store).scenario.objects["OBJ-7"].stops == 2, "the undo undone"


@pytest.mark.parametrize("entered", often(["again"], ["gone"]))
@FRAMED
def test_a_new_object_is_gone_or_waits_again_as_she_chooses(desk: Desk, entered: str) -> None:
    browser = desk.browser()
    assert add(browser, id="OBJ-7", **PLACE).status == 303
    choose(browser, bind(browser))
    publish_all(browser)
    undone(browser, entered, revision=3)
    published(browser)
    now = draft(desk.store)
    assert "OBJ-7" not in now.scenario.objects
    assert ("OBJ-7" in now.present.objects) is (entered == "again")
    assert now.plan is not None
    assert not now.plan.bindings
    if entered == "again":
        assert now.present.objects["OBJ-7"].sites
