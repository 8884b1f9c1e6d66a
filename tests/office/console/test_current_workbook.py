"""The year's workbook is got from the console without sites, changed, and sent back: nothing is lost by it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
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
from arshjul.year.domain.operation import Repeat, single
from arshjul.year.domain.retired_parties import with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.workbook.marked import workbook_without_sites
from tests import years
from tests.commands import ran
from tests.examples import often
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.test_importing import send_all
from tests.office.console.test_importing_told import told
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


def test_it_holds_no_site_and_unchanged_it_says_what_stands_here(desk: Desk) -> None:
    year, browser = with_object(desk), desk.browser()
    data = got(browser)
    sites = [site for operation in year.operations.values() for site in operation.sites]
    sites += [site for one in year.objects.values() for site in one.sites]
    assert sites
    for site in sites:
        assert site.name not in texts(data)
    assert "b-1" in texts(data), "the object itself is in it"
    browser.upload(browser.get("/import"), "/import", data)
    assert "Arbetsboken ändrar inget" in browser.get("/import").text


def test_one_changed_row_is_one_difference_and_no_site_is_lost(desk: Desk) -> None:
    year, browser = with_object(desk), desk.browser()
    browser.upload(browser.get("/import"), "/import", changed(got(browser), "OP-001", "Titel", "Ett annat namn"))
    shown = browser.get("/import")
    assert [cell for cell in told(shown) if "Ett annat namn" in cell] == ["OP-001 Ett annat namn", "Ett annat namn"]
    assert shown.body.count(b'<th scope="row">') == 1, "one row of differences"
    assert send_all(browser).status == 303
    now = desk.draft.present
    assert now.operations["OP-001"].title == "Ett annat namn"
    titled = replace(year.operations["OP-001"], title="Ett annat namn")
    assert now == replace(year, operations={**year.operations, "OP-001": titled}), "nothing but that, and all sites"


def test_a_site_that_is_given_takes_the_place_of_the_one_that_stands(desk: Desk) -> None:
    browser = desk.browser()
    book, out = load_workbook(BytesIO(got(browser))), BytesIO()
    headings = [cell.value for cell in book["Objekt"][1]]
    row = {"Insats": "OP-001", "Ref": "ny", "Namn": "Kanariekrogen ny"}
    book["Objekt"].append([row.get(str(heading)) for heading in headings])
    book.save(out)
    browser.upload(browser.get("/import"), "/import", out.getvalue())
    assert "andra än förut" in browser.get("/import").text
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


def test_an_operation_that_repeats_more_often_keeps_its_sites(desk: Desk) -> None:
    year = desk.draft.scenario
    first = year.operations["OP-001"]
    bare = single(replace(first, sites=(), repeat=Repeat(3, (10, 40))))
    given = {operation.id: operation for operation in bare} | {
        id: one for id, one in year.operations.items() if id != "OP-001"
    }
    kept = with_known_sites(replace(year, operations=given), year)
    assert [kept.operations[operation.id].sites for operation in bare] == [first.sites] * 3


@pytest.mark.parametrize("changed", [{"sector": "other"}, {"area": "other"}], ids=["sector", "area"])
def test_a_number_that_is_used_anew_inherits_no_site(desk: Desk, changed: Mapping[str, Any]) -> None:
    year = with_object(desk)
    bare = {id: replace(one, sites=()) for id, one in year.operations.items()}
    other = {id: replace(one, **changed) if id == "OP-001" else one for id, one in bare.items()}
    objects = {id: replace(one, sites=(), **changed) for id, one in year.objects.items()}
    kept = with_known_sites(replace(year, operations=other, objects=objects), year)
    assert year.operations["OP-001"].sites and year.objects["b-1"].sites
    assert (kept.operations["OP-001"].sites, kept.objects["b-1"].sites) == ((), ())
    assert kept.operations["OP-002"] == year.operations["OP-002"], "its title may be another, its site is the same"


def test_the_page_says_how_many_keep_their_sites(desk: Desk) -> None:
    year, browser = with_object(desk), desk.browser()
    n = sum(operation.sites != () for operation in year.operations.values()) + sum(
        one.sites != () for one in year.objects.values()
    )
    assert "behåller platserna här" not in browser.get("/import").text
    browser.upload(browser.get("/import"), "/import", got(browser))
    assert f"{n} insatser och objekt utan plats där behåller platserna här." in browser.get("/import").text


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
