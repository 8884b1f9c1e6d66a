"""Information sheets once more: what a party chose and wrote of one operation stands filled in for the next.

For its own people, after a code; and what was given with a code is not given anew by who has the address alone.
"""

import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from arshjul.portal.store import tables, views
from arshjul.portal.store.sheets import SheetOrder, put_orders
from arshjul.year.domain.party_view import ViewSheet
from arshjul.year.formats.feeds import view_json
from tests.builders import swedish
from tests.office.console.browser import Browser
from tests.portal.conftest import Office
from tests.portal.test_sheets import (
    AGENCY,
    LEAD,
    OPERATION,
    OTHER,
    POLICE,
    PURPOSE,
    WANTED,
    desk,
    given,
    keys,
    raised,
    read_by,
    view_of,
    who_wrote,
    written,
)

__all__ = ["desk"]

NEXT = "OP-001"
PROTECTED: dict[str, str | list[str]] = {
    "protects__B": "17:1",
    "ground": "duty",
    "weighed": "Kanarievägt",
    "use": ["planning", "on-site"],
}


def given_in(desk: Office, agency: Browser, operation: str, **chosen: str | list[str]) -> None:
    """Gives what is written of that operation, a minute later than what was given before."""
    desk.now += timedelta(minutes=1)
    own = agency.get(f"/sheets/{operation}/give").hidden("key", "seen")
    assert agency.post(f"/sheets/{operation}/give", {**own, **chosen}).status == 303


def test_what_was_chosen_for_the_last_sheet_stands_filled_in_for_another_person(desk: Office) -> None:
    """Readers, protection, ground and use: not how it was weighed, and nothing of what was written."""
    first = raised(desk, desk.browser("a1", "sheet"))
    written(first, "B", PURPOSE)
    assert given(first, to__B=[LEAD, POLICE], **PROTECTED).status == 303
    desk.now += timedelta(days=1)
    second = desk.browser("a1", "sheet")
    written(second, "B", {**PURPOSE, "purpose": "Ett annat syfte"}, NEXT)
    page = second.get(f"/sheets/{NEXT}/give")
    chosen = page.body.decode()
    assert f'name="to.B" value="{LEAD}" checked' in chosen
    assert f'name="to.B" value="{OTHER}" checked' not in chosen
    assert POLICE not in chosen, "it takes no part in this one"
    assert '<option value="17:1" selected>' in chosen
    assert '<option value="duty" selected>' in chosen
    assert 'name="use" value="on-site" checked' in chosen
    assert "Kanarie" not in chosen
    below = re.findall(r'</select></div>\s*<p class="aside">([^<]*)', chosen)
    assert [one.partition(":")[0] for one in below] == ["17 kap. 1 § OSL", "10 kap. 28 § OSL"], "a telephone cuts it"
    everything = chosen.partition("Bestämmelserna")[2]
    assert re.findall(r"<option [^>]*>(\d+ kap[^<]*)", chosen) == re.findall(r"<li>(\d+ kap[^<]*)", everything)
    hidden_fields = page.hidden("key", "seen")
    as_shown = {"to.B": [LEAD], "protects.B": "17:1", "ground": "duty", "use": ["planning", "on-site"]}
    refused = second.post(f"/sheets/{NEXT}/give", {**hidden_fields, **as_shown})
    assert refused.status == 422, "it is weighed each time"
    assert second.post(f"/sheets/{NEXT}/give", {**hidden_fields, **as_shown, "weighed": "Vägt"}).status == 303


def test_what_was_chosen_and_written_goes_with_the_key_of_its_sheet(desk: Office) -> None:
    agency = raised(desk, desk.browser("a1", "sheet"))
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD], **PROTECTED)
    assert "Kanariesyftet" in agency.get(f"/sheets/{NEXT}/B").text
    keys(desk).file.write_text(f"{NEXT} {'A' * 43}=\n")
    assert "Kanarie" not in agency.get(f"/sheets/{NEXT}/B").text
    written(agency, "B", PURPOSE, NEXT)
    assert " checked" not in agency.get(f"/sheets/{NEXT}/give").body.decode().partition("<details>")[0]


def test_whom_the_coordinator_took_away_is_not_filled_in_again(desk: Office) -> None:
    browser = desk.browser("a1", "sheet")
    written(browser, "B", PURPOSE)
    given(browser, to__B=[LEAD, OTHER])
    with desk.portal.writing() as db:
        put_orders(db, [SheetOrder(OPERATION, AGENCY, "B", LEAD, desk.now)])
    written(browser, "B", PURPOSE, NEXT)
    shown = browser.get(f"/sheets/{NEXT}/give").body.decode()
    assert f'name="to.B" value="{OTHER}" checked' in shown
    assert f'name="to.B" value="{LEAD}" checked' not in shown


def carried(desk: Office, sheets: list[ViewSheet]) -> None:
    """Puts these sheets in the agency's view."""
    with desk.portal.writing() as db:
        mark, body = views.body(db, AGENCY)
        view = replace(view_json.from_text(body), sheets=tuple(sheets))
        views.put(db, {AGENCY: (mark, view_json.to_text(view))})


def test_after_a_code_what_recurs_stands_filled_in_and_is_not_saved_unseen(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    for id, fields in {"B": PURPOSE, "D": {"visits": "2024 brister", "open_matter": "yes"}, "F": WANTED}.items():
        written(agency, id, fields)
    assert given(agency, to__B=[LEAD], to__D=[LEAD], to__F=[LEAD]).status == 303
    second = desk.browser("a1", "sheet")
    assert "Kanarie" not in second.get(f"/sheets/{NEXT}/B").text, "an address alone shows nothing"
    raised(desk, second)
    page = second.get(f"/sheets/{NEXT}/B")
    (day,) = [sheet.first for sheet in view_of(desk, AGENCY).sheets if sheet.operation == OPERATION]
    assert f"Ifyllt från insatsen {swedish()('{day}', day=day)}" in page.text
    assert "Kanariesyftet" in page.text
    assert "Miljöbalken" in page.text
    assert 'value="taken" selected' not in page.body.decode(), "whether it is taken is another matter each time"
    assert second.get(f"/sheets/{NEXT}/F").field("minutes") == "45"
    assert "2024 brister" not in second.get(f"/sheets/{NEXT}/D").text, "what is known is of another object"
    assert "utkast, sparat" not in second.get(f"/sheets/{NEXT}").text, "it is saved at Next alone"
    other = raised(desk, desk.browser("a2", "sheet"))
    assert "Kanarie" not in other.get(f"/sheets/{NEXT}/B").text, "another party's"


def test_what_was_typed_is_saved_before_a_code_is_mailed_or_the_sheet_is_read(desk: Office) -> None:
    agency, other = desk.browser("a1", "sheet"), desk.browser("a1", "sheet")
    for then, to in (("code", "/code"), ("read", f"/sheets/{OPERATION}/read")):
        purpose = f"Kanariesyftet före {then}"
        answer = written(agency, "B", {**PURPOSE, "purpose": purpose, "then": then})
        assert (answer.status, answer.headers["location"]) == (307, to), "the same form goes on there"
        assert purpose in agency.get(f"/sheets/{OPERATION}/B").text
        assert written(other, "B", {"then": then}).status == 307
        assert purpose in agency.get(f"/sheets/{OPERATION}/B").text, "an empty form takes no draft away"


def test_what_stands_filled_in_goes_with_its_own_readers_and_protection(desk: Office) -> None:
    """Of the two last sheets the one of the same sector: not its texts with the wider readers of the other."""
    agency = raised(desk, desk.browser("a1", "sheet"))
    sheets = view_of(desk, AGENCY).sheets
    alike, later, new = sorted(sheet.operation for sheet in sheets)[:3]
    carried(desk, [replace(sheet, sector="another") if sheet.operation == later else sheet for sheet in sheets])
    protected = {"to.B": [POLICE], "protects.B": "30:23", "ground": "own-work", "weighed": "Vägt", "use": ["planning"]}
    open_to_all = {"to.B": [reader.id for reader in sheets[1].readers], "use": ["planning"]}
    for operation, chosen in ((alike, protected), (later, open_to_all)):
        written(agency, "B", {**PURPOSE, "meant": "yes"}, operation)
        given_in(desk, agency, operation, **chosen)
    written(agency, "B", PURPOSE, new)
    shown = agency.get(f"/sheets/{new}/give").body.decode()
    assert '<option value="30:23" selected>' in shown
    assert set(re.findall(r'name="to\.B" value="([\w-]+)" checked', shown)) <= {POLICE}


def test_what_was_written_of_another_sector_is_named_so_and_is_not_kept_by_one_press(desk: Office) -> None:
    agency = raised(desk, desk.browser("a1", "sheet"))
    written(agency, "F", WANTED)
    assert given(agency, to__F=[LEAD]).status == 303
    sheets = view_of(desk, AGENCY).sheets
    carried(
        desk, [replace(sheet, sector="workshop" if sheet.operation == OPERATION else "restaurant") for sheet in sheets]
    )
    page = agency.get(f"/sheets/{NEXT}/F")
    assert "Annan bransch (workshop)" in page.text
    shown = page.hidden("seen") | WANTED
    asked = agency.post(f"/sheets/{NEXT}/F", shown)
    assert asked.status == 422
    assert "Från en annan bransch (workshop): Vad ni kontrollerar" in asked.text
    own_words = {"checks": "Kök", "evidence": "Kvitton", "minutes": "60", "order": "first", "breach": "De"}
    assert agency.post(f"/sheets/{NEXT}/F", shown | own_words).status == 303, "nothing is left of the other sector"
    seen = agency.get(f"/sheets/{NEXT}/F").field("seen")
    assert agency.post(f"/sheets/{NEXT}/F", {**shown, "seen": seen}).status == 303, "it was asked once"


def test_what_and_who_is_new_is_marked_and_no_less_protected_than_the_rest(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    page = agency.get(f"/sheets/{OPERATION}/give")
    assert "Ny del" not in page.text, "all is new: there is nothing to tell apart"
    assert "(ny)" not in page.text, "nothing was chosen before"
    assert given(agency, to__B=[LEAD], **PROTECTED).status == 303
    for id, fields in (("B", PURPOSE), ("F", WANTED)):
        written(agency, id, fields, NEXT)
    page = agency.get(f"/sheets/{NEXT}/give")
    of_b, of_f = (re.split(r"<h2[^>]*>[BF] ", page.body.decode()))[1:3]
    assert "Ny del" not in of_b
    assert "Ny del" in of_f
    assert '<option value="17:1" selected>' in of_f
    assert " checked" not in of_f.partition('name="use"')[0], "nobody reads it unless somebody is ticked"
    there = {sheet.operation: {it.name for it in sheet.readers} for sheet in view_of(desk, AGENCY).sheets}
    assert set(re.findall(r"((?:Myndighet|LPO) \d) \(ny\)", page.text)) == there[NEXT] - there[OPERATION] != set()


def test_what_was_given_in_an_operation_of_the_same_sector_comes_first(desk: Office) -> None:
    """The later one is of another sector, or else of none that its party is told of any more."""
    agency = raised(desk, desk.browser("a1", "sheet"))
    sheets = view_of(desk, AGENCY).sheets
    alike, later, new = sorted(sheet.operation for sheet in sheets)[:3]
    for operation, purpose in ((alike, "Kanarie som liknar"), (later, "Kanarie som inte gör det")):
        written(agency, "B", {**PURPOSE, "purpose": purpose}, operation)
        given_in(desk, agency, operation, sure="yes")
    assert "inte gör det" in agency.get(f"/sheets/{new}/B").text, "all are of one sector: the last one"
    carried(desk, [replace(sheet, sector="another") if sheet.operation == later else sheet for sheet in sheets])
    assert "som liknar" in agency.get(f"/sheets/{new}/B").text
    carried(desk, [sheet for sheet in sheets if sheet.operation != alike])
    assert "inte gör det" in agency.get(f"/sheets/{new}/B").text


def test_a_reader_is_added_to_what_is_given_without_writing_it_anew(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    written(agency, "D", {"visits": "2024", "open_matter": "withheld"})
    shown = agency.get(given(agency, to__B=[LEAD], to__D=[LEAD], use=["planning"]).headers["location"]).text
    assert "version 1, besvarade 1 av 2 obligatoriska, får inte lämnas 1" in shown
    assert "planens version" not in shown
    assert "Läsarna kan läsa nu. Samordnaren ser att delen är lämnad" in shown
    page = agency.get(f"/sheets/{OPERATION}/give")
    assert "Allt skrivet är lämnat" in page.text
    assert f'name="to.B" value="{LEAD}" checked' in page.body.decode()
    same = given(agency, to__B=[LEAD], to__D=[LEAD], use=["planning"])
    assert "Allt är redan lämnat" in same.text
    assert given(agency, to__B=[LEAD, POLICE], to__D=[LEAD], use=["planning"]).status == 303
    assert [(section.id, section.version) for section in read_by(desk, POLICE).sections] == [("B", 2)]
    assert [(section.id, section.version) for section in read_by(desk, LEAD).sections] == [("B", 2), ("D", 1)]
    other = desk.browser("a1", "sheet")
    closed = other.get(f"/sheets/{OPERATION}/give").text
    assert "visas och ändras med en kod" in closed
    assert "Myndighet 0" not in closed, "an address alone is not told who reads it"


def test_who_has_come_back_is_given_again_what_names_it(desk: Office) -> None:
    agency = desk.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD])
    desk.now += timedelta(minutes=10)
    with desk.portal.writing() as db:
        table = tables.sheet_part
        db.execute(update(table).where(table.c.party == LEAD).values(since=desk.now))
    assert who_wrote(read_by(desk, LEAD)) == []
    assert given(agency, to__B=[LEAD], use=["planning"]).status == 303
    assert who_wrote(read_by(desk, LEAD)) == [("B", AGENCY)]


def test_who_has_the_address_alone_gives_nothing_anew_that_was_given_with_a_code(desk: Office) -> None:
    first, other = raised(desk, desk.browser("a1", "sheet")), desk.browser("a1", "sheet")
    written(first, "B", PURPOSE)
    given(first, to__B=[LEAD])
    page = other.get(f"/sheets/{OPERATION}/B")
    assert "Delen lämnades med kod" in page.text
    assert "Syftet med er del" not in page.text, "no form"
    forged = {"token": page.field("token"), "contact": page.field("contact"), **PURPOSE, "purpose": "Förfalskat"}
    there = other.post(f"/sheets/{OPERATION}/B", {**forged, "seen": "0" * 64})
    assert there.status == 403
    assert "Förfalskat" in there.text, "a code may have run out while it was written"
    assert "tryck på Nästa igen" in there.text
    assert 'target="_blank" rel="noopener" href="/code?' in there.body.decode()
    written(other, "D", {"visits": "2024 brister", "open_matter": "yes"})
    assert given(other).status == 303, "what nobody gave is given as before"
    assert read_by(desk, LEAD).sections[0].values["purpose"] == "Kanariesyftet"
    raised(desk, other)
    written(other, "B", {**PURPOSE, "purpose": "Nytt"})
    assert given(other, to__B=[LEAD]).status == 303
    assert read_by(desk, LEAD).sections[0].values["purpose"] == "Nytt"
