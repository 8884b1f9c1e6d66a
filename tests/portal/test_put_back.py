"""The portal's database is put back from last night's copy: who was taken away since reads nothing."""

import re
from datetime import timedelta

import pytest

from arshjul.office.contacts.sheets import sheet_register
from arshjul.office.draft.draft import opened_draft
from arshjul.office.store import party_entries
from arshjul.office.sync.sync import make_portal
from arshjul.portal.app import PortalServer
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.schema import open_own
from tests.databases import whole
from tests.office.console.browser import Browser
from tests.portal.conftest import Office
from tests.portal.test_sheets import (
    AGENCY,
    LEAD,
    OPERATION,
    OTHER,
    PURPOSE,
    desk,
    given,
    raised,
    read_by,
    who_wrote,
    written,
)

__all__ = ["desk"]

HOUR = timedelta(hours=1)
PLACE = f"/sheets/{OPERATION}"


def take_from(browser: Browser, reader: str, section: str) -> None:
    page = browser.get(PLACE)
    fields = page.hidden()
    assert browser.post(f"{PLACE}/narrow", {**fields, "reader": reader, "section": section}).status == 200


def put_back(office: Office, copy: bytes) -> None:
    """The portal's file as it was then, and its process started anew."""
    path = office.portal.place.path
    assert path is not None
    for one in path.parent.glob("portal.db-*"):
        one.unlink()
    path.write_bytes(copy)
    office.portal = make_portal(str(path))
    office.app = PortalServer(open_own(str(path)), clock=lambda: office.now, sheets=office.sheets).application()


def last_night(desk: Office) -> tuple[Browser, bytes]:
    """The owner's browser, which has given B to both; and the copy of then."""
    agency = raised(desk, desk.browser("a1", "sheet"))
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD, OTHER])
    desk.carry()
    path = desk.portal.place.path
    assert path is not None
    desk.now += HOUR
    return agency, whole(path)


@pytest.mark.parametrize("section", ["B", ""])
def test_a_reader_that_was_taken_away_since_reads_nothing_until_it_is_given_anew(desk: Office, section: str) -> None:
    agency, copy = last_night(desk)
    take_from(agency, LEAD, section)
    desk.carry()
    with desk.portal.reading() as db:
        assert rows.orders(db) == {}, "where nothing is lost nothing is put back"
    put_back(desk, copy)
    assert who_wrote(read_by(desk, LEAD)) == [("B", AGENCY)], "until it is carried"
    desk.carry()
    assert who_wrote(read_by(desk, LEAD)) == []
    assert who_wrote(read_by(desk, OTHER)) == [("B", AGENCY)]
    desk.now += HOUR
    anew = raised(desk, desk.browser("a1", "sheet"))
    assert "av er eller samordnaren" in anew.get(PLACE).text
    written(anew, "B", {**PURPOSE, "purpose": "Nytt"})
    assert given(anew, to__B=[LEAD]).status == 303
    assert who_wrote(read_by(desk, LEAD)) == [("B", AGENCY)]
    desk.carry()
    assert who_wrote(read_by(desk, LEAD)) == [("B", AGENCY)]


def test_what_is_given_anew_before_the_taking_is_carried_is_read(desk: Office) -> None:
    agency, _ = last_night(desk)
    take_from(agency, LEAD, "B")
    written(agency, "B", {**PURPOSE, "purpose": "Nytt"})
    given(agency, to__B=[LEAD])
    desk.carry()
    assert ("B", AGENCY) in who_wrote(read_by(desk, LEAD))


def test_sessions_of_the_copy_are_ended_and_new_ones_last(desk: Office) -> None:
    agency, copy = last_night(desk)
    take_from(agency, OTHER, "B")
    desk.carry()
    put_back(desk, copy)
    agency.app = desk.app
    desk.carry()
    assert agency.get(PLACE).status == 401
    desk.now += HOUR
    anew = desk.browser("a1", "sheet")
    desk.now += HOUR
    with desk.store.writing() as db:
        for entry in party_entries.ENTRIES.all(db):
            party_entries.settle(db, entry.id, "aside", "test", desk.now)
    desk.carry()
    desk.carry()
    assert anew.get(PLACE).status == 200, "whatever becomes of what was lost"


def test_the_receipt_says_who_reads_no_more_and_the_register_counts_none_of_it(desk: Office) -> None:
    agency, _ = last_night(desk)
    take_from(agency, LEAD, "B")
    receipt = re.search(r'href="(/receipts/[^"]+)"', agency.get("/").body.decode())
    assert receipt is not None
    assert "Läser inte längre Myndighet 0" in " ".join(agency.get(receipt[1]).text.split())
    given_once = sheet_register_of(desk)
    assert given_once == [1], "what is taken away is nothing that was given"


def sheet_register_of(desk: Office) -> list[int]:
    """The versions of the owner's B that the year's register has."""
    desk.carry()
    with desk.store.reading() as db:
        draft = opened_draft(db)
        register = sheet_register(db, draft.scenario, draft.made_plan)
    assert register is not None
    return [section.version for section in register.given[OPERATION, AGENCY]]
