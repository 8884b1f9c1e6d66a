"""The pages of the year: the wheel, weeks, operations and calendars."""

import gzip
import re
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from arshjul.office.console import rendering
from arshjul.office.console.pages import PAGES
from arshjul.office.console.rendering import PLACED
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import drafts, readers
from arshjul.office.store.store import make_store
from arshjul.serving.sql import database
from arshjul.year.domain.calendar import Avoided, Span
from arshjul.year.domain.settings import Meet
from arshjul.year.planning.report.operations import week
from tests import years
from tests.office.console.conftest import NOW, Desk
from tests.office.console.test_withdrawal import HIT


def test_the_list_is_searched_and_filtered(desk: Desk, tmp_path: Path) -> None:
    browser = desk.browser()
    whole = browser.get("/operations")
    assert re.search(rf'<a href="/operations/OP-002"[^>]*>{years.TITLE} 2</a>', whole.body.decode())
    for asked, n in (("", 4), ("?q=op-002", 1), ("?status=unplaced", 0), ("?q=LPO+0", 2)):
        assert f"{n} av 4 insatser" in browser.get(f"/operations{asked}").text, asked
    assert "reserver" not in whole.text.partition("4 av 4 insatser")[2]
    plan, year = years.plan(years.scenario(2, 2, 1)), years.scenario(3, 2, 1)
    reserve = replace(year.operations["OP-002"], reserve=True)
    given, store = replace(year, operations={**year.operations, "OP-002": reserve}), make_store(str(tmp_path / "2.db"))
    publish(store, years.write(tmp_path / "reserves", given, plan), Cause("skäl", "test", NOW))
    assert "3 av 3 insatser, reserver medräknade" in Desk(store, NOW).browser().get("/operations").text


def test_a_page_is_read_in_one_state(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, begun, reading = desk.browser(), list[Engine](), database._reading

    def counted(engine: Engine) -> AbstractContextManager[Connection]:
        begun.append(engine)
        return reading(engine)

    monkeypatch.setattr(database, "_reading", counted)
    paths = ("/", "/year", "/operations", "/operations/OP-001", "/publish", "/contacts", "/report", "/log")
    for n, path in enumerate(paths, 1):
        assert browser.get(path).status == 200
        assert len(begun) == n, path


def test_an_operation_is_as_sure_as_it_is_today(desk: Desk) -> None:
    """What was published long ago is confirmed when it comes near, and has passed when it has."""
    place = desk.draft.made_plan.placed["OP-001"]
    move = (
        desk.browser().get("/operations/OP-001").body.decode().partition('id="form-pinned"')[2].partition("</form>")[0]
    )
    assert f'value="{place.slot.day}"' in move
    noon = datetime.combine(place.slot.day, time(12), UTC)
    for days, word in ((30, "planerad"), (2, "bekräftad"), (-1, "datum passerat, utfall saknas")):
        desk.now = noon - timedelta(days=days)
        browser = desk.browser()
        for page in ("/operations/OP-001", "/operations?q=OP-001", "/year"):
            assert re.search(rf">{word}(</td>|\.)", browser.get(page).body.decode(), re.I), (days, page)


def test_a_sentence_with_a_link_in_it_keeps_its_spaces(desk: Desk) -> None:
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(path, option="balanced")
    assert re.search(r'[> ]<a href="/withdrawals/A1">A1</a>,? ', browser.get("/log").body.decode())
    assert "<h1>LPO 0</h1>" in browser.get("/withdrawals/A1").body.decode()


FILES = ("/file", "/workbook", "/marked", "/columns", ".svg", "/outbox/{party}")
NOW_AND_THEN = {"/outcomes", "/proposal"}
"""Pages that a link leads to where something waits on them, and else none."""

TEMPLATES = Path(rendering.__file__).parent / "templates"


def test_every_page_has_its_place_and_says_where_it_stands() -> None:
    """What is read as a page; and each template says of a page that has a place, or of none, as where one signs in."""
    shown = {page.path for page in PAGES if page.method == "GET" and page.roles and not page.path.endswith(FILES)}
    placed = {one.path: one for one in PLACED}
    assert shown == placed.keys() - {"/start-over"}
    assert all(one.under in placed for one in PLACED if one.under)
    assert sum(not one.under for one in PLACED) == 6
    said = {
        name
        for template in TEMPLATES.glob("*.html")
        for line in re.findall(r"{% set here = (.+?) %}", template.read_text())
        for name in re.findall(r'"([^"]*)"', line)
    }
    assert said == {"", *placed}


def test_a_page_is_two_presses_from_today_and_shows_the_way_back(desk: Desk) -> None:
    browser = desk.browser()

    def links(path: str) -> set[str]:
        pressed = r'<(?:a|form[^>]* method="get")[^>]* (?:href|action)="(/[^"?#]*)'
        return set(re.findall(pressed, browser.get(path).body.decode()))

    near = links("/")
    near |= {path for one in near for path in links(one)}
    plain = {placed.path for placed in PLACED if "{" not in placed.path} - {"/start-over", "/obstacles/new"}
    assert plain - near <= NOW_AND_THEN
    for path in plain - NOW_AND_THEN:
        current = re.findall(r'<a href="([^"]*)" aria-current="page"', browser.get(path).body.decode())
        assert current, path
        assert {*current} & {placed.path for placed in PLACED if not placed.under}, path
    way = re.search(r'<nav class="crumbs".*?</nav>', browser.get("/operations/OP-001/edit").body.decode())
    assert way
    assert re.findall(r'href="([^"]*)">([^<]*)', way[0]) == [
        ("/operations", "Insatser"),
        ("/operations/OP-001", "OP-001"),
    ]
    auditor = desk.browser(role="auditor").get("/log").body.decode()
    assert 'href="/log"' in auditor
    assert 'href="/import"' not in auditor, "what is not open to a role stands nowhere"
    page = desk.stranger().get("/")
    assert page.status == 401
    assert "arshjul console" in page.text
    assert 'href="/"' not in page.body.decode()


def test_an_address_without_a_page_shows_whoever_is_in_the_menu(desk: Desk) -> None:
    for role, shown in (("coordinator", True), ("viewer", False)):
        for method, path, status in (("GET", "/nope", 404), ("GET", "/options", 405), ("POST", "/nope", 404)):
            browser = desk.browser(role=role)
            page = browser.send_raw(method, path, b"", {})
            assert (page.status, "Den sidan finns inte." in page.text) == (status, True), path
            menu = page.body.decode().partition("<main")[0]
            assert ('href="/operations"' in menu) is shown, (role, path)
            assert 'href="/"' in page.body.decode(), "a link leads on"
            assert browser.post("/out", {"token": page.field("token")}).status == 303, "and its buttons work"
    page = desk.stranger().get("/nope")
    assert (page.status, 'href="/' in page.body.decode().partition("<body")[2]) == (404, False)


def test_an_operation_is_moved_with_one_button(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get("/operations/OP-001")
    assert "Hindrar övriga" in page.text
    ways = page.body.decode().partition("Andra tider")[2]
    assert re.search(r"Flytta\s+till \w{3} \d+ \w{3}, \w+", page.text), "the button says where to"
    to = {key: match[1] for key in ("date", "shift") if (match := re.search(rf'name="{key}" value="([^"]+)"', ways))}
    asked = browser.send(page, "/operations/OP-001", ask="pinned", **to)
    assert asked.status == 303
    path = asked.headers["location"].partition("?")[0]
    assert browser.press(path, option="fewest-changes").status == 303
    draft = desk.draft
    assert draft.plan is not None
    slot = draft.plan.placed["OP-001"].slot
    assert (slot.day.isoformat(), slot.shift) == (to["date"], to["shift"])


def test_an_outcome_is_entered_once_it_has_happened_and_told_at_its_operation(desk: Desk) -> None:
    browser = desk.browser()
    assert "Lägg in utfallet" not in browser.get("/operations/OP-001").text
    browser.press("/operations/OP-001", ask="outcomes", result="done")
    with desk.store.reading() as db:
        assert served_revision(db) is not None
        assert not drafts.entries(db)
    assert browser.get("/").status == 200
    desk.now = datetime(2027, 2, 20, tzinfo=UTC)
    browser = desk.browser()
    assert "Inte i planen än" not in browser.get("/operations/OP-001").text
    browser.press("/operations/OP-001", ask="outcomes", result="done", officers="2", note="lugnt")
    assert re.search(r"Inte i planen än OP-001.*\(poliser: 2; lugnt\)", browser.get("/operations/OP-001").text)


def test_its_evaluations_are_offered_from_the_day_after_it_and_no_menu_is_empty(desk: Desk) -> None:
    with desk.store.writing() as db:
        draft = opened_draft(db)
        keep(db, draft, replace(draft, scenario=replace(draft.scenario, uses=())))
    for day, is_asked in ((1, False), (2, True)):
        desk.now = datetime(2027, 2, day, 20, tzinfo=UTC)
        page = desk.browser().get("/operations/OP-000").body.decode()
        assert ('href="/evaluations/OP-000"' in page) == is_asked
        assert ("<summary>Åtgärder</summary>" in page) == is_asked, "nothing else is left to do with it"
    assert desk.browser().get("/evaluations/OP-000").status == 200


def test_a_week_is_a_table_of_parties_or_areas(desk: Desk) -> None:
    day = years.days(4)[1]
    with desk.store.writing() as db:
        draft = opened_draft(db)
        calendar = replace(draft.scenario.calendar, avoid=(Avoided(Span(day, day)),))
        keep(db, draft, replace(draft, scenario=replace(draft.scenario, calendar=calendar)))
    browser = desk.browser()
    year, week, _ = day.isocalendar()
    page = f"/weeks/{year}-W{week:02}"
    for said in ("3 insatser", "OP-001", "LPO 0", "Myndighet 1"):
        assert said in browser.get(page).text
    assert "2027: en insats" in browser.get(f"/weeks/{year}-W{week + 1:02}").text
    assert "OP-001" in browser.get(f"{page}?by=areas").text
    for shown in (page, "/operations"):
        assert browser.get(shown).text.count("undviks helst") == 1, shown
    for none in ("2027-W99", "9999-W52", "0001-W01", "x"):
        assert browser.get(f"/weeks/{none}").status == 422, none


def test_a_unit_that_lends_besides_has_the_operation_in_its_row(tmp_path: Path) -> None:
    year = years.scenario()
    plan = years.plan(year)
    place = plan.placed["OP-001"]
    (other,) = [unit for unit in year.police if unit != place.police][:1]
    both = replace(year.operations["OP-001"], police_also={other: 1})
    year = replace(year, operations={**year.operations, "OP-001": both})
    day = place.slot.day
    table = week(year, replace(plan, placements=(place,)), day - timedelta(days=day.weekday()), by_area=False)
    rows = {row.id: row.cells[table.days.index(day)] for row in table.rows}
    assert rows[other] == rows[place.police or ""] == (place,)
    store = make_store(str(tmp_path / "y.db"))
    years.published(store, years.write(tmp_path / "plan", year, plan))
    browser = Desk(store).browser()
    named = f"{year.police[place.police or ''].name}, {year.police[other].name}"
    for page in "/operations", "/year":
        assert named in browser.get(page).text
    page = browser.get("/operations/OP-001").text
    for unit, officers in (place.police or "", "2 poliser"), (other, "1 polis"):
        assert f"{year.police[unit].name} polis {officers}" in page, "both stand in its table"


def test_the_viewer_sees_numbers_and_no_dates(desk: Desk) -> None:
    viewer = desk.browser("viewer")
    year, picture = viewer.get("/year"), viewer.get("/year/wheel.svg")
    for page in (year, picture):
        assert page.status == 200
        for secret in ("OP-0", *years.SITES, years.TITLE, "LPO 0", "Myndighet 0"):
            assert secret not in page.body.decode(), secret
    coordinator = desk.browser()
    assert "OP-001" in coordinator.get("/year").text
    whole = coordinator.get("/year/wheel.svg")
    assert whole.headers["content-type"] == "image/svg+xml"
    packed = coordinator.get("/year/wheel.svg", {"accept-encoding": "gzip"})
    assert (gzip.decompress(packed.body), packed.headers["vary"]) == (whole.body, "Accept-Encoding")
    assert viewer.get("/year/wheel.svg").body == picture.body, "to each what is theirs, whoever looked last"


def test_the_names_that_stand_fast_are_in_no_other_name(desk: Desk) -> None:
    fast = {"i dag", "året", "insatser", "publicera", "logg", "räkna fram alternativ", "välj", "fråga alla"}
    browser = desk.browser()
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    options = browser.get(path)
    browser.send(options, f"{path}/ask", option="fewest-changes")
    pages = ("/year", "/weeks/2027-W05", "/operations", "/operations/OP-001", "/withdrawals/new", "/publish", "/import")
    found = set()
    for page in (options, *map(browser.get, ("/", *pages, "/subscribers", "/log", "/proposal"))):
        for name in re.findall(r"<(?:a|button)\b[^>]*>(.*?)</(?:a|button)>", page.body.decode(), re.DOTALL):
            said = " ".join(re.sub(r"<[^>]+>", " ", name).split()).casefold()
            found |= {said} & fast
            assert said in fast or not [one for one in fast if one in said], said
    assert found == fast


def test_a_rehearsal_s_clock_stands_where_it_was_set_and_not_before_what_was_planned_or_entered(tmp_path: Path) -> None:
    store, year = make_store(str(tmp_path / "y.db")), years.scenario()
    plan = years.plan(year)
    years.published(store, years.write(tmp_path / "plan", year, plan), rehearsal=True)
    browser = Desk(store).browser()
    assert browser.press("/clock", moment="9999-12-31T23:59").status == 422
    early = (plan.as_of - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    assert browser.press("/clock", moment=early).status == 409
    for moment in ("2027-01-12T09:00", "2026-11-28T09:00"):
        assert browser.press("/clock", moment=moment).status == 303, "nothing was entered"
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    assert "Klockan kan inte gå tillbaka" in browser.press("/clock", moment="2026-11-28T08:59").text
    browser.press(path, option="balanced")
    assert browser.publish().status == 303
    assert browser.get("/").field("moment") == "2026-11-28T09:00"
    log = browser.get("/log").text
    assert "verkliga tider här" in log
    assert "lördag 28 november 2026 09:00" in log
    assert "2026-11-28T" not in log
    assert "Allt är publicerat" in browser.get("/publish").text


def test_the_log_says_what_was_entered_in_sentences_with_who(desk: Desk) -> None:
    browser = desk.browser()
    browser.press("/operations/OP-001", ask="left_out")
    browser.plan("balanced")
    assert browser.press("/start-over").status == 303
    page = browser.get("/log")
    for raw in ("pinned", "{", "sign-in", "start-over"):
        assert raw not in page.text, raw
    for said in ("OP-001 lämnades utanför", "kom in", "valde ett alternativ", "började om från publicerat"):
        assert said in page.text, said


def test_where_all_meet_is_read_by_who_may_change_the_year_and_as_parties_will_read_it(tmp_path: Path) -> None:
    """And no page shows a site."""
    year = years.scenario()
    areas = {id: replace(area, meet=Meet("Torget vid fontänen", time(7, 30))) for id, area in year.areas.items()}
    store = make_store(str(tmp_path / "y.db"))
    year = replace(year, areas=areas)
    years.published(store, years.write(tmp_path / "plan", year, years.plan(year)))
    desk = Desk(store)
    browser = desk.browser()
    told = ("/operations/OP-001", "/publish/agency-a0", "/publish/police-p0")
    hidden = ("/", "/year", "/year/wheel.svg", "/weeks/2027-W05", "/operations", "/publish", "/log", "/subscribers")
    for path in (*told, *hidden, "/report", "/what-if"):
        page = browser.get(path)
        assert ("07:30 Torget vid fontänen" in page.text) is (path in told), path
        assert ("fontänen" in page.body.decode()) is (path in told), path
        assert not [site for site in years.SITES if site in page.body.decode()], path
    assert "fontänen" not in desk.browser("auditor").get("/operations/OP-001").text


def test_an_address_is_shown_once_and_taken_back(desk: Desk) -> None:
    browser = desk.browser()
    wanted = {"party": "agency-a0", "level": "full", "content": "operations", "client": "", "label": "Registratorn"}
    levels = browser.get("/subscribers").body.decode().partition('name="level"')[2]
    assert re.findall(r"<option value=\"(\w+)\">([^<]+)", levels)[:3] == [
        *(("full", "allt"), ("area", "område"), ("busy", "upptagen"))
    ]
    handed = browser.press("/subscribers", **wanted)
    assert re.search(r"/feeds/[\w-]{40,}\.ics", handed.text)
    assert not re.search(r"/feeds/[\w-]{40,}\.ics", browser.get("/subscribers").text)
    assert browser.press("/subscribers/revoke", subscriber="1").status == 303
    with desk.store.reading() as db:
        (one,) = readers.SUBSCRIBERS.all(db)
    assert one.revoked_at is not None
    assert browser.press("/subscribers", **{**wanted, "label": ""}).status == 422
    here = "Fungerar bara på den här datorn"
    for place, is_here in (("https://kalender.example.se", False), ("http://127.0.0.1:8000", True)):
        desk.console = replace(desk.console, feeds_url=place)
        text = desk.browser().press("/subscribers", **wanted).text
        assert (here in text) is is_here
        whole = (rf"{place}/feeds/[\w-]{{40,}}\.ics", "webcal://kalender", "Outlook: ", "Myndighet 0: insatser, allt")
        assert is_here or all(re.search(said, text) for said in whole)
