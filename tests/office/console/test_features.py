"""What a town does not use is shown nowhere, in console, portal and mails; and nothing of it is lost."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import unescape
from pathlib import Path

import pytest

from arshjul.office.console.pages import PAGES
from arshjul.office.contacts import ledger
from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.contacts.offers import edit_call
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.edit_operation import use_features
from arshjul.office.draft.import_year import checkout, import_year
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.office.sync.sync import make_portal
from arshjul.portal.pages import PAGES as PORTAL_PAGES
from arshjul.year.domain.contact import MAY
from arshjul.year.domain.declaration import Entry
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.learnt import LEARNT
from arshjul.year.domain.feature import ALL_FEATURES, FEATURES, feature_of
from arshjul.year.domain.settings import Meeting
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.schema.party_entry import KINDS
from arshjul.year.formats.workbook.writing import scenario_workbook, template
from tests import owed, years
from tests.builders import swedish
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.portal.conftest import Office
from tests.portal.sheet_town import year_with_sheets
from tests.portal.test_nominate import nominated
from tests.worlds import Worlds

NOW = datetime.fromisoformat("2027-01-06T09:00:00+00:00")
"""The first information sheet is late, and the call is due within days."""

CALL = {"id": "H1", "from": "2027-04-01", "to": "2027-06-30", "due": "2027-01-10", "changes_until": "2027-01-25"}
MEETING = {"meeting": "network", "date": "2027-03-17"}

TRACES: Mapping[str, str] = {
    "sheets": "nderlag",
    "pictures": "ägesbild|Kanarieiakttagelse",
    "obstacles": r"\b[Hh]inder\b",
    "cards": "Om oss|Parternas befogenheter|vad parten får göra|Kanariekort",
    "meetings": "rotokoll|agordning|Kanarieåtgärd",
    "nominations": "Nomineringar|ominera insatser|Nominering av",
    "offers": r"örfrågning|Erbjud\b|rbjuda lag|kan ni erbjuda",
}
"""What a person would know each feature by, besides links to its pages."""

MAILED = {"sheets", "pictures", "cards", "nominations", "offers"}
"""The features that mails name: what a contact may do, what it is reminded of, and what became of what it sent."""


@dataclass(frozen=True)
class Town:
    """The console and the portal of one year; and the contact of a0, who may do all that there is."""

    office: Office
    desk: Desk
    phone: Browser

    def use(self, *uses: str) -> None:
        """Switches on these features alone, as the page does."""
        with self.office.store.reading() as db:
            seen = opened_draft(db).stamp
        use_features(self.office.store, uses, "samordnaren", NOW, seen)
        self.office.carry()

    def mails(self) -> list[str]:
        with self.office.store.reading() as db:
            return [f"{one.mail.subject} {one.mail.body}" for one in owed.all_of(db)]


def used_year(folder: Path, _: Worlds) -> None:
    """The world of a year in which all is used: something is entered of each feature."""
    year = year_with_sheets(4)
    named = tuple(replace(one, name=f"Delmål {n}") for n, one in enumerate(year.cycle.milestones))
    meetings = (Meeting("network", "Nätverksträff", (date(2027, 3, 17),)),)
    agencies = {id: replace(one, email=f"{id}@example.se") for id, one in year.agencies.items()}
    year = replace(year, agencies=agencies, cycle=replace(year.cycle, milestones=named, meetings=meetings))
    store = make_store(str(folder / "y.db"), wal=False)
    years.published(store, years.write(folder / "plan", year, years.plan(year)))

    entered(store, ledger.CARDS, {"party": "a1", "may": "Kanariekort", "may_not": "Leta", "phone": "Larm"})
    entered(store, ledger.MINUTES, {**MEETING, "agenda": "Läget", "said": "Allt", "came": ["a1"]})
    action = {"id": "MA1", "action": "Kanarieåtgärd", "party": "a0", "due": "2027-01-08"}
    entered(store, ledger.MEETING_ACTIONS, {**MEETING, **action})
    operation, seen_in = next(iter(year.operations.values())), {"from": "2027-01-01", "to": "2027-03-31"}
    theme = {"sector": operation.sector, "level": 3, "trend": "rising", "note": "Kanarieiakttagelse"}
    place = {"area": operation.area, "by": "p0", "period": seen_in, "valid_to": "2027-06-30"}
    entered(store, ledger.PICTURES, {**place, "themes": [theme]})
    asked = {"date": "2027-01-04", "operation": "OP-000", "asker": "a0", "asked": "a1", "category": "economy"}
    why = {"rule": "27:1", "needed_for": "prepare", "how_known": "written", "effect": ["weaker"], "wish": "law"}
    entered(store, ledger.OBSTACLES, {**asked, **why})
    with store.reading() as db:
        seen = opened_draft(db).stamp
    edit_call(store, CALL, "samordnaren", NOW, seen)
    office = Office(store, make_portal(str(folder / "portal.db")), NOW)
    browser = office.browser("a0", *MAY)
    assert nominated(browser).status == 303
    office.carry()


def entered(store: Store, of: ledger.Ledger, item: Mapping[str, object]) -> None:
    ledger.enter(store, of, item, "samordnaren", NOW, is_sure=True)


def town_of(worlds: Worlds, folder: Path) -> Town:
    worlds.copied(used_year, folder)
    office = Office(open_store(str(folder / "y.db")), make_portal(str(folder / "portal.db")), NOW)
    return Town(office, Desk(office.store, NOW), office.browser("a0", *MAY))


@pytest.fixture
def town(worlds: Worlds, tmp_path: Path) -> Town:
    return town_of(worlds, tmp_path / "town")


Pages = Collection[tuple[str, str, list[str]]]
"""Of each page its path, its words, and the paths of its links."""

APART = ("/features", "/log", "/static/", "/import/workbook", "/out")
"""Where all features stand, or what was done with them; and what is no page."""


def crawled(browser: Browser, skipped: Collection[str] = APART) -> Iterator[tuple[str, str, list[str]]]:
    """Every page that links lead to from the first."""
    waiting, known = ["/"], {"/"}
    while waiting:
        path = waiting.pop()
        page = browser.get(path)
        if page.status in (301, 303):
            links = [page.headers["location"]]
        elif "text/html" not in page.headers.get("content-type", ""):
            continue
        else:
            assert page.status == 200, (path, page.text)
            body = page.body.decode()
            links = [unescape(one) for one in re.findall(r'(?:href|action|formaction)="(/[^"#]*)', body)]
            yield path, page.text, [link.partition("?")[0] for link in links]
            links = [unescape(one) for one in re.findall(r'href="(/[^"#]*)', body)]
        for link in links:
            shape = re.sub(r"\d{4}-W\d\d|OP-\d+|as=\w+", "x", link)  # a week, an operation is as another
            if shape not in known and not link.startswith(tuple(skipped)):
                known.add(shape)
                waiting.append(link)


def traces(pages: Pages, feature: str, room: str) -> list[str]:
    """What of a feature stands on these pages: words, and links."""
    found = [f"{path}: {one[0]}" for path, text, _ in pages for one in re.finditer(TRACES[feature], text)]
    for path, _, links in pages:
        for link in links:
            shape = re.sub(r"/operations/[^/]+", "/operations/{operation}", link)
            of = feature_of(link, room) or feature_of(shape, room)
            if of is not None and of.id == feature:
                found.append(f"{path}: {link}")
    return found


@pytest.fixture(scope="module")
def whole_town(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pages, Pages, list[str]]:
    """The pages of console and portal, and the mails, where all is used."""
    town = town_of(worlds, tmp_path_factory.mktemp("whole"))
    mailed(town)
    return list(crawled(town.desk.browser())), list(crawled(town.phone)), town.mails()


def mailed(town: Town) -> None:
    """Puts every mail there is to put, beside reminders: an address, and what became of a nomination."""
    for party in ("a0", "a1"):
        wanted = Invitation(party, f"Mejlad {party}", tuple(MAY), f"{party}@example.se")
        invite(town.office.store, [wanted], "samordnaren", NOW, mail=True)
    if town.phone.get("/nominate").status == 200:
        assert nominated(town.phone).status == 303
    town.office.carry()
    town.office.carry()


@pytest.mark.parametrize("unused", often([ALL_FEATURES], [((feature,),) for feature in ALL_FEATURES]), ids=",".join)
def test_what_is_used_is_found_everywhere_and_what_is_not_nowhere(
    unused: tuple[str, ...], town: Town, whole_town: tuple[Pages, Pages, list[str]]
) -> None:
    """All of them at once, and each beside all others in the slow run."""
    console, portal, mails = whole_town
    town.use(*(one for one in ALL_FEATURES if one not in unused))
    before = len(town.mails())
    mailed(town)
    pages, own = list(crawled(town.desk.browser())), list(crawled(town.phone))
    assert len(pages) > 20, "it is no crawl that stops at the first page"
    assert len(own) > 5
    for feature in unused:
        assert traces(console, feature, "console")
        assert traces(portal, feature, "portal")
        assert any(re.search(TRACES[feature], mail) for mail in mails) == (feature in MAILED)
        assert traces(pages, feature, "console") == []
        assert traces(own, feature, "portal") == []
        assert [mail for mail in town.mails()[before:] if re.search(TRACES[feature], mail)] == []


def test_a_page_of_what_is_not_used_says_so(town: Town) -> None:
    town.use()
    for room, paths, browser in (
        ("console", [one.path for one in PAGES if one.method == "GET"], town.desk.browser()),
        ("portal", [one.path for one in PORTAL_PAGES if one.method == "GET"], town.phone),
    ):
        found = [(path, of) for path in paths if (of := feature_of(path, room)) is not None]
        assert {of.id for _, of in found} >= {*ALL_FEATURES} - ({"sheets"} if room == "console" else set())
        for path, of in found:
            page = browser.get(re.sub("{[a-z]+}", "x", path))
            assert page.status == 404, path
            assert f"{swedish().say(of.name)} används inte" in page.text


def kept(pages: list[tuple[str, str, list[str]]]) -> list[tuple[str, str, list[str]]]:
    """The pages but those of contacts, which tell when each came in last."""
    return [page for page in pages if not page[0].startswith("/contacts")]


def learnt(entries: Entries) -> dict[str, list[Entry]]:
    """What is learnt, whatever plan has it."""
    return {name: [replace(one, revision=None) for one in getattr(entries, name)] for name in LEARNT}


def in_database(store: Store) -> dict[str, list[Entry]]:
    with store.reading() as db:
        return learnt(opened_draft(db).learnt_plan.entries)


def test_what_is_learnt_outlasts_a_copy_a_folder_and_an_import(town: Town, tmp_path: Path) -> None:
    store, folder = town.office.store, tmp_path / "folder"
    entered(store, ledger.AGENDA_POINTS, {**MEETING, "party": "a1", "point": "Läget"})
    there = in_database(store)
    assert {*LEARNT} - {name for name in there if there[name]} == {"evaluations", "improvements"}, "nothing was held"
    backup(store, tmp_path / "copy.db", NOW)
    restore(tmp_path / "copy.db", str(tmp_path / "back.db"), "test", NOW)
    checkout(store, folder, lambda _: None)
    import_year(folder, lambda: make_store(str(tmp_path / "new.db")), "test", NOW, lambda _: None)
    assert learnt(read_plan_folder(folder).plan.entries) == there
    for name in ("back.db", "new.db"):
        assert in_database(open_store(str(tmp_path / name))) == there, name


@pytest.mark.slow
def test_what_was_entered_is_there_again_when_it_is_switched_on(town: Town) -> None:
    both = (town.desk.browser(), town.phone)
    before = [list(crawled(browser)) for browser in both]
    town.use()
    town.use(*ALL_FEATURES)
    after = [list(crawled(browser)) for browser in both]
    assert [kept(pages) for pages in after] == [kept(pages) for pages in before]


def test_it_is_switched_on_a_page_with_a_line_of_the_log_and_a_way_back(desk: Desk) -> None:
    browser = desk.browser()
    kept = [feature for feature in ALL_FEATURES if feature not in ("pictures", "cards")]
    answer = browser.press("/features", feature=kept)
    page = browser.get(answer.headers["location"])
    assert "Avstängt: Lägesbild och Kort. Inlagda uppgifter finns kvar." in page.text
    log = browser.get("/log").text
    assert "coordinator stängde av Lägesbild" in log
    assert "coordinator stängde av Kort" in log
    assert "Dagordning, protokoll och beslut." in desk.browser("auditor").get("/features").text
    assert desk.browser("viewer").get("/features").status == 403
    back = page.body.decode().partition('role="status"')[2].partition("</form>")[0]
    former = re.findall(r'name="feature" value="([a-z]+)"', back)
    assert former == [*ALL_FEATURES]
    browser.send(page, "/features", feature=former)
    assert browser.get("/cards").status == 200
    assert "coordinator slog på Kort" in browser.get("/log").text
    again = browser.press("/features", feature=former)
    assert again.status == 409
    assert "Ändringen är redan gjord: öppna sidan på nytt. Inget har ändrats." in again.text


def test_every_feature_names_what_there_is() -> None:
    for feature in FEATURES.values():
        assert {*feature.kinds} <= {*KINDS}
        assert {*feature.lists} <= {*LEARNT}
        assert feature.right in ("", *MAY)
        for starts, pages in ((feature.console, PAGES), (feature.portal, PORTAL_PAGES)):
            for start in starts:
                assert any(page.path.startswith(start) for page in pages), start
    without = {name for feature in FEATURES.values() for name in feature.lists}
    assert {*LEARNT} - without == {"evaluations", "improvements"}, "a new list is of a feature, or of every year"


def test_a_year_that_does_not_say_uses_all_and_a_new_workbook_nothing(tmp_path: Path) -> None:
    assert years.scenario().uses == ALL_FEATURES
    for say in (swedish(), words("en")):
        (tmp_path / "new.xlsx").write_bytes(template(say))
        assert read_scenario(tmp_path / "new.xlsx").scenario.uses == ()
    (tmp_path / "some.xlsx").write_bytes(scenario_workbook(replace(years.scenario(), uses=("sheets", "offers"))))
    assert read_scenario(tmp_path / "some.xlsx").scenario.uses == ("sheets", "offers")
