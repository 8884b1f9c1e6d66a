"""The coordinator's handbook: its pictures are there, and its way leads from the empty template to a published year."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.options import options_of
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store.store import make_store, open_store
from arshjul.year.agenda.party import concerns
from arshjul.year.folder.workbook import empty_workbook
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.notices import first_letters
from tests import years
from tests.builders import swedish
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_entry_forms import chosen

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
