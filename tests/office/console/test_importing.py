"""A workbook is sent, compared, and taken over: it waits for a plan, and is planned."""

import re
import tempfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import gettempdir
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import FollowUp
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.workbook.writing import scenario_workbook
from tests import years
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import SLOWLY_BOTH, Desk


def send_all(browser: Browser, **more: str | list[str]) -> Page:
    """Takes over what the page shows."""
    shown = browser.get("/import")
    return browser.send(shown, "/import/take", file=shown.field("file"), **more)


@SLOWLY_BOTH
def test_a_workbook_is_compared_and_taken_over(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    edited = replace(year.operations["OP-001"], title="Ett annat namn", priority=1)
    fresh = replace(year.operations["OP-002"], id="OP-100", title="En ny insats")
    given = replace(year, operations={**year.operations, "OP-001": edited, "OP-100": fresh})
    sent = browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
    assert (sent.status, sent.headers["location"]) == (303, "/import")
    shown = browser.get("/import")
    for said in ("OP-100", "Ett annat namn", "Kanarietiteln 1"):
        assert said in shown.text
    assert browser.send(shown, "/import/take", file=shown.field("file")).status == 303
    waits = browser.get("/").text
    assert "Året redigerades: en ny insats och en ändrad insats." in waits
    assert "Ett annat namn" in waits, "what was edited, and not only that it was"
    browser.plan("balanced")
    now = desk.draft.scenario
    assert now.operations["OP-001"].title == "Ett annat namn"
    assert [site.name for site in now.operations["OP-100"].sites] == ["Kanariekrogen 2"], "its sites came along"


def test_a_workbook_that_is_sent_comes_to_no_file(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever is killed while reading it leaves no sites behind: there is no folder for temporary files here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    browser = desk.browser()
    book = BytesIO(scenario_workbook(desk.draft.scenario))
    with ZipFile(book, "a") as more:
        more.writestr("docProps/more.bin", Random(1).randbytes(2_000_000))
    columns = b"language: sv\nrest: x\nsheets: []\n"
    for sent in (book.getvalue(), book.getvalue()[:-9]):
        for more_files in ({}, {"columns": columns}):
            browser.upload(browser.get("/import"), "/import", sent, **more_files)
            shown = browser.get("/import")
            assert shown.status == 200
            assert browser.get("/import/columns").status in (200, 422)
    assert browser.upload(browser.get("/import"), "/import", book.getvalue()).status == 303


def without_some(desk: Desk, browser: Browser, *gone: str, area: str = "") -> None:
    """Sends a workbook that lacks these operations, and that area."""
    year = desk.draft.scenario
    lending = {id: replace(u, areas=tuple(a for a in u.areas if a != area)) for id, u in year.police.items()}
    year = replace(year, police=lending, areas={id: one for id, one in year.areas.items() if id != area})
    left = {id: operation for id, operation in year.operations.items() if id not in gone}
    browser.upload(browser.get("/import"), "/import", scenario_workbook(replace(year, operations=left)))


def worked_out(desk: Desk, browser: Browser) -> Plan:
    """Works the options out, and chooses one; the plan."""
    browser.plan("balanced")
    return desk.draft.made_plan


def test_what_is_gone_is_cancelled_where_it_is_ticked_and_stays_where_it_is_not(desk: Desk) -> None:
    browser = desk.browser()
    before = desk.draft.scenario.operations["OP-002"]
    without_some(desk, browser, "OP-002", "OP-003")
    assert "övriga ligger kvar" in browser.get("/import").text
    assert send_all(browser, cancelled="OP-003").status == 303
    waits = browser.get("/").text
    assert "OP-003 ställdes in" in waits
    assert "OP-002 ställdes in" not in waits
    placed = worked_out(desk, browser).placed
    assert "OP-003" not in placed
    assert "OP-002" in placed
    assert desk.draft.scenario.operations["OP-002"] == before, "with its sites"


def test_what_stays_goes_with_what_it_names(desk: Desk) -> None:
    """Its area is gone in the workbook as well; but what it hangs on is not cancelled without it."""
    browser, year = desk.browser(), desk.draft.scenario
    assert send_whole(browser, with_an_area_of_its_own(year)).status == 303
    worked_out(desk, browser)
    without_some(desk, browser, "OP-003", "OP-100", area="egen")
    alone = send_all(browser, cancelled="OP-003")
    assert alone.status == 422
    assert "ställ också in OP-100, som beror av den" in alone.text
    without_some(desk, browser, "OP-002", "OP-100", area="egen")
    assert send_all(browser, cancelled="OP-002").status == 303
    now = worked_out(desk, browser)
    assert "OP-002" not in now.placed
    assert desk.draft.scenario.operations["OP-100"].area == "egen"


def with_an_area_of_its_own(year: Scenario) -> Scenario:
    """The year with a new operation that follows another, in an area that nothing else is in."""
    area = replace(next(iter(year.areas.values())), id="egen", name="Egen", neighbours=())
    fresh = replace(
        year.operations["OP-002"], id="OP-100", title="Ny", area="egen", after=FollowUp("OP-003", 1, 300), sites=()
    )
    lent = {id: replace(unit, areas=(*unit.areas, "egen")) for id, unit in year.police.items()}
    return replace(
        year,
        areas={**year.areas, "egen": area},
        police=lent,
        operations={**year.operations, "OP-100": fresh},
    )


def send_whole(browser: Browser, given: Scenario, **more: str) -> Page:
    browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
    return send_all(browser, **more)


def test_a_workbook_that_no_plan_could_be_of_is_refused_at_once(desk: Desk) -> None:
    """Nothing waits that every working out would refuse, and no word of a command is said."""
    browser, year = desk.browser(), desk.draft.scenario
    reserve = replace(year.operations["OP-003"], reserve=True)
    refused = send_whole(browser, replace(year, operations={**year.operations, "OP-003": reserve}))
    assert refused.status == 409
    assert "OP-003 skulle försvinna ur året, eller bli reserv" in refused.text
    assert "cancelled" not in refused.text
    assert "Inte i planen än" not in browser.get("/").text


def test_what_was_sent_from_a_second_tab_is_not_taken_over_unseen(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    for title in ("Ett namn", "Ett annat namn"):
        edited = replace(year.operations["OP-001"], title=title)
        given = replace(year, operations={**year.operations, "OP-001": edited})
        browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
        if title == "Ett namn":
            first = browser.get("/import")
    late = browser.send(first, "/import/take", file=first.field("file"))
    assert late.status == 409
    assert "Ett annat namn" in late.text
    assert browser.send(late, "/import/take", file=late.field("file")).status == 303


def test_what_is_not_taken_in_from_a_workbook_is_said(desk: Desk) -> None:
    browser = desk.browser()
    book, sent = load_workbook(BytesIO(scenario_workbook(desk.draft.scenario))), BytesIO()
    sheet = book["Utfall"]
    sheet.append(["OP-001", "genomförd"])
    book.save(sent)
    browser.upload(browser.get("/import"), "/import", sent.getvalue())
    assert "En rad om avbokningar, utfall eller ändringar togs inte in" in browser.get("/import").text


def test_what_is_odd_in_a_workbook_is_said(desk: Desk) -> None:
    """Warnings of `check` belong on the page too."""
    browser = desk.browser()
    book, sent = load_workbook(BytesIO(scenario_workbook(desk.draft.scenario))), BytesIO()
    book["Insatser"].cell(1, book["Insatser"].max_column + 1, "Polisr")
    book["Insatser"].column_dimensions["B"].hidden = True
    book.save(sent)
    browser.upload(browser.get("/import"), "/import", sent.getvalue())
    shown = browser.get("/import").text
    for said in ("Menade du Poliser?", "Insatser, B1: En dold kolumn läses"):
        assert said in shown


def test_a_spreadsheet_of_ones_own_is_told_once_for_all_its_sheets(desk: Desk) -> None:
    browser, own, sent = desk.browser(), Workbook(), BytesIO()
    own.active.append(["Rubrik", "Vem", "När"])
    own.save(sent)
    refused = browser.upload(browser.get("/import"), "/import", sent.getvalue()).text
    assert "Inget blad kommer från mallen" in refused
    assert "Ett kalkylark med egna rubriker" in refused
    assert "x Inget blad kommer från mallen" in refused
    assert "Bladet Insatser saknas" not in refused
    assert "Rätta dem och skicka igen" not in refused


def test_a_file_that_is_too_large_is_refused(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.upload(browser.get("/import"), "/import", bytes(6_000_000)).status == 413


def test_a_workbook_is_given_back_with_its_mistakes_marked(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    assert browser.get("/import/marked").status == 422
    wrong = replace(year.operations["OP-001"], priority=9)
    book = scenario_workbook(replace(year, operations={**year.operations, "OP-001": wrong}))
    refused = browser.upload(browser.get("/import"), "/import", book)
    assert "Hämta arbetsboken med felen märkta" in refused.text
    given = browser.get("/import/marked")
    assert 'filename="markerad.xlsx"' in given.headers["content-disposition"]
    faults, *others = load_workbook(BytesIO(given.body)).worksheets
    assert faults.title == "Fel"
    cells = [(row[1].value, row[2].value) for row in faults.iter_rows(min_row=2) if row[1].value]
    assert cells == [("Insatser", problem) for problem in re.findall(r"Insatser, ([A-Z]+\d+)", refused.text)]
    (sheet,) = [other for other in others if other.title == "Insatser"]
    assert sheet[cells[0][1]].value == 9
    assert sheet[cells[0][1]].comment
    browser.upload(browser.get("/import"), "/import", b"nonsense")
    assert browser.get("/import/marked").status == 422


def own_spreadsheet(year: Scenario, **changed: object) -> bytes:
    """The operations as somebody lists them under headings of their own; `changed` are cells by name."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Min planering"
    sheet.append(["Löpnr", "Vad ska göras", "Bransch", "Stadsdel", "Polis", "Tillsyn av Myndighet 0", "Kommentar"])
    for operation in year.operations.values():
        sheet.append([operation.id, operation.title, operation.sector, operation.area, operation.officers, 1, "egen"])
    for cell, value in changed.items():
        sheet[cell] = value
    data = BytesIO()
    made.save(data)
    return data.getvalue()


def test_a_spreadsheet_of_ones_own_is_read_by_the_columns_that_are_proposed(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    refused = browser.upload(browser.get("/import"), "/import", own_spreadsheet(year))
    assert refused.status == 422
    assert "Hämta förslag på kolumner" in refused.text
    proposed = browser.get("/import/columns")
    assert b'"Vad ska g\xc3\xb6ras": "Titel"' in proposed.body
    assert b'"Tillsyn av Myndighet 0": "Lag: a0"' in proposed.body, "a guess, and said to be one"
    columns = proposed.body
    hers = own_spreadsheet(year, B2="Ett annat namn")
    wrong = browser.upload(browser.get("/import"), "/import", own_spreadsheet(year, E3="många"), columns=columns)
    assert "Min planering, E3" in wrong.text
    marked = load_workbook(BytesIO(browser.get("/import/marked").body))
    assert marked["Min planering"]["E3"].comment
    lost = columns.replace(b"Stadsdel", b"Stadsdelen")
    told = browser.upload(browser.get("/import"), "/import", hers, columns=lost).text
    assert "kolumner.yaml, rad" in told
    assert gettempdir() not in told + wrong.text, "what was sent has no path"
    assert browser.upload(browser.get("/import"), "/import", hers, columns=columns).status == 303
    shown = browser.get("/import")
    assert "Ett annat namn" in shown.text
    for site in years.SITES:
        assert site not in shown.text + columns.decode()
    assert send_all(browser).status == 303
    given = desk.draft.given
    assert given is not None
    assert given.operations["OP-000"].title == "Ett annat namn"
    assert given.agencies == year.agencies


def test_a_workbook_of_another_plan_is_told_before_anything_is_offered(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    other = replace(year, name="Min plan 2027", operations=dict(list(year.operations.items())[:3]))
    sent = browser.upload(browser.get("/import"), "/import", scenario_workbook(other))
    shown = sent if sent.status != 303 else browser.get("/import")
    assert f"Min plan 2027 är en annan plan: året här är {year.name}." in shown.text
    assert f"skriv {year.name} som planens namn" in shown.text
    assert "/import/take" not in shown.body.decode()
    assert "Saknas i arbetsboken" not in shown.text
    assert shown.status == 422


def _word() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as file:
        file.writestr("word/document.xml", "<a/>")
    return out.getvalue()


def test_another_file_is_told_by_its_name_and_what_it_is(desk: Desk) -> None:
    browser = desk.browser()
    for name, data, said in (
        ("brev.docx", _word(), "Filen är ett Word-dokument"),
        ("kalmar.csv", "Nr;Titel\n1;Krogar på gågatan\n".encode(), "Filen är en textfil"),
        ("kalmar.csv", "Nr;Titel\n1;Krogar på gågatan\n".encode("cp1252"), "Filen är en textfil"),
        ("plan.pdf", b"%PDF-1.7\n\0\1", "Filen är en PDF"),
        ("bild.png", b"\x89PNG\r\n\x1a\n\0\0", "Filen är ingen arbetsbok"),
    ):
        told = browser.upload(browser.get("/import"), "/import", data, name)
        assert told.status == 422
        assert said in told.text
        assert f'<th scope="row">{name}</th>' in told.body.decode()
        assert "arbetsbok.xlsx" not in told.text


def test_what_check_asks_about_is_told_beside_the_difference(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    first = year.operations["OP-001"]
    late = replace(first, window=Span(year.span.first, date(2072, 6, 18)))
    given = replace(year, operations={**year.operations, "OP-001": late})
    browser.upload(browser.get("/import"), "/import", scenario_workbook(given))
    shown = browser.get("/import")
    assert "lördag 18 juni 2072 ligger 44 år efter planens slut" in shown.text
    assert "Insatser, " in shown.text.partition("ligger 44 år")[0][-60:], "with its cell"
    assert "/import/take" in shown.body.decode(), "it is a question, and can be taken over as it is"
