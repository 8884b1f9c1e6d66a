"""What contacts have reported, on the coordinator's first page: above all else, and answered from there."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.office.console.portal_sync import LATE, PortalSync
from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.draft.enter import enter
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store import contacts, party_entries, revisions
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.store import inbox, views
from arshjul.portal.store.inbox import InboxRow
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.formats.schema.party_entry import KINDS
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, desk_like, over, small_year
from tests.office.console.test_other_with_its_number import of_another
from tests.worlds import Worlds

BODY = {"from": "2027-02-01", "to": "2027-02-01", "officers_left": 0, "cause": "shooting", "note": "Ring <b>mig</b>"}


def carried_year(folder: Path, worlds: Worlds) -> None:
    """The world of a small year with a portal that knows it."""
    desk = desk_like(worlds.of(small_year) / "y.db", folder)
    for _ in range(2):
        carry(desk.store, make_portal(str(folder / "portal.db")), desk.now)


pytestmark = over(carried_year)


@pytest.fixture
def portal(desk: Desk) -> Database:
    return make_portal(desk.url.replace("y.db", "portal.db"))


def reported(desk: Desk, portal: Database, contact: str = "", id: str = "e1", **other: object) -> str:
    """A report of a contact, carried in; of a new contact of p0 without one. Returns the contact's id."""
    if not contact:
        (made,) = invite(desk.store, [Invitation("p0", f"Yttre befäl {id}", ["report"])], "test", desk.now)
        contact = made.contact.id
    row = InboxRow(
        id.ljust(32, "0"), contact, digest_of(id.encode()), "police-p0", "report", json.dumps(BODY), "", "", desk.now
    )
    with portal.writing() as db:
        inbox.add(db, replace(row, **other), "session")  # type: ignore[arg-type]
    for _ in range(2):  # the first turn of a new portal makes itself known
        if carry(desk.store, portal, desk.now, desk.kept).n_taken:
            break
    return contact


def outcome(portal: Database, id: str = "e1") -> tuple[str, str]:
    with portal.reading() as db:
        entry_outcome = views.outcomes_of(db, [id.ljust(32, "0")])[id.ljust(32, "0")]
    return entry_outcome.state, entry_outcome.about


def taken(browser: Browser, contact: str) -> None:
    page = browser.get("/")
    assert browser.send(page, "/reports", contact=contact).status == 303


def test_a_report_stands_above_all_else_with_its_note_and_leads_to_options(desk: Desk, portal: Database) -> None:
    browser = desk.browser()
    contact = reported(desk, portal)
    page = browser.get("/")
    assert page.text.index("LPO 0 meddelar") < page.text.index("Räkna fram alternativ")
    assert "E1000000, rapporterad torsdag 24 december 2026 13:00: LPO 0" in page.text
    assert "Ring <b>mig</b>" in page.text
    assert "<b>mig</b>" not in page.body.decode()
    answer = browser.send(page, "/reports", contact=contact)
    assert answer.headers["location"].startswith("/options/")
    assert "LPO 0 meddelar" not in browser.get("/").text
    (withdrawal,) = desk.draft.entries_with().withdrawals
    assert (withdrawal.id, withdrawal.police, withdrawal.cause) == ("A1", ("p0",), "shooting")
    carry(desk.store, portal, desk.now, desk.kept)
    assert outcome(portal) == ("taken", "")


def test_a_plan_of_somebody_else_with_the_same_number_answers_no_report(
    desk: Desk, portal: Database, tmp_path: Path
) -> None:
    """The report is in the draft's version 2; what is served is another version 2, without it."""
    browser = desk.browser()
    contact = reported(desk, portal)
    options = browser.press("/reports", contact=contact).headers["location"]
    browser.press(options.partition("?")[0], option="fewest-changes")
    with desk.store.reading() as db:
        seen = revisions.pointer(db)
    assert seen is not None
    of_another(desk.store, tmp_path / "plan", seen=seen)
    desk.now += timedelta(minutes=1)
    carry(desk.store, portal, desk.now, desk.kept)
    assert outcome(portal) == ("taken", "")
    with desk.store.reading() as db:
        assert [entry.told for entry in party_entries.ENTRIES.all(db)] == ["taken"], "nor is a mail sent that says so"
    browser.press("/start-over", keep_edit="")
    options = browser.press("/options").headers["location"]
    browser.press(options.partition("?")[0], option="fewest-changes")
    assert browser.publish().status == 303
    carry(desk.store, portal, desk.now, desk.kept)
    assert outcome(portal) == ("published", "3")


def test_a_correction_of_what_was_entered_keeps_its_number(desk: Desk, portal: Database) -> None:
    """And nothing is given back that it never took: who holds the portal may forge what its own page refuses."""
    contact, browser = reported(desk, portal), desk.browser()
    reported(desk, portal, contact, "e2", corrects="e1".ljust(32, "0"))
    browser.press("/reports/one-aside", entry="e2".ljust(32, "0"))
    assert "meddelar" not in browser.get("/").text, "what is put aside takes what it corrects along"
    reported(desk, portal, contact, "e3")
    taken(browser, contact)
    reported(desk, portal, contact, "e4", corrects="e3".ljust(32, "0"), body=json.dumps({**BODY, "officers_left": 1}))
    taken(browser, contact)
    (withdrawal,) = desk.draft.entries_with().withdrawals
    assert (withdrawal.id, withdrawal.officers_left) == ("A1", 1)
    back = {"withdrawal": "A1", "from": "2027-02-01", "to": "2027-02-01"}
    for wrong in ({"officers": 999}, {"officers": 0}, {"from": "2027-01-01"}, {"to": "2027-03-01"}):
        id = digest_of(json.dumps(wrong).encode())[:32]
        reported(desk, portal, contact, id, kind="given-back", body=json.dumps({**back, **wrong}))
        assert browser.press("/reports", contact=contact).status == 422, wrong
        browser.press("/reports/one-aside", entry=id)
    assert not desk.draft.entries_with().given_back
    (waits,) = desk.draft.waiting
    assert browser.press("/take-back", entry=str(waits.number)).status == 303
    carry(desk.store, portal, desk.now, desk.kept)
    assert outcome(portal, "e4") == ("taken-back", "")


def test_what_is_given_back_and_goes_on_becomes_an_entry_like_any_other(desk: Desk, portal: Database) -> None:
    browser = desk.browser()
    contact = reported(desk, portal, body=json.dumps({"from": "2027-02-01", "until_further_notice": True}))
    taken(browser, contact)
    back = json.dumps({"withdrawal": "A1", "from": "2027-02-03", "to": "2027-02-03"})
    reported(desk, portal, contact, "e2", kind="given-back", body=back)
    reported(desk, portal, contact, "e3", kind="still", body='{"withdrawal": "A1"}')
    assert "E2000000: återlämnat av A1" in browser.get("/").text
    taken(browser, contact)
    entries = desk.draft.entries_with()
    assert [given_back.withdrawal for given_back in entries.given_back] == ["A1"]
    assert [still.withdrawal for still in entries.still] == ["A1"]


def test_nobody_gives_back_what_others_have_withdrawn(desk: Desk, portal: Database) -> None:
    """Whoever holds the portal may forge such an entry, of p1 about the withdrawal of p0."""
    browser = desk.browser()
    taken(browser, reported(desk, portal))
    (made,) = invite(desk.store, [Invitation("p1", "Yttre befäl", ["report"])], "test", desk.now)
    id = made.contact.id
    reported(desk, portal, id, "e2", party="police-p1", kind="still", body='{"withdrawal": "A1"}')
    answer = browser.press("/reports", contact=id)
    assert answer.status == 422
    assert "gäller inte bara den här enheten" in answer.text
    assert not desk.draft.entries_with().still
    with desk.store.reading() as db:
        assert [entry.id[:2] for entry in party_entries.waiting(db, KINDS)] == ["e2"]


def test_nobody_corrects_a_withdrawal_that_another_unit_joined_since(desk: Desk, portal: Database) -> None:
    """It counts for all units of the withdrawal, so this one alone cannot say it any more."""
    browser = desk.browser()
    contact = reported(desk, portal)
    options = browser.press("/reports", contact=contact).headers["location"]
    browser.press(options.partition("?")[0], option="fewest-changes")
    assert browser.publish().status == 303
    wider = {**{key: value for key, value in BODY.items() if key != "note"}, "id": "A1", "police": ["p0", "p1"]}
    enter(desk.store, [("withdrawals", wider)], "test", desk.now, desk.draft.stamp)
    reported(desk, portal, contact, "e3", corrects="e1".ljust(32, "0"), body=json.dumps({**BODY, "officers_left": 98}))
    answer = browser.press("/reports", contact=contact)
    assert answer.status == 422
    assert "gäller inte bara den här enheten" in answer.text


SHARED = {
    "police": ["p0", "p1"],
    "from": "2027-02-03",
    "until_further_notice": True,
    "cause": "other",
    "officers_left": 0,
}
BACK = json.dumps({"withdrawal": "A1", "from": "2027-02-03", "to": "2027-02-03"})


def shared(desk: Desk) -> None:
    """As entered by the coordinator: A1, of two units."""
    seen = desk.draft.stamp
    enter(desk.store, [("withdrawals", {"id": "A1", **SHARED})], "test", desk.now, seen)


def test_what_cannot_be_entered_keeps_nothing_else_out_and_can_be_put_aside_alone(desk: Desk, portal: Database) -> None:
    shared(desk)
    contact = reported(desk, portal)
    reported(desk, portal, contact, "e2", kind="given-back", body=BACK)
    browser = desk.browser()
    assert "A1 gäller inte bara den här enheten" in browser.get("/").text
    answer = browser.press("/reports", contact=contact)
    assert (answer.status, answer.headers["location"]) == (303, "/?left=report")
    with desk.store.reading() as db:
        entries = opened_draft(db).entries_with()
        assert [entry.id[:2] for entry in party_entries.waiting(db, KINDS)] == ["e2"]
    assert (len(entries.withdrawals), entries.given_back) == (2, ())
    page = browser.get(answer.headers["location"])
    assert "En del är inlagd" in page.text
    assert browser.send(page, "/reports/one-aside", entry="e2".ljust(32, "0")).status == 303
    assert "meddelar" not in browser.get("/").text
    assert browser.send(page, "/reports/one-aside", entry="e2".ljust(32, "0")).status == 409
    with desk.store.reading() as db:
        (there,) = [one for one in contacts.CONTACTS.all(db) if one.id == contact]
    assert there.locked_at is None
    carry(desk.store, portal, desk.now, desk.kept)
    assert [outcome(portal, id)[0] for id in ("e1", "e2")] == ["taken", "aside"]


def test_what_was_put_aside_by_mistake_waits_again(desk: Desk, portal: Database) -> None:
    reported(desk, portal)
    browser, entry = desk.browser(), "e1".ljust(32, "0")
    assert browser.press("/reports/one-aside", entry=entry).status == 303
    carry(desk.store, portal, desk.now, desk.kept)
    assert outcome(portal) == ("aside", "")
    page = browser.get("/")
    assert "Undanlagt de senaste 30 dagarna: 1" in page.text
    assert 'action="/reports/back"' not in desk.browser("auditor").get("/").body.decode()
    assert browser.send(page, "/reports/back", entry=entry).status == 303
    assert "meddelar" in browser.get("/").text
    assert "Undanlagt" not in browser.get("/").text
    carry(desk.store, portal, desk.now, desk.kept)
    assert outcome(portal)[0] == "waits", "its contact sees it wait"
    deputy = desk.browser("deputy")
    assert deputy.press("/reports/back", entry=entry).status == 409
    log = browser.get("/log").text
    assert "lade fram en parts uppgift igen" in log


def test_the_portal_is_told_which_withdrawals_are_shared(desk: Desk, portal: Database) -> None:
    shared(desk)
    contact, browser = reported(desk, portal), desk.browser()
    reported(desk, portal, contact, "e2", kind="still", body='{"withdrawal": "A1"}')
    options = browser.press("/reports", contact=contact).headers["location"]
    stills = desk.draft.entries_with().still
    assert [still.withdrawal for still in stills] == ["A1"], "any of its units may say that it goes on"
    browser.press(options.partition("?")[0], option="fewest-changes")
    assert browser.publish("skott").status == 303
    carry(desk.store, portal, desk.now, desk.kept)
    with portal.reading() as db:
        _, view = views.body(db, "police-p0")
    assert {load["id"]: load["is_shared"] for load in json.loads(view)["withdrawals"]} == {"A1": True, "A2": False}


def test_who_is_locked_is_put_aside_with_all_that_waits_and_comes(desk: Desk, portal: Database) -> None:
    browser = desk.browser()
    contact = reported(desk, portal)
    assert browser.press("/reports/aside", contact=contact).status == 303
    assert "meddelar" not in browser.get("/").text
    reported(desk, portal, contact, "e2")
    assert "meddelar" not in browser.get("/").text
    assert outcome(portal, "e1") == outcome(portal, "e2") == ("aside", "")
    with desk.store.reading() as db:
        known = contacts.CONTACTS.get(db, contact)
        assert known is not None
        assert known.locked_at == desk.now
        assert party_entries.waiting(db, KINDS) == []


def test_what_waits_longer_than_a_minute_is_told(desk: Desk, portal: Database) -> None:
    """So is what was not taken in, until somebody has seen it."""
    browser = desk.browser()
    contact = reported(desk, portal, party="police-p1")
    page = browser.get("/")
    assert "En rad avvisades: LPO 0: en kontakt hos en annan part." in page.text
    assert browser.send(page, "/portal-faults").status == 303
    assert "togs inte in" not in browser.get("/").text
    assert browser.press("/reports", contact=contact).status == 409
    portal_sync = PortalSync(desk.store, portal.name, lambda: desk.now)
    desk.console = replace(desk.console, portal_sync=portal_sync)
    browser = desk.browser()
    portal_sync.turn()
    desk.now += LATE + timedelta(seconds=1)
    portal_sync.turn()
    assert "Portalen" not in browser.get("/").text
    portal_sync.portal_db, portal_sync._portal = "/none/portal.db", None
    desk.now += LATE + timedelta(seconds=1)
    portal_sync.turn()
    assert "Ingen kontakt med portalen sedan" in browser.get("/").text
