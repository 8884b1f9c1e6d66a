"""The lived year of goteborg-2027 walked through the console in a real browser: entered, chosen, published.

By the console's own pages: withdrawals, cancellings, operations let free, taken from the reserve or going ahead
without police, and edited scenarios as workbooks. It has no form, or one with less in it, for outcomes with
figures, give-backs, confirmed withdrawals, teams lost, fewer officers, pins to any date, several other dates, what
is left out, and new operations one by one: those are entered beside it.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page

from arshjul.actions.draft import enter, opened_draft
from arshjul.actions.import_year import import_year
from arshjul.actions.options import work_out
from arshjul.actions.served_revision import current
from arshjul.console.app import ConsoleServer
from arshjul.console.runner import Runner
from arshjul.formats.scenario.scenario import read_scenario
from arshjul.formats.workbook.writing import scenario_workbook
from arshjul.planning.judge import judge
from arshjul.store.store import Store, open_store
from tests import years
from tests.console.conftest import NOW, Desk
from tests.console.test_browser import Opened, browser, opened, pytestmark, signed_in
from tests.living import SCENARIO, Moment, moments

__all__ = ["browser", "opened", "pytestmark"]

BUTTONS = {
    "cancelled": "Stryk insatsen",
    "unpinned": "Låt den flyttas igen",
    "without_police": "Genomför utan polis",
    "promoted": "Ta in från reserven",
}
"""The lists whose entries name an operation alone, and the button on its page."""


class WhenAsked(Runner):
    """Works a job out at once where everything has been entered, and not before."""

    is_wanted = False

    def start(self, store: Store, number: int) -> None:
        if self.is_wanted:
            work_out(store, number, 60, lambda _: None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A console over the year, in a rehearsal's database, before its first plan."""
    url = str(tmp_path / "y.db")
    import_year(SCENARIO, url, "samordnaren", NOW, lambda _: None, rehearsal=True)
    made = Desk(open_store(url), url=url)
    made.console = ConsoleServer(made.store, WhenAsked("", 60), clock=lambda: made.now)
    return made


class Walk:
    """A coordinator who lives the year in a browser. `names` are the ids that withdrawals have here."""

    def __init__(self, page: Page, console: Opened) -> None:
        self.page, self.console, self.names = page, console, dict[str, str]()
        page.set_default_timeout(300_000)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def go(self, path: str) -> None:
        self.page.goto(self.console.address + path)

    def set_clock(self, moment: str) -> None:
        self.go("/")
        self.page.get_by_label("Övningens klocka").fill(moment)
        self.press("Ställ")

    def plan(self, button: str, option: str) -> None:
        """Works out, chooses, and publishes where the plan is another."""
        runner = self.console.desk.console.runner
        assert isinstance(runner, WhenAsked)
        runner.is_wanted = True
        self.go("/")
        self.press(button)
        runner.is_wanted = False
        self.page.get_by_role("radio", name=option).check()
        self.press("Välj")
        self.page.wait_for_url("**/publish")
        self.page.get_by_label("Varför, som loggen ska säga det").fill("året går")
        self.press("Publicera")
        self.page.wait_for_url("**/publish?published=*")

    def live(self, moment: Moment) -> None:
        self.set_clock(f"{moment.as_of:%Y-%m-%dT%H:%M}")
        if moment.scenario is not None:
            self.edit(moment.scenario)
        for name, item in written(moment.entries):
            if name == "withdrawals":
                self.withdraw(item)
            elif name in BUTTONS and not (name == "cancelled" and moment.scenario is not None):
                self.go(f"/operations/{item['operation']}")
                self.press(BUTTONS[name])
            elif name != "cancelled":
                self.enter_beside(name, item)
        self.plan("Räkna fram alternativ", "Avvägt")

    def withdraw(self, item: dict[str, Any]) -> None:
        self.go("/withdrawals/new")
        first, *more = item["police"]
        self.page.get_by_label("Enhet", exact=True).select_option(first)
        if more:
            self.page.locator("details summary").click()
            for unit in more:
                self.page.locator(f"input[name=more_police][value={unit}]").check()
        self.page.get_by_label("Från", exact=True).fill(item["from"])
        if "to" in item:
            self.page.get_by_label("Till", exact=True).fill(item["to"])
        else:
            self.page.get_by_label("Tills vidare").check()
        for shift in item.get("shifts", ()):
            self.page.locator(f"input[name=shifts][value={shift}]").check()
        self.page.get_by_label("Poliser kvar").fill(str(item.get("officers_left", 0)))
        self.page.get_by_label("Orsak").fill(item.get("cause", ""))
        self.press("Räkna fram alternativ")
        self.page.wait_for_url("**/options/*")
        with self.console.desk.store.reading() as db:
            self.names[item["id"]] = opened_draft(db).asked().withdrawals[-1].id

    def edit(self, folder: Path) -> None:
        """Sends the scenario as it was edited, as a workbook, and takes it over; what is gone is cancelled."""
        self.go("/import")
        book = scenario_workbook(read_scenario(folder).scenario)
        self.page.locator("#file").set_input_files({"name": "x.xlsx", "mimeType": "", "buffer": book})
        self.press("Jämför")
        for box in self.page.locator("input[name=cancelled]").all():
            box.check()
        self.press("Ta över")

    def enter_beside(self, name: str, item: dict[str, Any]) -> None:
        desk = self.console.desk
        known = {key: self.names.get(value, value) if key == "withdrawal" else value for key, value in item.items()}
        with desk.store.reading() as db:
            seen = opened_draft(db).stamp
        enter(desk.store, [(name, known)], "samordnaren", desk.now, seen, years.WORDS)


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


def lived(browser: Browser, console: Opened, entered: list[Moment]) -> None:
    walk = Walk(signed_in(browser, console, java_script_enabled=False, locale="sv-SE"), console)
    walk.set_clock("2026-12-01T09:00")
    walk.plan("Räkna fram den första planen", "Den första planen")
    for moment in entered:
        walk.live(moment)
        with console.desk.store.reading() as db:
            served, draft = current(db), opened_draft(db)
        assert served is not None
        assert draft.is_published, moment.entries.name
        assert judge(served.scenario, served.plan).clean, moment.entries.name
    with console.desk.store.reading() as db:
        last = opened_draft(db).plan
    assert last is not None
    assert last.revision == len(entered) + 1


@pytest.mark.slow
def test_the_first_weeks_of_the_year_are_lived_in_the_console(browser: Browser, opened: Opened) -> None:
    lived(browser, opened, moments()[:4])


@pytest.mark.slow
def test_the_whole_year_is_lived_in_the_console(browser: Browser, opened: Opened) -> None:
    lived(browser, opened, moments())
