"""How complete information sheets are is said by party and section, and nothing of what is in them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from arshjul.office.contacts.contacts import Invitation, invite, lock, revoke
from arshjul.office.contacts.sheets import sheet_register
from arshjul.office.contacts.telling import owing_now
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.mail.mailing import told
from arshjul.office.mail.post import post
from arshjul.office.store import audit, contacts
from arshjul.office.store.events import SheetReminded
from arshjul.office.store.outbox import Owed
from arshjul.portal.pages import PAGES
from arshjul.portal.visit import ANYBODY
from arshjul.serving.mail_server import MailServer
from arshjul.year.folder.report import Period, report, report_book
from arshjul.year.formats.catalogues import words
from tests import owed, years
from tests.acceptance.command import done
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_post import mailbox
from tests.portal.conftest import NOW, Office
from tests.portal.sheet_town import desk_over
from tests.portal.test_sheets import (
    AGENCY,
    LEAD,
    OPERATION,
    POLICE,
    PURPOSE,
    RISK,
    desk,
    given,
    with_contacts,
    written,
)
from tests.worlds import Known, Worlds

__all__ = ["desk", "mailbox"]

KNOWN = {"why.visits": "unknown", "open_matter": "no"}
WANTED = {"checks": "Kanariekontroll", "evidence": "Bilder", "minutes": "30", "order": "any", "breach": "Vi"}
OBJECT = {"reference": "M-7", "premises": "Restaurang"}
OVER = datetime.fromisoformat("2027-01-06T09:00:00+00:00")
"""Two days after the sheet of the first operation was due."""


def console(office: Office) -> Desk:
    return Desk(office.store, office.now)


def give_all(office: Office, party: str, *more: str) -> None:
    browser = office.browser(party, "sheet")
    fields = {"B": PURPOSE, "C": OBJECT, "D": KNOWN, "E": RISK, "F": WANTED}
    for section in (*(("B", "D", "F") if party[0] == "a" else ()), *more):
        written(browser, section, fields[section])
    assert given(browser).status == 303
    office.carry()


def complete_but_for(office: Office, *left: str) -> None:
    for party, more in (("a0", ("C",)), ("a1", ()), ("a2", ()), ("p0", ("E",))):
        if party not in left:
            give_all(office, party, *more)


def almost_complete(folder: Path, worlds: Worlds) -> Known:
    """The world in which all have given but a2."""
    worlds.copied(with_contacts, folder)
    desk = desk_over(folder)
    complete_but_for(desk, "a2")
    return desk.waiting


@pytest.fixture
def almost(worlds: Worlds, tmp_path: Path) -> Office:
    """A portal over it."""
    worlds.copied(almost_complete, tmp_path)
    return desk_over(tmp_path)


def closed(office: Office, party: str) -> None:
    """Revokes all contacts of a party."""
    with office.store.reading() as db:
        there = [contact for contact in contacts.CONTACTS.all(db) if contact.party == party]
    for contact in there:
        revoke(office.store, contact.id, "test", office.now)
    office.carry()


def test_today_and_the_operations_page_say_who_has_given_what(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", {"purpose": "Kanariesyftet", "why.legal_ground": "unknown", "why.decision": "withheld"})
    given(agency, to__B=LEAD)
    desk.carry()
    room = console(desk)
    for role in ("coordinator", "auditor"):
        page = " ".join(room.browser(role).get(f"/operations/{OPERATION}").text.split())
        assert "1 av 11 delar är lämnade" in page
        assert "Myndighet 1 besvarade 1, vet inte 1, får inte lämnas 1 saknas saknas" in page
        assert "Myndighet 0 saknas saknas saknas saknas" in page
        assert "Kanariesyftet" not in page
    closed(desk, "agency-a2")
    page = room.browser().get("/").text
    (owe,) = re.findall(r"Underlag, 1 av 8 delar, saknas från ([^:]*?) Visa OP-000", page)
    assert ("Myndighet 0" in owe, "Myndighet 1" in owe, "Myndighet 2" in owe) == (True, True, False)
    assert "Kanariesyftet" not in page
    room.console = replace(room.console, has_sheets=False)
    assert "delar, saknas från" not in room.browser().get("/").text, "the portal has no keys"


def test_where_nobody_may_write_nothing_is_asked(desk: Office) -> None:
    for party in (LEAD, AGENCY, "agency-a2", POLICE):
        closed(desk, party)
    assert "delar, saknas från" not in console(desk).browser().get("/").text


def test_what_is_late_is_said_so_below_the_day_itself(desk: Office) -> None:
    desk.now = NOW - timedelta(days=3)
    page = console(desk).browser().get("/")
    assert page.text.index("OP-000") < page.text.index("0 av 11 delar")
    assert '<td role="cell" class="when late">mån 4 jan' in page.body.decode()


def test_a_partys_first_page_says_what_is_left_of_its_own(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    assert "klart senast mån 4 jan: kvar att lämna: B D F" in agency.get("/").text
    written(agency, "B", PURPOSE)
    assert "4 jan: kvar att lämna: B D F" in agency.get("/").text, "a draft is not given"
    given(agency, to__B=LEAD)
    assert "4 jan: kvar att lämna: D F" in agency.get("/").text
    give_all(desk, "a1")
    assert OPERATION not in agency.get("/").text.partition("De närmaste sex veckorna")[0]
    assert "allt lämnat" in agency.get("/sheets").text
    desk.now = OVER
    browser = desk.browser("a0", "sheet")
    lead = browser.get("/").text
    assert "Försenade: 1" in lead
    late = f"/sheets/{OPERATION}?as="
    assert late in browser.get("/").body.decode(), "by name, above what is not due yet"
    sheets = browser.get("/sheets").body.decode()
    assert late in sheets.partition("Att lämna inom tre veckor")[0].partition("<h1>")[2]
    assert "kvar att lämna" not in desk.browser("a0", "report").get("/").text, "it may not write"


@pytest.mark.parametrize(("of_a2", "n"), [("gave", 1), ("owes", 0), ("gave too late", 0), ("had no contact", 1)])
def test_the_report_counts_what_was_complete_in_time(almost: Office, of_a2: str, n: int) -> None:
    if of_a2 == "gave":
        give_all(almost, "a2")
    elif of_a2 == "had no contact":
        closed(almost, "agency-a2")
    almost.now = OVER
    if of_a2 == "gave too late":
        give_all(almost, "a2")
    with almost.store.reading() as db:
        draft = opened_draft(db)
        register = sheet_register(db, draft.scenario, draft.made_plan)
    found = report(draft.scenario, draft.made_plan, Period(), almost.now, register)
    assert [(beside.n, beside.of) for beside in found.besides if beside.key == "sheets"] == [(n, 1)]
    of_a_folder = report(draft.scenario, draft.made_plan, Period(), almost.now)
    assert "sheets" not in [beside.key for beside in of_a_folder.besides], "a plan folder knows of none"
    assert f"underlag kompletta i tid {n} 1 " in console(almost).browser().get("/report").text
    told = done("report", "--db", str(almost.store.place.path), "--as-of", "2027-01-06T10:00").out
    assert f"underlag kompletta i tid: {n} av 1" in told
    figures = load_workbook(BytesIO(report_book(found, words("sv")))).worksheets[1].iter_rows(values_only=True)
    assert ("underlag kompletta i tid", n, 1, n) in [row[:4] for row in figures]


def reminders(office: Office) -> list[Owed]:
    """What reminds of sheets, and is told now."""
    with office.store.writing() as db:
        found = [one for one in owed.all_of(db, office.now) if one.page == "sheets"]
        for one in found:
            told(db, one, "mail", "test", office.now)
    return found


def reminded(office: Office) -> list[str]:
    return sorted(one.party for one in reminders(office))


def test_those_alone_that_owe_are_reminded_once_on_each_date_before_it_is_due(desk: Office) -> None:
    reachable_by_mail(desk.store, {"a2": ""})
    assert reminded(desk) == [], "12 days are left"
    give_all(desk, "a1")
    give_all(desk, "p0", "E")
    desk.now = datetime.fromisoformat("2026-12-28T09:00:00+00:00")
    assert reminded(desk) == ["a0"], "a1 and p0 have given all, a2 has no mailbox"
    assert reminded(desk) == []
    desk.now = datetime.fromisoformat("2027-01-02T09:00:00+00:00")
    last = {one.party: one.mail.body for one in reminders(desk)}
    assert sorted(last) == ["a0", "a1", "p0"]
    assert "lämna det första senast måndag 4 januari 2027" in last["a0"]
    assert "lämna det första senast onsdag 6 januari 2027" in last["a1"], "it gave those that are due before"
    assert "Era delar av ett underlag: lämna dem senast fredag 8 januari 2027" in last["p0"]
    give_all(desk, "a0", "C")
    assert reminded(desk) == []


def test_what_is_late_is_reminded_of_once_while_the_operation_lies_ahead(desk: Office) -> None:
    reachable_by_mail(desk.store)
    assert reminded(desk) == []
    desk.now = OVER
    mails = {one.party: one for one in reminders(desk)}
    assert sorted(mails) == ["a0", "a1", "a2", "p0"], "that nobody was reminded in time is no reason"
    assert "skulle ha lämnats måndag 4 januari 2027: lämna dem nu." in mails["p0"].mail.body
    assert "underlag, skulle ha lämnats måndag 4 januari 2027" in mails["p0"].mail.subject
    assert mails["p0"].page_until is not None
    assert mails["p0"].page_until > desk.now
    assert reminded(desk) == []
    with desk.store.reading() as db:
        begins = opened_draft(db).plan
        assert begins is not None
        day = begins.placed[OPERATION].slot.day
        owing = [owing_now(db, datetime(day.year, day.month, day.day + ahead, 3, tzinfo=UTC)) for ahead in (0, 1)]
    assert [OPERATION in {owed.operation for owed in one.of(LEAD)} for one in owing if one] == [True, False]


def test_who_is_invited_late_is_told_what_is_due_with_the_address(desk: Office) -> None:
    desk.now = OVER
    invite(desk.store, [Invitation("a1", "Vakt", ("report",), email="v@example.se")], "test", desk.now, mail=True)
    with desk.store.reading() as db:
        assert not [one for one in owed.all_of(db) if "underlag" in str(one.mail)], "who may not write is told nothing"
    reachable_by_mail(desk.store)
    assert "a1" in reminded(desk)
    desk.now += timedelta(hours=1)
    wanted = Invitation("a1", "Vikarie", ("sheet",), email="vikarie@example.se")
    invite(desk.store, [wanted], "test", desk.now, mail=True)
    assert reminded(desk) == [], "its mail has said it, and the other one knows"
    closed(desk, AGENCY)
    desk.now += timedelta(hours=1)
    invite(desk.store, [replace(wanted, email="ny@example.se")], "test", desk.now, mail=True)
    with desk.store.reading() as db:
        (address,) = [one.mail for one in owed.all_of(db) if one.address == "ny@example.se"]
    assert "Era delar av 4 underlag, det första skulle ha lämnats" in address.body
    assert OPERATION not in str(address)
    assert reminded(desk) == [], "its mail has said it"


def test_a_reminder_says_how_many_and_when_and_brings_an_address_for_sheets_alone(desk: Office) -> None:
    """From the mail alone: whoever has lost the address of the first mail finds the page, and no other."""
    reachable_by_mail(desk.store)
    desk.now = datetime.fromisoformat("2026-12-30T09:00:00+00:00")
    sent = {one.party: one for one in reminders(desk)}
    mails = {party: one.mail for party, one in sent.items()}
    assert sorted(mails) == ["a0", "a1", "a2", "p0"]
    with desk.store.reading() as db:
        scenario = opened_draft(db).scenario
        events = [line.event for line in audit.lines(db, SheetReminded)]
    assert "Era delar av 2 underlag: lämna det första senast måndag 4 januari 2027." in mails["a1"].body
    assert "Era delar av ett underlag: lämna dem senast måndag 4 januari 2027." in mails["p0"].body
    said = [*scenario.operations, *(operation.title for operation in scenario.operations.values()), *years.SITES]
    assert [word for word in said for mail in mails.values() if word in str(mail)] == []
    assert {SheetReminded(AGENCY, OPERATION), SheetReminded(POLICE, OPERATION)} <= {*events}
    assert len(events) == 7
    until = {party: str(one.page_until)[:10] for party, one in sent.items()}
    assert (until["p0"], until["a1"]) == ("2027-01-04", "2027-01-06"), "until the last of them is due"
    opened = [page.path for page in PAGES if page.right != ANYBODY and page.is_open_to("sheets")]
    assert {"/sheets", "/sheets/{operation}/read", "/code", "/receipts/{entry}"} <= set(opened)
    others = {"report", "calendars", "nominate", "evaluations", "card"}
    assert not [path for path in opened if path.split("/")[1] in others]


def test_who_is_locked_or_may_not_write_is_not_reminded(desk: Office) -> None:
    reachable_by_mail(desk.store)
    desk.now = datetime.fromisoformat("2026-12-30T09:00:00+00:00")
    with desk.store.reading() as db:
        there = {contact.party: contact.id for contact in contacts.CONTACTS.all(db)}
    lock(desk.store, there[LEAD], "test", desk.now)
    closed(desk, AGENCY)
    desk.invited("p1", "report")
    assert reminded(desk) == ["a2", "p0"]


def test_what_was_given_at_the_portal_is_carried_before_anybody_is_reminded(desk: Office, mailbox: MailServer) -> None:
    reachable_by_mail(desk.store)
    browsers = {party: desk.browser(party, "sheet") for party in ("a0", "a1", "a2", "p0")}
    for party in ("a0", "a1", "a2"):
        for section, fields in (("B", PURPOSE), ("D", KNOWN), ("F", WANTED)):
            written(browsers[party], section, fields)
    written(browsers["a0"], "C", OBJECT)
    written(browsers["p0"], "E", RISK)
    for party in ("a1", "p0"):
        assert given(browsers[party]).status == 303
    desk.now = datetime.fromisoformat("2026-12-28T09:00:00+00:00")
    tried = post(desk.store, mailbox, "test", lambda: desk.now, desk.carry)
    assert sorted(one.party for one in tried if one.first.page == "sheets") == ["a0", "a2"]


def test_a_party_that_is_invited_after_the_due_date_is_late_with_nothing(desk: Office) -> None:
    """It could not write before; up to the day itself it may."""
    reachable_by_mail(desk.store)
    desk.now = OVER
    with desk.store.writing() as db:
        db.execute(
            update(contacts.CONTACTS.table).where(contacts.CONTACTS.table.c.party == AGENCY).values(created_at=OVER)
        )
    with desk.store.reading() as db:
        owing = owing_now(db, desk.now)
    assert owing is not None
    owed = {party: {sheet.operation for sheet in owing.of(party)} for party in (AGENCY, LEAD)}
    assert owed[LEAD] - owed[AGENCY] == {OPERATION}, "what is due later it owes like others"
    page = console(desk).browser().get("/").text
    (owe,) = re.findall(r"Underlag, \d+ av \d+ delar, saknas från ([^:]*?) Visa OP-000", page)
    assert "Myndighet 0" in owe
    assert "Myndighet 1" not in owe, "it had no contact that could write it in time"
    del desk.waiting["a1 sheet"]  # who comes in was invited now
    newcomer = desk.browser("a1", "sheet")
    assert "Försenade" not in newcomer.get("/").text
    assert "klart senast" in newcomer.get("/sheets").text
    assert "Försenade" in desk.browser("a0", "sheet").get("/").text
