"""Information sheets: each party writes its own sections, gives them to named readers, and nobody else reads a word.

The cases are the contract's, section 14.
"""

import hashlib
import os
import re
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import select, update

from arshjul.errors import StorageError
from arshjul.office.contacts.sheets import due_sheets, sheet_of_operation, sheet_register
from arshjul.office.draft.draft import opened_draft
from arshjul.office.store import tables as year_tables
from arshjul.office.store.store import make_store
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.actions.sheet_copy import copy_of
from arshjul.portal.actions.sheets import NoKey, note_reading
from arshjul.portal.app import PortalServer
from arshjul.portal.store import sessions, views
from arshjul.portal.store import sheets as portal_sheets
from arshjul.portal.store.schema import open_own
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.year.agenda.sheet_completeness import OperationSheet
from arshjul.year.domain.information_sheet.declared import SECTIONS, SheetForm
from arshjul.year.domain.information_sheet.sections import Grounds, ReaderSheet, Section
from arshjul.year.domain.party_view import PartyView
from arshjul.year.formats.feeds import view_json
from arshjul.year.formats.information_sheet.grounds import read_grounds
from arshjul.year.formats.information_sheet.printed import printed
from tests import years
from tests.builders import swedish
from tests.databases import copied, whole
from tests.office.console.browser import Browser, Page
from tests.office.console.forms import links
from tests.portal import sheet_town
from tests.portal.conftest import GROUNDS, NOW, Office
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
        there = [id for id in SECTIONS if browser.get(f"/sheets/{OPERATION}/{id}").status == 200]
        assert there == own.split()
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


# -- keys


def test_without_the_key_nothing_opens_and_a_body_opens_in_its_own_place_alone(desk: Office, tmp_path: Path) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    given(agency, to__B=LEAD)
    with pytest.raises(NoKey):
        copy_of(desk.portal, SheetKeys(tmp_path / "other.keys"), LEAD, OPERATION)
    own, place = keys(desk), (OPERATION, AGENCY, "B", 1)
    body = own.encrypted(place, b"x", is_first=True)
    assert own.decrypted(place, body) == b"x"
    for other in (("OP-001", AGENCY, "B", 1), (OPERATION, LEAD, "B", 1), (OPERATION, AGENCY, "D", 1), (*place[:3], 2)):
        assert own.decrypted(other, body) is None
    assert own.decrypted(place, body[:-1]) is None
    sizes = {len(own.encrypted(("O", "a", "B", 1), b"x" * n, is_first=True)) for n in (1, 900)}
    assert len(sizes) == 1, "sizes tell little"
    assert own.file.stat().st_mode & 0o077 == 0
    lines = own.file.read_text().splitlines()
    assert [line.split(" ")[0] for line in lines] == [OPERATION, "O"]


def test_a_lost_file_of_keys_is_never_replaced_unasked(desk: Office) -> None:
    agency, other = desk.browser("a1", "sheet"), desk.browser("a2", "sheet")
    written(agency, "B", PURPOSE)
    file = keys(desk).file
    kept = file.read_bytes()
    for left in (None, b""):
        file.unlink() if left is None else file.write_bytes(left)
        answer = written(other, "B", {**PURPOSE, "purpose": "Den andres"})
        assert answer.status == 503
        assert "den som driver portalen" in answer.text
        assert answer.field("purpose") == "Den andres", "it can be sent again"
        assert (file.read_bytes() if file.exists() else None) == left
        assert "går inte att öppna" in agency.get(f"/sheets/{OPERATION}").text
        assert agency.get(f"/sheets/{OPERATION}/B").status == 200
        file.write_bytes(kept)
        file.chmod(0o600)
    assert written(other, "B", PURPOSE).status == 303
    assert "Kanariesyftet" in agency.get(f"/sheets/{OPERATION}/B").text


def test_what_is_wrong_with_the_file_of_keys_is_not_told_to_visitors(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    file = keys(desk).file
    for data, mode in ((b"OP-000 \xff\n", 0o600), (b"OP-000 x y\n", 0o600), (b"", 0o644)):
        file.write_bytes(data)
        file.chmod(mode)
        page = agency.get(f"/sheets/{OPERATION}")
        assert page.status == 503, data
        assert "ring samordnaren" in page.text
        assert file.name not in page.text


def test_a_key_that_is_written_in_part_is_none_and_a_lost_one_is_not_replaced(desk: Office) -> None:
    """A full disk: nothing is encrypted under what is not there. Other operations go on."""
    own, write = keys(desk), os.write
    written(desk.browser("a1", "sheet"), "B", PURPOSE, "OP-001")
    before = own.file.read_bytes()
    with mock.patch("os.write", lambda handle, data: write(handle, data[:30])):
        assert written(desk.browser("a1", "sheet"), "B", PURPOSE).status == 503
    assert own.file.read_bytes() == before
    assert written(desk.browser("a1", "sheet"), "B", PURPOSE).status == 303
    own.file.write_text(own.file.read_text().replace(OPERATION, "OP-999"))
    assert written(desk.browser("a2", "sheet"), "B", PURPOSE).status == 503
    assert [line.split(" ")[0] for line in own.file.read_text().splitlines()] == ["OP-001", "OP-999"]


def test_a_section_that_does_not_open_stops_no_other_and_gives_way_to_no_older_one(desk: Office) -> None:
    lead, agency = desk.browser("a0", "sheet"), desk.browser("a1", "sheet")
    written(lead, "A", {"meeting_place": "Kanarieplatsen"})
    given(lead, to__A=[AGENCY, POLICE])
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD, POLICE])
    written(agency, "B", PURPOSE)
    given(agency, to__B=LEAD)
    with desk.portal.writing() as db:
        table = portal_sheets.SECTIONS.table
        last = (table.c.party == AGENCY, table.c.version == 2)
        db.execute(update(table).where(*last).values(body=b"x" * 1052))
    sheet = read_by(desk, POLICE)
    assert who_wrote(sheet) == [("A", LEAD)], "who was taken away reads no older version"
    assert not sheet.is_whole
    assert "går inte att öppna" in str(printed(sheet, {}, Grounds(), swedish()))
    assert who_wrote(read_by(desk, LEAD)) == [("A", LEAD)]
    assert taken_away(agency, LEAD).status == 503, "its readers are in it"


# -- grounds


def test_a_provision_that_is_not_listed_is_written_out_and_judged_by_its_chapter(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    on: dict[str, str | list[str]] = {"ground": "10:15a", "weighed": "Vägt", "to__B": [POLICE]}
    for provision, said in (
        ("annan bestämmelse", "Välj en bestämmelse, eller skriv den med sitt kapitel"),
        ("17 kap. 2 § OSL", "10 kap. 15 a § bryter bara sekretess enligt 21–40 kap."),
    ):
        page = given(agency, provision__B=provision, **on)
        assert page.status == 422
        assert said in page.text, page.text
        assert page.field("provision.B") == provision
    assert given(agency, provision__B="30 kap. 20 § OSL", protects__B="17:1", **on).status == 303
    (section,) = read_by(desk, POLICE).sections
    assert section.protects == "30 kap. 20 § OSL"
    assert "Sekretess: 30 kap. 20 § OSL." in str(printed(read_by(desk, POLICE), {}, read_grounds(GROUNDS), swedish()))
    assert agency.get(f"/sheets/{OPERATION}/give").field("provision.B") == "30 kap. 20 § OSL"


def test_every_pair_that_is_refused_is_refused_in_words_at_the_form(desk: Office) -> None:
    police, grounds = desk.browser("p0", "sheet"), read_grounds(GROUNDS)
    wanted = {("consent", "17:1"), ("consent", "18:1"), ("10:15a", "17:1"), ("10:15a", "18:1"), ("balance", "26:1"),
              ("balance", "27:1")}  # fmt: skip
    written(police, "E", RISK)
    found = set[tuple[str, str]]()
    for protects, ground in product(grounds.protections, grounds.grounds):
        because = grounds.refusal(protects, ground)
        if because is None:
            continue
        found.add((ground, protects))
        refused = given(police, to__E=LEAD, protects__E=protects, ground=ground, weighed="Vägt")
        assert refused.status == 422
        assert len(because) > 20
        assert because in refused.text
    assert found == wanted
    choice = {"to__E": LEAD, "protects__E": "18:1"}
    assert "Välj en grund" in given(police, **choice, weighed="x").text
    assert "vägt" in given(police, **choice, ground="own-work").text
    assert who_wrote(read_by(desk, LEAD)) == []
    assert given(police, **choice, ground="own-work", weighed="Vägt").status == 303


# -- what is typed, sent twice, or locked


def test_numbers_are_told_before_they_are_kept_with_what_is_more_than_usual(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    for text, what in (
        ("Ägaren är 800101-1234", "personnummer"),
        ("556677-8899", "organisationsnummer"),
        ("Ring 070-174 06 05", "telefonnummer"),
        ("Se dnr 44", "ärendenummer"),
        ("MRN-2027/1234", "ärendenummer"),
    ):
        answer = written(agency, "B", {**PURPOSE, "purpose": text})
        assert answer.status == 422
        assert what in answer.text
        assert text in answer.text
        assert "inte påbörjad" in answer.text
        assert written(agency, "B", {**PURPOSE, "purpose": text, "meant": "on"}).status == 303
    several = {"purpose": "Ring 070-174 06 05 om 556677-8899", "legal_ground": "x" * 1500}
    page = written(agency, "B", {**PURPOSE, **several})
    assert page.status == 422
    for said in ("070-174 06 05", "556677-8899", "1500 tecken", "ett enda långt ord"):
        assert said in page.text
    assert "9999 är ovanligt mycket" in written(agency, "F", {**WANTED, "minutes": "9999"}).text
    assert written(agency, "F", {**WANTED, "minutes": "9999", "meant": "yes"}).status == 303
    assert written(agency, "F", {**WANTED, "minutes": "600"}).status == 303
    too_long = written(agency, "B", {**PURPOSE, "purpose": "ord " * 501})
    assert "2003 tecken" in too_long.text, "it is not cut unseen"


def test_what_is_chosen_is_no_answer_to_what_is_asked_and_none_is_ticked_alone(desk: Office) -> None:
    """A field of the section, how sure one is, is called as the tick is elsewhere."""
    browser = desk.browser("a1", "sheet")
    known = {"visits": "Ring 070-174 06 05", "open_matter": "no", "sure": "2"}
    assert written(browser, "D", known).status == 422
    assert written(browser, "D", {**known, "meant": "on"}).status == 303
    assert browser.get(f"/sheets/{OPERATION}/D").body.decode().count('<option value="2" selected>') == 1
    fields: dict[str, str | list[str]] = {"visits": "Inga", "open_matter": "no"}
    own = browser.get(f"/sheets/{OPERATION}/D").hidden("seen")
    both = browser.post(f"/sheets/{OPERATION}/D", {**own, **fields, "indicators": ["none", "fire-risk"]})
    assert "Kryssa antingen" in both.text
    assert browser.post(f"/sheets/{OPERATION}/D", {**own, **fields, "indicators": ["none"]}).status == 303


def test_it_is_said_where_the_object_stands_and_whom_to_ask(desk: Office) -> None:
    """Without a code it is not said whether the lead agency has given it; with one, not whether it has written it."""
    lead, agency = desk.browser("a0", "sheet"), desk.browser("a1", "sheet")
    path = f"/sheets/{OPERATION}/D"
    assert "Objektet skriver ni i del C" in lead.get(path).text
    before = agency.get(path).text
    assert "Myndighet 0 skriver objektet i del C: läs den först, med kod" in before
    own = agency.get("/sheets").hidden()
    asked = agency.post(f"/sheets/{OPERATION}/read", {**own, "at": "D"})
    assert asked.headers["location"].endswith(f"&for=sheets/{OPERATION}/D"), "and back to that section"
    written(lead, "C", OBJECT)
    assert given(lead, to__C=[OTHER]).status == 303
    assert agency.get(path).text == before
    raised(desk, agency)
    assert "som ni inte har fått: fråga Myndighet 0" in agency.get(path).text
    written(lead, "C", OBJECT)
    assert given(lead, to__C=[AGENCY]).status == 303
    assert "läs den först." in agency.get(path).text
    assert "M-7" not in agency.get(path).text, "a reading is a press, that is noted"
    read = agency.post(f"/sheets/{OPERATION}/read", {**own, "at": "D"})
    assert "M-7" in read.text
    assert f'href="{path}?' in read.body.decode()


def test_that_there_was_no_answer_stays_where_one_is_required_no_more(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    fields = tuple(replace(field, is_required=True) for field in SECTIONS["F"].fields)
    said = {"checks": "Kylar", "evidence": "Bilder", "minutes": "60"}
    with mock.patch.dict(SECTIONS, {"F": replace(SECTIONS["F"], fields=fields)}):
        written(agency, "F", {**said, "order": "unknown", "why.breach": "withheld"})
    page = agency.get(f"/sheets/{OPERATION}/F").body.decode()
    assert '<option value="unknown" selected>' in page
    assert '<option value="withheld" selected>' in page
    written(agency, "F", {**said, "order": "unknown", "why.breach": "withheld"})
    assert given(agency, to__F=LEAD).status == 303
    (section,) = read_by(desk, LEAD).sections
    assert section.why_not == {"order": "unknown", "breach": "withheld"}


def test_where_sheets_are_switched_off_there_is_no_page(office: Office) -> None:
    office.app = PortalServer(open_own(office.portal.name), clock=lambda: office.now).application()
    browser = office.browser("a1", "sheet")
    assert "Underlag" not in browser.get("/").text
    assert browser.get("/sheets").status == 404
    assert browser.get(f"/sheets/{OPERATION}").status == 404


# -- what the year adds


def test_the_year_says_which_sections_there_are_besides_and_who_writes_of_risk_and_people(
    empty_portal: bytes, tmp_path: Path
) -> None:
    year = years.scenario()
    risk, people = replace(year.agencies["a1"], writes_risk=True), replace(year.agencies["a2"], writes_people=True)
    more = SheetForm(("G", "H", "I", "J"))
    year = replace(year, agencies={**year.agencies, "a1": risk, "a2": people}, sheet=more)
    years.published(make_store(str(tmp_path / "y.db")), years.write(tmp_path / "plan", year, years.plan(year)))
    (tmp_path / "portal.db").write_bytes(empty_portal)
    (tmp_path / "portal.db").chmod(0o600)
    office = sheet_town.desk_over(tmp_path)
    for party, own in (
        ("a0", "A B C C-place D F G H J"),
        ("a1", "B D E E-basis F G J"),
        ("a2", "B D F G I J"),
        ("p0", "E E-basis G"),
    ):
        browser = office.browser(party, "sheet")
        there = [id for id in SECTIONS if browser.get(f"/sheets/{OPERATION}/{id}").status == 200]
        assert there == own.split(), party
    lead = office.browser("a0", "sheet")
    written(lead, "H", {"entry": "Kanarieordningen", "media": "Ni"})
    assert given(lead, to__H=[AGENCY]).status == 303
    (method,) = read_by(office, AGENCY).sections
    assert method.values == {"entry": "Kanarieordningen", "media": "Ni"}
    office.carry()
    with office.store.reading() as db:
        register = sheet_register(db, opened_draft(db).scenario, opened_draft(db).made_plan)
    assert register is not None
    assert [section.section for section in register.given[OPERATION, LEAD]] == ["H"]


def test_what_may_not_be_given_offers_an_obstacle_filled_in(desk: Office) -> None:
    agency, other = desk.browser("a1", "sheet"), desk.browser("a1", "sheet")
    written(agency, "D", {"why.visits": "withheld", "open_matter": "no"})
    page = agency.get(f"/sheets/{OPERATION}")
    assert "Hinder för del D" in page.text
    (way,) = [link for link in links(page.body.decode()) if link.startswith("/obstacles/new")]
    form = agency.get(way).body.decode()
    for chosen in ('value="asked" checked', f'value="{OPERATION}" selected', 'value="visits" selected'):
        assert chosen in form
    assert "Hinder för del" not in other.get(f"/sheets/{OPERATION}").text, "another session is shown nothing"
    assert 'value="visits" selected' not in other.get(way).body.decode()
    written(agency, "D", {"visits": "2026, varning", "open_matter": "no"})
    assert "Hinder för del" not in agency.get(f"/sheets/{OPERATION}").text


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
