"""What parties have nominated, on the coordinator's page: accepted by the usual forms, declined, merged; and told."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.contacts.reports import lock_and_put_aside
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.edit_operation import remove_object
from arshjul.office.draft.enter import enter
from arshjul.office.draft.take_back import start_over
from arshjul.office.store import audit, party_entries
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import open_store
from arshjul.office.sync.sync import carry
from arshjul.portal.store import inbox, views
from arshjul.portal.store.inbox import InboxRow
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.hashes import digest_of
from tests import owed, years
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.office.console.forms import forms
from tests.office.console.test_objects import FRAMED, add
from tests.office.console.test_reports import portal
from tests.office.console.test_undo import undo

__all__ = ["portal"]

OPERATION = {
    "sector": "restaurant", "area": "centrum", "purpose": "Svart <b>arbete</b>", "teams": 2, "agencies": ["a1"],
    "why": "Skatt", "officers": 2, "window": {"from": "2027-03-01", "to": "2027-03-31"}, "interest": 3,
}  # fmt: skip
OBJECT = {"sector": "restaurant", "area": "centrum", "wanted": "Kök och kassa", "reference": "M-2027-14"}


def sent(desk: Desk, portal: Database, kind: str = "operation", id: str = "e1", **other: object) -> str:
    """Sends something as a contact of a0, and carries it in; returns the contact's id."""
    contact = str(other.pop("contact", ""))
    if not contact:
        wanted = Invitation("a0", f"Handläggare {id}", ["nominate"], "handlaggare@example.se")
        (made,) = invite(desk.store, [wanted], "test", desk.now)
        contact = made.contact.id
    scenario = desk.draft.scenario
    known = next(iter(scenario.operations.values()))
    bodies: dict[str, dict[str, object]] = {"operation": {**OPERATION}, "object": {**OBJECT}}
    body = bodies.get(kind, {})
    if body:
        body |= {"sector": known.sector, "area": known.area}
    row = InboxRow(
        id.ljust(32, "0"), contact, digest_of(id.encode()), "agency-a0", kind, json.dumps(body), "", "", desk.now
    )
    with portal.writing() as db:
        inbox.add(db, replace(row, **other), "session")  # type: ignore[arg-type]
    for _ in range(2):  # the first turn of a new portal makes itself known
        if carry(desk.store, portal, desk.now, desk.kept).n_taken:
            break
    return contact


def entry(desk: Desk, id: str = "e1") -> PartyEntry:
    with desk.store.reading() as db:
        party_entry = party_entries.ENTRIES.get(db, id.ljust(32, "0"))
    assert party_entry is not None
    return party_entry


def outcome(desk: Desk, portal: Database, id: str = "e1") -> tuple[str, str]:
    carry(desk.store, portal, desk.now, desk.kept)
    with portal.reading() as db:
        entry_outcome = views.outcomes_of(db, [id.ljust(32, "0")])[id.ljust(32, "0")]
    return entry_outcome.state, entry_outcome.about


def form_of(browser: Browser, where: str = "/nominations/new", id: str = "e1") -> dict[str, list[str]]:
    """The usual form, filled in from what was nominated."""
    page = browser.get(f"{where}?nomination={id.ljust(32, '0')}")
    return next(form.fields for form in forms(page.body.decode()) if form.action == where)


def accepted(browser: Browser, where: str = "/nominations/new", id: str = "e1", **fields: str) -> Page:
    programme = {} if where != "/nominations/new" else {"programme": "city"}
    return browser.post(where, {**form_of(browser, where, id), **programme, **fields})


def decided(browser: Browser, what: str, id: str = "e1", **fields: str) -> Page:
    page = browser.get("/nominations")
    return browser.send(page, f"/nominations/{what}", nomination=id.ljust(32, "0"), **fields)


def test_what_waits_is_counted_on_the_first_page_and_what_became_of_it_is_mailed(desk: Desk, portal: Database) -> None:
    browser = desk.browser()
    assert "Nomineringar" not in browser.get("/").text
    sent(desk, portal)
    first = browser.get("/")
    assert "Nomineringar en väntar" in first.text
    assert "meddelar" not in first.text, "it is no report"
    page = browser.get("/nominations")
    assert "Svart <b>arbete</b>" in page.text
    assert "<b>arbete</b>" not in page.body.decode()
    assert desk.browser("auditor").get("/nominations").status == 200
    assert desk.browser("viewer").get("/nominations").status == 403
    decided(desk.browser(), "decline", reason="Redan planerad")
    carry(desk.store, portal, desk.now, desk.kept)
    with desk.store.reading() as db:
        mails = [one for one in owed.all_of(db) if one.address == "handlaggare@example.se"]
        texts = [json.dumps(repr(mail.mail), ensure_ascii=False) for mail in mails]
    assert len(texts) == 2, "that it came, and that it was declined"
    assert "avböjd" in texts[1]
    for text in texts:
        assert [word for word in (*years.SITES, years.TITLE, "Svart", "Redan planerad", "OP-0") if word in text] == []


def test_accepting_an_operation_opens_the_usual_form_filled_in(desk: Desk, portal: Database) -> None:
    browser = desk.browser()
    sent(desk, portal)
    filled = form_of(browser)
    assert filled["window.from"] == ["2027-03-01"]
    assert [filled[key] for key in ("agencies.a0", "agencies.a1", "interest.a0")] == [["2"], ["1"], ["3"]]
    assert filled["lead_agency"] == filled["proposed_by"] == ["a0"]
    refused = accepted(browser, title="", officers="många")
    assert refused.status == 422
    assert "heltal" in refused.text
    assert f'name="nomination" value="{entry(desk).id}"' in refused.body.decode()
    assert entry(desk).state == "waits", "a form that is refused keeps its nomination"
    answer = accepted(browser)
    assert answer.status == 303, answer.text
    assert answer.headers["location"].startswith("/options/")
    (change,) = desk.draft.entries_with().changes
    with desk.store.reading() as db:
        log = [line.action for line in audit.lines(db)]
    number = change.operation.id  # type: ignore[attr-defined]
    assert change.operation.proposed_by == "a0"  # type: ignore[attr-defined]
    assert (entry(desk).state, entry(desk).item) == ("accepted", number)
    assert outcome(desk, portal) == ("accepted", number)
    assert "accept-nomination" in log
    assert "Nomineringar" not in browser.get("/").text


@FRAMED
@pytest.mark.parametrize("kind", often(["operation"], ["object"]))
def test_what_is_taken_back_before_a_plan_has_it_lets_its_nomination_wait_again(
    desk: Desk, portal: Database, kind: str
) -> None:
    browser = desk.browser()
    sent(desk, portal, kind)
    accepted(browser, "/nominations/new" if kind == "operation" else "/objects/new")
    assert outcome(desk, portal)[0] == "accepted"
    page = browser.get("/")
    if kind == "operation":
        (waiting,) = desk.draft.waiting
        answer = browser.send(page, "/take-back", entry=str(waiting.number))
    else:
        answer = browser.send(page, "/take-back-edit")
    assert answer.status == 303, answer.text
    assert outcome(desk, portal) == ("waits", "")
    assert "Nomineringar en väntar" in browser.get("/").text


@FRAMED
@pytest.mark.parametrize("way", often(["remove and start over"], ["start over", "remove"]))
def test_an_object_that_is_gone_by_any_way_lets_its_nomination_wait_again(
    desk: Desk, portal: Database, way: str
) -> None:
    sent(desk, portal, "object")
    accepted(desk.browser(), "/objects/new")
    (id,) = desk.draft.present.objects
    assert outcome(desk, portal) == ("accepted", id), "it has got a number"
    if "remove" in way:
        remove_object(desk.store, id, "test", desk.now, desk.draft.stamp)
        assert entry(desk).state == "waits"
        accepted(desk.browser(), "/objects/new")
        assert entry(desk).item == id
    if "start over" in way:
        start_over(desk.store, "test", desk.now, desk.draft.stamp, keep_edit=True)
        assert entry(desk).state == "accepted", "the edit is kept"
        start_over(desk.store, "test", desk.now, desk.draft.stamp, keep_edit=False)
        assert outcome(desk, portal) == ("waits", "")


@pytest.mark.parametrize("again", often([True], [False]))
def test_an_operation_that_goes_with_its_publishing_lets_its_nomination_wait_again(
    desk: Desk, portal: Database, *, again: bool
) -> None:
    """Where the entry waits for another plan, nothing is lost."""
    browser = desk.browser()
    sent(desk, portal)
    accepted(browser)
    browser.plan()
    assert browser.publish().status == 303
    assert entry(desk).state == "accepted"
    undo(desk.store, again=again)
    assert entry(desk).state == ("accepted" if again else "waits")
    if again:
        (waiting,) = desk.draft.waiting
        assert browser.press("/take-back", entry=str(waiting.number)).status == 303
        assert outcome(desk, portal) == ("waits", "")


@pytest.mark.slow
def test_an_operation_that_is_cancelled_lets_nothing_wait(desk: Desk, portal: Database) -> None:
    """It was decided, and she need not decline what she has called off."""
    browser = desk.browser()
    sent(desk, portal)
    accepted(browser)
    browser.plan()
    assert browser.publish().status == 303
    id = entry(desk).item
    enter(desk.store, [("cancelled", {"operation": id})], "test", desk.now, desk.draft.stamp)
    browser.plan()
    assert entry(desk).state == "accepted"
    assert browser.publish().status == 303
    assert id not in desk.draft.scenario.operations
    assert outcome(desk, portal) == ("accepted", id)


@FRAMED
@pytest.mark.parametrize("way", often(["into an object"], ["declined", "locked", "withdrawn"]))
def test_what_is_merged_waits_again_where_the_other_comes_to_nothing(desk: Desk, portal: Database, way: str) -> None:
    browser = desk.browser()
    sent(desk, portal)
    other = sent(desk, portal, "object" if "object" in way else "operation", "e2")
    if way == "into an object":
        accepted(browser, "/objects/new", "e2")
        assert decided(browser, "merge", into=entry(desk, "e2").item, reason="Samma dag").status == 303
        assert outcome(desk, portal) == ("merged", "Samma dag")
        assert browser.press("/take-back-edit").status == 303
    else:
        assert decided(browser, "merge", into=entry(desk, "e2").id).status == 303
        assert outcome(desk, portal) == ("merged", "")
    if way == "declined":
        assert decided(browser, "decline", "e2", reason="Redan planerad").status == 303
    if way == "withdrawn":
        sent(desk, portal, "retraction", "e3", contact=other, corrects=entry(desk, "e2").id)
    if way == "locked":
        lock_and_put_aside(desk.store, other, "test", desk.now)
    assert outcome(desk, portal) == ("waits", "")
    assert entry(desk).reason == ""


def test_what_a_locked_contact_nominates_is_put_aside_with_what_it_merged(desk: Desk, portal: Database) -> None:
    contact, browser = sent(desk, portal), desk.browser()
    sent(desk, portal, id="e2", contact=contact)
    sent(desk, portal, id="e3")
    decided(browser, "merge", into=entry(desk, "e2").id)
    assert browser.press("/contacts/lock", contact=contact).status == 303
    sent(desk, portal, id="e4", contact=contact)
    assert [entry(desk, f"e{n}").state for n in (1, 2, 3, 4)] == ["aside", "aside", "waits", "aside"]


def test_declining_needs_a_reason_which_is_told(desk: Desk, portal: Database) -> None:
    browser, of_person = desk.browser(), "Ring 070-174 06 05"
    sent(desk, portal)
    waiting = browser.get("/nominations")
    empty = decided(browser, "decline", reason="")
    assert empty.status == 422
    assert "saknas" in empty.text
    asked = decided(browser, "decline", reason=of_person)
    assert asked.status == 422
    assert 'name="sure"' in asked.body.decode(), "one that tells of a person is asked about"
    assert entry(desk).state == "waits"
    assert decided(browser, "decline", reason="Redan <i>planerad</i>", sure="on").status == 303
    assert '<th scope="col">Nr</th>' in browser.get("/nominations").body.decode()
    assert outcome(desk, portal) == ("declined", "Redan <i>planerad</i>")
    page = browser.get("/nominations")
    assert "Redan <i>planerad</i>" in page.text
    assert "<i>planerad</i>" not in page.body.decode()
    late = browser.send(waiting, "/nominations/decline", nomination=entry(desk).id, reason="En annan")
    assert late.status == 409
    assert "Posten finns inte längre" in late.text
    assert entry(desk).reason == "Redan <i>planerad</i>"
    sent(desk, portal, id="e2")
    assert decided(browser, "decline", "e2", reason=of_person, sure="on").status == 303


NEW_TITLE = "Nattkoll vid hamnen"


@FRAMED
def test_a_reason_with_a_place_or_a_title_is_refused_whoever_is_sure(desk: Desk, portal: Database) -> None:
    """Both would lie in the portal's database. One operation waits for a plan, and one site for a frame."""
    browser = desk.browser()
    sent(desk, portal, id="e0")
    accepted(browser, id="e0", title=NEW_TITLE)
    add(browser, **{"sites.ref": "S", "sites.name": "Hamnkällaren", "sites.address": "Avenyn 12 C"})
    sent(desk, portal)
    known = (f"{years.SITE_NAME} 1", f"Vi har redan {years.TITLE.upper()} 0", f"{NEW_TITLE}s dag", "Ny, Avenyn 12 C")
    for what, reason in product(("decline", "merge"), known):
        answer = decided(browser, what, reason=reason, into="OP-001", sure="on")
        assert answer.status == 422, reason
        assert "skriv om den" in answer.text
        assert f'value="{reason}"' in answer.body.decode(), "what was typed stays"
        assert 'name="sure"' not in answer.body.decode()
    assert outcome(desk, portal) == ("waits", "")


def test_merging_tells_that_but_not_with_what(desk: Desk, portal: Database) -> None:
    browser = desk.browser()
    sent(desk, portal)
    sent(desk, portal, id="e2")
    assert decided(browser, "merge", into="OP-999").status == 422
    assert decided(browser, "merge", into=entry(desk).id).status == 422, "with itself"
    assert decided(browser, "merge", into=entry(desk, "e2").id).status == 303
    assert decided(browser, "merge", "e2", into="OP-001", reason="Den ligger redan i mars").status == 303
    assert outcome(desk, portal) == ("merged", "")
    assert outcome(desk, portal, "e2") == ("merged", "Den ligger redan i mars")
    assert "sammanslagen med OP-001" in browser.get("/nominations").text


def test_a_contact_takes_back_what_is_its_own_and_not_decided(desk: Desk, portal: Database) -> None:
    def taken_back(id: str, what: str, contact: str = "") -> str:
        """What becomes of that retraction."""
        sent(desk, portal, "retraction", id, contact=contact, corrects=what.ljust(32, "0"))
        return entry(desk, id).state

    contact, browser = sent(desk, portal), desk.browser()
    assert (taken_back("e2", "e1"), entry(desk).state) == ("refused", "waits"), "it is another contact's"
    there = form_of(browser)
    taken_back("e3", "e1", contact)
    assert entry(desk).state == "withdrawn"
    assert browser.post("/nominations/new", {**there, "programme": "city"}).status == 409, "its form is open still"
    assert desk.draft.entries_with().changes == ()
    sent(desk, portal, id="e4", contact=contact)
    decided(browser, "decline", "e4", reason="Redan planerad")
    assert (taken_back("e5", "e4", contact), entry(desk, "e4").state) == ("refused", "declined")


def test_in_whatever_order_a_nomination_and_its_retraction_come(desk: Desk, portal: Database) -> None:
    contact = sent(desk, portal, id="e0")
    sent(desk, portal, "retraction", "e2", contact=contact, corrects="e1".ljust(32, "0"))
    sent(desk, portal, contact=contact)
    assert entry(desk).state == "withdrawn"
    assert entry(desk, "e0").state == "waits"


def test_what_was_decided_outlasts_a_backup_and_what_an_older_copy_lost_comes_again(
    desk: Desk, portal: Database, tmp_path: Path
) -> None:
    contact = sent(desk, portal, id="e0")
    decided(desk.browser(), "decline", "e0", reason="Redan planerad")
    desk.now += timedelta(hours=1)
    file = backup(desk.store, tmp_path / "copy.db", desk.now).file
    sent(desk, portal, contact=contact)
    decided(desk.browser(), "decline", reason="Inte i år")
    restore(file, desk.url, "test", desk.now + timedelta(hours=1), replace=True, keep=True)
    desk.now += timedelta(hours=2)
    back = Desk(open_store(desk.url), desk.now)
    for _ in range(3):
        carry(back.store, portal, back.now)
    assert (entry(back, "e0").state, entry(back, "e0").reason) == ("declined", "Redan planerad")
    assert entry(back).state == "waits"
    assert outcome(back, portal, "e0") == ("declined", "Redan planerad")
    assert outcome(back, portal) == ("waits", "")
