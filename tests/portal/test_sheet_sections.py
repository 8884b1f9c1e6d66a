"""What sections of information sheets say: under which key, provision and ground, with which numbers and answers.

And which sections the year has besides.
"""

import os
from dataclasses import replace
from itertools import product
from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import update

from arshjul.office.contacts.sheets import sheet_register
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store.store import make_store
from arshjul.portal.actions.sheet_copy import copy_of
from arshjul.portal.actions.sheets import NoKey
from arshjul.portal.app import PortalServer
from arshjul.portal.store import sheets as portal_sheets
from arshjul.portal.store.schema import open_own
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.year.domain.information_sheet.declared import SECTIONS, SheetForm
from arshjul.year.domain.information_sheet.sections import Grounds
from arshjul.year.formats.information_sheet.grounds import read_grounds
from arshjul.year.formats.information_sheet.printed import printed
from tests import years
from tests.builders import swedish
from tests.office.console.forms import links
from tests.portal import sheet_town
from tests.portal.conftest import GROUNDS, Office
from tests.portal.test_sheets import (
    AGENCY,
    LEAD,
    OBJECT,
    OPERATION,
    OTHER,
    POLICE,
    PURPOSE,
    RISK,
    WANTED,
    desk,
    given,
    keys,
    raised,
    read_by,
    taken_away,
    who_wrote,
    written,
)

__all__ = ["desk"]


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
