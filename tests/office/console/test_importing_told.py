"""What a workbook changes is told in the coordinator's words: no key, no id where a name is, nothing of Python's."""

# ruff: noqa: ARG002, ARG005, E501 - an edit is a line, and all are called alike

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from arshjul.office.draft.edit_operation import add_object
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.operation import AgencyGroup, FollowUp, Operation, Pin, Site
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.schema.scenario import labels
from arshjul.year.formats.workbook.writing import scenario_workbook
from tests import years
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.test_entry_forms import chosen
from tests.office.console.test_importing import send_all

RAW = re.compile(r"""\{'|\['|'\}|'\]|None|True|False|\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z_]+\.[a-z_]+\b|Span\(""")
ENGLISH = {key.removeprefix("scenario.") for key in labels()}


class _Told(HTMLParser):
    """The cells of the tables, and the names of the headings above them."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.is_in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"td", "th"}:
            self.is_in = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self.is_in = False

    def handle_data(self, data: str) -> None:
        if self.is_in:
            self.cells[-1] += data


def told(page: Page) -> list[str]:
    parser = _Told()
    parser.feed(page.body.decode())
    return [" ".join(cell.split()) for cell in parser.cells]


Change = Callable[[random.Random, Scenario, Operation], Operation]


def day(rng: random.Random, year: Scenario) -> date:
    return year.span.first + timedelta(days=rng.randrange(60, 300))


def span(rng: random.Random, year: Scenario) -> Span:
    first = day(rng, year)
    return Span(first, first + timedelta(days=20))


EDITS: dict[str, Change] = {
    "fixed": lambda rng, y, o: replace(o, fixed=Pin(Slot(day(rng, y), y.shifts[0].id), rng.choice(list(y.police)))),
    "police": lambda rng, y, o: replace(o, police=(rng.choice(list(y.police)),)),
    "police_also": lambda rng, y, o: replace(o, police_also={rng.choice(list(y.police)): 1}),
    "window": lambda rng, y, o: replace(o, window=span(rng, y)),
    "preferred": lambda rng, y, o: replace(o, preferred=span(rng, y)),
    "not_on": lambda rng, y, o: replace(o, not_on=(span(rng, y),)),
    "shifts": lambda rng, y, o: replace(o, shifts=(y.shifts[-1].id,)),
    "weekdays": lambda rng, y, o: replace(o, weekdays=frozenset({1, 3})),
    "agencies": lambda rng, y, o: replace(o, agencies={**o.agencies, rng.choice(list(y.agencies)): 2}, optional_agencies={}, any_of=()),
    "optional_agencies": lambda rng, y, o: replace(o, agencies={o.lead_agency: 1}, optional_agencies={a: 1 for a in y.agencies if a != o.lead_agency}, any_of=()),
    "any_of": lambda rng, y, o: replace(o, agencies={}, optional_agencies={}, any_of=(AgencyGroup(tuple(list(y.agencies)[:2]), 2),)),
    "interest": lambda rng, y, o: replace(o, interest={rng.choice(list(y.agencies)): 3}),
    "lead_agency": lambda rng, y, o: replace(o, lead_agency=rng.choice(list(y.agencies))),
    "area": lambda rng, y, o: replace(o, area=rng.choice(list(y.areas))),
    "priority": lambda rng, y, o: replace(o, priority=1 + o.priority % 3),
    "must": lambda rng, y, o: replace(o, must=not o.must),
    "officers": lambda rng, y, o: replace(o, officers=rng.randrange(1, 4), officers_least=1),
    "designated": lambda rng, y, o: replace(o, designated="require"),
    "nominated_on": lambda rng, y, o: replace(o, nominated_on=day(rng, y)),
    "after": lambda rng, y, o: replace(o, after=FollowUp(rng.choice([i for i in y.operations if i != o.id]), 3, 30)),
    "not_same_day_as": lambda rng, y, o: replace(o, not_same_day_as=tuple(i for i in y.operations if i != o.id)[:1]),
    "short_notice": lambda rng, y, o: replace(o, short_notice=True),
    "without_police": lambda rng, y, o: replace(o, without_police=True),
    "sites": lambda rng, y, o: replace(o, sites=(*o.sites, Site("ref", "Kanariekrogen ny", "Kanariegatan"))),
}  # fmt: skip
WHOLE: dict[str, Callable[[random.Random, Scenario], Scenario]] = {
    "calendar": lambda rng, y: replace(y, calendar=replace(y.calendar, closed=(*y.calendar.closed, span(rng, y)))),
    "police": lambda rng, y: replace(y, police={i: replace(u, officers=(*u.officers, OfficerLine(Matching(None, y.shifts[0].id, day(rng, y), None), 3))) for i, u in y.police.items()}),
    "agencies": lambda rng, y: replace(y, agencies={i: replace(a, teams=(*a.teams, TeamLine(Matching(frozenset({2}), None, None, None), 1)), name=f"{a.name} ny") for i, a in y.agencies.items()}),
    "names": lambda rng, y: replace(y, names={**y.names, "nytt": "Något nytt"}),
    "cycle": lambda rng, y: replace(y, cycle=replace(y.cycle, milestones=())),
    "areas": lambda rng, y: replace(y, areas={i: replace(a, name=f"{a.name} norr") for i, a in y.areas.items()}),
}  # fmt: skip


def sent(browser: Browser, given: Scenario) -> Page:
    answer = browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
    assert answer.status == 303, answer.text[500:1500]
    return browser.get("/import")


@pytest.mark.parametrize("seed", often([0], [1, 2]))
def test_every_change_is_told_in_words(desk: Desk, seed: int) -> None:
    """The sweep: each kind of edit, alone and with others, in the preview and among what waits."""
    rng, browser, year = random.Random(seed), desk.browser(), desk.draft.scenario
    names = {*year.agencies, *year.police, *year.areas, *(shift.id for shift in year.shifts)}
    hidden = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(names | ENGLISH)))})(?![\w-])")
    kinds = list(EDITS)
    rng.shuffle(kinds)
    for n, some in enumerate([[kind] for kind in kinds[seed::3]] + [kinds]):
        given = year
        for kind in some:
            one = rng.choice([o for o in given.operations.values() if o.any_of == () or kind != "lead_agency"])
            given = replace(given, operations={**given.operations, one.id: EDITS[kind](rng, given, one)})
        for section in rng.sample(sorted(WHOLE), n % 3) if some != kinds else sorted(WHOLE):
            given = WHOLE[section](rng, given)
        page = sent(browser, given)
        for cell in told(page):
            assert not RAW.search(cell), cell
            assert not hidden.search(cell), cell
            assert not [site for site in years.SITES if site in cell]
        assert given == year or told(page), some
    assert send_all(browser).status == 303
    waits = browser.get("/")
    assert "Året redigerades: " in waits.text
    assert told(waits)
    assert not [cell for cell in told(waits) if RAW.search(cell) or hidden.search(cell)]


def test_what_was_decided_here_stands_and_is_not_listed_as_undone(desk: Desk) -> None:
    """A lock that a plan has taken in is made anew on every scenario: the preview says so, and no change."""
    browser, before = desk.browser(), desk.draft.scenario
    lock = {"ask": "pinned", "date": "2027-03-02", "shift": "day", "police": "p1"}
    chosen(browser, browser.press("/operations/OP-001", **lock))
    shown = sent(browser, before)
    assert "Arbetsboken ändrar inget" in shown.text
    assert "Bestämt här" in shown.text
    assert "tisdag 2 mars 2027" in " ".join(told(shown))
    title = replace(before.operations["OP-001"], title="Ett annat namn")
    changed = sent(browser, replace(before, operations={**before.operations, "OP-001": title}))
    assert [cell for cell in told(changed) if cell == "Ett annat namn"]
    assert send_all(browser).status == 303
    chosen(browser, browser.press("/options"))
    now = desk.draft.scenario
    assert now.operations["OP-001"].fixed is not None, "as the preview said"
    back = sent(browser, before)
    assert "tar tillbaka en ändring härifrån" in back.text, "an edit that a plan has taken in"


def test_objects_that_wait_outlive_a_workbook(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    seen = desk.draft.stamp
    sites = [{"ref": "r", "name": "Kanariekrogen b"}]
    item = {"id": "b-1", "sector": "restaurant", "area": "city", "sites": sites}
    add_object(desk.store, item, "x", desk.now, seen)
    title = replace(year.operations["OP-001"], title="Ett annat namn")
    sent(browser, replace(year, operations={**year.operations, "OP-001": title}))
    assert send_all(browser).status == 303
    given = desk.draft.given
    assert given is not None
    assert list(given.objects) == ["b-1"]
    waits = browser.get("/?taken=workbook")
    assert "Arbetsboken är inlagd" in waits.text
    assert "en ändrad insats och ett nytt objekt" in waits.text
    assert browser.send(waits, "/take-back-edit").status == 303
    assert "Året redigerades" not in browser.get("/").text
    assert desk.draft.scenario == year
    assert browser.send(waits, "/take-back-edit").status == 409, "pressed twice"
