"""A workbook is sent, compared, and taken over, and is planned. The first one is the handbook's, of its template."""

import re
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import gettempdir
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.options import options_of
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store.store import make_store, open_store
from arshjul.year.agenda.party import concerns
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import FollowUp
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.workbook import empty_workbook
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.letters.notices import first_letters
from tests import years
from tests.builders import swedish
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import NOW, SLOWLY_BOTH, Desk
from tests.office.console.test_entry_forms import chosen
from tests.year.formats.workbook.books import book, data_of


def sent(browser: Browser, book: Scenario | bytes, **more: bytes) -> Page:
    """Sends a workbook: the page of its difference, or what is said against it."""
    data = book if isinstance(book, bytes) else scenario_workbook(book)
    answer = browser.upload(None, "/import", data, **more)
    return browser.get(answer.headers["location"]) if answer.status == 303 else answer


def send_all(browser: Browser, **more: str | list[str]) -> Page:
    """Takes over what the page shows."""
    shown = browser.get("/import")
    return browser.send(shown, "/import/take", file=shown.field("file"), **more)


def with_operation(year: Scenario, id: str, **changed: Any) -> Scenario:
    return replace(year, operations={**year.operations, id: replace(year.operations[id], **changed)})


@SLOWLY_BOTH
def test_a_workbook_is_compared_and_taken_over(desk: Desk) -> None:
    browser, year = desk.browser(), desk.draft.scenario
    fresh = replace(year.operations["OP-002"], id="OP-100", title="En ny insats")
    edited = with_operation(year, "OP-001", title="Ett annat namn", priority=1)
    shown = sent(browser, replace(edited, operations={**edited.operations, "OP-100": fresh}))
    for said in ("OP-100", "Ett annat namn", "Kanarietiteln 1"):
        assert said in shown.text
    assert send_all(browser).status == 303
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
    for data in (book.getvalue(), book.getvalue()[:-9]):
        for more_files in ({}, {"columns": columns}):
            sent(browser, data, **more_files)
            assert browser.get("/import").status == 200
            assert browser.get("/import/columns").status in (200, 422)
    assert browser.upload(browser.get("/import"), "/import", book.getvalue()).status == 303


def without_some(desk: Desk, browser: Browser, *gone: str, area: str = "") -> Page:
    """Sends a workbook that lacks these operations, and that area."""
    year = desk.draft.scenario
    lending = {id: replace(u, areas=tuple(a for a in u.areas if a != area)) for id, u in year.police.items()}
    year = replace(year, police=lending, areas={id: one for id, one in year.areas.items() if id != area})
    left = {id: operation for id, operation in year.operations.items() if id not in gone}
    return sent(browser, replace(year, operations=left))


def test_what_is_gone_is_cancelled_where_it_is_ticked_and_stays_where_it_is_not(desk: Desk) -> None:
    browser = desk.browser()
    before = desk.draft.scenario.operations["OP-002"]
    assert "övriga ligger kvar" in without_some(desk, browser, "OP-002", "OP-003").text
    assert send_all(browser, cancelled="OP-003").status == 303
    waits = browser.get("/").text
    assert "OP-003 ställdes in" in waits
    assert "OP-002 ställdes in" not in waits
    browser.plan("balanced")
    assert "OP-003" not in desk.draft.made_plan.placed
    assert "OP-002" in desk.draft.made_plan.placed
    assert desk.draft.scenario.operations["OP-002"] == before, "with its sites"


def test_what_stays_goes_with_what_it_names(desk: Desk) -> None:
    """Its area is gone in the workbook as well; but what it hangs on is not cancelled without it."""
    browser = desk.browser()
    sent(browser, with_an_area_of_its_own(desk.draft.scenario))
    assert send_all(browser).status == 303
    browser.plan("balanced")
    without_some(desk, browser, "OP-003", "OP-100", area="egen")
    alone = send_all(browser, cancelled="OP-003")
    assert alone.status == 422
    assert "ställ också in OP-100, som beror av den" in alone.text
    without_some(desk, browser, "OP-002", "OP-100", area="egen")
    assert send_all(browser, cancelled="OP-002").status == 303
    browser.plan("balanced")
    assert "OP-002" not in desk.draft.made_plan.placed
    assert desk.draft.scenario.operations["OP-100"].area == "egen"


def with_an_area_of_its_own(year: Scenario) -> Scenario:
    """The year with a new operation that follows another, in an area that nothing else is in."""
    area = replace(next(iter(year.areas.values())), id="egen", name="Egen", neighbours=())
    after, lent = FollowUp("OP-003", 1, 300), {id: (*unit.areas, "egen") for id, unit in year.police.items()}
    fresh = replace(year.operations["OP-002"], id="OP-100", title="Ny", area="egen", after=after, sites=())
    return replace(
        year,
        areas={**year.areas, "egen": area},
        police={id: replace(unit, areas=lent[id]) for id, unit in year.police.items()},
        operations={**year.operations, "OP-100": fresh},
    )


def test_what_no_plan_could_be_of_is_of_another_or_was_not_seen_is_not_taken_over(desk: Desk) -> None:
    """Nothing waits that every working out would refuse, and no word of a command is said."""
    browser, year = desk.browser(), desk.draft.scenario
    other = sent(browser, replace(year, name="Min plan 2027", operations=dict(list(year.operations.items())[:3])))
    assert f"Min plan 2027 är en annan plan: året här är {year.name}." in other.text
    assert f"skriv {year.name} som planens namn" in other.text
    assert "/import/take" not in other.body.decode()
    assert "Saknas i arbetsboken" not in other.text
    assert other.status == 422
    sent(browser, with_operation(year, "OP-003", reserve=True))
    refused = send_all(browser)
    assert refused.status == 409
    assert "OP-003 skulle försvinna ur året, eller bli reserv" in refused.text
    assert "cancelled" not in refused.text
    assert "Inte i planen än" not in browser.get("/").text
    first = sent(browser, with_operation(year, "OP-001", title="Ett namn"))
    sent(browser, with_operation(year, "OP-001", title="Ett annat namn"))  # from a second tab
    late = browser.send(first, "/import/take", file=first.field("file"))
    assert late.status == 409
    assert "Ett annat namn" in late.text
    assert browser.send(late, "/import/take", file=late.field("file")).status == 303


def test_what_is_odd_in_a_workbook_or_not_taken_in_is_said_beside_the_difference(desk: Desk) -> None:
    """Warnings of `check` belong on the page too."""
    browser, year = desk.browser(), desk.draft.scenario
    late = with_operation(year, "OP-001", window=Span(year.span.first, date(2072, 6, 18)))
    book, odd = load_workbook(BytesIO(scenario_workbook(late))), BytesIO()
    book["Utfall"].append(["OP-001", "genomförd"])
    book["Insatser"].cell(1, book["Insatser"].max_column + 1, "Polisr")
    book["Insatser"].column_dimensions["B"].hidden = True
    book.save(odd)
    shown = sent(browser, odd.getvalue())
    for said in (
        "En rad om avbokningar, utfall eller ändringar togs inte in",
        "Menade du Poliser?",
        "Insatser, B1: En dold kolumn läses",
        "lördag 18 juni 2072 ligger 44 år efter planens slut",
    ):
        assert said in shown.text
    assert "Insatser, " in shown.text.partition("ligger 44 år")[0][-60:], "with its cell"
    assert "/import/take" in shown.body.decode(), "it is a question, and can be taken over as it is"


def test_a_workbook_is_given_back_with_its_mistakes_marked(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.get("/import/marked").status == 422
    refused = sent(browser, with_operation(desk.draft.scenario, "OP-001", priority=9))
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
    sent(browser, b"nonsense")
    assert browser.get("/import/marked").status == 422


def test_a_doubt_beside_mistakes_is_told_and_marked_too(desk: Desk) -> None:
    """As by the commands: what comes at once is all of it."""
    browser = desk.browser()
    refused = sent(browser, data_of(book(Insatser_E2=9, Insatser_C2="Restaurnag", Insatser_Q1="Min")))
    assert re.search(r"Insatser, C2: .Restaurnag. finns inte bland orden för branscher", refused.text)
    assert "Insatser, Q1: Kolumnen" in refused.text
    assert "Restaurnag" not in refused.body.decode().partition("</table>")[0], "it is apart from what is wrong"
    faults = load_workbook(BytesIO(browser.get("/import/marked").body))["Fel"]
    told = [(row[0].value, row[2].value) for row in faults.iter_rows(min_row=2) if row[2].value]
    assert told == [("fel", "E2"), ("varning", "Q1"), ("varning", "C2")]


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
    refused = sent(browser, own_spreadsheet(year))
    assert refused.status == 422
    for said in ("x Inget blad kommer från mallen", "Ett kalkylark med egna rubriker", "Hämta förslag på kolumner"):
        assert said in refused.text, "once for all its sheets"
    assert "Bladet Insatser saknas" not in refused.text
    assert "Rätta dem och skicka igen" not in refused.text
    columns = browser.get("/import/columns").body
    assert '"Vad ska göras": "Titel"'.encode() in columns
    assert b'"Tillsyn av Myndighet 0": "Lag: a0"' in columns, "a guess, and said to be one"
    hers = own_spreadsheet(year, B2="Ett annat namn")
    wrong = sent(browser, own_spreadsheet(year, E3="många"), columns=columns)
    assert "Min planering, E3" in wrong.text
    marked = load_workbook(BytesIO(browser.get("/import/marked").body))
    assert marked["Min planering"]["E3"].comment
    told = sent(browser, hers, columns=columns.replace(b"Stadsdel", b"Stadsdelen")).text
    assert "kolumner.yaml, rad" in told
    assert gettempdir() not in told + wrong.text, "what was sent has no path"
    shown = sent(browser, hers, columns=columns)
    assert "Ett annat namn" in shown.text
    for site in years.SITES:
        assert site not in shown.text + columns.decode()
    assert send_all(browser).status == 303
    given = desk.draft.given
    assert given is not None
    assert given.operations["OP-000"].title == "Ett annat namn"
    assert given.agencies == year.agencies


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
    assert browser.upload(browser.get("/import"), "/import", bytes(6_000_000)).status == 413, "it is too large"


# -- the coordinator's handbook: its pictures are there, and its way leads from the empty template to a published year


DOCS = Path(__file__).parents[3] / "docs"
HANDBOOK = (DOCS / "handbok.md").read_text()


def test_every_picture_is_there_and_shown_and_nobody_is_sent_to_folders_of_the_program() -> None:
    shown = set(re.findall(r"\]\(bilder/([\w-]+\.png)\)", HANDBOOK))
    for folder in (DOCS / "bilder", DOCS / "bilder" / "en"):
        assert {path.name for path in folder.glob("*.png")} == shown, "make pictures"
    assert not re.findall(r"\S*\.\./\S*", HANDBOOK)


def test_the_template_becomes_a_published_year(tmp_path: Path) -> None:
    book, db = tmp_path / "mall.xlsx", str(tmp_path / "ar.db")
    empty_workbook(book, words("sv"))
    now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    import_year(book, partial(make_store, db), "test", now, lambda _: None, rehearsal=True)
    desk = Desk(open_store(db), now)
    browser = desk.browser()
    first = browser.get("/")
    assert "Räkna fram den första planen" in first.text
    assert "0 väntar" not in first.text, "a number stands where something waits"
    path = browser.send(first, "/options").headers["location"]
    options = browser.get(path)
    assert "Den första planen" in options.text
    assert 'href="/operations/' not in options.body.decode(), "they have no page before there is a plan"
    assert "Insatser som skiljer" not in options.text, "there is nothing to differ from"
    (option,) = options_of(desk.store, 1)
    assert not any(programme.owner for programme in option.scenario.programmes.values()), (
        "a kept example makes nobody an owner"
    )
    dates = options.text.partition("De föreslagna datumen")[2]
    assert option.plan.placements
    for placement in option.plan.placements:
        day = placement.slot.day
        assert f"{swedish().weekday(day)[:3]} {day.day} {swedish().month(day)[:3]}" in dates, "before it is chosen"
        assert placement.operation in dates
    wheel = browser.get(f"{path}/wheel.svg?option=first")
    assert (wheel.status, wheel.headers["content-type"]) == (200, "image/svg+xml")
    assert browser.get(f"{path}/wheel.svg?option=balanced").status == 422
    assert browser.send(options, path, option="first").status == 303
    shown = browser.get("/publish")
    letters = first_letters(option.scenario, option.plan)
    assert '<a class="soft" href="/import">Telefonnummer saknas' in shown.body.decode()
    for letter in letters:
        for line in letter.lines:
            assert swedish().say(line) in shown.text
        part = browser.get(f"/publish/{letter.to}")
        assert part.status == 200
        for placement in option.plan.placements:
            assert (placement.operation in part.text) is concerns(option.scenario, letter.to, placement)
    assert browser.get("/publish/coordinator").status == browser.get("/publish/police-none").status == 422
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="årets första plan").status == 303
    with desk.store.reading() as db_:
        served = served_revision(db_)
    assert served is not None
    done = browser.get("/publish?published=1").body.decode().partition("Att ringa")[0].partition("<h1")[2]
    assert 'href="/subscribers"' in done
    assert 'href="/year"' in done, "what comes next"
    assert served.plan.placements
    called = browser.get("/publish?published=1").text.partition("Att ringa")[2]
    for letter in letters:
        assert letter.name in called, "who has no mail address is called"
        assert swedish().say(letter.lines[0]) in called
    for page in ("/", "/year", "/operations", "/log", "/subscribers"):
        assert browser.get(page).status == 200, page


def test_reasons_of_a_plan_in_english_are_told_in_swedish(tmp_path: Path) -> None:
    year = replace(years.scenario(3, 2, 1), language="en")
    many = replace(year.operations["OP-001"], officers=200, sector="restaurant")
    year = replace(year, operations={**year.operations, "OP-001": many})
    store = make_store(str(tmp_path / "year.db"))
    import_year(year, lambda: store, "test", NOW, lambda *_: None)
    browser = Desk(store, NOW).browser()
    browser.post("/language", {"token": browser.get("/").field("token"), "language": "sv"})
    begun = browser.press("/options")
    options = browser.get(begun.headers["location"])
    assert "Minst fattas" in options.text
    assert "least is missing" not in options.text.casefold()
    chosen(browser, begun, "first")
    own = browser.get("/operations/OP-001").text
    assert "minst fattas" in own.casefold()
    assert "least is missing" not in own.casefold()
