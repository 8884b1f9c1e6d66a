"""The year's workbook is got from the console without sites, changed, and sent back: nothing is lost by it."""

import json

# ruff: noqa: ARG005, E501 - an edit is a line, and all are called alike
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import Result

from arshjul.office.draft.compare_scenario import read_sent
from arshjul.office.draft.edit_operation import add_object
from arshjul.office.draft.import_year import checkout
from arshjul.office.publishing.publish import Published, mend, refresh
from arshjul.office.store import revisions
from arshjul.office.store.store import Store, make_store
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.operation import AgencyGroup, FollowUp, Operation, Pin, Repeat, Site, single
from arshjul.year.domain.parties import Matching, OfficerLine, TeamLine
from arshjul.year.domain.retired_parties import with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.schema.scenario import labels
from arshjul.year.formats.workbook.marked import workbook_without_sites
from tests import years
from tests.commands import ran
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.test_entry_forms import chosen
from tests.office.console.test_importing import send_all, sent, with_operation
from tests.office.console.test_withdrawal import HIT

SCENARIOS = Path(__file__).parents[3] / "scenarios"
OBJECT = {"id": "b-1", "sector": "restaurant", "area": "city", "sites": [{"ref": "r", "name": "Kanariekrogen b"}]}


def got(browser: Browser) -> bytes:
    shown = browser.get("/import")
    assert b'href="/import/workbook"' in shown.body
    return browser.get("/import/workbook").body


def changed(data: bytes, operation: str, heading: str, value: object) -> bytes:
    book, out = load_workbook(BytesIO(data)), BytesIO()
    sheet = book["Insatser"]
    column = next(cell.column for cell in sheet[1] if cell.value == heading)
    row = next(cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[0].value == operation)
    sheet.cell(row, column, value)
    book.save(out)
    return out.getvalue()


def with_object(desk: Desk) -> Scenario:
    """The year with an object besides the sites of its operations; it waits, as an edit."""
    seen = desk.draft.stamp
    add_object(desk.store, OBJECT, "x", desk.now, seen)
    return desk.draft.present


def texts(data: bytes) -> str:
    book: Workbook = load_workbook(BytesIO(data))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def test_it_holds_no_site_unchanged_says_what_stands_and_one_changed_row_is_one_difference(desk: Desk) -> None:
    year, browser = with_object(desk), desk.browser()
    data = got(browser)
    sites = [site for operation in year.operations.values() for site in operation.sites]
    sites += [site for one in year.objects.values() for site in one.sites]
    assert sites
    there = texts(data)
    for site in sites:
        assert site.name not in there
    assert "b-1" in there, "the object itself is in it"
    assert "behåller platserna här" not in browser.get("/import").text
    shown = sent(browser, data)
    assert "Arbetsboken ändrar inget" in shown.text
    n = sum(operation.sites != () for operation in year.operations.values())
    n += sum(one.sites != () for one in year.objects.values())
    assert f"{n} insatser och objekt utan plats där behåller platserna här." in shown.text
    shown = sent(browser, changed(data, "OP-001", "Titel", "Ett annat namn"))
    assert [cell for cell in told(shown) if "Ett annat namn" in cell] == ["OP-001 Ett annat namn", "Ett annat namn"]
    assert shown.body.count(b'<th scope="row">') == 1, "one row of differences"
    assert send_all(browser).status == 303
    expected = with_operation(year, "OP-001", title="Ett annat namn")
    assert desk.draft.present == expected, "nothing but that, and all sites"


def test_a_site_that_is_given_takes_the_place_of_the_one_that_stands(desk: Desk) -> None:
    browser = desk.browser()
    book, out = load_workbook(BytesIO(got(browser))), BytesIO()
    headings = [cell.value for cell in book["Objekt"][1]]
    row = {"Insats": "OP-001", "Ref": "ny", "Namn": "Kanariekrogen ny"}
    book["Objekt"].append([row.get(str(heading)) for heading in headings])
    book.save(out)
    assert "andra än förut" in sent(browser, out.getvalue()).text
    assert send_all(browser).status == 303
    now = desk.draft.present
    assert [site.name for site in now.operations["OP-001"].sites] == ["Kanariekrogen ny"]
    assert now.operations["OP-002"].sites == desk.draft.scenario.operations["OP-002"].sites


@pytest.mark.parametrize("name", often(["tutorial"], ["goteborg-2027"]))
def test_there_and_back_is_the_same_year(name: str) -> None:
    year = read_scenario(SCENARIOS / name).scenario
    back = read_sent(workbook_without_sites(year), b"", year)
    assert back.scenario is not None, back.problems
    assert with_known_sites(back.scenario, year) == year


def test_an_operation_that_repeats_more_often_keeps_its_sites_and_a_number_that_is_used_anew_none(desk: Desk) -> None:
    year = with_object(desk)
    first, others = year.operations["OP-001"], {id: one for id, one in year.operations.items() if id != "OP-001"}
    bare = single(replace(first, sites=(), repeat=Repeat(3, (10, 40))))
    more = replace(year, operations={**others, **{operation.id: operation for operation in bare}})
    kept = with_known_sites(more, year)
    assert [kept.operations[operation.id].sites for operation in bare] == [first.sites] * 3
    assert first.sites and year.objects["b-1"].sites
    for of in ({"sector": "other"}, {"area": "other"}):
        anew: dict[str, Any] = {**of, "sites": ()}
        other = {id: replace(one, sites=()) for id, one in year.operations.items()}
        other["OP-001"] = replace(first, **anew)
        objects = {id: replace(one, **anew) for id, one in year.objects.items()}
        kept = with_known_sites(replace(year, operations=other, objects=objects), year)
        assert (kept.operations["OP-001"].sites, kept.objects["b-1"].sites) == ((), ()), of
        assert kept.operations["OP-002"] == year.operations["OP-002"], "its title may be another, its site is the same"


# -- what commands take out of a database where something was entered, or chosen, since the publishing


Seen = Callable[[Store, str, datetime], Published]


def run(*words: str) -> Result:
    done = ran(words)
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done


def test_checkout_takes_the_draft_and_the_report_what_is_published(desk: Desk, tmp_path: Path) -> None:
    browser, out = desk.browser(), str(tmp_path / "out")

    def taken_out() -> tuple[int, bool, int]:
        told = json.loads(run("checkout", "--db", desk.url, "-o", out, "--json").stdout)
        return told["revision"], told["published"], told["waiting"]

    assert taken_out() == (1, True, 0)
    for command in ("log", "report"):
        assert "Utkastet är inte med" not in run(command, "--db", desk.url).stderr
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    assert taken_out() == (1, True, 1)
    assert "En uppgift väntar på en plan" in run("checkout", "--db", desk.url, "-o", out).stderr
    browser.press(path, option="balanced")
    assert taken_out() == (2, False, 0)
    assert "inte publicerad" in run("checkout", "--db", desk.url, "-o", out).stderr
    for command in ("log", "report"):
        assert "Utkastet är inte med" in run(command, "--db", desk.url).stderr


@pytest.mark.parametrize("seen_anew", often([refresh], [mend]))
def test_sites_are_there_when_the_year_is_seen_from_another_day(desk: Desk, tmp_path: Path, seen_anew: Seen) -> None:
    desk.now += timedelta(days=1)
    assert seen_anew(desk.store, "timer", desk.now).is_new
    checkout(desk.store, tmp_path / "out", lambda _: None)
    taken = read_plan_folder(tmp_path / "out").scenario.operations
    assert [[site.name for site in operation.sites] for operation in taken.values()] == [
        [f"Kanariekrogen {n}"] for n in range(4)
    ]
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(path, option="balanced")
    assert browser.publish().status == 303
    with desk.store.reading() as db:
        assert len(revisions.sites(db, 3)) == 4, "what is published from there has them too"


def test_a_rehearsal_is_taken_out_under_one_name(tmp_path: Path) -> None:
    store, year = make_store(str(tmp_path / "rehearsal.db")), years.scenario()
    years.published(store, years.write(tmp_path / "first", year, years.plan(year)), rehearsal=True)
    checkout(store, tmp_path / "out", lambda _: None)
    said = (tmp_path / "out" / "feeds" / "coordinator.ics").read_text(encoding="utf-8")
    assert said.count("BEGIN:VEVENT") == len(years.plan(year).placements)
    assert "STATUS:CANCELLED" not in said
    assert "ovning" not in said


# -- what a workbook changes is told in the coordinator's words: no key, no id where a name is


RAW = re.compile(r"""\{'|\['|'\}|'\]|None|True|False|\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z_]+\.[a-z_]+\b|Span\(""")
ENGLISH = {key.removeprefix("scenario.") for key in labels()}


def told(page: Page) -> list[str]:
    """The cells of the tables, and the names of the headings above them."""
    cells = re.findall(r"<t([dh])\b[^>]*>(.*?)</t\1>", page.body.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split()) for _, cell in cells]


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
    changed = sent(browser, with_operation(before, "OP-001", title="Ett annat namn"))
    assert [cell for cell in told(changed) if cell == "Ett annat namn"]
    assert send_all(browser).status == 303
    chosen(browser, browser.press("/options"))
    now = desk.draft.scenario
    assert now.operations["OP-001"].fixed is not None, "as the preview said"
    back = sent(browser, before)
    assert "tar tillbaka en ändring härifrån" in back.text, "an edit that a plan has taken in"


def test_objects_that_wait_outlive_a_workbook(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    with_object(desk)
    sent(browser, with_operation(year, "OP-001", title="Ett annat namn"))
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
