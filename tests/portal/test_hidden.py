"""Hidden sections: for all but their owner and those that they are given to, everything is as if they were not there.

What others see is compared byte for byte, over copies of the same databases, with and without.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import func, select

from arshjul.actions.contacts.contacts import lock
from arshjul.actions.contacts.sheets import due_sheets
from arshjul.actions.draft.draft import opened_draft
from arshjul.actions.parties.own_database import open_own
from arshjul.actions.parties.sheet_slots import slots_of
from arshjul.actions.parties.sheets import reader_sheet
from arshjul.actions.pdf import pdf_of
from arshjul.domain.information_sheet.grounds import Grounds
from arshjul.domain.information_sheet.hidden import MOST_READINGS
from arshjul.domain.information_sheet.sections import ReaderSheet
from arshjul.formats.feeds.view_json import from_text
from arshjul.formats.information_sheet.printed import printed
from arshjul.formats.information_sheet.sheet_json import to_mapping
from arshjul.portal.pages import PAGES
from arshjul.store.portal import codes, schema, views
from arshjul.store.portal.sheet_keys import SheetKeys
from arshjul.store.store import open_store
from tests.builders import swedish
from tests.console.browser import Browser, Page
from tests.console.conftest import Desk as Console
from tests.databases import copied, whole
from tests.portal.conftest import NOW, Office
from tests.portal.test_guards import path
from tests.portal.test_sheets import (
    AGENCY,
    BEFORE_DUE,
    LEAD,
    OPERATION,
    OTHER,
    POLICE,
    PURPOSE,
    desk,
    given,
    keys,
    read_by,
    taken_away,
    who_wrote,
    with_contacts,
    with_sheets,
    written,
)

__all__ = ["desk", "with_contacts", "with_sheets"]

KNOWN = {"visits": "2024 utan anmärkning", "open_matter": "no"}
HIDDEN = {"visits": "Spaningen pågår", "open_matter": "yes"}


def raised(office: Office, browser: Browser) -> Browser:
    """The same browser, after a code."""
    contact = browser.get("/sheets").field("contact")
    with office.portal.writing() as db:
        table = schema.session_contact.c
        session = db.execute(select(table.session).where(table.contact == contact)).scalars().first()
        assert session is not None
        codes.raise_session(db, session, contact, office.now + timedelta(hours=8))
    return browser


def hide(
    browser: Browser,
    section: str = "D",
    to: tuple[str, ...] = (),
    do: str = "give",
    other: Mapping[str, str] | None = None,
    **fields: str,
) -> Page:
    where = f"/sheets/{OPERATION}/hidden/{section}"
    page = browser.get(where)
    own = {name: page.field(name) for name in ("token", "contact", "seen")}
    return browser.post(
        where, {**own, **HIDDEN, **(other or {}), **fields, f"to.{section}": list(to), "use": "planning", "do": do}
    )


def copy_for(office: Office, party: str) -> ReaderSheet:
    with office.portal.reading() as db:
        view = from_text(views.body(db, party)[1])
    (sheet,) = [one for one in view.sheets if one.operation == OPERATION]
    return reader_sheet(office.portal, keys(office), party, sheet)


def hidden_in(sheet: ReaderSheet) -> list[tuple[str, str, object]]:
    return [(one.id, one.state, one.values.get("visits")) for one in sheet.sections if one.existence == "hidden"]


# -- byte for byte


@dataclass(frozen=True, slots=True)
class Kept:
    """Both databases and the keys at one moment, and who is let in, by cookie."""

    portal: bytes
    year: bytes
    keys: bytes
    cookies: dict[str, dict[str, str]]

    def opened(self, folder: Path) -> tuple[Office, dict[str, Browser]]:
        """Copies of them, and the same browsers."""
        folder.mkdir()
        for name, held in (("portal.db", self.portal), ("sheets.keys", self.keys)):
            (folder / name).touch(0o600)
            (folder / name).write_bytes(held)
        store = copied(self.year, folder / "y.db")
        made = Office(open_store(str(store.place.path)), open_own(str(folder / "portal.db")), BEFORE_DUE)
        return made, {party: Browser(made.app, dict(one), "localhost:8002") for party, one in self.cookies.items()}


PARTIES = {"a0": LEAD, "a1": AGENCY, "a2": OTHER, "p0": POLICE}
OWNER, READER = "a1", "p0"


@pytest.fixture
def kept(desk: Office) -> Kept:
    """Before anything is hidden: all are let in and have entered a code, the owner has given what it says to all."""
    browsers = {party: raised(desk, desk.browser(party, "sheet")) for party in PARTIES}
    written(browsers["a0"], "A", {"meeting_place": "Torget"})
    given(browsers["a0"], to__A=[AGENCY, POLICE])
    written(browsers[OWNER], "B", PURPOSE)
    written(browsers[OWNER], "D", KNOWN)
    given(browsers[OWNER], to__B=[LEAD, POLICE], to__D=[LEAD, OTHER])
    written(browsers["a2"], "D", KNOWN)
    desk.carry()
    files = (desk.portal.place.path, desk.store.place.path)
    assert files[0] is not None
    assert files[1] is not None
    cookies = {party: dict(browser.cookies) for party, browser in browsers.items()}
    return Kept(whole(files[0]), whole(files[1]), keys(desk).file.read_bytes(), cookies)


def seen_by(office: Office, browsers: dict[str, Browser]) -> Iterator[tuple[str, object]]:
    """All that the other parties, who carries and the coordinator are shown, with how often there is what."""
    sections = ("A", "B", "C", "C-place", "D", "E", "E-basis", "F")
    with mock.patch("arshjul.portal.pages.sending.token_hex", return_value="k" * 64):
        for party, browser in browsers.items():
            own = {name: browser.get("/sheets").field(name) for name in ("token", "contact")}
            query = f"?as={own['contact']}"
            plain = [path(page) for page in PAGES if page.method == "GET" and page.path not in ("/k/{token}", "/out")]
            of_sheet = [f"/sheets/{OPERATION}{end}" for end in ("", "/give", "/hidden")]
            of_sheet += [f"/sheets/{OPERATION}/{way}{one}" for one in sections for way in ("", "hidden/")]
            for address in {*plain, *of_sheet} - {f"/sheets/{OPERATION}/hidden/none"}:
                yield f"{party} GET {address}", browser.get(address + query)
            for way in ("read", "pdf", "narrow", "hidden/D", "hidden/C"):
                fields = own | ({"seen": ""} if way.startswith("hidden") else {})
                yield f"{party} POST {way}", browser.post(f"/sheets/{OPERATION}/{way}", fields)
            yield f"{party} 403", browser.post(f"/sheets/{OPERATION}/read", own | {"token": "wrong"})
    for party in browsers:
        sheet = copy_for(office, PARTIES[party])
        yield f"{party} JSON", to_mapping(sheet)
        yield f"{party} PDF", pdf_of(printed(sheet, {}, Grounds(), swedish()))
    office.carry()
    with office.store.reading() as db:
        draft = opened_draft(db)
    yield "completeness", due_sheets(office.store, draft, office.now)
    yield "carried", office.entries()
    console = Console(office.store, office.now).browser()
    for page in ("/", f"/operations/{OPERATION}", "/contacts", "/log"):
        shown = console.get(page)
        assert shown.status == 200, page
        yield page, shown.text


def rows_of(office: Office) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the portal's database as who owns its tables sees it; of slots their names and sizes."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with office.portal.reading() as db:
        for name, table in schema.metadata.tables.items():
            shown = [func.length(one) if one is schema.sheet_slot.c.body else one for one in table.columns]
            rows = [tuple(row) for row in db.execute(select(*shown))]
            assert len(rows) == db.execute(select(func.count()).select_from(table)).scalar()
            found[name] = sorted(rows, key=str)
    return found


def test_whether_something_is_hidden_changes_no_byte_for_anybody_else(kept: Kept, tmp_path: Path) -> None:
    without, browsers = kept.opened(tmp_path / "without")
    others = {party: one for party, one in browsers.items() if party not in (OWNER, READER)}
    before = dict(seen_by(without, others))
    of_rows = rows_of(without)

    with_it, browsers = kept.opened(tmp_path / "with")
    assert hide(browsers[OWNER], do="save", visits="Ett utkast").status == 303
    assert hide(browsers[OWNER], to=(POLICE,)).status == 303
    assert hide(browsers[OWNER], "B", to=(POLICE,), other=PURPOSE).status == 303
    assert hide(browsers[OWNER], do="save", visits="Ännu ett utkast").status == 303
    others = {party: one for party, one in browsers.items() if party not in (OWNER, READER)}
    after = dict(seen_by(with_it, others))
    assert before.keys() == after.keys()
    assert not [name for name, shown in before.items() if after[name] != shown]
    assert rows_of(with_it) == of_rows
    assert len(of_rows["sheet_slot"]) == 3
    assert len({size for *_, size in of_rows["sheet_slot"]}) == 1
    sizes = [(tmp_path / way / "portal.db").stat().st_size for way in ("without", "with")]
    assert sizes[0] == sizes[1]
    assert hidden_in(copy_for(with_it, POLICE)) == [("B", "given", None), ("D", "given", "Spaningen pågår")]
    assert "Dold:" in browsers[READER].post(f"/sheets/{OPERATION}/read", own_of(browsers[READER])).text


def own_of(browser: Browser) -> dict[str, str]:
    page = browser.get("/sheets")
    return {name: page.field(name) for name in ("token", "contact")}


def test_a_reading_of_what_is_hidden_leaves_no_row_and_its_owner_alone_sees_it(kept: Kept, tmp_path: Path) -> None:
    counted, made = [], set()
    for way in ("without", "with"):
        office, browsers = kept.opened(tmp_path / way)
        if way == "with":
            hide(browsers[OWNER], to=(POLICE,))
        page = browsers[READER].post(f"/sheets/{OPERATION}/read", own_of(browsers[READER]))
        assert ("Spaningen pågår" in page.text) is (way == "with")
        made.add(browsers[READER].post(f"/sheets/{OPERATION}/pdf", own_of(browsers[READER])).body)
        counted.append((rows_of(office), browsers["a0"].get(f"/sheets/{OPERATION}").body))
        assert "som PDF vars SHA-256" in browsers["a0"].get(f"/sheets/{OPERATION}").text
        shown = browsers[OWNER].get(f"/sheets/{OPERATION}/hidden").text
        assert ("LPO 0: D" in shown) is (way == "with")
        assert "LPO 0: D" not in browsers[OWNER].get(f"/sheets/{OPERATION}").text
    assert counted[0] == counted[1]
    assert len(made) == 2


def test_every_slot_of_the_operation_changes_with_every_writing_and_reading(kept: Kept, tmp_path: Path) -> None:
    """So that which of them has changed tells nobody who hides something, or has read it."""
    office, browsers = kept.opened(tmp_path / "x")
    reader, owner, bystander = browsers[READER], browsers[OWNER], browsers["a0"]
    own = own_of(bystander)

    def bodies() -> dict[str, bytes]:
        with office.portal.reading() as db:
            return {row.party: row.body for row in db.execute(select(schema.sheet_slot))}

    hide(owner, to=(POLICE,))
    presses: tuple[Callable[[], Page], ...] = (
        lambda: hide(owner, do="save", visits="Annat"),
        lambda: written(bystander, "C", {"reference": "M-7", "premises": "Restaurang"}),
        lambda: given(bystander, to__C=[AGENCY]),
        lambda: bystander.post(f"/sheets/{OPERATION}/read", own),
        lambda: reader.post(f"/sheets/{OPERATION}/read", own_of(reader)),
        lambda: taken_away(owner, LEAD),
    )
    for what in presses:
        before = bodies()
        what()
        after = bodies()
        assert before.keys() == after.keys() == {LEAD, AGENCY, OTHER}
        assert not [party for party in before if before[party] == after[party]]


# -- its owner and its readers


def test_its_reader_reads_it_as_a_section_that_says_it_is_hidden(kept: Kept, tmp_path: Path) -> None:
    office, browsers = kept.opened(tmp_path / "x")
    hide(browsers[OWNER], to=(POLICE,))
    sheet = copy_for(office, POLICE)
    assert who_wrote(sheet) == [("A", LEAD), ("B", AGENCY), ("D", AGENCY)]
    shown: Any = to_mapping(sheet)["sections"]
    assert shown[2]["existence"] == "hidden"
    assert not {"to", "weighed"} & shown[2].keys(), "who else reads it is for its owner alone"
    own: Any = to_mapping(copy_for(office, AGENCY))["sections"]
    assert [one["to"] for one in own if one["existence"] == "hidden"] == [[POLICE]]
    assert "vet att den finns" in str(printed(sheet, {}, Grounds(), swedish())["sections"][2])  # type: ignore[index]
    assert hidden_in(copy_for(office, LEAD)) == []
    shown = browsers[OWNER].get(f"/sheets/{OPERATION}/hidden").text
    assert "version 1" in shown
    assert "LPO 0" in shown, "its owner's register says to whom"


def test_a_draft_is_its_owners_and_narrowed_holds_at_once(kept: Kept, tmp_path: Path) -> None:
    office, browsers = kept.opened(tmp_path / "x")
    owner = browsers[OWNER]
    hide(owner, to=(POLICE, LEAD), do="save")
    assert hidden_in(copy_for(office, POLICE)) == []
    assert hidden_in(copy_for(office, AGENCY)) == [("D", "draft", "Spaningen pågår")]
    hide(owner, to=(POLICE, LEAD))
    hide(owner, to=(LEAD,), do="save", visits="Utkastet")
    assert len(hidden_in(copy_for(office, POLICE))) == 1
    shown = taken_away(owner, POLICE).text
    assert "togs bort: 1" in shown, "what is hidden is not counted: only B was given to it"
    assert hidden_in(copy_for(office, POLICE)) == []
    assert len(hidden_in(copy_for(office, LEAD))) == 1
    assert "Utkastet" in owner.get(f"/sheets/{OPERATION}/hidden/D").body.decode()
    hide(owner, to=(), visits="Slut")
    assert hidden_in(copy_for(office, LEAD)) == []


def test_after_the_due_date_it_is_an_addendum_beside_what_was_given(kept: Kept, tmp_path: Path) -> None:
    office, browsers = kept.opened(tmp_path / "x")
    hide(browsers[OWNER], to=(POLICE,))
    office.now = NOW - timedelta(days=3)
    owner = raised(office, office.browser(OWNER, "sheet"))
    hide(owner, to=(POLICE,), visits="Tillägget")
    there = hidden_in(copy_for(office, POLICE))
    assert there == [("D", "given", "Spaningen pågår"), ("D", "addendum", "Tillägget")]


def test_without_a_code_nobody_is_told_not_even_another_session_of_the_owner(desk: Office) -> None:
    first = raised(desk, desk.browser("a1", "sheet"))
    written(first, "D", KNOWN)
    hide(first, to=(POLICE,))
    second = desk.browser("a1", "sheet")
    for way in ("hidden", "hidden/D"):
        assert second.get(f"/sheets/{OPERATION}/{way}").headers["location"].startswith("/code?")
    sent = own_of(second) | {"seen": "", "do": "give", "visits": "x"}
    assert second.post(f"/sheets/{OPERATION}/hidden/D", sent).headers["location"].startswith("/code?")
    for way in ("", "/D", "/give"):
        assert "Spaningen" not in second.get(f"/sheets/{OPERATION}{way}").text
    assert hidden_in(copy_for(desk, POLICE)) == [("D", "given", "Spaningen pågår")]


def test_it_stands_beside_an_ordinary_section_of_its_letter(desk: Office) -> None:
    owner = raised(desk, desk.browser("a1", "sheet"))
    refused = hide(owner, to=(POLICE,))
    assert refused.status == 422
    assert "vanliga delen först" in refused.text
    assert owner.get(f"/sheets/{OPERATION}/hidden/E").status == 404, "which it does not write"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"visits": "Se dnr 44"}, "ärendenummer"),
        ({"visits": ""}, "har inget svar"),
        ({"protects.D": "18:1", "ground": "10:15a", "weighed": "x"}, "bryter bara sekretess"),
    ],
)
def test_what_is_hidden_is_held_to_the_same(desk: Office, fields: dict[str, str], said: str) -> None:
    owner = raised(desk, desk.browser("a1", "sheet"))
    written(owner, "D", KNOWN)
    answer = hide(owner, to=(POLICE,), other=fields)
    assert answer.status == 422
    assert said in answer.text
    assert hide(owner, to=("police-p1",)).status == 422
    assert hidden_in(copy_for(desk, AGENCY)) == []


def test_who_is_locked_gives_nothing_hidden(desk: Office) -> None:
    owner = raised(desk, desk.browser("a1", "sheet"))
    written(owner, "D", KNOWN)
    where = f"/sheets/{OPERATION}/hidden/D"
    page = owner.get(where)
    fields = {name: page.field(name) for name in ("token", "contact", "seen")}
    lock(desk.store, fields["contact"], "test", desk.now)
    desk.carry()
    assert owner.get(where).status == 401
    assert owner.post(where, {**fields, **HIDDEN, "to.D": POLICE, "use": "planning", "do": "give"}).status == 401
    assert hidden_in(copy_for(desk, POLICE)) == []


def test_of_two_people_the_later_is_told_and_a_double_press_is_one(desk: Office) -> None:
    first, second = (raised(desk, desk.browser("a1", "sheet")) for _ in range(2))
    written(first, "D", KNOWN)
    where = f"/sheets/{OPERATION}/hidden/D"
    fields = {**own_of(second), "seen": second.get(where).field("seen"), **HIDDEN, "to.D": POLICE, "use": "planning"}
    hide(first, to=(LEAD,), visits="Den första")
    answer = second.post(where, {**fields, "do": "give"})
    assert answer.status == 409
    assert "Spaningen pågår" in answer.body.decode(), "what was typed stands"
    assert hidden_in(copy_for(desk, POLICE)) == []
    fields["seen"] = answer.field("seen")
    for _ in range(2):
        assert second.post(where, {**fields, "do": "give"}).status == 303
    assert second.get(f"/sheets/{OPERATION}/hidden").text.count("version ") == 2


# -- room, and keys


def test_readings_never_fill_a_slot_and_too_much_is_refused_in_words(desk: Office) -> None:
    owner = raised(desk, desk.browser("a1", "sheet"))
    written(owner, "D", KNOWN)
    long = "ö" * 2000
    for do in ("give", "save"):
        assert hide(owner, to=(POLICE,), do=do, visits=long, meant="yes").status == 303
    written(owner, "F", {"checks": "x"})
    full = {"checks": long, "evidence": long, "breach": long, "minutes": "1", "order": "any", "meant": "yes"}
    answers = [hide(owner, "F", do=do, other=full) for do in ("save", "give", "save")]
    assert [one.status for one in answers] == [303, 303, 422]
    assert "får inte plats" in answers[-1].text
    assert long in answers[-1].body.decode(), "what was typed stands"
    for _ in range(MOST_READINGS + 5):
        read_by(desk, POLICE)
    with desk.portal.reading() as db:
        slot = slots_of(db, keys(desk), OPERATION)[AGENCY]
    assert slot is not None
    assert 0 < len(slot.readings) <= MOST_READINGS
    assert slot.last("F") is not None


def test_a_slot_that_does_not_open_is_told_and_left(desk: Office, tmp_path: Path) -> None:
    owner, lead = (raised(desk, desk.browser(party, "sheet")) for party in ("a1", "a0"))
    written(owner, "D", KNOWN)
    hide(owner, to=(POLICE,))
    written(lead, "A", {"meeting_place": "Torget"})
    with desk.portal.writing() as db:
        db.execute(schema.sheet_slot.update().where(schema.sheet_slot.c.party == AGENCY).values(body=b"x" * 60))
    assert not copy_for(desk, POLICE).is_whole
    assert owner.get(f"/sheets/{OPERATION}/hidden").status == 503
    assert taken_away(owner, POLICE).status == 503
    assert written(lead, "A", {"meeting_place": "Annan plats"}).status == 303
    with desk.portal.reading() as db:
        assert slots_of(db, keys(desk), OPERATION)[AGENCY] is None
        assert slots_of(db, SheetKeys(tmp_path / "other"), OPERATION) == {AGENCY: None, LEAD: None}
