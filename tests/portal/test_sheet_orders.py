"""The coordinator takes readers from what is given, and freezes sheets early; she gives nobody anything to read."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.store import revisions
from arshjul.office.sync.sync import make_portal
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.schema import open_own
from tests import years
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.portal import sheet_town
from tests.portal.conftest import Office
from tests.portal.test_sheets import (
    AGENCY,
    LEAD,
    OPERATION,
    OTHER,
    POLICE,
    PURPOSE,
    RISK,
    given,
    read_by,
    who_wrote,
    with_contacts,
    written,
)
from tests.worlds import Known, Worlds

PATH = f"/operations/{OPERATION}"


def given_year(folder: Path, worlds: Worlds) -> Known:
    """The world in which a1 has given B to a0 and a2, and the police E to a0."""
    worlds.copied(with_contacts, folder)
    desk = sheet_town.desk_over(folder)
    agency, police = desk.browser("a1", "sheet"), desk.browser("p0", "sheet")
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD, OTHER])
    written(police, "E", RISK)
    given(police, to__E=LEAD)
    desk.carry()
    return desk.waiting


@pytest.fixture
def desk(worlds: Worlds, tmp_path: Path) -> Office:
    """A portal over it."""
    worlds.copied(given_year, tmp_path)
    return sheet_town.desk_over(tmp_path)


@pytest.fixture
def room(desk: Office) -> Desk:
    """The console beside the portal."""
    made = Desk(desk.store, desk.now)
    made.console = replace(made.console, portal_sync=PortalSync(desk.store, desk.portal.name, lambda: made.now))
    return made


def narrowed(browser: Browser, what: str = f"{AGENCY} B", reader: str = LEAD) -> Page:
    answer = browser.send(browser.get(PATH), f"{PATH}/sheet/narrow", what=what, reader=reader)
    return browser.get(answer.headers["location"]) if answer.status == 303 else answer


def said(page: Page) -> str:
    return " ".join(page.text.split())


def sheet_page(office: Office, party: str) -> str:
    return office.browser(party, "sheet").get(f"/sheets/{OPERATION}").text


def test_who_is_taken_away_reads_nothing_from_that_moment_and_others_as_before(desk: Office, room: Desk) -> None:
    browser = room.browser()
    answer = browser.send(browser.get(PATH), f"{PATH}/sheet/narrow", what=f"{AGENCY} B", reader=LEAD)
    for _ in range(2):  # the page can be loaded again
        page = browser.get(answer.headers["location"])
        assert page.status == 200
        assert "Myndighet 0 läser inte längre B från Myndighet 1. Inte läst tidigare." in said(page)
    with desk.portal.reading() as db:
        assert len(rows.orders(db)) == 1
    assert "läser inte längre B" not in said(browser.get(f"{PATH}?taken={AGENCY}+B&reader={OTHER}"))
    assert browser.get(f"{PATH}?taken=x&reader=y").status == 200
    assert who_wrote(read_by(desk, LEAD)) == [("E", POLICE)]
    assert who_wrote(read_by(desk, OTHER)) == [("B", AGENCY)]
    assert "togs bort från B" in sheet_page(desk, "a1")
    assert "togs bort" not in sheet_page(desk, "a0")


def test_it_is_said_what_has_been_read_already_and_the_owner_gives_it_anew_if_it_means_to(
    desk: Office, room: Desk
) -> None:
    read_by(desk, LEAD)
    text = narrowed(room.browser()).text
    assert "Redan läst, vilket inte går att ångra: version 1, ons 23 dec" in text
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    assert f'value="{LEAD}" checked' not in agency.get(f"/sheets/{OPERATION}/give").body.decode()
    assert given(agency, to__B=[LEAD]).status == 303
    assert who_wrote(read_by(desk, LEAD)) == [("B", AGENCY), ("E", POLICE)]
    room.now += timedelta(minutes=1)
    narrowed(room.browser())
    assert who_wrote(read_by(desk, LEAD)) == [("E", POLICE)]


def test_what_nobody_is_asked_for_can_be_taken_too_and_without_the_portal_it_waits_to_be_carried(
    desk: Office, room: Desk
) -> None:
    """Name and address of the object, the basis of the risk, the head: the most delicate ones are not required."""
    lead = desk.browser("a0", "sheet")
    written(lead, "C-place", {"name": "Kanarienamnet"})
    given(lead, **{"to__C-place": [AGENCY, POLICE]})
    desk.carry()
    assert who_wrote(read_by(desk, POLICE)) == [("C-place", LEAD), ("E", POLICE)]
    browser = room.browser()
    assert "C-place, Myndighet 0" in browser.get(PATH).text
    assert "2 av 11 delar är lämnade" in browser.get(PATH).text, "it counts as before"
    assert narrowed(browser, f"{LEAD} C-place", POLICE).status == 200
    assert who_wrote(read_by(desk, POLICE)) == [("E", POLICE)]
    assert ("C-place", LEAD) in who_wrote(read_by(desk, AGENCY))
    room.console = replace(room.console, portal_sync=None)
    assert "från nästa synkronisering" in narrowed(room.browser()).text
    assert ("B", AGENCY) in who_wrote(read_by(desk, LEAD))
    desk.carry()
    assert ("B", AGENCY) not in who_wrote(read_by(desk, LEAD))


def test_neither_an_owners_narrowing_nor_an_older_database_gives_the_reader_back(desk: Office, room: Desk) -> None:
    assert desk.store.place.path is not None
    whole = desk.store.place.path.read_bytes()
    narrowed(room.browser())
    agency = desk.browser("a1", "sheet")
    fields = agency.get(f"/sheets/{OPERATION}").hidden()
    assert agency.post(f"/sheets/{OPERATION}/narrow", {**fields, "reader": OTHER, "section": "B"}).status == 200
    assert who_wrote(read_by(desk, LEAD)) == [("E", POLICE)]
    assert who_wrote(read_by(desk, OTHER)) == []
    desk.store.place.path.write_bytes(whole)
    desk.carry()
    assert who_wrote(read_by(desk, LEAD)) == [("E", POLICE)], "the year's database has been put back"


def test_what_is_not_given_is_refused_and_of_the_rest_the_log_says_what_she_did(room: Desk) -> None:
    """She is not told who may read: whether somebody was a reader stands in what is encrypted."""
    browser = room.browser()
    form = browser.get(PATH)
    for what, reader in (
        (f"{AGENCY} D", LEAD),
        (f"{AGENCY} B", AGENCY),
        (f"{AGENCY} B", "police-p1"),
        ("agency-zz B", LEAD),
        ("", ""),
        (f"{LEAD} C", AGENCY),
    ):
        page = browser.send(form, f"{PATH}/sheet/narrow", what=what, reader=reader)
        assert page.status == 422, (what, reader)
        assert "Välj en lämnad del, och en annan part i insatsen." in page.text
    auditor = room.browser("auditor")
    page = auditor.get(PATH)
    assert "delar är lämnade" in page.text
    assert "Ta bort en läsare" not in page.text
    assert auditor.post(f"{PATH}/sheet/lock", {"token": page.field("token")}).status == 403
    assert narrowed(browser, reader=POLICE).status == 200
    browser.send(browser.get(PATH), f"{PATH}/sheet/lock")
    log = said(browser.get("/log"))
    assert "tog bort en läsare av en del i ett underlag LPO 0, OP-000 , B från Myndighet 1" in log
    assert log.count("låste underlaget för") == 1


def test_a_frozen_sheet_takes_addenda_alone(desk: Office, room: Desk) -> None:
    browser = room.browser()
    assert browser.send(browser.get(PATH), f"{PATH}/sheet/lock").status == 303
    assert "Fryst ons 23 dec" in browser.get(PATH).text
    assert "Frys det nu" not in browser.get(PATH).text
    browser.send(browser.get(PATH), f"{PATH}/sheet/lock")
    agency = desk.browser("a2", "sheet")
    assert "Fryst av samordnaren" in agency.get(f"/sheets/{OPERATION}").text
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD])
    assert [section.state for section in read_by(desk, LEAD).sections] == ["given", "addendum", "given"]
    with desk.portal.reading() as db:
        assert len([order for order in rows.orders(db, OPERATION) if order.is_lock]) == 1


def test_a_sheet_that_was_frozen_for_one_date_is_open_for_another(desk: Office, room: Desk, tmp_path: Path) -> None:
    browser = room.browser()
    assert browser.send(browser.get(PATH), f"{PATH}/sheet/lock").status == 303
    year = years.scenario()
    moved = years.plan(year, {OPERATION: date(2027, 6, 1)}, before=years.plan(year))
    with room.store.reading() as db:
        seen = revisions.pointer(db)
    years.published(room.store, years.write(tmp_path / "moved", year, moved), room.now, seen)
    desk.carry()
    assert "Frys det nu" in browser.get(PATH).text
    agency = desk.browser("a2", "sheet")
    assert "Fryst av samordnaren" not in agency.get(f"/sheets/{OPERATION}").text
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD])
    assert [section.state for section in read_by(desk, LEAD).sections] == ["given", "given", "given"]


def test_a_new_portal_database_is_told_all_orders_and_a_row_that_cannot_be_read_stops_none(
    desk: Office, room: Desk
) -> None:
    narrowed(room.browser())
    assert desk.portal.place.path is not None
    other = make_portal(str(desk.portal.place.path.with_name("other.db")))
    replace(desk, portal=other).carry()
    with open_own(other.name).reading() as db:
        assert [(order.party, order.section, order.reader) for order in rows.orders(db)] == [(AGENCY, "B", LEAD)]
    with desk.portal.engine.begin() as db:
        db.exec_driver_sql("INSERT INTO sheet_order VALUES ('OP-9', 'x', 'B', 'y', 'inte en tid', 1)")
    room.now += timedelta(minutes=1)
    narrowed(room.browser(), f"{AGENCY} B", OTHER)
    assert room.console.portal_sync is not None
    assert room.console.portal_sync.fault is None
    assert who_wrote(read_by(desk, OTHER)) == []
