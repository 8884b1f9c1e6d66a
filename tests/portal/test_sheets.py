"""Information sheets: each party writes its own sections, gives them to named readers, and nobody else reads a word.

The cases are the contract's, section 14.
"""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from arshjul.errors import StorageError
from arshjul.office.contacts.sheets import due_sheets, sheet_of_operation
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store import tables as year_tables
from arshjul.office.store.store import make_store
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.actions.sheet_copy import copy_of
from arshjul.portal.actions.sheets import note_reading
from arshjul.portal.store import sessions, views
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.year.agenda.sheet_completeness import OperationSheet
from arshjul.year.domain.information_sheet.declared import SECTIONS, SheetForm
from arshjul.year.domain.information_sheet.sections import ReaderSheet, Section
from arshjul.year.domain.party_view import PartyView
from arshjul.year.formats.feeds import view_json
from tests.databases import copied, whole
from tests.office.console.browser import Browser, Page
from tests.portal import sheet_town
from tests.portal.conftest import NOW, Office
from tests.worlds import Known, Worlds

OPERATION = "OP-000"
LEAD, AGENCY, OTHER, POLICE = "agency-a0", "agency-a1", "agency-a2", "police-p0"
PURPOSE = {"purpose": "Kanariesyftet", "legal_ground": "Miljöbalken", "decision": "taken"}


KNOWN = {"visits": "2024 utan anmärkning", "open_matter": "no"}
OBJECT = {"reference": "M-7", "premises": "Restaurang"}
WANTED = {"checks": "Kanariekollen", "evidence": "Bilder", "minutes": "45", "order": "any", "breach": "Vi"}


RISK = {"risk": "high", "measures": "Kanarieskyddet"}
BEFORE_DUE = sheet_town.BEFORE_DUE


def sheet_year(folder: Path, _: Worlds) -> None:
    """The world of a published year whose information sheets are due 28 days before, and of its portal."""
    sheet_town.publish(make_store(str(folder / "y.db"), wal=False), folder, 4, SheetForm())
    make_portal(str(folder / "portal.db"))


def with_contacts(folder: Path, worlds: Worlds) -> Known:
    """That world, with a contact of each party that is invited."""
    worlds.copied(sheet_year, folder)
    made = sheet_town.desk_over(folder)
    return {f"{party} sheet": made.invited(party, "sheet")[1] for party in ("a0", "a1", "a2", "p0")}


@pytest.fixture(scope="session")
def with_sheets(worlds: Worlds) -> bytes:
    """The file of the year."""
    return whole(worlds.of(sheet_year) / "y.db")


@pytest.fixture
def desk(worlds: Worlds, tmp_path: Path) -> Office:
    """A portal with sheets, before they are due."""
    worlds.copied(with_contacts, tmp_path)
    return sheet_town.desk_over(tmp_path)


def keys(office: Office) -> SheetKeys:
    assert office.sheets is not None
    return office.sheets.keys


def written(browser: Browser, section: str, fields: dict[str, str], operation: str = OPERATION) -> Page:
    path = f"/sheets/{operation}/{section}"
    page = browser.get(path)
    assert page.status == 200, page.text
    hidden = page.hidden("seen")
    return browser.post(path, {**hidden, **fields})


def given(browser: Browser, **fields: str | list[str]) -> Page:
    path = f"/sheets/{OPERATION}/give"
    hidden = browser.get(path).hidden("key", "seen") | {"sure": "yes"}
    return browser.post(path, {**hidden, **{name.replace("__", "."): value for name, value in fields.items()}})


def read_by(office: Office, party: str) -> ReaderSheet:
    sheet, _ = copy_of(office.portal, keys(office), party, OPERATION)
    note_reading(office.portal, sheet, "", office.now)
    return sheet


def who_wrote(sheet: ReaderSheet) -> list[tuple[str, str]]:
    return [(section.id, section.owner) for section in sheet.sections]


def own_of(browser: Browser) -> dict[str, str]:
    """What every form of the browser's sends."""
    page = browser.get("/sheets")
    return page.hidden()


def raised(desk: Office, browser: Browser) -> Browser:
    """The browser, that has entered a code."""
    contact = browser.get("/sheets").field("contact")
    with desk.portal.writing() as db:
        table = sessions.CONTACTS.table.c
        for session in db.execute(select(table.session).where(table.contact == contact)).scalars():
            sessions.RAISED.put(db, sessions.RaisedSession(session, contact, desk.now + timedelta(hours=8)))
    return browser


def view_of(desk: Office, party: str) -> PartyView:
    with desk.portal.reading() as db:
        return view_json.from_text(views.body(db, party)[1])


# -- the road


def due(office: Office) -> OperationSheet:
    """What the coordinator sees of the sheet, after a turn."""
    office.carry()
    with office.store.reading() as db:
        draft = opened_draft(db)
    return next(one for one in due_sheets(office.store, draft, office.now) if one.operation == OPERATION)


def test_the_road_of_the_contract(desk: Office) -> None:
    """The lead writes A and C, an agency B, the police E; each names readers; the coordinator sees how much."""
    lead, agency, police = desk.browser("a0", "sheet"), desk.browser("a1", "sheet"), desk.browser("p0", "sheet")
    for browser, own in ((lead, "A B C C-place D F"), (agency, "B D F"), (police, "E E-basis")):
        answered = {id: browser.get(f"/sheets/{OPERATION}/{id}").status for id in SECTIONS}
        assert answered == {id: 200 if id in own.split() else 404 for id in SECTIONS}, own
    assert desk.browser("p1", "sheet").get(f"/sheets/{OPERATION}").status == 404, "it has no part in the operation"
    written(lead, "A", {"meeting_place": "Kanarieplatsen"})
    written(lead, "C", OBJECT)
    assert given(lead, to__A=[AGENCY, POLICE], to__C=[AGENCY]).status == 303
    written(agency, "B", PURPOSE)
    receipt = given(agency, to__B=LEAD)
    assert receipt.status == 303
    shown = agency.get(receipt.headers["location"])
    assert "besvarade 3" in shown.text
    assert "Kanarie" not in shown.text, "a receipt says what was given, and nothing of it"
    written(police, "E", RISK)
    assert given(police, to__E=[LEAD, AGENCY]).status == 303
    assert who_wrote(read_by(desk, LEAD)) == [("A", LEAD), ("B", AGENCY), ("C", LEAD), ("E", POLICE)]
    assert who_wrote(read_by(desk, AGENCY)) == [("A", LEAD), ("B", AGENCY), ("C", LEAD), ("E", POLICE)]
    assert who_wrote(read_by(desk, POLICE)) == [("A", LEAD), ("E", POLICE)]
    parts = {part.name: ([there.section for there in part.given], part.missing) for part in due(desk).parts}
    assert parts["Myndighet 0"] == (["C"], ["B", "D", "F"])
    assert parts["Myndighet 1"] == (["B"], ["D", "F"])
    assert parts["LPO 0"] == (["E"], [])
    assert {entry.state for entry in desk.entries()} == {"counts"}
    with desk.store.reading() as db:
        draft = opened_draft(db)
    assert sheet_of_operation(desk.store, draft, OPERATION, desk.now) is not None
    assert sheet_of_operation(desk.store, draft, "OP-999", desk.now) is None, "what has no place has no sheet"


def test_each_next_saves_and_leads_on_and_what_is_left_out_is_said(desk: Office) -> None:
    agency, place = desk.browser("a1", "sheet"), f"/sheets/{OPERATION}"

    def goes_on() -> list[str]:
        page = agency.get(place).body.decode()
        return re.findall(rf'class="main button" href="{place}/([\w-]+)', page)

    for section, after in (("B", "D"), ("D", "F"), ("F", "give")):
        answer = written(agency, section, {})
        assert answer.headers["location"].startswith(f"{place}/{after}?")
    assert "inte påbörjad" in agency.get(place).text, "nothing filled in is no draft"
    assert "Inte ifyllt än: B Syfte" in agency.get(f"{place}/D").text
    assert goes_on() == ["B"]
    written(agency, "B", {"purpose": "Kanariesyftet"})
    page = agency.get(f"{place}/B")
    assert "Kanariesyftet" in page.text
    assert "kvar att besvara: 2" in page.text
    assert page.text.count("Kvar att besvara:") == 2
    page = agency.get(f"{place}/D")
    assert "(Lagstöd för er kontroll, Ert eget beslut)" in page.text
    assert f"{place}/B?" in page.body.decode()
    written(agency, "B", PURPOSE)
    assert "Inte ifyllt än" not in agency.get(f"{place}/D").text
    assert goes_on() == ["D"]
    written(agency, "D", {"visits": "2024", "open_matter": "no"})
    assert goes_on() == ["F"]
    written(agency, "F", {"checks": "Allt"})
    assert goes_on() == ["F"], "answers are left"
    assert "Del 2 av" in agency.get(f"{place}/D").text
    assert "Inte lämnat än: B, D, F." in agency.get(f"{place}/D").text
    written(agency, "F", {**dict.fromkeys(("checks", "evidence", "breach"), "x"), "minutes": "5", "order": "any"})
    assert goes_on() == ["give"]
    given(agency, to__B=LEAD)
    assert goes_on() == []


def test_a_required_field_needs_an_answer_and_not_to_know_is_one_of_its_choices(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", {"purpose": "Kanariesyftet"})
    refused = given(agency, to__B=LEAD)
    assert refused.status == 422
    assert "saknar svar" in refused.text
    written(agency, "B", {"purpose": "x", "why.legal_ground": "unknown", "decision": "withheld"})
    assert '<option value="withheld" selected>' in agency.get(f"/sheets/{OPERATION}/B").body.decode()
    assert given(agency, to__B=LEAD).status == 303
    (part,) = [part for part in due(desk).parts if part.name == "Myndighet 1"]
    assert ([section.section for section in part.given], part.n_unknown, part.n_withheld) == (["B"], 1, 1)
    (section,) = read_by(desk, LEAD).sections
    assert section.why_not == {"legal_ground": "unknown", "decision": "withheld"}
    assert written(agency, "D", {"visits": "2024", "open_matter": "no", "sure": "withheld"}).status == 422, (
        "not required"
    )


# -- readers


def test_readers_are_chosen_among_those_who_take_part_and_nobody_unasked(desk: Office) -> None:
    """Nobody is ticked at first: an officer who presses on would have written for nobody."""
    agency, path = desk.browser("a1", "sheet"), f"/sheets/{OPERATION}/give"
    written(agency, "B", PURPOSE)
    page = agency.get(path)
    assert re.search(r"<legend[^>]*>\s*Tillåten användning", page.body.decode())
    assert "Inte påbörjat: D Känt" in page.text
    assert "Beläggning" not in page.body.decode(), "what readers may use it for is no occupancy"
    assert given(agency, to__B="police-p1").status == 422
    assert given(agency, to__B="coordinator").status == 422
    written(agency, "D", {"visits": "2024", "open_matter": "no"})
    shown = given(agency, to__B=[LEAD, POLICE], protects__B="30:23", use=["planning"], do="same")
    assert shown.status == 200, "the same for all sections is shown first, and given by another press"
    assert who_wrote(read_by(desk, LEAD)) == []
    ticked = re.findall(r'name="to\.D" value="([\w-]+)" checked', shown.body.decode())
    assert sorted(ticked) == [LEAD, POLICE]
    assert shown.body.decode().count('<option value="30:23" selected>') == 2
    assert "Alla delar har samma läsare och skydd som B" in shown.text
    assert "Tillåten användning: planering" in shown.text
    fields = agency.get(path).hidden("key", "seen")
    asked = agency.post(path, fields)
    assert asked.status == 422, "it is asked once whether nobody is to read"
    assert "Bara ni kommer att läsa B" in asked.text
    assert agency.post(path, {**fields, "to.B": LEAD, "to.D": LEAD}).status == 303


def test_a_sheet_cannot_hold_a_section_that_is_not_its_readers() -> None:
    one = Section(OPERATION, AGENCY, "B", 1, "given", to=(POLICE,))
    for wrong in (one, replace(one, to=()), replace(one, to=(LEAD,), state="draft"), replace(one, operation="OP-9")):
        with pytest.raises(ValueError, match="not this reader's"):
            ReaderSheet(OPERATION, LEAD, (wrong,))
    assert ReaderSheet(OPERATION, POLICE, (one,)).sections


def taken_away(browser: Browser, reader: str, section: str = "") -> Page:
    own = browser.get(f"/sheets/{OPERATION}").hidden()
    return browser.post(f"/sheets/{OPERATION}/narrow", {**own, "reader": reader, "section": section})


def test_after_the_due_date_there_are_addenda_and_an_owner_takes_a_reader_away_still(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    written(agency, "D", {"visits": "2024", "open_matter": "yes"})
    assert given(agency, to__B=[LEAD, POLICE], to__D=[POLICE]).status == 303
    desk.now = NOW - timedelta(days=3)
    agency = desk.browser("a1", "sheet")
    assert "fryst" in agency.get(f"/sheets/{OPERATION}").text
    written(agency, "B", {**PURPOSE, "purpose": "Tillägget"})
    given(agency, to__B=[LEAD, POLICE])
    written(agency, "B", {**PURPOSE, "purpose": "Utkastet"})
    assert [section.id for section in read_by(desk, POLICE).sections] == ["B", "B", "D"]
    assert taken_away(agency, POLICE, "B").status == 200
    assert who_wrote(read_by(desk, POLICE)) == [("D", AGENCY)]
    there = [(section.state, section.values["purpose"]) for section in read_by(desk, LEAD).sections]
    assert there == [("given", "Kanariesyftet"), ("addendum", "Tillägget")], "the others read on, and no draft"
    assert "Utkastet" in agency.get(f"/sheets/{OPERATION}/B").text, "the draft stands"
    assert "Kanariesyftet" not in taken_away(agency, POLICE).text
    assert who_wrote(read_by(desk, POLICE)) == []
    for wrong in ("", "police-p1", AGENCY):
        assert taken_away(agency, wrong).status == 422


def test_another_session_of_the_same_contact_is_shown_nothing_nor_by_taking_away(desk: Office) -> None:
    _, path = desk.invited("a1", "sheet")
    first, second = desk.stranger(), desk.stranger()
    for browser in (first, second):
        assert browser.post(path, {}).status == 303
    written(first, "B", PURPOSE)
    assert "Kanariesyftet" in first.get(f"/sheets/{OPERATION}/B").text
    page = second.get(f"/sheets/{OPERATION}/B")
    assert "Kanariesyftet" not in page.text
    assert "annan session" in page.text
    given(first, to__B=LEAD)
    assert "Kanariesyftet" not in taken_away(second, LEAD).text
    assert who_wrote(read_by(desk, LEAD)) == []
    assert "Kanariesyftet" not in second.get(f"/sheets/{OPERATION}/B").text
    assert "Kanariesyftet" in first.get(f"/sheets/{OPERATION}/B").text
    desk.now += timedelta(hours=8)
    assert "Kanariesyftet" not in first.get(f"/sheets/{OPERATION}/B").text


def test_receipt_and_page_say_who_may_read_and_who_has_read_in_one_line_each(desk: Office) -> None:
    agency, lead = desk.browser("a1", "sheet"), desk.browser("a0", "sheet")
    written(agency, "B", PURPOSE)
    written(agency, "D", {"visits": "2024", "open_matter": "no"})
    receipt = given(agency, to__B=[LEAD, POLICE])
    assert "kan läsas av: Myndighet 0, LPO 0" in agency.get(receipt.headers["location"]).text
    assert "kan läsas av: bara ni" in agency.get(receipt.headers["location"]).text, "of D nobody was ticked"
    assert "kan läsas av: Myndighet 0, LPO 0" in agency.get(f"/sheets/{OPERATION}").text
    shown = taken_away(agency, POLICE).text
    assert "kan läsas av: Myndighet 0 " in shown
    assert "LPO 0 " not in agency.get(receipt.headers["location"]).text
    written(agency, "D", {"visits": "2024", "open_matter": "no"})
    given(agency, to__D=[LEAD])
    for party in (LEAD, AGENCY):
        read_by(desk, party)
    (read,) = re.findall(r"Läst av(.*?)</ul>", agency.get(f"/sheets/{OPERATION}").body.decode(), re.DOTALL)
    assert read.count("<li>") == 1, "of the party's own reading there is none"
    assert re.search(r"Myndighet 0: B \(version 2\), D \(version 2\), ", read)
    assert lead.get(receipt.headers["location"]).status != 200


def test_a_reader_is_told_what_it_has_not_been_given_and_not_whether_others_have(desk: Office) -> None:
    lead, agency = raised(desk, desk.browser("a0", "sheet")), desk.browser("a1", "sheet")
    own = own_of(lead)

    def not_read() -> str:
        return lead.post(f"/sheets/{OPERATION}/read", own).text.partition("Inte lämnat till er")[2]

    before = not_read()
    assert "inte lämnat än, eller inte till er" in before
    assert "Myndighet 1: B Syfte" in before
    assert "LPO 0: E Risk" in before
    written(agency, "B", PURPOSE)
    given(agency, to__B=POLICE)
    assert not_read() == before, "given to others is as not given"
    written(agency, "B", PURPOSE)
    given(agency, to__B=LEAD)
    assert "Myndighet 1: D " in not_read()


def test_what_stands_against_giving_says_where_and_what_is_possible(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", {**PURPOSE, "decision": ""})
    for page in (agency.get(f"/sheets/{OPERATION}/give"), given(agency, to__B=[LEAD])):
        (link,) = re.findall(rf'href="(/sheets/{OPERATION}/B\?as=[^"#]*)#decision"', page.body.decode())
        assert 'id="decision"' in agency.get(link).body.decode()
    written(agency, "B", PURPOSE)
    assert "#decision" not in agency.get(f"/sheets/{OPERATION}/give").body.decode()
    refused = given(agency, to__B=[LEAD], protects__B="18:1", ground="10:15a", weighed="x")
    assert refused.status == 422
    assert "Möjliga här: 10 kap. 2 § OSL, 10 kap. 27 § OSL, 10 kap. 28 § OSL." in refused.text


# -- two people


def test_another_persons_draft_is_not_replaced_or_given_unseen_and_what_was_typed_stands(desk: Office) -> None:
    first, second = desk.browser("a1", "sheet"), desk.browser("a1", "sheet")
    path = f"/sheets/{OPERATION}/B"
    hidden = second.get(path).hidden("seen")
    written(first, "B", PURPOSE)
    answer = second.post(path, {**hidden, "purpose": "Min egen text"})
    assert answer.status == 409
    assert "Min egen text" in answer.text
    assert "Kanariesyftet" not in answer.text
    assert "Kanariesyftet" in first.get(path).text, "nothing was replaced"
    again = {**hidden, "seen": answer.field("seen"), "purpose": "Min egen text"}
    assert second.post(path, again).status == 303
    assert "Min egen text" in second.get(path).text
    written(second, "B", {**PURPOSE, "purpose": "Min egen text"})
    give = f"/sheets/{OPERATION}/give"
    fields = {**second.get(give).hidden("key", "seen"), "to.B": LEAD}
    written(second, "B", {**PURPOSE, "purpose": "Annat"})
    assert second.post(give, fields).status == 409, "it was saved since the readers were chosen"
    assert who_wrote(read_by(desk, LEAD)) == []


def test_two_windows_of_one_session_do_not_overwrite_each_other_unasked(desk: Office) -> None:
    agency, path = desk.browser("a1", "sheet"), f"/sheets/{OPERATION}/B"
    fields = [agency.get(path).hidden("seen") for _ in range(2)]
    assert [agency.post(path, {**fields[0], **PURPOSE}).status for _ in range(2)] == [303, 303], "a double press"
    typed = {**PURPOSE, "purpose": "Kanarieandra"}
    asked = agency.post(path, {**fields[1], **typed})
    assert asked.status == 409
    assert "på annat håll" in asked.text
    assert "Kanarieandra" in asked.text
    assert agency.post(path, {**fields[1], **typed, "seen": asked.field("seen")}).status == 303
    assert "Kanarieandra" in agency.get(path).text


# -- leaks: tests/portal/test_sheet_leaks.py has the ways


def test_after_a_code_a_party_reads_what_is_given_to_it_and_the_owner_sees_that(desk: Office) -> None:
    agency, lead, police = desk.browser("a1", "sheet"), desk.browser("a0", "sheet"), desk.browser("p0", "sheet")
    written(agency, "B", PURPOSE)
    given(agency, to__B=LEAD)
    for browser in (lead, police):
        own = own_of(browser)
        for way in ("read", "pdf"):
            answer = browser.post(f"/sheets/{OPERATION}/{way}", own)
            assert answer.headers["location"].startswith("/code?"), "no code, no reading"
        page = raised(desk, browser).post(f"/sheets/{OPERATION}/read", own)
        assert ("Kanariesyftet" in page.text) is (browser is lead)
    assert "Myndighet 0: B" in agency.get(f"/sheets/{OPERATION}").text
    assert "utskrivet" not in agency.get(f"/sheets/{OPERATION}").text
    read_by(desk, LEAD)
    assert "utskrivet åt dem" in agency.get(f"/sheets/{OPERATION}").text
    assert "LPO 0: B" not in agency.get(f"/sheets/{OPERATION}").text
    own = own_of(lead)
    made = lead.post(f"/sheets/{OPERATION}/pdf", own)
    assert made.body.startswith(b"%PDF-")
    assert re.fullmatch(r'attachment; filename="underlag-[A-Z2-7]{4}\.pdf"', made.headers["content-disposition"])
    noted = f"som PDF, SHA-256 {hashlib.sha256(made.body).hexdigest()[:12]}…"
    assert noted in agency.get(f"/sheets/{OPERATION}").text
    desk.now += timedelta(hours=8)
    assert lead.post(f"/sheets/{OPERATION}/read", own).status == 303


def test_another_years_database_is_not_carried_where_sheets_of_one_lie(
    desk: Office, with_sheets: bytes, tmp_path: Path
) -> None:
    """Every year begins with the same numbers: what was written of one operation would be shown as of another."""
    other = copied(with_sheets, tmp_path / "other.db")
    with other.writing() as db:
        db.execute(update(year_tables.uid_key).values(key=b"x" * 32))
    carry(other, desk.portal, desk.now)
    desk.carry()
    written(desk.browser("a1", "sheet"), "B", PURPOSE)
    with pytest.raises(StorageError, match="another year's"):
        carry(other, desk.portal, desk.now)
    desk.carry()
    assert who_wrote(read_by(desk, AGENCY)) == [("B", AGENCY)]
