"""The lived year of goteborg-2027 in the console, in a real browser: all of it entered, chosen, published in its forms.

After each moment plan and entries are those of the same year that is lived as a folder.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Locator, Page

from arshjul.office.console.app import ConsoleServer
from arshjul.office.console.entry_forms import SURE
from arshjul.office.console.pages import ENTRY_FORMS
from arshjul.office.console.runner import Runner
from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.publish_draft import folder_of
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.draft.study import work_out
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import jobs
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.serving.fields import filled, kinds_of
from arshjul.year.domain.declaration import Entry
from arshjul.year.domain.entries.amendment import TeamsLost
from arshjul.year.domain.entries.entries import Choice, Entries
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.entries.picture import latest_themes
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.schema.plan import EVENTS
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.verify import judge
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.living import SCENARIO, Lived, Moment, moments
from tests.living import lived as lived_as_folder
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_browser import Opened, browser, opened, pytestmark, signed_in

__all__ = ["browser", "opened", "pytestmark"]

KINDS = {form.list: form.kinds for form in ENTRY_FORMS}
EVENT_KINDS = {name: kinds_of(EVENTS[name]) for name in LEARNT}
OF_WITHDRAWALS = ("given_back", "still")
PLACES = {"withdrawals": "/withdrawals/new", "agencies": "/teams-lost", "operations": "/nominations/new"}
"""Where the form of an entry is, that is about nothing which is there."""
LEARNT_AT = {
    "evaluations": "/evaluations/{operation}",
    "improvements": "/evaluations/{from}",
    "obstacles": "/obstacles/new",
    "cards": "/cards?of={party}",
    "agenda_points": "/meetings/{meeting}/{date}",
    "minutes": "/meetings/{meeting}/{date}",
    "meeting_actions": "/meetings/{meeting}/{date}",
    "pictures": "/pictures",
}
"""Where the form is of what no plan has to answer."""
TOLD = LEARNT_AT.keys() - {"evaluations", "improvements"}
"""What hangs on no outcome."""


class WhenAsked(Runner):
    """Works a job out at once where everything has been entered; one that is begun before that ends at once."""

    is_wanted = False

    def start(self, store: Store, number: int) -> None:
        if self.is_wanted:
            work_out(store, number, lambda _: None)
        else:
            with store.writing() as db:
                jobs.tell(db, number, state="failed")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A console over the year, in a rehearsal's database, before its first plan."""
    url = str(tmp_path / "y.db")
    import_year(SCENARIO, partial(make_store, url), "samordnaren", NOW, lambda _: None, rehearsal=True)
    made = Desk(open_store(url), url=url)
    made.console = ConsoleServer(made.store, WhenAsked("", 60), clock=lambda: made.now)
    return made


class Walk:
    """A coordinator who lives the year in a browser. `names` are the ids that withdrawals have here.

    `unasked`: measures that a party judged, by operation and party, which then stood on another operation: the page
    does not ask for them.
    """

    def __init__(self, page: Page, console: Opened) -> None:
        self.page, self.console, self.names = page, console, dict[str, str]()
        self.unasked = set[tuple[str, str]]()
        page.set_default_timeout(120_000)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def go(self, path: str) -> None:
        self.page.goto(self.console.address + path)

    def set_clock(self, moment: str) -> None:
        self.go("/")
        self.page.get_by_label("Övningens klocka").fill(moment)
        self.press("Ställ")

    def plan(self, button: str, option: str) -> None:
        """Works out, chooses, and publishes."""
        runner = self.console.desk.console.runner
        assert isinstance(runner, WhenAsked)
        runner.is_wanted = True
        self.go("/")
        if not self.page.get_by_role("button", name=button, exact=True).count():  # outcomes alone are noted, and folded
            self.page.locator("main details:has(form[action='/options']) > summary").first.click()
        self.press(button)
        self.page.wait_for_url("**/options/*")
        runner.is_wanted = False
        self.page.get_by_role("radio", name=option).check()
        self.press("Välj")
        self.page.wait_for_url("**/publish")
        self.page.get_by_label("Skäl (visas i loggen)").fill("året går")
        self.press("Publicera")
        self.page.wait_for_url("**/publish?published=*")

    def live(self, moment: Moment) -> None:
        self.set_clock(f"{moment.as_of:%Y-%m-%dT%H:%M}")
        entered = list(written(moment.entries))
        for name, item in entered:
            if name == "pictures":  # what is decided here raises priorities, as the edited scenario has them
                self.learn(name, item)
        if moment.scenario is not None:
            self.edit(moment.scenario)
        for name, item in entered:
            if name == "pictures":
                continue
            if name in LEARNT:
                self.learn(name, item)
            elif name != "cancelled" or moment.scenario is None:
                self.enter(name, item)
        self.plan("Räkna fram alternativ", "Avvägt")

    def edit(self, folder: Path) -> None:
        """Sends the scenario as it was edited, as a workbook, and takes it over; what is gone is cancelled."""
        self.go("/import")
        book = scenario_workbook(read_scenario(folder).scenario)
        self.page.locator("#file").set_input_files({"name": "x.xlsx", "mimeType": "", "buffer": book})
        self.press("Jämför")
        for box in self.page.locator("input[name=cancelled]").all():
            box.check()
        self.press("Ta över")

    def enter(self, name: str, item: dict[str, Any]) -> None:
        """Fills in the form of the entry, and sends it."""
        n_before = self.n_waiting()
        known = self.names.get(item["withdrawal"] if name in OF_WITHDRAWALS else item.get("id", ""))
        about = f"/operations/{item['operation']}" if "operation" in item else f"/withdrawals/{known}"
        self.go(PLACES[name] if name in PLACES and known is None else about)
        if name != "still" and KINDS[name]:
            form = self.form(name)
            fill(form, filled(KINDS[name], item).fields)
            form.locator("p button").last.click()
        else:
            if not (button := self.page.locator(f"button[name=ask][value={name}]").first).is_visible():
                self.page.locator("main .menu > summary").first.click()
            button.click()
        self.page.wait_for_load_state()
        if (sure := self.page.locator(f"main input[name={SURE}]")).count():  # nobody is lent then, or so: asked once
            sure.check()
            self.form(name).locator("p button").last.click()
            self.page.wait_for_load_state()
        assert self.n_waiting() == n_before + 1, (name, item, self.page.locator("main").inner_text()[:500])
        if "id" in item and name in ("withdrawals", "given_back"):
            self.names[item["id"]] = getattr(self.console.desk.draft.entries_with(), name)[-1].id

    def learn(self, name: str, item: dict[str, Any]) -> None:
        """Enters what a party says, or an improvement; one that is there already is changed."""
        if name == "meeting_actions" and "state" in item:
            self.go(LEARNT_AT[name].format(**item))
            state = f"form:has(input[name=id][value={item['id']}]) button[name=state][value={item['state']}]"
            self.page.locator(state).click()
        elif name == "pictures" and (theme := self.decided(item)):
            self.decide(*theme)
        else:
            is_changed = name == "improvements" and "state" in item
            self.go("/evaluations" if is_changed else LEARNT_AT[name].format(**item))
            self.say(name, item["id"] if is_changed else name, item)
        self.page.wait_for_load_state()
        assert not self.page.locator(".wrong").count(), (item, self.page.locator("main").inner_text()[:500])

    def decided(self, item: dict[str, Any]) -> tuple[str, dict[str, str]] | None:
        """The theme of a picture that is decided there and was not before, by its id; None of a new picture."""
        draft = self.console.desk.draft
        there = latest_themes(draft.learnt_plan.entries.pictures, draft.present)
        known = [theme for theme in there if theme.picture.id == item["id"]]
        pairs = zip(known, item["themes"], strict=True) if known else ()
        news = [(one.id, new) for one, new in pairs if new.get("decision", "open") != one.theme.decision]
        return next(iter(news), None)

    def decide(self, id: str, theme: dict[str, str]) -> None:
        """Presses what was decided of a theme."""
        self.go(LEARNT_AT["pictures"])
        form = self.page.locator(f'form:has(input[name=ask][value="{id}"])')
        form.locator("[name=reason]").fill(theme["reason"])
        form.locator(f"button[name=decision][value={theme['decision']}]").click()

    def say(self, name: str, ask: str, item: dict[str, Any]) -> None:
        """Fills in the form of that page, and sends it, a second time where it asks whether it is meant so."""
        form = self.form(ask)
        for field, values in filled(EVENT_KINDS[name], item).fields.items():
            one = form.locator(f'[name="{field}"]')
            if not one.count():  # it is known there
                if field.startswith("helped."):
                    self.unasked.add((item["operation"], item["party"]))
                continue
            kind = one.first.get_attribute("type")
            if kind in ("radio", "checkbox"):
                for value in values:
                    box = form.locator(f'[name="{field}"][value="{value}"]')
                    if not box.is_visible():
                        form.locator("details > summary").last.click()
                    box.check()
            elif kind != "hidden":
                is_list = one.first.evaluate("one => one.tagName") == "SELECT"
                for number, value in enumerate(values):
                    if not one.nth(number).is_visible():
                        form.locator("details > summary").last.click()
                    one.nth(number).select_option(value) if is_list else one.nth(number).fill(value)
        form.locator("p button").first.click()
        self.page.wait_for_load_state()
        if (sure := self.page.locator(f"main input[name={SURE}]")).count():
            sure.check()
            self.form(ask).locator("p button").first.click()

    def form(self, name: str) -> Locator:
        """The form for entries of that list, unfolded."""
        own = f'form:has(input[name=ask][value="{name}"])'
        form = self.page.locator(f"main {own}")
        if not form.count():
            return self.page.locator("main form.fields")
        if not form.is_visible():
            self.page.locator(f"main details:has(> {own}) > summary").click()
        return form

    def n_waiting(self) -> int:
        return len(self.console.desk.draft.waiting)


def fill(form: Locator, fields: Mapping[str, tuple[str, ...]]) -> None:
    """Fills in those fields, and empties the others that can be empty."""
    for details in form.locator("details:not([open]) > summary").all():
        details.click()
    for box in form.locator("input[type=checkbox]").all():
        box.set_checked(False)
    for name in {
        locator.get_attribute("name") for locator in form.locator("input[type=date], input[type=number]").all()
    }:
        if name not in fields:
            form.locator(f'input[name="{name}"]').first.fill("")
    for name, values in fields.items():
        lists, boxes = form.locator(f'select[name="{name}"]'), form.locator(f'input[type=checkbox][name="{name}"]')
        chosen = values[: lists.count()]
        for number, value in enumerate(chosen):
            lists.nth(number).select_option(value)
        for number, value in enumerate(values[len(chosen) :]):
            if boxes.count():
                form.locator(f'input[type=checkbox][name="{name}"][value="{value}"]').check()
            else:
                form.locator(f'input[name="{name}"]').nth(number).fill(value)


def written(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every entry of a file, with its list, its dates as they are written."""
    for name, items in (yaml.safe_load(file.read_text()) or {}).items():
        for item in items:
            yield name, as_text(item) if isinstance(item, dict) else {"operation": item}


def as_text(value: Any) -> Any:
    """A value of a file as JSON has it."""
    if isinstance(value, dict):
        return {key: as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def renamed(entries: Entries, names: dict[str, str]) -> Entries:
    """The entries of the folder with the ids that they have in the console."""
    return entries.with_lists(
        withdrawals=tuple(replace(withdrawal, id=names[withdrawal.id]) for withdrawal in entries.withdrawals),
        given_back=tuple(
            replace(back, id=names[back.id], withdrawal=names[back.withdrawal]) for back in entries.given_back
        ),
        still=tuple(replace(still, withdrawal=names[still.withdrawal]) for still in entries.still),
    )


def of_any_option(entries: Entries) -> list[str]:
    """The entries, in any order, without the names of the options: several that are one plan are shown by one name.

    Also without what is learnt, which no plan answers there, and the ids of lost teams, which a file need not give.
    """
    known = entries.with_lists(**dict.fromkeys(LEARNT, ())).all
    return sorted(
        repr(replace(one, option="") if isinstance(one, Choice) else replace(one, id=None))
        if isinstance(one, Choice | TeamsLost)
        else repr(one)
        for one in known
    )


def learnt(entries: Entries, unasked: Collection[tuple[str, str]]) -> dict[str, list[Entry]]:
    """What is learnt, whatever plan has it; who came to a meeting in any order; without measures that nobody asked.

    Without the operations of a decision: a file need not name them.
    """
    said = {name: [replace(one, revision=None) for one in getattr(entries, name)] for name in LEARNT}
    said["minutes"] = [replace(one, came=tuple(sorted(one.came))) for one in said["minutes"]]
    said["pictures"] = [
        replace(one, themes=tuple(replace(theme, operations=()) for theme in one.themes)) for one in said["pictures"]
    ]
    said["evaluations"] = [
        replace(one, helped={}) if (one.operation, one.party) in unasked else one for one in said["evaluations"]
    ]
    return said


def begun_from(desk: Desk, now: Lived) -> dict[str, str]:
    """Publishes what the folder has come to, for the rest of the year to go on from; the ids that are there then."""
    with desk.store.writing() as db:
        draft = opened_draft(db)
        keep(db, draft, replace(draft, scenario=now.scenario, plan=now.plan))
    read = folder_of(desk.draft)
    publish(desk.store, read, Cause("året så långt", "samordnaren", desk.now, is_rehearsal=True), None)
    entries = now.plan.entries
    ids = {withdrawal.id for withdrawal in entries.withdrawals} | {back.id for back in entries.given_back}
    return {id: id for id in ids}


PARTS = 6
"""The year is lived in so many parts, each from where the one before has ended: they can run side by side."""


@cache
def weights() -> list[int]:
    """How much there is to enter up to each moment, publishing counted as four entries."""
    return list(accumulate(4 + sum(1 for _ in written(moment.entries)) for moment in moments()))


def part(number: int) -> range:
    """The moments of a part, so many that each has as much to enter."""
    ends = [bisect(weights(), weights()[-1] * one // PARTS) for one in range(PARTS + 1)]
    return range(ends[number], ends[number + 1])


def test_the_parts_are_the_whole_year() -> None:
    assert [number for one in range(PARTS) for number in part(one)] == list(range(len(moments())))


@pytest.mark.slow
def test_what_the_parties_tell_each_other_has_its_pages(browser: Browser, opened: Opened) -> None:
    """Obstacles, cards, meetings and pictures of the whole year, on the first plan: they hang on dates alone."""
    walk = Walk(signed_in(browser, opened, java_script_enabled=False, locale="sv-SE"), opened)
    walk.set_clock("2026-12-01T09:00")
    walk.plan("Räkna fram den första planen", "Den första planen")
    told: dict[str, int] = Counter()
    for moment in moments():
        entered = [(name, item) for name, item in written(moment.entries) if name in TOLD]
        if entered:
            walk.set_clock(f"{moment.as_of:%Y-%m-%dT%H:%M}")
        for name, item in entered:
            walk.learn(name, item)
            told[name] += 1
    draft = opened.desk.draft
    entries, year = draft.learnt_plan.entries, draft.present
    assert {name: len(getattr(entries, name)) for name in TOLD} == told
    assert told.keys() == TOLD
    assert {action.state for action in entries.meeting_actions} >= {"open", "done", "dropped"}
    assert {theme.theme.decision for theme in latest_themes(entries.pictures, year)} == {"open", "priority", "no"}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(PARTS))
def test_the_year_is_lived_in_the_console(browser: Browser, opened: Opened, number: int) -> None:
    walk = Walk(signed_in(browser, opened, java_script_enabled=False, locale="sv-SE"), opened)
    entered, now = moments(), part(number)
    folder = lived_as_folder(entered[: now.stop], tuple(REPLAN_LEVELS))
    before = next(islice(folder, now.start, None))
    walk.names = begun_from(opened.desk, before)
    for moment, expected in zip(entered[now.start : now.stop], folder, strict=True):
        walk.live(moment)
        with opened.desk.store.reading() as db:
            served, draft = served_revision(db), opened_draft(db)
        assert served is not None
        assert draft.is_published, moment.entries.name
        assert judge(served.scenario, served.plan).clean, moment.entries.name
        assert served.plan.placed == expected.plan.placed, moment.entries.name
        known = renamed(expected.plan.entries, walk.names)
        assert of_any_option(served.plan.entries) == of_any_option(known), moment.entries.name
        assert learnt(draft.learnt_plan.entries, ()) == learnt(known, walk.unasked), moment.entries.name
