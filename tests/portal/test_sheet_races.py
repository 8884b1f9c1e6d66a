"""`Lämna` beside what takes a reader away, locks or ends: whoever comes first, nobody reads what was taken from it."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path
from unittest import mock

import pytest

from arshjul.office.contacts.contacts import lock, revoke
from arshjul.office.contacts.sheets import sheet_register
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store import audit, party_entries
from arshjul.office.store.events import SheetNarrowed
from arshjul.office.store.store import open_store
from arshjul.office.sync.sync import make_portal
from arshjul.portal.app import PortalServer
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from tests.databases import Cluster, copied, whole
from tests.examples import often
from tests.office.console.browser import Browser, Page
from tests.portal.conftest import Office
from tests.portal.sheet_town import BEFORE_DUE
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
    with_sheets,
    written,
)

__all__ = ["desk", "with_sheets"]

PLACE = f"/sheets/{OPERATION}"


@contextmanager
def just_before_writing(do: Callable[[], object]) -> Iterator[None]:
    """Does something once, after a page has read all that it shows and before it begins to write."""
    real, left = Database.writing, [do]

    def writing(self: Database) -> object:
        if left:
            other = threading.Thread(target=left.pop())  # a request of its own would not begin within another
            other.start()
            other.join()
        return real(self)

    with mock.patch.object(Database, "writing", writing):
        yield


def form_to_give(agency: Browser) -> dict[str, str]:
    page = agency.get(f"{PLACE}/give")
    return page.hidden("key", "seen")


def ordered(office: Office) -> None:
    """The coordinator takes the lead agency from B."""
    with office.store.writing() as db:
        audit.add(db, office.now, "test", SheetNarrowed(AGENCY, OPERATION, "B", LEAD))


def narrowed(office: Office) -> None:
    """The same, carried."""
    ordered(office)
    office.carry()


def taken_by_owner(browser: Browser) -> Callable[[], Page]:
    fields = browser.get(PLACE).hidden()
    return lambda: browser.post(f"{PLACE}/narrow", {**fields, "reader": LEAD, "section": "B"})


def given_first(office: Office) -> Browser:
    """The owner's browser: B is given to both, and written anew."""
    agency = office.browser("a1", "sheet")
    written(agency, "B", PURPOSE)
    given(agency, to__B=[LEAD, OTHER])
    office.carry()
    written(agency, "B", PURPOSE)
    return agency


def test_who_is_taken_away_while_it_is_given_does_not_read_it(desk: Office) -> None:
    agency = given_first(desk)
    fields = form_to_give(agency)
    with just_before_writing(lambda: narrowed(desk)):
        answer = agency.post(f"{PLACE}/give", {**fields, "to.B": [LEAD, OTHER]})
    assert answer.status == 409
    assert "Myndighet 0 togs bort" in answer.text
    assert f'value="{LEAD}" checked' not in answer.body.decode()
    assert f'value="{OTHER}" checked' in answer.body.decode()
    assert who_wrote(read_by(desk, LEAD)) == []
    again = answer.hidden("key", "seen")
    assert agency.post(f"{PLACE}/give", {**again, "to.B": [OTHER]}).status == 303
    assert who_wrote(read_by(desk, LEAD)) == []


def test_who_is_taken_away_by_another_session_of_the_owner_s_does_not_read_it(desk: Office) -> None:
    agency = given_first(desk)
    fields, other = form_to_give(agency), taken_by_owner(desk.browser("a1", "sheet"))
    with just_before_writing(other):
        assert agency.post(f"{PLACE}/give", {**fields, "to.B": [LEAD, OTHER]}).status == 409
    assert who_wrote(read_by(desk, LEAD)) == []


ENDED = {"locked": lock, "revoked": revoke}


def deed(agency: Browser, what: str) -> tuple[str, dict[str, str | list[str]]]:
    """The path and the fields of a form that is open."""
    path = f"{PLACE}/{ {'narrow': ''}.get(what, what) }".rstrip("/")
    page = agency.get(path)
    names = {"narrow": ("token", "contact"), "give": ("token", "contact", "key", "seen")}
    fields: dict[str, str | list[str]] = {
        name: page.field(name) for name in names.get(what, ("token", "contact", "seen"))
    }
    more: dict[str, dict[str, str | list[str]]] = {
        "give": {"to.B": [OTHER], "sure": "yes"},
        "narrow": {"reader": LEAD, "section": "B"},
        "B": {**PURPOSE, "purpose": "Något nytt"},
    }
    return f"{PLACE}/{what}", {**fields, **more[what]}


@pytest.mark.parametrize(
    ("how", "what"),
    often([("locked", "give"), ("revoked", "narrow"), ("revoked", "B")], product(ENDED, ("give", "narrow", "B"))),
)
def test_a_contact_that_is_locked_or_ends_meanwhile_gives_and_takes_nothing(desk: Office, how: str, what: str) -> None:
    agency = raised(desk, given_first(desk))
    path, fields = deed(agency, what)
    contact = str(fields["contact"])

    def kept() -> object:
        with desk.portal.reading() as db:
            return rows.of_operation(db, OPERATION)

    def ends() -> None:
        ENDED[how](desk.store, contact, "test", desk.now)
        desk.carry()

    before = kept()
    with just_before_writing(ends):
        answer = agency.post(path, fields)
    assert answer.status == 401, answer.text
    assert kept() == before


def test_a_form_that_is_sent_twice_at_once_is_given_once_and_answered_alike(desk: Office) -> None:
    agency = given_first(desk)
    path, fields = deed(agency, "give")
    answers = list[Page]()
    with just_before_writing(lambda: answers.append(agency.post(path, fields))):
        answers.append(agency.post(path, fields))
    assert [answer.status for answer in answers] == [303, 303]
    assert len({answer.headers["location"] for answer in answers}) == 1


@pytest.fixture
def office(with_sheets: bytes, postgresql: Cluster, tmp_path: Path) -> Office:
    """The portal's database in PostgreSQL."""
    address, store = postgresql.new_database(), copied(with_sheets, tmp_path / "y.db")
    year = open_store(str(store.place.path))
    return Office(year, make_portal(address), BEFORE_DUE, own=address, keys=tmp_path / "sheets.keys")


def met(step: str, where: object, first: Callable[[], object], second: Callable[[], object]) -> None:
    """Two at once: the second begins when the first is about to take that step, and has had the time to overtake it."""
    real, begun = getattr(where, step), list[threading.Thread]()

    def stepping(*given: object, **named: object) -> object:
        if not begun:
            begun.append(threading.Thread(target=second))
            begun[0].start()
            begun[0].join(2)
        return real(*given, **named)

    with mock.patch.object(where, step, stepping):
        first()
    begun[0].join(30)


@pytest.mark.parametrize("order", ["a giving first", "an order first"])
def test_in_postgresql_an_order_and_a_giving_wait_for_each_other(office: Office, order: str) -> None:
    for party in ("a0", "a2", "p0"):
        office.invited(party, "sheet")
    agency, answers = given_first(office), list[Page]()
    path, fields = deed(agency, "give")
    fields["to.B"] = [LEAD, OTHER]

    def gives() -> None:
        answers.append(agency.post(path, fields))

    ordered(office)
    if order == "a giving first":
        met("put", rows, gives, office.carry)
    else:
        met("replace", rows, office.carry, gives)  # as the order is about to be written
    assert [answer.status for answer in answers] == [303 if order == "a giving first" else 409], answers[0].text
    assert who_wrote(read_by(office, LEAD)) == []


# -- the portal's database is put back from last night's copy: who was taken away since reads nothing


HOUR = timedelta(hours=1)


def take_from(browser: Browser, reader: str, section: str) -> None:
    fields = browser.get(PLACE).hidden()
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
